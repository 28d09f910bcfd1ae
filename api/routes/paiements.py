"""The debtor's page by secure link, and what the payment provider tells us (REC-28 to REC-30).

The link is the debtor's only key, and the page says nothing but REC-29: who acts for whom, how much is due. A payment
confirmed by the provider is a fact of the démarche, published in the transaction that records it.
"""

import logging
import uuid
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Header, Path, Request
from pydantic import BaseModel, Field
from sqlmodel import col, update
from sqlmodel.ext.asyncio.session import AsyncSession

from activities import stripe_checkout
from activities.decider import open_state
from activities.people import payment_link
from activities.programs import program_of
from activities.stripe_checkout import Notice, PaymentUnavailable
from activities.webhooks import BadSignature
from api.access import Action, Actor, public, rule
from api.dossier import DossierLu, read_target
from api.problems import FieldError, Problem, not_found, unavailable
from api.security.addresses import client_ip
from api.services import Services, ServicesDep
from api.traces import Refusal, kept_from
from store import audit, outbox, paiement
from store import cabinet as cabinet_store
from store.base import now
from store.demarche import Demarche
from store.evenement import first_time
from store.paiement import EvenementPaiement, LienPaiement, Paiement, StatutPaiement
from store.session import session_scope
from workflows.engine.program import PARIS, Program
from workflows.engine.state import DemarcheState

_log = logging.getLogger("elaska.paiements")

router = APIRouter(prefix="/api", tags=["paiements"])
PAYER = [Depends(public("the secret link is what identifies the debtor"))]
MINIMUM = 100
"""Cents: providers refuse less than half a euro."""
MAX_EVENT = 256 * 1024

Jeton = Annotated[str, Path(min_length=20, max_length=100, description="Le lien reçu.")]


class PagePaiement(BaseModel):
    """What a debtor sees, and nothing else."""

    cabinet: str = Field(examples=["Cabinet Arvenne"])
    telephone: str | None
    email: str | None
    creancier: str = Field(examples=["Atelier Morel"])
    montant_du: int = Field(description="En centimes.", examples=[124000])
    minimum: int = Field(description="Le plus petit paiement accepté, en centimes.")
    maximum: int = Field(
        description="Le plus grand\u00a0: la plus forte somme qu'un envoi a pu demander, en centimes.",
        examples=[124000],
    )
    en_ligne: bool = Field(description="Le paiement en ligne est possible maintenant.")


class MontantAPayer(BaseModel):
    montant: int = Field(
        gt=0, le=10_000_000_00, description="En centimes ; un paiement partiel est possible."
    )


class PageOuverte(BaseModel):
    """Where to send the debtor's browser."""

    url: str
    paiement: uuid.UUID


class EtatPaiement(BaseModel):
    montant: int
    statut: StatutPaiement


class Recu(BaseModel):
    """What was made of an event: the provider stops sending it again in any case."""

    resultat: Literal["enregistre", "deja_recu", "ignore"]


class LienDePaiement(BaseModel):
    url: str


class Renouvellement(BaseModel):
    renouveler: bool = Field(default=False, description="Retirer le lien en cours et en donner un autre.")


async def _link(session: AsyncSession, jeton: str) -> LienPaiement:
    found = await paiement.find_link(session, jeton)
    if found is None:
        unknown = "Ce lien n'existe pas. Vérifiez qu'il est entier, tel que reçu."
        raise Refusal(Problem(404, "lien_inconnu", unknown), action="paiement.refuser")
    if found.revoked_at is not None:
        raise Refusal(
            Problem(410, "lien_revoque", "Ce lien a été remplacé. Ouvrez le dernier message reçu."),
            action="paiement.refuser",
            acteur=f"paiement/{found.id}",
            objet_id=found.demarche_id,
            client_id=found.client_id,
        )
    return found


async def _account(
    session: AsyncSession, services: Services, demarche_id: uuid.UUID
) -> tuple[Demarche, Program, DemarcheState]:
    row = await session.get(Demarche, demarche_id)
    if row is None:
        raise not_found("Cette créance")
    cipher = await services.keyring.load(session, row.client_id)
    return row, await program_of(session, row.modele_sha), open_state(row, cipher)


