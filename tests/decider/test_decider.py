"""The decider on a real PostgreSQL: idempotence by command id, one order, everything in one transaction."""

from __future__ import annotations

import asyncio
import uuid
import zlib
from typing import Any

import pytest

from activities.decider import Outcome, SequenceMismatch, events_after, open_state, seal_state
from activities.programs import program_of
from store import projection
from store.connexion import Lien
from store.crypto import place
from store.demarche import Attente, Commande, Demarche, Effet, Membre
from store.journal import GENESIS, JournalEntry, chain
from store.notification import Notification
from store.session import session_scope
from tests.bureau import Bureau
from tests.conftest import Database
from tests.modeles_essai import embauche, essai
from workflows.engine.commands import Refusal
from workflows.engine.evolve import fold
from workflows.engine.facts import Event
from workflows.engine.state import DemarcheState

TABLES = (Demarche, Membre, Attente, Commande, Effet, JournalEntry, Notification, Lien)


async def opened(bureau: Bureau, **fields: Any) -> uuid.UUID:
    demarche_id = uuid.uuid4()
    await bureau.decide(demarche_id, bureau.opening(**fields))
    return demarche_id


async def journal(bureau: Bureau, demarche_id: uuid.UUID) -> list[Event]:
    async with session_scope() as session:
        cipher = await bureau.keyring.load(session, bureau.client_id)
        return await events_after(session, cipher, str(demarche_id), 0)


async def everything(bureau: Bureau) -> dict[str, list[dict[str, Any]]]:
    return {model.__name__: sorted(await bureau.rows(model), key=str) for model in TABLES}


async def check_consistent(bureau: Bureau, demarche_id: uuid.UUID) -> None:
    """No gap, no double, the chain holds, the journal folds to the state, rows are those of the state alone."""
    events = await journal(bureau, demarche_id)
    state = await bureau.state(demarche_id)
    assert [event.seq for event in events] == list(range(1, state.seq + 1))
    assert fold(DemarcheState(demarche_id=str(demarche_id)), events) == state
    previous = GENESIS
    for row in sorted(await bureau.rows(JournalEntry, demarche_id), key=lambda row: row["id"]):
        assert row["previous"] == previous
        previous = chain(previous, demarche_id, row["seq"], row["type"], row["at"], row["contenu"])
        assert row["hash"] == previous
    kept = (await bureau.rows(Demarche, demarche_id))[0]
    assert kept["journal_hash"] == previous and kept["seq"] == state.seq
    before = {
        model: sorted(await bureau.rows(model, demarche_id), key=str) for model in (Demarche, Attente, Membre)
    }
    async with session_scope() as session:
        program = await program_of(session, state.modele_sha)
        await projection.rewrite(session, program, state, kept["updated_at"])
    for model, rows in before.items():
        assert sorted(await bureau.rows(model, demarche_id), key=str) == rows, model.__name__


async def test_the_same_command_is_applied_once(bureau: Bureau) -> None:
    demarche_id = await opened(bureau)
    seq = await bureau.seq(demarche_id)
    command = bureau.command("AddTache", titre="Appeler", id="clic-1")
    first = await bureau.decide(demarche_id, command)
    second = await bureau.decide(demarche_id, command)
    assert second.replayed and second.events == first.events and not second.missing
    # The answer was lost: the caller is still where it was, and is told the same again.
    lost = await bureau.decide(demarche_id, command, seq)
    assert lost.events == first.events and lost.missing == first.events
    assert len((await bureau.state(demarche_id)).taches) == 2
    await check_consistent(bureau, demarche_id)


async def test_the_same_command_twice_at_once(bureau: Bureau) -> None:
    demarche_id = await opened(bureau)
    seq = await bureau.seq(demarche_id)
    command = bureau.command("AddTache", titre="Appeler", id="clic-2")
    found = await asyncio.gather(*(bureau.decide(demarche_id, command, seq) for _ in range(6)))
    assert sum(not outcome.replayed for outcome in found) == 1
    assert all(outcome.events == found[0].events for outcome in found)
    await check_consistent(bureau, demarche_id)


