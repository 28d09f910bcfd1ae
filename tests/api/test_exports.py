"""PDF exports: made beside the démarches, from what their reader may see, for whoever asked (PDF-01, PDF-02)."""

import asyncio
import base64
import io
import json
import shutil
import uuid
from pathlib import Path

import pikepdf
import pytest
from sqlmodel import col, select, update

from activities import exports
from activities.exports import GENRES, exporting, make_next
from api.access import Actor
from api.routes.demarches.exports import AT_ONCE
from store import export
from store.audit import Audit
from store.base import now
from store.droit import Droit
from store.export import Export
from store.session import session_scope
from store.utilisateur import Role
from tests.api.conftest import Cabinet, Json, key, ok
from tests.api.test_flux import left, listening
from tests.documents.lecture import pages, text
from tests.people import Browser

NOTE = "Marge à revoir, ne pas dire au client."
HEADS = {
    "synthese": "Synthèse du dossier",
    "chronologie": "Chronologie détaillée",
    "taches": "Liste des tâches",
    "documents": "Liste des documents",
    "echanges": "Conversation",
}


async def asked(browser: Browser, id_: str, genre: str) -> Json:
    answer = await browser.post(f"/api/demarches/{id_}/exports", json={"genre": genre})
    assert answer.status_code == 202, answer.text
    return answer.json()


async def fetched(browser: Browser, id_: str, asked_: Json) -> bytes:
    answer = await browser.get(f"/api/demarches/{id_}/exports/{asked_['id']}/pdf?telecharger=1")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["cache-control"] == "private, no-store"
    return bytes(answer.content)


async def listed(browser: Browser, id_: str) -> Json:
    return await ok(browser.get(f"/api/demarches/{id_}/exports"))


async def test_every_export_for_each_reader(cabinet: Cabinet) -> None:
    id_ = await cabinet.dossier()
    root = f"/api/demarches/{id_}"
    for texte, interne in ((NOTE, True), ("Bonjour, où en est le contrat de Zoé\u00a0?", False)):
        body = {"texte": texte, "interne": interne}
        assert (await cabinet.staff.post(f"{root}/commentaires", json=body, headers=key())).status_code == 201
    mine = {task["titre"] for task in (await cabinet.view(id_, cabinet.client))["taches"]}
    theirs = {task["titre"] for task in (await cabinet.view(id_))["taches"]} - mine
    assert mine and theirs
    for genre in GENRES:
        said: dict[str, str] = {}
        for reader, browser in (("cabinet", cabinet.staff), ("client", cabinet.client)):
            row = await asked(browser, id_, genre)
            assert row["etat"] == "en_attente" and row["titre"] == HEADS[genre]
            early = await browser.get(f"{root}/exports/{row['id']}/pdf")
            assert (early.status_code, early.json()["code"]) == (409, "export_non_pret")
            assert await make_next(cabinet.people.services.keyring)
            made = (await listed(browser, id_))[0]
            assert (made["id"], made["etat"], made["motif"]) == (row["id"], "pret", None)
            pdf = await fetched(browser, id_, row)
            assert made["taille"] == len(pdf)
            said[reader] = text(pdf)
            with pikepdf.open(io.BytesIO(pdf)) as document:
                assert str(document.Root.Lang) == "fr" and bool(document.Root.MarkInfo.Marked)
        for words in said.values():
            assert HEADS[genre] in words and "Menuiserie Bellanger" in words and "Zoé" in words
            assert "\ufffd" not in words and "None" not in words
            assert "Page 1 / " in words
        for hidden in (NOTE, "Usage interne", *(theirs if genre == "taches" else ())):
            assert hidden not in said["client"]
        if genre in ("chronologie", "echanges"):
            assert NOTE in said["cabinet"] and "où en est le contrat" in said["client"]
        if genre == "synthese":
            assert all("Heure d'entrée 8 h 30" in words for words in said.values())
        if genre == "taches":
            assert all(titre in said["cabinet"] for titre in mine | theirs)
            assert all(titre in said["client"] for titre in mine)
        assert "Usage interne" in said["cabinet"]
    # The client's own list knows nothing of the firm's, nor the firm's of the client's.
    for browser in (cabinet.staff, cabinet.client):
        assert len(await listed(browser, id_)) == len(GENRES)
    async with session_scope() as session:
        read = (await session.exec(select(Audit).where(Audit.action == "export.lire"))).all()
    assert len(read) == 2 * len(GENRES)


