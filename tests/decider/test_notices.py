"""The bell: the tasks one command gives a person are told together, in one entry, so one mail and one push (NOT-08);
and what it asks for is unread as long as it is awaited from its reader, no longer (NOT-13).
"""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from store.crypto import place
from store.notification import Notification
from store.session import session_scope
from tests.bureau import Bureau
from tests.modeles_essai import essai
from workflows.engine.state import FileRef, Horloge

NBSP = "\N{NO-BREAK SPACE}"


def modele(tasks: int) -> dict[str, Any]:
    """An étape that gives so many tasks to the manager, and one to the conseiller."""
    taches = [{"cle": f"t{n}", "titre": f"Tâche {n}", "pour": "manager"} for n in range(1, tasks + 1)]
    alone = {"cle": "seule", "titre": "Seule", "pour": "conseiller"}
    return essai(etapes=[{"cle": "dossier", "titre": "Dossier", "taches": [*taches, alone]}])


async def told(bureau: Bureau, demarche_id: uuid.UUID) -> dict[str, list[tuple[str, str]]]:
    """Text and target of each notice of a task, by role of who reads it."""
    async with session_scope() as session:
        cipher = await bureau.keyring.load(session, bureau.client_id)
    found: dict[str, list[tuple[str, str]]] = {}
    names = {id_: name for name, id_ in bureau.users.items()}
    for row in await bureau.rows(Notification, demarche_id):
        if row["type"] == "tache_assignee":
            texte = cipher.decrypt_text(row["texte"], place("notification", "texte", row["id"]))
            entry = (texte.replace(NBSP, " "), row["lien"].partition("?cible=")[2])
            found.setdefault(names[row["utilisateur_id"]], []).append(entry)
    return found


async def opened(bureau: Bureau, tasks: int) -> uuid.UUID:
    await bureau.publish(modele(tasks))
    demarche_id = uuid.uuid4()
    await bureau.decide(demarche_id, bureau.opening())
    return demarche_id


async def test_several_tasks_of_one_command_are_one_notice(bureau: Bureau) -> None:
    demarche_id = await opened(bureau, 4)
    seen = await told(bureau, demarche_id)
    expected = "4 nouvelles tâches : « Tâche 1 », « Tâche 2 », « Tâche 3 » et « Tâche 4 »."
    assert seen["manager"] == [(expected, "etape:dossier")]


async def test_many_tasks_are_counted(bureau: Bureau) -> None:
    seen = await told(bureau, await opened(bureau, 9))
    expected = "9 nouvelles tâches : « Tâche 1 », « Tâche 2 », « Tâche 3 » et 6 autres."
    assert seen["manager"] == [(expected, "etape:dossier")]


async def test_one_task_is_said_by_its_name_and_opens_it(bureau: Bureau) -> None:
    demarche_id = await opened(bureau, 1)
    (task,) = [t for t in (await bureau.state(demarche_id)).taches.values() if t.pour == "manager"]
    assert (await told(bureau, demarche_id))["manager"] == [
        ("Nouvelle tâche : « Tâche 1 ».", f"tache:{task.id}")
    ]


async def test_two_commands_are_two_notices(bureau: Bureau) -> None:
    demarche_id = await opened(bureau, 2)
    await bureau.decide(demarche_id, bureau.command("AddTache", titre="Encore", pour="manager"))
    texts = [text for text, _ in (await told(bureau, demarche_id))["manager"]]
    assert sorted(texts) == [
        "2 nouvelles tâches : « Tâche 1 » et « Tâche 2 ».",
        "Nouvelle tâche : « Encore ».",
    ]


# --- what was done since


async def unread(bureau: Bureau, demarche_id: uuid.UUID) -> set[tuple[str, str]]:
    """Role of the reader and code of every entry that still counts."""
    names = {id_: name for name, id_ in bureau.users.items()}
    rows = await bureau.rows(Notification, demarche_id)
    return {
        (names[row["utilisateur_id"]], row["type"])
        for row in rows
        if row["read_at"] is None and row["reglee_le"] is None
    }