def _due(program: Program, state: DemarcheState) -> int:
    """Cents due today; 0 once the démarche is over."""
    if state.cycle not in ("ouverte", "suspendue"):
        return 0
    return program.amount_due(state, state.now(datetime.now(UTC)).astimezone(PARIS).date()) or 0


def _most(program: Program, state: DemarcheState, due: int) -> int:
    """The most that a sending may ask for: one may choose other answers than those of the dossier (REC-29)."""
    form = program.modele.choix_envoi
    if form is None or due <= 0:
        return due
    told = state.donnees.get(form, {})
    fields = program.bundle.forms[form].get("properties", {})
    chosen = (
        state.model_copy(update={"donnees": {**state.donnees, form: {**told, name: value}}})
        for name, definition in fields.items()
        for value in definition.get("enum", ())
    )
    return max([due, *(_due(program, each) for each in chosen)])


@router.get("/payer/{jeton}", dependencies=PAYER)
async def read_payment_page(jeton: Jeton, services: ServicesDep) -> PagePaiement:
    """What is due, to whom, and who acts for them."""
    async with session_scope() as session:
        lien = await _link(session, jeton)
        row, program, state = await _account(session, services, lien.demarche_id)
        firm = await cabinet_store.read(session)
    due = _due(program, state)
    return PagePaiement(
        cabinet=firm.nom,
        telephone=firm.telephone,
        email=firm.email,
        creancier=row.client_nom,
        montant_du=due,
        minimum=min(MINIMUM, due),
        maximum=_most(program, state, due),
        en_ligne=services.settings.stripe_key is not None and due > 0,
    )


@router.post("/payer/{jeton}", dependencies=PAYER, status_code=201)
async def begin_payment(jeton: Jeton, body: MontantAPayer, services: ServicesDep) -> PageOuverte:
    """Open a payment page at the provider, for all that is due or for a part."""
    async with session_scope() as session:
        lien = await _link(session, jeton)
        row, program, state = await _account(session, services, lien.demarche_id)
        firm = await cabinet_store.read(session)
        due = _due(program, state)
        if due <= 0:
            raise Problem(409, "rien_a_payer", "Il ne reste rien à payer. Merci.")
        most = _most(program, state, due)
        if not min(MINIMUM, due) <= body.montant <= most:
            raise Problem(
                422,
                "montant_invalide",
                "Ce montant ne convient pas.",
                errors=[FieldError(pointer="/montant", detail=_bounds(min(MINIMUM, due), most))],
            )
        begun = Paiement(
            demarche_id=lien.demarche_id, client_id=lien.client_id, lien_id=lien.id, montant=body.montant
        )
        session.add(begun)
    page = payment_link(jeton)
    try:
        opened = await stripe_checkout.open_session(
            services.settings,
            reference=str(begun.id),
            montant=body.montant,
            libelle=f"Règlement à {row.client_nom}, par {firm.nom}",
            success_url=f"{page}?paiement={begun.id}",
            cancel_url=f"{page}?abandon=true",
            metadata={"dossier": row.reference},
        )
    except PaymentUnavailable as error:
        _log.error("payment page not opened: démarche %s: %s", lien.demarche_id, error)
        raise unavailable(
            "paiement_indisponible",
            "Le paiement en ligne n'est pas possible pour le moment. Rien n'a été débité\u00a0: réessayez plus tard.",
        ) from error
    async with session_scope() as session:
        await session.exec(
            update(Paiement)
            .where(col(Paiement.id) == begun.id, col(Paiement.session_id).is_(None))
            .values(session_id=opened.id)
        )
    return PageOuverte(url=opened.url, paiement=begun.id)


def _bounds(minimum: int, maximum: int) -> str:
    def euros(cents: int) -> str:
        return f"{cents / 100:,.2f}".replace(",", "\u202f").replace(".", ",") + "\u00a0€"

    return f"Entrez un montant entre {euros(minimum)} et {euros(maximum)}."


@router.get("/payer/{jeton}/paiements/{paiement_id}", dependencies=PAYER)
async def read_payment(jeton: Jeton, paiement_id: uuid.UUID) -> EtatPaiement:
    """How a payment begun by this link stands: read on coming back from the provider's page."""
    async with session_scope() as session:
        lien = await _link(session, jeton)
        found = await session.get(Paiement, paiement_id)
    unknown = not_found("Ce paiement")
    if found is None:
        raise unknown
    if found.lien_id != lien.id:
        raise kept_from(f"paiement/{lien.id}", unknown, "paiement", found.id, found.client_id)
    return EtatPaiement(montant=found.montant, statut=found.statut)