async def test_the_same_opening_twice_at_once(bureau: Bureau) -> None:
    demarche_id, command = uuid.uuid4(), bureau.opening()
    found = await asyncio.gather(*(bureau.decide(demarche_id, command, 0) for _ in range(4)))
    assert sum(not outcome.replayed for outcome in found) == 1
    assert all(outcome.events == found[0].events for outcome in found)
    await check_consistent(bureau, demarche_id)


async def test_what_the_caller_missed_is_handed_over(bureau: Bureau) -> None:
    demarche_id = await opened(bureau)
    seq = await bureau.seq(demarche_id)
    late = await bureau.state(demarche_id)
    missed = await bureau.decide(demarche_id, bureau.command("AddTache", titre="Un"))
    outcome = await bureau.decide(demarche_id, bureau.command("AddTache", titre="Deux"), seq)
    assert outcome.missing == missed.events
    assert fold(late, [*outcome.missing, *outcome.events]) == await bureau.state(demarche_id)


async def test_a_caller_ahead_of_postgresql_is_an_alarm(bureau: Bureau) -> None:
    demarche_id = await opened(bureau)
    seq = await bureau.seq(demarche_id)
    with pytest.raises(SequenceMismatch):
        await bureau.decide(demarche_id, bureau.command("AddTache", titre="Appeler"), seq + 1)
    assert await bureau.seq(demarche_id) == seq


async def test_commands_decided_together(bureau: Bureau) -> None:
    """Each finds what the one before left; a refused one leaves nothing; a repeated one is decided once."""
    demarche_id = await opened(bureau)
    seq = await bureau.seq(demarche_id)
    tache = next(iter((await bureau.state(demarche_id)).taches))
    known = bureau.command("AddTache", titre="Déjà là")
    before = await bureau.decide(demarche_id, known)
    done = bureau.command("CompleteTache", tache=tache)
    decided = await bureau.decide_together(
        demarche_id,
        [
            known,
            bureau.command("AddTache", titre="Avant"),
            done,
            bureau.command("CompleteTache", tache=tache),
            done,
            bureau.command("ReopenTache", tache=tache, motif="oubli"),
        ],
        seq,
    )
    again, added, first, refused, second, reopened = decided.answers
    assert decided.missing == before.events
    assert again == Outcome(before.events, replayed=True)
    assert isinstance(refused, Refusal) and refused.code == "tache_finie"
    assert isinstance(first, Outcome) and second == Outcome(first.events, replayed=True)
    assert isinstance(added, Outcome) and isinstance(reopened, Outcome)
    events = [*before.events, *added.events, *first.events, *reopened.events]
    assert [event.seq for event in events] == list(range(seq + 1, await bureau.seq(demarche_id) + 1))
    commands = {row["id"] for row in await bureau.rows(Commande, demarche_id)}
    assert {known.id, done.id} < commands and len(commands) == 5, (
        "the opening's, and one row for each accepted"
    )
    await check_consistent(bureau, demarche_id)


async def test_fifty_commands_at_once(bureau: Bureau) -> None:
    """50 simultaneous commands on one démarche: each applied once, in one order."""
    demarche_id = await opened(bureau)
    seq = await bureau.seq(demarche_id)
    tache = next(iter((await bureau.state(demarche_id)).taches))
    commands = [bureau.command("AddTache", titre=f"Tâche {n}", id=f"rafale-{n}") for n in range(30)]
    commands += [
        bureau.command("AddPiece", titre=f"Pièce {n}", de="manager", id=f"piece-{n}") for n in range(15)
    ]
    commands += [bureau.command("CompleteTache", tache=tache, id=f"fait-{n}") for n in range(5)]
    found = await asyncio.gather(
        *(bureau.decide(demarche_id, command, seq) for command in commands), return_exceptions=True
    )
    refused = [outcome for outcome in found if isinstance(outcome, Refusal)]
    assert [refusal.code for refusal in refused] == ["tache_finie"] * 4, (
        "one completion wins, the others are told"
    )
    assert not [outcome for outcome in found if isinstance(outcome, Exception) and outcome not in refused]
    state = await bureau.state(demarche_id)
    assert sum(t.titre.startswith("Tâche") for t in state.taches.values()) == 30 and len(state.pieces) == 16
    await check_consistent(bureau, demarche_id)


