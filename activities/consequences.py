"""What events write besides the journal and the read model: rows of the ledger, links of participants, notices."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from activities.famille import between
from activities.notices import ASKING, notices, owed, settles
from store import notification
from store.base import now, table_of
from store.connexion import Lien
from store.crypto import CABINET_ID, ClientCipher, Keyring, place
from store.demarche import Effet
from store.links import hash_token, link_secret, token_of
from store.session import session_scope
from store.settings import settings
from store.statements import Call, Statement, insert_into
from workflows.engine import facts as f
from workflows.engine.facts import Event
from workflows.engine.program import Program
from workflows.engine.state import DemarcheState, ParticipantState

_INSERT_EFFET = insert_into(
    table_of(Effet),
    [
        "id",
        "demarche_id",
        "client_id",
        "kind",
        "etat",
        "message_id",
        "contenu",
        "created_at",
        "tentatives",
    ],
)
_INSERT_LIEN = insert_into(
    table_of(Lien),
    ["id", "created_at", "demarche_id", "client_id", "participant", "nom", "token_hash", "expires_at"],
)
_END_LINKS = Statement("""
UPDATE lien SET revoked_at = %(now)s
WHERE demarche_id = %(demarche_id)s AND participant = %(participant)s AND revoked_at IS NULL
""")
"""The session of a used link ends with it."""
_END_UNUSED_LINKS = Statement(f"{_END_LINKS.sql} AND used_at IS NULL")
_MOVE = Statement("UPDATE effet SET etat = %(to)s WHERE id = %(id)s AND etat = ANY(%(former)s)")


async def consequences(
    keyring: Keyring, cipher: ClientCipher, program: Program, state: DemarcheState, events: list[Event]
) -> list[Call]:
    """What to write in the deciding transaction: either all of it is, or nothing."""
    calls = [
        Call(
            _INSERT_EFFET,
            [_effect_row(cipher, state, event, sha) for event, sha in _requested(state, events)],
        )
    ]
    for event in events:
        match event.fact:
            case f.EnfantRequested() | f.EnfantCommanded() | f.EnfantInstructed() | f.ParentTold():
                calls += between(cipher, state, event)
            case f.EffectHeld(effect=id_):
                calls.append(_move(id_, "retenu", "en_attente"))
            case f.EffectReleased(effect=id_):
                calls.append(_move(id_, "en_attente", "retenu"))
            case f.EffectCancelled(effect=id_):
                calls.append(_move(id_, "annule", "en_attente", "retenu"))
            case f.ParticipantInvited(participant=invited) | f.LinkRenewed(participant=invited):
                calls.append(_end_links(_END_UNUSED_LINKS, state, invited.cle))
                calls.append(Call(_INSERT_LIEN, [await _link_row(keyring, cipher, state, invited)]))
            case f.LinkRevoked(participant=participant):
                calls.append(_end_links(_END_LINKS, state, participant))
            case _:
                pass
    demarche_id = uuid.UUID(state.demarche_id)
    if settles(state, events):
        still = {
            (each.code, _link(state, each.cible), uuid.UUID(user))
            for each in owed(program, state)
            for user in each.to
        }
        calls.append(notification.settling(demarche_id, ASKING, still))
    calls += [
        notification.telling(
            cipher,
            uuid.UUID(told.to),
            type=told.code,
            texte=told.message,
            demarche_id=demarche_id,
            lien=_link(state, told.cible),
            origine=f"{state.demarche_id}/{told.seq}",
        )
        for told in notices(state, events)
    ]
    return calls


def _link(state: DemarcheState, cible: str | None) -> str:
    return f"/demarches/{state.demarche_id}" + (f"?cible={cible}" if cible else "")


def _requested(state: DemarcheState, events: list[Event]) -> Iterator[tuple[Event, str]]:
    """Effects asked for, each with the version of the modèle followed then: their models are that version's, whatever
    the démarche follows when they are done."""
    sha = next(
        (event.fact.depuis for event in events if isinstance(event.fact, f.DemarcheMigrated)),
        state.modele_sha,
    )
    for event in events:
        if isinstance(event.fact, f.DemarcheMigrated):
            sha = event.fact.vers
        elif isinstance(event.fact, f.EffectRequested):
            yield event, sha


def _effect_row(cipher: ClientCipher, state: DemarcheState, event: Event, sha: str) -> dict[str, object]:
    fact = event.fact
    assert isinstance(fact, f.EffectRequested)
    id_ = fact.effect.id
    return {
        "id": uuid.UUID(id_),
        "demarche_id": uuid.UUID(state.demarche_id),
        "client_id": uuid.UUID(state.client_id),
        "kind": fact.effect.kind,
        "etat": "retenu" if state.effets.get(id_) is not None and state.effets[id_].held else "en_attente",
        "message_id": f"<{id_}@{settings().mail_domain}>" if fact.effect.kind == "courriel" else None,
        "contenu": cipher.encrypt_json({**fact.params, "modele_sha": sha}, place("effet", "contenu", id_)),
        "created_at": event.at,
        "tentatives": 0,
    }


async def _link_row(
    keyring: Keyring, cipher: ClientCipher, state: DemarcheState, invited: ParticipantState
) -> dict[str, object]:
    cabinet = keyring.cached_client(CABINET_ID)
    if cabinet is None:
        async with session_scope() as session:
            cabinet = await keyring.cabinet(session)
    return {
        "id": uuid.UUID(invited.link_id),
        "created_at": now(),
        "demarche_id": uuid.UUID(state.demarche_id),
        "client_id": uuid.UUID(state.client_id),
        "participant": invited.cle,
        "nom": cipher.encrypt_text(invited.nom, place("lien", "nom", invited.link_id)),
        "token_hash": hash_token(token_of(link_secret(cabinet), invited.link_id)),
        # Links live in real time: a démarche whose clock was moved must not have dead ones.
        "expires_at": now() + (invited.expires_at - invited.invited_at),
    }


def _end_links(statement: Statement, state: DemarcheState, participant: str) -> Call:
    wanted = {"demarche_id": uuid.UUID(state.demarche_id), "participant": participant, "now": now()}
    return Call(statement, [wanted])


def _move(effect: str, to: str, *former: str) -> Call:
    """Change a row's state unless it has already been claimed: what is under way is not taken back."""
    return Call(_MOVE, [{"id": uuid.UUID(effect), "to": to, "former": list(former)}])
