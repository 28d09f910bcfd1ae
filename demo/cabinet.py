"""The demonstration firm's people and clients, written where an administrator's screens will write them."""

from __future__ import annotations

import uuid

from sqlmodel import select

from demo.comptes import CABINET, CLIENTS, EQUIPE, MOT_DE_PASSE
from store import cabinet, passwords, tiers, totp
from store.cabinet import Cabinet
from store.crypto import Keyring, MasterKeys
from store.session import dispose, session_scope
from store.settings import settings
from store.tiers import Tiers, TypeTiers
from store.utilisateur import Rattachement, Role, Utilisateur


async def installe() -> dict[str, str]:
    """Create the firm unless it is there; returns the id of each client's tiers by its key."""
    keyring = Keyring(MasterKeys.from_settings(settings()))
    try:
        async with session_scope() as session:
            if (await session.exec(select(Utilisateur.id))).first() is None:
                empreinte = await passwords.hash_password(MOT_DE_PASSE)
                firm_key = await keyring.cabinet(session)
                await cabinet.write(session, Cabinet.model_validate(CABINET))
                for personne in EQUIPE:
                    user = Utilisateur(
                        email=personne.email,
                        prenom=personne.prenom,
                        nom=personne.nom,
                        role=Role(personne.role),
                        titre=personne.titre,
                        ligne_directe=personne.ligne,
                        password_hash=empreinte,
                    )
                    totp.enrol(user, firm_key, personne.seed, confirmed=True)
                    session.add(user)
                await session.flush()
                for client in CLIENTS:
                    adviser = (
                        await session.exec(
                            select(Utilisateur.id).where(Utilisateur.email.startswith(client.conseiller))
                        )
                    ).one()
                    row = await tiers.create(
                        session,
                        keyring,
                        Tiers(
                            id=_id(client.cle),
                            type=TypeTiers(client.type),
                            nom=client.nom,
                            adresse=client.adresse,
                            siret=client.siret,
                            email=client.email,
                            conseiller_id=adviser,
                        ),
                    )
                    user = Utilisateur(
                        email=client.email,
                        prenom=client.prenom,
                        nom=client.nom_contact,
                        role=Role.CLIENT,
                        password_hash=empreinte,
                    )
                    session.add(user)
                    await session.flush()
                    session.add(
                        Rattachement(utilisateur_id=user.id, tiers_id=row.id, fonction=client.fonction)
                    )
        return {client.cle: str(_id(client.cle)) for client in CLIENTS}
    finally:
        await dispose()


def _id(cle: str) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_DNS, f"{cle}.demonstration.elaska")