@router.post("/paiements/stripe", dependencies=[Depends(public("the provider signs each of its calls"))])
async def receive_payment_event(
    request: Request,
    services: ServicesDep,
    signature: Annotated[str, Header(alias="Stripe-Signature", max_length=2000)] = "",
) -> Recu:
    """A webhook of the payment provider. Forged or too old: 400. Received already or of no use: 200, and no effect."""
    secret = services.settings.stripe_webhook_secret
    if secret is None:
        raise not_found("Cette adresse")
    payload = await request.body()
    try:
        event = stripe_checkout.verify(payload, signature, secret.get_secret_value(), datetime.now(UTC))
    except BadSignature as error:
        _log.warning("payment event refused: %s", error)
        raise Problem(400, "signature_invalide", "Cet événement n'est pas signé comme il le doit.") from error
    notice = stripe_checkout.read_notice(event)
    if notice is None:
        return Recu(resultat="ignore")
    async with session_scope() as session:
        if not await first_time(session, EvenementPaiement, notice.event_id, notice.type):
            return Recu(resultat="deja_recu")
        return Recu(resultat=await _apply(session, services, notice))


async def _apply(
    session: AsyncSession, services: Services, notice: Notice
) -> Literal["enregistre", "ignore"]:
    """Move the payment that an event is about, whatever the order in which events come."""
    try:
        found = await paiement.lock(session, uuid.UUID(notice.reference))
    except ValueError:
        found = None
    if found is None or (found.session_id or notice.session_id) != notice.session_id:
        _log.warning("payment event %s is about no payment of ours", notice.event_id)
        return "ignore"
    if found.statut in (StatutPaiement.PAYE, StatutPaiement.ECART):
        return "ignore"
    if notice.paid and (notice.montant != found.montant or notice.devise != "eur"):
        # Money came, but not what was asked for: a person looks into it, nothing is entered by itself.
        _log.critical("payment %s: amount or currency differs from what was asked", found.id)
        found.statut = StatutPaiement.ECART
    elif notice.paid:
        found.statut = StatutPaiement.PAYE
        _, _, state = await _account(session, services, found.demarche_id)
        day = state.now(datetime.now(UTC)).astimezone(PARIS).date()
        await outbox.publish(
            session,
            services.keyring,
            found.demarche_id,
            "paiement",
            {
                "recu_le": day.isoformat(),
                "montant": found.montant,
                "moyen": "en_ligne",
                "reference": (notice.payment_intent or notice.session_id)[:100],
            },
            origine=f"paiement/{found.id}",
        )
    elif notice.failed:
        found.statut = StatutPaiement.ECHEC
    elif notice.expired:
        found.statut = StatutPaiement.EXPIRE
    elif found.statut is StatutPaiement.COMMENCE:
        found.statut = StatutPaiement.EN_COURS
    else:
        return "ignore"
    found.session_id, found.updated_at = notice.session_id, now()
    session.add(found)
    return "enregistre"


@router.post("/demarches/{demarche_id}/lien-paiement")
async def make_payment_link(
    dossier: DossierLu,
    request: Request,
    actor: Annotated[Actor, Depends(rule(Action.PAIEMENT_LIEN, read_target))],
    body: Renouvellement = Renouvellement(),
) -> LienDePaiement:
    """The debtor's link, to be sent by hand; a new one takes the former away (REC-28)."""
    if (await dossier.modele()).paiement is None:
        raise Problem(409, "sans_paiement", "Ce modèle n'a pas de page de paiement.")
    async with session_scope() as session:
        if body.renouveler:
            await paiement.revoke_links(session, dossier.id)
        token = await paiement.link_of(session, dossier.services.keyring, dossier.id, dossier.row.client_id)
        await audit.append(
            session,
            acteur=actor.key,
            ip=client_ip(request),
            action="paiement.renouveler" if body.renouveler else "paiement.lien",
            objet_type="demarche",
            objet_id=dossier.id,
            client_id=dossier.row.client_id,
        )
    return LienDePaiement(url=payment_link(token))
