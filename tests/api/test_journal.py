"""The timeline: comments, internal notes, what the client sees, and its chain (TL-01 to TL-07, SEC-17)."""

import asyncio
import re
import uuid
from datetime import timedelta
from typing import Any

from sqlmodel import col, select

from activities import notifier
from store.audit import Audit
from store.base import now
from store.journal import GENESIS, JournalEntry, chain
from store.session import session_scope
from store.tiers import Tiers
from store.utilisateur import Role
from tests.api.conftest import Cabinet, Json, Letters, key, ok, statements
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
    sent = await lines(cabinet.staff, id_, famille="notification")
    notices = [line for line in sent if line["type"] == "Noticed"]
    assert sum(first["familles"].values()) == len(whole) + len(notices)
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


async def test_notices_say_what_became_of_them(cabinet: Cabinet, letters: Letters) -> None:
    """Each notification is in the journal, with its words, its channels and whether it was read (NOT-07)."""
    id_ = await cabinet.dossier()
    keyring = cabinet.people.services.keyring
    day = now() + timedelta(days=1)
    while await notifier.plan(day) or await notifier.deliver(keyring, day + timedelta(days=1)):
        pass
    # Told by the line that caused them, they come only when they are asked for.
    assert not [line for line in await lines(cabinet.staff, id_) if line["type"] == "Noticed"]
    asked = await lines(cabinet.staff, id_, famille="notification")
    told = [line for line in asked if line["type"] == "Noticed"]
    for line in told:
        assert line["titre"].startswith("Notification à ") and line["detail"] and not line["reglable"]
    mine = next(line for line in told if "Nicole Bellanger" in line["titre"])
    (who,) = mine["prevenus"]
    assert (who["nom"], who["cabinet"], who["lu_le"]) == ("Nicole Bellanger", False, None)
    assert [(each["canal"], each["etat"]) for each in who["envois"]] == [("courriel", "fait")]

    # The client reads those told to them, and no others; once read, the firm sees it.
    seen = await lines(cabinet.client, id_, famille="notification")
    assert {person["nom"] for line in seen for person in line["prevenus"]} == {"Nicole Bellanger"}
    assert mine["id"] in {line["id"] for line in seen}
    await ok(cabinet.client.put("/api/notifications/lues", json={}))
    again = await lines(cabinet.staff, id_, famille="notification")
    (who,) = next(line for line in again if line["id"] == mine["id"])["prevenus"]
    assert who["lu_le"] is not None
    page = await ok(cabinet.staff.get(f"/api/demarches/{id_}/journal", params={"limite": 1}))
    assert page["familles"]["notification"] == len(again)


async def test_a_message_shows_who_has_read_it(cabinet: Cabinet) -> None:
    id_ = await cabinet.dossier()
    body = {"texte": "Le contrat est prêt."}
    await ok(cabinet.staff.post(f"/api/demarches/{id_}/commentaires", json=body, headers=key()))

    async def read_at() -> Any:
        (line,) = await lines(cabinet.staff, id_, famille="echange")
        (person,) = line["prevenus"]
        return person["lu_le"]

    assert await read_at() is None
    await ok(cabinet.client.put("/api/notifications/lues", json={}))
    assert await read_at() is not None


async def test_a_mail_is_read_as_it_left(cabinet: Cabinet, letters: Letters) -> None:
    """TL-09. The link that opens a session is cut from what is kept."""
    id_ = await cabinet.dossier()
    await cabinet.quiet(id_)
    (line,) = [
        line for line in await lines(cabinet.staff, id_) if line["titre"].startswith("Invitation envoyée")
    ]
    assert line["courriel"]
    path = f"/api/demarches/{id_}/journal/{line['id']}/courriel"
    mail = await ok(cabinet.staff.get(path))
    (sent,) = letters.to("zoe.martin@exemple.fr")
    assert (mail["a"], mail["objet"], mail["etat"]) == ("zoe.martin@exemple.fr", sent["subject"], "fait")
    assert "/lien/…" in mail["texte"] and not re.search(r"/lien/[A-Za-z0-9_-]", mail["texte"])
    other = next(line for line in await lines(cabinet.staff, id_) if not line["courriel"])
    answer = await cabinet.staff.get(f"/api/demarches/{id_}/journal/{other['id']}/courriel")
    assert answer.status_code == 404
    # Hidden from the client with its line.
    shown = {"visible": False}
    await ok(cabinet.staff.patch(f"/api/demarches/{id_}/journal/{line['id']}/visibilite", json=shown))
    assert (await cabinet.client.get(path)).status_code == 404