async def test_an_export_is_for_whoever_may_read_it(cabinet: Cabinet) -> None:
    id_ = await cabinet.dossier()
    staff_s, client_s = (
        await asked(cabinet.staff, id_, "synthese"),
        await asked(cabinet.client, id_, "synthese"),
    )
    assert staff_s["id"] != client_s["id"]
    while await make_next(cabinet.people.services.keyring):
        pass
    _, colleague = await cabinet.people.staff(Role.RESPONSABLE)
    _, associate = await cabinet.people.client(cabinet.tiers, nom="Bellanger", prenom="Paul")
    employee = await cabinet.participant(id_)
    _, stranger = await cabinet.people.client(await cabinet.people.tiers("Ailleurs"))
    root = f"/api/demarches/{id_}/exports"
    for browser, row, status in (
        (colleague, staff_s, 200),
        (colleague, client_s, 404),
        (cabinet.client, staff_s, 404),
        (cabinet.client, client_s, 200),
        (associate, client_s, 404),
        (stranger, client_s, 404),
        (employee, client_s, 403),
        (cabinet.people.browser(), client_s, 401),
    ):
        assert (await browser.get(f"{root}/{row['id']}/pdf")).status_code == status
    assert await listed(associate, id_) == []
    assert (await cabinet.staff.post(root, json={"genre": "autre"})).status_code == 422
    elsewhere = await cabinet.dossier()
    answer = await cabinet.client.get(f"/api/demarches/{elsewhere}/exports/{client_s['id']}/pdf")
    assert answer.status_code == 404


async def test_what_waits_is_asked_once_and_a_person_waits_for_few(cabinet: Cabinet) -> None:
    ids = [await cabinet.dossier(), await cabinet.dossier()]
    first = await asked(cabinet.client, ids[0], "taches")
    assert (await asked(cabinet.client, ids[0], "taches"))["id"] == first["id"]
    wanted = [(id_, genre) for id_ in ids for genre in GENRES if (id_, genre) != (ids[0], "taches")]
    for id_, genre in wanted[: AT_ONCE - 1]:
        await asked(cabinet.client, id_, genre)
    full = await cabinet.client.post(f"/api/demarches/{ids[1]}/exports", json={"genre": "echanges"})
    assert (full.status_code, full.json()["code"]) == (429, "trop_d_exports")
    await asked(cabinet.staff, ids[1], "echanges")