async def test_a_refusal_leaves_no_trace(bureau: Bureau) -> None:
    demarche_id = await opened(bureau)
    before = await everything(bureau)
    for command in (
        bureau.command("ValidatePiece", piece="cni"),
        bureau.command("CompleteTache", tache="inconnue"),
        bureau.command("Cancel", "manager", motif="non"),
        bureau.command("ValidateDemande"),
        bureau.opening(),
    ):
        with pytest.raises(Refusal):
            await bureau.decide(demarche_id, command)
    unknown = uuid.uuid4()
    with pytest.raises(Refusal):
        await bureau.decide(unknown, bureau.opening(client_type="particulier"), 0)
    assert await everything(bureau) == before


async def test_a_refused_command_may_be_sent_again_with_its_id(bureau: Bureau) -> None:
    demarche_id = await opened(bureau)
    command = bureau.command("ValidatePiece", piece="cni", id="clic-3")
    with pytest.raises(Refusal):
        await bureau.decide(demarche_id, command)
    await bureau.decide(demarche_id, bureau.command("DepositPiece", "manager", piece="cni", files=[FILE]))
    assert (await bureau.decide(demarche_id, command)).events


FILE = {"id": "f1", "nom": "carte.pdf", "type": "application/pdf", "taille": 1000}


async def test_the_rows_follow_each_command(bureau: Bureau) -> None:
    """The read model written by differences is the one written from the state alone, after every command."""
    demarche_id = await opened(bureau)
    plan = [
        bureau.command("DepositPiece", "manager", piece="cni", files=[FILE]),
        bureau.command("RefusePiece", piece="cni", motif="flou"),
        bureau.command("RequestAction", nature="commentaire", message="Dites-nous.", a="manager"),
        bureau.command("AddTache", "manager", titre="Une idée"),
        bureau.command("Suspend", motif="congés"),
        bureau.command("Resume"),
        bureau.command("SkipEtape", etape="dossier", motif="rien à faire"),
        bureau.command("SendBack", etape="dossier", motif="si"),
        bureau.command("Cancel", motif="abandon"),
    ]
    for command in plan:
        await bureau.decide(demarche_id, command)
        await check_consistent(bureau, demarche_id)
    assert await bureau.rows(Attente, demarche_id) == []


async def test_the_ledger_follows_the_mails(bureau: Bureau) -> None:
    demarche_id = await opened(bureau)
    for message in ("un", "deux"):
        await bureau.decide(
            demarche_id, bureau.command("RequestAction", nature="note", message=message, a="manager")
        )

    async def ledger() -> list[str]:
        return sorted(row["etat"] for row in await bureau.rows(Effet, demarche_id))

    assert await ledger() == ["en_attente"] * 2
    rows = await bureau.rows(Effet, demarche_id)
    assert len({row["message_id"] for row in rows}) == 2
    await bureau.decide(demarche_id, bureau.command("Suspend", motif="x"))
    assert await ledger() == ["retenu"] * 2
    await bureau.decide(demarche_id, bureau.command("Resume"))
    assert await ledger() == ["en_attente"] * 2
    report = bureau.command("ReportEffect", "systeme", effect=str(rows[0]["id"]), outcome="done")
    await bureau.decide(demarche_id, report)
    await bureau.decide(demarche_id, bureau.command("Cancel", motif="x"))
    # The first one is recorded as done in the journal; its row is the worker's to close.
    assert "annule" in await ledger()
    assert {row["message_id"] for row in await bureau.rows(Effet, demarche_id)} == {
        r["message_id"] for r in rows
    }