async def test_exchanges_are_filtered_by_kind(cabinet: Cabinet) -> None:
    """ECH-02, ECH-03: mails, calls and messages of the portal, each by itself, for the firm and for the client."""
    id_ = await cabinet.dossier()
    await cabinet.quiet(id_)
    root = f"/api/demarches/{id_}"
    call = {"avec": "Nicole", "debut": now().isoformat(), "duree_min": 3, "texte": "Vu ensemble."}
    await ok(cabinet.staff.post(f"{root}/appels", json=call, headers=key()))
    await ok(cabinet.client.post(f"{root}/commentaires", json={"texte": "Bonjour."}, headers=key()))
    for browser in (cabinet.staff, cabinet.client):
        counts = (await ok(browser.get(f"{root}/journal")))["echanges"]
        assert (counts["appel"], counts["message"]) == (1, 1) and counts["courriel"] >= 1
        for kind, types in (
            ("appel", {"Appel"}),
            ("message", {"Commentaire"}),
            ("courriel", {"EffectDone"}),
        ):
            found = await lines(browser, id_, famille=kind)
            assert {line["type"] for line in found} == types and len(found) == counts[kind]
        assert all(line["courriel"] for line in await lines(browser, id_, famille="courriel"))
    both = await lines(cabinet.client, id_, famille=["appel", "message"])
    assert [line["type"] for line in both] == ["Commentaire", "Appel"]


async def test_a_call_is_kept_and_read_by_the_client(cabinet: Cabinet) -> None:
    """TL-08: with whom, when, how long, what was said; the client reads it unless it stays inside."""
    id_ = await cabinet.dossier()
    path, headers = f"/api/demarches/{id_}/appels", key()
    call = {
        "avec": "Nicole Bellanger",
        "debut": (now() - timedelta(hours=1)).isoformat(),
        "duree_min": 12,
        "texte": "La date d'embauche est confirmée.",
    }
    once = [await ok(cabinet.staff.post(path, json=call, headers=headers)) for _ in range(2)]
    assert once[0] == once[1]
    other = await cabinet.staff.post(path, json=call | {"duree_min": 13}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "cle_reutilisee")
    await ok(cabinet.staff.post(path, json=call | {"texte": "Prudence.", "interne": True}, headers=key()))
    (seen,) = [line for line in await lines(cabinet.client, id_, famille="echange") if line["appel"]]
    assert seen["titre"] == "Appel téléphonique avec Nicole Bellanger"
    assert (seen["detail"], seen["appel"]["duree_min"]) == (call["texte"], 12)
    kept = [line for line in await lines(cabinet.staff, id_, famille="echange") if line["appel"]]
    assert [line["visible"] for line in kept] == [False, True]
    later = call | {"debut": (now() + timedelta(hours=1)).isoformat()}
    refused = await cabinet.staff.post(path, json=later, headers=key())
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/debut")
    assert (await cabinet.client.post(path, json=call, headers=key())).status_code == 403


async def test_a_notification_in_the_adviser_s_own_words(cabinet: Cabinet) -> None:
    """NOT-14, NOT-07: told to the client, once; kept in the journal of both with who was told."""
    id_ = await cabinet.dossier()
    path, headers = f"/api/demarches/{id_}/notifications", key()
    words = "Votre contrat part demain par la poste."
    once = [await ok(cabinet.staff.post(path, json={"texte": words}, headers=headers)) for _ in range(2)]
    assert once[0] == once[1]
    told = (await ok(cabinet.client.get("/api/notifications")))["items"]
    (mine,) = [each for each in told if each["type"] == "notification_libre"]
    assert (mine["texte"], mine["lien"]) == (words, f"/demarches/{id_}")
    for browser in (cabinet.client, cabinet.staff):
        shown = await lines(browser, id_, famille="notification")
        (line,) = [line for line in shown if line["type"] == "NotificationLibre"]
        assert line["titre"] == f"Notification à {cabinet.manager.nom_complet}"
        assert (line["detail"], line["visible"]) == (words, True)
        assert [each["nom"] for each in line["prevenus"]] == [cabinet.manager.nom_complet]
    for wrong in ("", "   ", "x" * 301):
        refused = await cabinet.staff.post(path, json={"texte": wrong}, headers=key())
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/texte")
    answer = await cabinet.client.post(path, json={"texte": words}, headers=key())
    assert answer.status_code == 403