async def test_a_failure_is_said_and_tried_again(
    cabinet: Cabinet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The administrator's own models: one that is wrong, then put right."""
    id_ = await cabinet.dossier()
    models = exports.MODELS
    folder = tmp_path / "documents"
    shutil.copytree(models, folder)
    wrong = '{% extends "_base.html.j2" %}{% block contenu %}{{ inconnue }}{% endblock %}'
    (folder / "exports" / "taches.html.j2").write_text(wrong, encoding="utf-8")
    monkeypatch.setattr(exports, "MODELS", folder)
    keyring = cabinet.people.services.keyring
    for browser in (cabinet.staff, cabinet.client):
        await asked(browser, id_, "taches")
        assert await make_next(keyring)
    [of_firm], [of_client] = await listed(cabinet.staff, id_), await listed(cabinet.client, id_)
    assert of_firm["etat"] == of_client["etat"] == "echec"
    assert "inconnue" in of_firm["motif"] and of_client["motif"] is None
    shutil.copy(models / "exports" / "taches.html.j2", folder / "exports" / "taches.html.j2")
    again = await asked(cabinet.client, id_, "taches")
    assert await make_next(keyring)
    [made] = await listed(cabinet.client, id_)
    assert (made["id"], made["etat"]) == (again["id"], "pret")


async def test_left_half_way_it_is_taken_again_then_given_up(cabinet: Cabinet) -> None:
    id_ = await cabinet.dossier()
    row = await asked(cabinet.client, id_, "taches")
    keyring = cabinet.people.services.keyring
    for _ in range(export.TRIES):
        async with session_scope() as session:
            taken = await export.claim(session)
            assert taken is not None and str(taken.id) == row["id"]
        assert not await make_next(keyring), "someone is making it"
        async with session_scope() as session:
            late = update(Export).values(pris_le=now() - export.LEASE * 2)
            await session.exec(late.where(col(Export.id) == uuid.UUID(row["id"])))
    assert await make_next(keyring)
    assert (await listed(cabinet.client, id_))[0]["etat"] == "echec"


async def test_the_worker_makes_it_and_tells_whoever_asked(cabinet: Cabinet) -> None:
    id_ = await cabinet.dossier()
    tiers = frozenset({cabinet.tiers.id})
    actors = (
        Actor("client", cabinet.manager.id, "Nicole", Role.CLIENT, tiers),
        Actor("client", uuid.uuid4(), "Paul", Role.CLIENT, tiers),
    )
    async with (
        listening(cabinet.people, *actors) as (mine, other),
        exporting(cabinet.people.services.keyring),
        asyncio.timeout(60),
    ):
        row = await asked(cabinet.client, id_, "chronologie")
        told: list[Json] = []
        while not told or told[-1]["etat"] != "pret":
            message = await mine.queue.get()
            assert message is not None
            if message.event == "export":
                told.append(json.loads(message.data))
    assert [set(entry) for entry in told] == [{"demarche", "export", "etat", "avancement"}] * len(told)
    assert {(entry["demarche"], entry["export"]) for entry in told} == {(id_, row["id"])}
    assert [entry["avancement"] for entry in told] == sorted(entry["avancement"] for entry in told)
    assert told[0]["etat"] == "en_cours" and told[-1]["avancement"] == 100
    assert "export" not in {message.event for message in left(other)}


async def test_a_long_table_repeats_its_head_and_cuts_no_row() -> None:
    lines = [
        {
            "at": "2026-03-12T08:30:00Z",
            "titre": f"Événement n° {n:03d}",
            "detail": f"Début {n:03d}\n{'Une phrase assez longue pour deux lignes. ' * 4}\nFin {n:03d}",
            "acteur": "Zoé Müller-Œuvrard",
            "famille": "echange",
            "visible": True,
            "fichiers": [],
        }
        for n in range(40)
    ]
    demarche = {
        "titre": "Essai",
        "client_nom": "L’Œuvre d’Éloïse",
        "modele_titre": "Essai",
        "reference": "ESS-1",
    }
    people = {"cabinet": {"nom": "Cabinet", "siret": None, "adresse": None, "telephone": None, "email": None}}
    made = pages(
        exports.lay_out(
            exports.original("echanges"),
            people
            | {
                "titre_export": "Conversation",
                "date_document": "2026-03-12T09:00:00+01:00",
                "demande_par": "Zoé",
                "pour_le_cabinet": False,
                "demarche": demarche | {"opened_at": "2026-01-05T08:00:00Z"},
                "lignes": lines,
                "lignes_omises": False,
                "reference_dossier": "ESS-1",
                "lien_portail": "https://exemple.fr/demarches/1",
            },
        )
    )
    assert len(made) > 3
    assert "L’Œuvre d’Éloïse" in made[0]
    for page in made:
        assert page.count("Date Échange Par") == 1, "the head is repeated"
    for n in range(40):
        [where] = [page for page in made if f"n° {n:03d}" in page]
        assert f"Début {n:03d}" in where and f"Fin {n:03d}" in where


def rewritten(said: str) -> str:
    return '{% extends "exports/_export.html.j2" %}{% block corps %}' + said + "{% endblock %}"


async def made(cabinet: Cabinet, id_: str, genre: str = "taches") -> str:
    row = await asked(cabinet.staff, id_, genre)
    assert await make_next(cabinet.people.services.keyring)
    return text(await fetched(cabinet.staff, id_, row))


async def test_the_models_are_rewritten_on_screen(cabinet: Cabinet) -> None:
    """PDF-04: checked, previewed on a dossier, kept, taken back; every text stays."""
    _, boss = await cabinet.people.staff(Role.ADMIN)
    id_ = await cabinet.dossier()
    root = "/api/parametres/exports"
    assert {each["titre"]: each["modifie"] for each in await ok(boss.get(root))} == dict.fromkeys(
        HEADS.values(), False
    )
    read = await ok(boss.get(f"{root}/taches"))
    assert read["corps"] == read["original"] and read["version"] == 0
    assert {each["nom"] for each in read["variables"] if each["original"]} >= {"demarche", "cabinet"}

    ours = rewritten("<p>{{ demarche.taches | length }} tâches, vues par {{ demande_par }}</p>")
    seen = await ok(boss.post(f"{root}/taches/apercu", json={"corps": ours, "demarche": id_}))
    assert seen["enregistrable"] and "tâches, vues par" in text(base64.b64decode(seen["pdf"]))
    for wrong, reason in (
        (rewritten("{{ demarch.titre }}"), "demarche"),
        (rewritten("{% if %}"), "Erreur d’écriture"),
        (rewritten("{{ demarche.titre | safe }}"), "sans protection"),
    ):
        seen = await ok(boss.post(f"{root}/taches/apercu", json={"corps": wrong, "demarche": id_}))
        assert not seen["enregistrable"] and seen["pdf"] is None
        assert reason in str(seen["constats"])
        answer = await boss.put(f"{root}/taches", json={"corps": wrong, "version": 0})
        assert (answer.status_code, answer.json()["code"]) == (422, "export_incorrect")
        assert reason in str(answer.json()["errors"])

    kept = await ok(boss.put(f"{root}/taches", json={"corps": ours, "version": 0}))
    assert kept["modifie"] and kept["corps"] == ours
    assert "tâches, vues par" in await made(cabinet, id_)
    answer = await boss.put(f"{root}/taches", json={"corps": ours, "version": 0})
    assert (answer.status_code, answer.json()["code"]) == (409, "export_modifie")

    # One that fails on a dossier costs nobody their export.
    absent = rewritten("{{ demarche.taches[900].titre }}")
    kept = await ok(boss.put(f"{root}/taches", json={"corps": absent, "version": kept["version"]}))
    assert "Les tâches" in await made(cabinet, id_)
    kept = await ok(boss.get(f"{root}/taches"))
    assert kept["echec"] == "Le modèle lit une valeur absente, ligne 1."

    # What it stumbled on is the client's: told to whoever previews it, kept nowhere.
    fails = rewritten("\n<p>Vu par</p>\n{{ demarche.client_nom | date_fr }}")
    kept = await ok(boss.put(f"{root}/taches", json={"corps": fails, "version": kept["version"]}))
    seen = await ok(boss.post(f"{root}/taches/apercu", json={"corps": fails, "demarche": id_}))
    assert "Bellanger" in seen["constats"][0]["raison"]
    assert "Les tâches" in await made(cabinet, id_)
    kept = await ok(boss.get(f"{root}/taches"))
    assert kept["echec"] == "Le modèle ne peut pas mettre en forme une valeur, ligne 3."

    back = await ok(boss.delete(f"{root}/taches", params={"version": kept["version"]}))
    assert not back["modifie"] and back["corps"] == read["corps"] and back["echec"] is None
    told = await ok(boss.get(f"{root}/taches/versions"))
    assert [(each["corps"], each["sert"]) for each in told] == [
        (None, True),
        (fails, False),
        (absent, False),
        (ours, False),
    ]
    async with session_scope() as session:
        query = select(Audit).where(Audit.objet_type == "modele_export").order_by(col(Audit.seq))
        rows = (await session.exec(query)).all()
    assert [row.detail["quoi"] for row in rows] == ["réécrit", "réécrit", "réécrit", "original"]


async def test_a_preview_shows_no_dossier_that_its_writer_may_not_read(cabinet: Cabinet) -> None:
    """The right to write models gives no dossier."""
    user, browser = await cabinet.people.staff(Role.CONSEILLER)
    async with session_scope() as session:
        session.add(Droit(sujet=str(user.id), cle="cabinet.regler", valeur="oui"))
    id_ = await cabinet.dossier()
    body = {"corps": rewritten("{{ demarche.titre }}"), "demarche": id_}
    answer = await browser.post("/api/parametres/exports/taches/apercu", json=body)
    assert (answer.status_code, answer.json()["code"]) == (404, "introuvable")


async def test_a_preview_is_a_reading_of_the_dossier(cabinet: Cabinet) -> None:
    """SEC-17: told in the access log once, however often the text is laid out again; a text alone reads nobody."""
    boss, browser = await cabinet.people.staff(Role.ADMIN)
    id_ = await cabinet.dossier()
    path = "/api/parametres/exports/taches/apercu"

    async def told() -> list[tuple[str, uuid.UUID | None, Json]]:
        async with session_scope() as session:
            query = select(Audit).where(
                Audit.acteur == f"utilisateur/{boss.id}", Audit.action == "export.lire"
            )
            return [(row.objet_id, row.client_id, row.detail) for row in await session.exec(query)]

    await ok(browser.post(path, json={"corps": rewritten("Rien")}))
    await ok(browser.post(path, json={"corps": rewritten("{{ demarch }}"), "demarche": id_}))
    assert await told() == []
    for said in ("{{ demarche.titre }}", "{{ demarche.client_nom }}", "{{ demarche.client_nom | date_fr }}"):
        await ok(browser.post(path, json={"corps": rewritten(said), "demarche": id_}))
    assert await told() == [(id_, cabinet.tiers.id, {"genre": "taches"})]


async def test_what_is_refused_is_told_of_its_own_client(cabinet: Cabinet) -> None:
    """SEC-17: an export or a mail of one client, asked for at the address of another's démarche."""
    other = await cabinet.people.tiers("Sté Aubert", conseiller_id=cabinet.conseiller.id)
    _, theirs = await cabinet.people.client(other)
    id_ = await cabinet.dossier(browser=theirs, tiers_id=str(other.id))
    mine = await cabinet.dossier()
    asked_ = await asked(theirs, id_, "synthese")
    (line, *_) = (await ok(cabinet.staff.get(f"/api/demarches/{id_}/journal")))["items"]
    root = f"/api/demarches/{mine}"
    for path in (f"{root}/exports/{asked_['id']}/pdf", f"{root}/journal/{line['id']}/courriel"):
        assert (await cabinet.staff.get(path)).status_code == 404
    async with session_scope() as session:
        query = select(Audit).where(Audit.action == "acces.refuser").order_by(col(Audit.seq))
        rows = (await session.exec(query)).all()
    assert [(row.objet_type, row.objet_id, row.client_id) for row in rows] == [
        ("export", asked_["id"], other.id),
        ("demarche", id_, other.id),
    ]
