"""One way to send a command to a démarche: idempotent by key, its refusals turned into problems."""

import asyncio
import logging
import time
import uuid
from collections.abc import Awaitable, Callable, Collection
from typing import Any

from pydantic import BaseModel, Field

from api.dossier import Dossier, engine_actor
from api.problems import FieldError, Problem, not_found, unavailable
from store import audit
from store.crypto import place
from store.session import session_scope
from workflows.client import Broken, Unavailable
from workflows.engine import commands as c
from workflows.engine.commands import COMMAND, AnyCommand, Command, Refusal
from workflows.engine.state import Actor as EngineActor

_log = logging.getLogger("elaska.api")

UNCONFIRMED = (
    "Nous n'avons pas pu confirmer l'enregistrement. "
    "Réessayez\u00a0: la même demande ne sera pas comptée deux fois."
)
PATIENCE_S = 3.0
PAUSES_S = (0.05, 0.2, 0.5)
# Refusals that are not about the present state of the démarche (409).
_FORBIDDEN = {"interdit", "non_demandable"}
_INVALID = {
    "champ_non_modifiable",
    "client_non_concerne",
    "correction_vide",
    "date_future",
    "destinataire",
    "donnees_inattendues",
    "formulaire_attendu",
    "formulaire_invalide",
    "reponse_vide",
}
# What the access log keeps besides the journal: the life of a dossier, and who may see it (SEC-17). The rest of what is
# done to a dossier is in its own journal, whose commands are kept with their author and address.
AUDITED: dict[type[Command], str] = {
    c.ValidateDemande: "demarche.valider",
    c.RefuseDemande: "demarche.refuser",
    c.Suspend: "demarche.suspendre",
    c.Resume: "demarche.reprendre",
    c.Cancel: "demarche.annuler",
    c.Reassign: "demarche.confier",
    c.AddRenfort: "demarche.renforcer",
    c.RemoveRenfort: "demarche.alleger",
    c.SetPrix: "demarche.prix",
    c.InviteParticipant: "participant.inviter",
    c.RevokeLink: "participant.retirer",
}


class Accuse(BaseModel):
    """A command was recorded: `seq` is the number of the last event it led to."""

    demarche_id: uuid.UUID
    seq: int = Field(examples=[42])


def refusal_problem(refusal: Refusal, envelope: str = "") -> Problem:
    """The problem of a refused command. `envelope`: where the form's data stands in the request's body."""
    code = refusal.code
    status = 409
    if code in _FORBIDDEN:
        status = 403
    elif code.endswith(("_inconnu", "_inconnue")):
        status = 404
    elif code in _INVALID or refusal.errors:
        status = 422
    errors = [FieldError(pointer=envelope + pointer, detail=detail) for pointer, detail in refusal.errors]
    return Problem(status, code, refusal.detail, errors=errors)


def unconfirmed() -> Problem:
    return unavailable("non_confirme", UNCONFIRMED)


def key_reused() -> Problem:
    return Problem(422, "cle_reutilisee", "Cette clé d'idempotence a déjà servi à une autre demande.")


def broken(demarche_id: uuid.UUID, command: str, error: Broken) -> Problem:
    """The engine would have broken one of its invariants: an alarm, with no personal data."""
    _log.critical("engine invariant broken: démarche %s, command %s: %s", demarche_id, command, error)
    return Problem(500, "erreur_interne", "Une erreur inattendue est survenue. Elle a été enregistrée.")


async def commander(
    dossier: Dossier,
    kind: type[Command],
    *,
    acting: EngineActor | None = None,
    envelope: str = "",
    incomparable: Collection[str] = (),
    **fields: Any,
) -> Accuse:
    """Send a command and wait for its answer; the same key with the same body gives the same answer.

    `acting`: who acts when it is not the caller. `incomparable`: fields that differ from one try to the next.
    Raises the problems of a refusal, of an outage (503) and of a key that served for something else (422).
    """
    command: AnyCommand = kind(  # type: ignore[assignment]
        id=dossier.command_id,
        actor=acting or engine_actor(dossier.actor),
        ip=dossier.ip if acting is None else None,
        **fields,
    )
    if dossier.recorded is not None:
        return replay(dossier, command, incomparable)
    demarches = await dossier.services.temporal.demarches()
    row = dossier.row
    try:
        answer = await insist(
            lambda: demarches.send(row.client_id, dossier.id, row.modele_sha, row.seq, command)
        )
    except Refusal as refusal:
        if refusal.code == "interdit" and dossier.actor.kind == "participant":
            # What is not theirs does not exist for them.
            raise not_found() from None
        raise refusal_problem(refusal, envelope) from None
    except Unavailable as error:
        _log.error("command not confirmed: démarche %s, %s", dossier.id, kind.__name__)
        raise unconfirmed() from error
    except Broken as error:
        raise broken(dossier.id, kind.__name__, error) from error
    if acting is None and (action := AUDITED.get(kind)):
        await _trace(dossier, action)
    return Accuse(demarche_id=dossier.id, seq=answer["seq"])


async def _trace(dossier: Dossier, action: str) -> None:
    async with session_scope() as session:
        await audit.append(
            session,
            acteur=dossier.actor.key,
            ip=dossier.ip,
            action=action,
            objet_type="demarche",
            objet_id=dossier.id,
            client_id=dossier.row.client_id,
            reference=dossier.row.reference,
        )


async def insist(send: Callable[[], Awaitable[dict[str, Any]]]) -> dict[str, Any]:
    """Send again what was quickly left without an answer: the command's id makes it count once.

    Temporal drops an update when, at the same instant, the workflow ends or goes on as a new run. Raises Unavailable.
    """
    begun = time.monotonic()
    for pause in PAUSES_S:
        try:
            return await _sent(send)
        except Unavailable:
            if time.monotonic() - begun > PATIENCE_S:
                raise
        await asyncio.sleep(pause)
    return await _sent(send)


async def _sent(send: Callable[[], Awaitable[dict[str, Any]]]) -> dict[str, Any]:
    try:
        return await send()
    except (Unavailable, Broken):
        raise
    except RuntimeError as error:
        # The SDK's only word for a first connection that fails.
        if "client connect" not in str(error):
            raise
        raise Unavailable("connection") from error


def replay(dossier: Dossier, command: AnyCommand, incomparable: Collection[str] = ()) -> Accuse:
    """The answer already given under this key. Raises the 422 problem when the key served for another request."""
    assert dossier.recorded is not None
    former = recorded_command(dossier)
    # A person renamed since, or who comes back from elsewhere, is the same person.
    ignored = {"actor", "ip", *incomparable}
    if type(former) is not type(command) or former.model_dump(exclude=ignored) != command.model_dump(
        exclude=ignored
    ):
        raise key_reused()
    return Accuse(demarche_id=dossier.id, seq=dossier.recorded.seq)


def recorded_command(dossier: Dossier) -> AnyCommand:
    """The command recorded under this request's key."""
    assert dossier.recorded is not None
    where = place("commande", "contenu", f"{dossier.id}/{dossier.command_id}")
    command: AnyCommand = COMMAND.validate_json(dossier.cipher.decrypt(dossier.recorded.contenu, where))
    return command