async def test_a_notification_to_a_client_outside_of_any_demarche(cabinet: Cabinet) -> None:
    """NOT-14, NOT-07: in the bell of the client's people, once; its journal says who was told, and when it was read."""
    path, headers = f"/api/tiers/{cabinet.tiers.id}/notifications", key()
    words = "Le cabinet est fermé du 24 au 31 décembre."
    once = [await ok(cabinet.staff.post(path, json={"texte": words}, headers=headers)) for _ in range(2)]
    assert once[0] == once[1]
    other = await cabinet.staff.post(path, json={"texte": "Autre chose."}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "cle_reutilisee")
    (mine,) = (await ok(cabinet.client.get("/api/notifications")))["items"]
    assert (mine["texte"], mine["type"], mine["demarche"]) == (words, "notification_libre", None)
    await ok(cabinet.client.put("/api/notifications/lues", json={}))
    (line,) = (await ok(cabinet.staff.get(path)))["items"]
    assert (line["texte"], [each["nom"] for each in line["prevenus"]]) == (
        words,
        [cabinet.manager.nom_complet],
    )
    assert line["prevenus"][0]["lu_le"] is not None and line["par"]
    stranger = await cabinet.people.tiers()
    refused = await cabinet.staff.post(
        path.replace(str(cabinet.tiers.id), str(stranger.id)), json={"texte": words}, headers=key()
    )
    assert refused.status_code == 404


async def test_a_notification_to_several_clients_is_one_command(cabinet: Cabinet) -> None:
    """NOT-14: all are told, each in a journal of their own, or nobody is and the answer names those it cannot reach."""
    people = cabinet.people
    other = await people.tiers("Sté Aubert", conseiller_id=cabinet.conseiller.id)
    mute = await people.tiers("Sté Muette", conseiller_id=cabinet.conseiller.id)
    stranger = await people.tiers("Sté Étrangère")
    _, browser = await people.client(other)
    path, words = f"/api/tiers/{cabinet.tiers.id}/notifications", "Le cabinet ferme tôt jeudi."

    def to(*autres: Tiers) -> Json:
        return {"texte": words, "autres": [str(each.id) for each in autres]}

    for wrong, status, code in ((mute, 409, "client_sans_compte"), (stranger, 422, "demande_invalide")):
        refused = await cabinet.staff.post(path, json=to(other, wrong), headers=key())
        assert (refused.status_code, refused.json()["code"]) == (status, code)
        assert [each["pointer"] for each in refused.json()["errors"]] == ["/autres/1"]
    assert "Sté Étrangère" not in refused.text
    for reader in (cabinet.client, browser):
        assert (await ok(reader.get("/api/notifications")))["items"] == []

    headers = key()
    once = [await ok(cabinet.staff.post(path, json=to(other), headers=headers)) for _ in range(2)]
    assert once[0] == once[1]
    third = await people.tiers("Sté Troisième", conseiller_id=cabinet.conseiller.id)
    await people.client(third)
    more = await cabinet.staff.post(path, json=to(other, third), headers=headers)
    assert (more.status_code, more.json()["code"]) == (422, "cle_reutilisee")
    for reader, tiers in ((cabinet.client, cabinet.tiers), (browser, other)):
        (mine,) = (await ok(reader.get("/api/notifications")))["items"]
        assert mine["texte"] == words
        (line,) = (await ok(cabinet.staff.get(f"/api/tiers/{tiers.id}/notifications")))["items"]
        assert (line["texte"], len(line["prevenus"])) == (words, 1)


async def test_telling_many_clients_reads_no_more_and_keeps_the_log_for_the_end(cabinet: Cabinet) -> None:
    """NOT-14: whoever else writes in the access log waits for the commit, so nothing is read once it is held."""
    adviser, path = cabinet.conseiller.id, f"/api/tiers/{cabinet.tiers.id}/notifications"
    others = [await cabinet.people.tiers(f"Sté {rank}", conseiller_id=adviser) for rank in range(5)]
    for each in others:
        await cabinet.people.client(each)

    async def told(*autres: Tiers) -> list[str]:
        body = {"texte": "Le cabinet ferme tôt.", "autres": [str(each.id) for each in autres]}
        with statements() as sent:
            await ok(cabinet.staff.post(path, json=body, headers=key()))
        return sent

    # Once to have it in the caches: sessions, rights, keys.
    _, few, many = await told(*others), await told(others[0]), await told(*others)

    def in_log(statement: str) -> bool:
        return "audit" in statement or "pg_advisory_xact_lock" in statement

    reads = [[each.partition(" IN (")[0] for each in sent if not in_log(each)] for sent in (few, many)]
    assert reads[0] == reads[1]
    held = [rank for rank, each in enumerate(many) if in_log(each)]
    assert len([rank for rank in held if "INSERT" in many[rank]]) == len(others) + 1
    assert held == list(range(held[0], held[0] + len(held)))
    async with session_scope() as session:
        query = select(Audit).where(Audit.action == "client.notifier").order_by(col(Audit.seq))
        rows = (await session.exec(query)).all()
    assert {row.client_id for row in rows} == {cabinet.tiers.id, *(each.id for each in others)}
    assert all(row.ip for row in rows)


