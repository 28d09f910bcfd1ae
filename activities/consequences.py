"""What events write besides the journal and the read model: rows of the ledger, links of participants, notices."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from sqlmodel import col, update
from sqlmodel.ext.asyncio.session import AsyncSession

from store import notification
from store.base import now, table_of
from store.connexion import Lien
from store.crypto import ClientCipher, Keyring, place
from store.demarche import Effet
from store.links import hash_token, link_secret, token_of
from store.settings import settings
from workflows.engine import facts as f
from workflows.engine.facts import Event
from workflows.engine.state import DemarcheState

_EFFET = table_of(Effet)


async def write_consequences(
    session: AsyncSession, keyring: Keyring, cipher: ClientCipher, state: DemarcheState, events: list[Event]
) -> None:
    """Part of the deciding transaction: either all of it is written, or nothing."""
    requested = [event for event in events if isinstance(event.fact, f.EffectRequested)]
    if requested:
        await session.execute(sa.insert(_EFFET), [_effect_row(cipher, state, event) for event in requested])
    for event in events:
        match event.fact:
            case f.EffectHeld(effect=id_):
                await _move(session, id_, "retenu", "en_attente")
            case f.EffectReleased(effect=id_):
                await _move(session, id_, "en_attente", "retenu")
            case f.EffectCancelled(effect=id_):
                await _move(session, id_, "annule", "en_attente", "retenu")
            case f.ParticipantInvited(participant=invited) | f.LinkRenewed(participant=invited):
                await _end_links(session, state, invited.cle, unused_only=True)
                secret = link_secret(await keyring.cabinet(session))
                session.add(
                    Lien(
                        id=uuid.UUID(invited.link_id),
                        demarche_id=uuid.UUID(state.demarche_id),
                        client_id=uuid.UUID(state.client_id),
                        participant=invited.cle,
                        nom=cipher.encrypt_text(invited.nom, place("lien", "nom", invited.link_id)),
                        token_hash=hash_token(token_of(secret, invited.link_id)),
                        # Links live in real time: a démarche whose clock was moved must not have dead ones.
                        expires_at=now() + (invited.expires_at - invited.invited_at),
                    )
                )
                await session.flush()
            case f.LinkRevoked(participant=participant):
                await _end_links(session, state, participant)
            case f.Noticed(to=to, code=code, message=message, cible=cible):
                for user_id in to:
                    await notification.notify(
                        session,
                        cipher,
                        uuid.UUID(user_id),
                        type=code,
                        texte=message,
                        demarche_id=uuid.UUID(state.demarche_id),
                        lien=f"/demarches/{state.demarche_id}" + (f"?cible={cible}" if cible else ""),
                        origine=f"{state.demarche_id}/{event.seq}",
                    )
            case _:
                pass


def _effect_row(cipher: ClientCipher, state: DemarcheState, event: Event) -> dict[str, object]:
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
        "contenu": cipher.encrypt_json(fact.params, place("effet", "contenu", id_)),
        "created_at": event.at,
        "tentatives": 0,
    }


async def _end_links(
    session: AsyncSession, state: DemarcheState, participant: str, *, unused_only: bool = False
) -> None:
    """Revoke a participant's links. The session of a used one ends with it, unless only unused ones are."""
    ended = update(Lien).where(
        col(Lien.demarche_id) == uuid.UUID(state.demarche_id),
        col(Lien.participant) == participant,
        col(Lien.revoked_at).is_(None),
    )
    if unused_only:
        ended = ended.where(col(Lien.used_at).is_(None))
    await session.execute(ended.values(revoked_at=now()))


async def _move(session: AsyncSession, effect: str, to: str, *former: str) -> None:
    """Change a row's state unless it has already been claimed: what is under way is not taken back."""
    await session.execute(
        update(Effet).where(col(Effet.id) == uuid.UUID(effect), col(Effet.etat).in_(former)).values(etat=to)
    )
