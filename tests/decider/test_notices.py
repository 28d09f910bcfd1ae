"""The tasks one command gives a person are told together: one entry of the bell, so one mail and one push (NOT-08)."""

import uuid
from typing import Any

from store.crypto import place
from store.notification import Notification
from store.session import session_scope
from tests.bureau import Bureau
from tests.modeles_essai import essai

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