async def test_a_client_of_others_who_is_named_is_told_in_the_log(cabinet: Cabinet) -> None:
    """SEC-17: as when they are asked for by their own address; of one that does not exist there is nothing to say."""
    stranger = await cabinet.people.tiers("Sté Étrangère")
    autres = [str(uuid.uuid4()), str(stranger.id)]
    path = f"/api/tiers/{cabinet.tiers.id}/notifications"
    refused = await cabinet.staff.post(path, json={"texte": "Bonjour", "autres": autres}, headers=key())
    assert [each["pointer"] for each in refused.json()["errors"]] == ["/autres/0", "/autres/1"]
    async with session_scope() as session:
        rows = (await session.exec(select(Audit).where(Audit.action == "acces.refuser"))).all()
    assert [(row.objet_type, row.objet_id, row.client_id) for row in rows] == [
        ("tiers", str(stranger.id), stranger.id)
    ]


async def test_a_mail_written_by_hand_leaves_and_is_read_again(cabinet: Cabinet, letters: Letters) -> None:
    """DOS-09, TL-09: to the manager, then to the employee, with a new link."""
    id_ = await cabinet.dossier()
    await cabinet.quiet(id_)
    letters.received.clear()
    path = f"/api/demarches/{id_}/courriels"
    mail = {"objet": "Votre rendez-vous", "texte": "À jeudi, 9 h.\nApportez <le contrat>."}
    for to, address, nom in (
        ("manager", cabinet.manager.email, "Nicole Bellanger"),
        ("futur_salarie", "zoe.martin@exemple.fr", "Zoé Martin"),
    ):
        await ok(cabinet.staff.post(path, json=mail | {"a": to}, headers=key()))
        await cabinet.quiet(id_)
        (sent,) = letters.to(address)
        assert sent["subject"] == "Votre rendez-vous"
        assert "Apportez <le contrat>." in sent.get_body(("plain",)).get_content()  # type: ignore[union-attr]
        line = next(line for line in await lines(cabinet.client, id_) if line["courriel"])
        assert line["titre"] == f"Email envoyé à {nom}"
        kept = await ok(cabinet.staff.get(f"/api/demarches/{id_}/journal/{line['id']}/courriel"))
        assert (kept["a"], kept["objet"], kept["etat"]) == (address, "Votre rendez-vous", "fait")
    inside = await cabinet.staff.post(path, json=mail | {"a": "conseiller"}, headers=key())
    assert (inside.status_code, inside.json()["code"]) == (422, "destinataire")
    empty = await cabinet.staff.post(path, json=mail | {"a": "manager", "objet": "a\nb"}, headers=key())
    assert (empty.status_code, empty.json()["errors"][0]["pointer"]) == (422, "/objet")


async def test_the_timeline_of_a_client_joins_their_demarches(cabinet: Cabinet) -> None:
    """TL-01: every démarche of a client, newest first, page by page, each reader's own lines."""
    first, second = [await cabinet.dossier() for _ in range(2)]
    path = f"/api/tiers/{cabinet.tiers.id}/journal"
    found: list[Json] = []
    avant: str | None = None
    while True:
        page = await ok(cabinet.staff.get(path, params={"limite": 5} | ({"avant": avant} if avant else {})))
        found += page["items"]
        avant = page["suivant"]
        if avant is None:
            break
    assert {line["demarche_id"] for line in found} == {first, second}
    ids = [int(line["id"]) for line in found]
    assert ids == sorted(set(ids), reverse=True)
    assert sum(page["familles"].values()) >= len(found)
    seen = (await ok(cabinet.client.get(path, params={"limite": 100})))["items"]
    alone = [line for id_ in (first, second) for line in await lines(cabinet.client, id_)]
    assert {line["id"] for line in seen} == {line["id"] for line in alone}
    # An adviser of another démarche only sees that one.
    other, browser = await cabinet.people.staff(Role.CONSEILLER, nom="Petit", prenom="Anne")
    assert (await browser.get(path)).status_code == 404
    body = {"user_id": str(other.id)}
    await ok(cabinet.staff.put(f"/api/demarches/{first}/equipe/conseiller", json=body, headers=key()))
    theirs = (await ok(browser.get(path, params={"limite": 100})))["items"]
    assert {line["demarche_id"] for line in theirs} == {first}