async def finish(bureau: Bureau, demarche_id: uuid.UUID, titre: str) -> None:
    """The firm does a task, whosever it is."""
    taches = (await bureau.state(demarche_id)).taches.values()
    [tache] = [tache for tache in taches if tache.titre == titre]
    await bureau.decide(demarche_id, bureau.command("CompleteTache", tache=tache.id))


async def deposit(bureau: Bureau, demarche_id: uuid.UUID, piece: str = "cni") -> None:
    file = FileRef(id=str(uuid.uuid4()), nom="carte.pdf", type="application/pdf", taille=10)
    command = bureau.command("DepositPiece", par="manager", piece=piece, files=(file,))
    await bureau.decide(demarche_id, command)


async def later(bureau: Bureau, demarche_id: uuid.UUID, days: int) -> None:
    """Move the démarche's clock, and play what is due."""
    real = datetime.now(UTC)
    horloge = Horloge(virtual=real + timedelta(days=days), real=real)
    await bureau.decide(demarche_id, bureau.command("SetHorloge", par="systeme", horloge=horloge))
    await bureau.decide(demarche_id, bureau.command("Tick", par="systeme"))


async def test_tasks_told_together_are_asked_until_the_last_is_done(bureau: Bureau) -> None:
    demarche_id = await opened(bureau, 3)
    for rank in (1, 2):
        await finish(bureau, demarche_id, f"Tâche {rank}")
        assert ("manager", "tache_assignee") in await unread(bureau, demarche_id)
    await finish(bureau, demarche_id, "Tâche 3")
    assert ("manager", "tache_assignee") not in await unread(bureau, demarche_id)


async def test_a_task_given_to_someone_else_is_no_longer_asked_of_the_first(bureau: Bureau) -> None:
    demarche_id = await opened(bureau, 1)
    await bureau.decide(
        demarche_id,
        bureau.command("AddRenfort", user_id=str(bureau.users["autre"]), nom="Autre", libelle="Expert"),
    )
    [tache] = [t for t in (await bureau.state(demarche_id)).taches.values() if t.pour == "manager"]
    confided = {"tache": tache.id, "pour": "conseiller", "user_id": str(bureau.users["autre"])}
    await bureau.decide(demarche_id, bureau.command("AssignTache", **confided))
    found = await unread(bureau, demarche_id)
    assert ("autre", "tache_assignee") in found and ("manager", "tache_assignee") not in found
    await bureau.decide(demarche_id, bureau.command("RemoveRenfort", user_id=str(bureau.users["autre"])))
    assert ("autre", "tache_assignee") not in await unread(bureau, demarche_id)


async def test_a_reminder_is_no_longer_told_once_it_is_answered(bureau: Bureau) -> None:
    await bureau.publish(essai())
    demarche_id = uuid.uuid4()
    await bureau.decide(demarche_id, bureau.opening())
    await later(bureau, demarche_id, 8)
    assert ("manager", "relance") in await unread(bureau, demarche_id)
    await finish(bureau, demarche_id, "Faire")
    assert ("manager", "relance") in await unread(bureau, demarche_id), "the pièce is still awaited"
    await deposit(bureau, demarche_id)
    found = await unread(bureau, demarche_id)
    assert ("manager", "relance") not in found and ("conseiller", "piece_deposee") in found


async def test_nothing_is_asked_about_a_demarche_that_is_over(bureau: Bureau) -> None:
    demarche_id = await opened(bureau, 2)
    await bureau.decide(demarche_id, bureau.command("AddPiece", titre="Plan", de="manager"))
    question = bureau.command("RequestAction", nature="commentaire", message="Quel étage ?", a="manager")
    await bureau.decide(demarche_id, question)
    asked = {("manager", code) for code in ("tache_assignee", "piece_demandee", "action_demandee")}
    assert asked <= await unread(bureau, demarche_id)
    await bureau.decide(demarche_id, bureau.command("Cancel", motif="Abandon"))
    # News is there until it is read.
    assert await unread(bureau, demarche_id) == {("manager", "annulation")}