async def test_links_and_notices(bureau: Bureau) -> None:
    """A link per invitation, its token never stored; the former one dies unused; cancelling revokes."""
    await bureau.publish(embauche())
    from tests.engine.parcours import DECLARATION

    declaration = DECLARATION | {"date_entree": "2027-01-04"}
    demarche_id = await opened(bureau, phase="demande", par="manager", donnees={"declaration": declaration})
    await bureau.decide(demarche_id, bureau.command("ValidateDemande"))
    await bureau.decide(demarche_id, bureau.command("InviteParticipant", participant="futur_salarie"))
    links = await bureau.rows(Lien, demarche_id)
    assert [bool(link["revoked_at"]) for link in sorted(links, key=lambda link: link["created_at"])] == [
        True,
        False,
    ]
    notices = await bureau.rows(Notification, demarche_id)
    assert {"demande_recue", "demande_validee"} <= {row["type"] for row in notices}
    by_user = {row["utilisateur_id"] for row in notices if row["type"] == "demande_recue"}
    assert by_user == {bureau.users["conseiller"]}
    await bureau.decide(demarche_id, bureau.command("Cancel", motif="abandon"))
    assert all(link["revoked_at"] for link in await bureau.rows(Lien, demarche_id))
    await check_consistent(bureau, demarche_id)


async def test_the_words_of_an_action_are_not_in_a_list(bureau: Bureau, database: Database) -> None:
    """SEC-05: what people write to one another is encrypted, in the inbox's rows too."""
    demarche_id = await opened(bureau)
    secret = "Votre dette de 4 812 euros"
    await bureau.decide(
        demarche_id, bureau.command("RequestAction", nature="commentaire", message=secret, a="manager")
    )
    assert (await bureau.state(demarche_id)).actions
    for model in TABLES:
        for row in await bureau.rows(model):
            assert secret not in str(row), model.__name__


async def test_a_stored_state_says_its_format(bureau: Bureau) -> None:
    demarche_id = await opened(bureau)
    async with session_scope() as session:
        cipher = await bureau.keyring.load(session, bureau.client_id)
    state = await bureau.state(demarche_id)
    plain = cipher.decrypt(seal_state(state, cipher), place("demarche", "state", demarche_id))
    written = zlib.decompress(plain)
    assert b'"format":1' in written and written == state.model_dump_json().encode()


async def test_a_state_stored_before_they_were_compressed_is_read(bureau: Bureau) -> None:
    demarche_id = await opened(bureau)
    async with session_scope() as session:
        cipher = await bureau.keyring.load(session, bureau.client_id)
        row = await session.get_one(Demarche, demarche_id)
    state = open_state(row, cipher)
    row.state = cipher.encrypt(state.model_dump_json().encode(), place("demarche", "state", demarche_id))
    assert open_state(row, cipher) == state


async def test_two_forms_of_the_same_name_in_two_branches_are_one_wait(bureau: Bureau) -> None:
    form = {"type": "object", "properties": {"note": {"type": "string"}}, "required": ["note"]}
    branches = [
        [{"cle": f"b{n}", "titre": f"B{n}", "formulaires": [{"nom": "fiche", "par": "manager"}]}]
        for n in (1, 2)
    ]
    contents = essai(
        formulaires={"fiche": "fiche"},
        etapes=[
            {"parallele": "bloc", "titre": "Bloc", "branches": branches},
            {"cle": "fin", "titre": "Fin", "terminee": "manuelle"},
        ],
    )
    contents["forms"] = {"fiche": form}
    await bureau.publish(contents)
    demarche_id = await opened(bureau)
    await check_consistent(bureau, demarche_id)
