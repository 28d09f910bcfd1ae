"""Migration and old formats on a real PostgreSQL: rows follow the state, and the journal is enough to read it again."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
import sqlalchemy as sa

from activities.decider import NewerFormat, state_of
from store.base import table_of
from store.crypto import place
from store.demarche import Demarche, Effet
from store.session import session_scope
from tests.bureau import Bureau
from tests.decider.test_decider import check_consistent, opened
from tests.modeles_essai import essai
from workflows.engine.commands import Refusal
from workflows.engine.state import FORMAT

FIN = {"cle": "fin", "titre": "Fin", "terminee": "manuelle"}


def deuxieme() -> dict[str, object]:
    """« essai » with a renamed first étape, one task more, and another mail."""
    contents = essai()
    etape = dict(contents["modele"]["etapes"][0])
    etape |= {"cle": "constitution", "titre": "Constitution"}
    etape["taches"] = [*etape["taches"], {"cle": "relire", "titre": "Relire", "pour": "conseiller"}]
    contents["modele"]["etapes"] = [etape, FIN]
    return contents


async def _versions(bureau: Bureau) -> tuple[str, str]:
    first = bureau.sha
    second = await bureau.publish(deuxieme())
    bureau.sha = first
    return first, second


async def test_rows_and_state_follow_the_new_version(bureau: Bureau) -> None:
    first, second = await _versions(bureau)
    demarche_id = await opened(bureau)
    move: dict[str, Any] = {"vers": second, "correspondance": {"dossier": "constitution"}}
    await bureau.decide(demarche_id, bureau.command("MigrateDemarche", **move))
    await check_consistent(bureau, demarche_id)
    row = (await bureau.rows(Demarche, demarche_id))[0]
    assert (row["modele_sha"], row["etape"]) == (second, "constitution")
    # What follows is decided on the new version, though the workflow still names the first one.
    state = await bureau.state(demarche_id)
    relire = next(t.id for t in state.taches.values() if t.titre == "Relire")
    await bureau.decide(demarche_id, bureau.command("CompleteTache", tache=relire))
    await bureau.decide(demarche_id, bureau.command("MigrateDemarche", vers=first, retour=True))
    await check_consistent(bureau, demarche_id)
    assert (await bureau.rows(Demarche, demarche_id))[0]["etape"] == "dossier"


async def test_a_version_never_published_is_refused(bureau: Bureau) -> None:
    demarche_id = await opened(bureau)
    with pytest.raises(Refusal) as refused:
        await bureau.decide(demarche_id, bureau.command("MigrateDemarche", vers="f" * 64))
    assert refused.value.code == "version_inconnue"


async def test_an_effect_keeps_the_version_that_asked_for_it(bureau: Bureau) -> None:
    """A mail waiting to leave is written with its own model, even when the démarche has moved on."""
    first, second = await _versions(bureau)
    demarche_id = await opened(bureau)
    await bureau.decide(demarche_id, bureau.command("RequestAction", nature="note", message="?", a="manager"))
    move: dict[str, Any] = {"vers": second, "correspondance": {"dossier": "constitution"}}
    await bureau.decide(demarche_id, bureau.command("MigrateDemarche", **move))
    effects = await bureau.rows(Effet, demarche_id)
    assert effects
    async with session_scope() as session:
        cipher = await bureau.keyring.load(session, bureau.client_id)
    for effect in effects:
        params = cipher.decrypt_json(effect["contenu"], place("effet", "contenu", str(effect["id"])))
        assert params["modele_sha"] == first


async def _spoil(bureau: Bureau, demarche_id: uuid.UUID, format_: int) -> None:
    """The state as another version of this program would have left it."""
    async with session_scope() as session:
        cipher = await bureau.keyring.load(session, bureau.client_id)
        sealed = cipher.encrypt(
            b'{"format": 0, "autrement": true}', place("demarche", "state", str(demarche_id))
        )
        table = table_of(Demarche)
        await session.exec(
            sa.update(table).where(table.c.id == demarche_id).values(format=format_, state=sealed)
        )


async def test_a_state_of_an_older_format_is_folded_anew(bureau: Bureau) -> None:
    demarche_id = await opened(bureau)
    await bureau.decide(demarche_id, bureau.command("AddTache", titre="À la main"))
    before = await bureau.state(demarche_id)
    await _spoil(bureau, demarche_id, FORMAT - 1)
    assert await bureau.state(demarche_id) == before
    async with session_scope() as session:
        row = await session.get(Demarche, demarche_id)
        assert row is not None
        cipher = await bureau.keyring.load(session, bureau.client_id)
        assert await state_of(session, row, cipher) == before
    await bureau.decide(demarche_id, bureau.command("AddTache", titre="Encore"))
    assert (await bureau.rows(Demarche, demarche_id))[0]["format"] == FORMAT
    await check_consistent(bureau, demarche_id)


async def test_a_state_of_a_newer_program_is_left_alone(bureau: Bureau) -> None:
    demarche_id = await opened(bureau)
    await _spoil(bureau, demarche_id, FORMAT + 1)
    before = await bureau.rows(Demarche, demarche_id)
    with pytest.raises(NewerFormat):
        await bureau.decide(demarche_id, bureau.command("AddTache", titre="À la main"))
    assert await bureau.rows(Demarche, demarche_id) == before
