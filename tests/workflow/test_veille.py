"""The watch: what PostgreSQL knows and Temporal lost is taken up again by itself."""

from __future__ import annotations

import uuid
from datetime import timedelta

from store.base import now
from store.demarche import Effet
from tests.workflow.conftest import Pile, until
from tests.workflow.postbox import Postbox
from workflows.engine.state import Horloge
from workflows.veille import GIVEN_UP, LATE, late, wake


async def of(demarche_id: uuid.UUID, at: timedelta) -> bool:
    return any(row[1] == demarche_id for row in await late(now() + at))


async def test_an_effect_decided_just_before_a_power_cut(pile: Pile, postbox: Postbox) -> None:
    """The decision is in PostgreSQL, the workflow never heard of it, nobody sends the command again."""
    demarche_id = await pile.open()
    command = pile.bureau.command("RequestAction", nature="note", message="Bonjour", a="manager")
    await pile.bureau.decide(demarche_id, command)
    [row] = await pile.bureau.rows(Effet, demarche_id)
    assert row["etat"] == "en_attente"
    assert not await of(demarche_id, LATE / 2) and await of(demarche_id, LATE * 2)

    found = [row for row in await late(now() + LATE * 2) if row[1] == demarche_id]
    assert await wake(pile.demarches, found, now()) == 1

    async def sent() -> bool:
        return [row["etat"] for row in await pile.bureau.rows(Effet, demarche_id)] == ["fait"]

    await until(sent)
    assert not await of(demarche_id, LATE * 2), "and it is late no more"


async def test_a_reminder_armed_just_before_a_power_cut(pile: Pile, postbox: Postbox) -> None:
    """Its workflow is gone with its timer: a tick starts it again, and the reminder goes out."""
    demarche_id = await pile.open()
    assert not await of(demarche_id, timedelta(days=6)) and await of(demarche_id, timedelta(days=8))
    await pile.handle(demarche_id).terminate()
    in_eight_days = Horloge(virtual=now() + timedelta(days=8), real=now())
    await pile.bureau.decide(demarche_id, pile.bureau.command("SetHorloge", "systeme", horloge=in_eight_days))
    assert await of(demarche_id, LATE * 2), "due on its own clock"

    found = [row for row in await late(now() + LATE * 2) if row[1] == demarche_id]
    await wake(pile.demarches, found, now())

    async def reminded() -> bool:
        return any(event.fact.type == "RelanceSent" for event in await pile.journal(demarche_id))

    await until(reminded)


async def test_what_is_being_tried_is_left_alone(pile: Pile) -> None:
    """A mail server that is down is tried again by Temporal: the watch waits longer than that."""
    demarche_id = await pile.open()
    command = pile.bureau.command("RequestAction", nature="note", message="Bonjour", a="manager")
    await pile.bureau.decide(demarche_id, command)
    [row] = await pile.bureau.rows(Effet, demarche_id)
    await claimed(row["id"])
    assert not await of(demarche_id, GIVEN_UP / 2) and await of(demarche_id, GIVEN_UP * 2)


async def claimed(effect: uuid.UUID) -> None:
    """As a worker leaves a row it could not carry out this time."""
    from sqlmodel import col, update

    from store.session import session_scope

    async with session_scope() as session:
        await session.exec(
            update(Effet).where(col(Effet.id) == effect).values(tentatives=1, claimed_at=now())
        )
