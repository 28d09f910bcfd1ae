"""The timeline: comments, internal notes, what the client sees, and its chain (TL-01 to TL-07, SEC-17)."""

import asyncio
import uuid
from typing import Any

from sqlmodel import col, select

from store.journal import GENESIS, JournalEntry, chain
from store.session import session_scope
from tests.api.conftest import Cabinet, Json, key, ok
from tests.people import Browser


async def lines(browser: Browser, id_: str, **query: Any) -> list[Json]:
    page = await ok(browser.get(f"/api/demarches/{id_}/journal", params={"limite": 100, **query}))
    return list(page["items"])


async def test_comments_reach_the_other_side(cabinet: Cabinet) -> None:
    id_ = await cabinet.dossier()
    path = f"/api/demarches/{id_}/commentaires"
    await ok(
        cabinet.staff.post(path, json={"texte": "Le contrat est prêt.", "objet": "piece:cni"}, headers=key())
    )
    await ok(cabinet.client.post(path, json={"texte": "Merci !"}, headers=key()))
    newest = [line for line in await lines(cabinet.client, id_) if line["type"] == "Commentaire"]
    assert [(line["detail"], line["acteur"], line["acteur_kind"]) for line in newest] == [
        ("Merci !", "Nicole Bellanger", "client"),
        ("Le contrat est prêt.", "Julien Lefèvre", "staff"),
    ]
    assert newest[1]["objet"] == "piece:cni"
    for browser, author in ((cabinet.client, "Julien Lefèvre"), (cabinet.staff, "Nicole Bellanger")):
        told = (await ok(browser.get("/api/notifications")))["items"]
        assert any(author in item["texte"] for item in told if item["type"] == "commentaire")
    assert not any(item["type"] == "note_interne" for item in told)


async def test_an_internal_note_never_leaves_the_firm(cabinet: Cabinet) -> None:
    id_ = await cabinet.dossier()
    body = {"texte": "Client pressé, prudence.", "interne": True}
    await ok(cabinet.staff.post(f"/api/demarches/{id_}/commentaires", json=body, headers=key()))
    (note,) = [line for line in await lines(cabinet.staff, id_) if line["type"] == "Commentaire"]
    assert (note["titre"], note["interne"], note["visible"]) == ("Note interne", True, False)
    assert "prudence" not in str(await lines(cabinet.client, id_))
    told = (await ok(cabinet.client.get("/api/notifications")))["items"]
    assert not any("Note" in item["texte"] for item in told)


async def test_a_comment_sent_twice_counts_once(cabinet: Cabinet) -> None:
    id_ = await cabinet.dossier()
    path, headers = f"/api/demarches/{id_}/commentaires", key()
    answers = await asyncio.gather(
        *(cabinet.staff.post(path, json={"texte": "Une fois"}, headers=headers) for _ in range(3))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    other = await cabinet.staff.post(path, json={"texte": "Autre chose"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "cle_reutilisee")
    assert [line["detail"] for line in await lines(cabinet.staff, id_)].count("Une fois") == 1


async def test_visibility_line_by_line(cabinet: Cabinet) -> None:
    id_ = await cabinet.dossier()
    shown = next(line for line in await lines(cabinet.client, id_) if line["titre"] == "Dossier créé")
    hidden = next(line for line in await lines(cabinet.staff, id_) if not line["visible"])
    for line, visible in ((shown, False), (hidden, True)):
        path = f"/api/demarches/{id_}/journal/{line['id']}/visibilite"
        answer = await ok(cabinet.staff.patch(path, json={"visible": visible}))
        assert answer["visible"] is visible
    ids = {line["id"] for line in await lines(cabinet.client, id_)}
    assert shown["id"] not in ids
    assert hidden["id"] in ids


async def test_pages_and_families(cabinet: Cabinet) -> None:
    id_ = await cabinet.dossier()
    # Mails leave a line each as they go.
    await cabinet.quiet(id_)
    whole = await lines(cabinet.staff, id_)
    path = f"/api/demarches/{id_}/journal"
    first = await ok(cabinet.staff.get(path, params={"limite": 3}))
    then = await ok(cabinet.staff.get(path, params={"limite": 3, "avant": first["suivant"]}))
    assert [line["id"] for line in first["items"] + then["items"]] == [line["id"] for line in whole[:6]]
    assert sum(first["familles"].values()) == len(whole)
    tasks = await lines(cabinet.staff, id_, famille=["tache", "piece"])
    assert {line["famille"] for line in tasks} == {"tache", "piece"}
    assert len(tasks) == first["familles"]["tache"] + first["familles"]["piece"]


async def test_both_writers_make_one_chain(cabinet: Cabinet) -> None:
    """The engine and the ordinary transactions, at the same time: no line can be changed or taken out."""
    id_ = await cabinet.dossier()
    root = f"/api/demarches/{id_}"
    await asyncio.gather(
        *(
            cabinet.staff.post(f"{root}/commentaires", json={"texte": f"{n}"}, headers=key())
            for n in range(8)
        ),
        *(cabinet.staff.post(f"{root}/taches", json={"titre": f"{n}"}, headers=key()) for n in range(8)),
    )
    async with session_scope() as session:
        query = select(JournalEntry).where(JournalEntry.demarche_id == uuid.UUID(id_))
        rows = (await session.exec(query.order_by(col(JournalEntry.id)))).all()
    assert sum(row.type == "Commentaire" for row in rows) == 8
    previous = GENESIS
    for row in rows:
        assert row.previous == previous
        assert row.hash == chain(previous, row.demarche_id, row.seq, row.type, row.at, row.contenu)
        previous = row.hash
