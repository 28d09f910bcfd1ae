"""What mails and documents say of the firm, the client and the adviser, read when they are made."""

from __future__ import annotations

import uuid
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from activities.programs import program_of
from store import cabinet as cabinet_store
from store import paiement
from store.cabinet import Cabinet
from store.crypto import Keyring
from store.demarche import Demarche
from store.links import link_secret, token_of
from store.settings import settings
from store.tiers import Tiers
from store.utilisateur import Utilisateur


async def people_context(session: AsyncSession, demarche: Demarche) -> dict[str, Any]:
    """Variables shared by every model: `cabinet`, `client`, `conseiller`, `reference_dossier`, `lien_portail` …"""
    firm = await cabinet_store.read(session)
    client = await session.get(Tiers, demarche.client_id)
    adviser = await session.get(Utilisateur, demarche.conseiller_id) if demarche.conseiller_id else None
    return {
        "cabinet": firm.variables(),
        "client": {
            "nom": demarche.client_nom,
            "adresse": client.adresse if client else None,
            "siret": client.siret if client else None,
            "email": client.email if client else None,
            "telephone": client.telephone if client else None,
        },
        "conseiller": adviser_variables(firm, adviser),
        "nom_client": demarche.client_nom,
        "reference_dossier": demarche.reference,
        "titre_demarche": demarche.titre,
        "lien_espace": home_link(),
        "lien_portail": portal_link(demarche.id),
    }


def adviser_variables(firm: Cabinet, adviser: Utilisateur | None) -> dict[str, Any]:
    """`conseiller`: the adviser, or the firm itself for a client that nobody follows."""
    return {
        "nom": adviser.nom_complet if adviser else firm.nom,
        "titre": adviser.titre if adviser else None,
        "email": adviser.email if adviser else firm.email,
        "telephone": (adviser.ligne_directe if adviser else None) or firm.telephone,
    }


async def message_context(
    session: AsyncSession, keyring: Keyring, demarche: Demarche, params: dict[str, Any], prenom: str
) -> dict[str, Any]:
    """Variables of a mail or an SMS. `params`: its row of the ledger, whose `to` may carry a single-use link."""
    context = {
        **await people_context(session, demarche),
        "prenom": prenom,
        "motif": None,
        "echeance": None,
        "pieces": [],
        **params["variables"],
    }
    context |= await payment_context(session, keyring, demarche)
    link_id = params["to"].get("link_id")
    if link_id is None:
        return {**context, "lien_acces": context["lien_portail"]}
    secret = link_secret(await keyring.cabinet(session))
    return {**context, "lien_acces": access_link(token_of(secret, link_id))}


async def payment_context(session: AsyncSession, keyring: Keyring, demarche: Demarche) -> dict[str, str]:
    """`lien_paiement`, where what is due is paid online; nothing for a modèle without such a page."""
    if (await program_of(session, demarche.modele_sha)).modele.paiement is None:
        return {}
    token = await paiement.link_of(session, keyring, demarche.id, demarche.client_id)
    return {"lien_paiement": payment_link(token)}


def home_link() -> str:
    """Address of the portal: its home, or the login."""
    return settings().public_url.rstrip("/") + "/"


def portal_link(demarche_id: uuid.UUID) -> str:
    """Address of a démarche on the portal: asks for authentication first (QR-03)."""
    return f"{settings().public_url.rstrip('/')}/demarches/{demarche_id}"


def access_link(token: str) -> str:
    """Address of a participant's single-use link."""
    return f"{settings().public_url.rstrip('/')}/lien/{token}"


def password_link(token: str) -> str:
    """Address of the page where somebody chooses their password."""
    return f"{settings().public_url.rstrip('/')}/acces/{token}"


def payment_link(token: str) -> str:
    """Address of the page where a debtor sees what is due and pays."""
    return f"{settings().public_url.rstrip('/')}/payer/{token}"
