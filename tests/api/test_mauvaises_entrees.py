"""Bad input: each gets its clear answer, and leaves no trace but the refusal."""

import asyncio
import uuid
from typing import Any

import httpx
import pytest
from sqlmodel import func, select

from store.demarche import Compteur, Demarche
from store.fichier import Fichier
from store.file_refusals import MIB
from store.journal import JournalEntry
from store.session import session_scope
from tests.api.conftest import Cabinet, declaration, key, nir, ok, png


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The problem document of a refusal: RFC 9457, in French."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert (body["status"], body["code"]) == (status, code), body
    assert body["detail"]
    assert body["title"]
    return dict(body)


async def lines(demarche_id: str) -> int:
    """Lines that people's commands led to: mails going out add theirs meanwhile."""
    async with session_scope() as session:
        query = select(func.count()).where(
            JournalEntry.demarche_id == uuid.UUID(demarche_id), JournalEntry.actor_kind != "system"
        )
        return (await session.exec(query)).one()


async def count(table: Any) -> int:
    async with session_scope() as session:
        return (await session.exec(select(func.count()).select_from(table))).one()


async def test_unknown_demarche(cabinet: Cabinet) -> None:
    unknown = f"/api/demarches/{uuid.uuid4()}"
    problem(await cabinet.staff.get(unknown), 404, "introuvable")
    problem(await cabinet.staff.post(f"{unknown}/reprise", headers=key()), 404, "introuvable")
    problem(await cabinet.staff.get("/api/demarches/pas-un-id"), 422, "demande_invalide")


async def test_stale_page(cabinet: Cabinet) -> None:
    """An étape opened again since, a pièce deposited again since: the decision made on the former one is refused."""
    id_ = await cabinet.dossier()
    root = f"/api/demarches/{id_}"
    employee = await cabinet.participant(id_)
    for colour in ("white", "black"):
        files = [("fichiers", ("cni.png", png(colour), "image/png"))]
        await ok(employee.post(f"{root}/pieces/cni/depots", files=files, headers=key()))
    before = await lines(id_)
    answer = await cabinet.staff.post(f"{root}/pieces/cni/validation", json={"version": 1}, headers=key())
    problem(answer, 409, "version_perimee")
    answer = await cabinet.staff.post(
        f"{root}/etapes/informations_salarie/passage", json={"motif": "x", "visit": 7}, headers=key()
    )
    problem(answer, 409, "etape_perimee")
    assert await lines(id_) == before


async def test_double_submit_counts_once(cabinet: Cabinet) -> None:
    """The same key sent twice, at once and later: one démarche, one answer."""
    headers, body = key(), cabinet.opening()
    twice = await asyncio.gather(
        *(cabinet.client.post("/api/demarches", json=body, headers=headers) for _ in range(2))
    )
    later = await cabinet.client.post("/api/demarches", json=body, headers=headers)
    assert {answer.status_code for answer in (*twice, later)} == {201}
    assert len({answer.text for answer in (*twice, later)}) == 1
    assert await count(Demarche) == 1

    root = f"/api/demarches/{later.json()['id']}"
    headers = key()
    answers = [await cabinet.staff.post(f"{root}/validation", json={}, headers=headers) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    problem(await cabinet.staff.post(f"{root}/validation", json={}, headers=key()), 409, "dossier_existant")


async def test_a_key_serves_one_request(cabinet: Cabinet) -> None:
    headers = key()
    opened = await ok(cabinet.client.post("/api/demarches", json=cabinet.opening(), headers=headers))
    other = cabinet.opening(declaration(prenom="Lina"))
    problem(await cabinet.client.post("/api/demarches", json=other, headers=headers), 422, "cle_reutilisee")
    root = f"/api/demarches/{opened['id']}"
    headers = key()
    await ok(cabinet.staff.post(f"{root}/informations", json={"message": "Quand ?"}, headers=headers))
    for path, body in (("informations", {"message": "Où ?"}), ("refus", {"motif": "Non"})):
        answer = await cabinet.staff.post(f"{root}/{path}", json=body, headers=headers)
        problem(answer, 422, "cle_reutilisee")
    # Without a key, or with one that is not a uuid, nothing is done.
    for wrong in ({}, {"Idempotency-Key": "toujours-la-meme"}):
        answer = await cabinet.staff.post(f"{root}/validation", json={}, headers=wrong)
        fault = problem(answer, 422, "demande_invalide")["errors"][0]
        assert fault["parametre"] == "Idempotency-Key"


async def test_wrong_role(cabinet: Cabinet) -> None:
    id_ = await cabinet.dossier()
    root = f"/api/demarches/{id_}"
    employee = await cabinet.participant(id_)
    before = await lines(id_)
    for who in (cabinet.client, employee):
        problem(await who.post(f"{root}/suspension", json={"motif": "x"}, headers=key()), 403, "non_autorise")
        problem(await who.post(f"{root}/pieces/cni/validation", json={}, headers=key()), 403, "non_autorise")
    # The client's form and pièces are not the employee's to fill, nor the reverse.
    files = [("fichiers", ("cni.png", png(), "image/png"))]
    answer = await cabinet.client.post(f"{root}/pieces/cni/depots", files=files, headers=key())
    problem(answer, 403, "non_autorise")
    problem(await cabinet.client.get(f"{root}/formulaires/salarie"), 403, "non_autorise")
    problem(await employee.get(f"{root}/formulaires/declaration"), 404, "introuvable")
    for tache in (await cabinet.view(id_))["taches"]:
        expected = 403 if tache["visible_client"] and tache["side"] != "client" else 404
        if tache["side"] != "client":
            answer = await cabinet.client.post(f"{root}/taches/{tache['id']}/fin", json={}, headers=key())
            assert answer.status_code == expected, tache
        answer = await employee.post(f"{root}/taches/{tache['id']}/fin", json={}, headers=key())
        assert answer.status_code == 404, tache
    answer = await cabinet.client.post(
        f"{root}/commentaires", json={"texte": "Chut", "interne": True}, headers=key()
    )
    problem(answer, 403, "interdit")
    assert await lines(id_) == before
    assert await count(Fichier) == 0


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"date_entree": "2020-01-06"}, "/donnees/declaration/date_entree"),
        ({"nir": nir("294056938401")[:-2] + "00"}, "/donnees/declaration/nir"),
        ({"date_naissance": "2094-05-17"}, "/donnees/declaration/date_naissance"),
        ({"nature_contrat": "cdd", "categorie": None}, "/donnees/declaration/date_fin"),
    ],
)
async def test_form_at_fault(cabinet: Cabinet, changed: dict[str, Any], pointer: str) -> None:
    """Each error next to its field; a refused opening uses no number and leaves nothing behind."""
    body = cabinet.opening(declaration(**changed))
    answer = await cabinet.client.post("/api/demarches", json=body, headers=key())
    errors = problem(answer, 422, "formulaire_invalide")["errors"]
    assert pointer in {error["pointer"] for error in errors}
    assert await count(Demarche) == 0
    assert await count(Compteur) == 0


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"modele": "inconnu"}, 404, "introuvable"),
        ({"tiers_id": str(uuid.uuid4())}, 404, "introuvable"),
        ({"phase": "dossier"}, 403, "non_demandable"),
        ({"conseiller_id": str(uuid.uuid4())}, 403, "interdit"),
        ({"donnees": {}}, 422, "formulaire_attendu"),
        ({"donnees": {"inconnu": {}}}, 404, "formulaire_inconnu"),
        ({"surprise": 1}, 422, "demande_invalide"),
    ],
)
async def test_opening_refused(cabinet: Cabinet, changed: dict[str, Any], status: int, code: str) -> None:
    body = cabinet.opening() | changed
    problem(await cabinet.client.post("/api/demarches", json=body, headers=key()), status, code)
    assert await count(Demarche) == 0


PDF_CUT = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\n"


@pytest.mark.parametrize(
    ("name", "data", "status", "code"),
    [
        ("trop gros.png", png() + bytes(10 * MIB), 413, "fichier_trop_gros"),
        ("page.html", b"<!DOCTYPE html><script>alert(1)</script>", 415, "fichier_contenu_actif"),
        ("tableau.xlsx", b"PK\x03\x04" + bytes(200), 415, "fichier_type_refuse"),
        ("deguise.pdf", png(), 422, "fichier_extension_trompeuse"),
        ("vide.pdf", b"", 422, "fichier_vide"),
        ("coupe.pdf", PDF_CUT, 422, "fichier_abime"),
        ("coupe.png", png(side=256)[:200], 422, "fichier_abime"),
    ],
)
async def test_wrong_file(cabinet: Cabinet, name: str, data: bytes, status: int, code: str) -> None:
    """One wrong file refuses the whole deposit, and what had arrived with it is removed."""
    id_ = await cabinet.dossier()
    employee = await cabinet.participant(id_)
    before = await lines(id_)
    files = [("fichiers", ("bon.png", png("red"), "image/png")), ("fichiers", (name, data, "image/png"))]
    answer = await employee.post(f"/api/demarches/{id_}/pieces/cni/depots", files=files, headers=key())
    assert name in problem(answer, status, code)["detail"]
    # What is dangerous is told to the firm; an honest mistake is not.
    assert await lines(id_) == before + (code == "fichier_contenu_actif")
    assert await count(Fichier) == 0


async def test_a_refused_deposit_leaves_no_file(cabinet: Cabinet) -> None:
    id_ = await cabinet.dossier()
    root = f"/api/demarches/{id_}"
    employee = await cabinet.participant(id_)
    files = [("fichiers", ("cni.png", png(), "image/png"))]
    await ok(employee.post(f"{root}/pieces/cni/depots", files=files, headers=key()))
    await ok(cabinet.staff.post(f"{root}/pieces/cni/validation", json={}, headers=key()))
    # Other bytes, and the same ones again: those of the accepted pièce stay.
    for colour in ("green", "white"):
        files = [("fichiers", ("cni.png", png(colour), "image/png"))]
        answer = await employee.post(f"{root}/pieces/cni/depots", files=files, headers=key())
        problem(answer, 409, "piece_deja_validee")
    assert await count(Fichier) == 1
    (version,) = (await cabinet.view(id_))["pieces"][0]["versions"]
    read = await cabinet.staff.get(f"/api/fichiers/{version['files'][0]['id']}")
    assert read.content == png()


async def test_a_deposit_sent_twice_counts_once(cabinet: Cabinet) -> None:
    id_ = await cabinet.dossier()
    path = f"/api/demarches/{id_}/pieces/cni/depots"
    employee = await cabinet.participant(id_)
    files = [("fichiers", (f"page {n}.png", png(c), "image/png")) for n, c in enumerate(("red", "blue"))]
    headers = key()
    first, second = await asyncio.gather(
        *(employee.post(path, files=files, headers=headers) for _ in range(2))
    )
    later = await employee.post(path, files=files, headers=headers)
    assert first.status_code == 200, first.text
    assert first.json() == second.json() == later.json()
    (version,) = (await cabinet.view(id_))["pieces"][0]["versions"]
    assert [file["nom"] for file in version["files"]] == ["page 0.png", "page 1.png"]
    assert await count(Fichier) == 2
    # Other files under the same key are another request.
    other = [("fichiers", ("autre.png", png("grey"), "image/png"))]
    problem(await employee.post(path, files=other, headers=headers), 422, "cle_reutilisee")
    assert await count(Fichier) == 2


async def test_deposits_that_are_not_files(cabinet: Cabinet) -> None:
    id_ = await cabinet.dossier()
    path = f"/api/demarches/{id_}/pieces/cni/depots"
    employee = await cabinet.participant(id_)
    problem(await employee.post(path, json={}, headers=key()), 422, "fichier_manquant")
    text = key() | {"Content-Type": "text/plain"}
    problem(await employee.post(path, content=b"x", headers=text), 415, "multipart_attendu")
    problem(
        await employee.post(path, files={"autre": ("a.png", png())}, headers=key()), 422, "demande_invalide"
    )
    kind = "multipart/form-data; boundary=abc"
    for body, code in ((b"--abc--\r\n", "fichier_manquant"), (b"--abc\r\nContent-Disp", "envoi_illisible")):
        answer = await employee.post(path, content=body, headers=key() | {"Content-Type": kind})
        problem(answer, 422 if code == "fichier_manquant" else 400, code)
    many = [("fichiers", (f"{n}.png", png(), "image/png")) for n in range(51)]
    problem(await employee.post(path, files=many, headers=key()), 422, "trop_de_fichiers")
    assert await count(Fichier) == 0


async def test_malformed_and_oversized_json(cabinet: Cabinet) -> None:
    headers = key() | {"Content-Type": "application/json"}
    answer = await cabinet.client.post("/api/demarches", content=b'{"modele": ', headers=headers)
    problem(answer, 400, "json_invalide")
    big = b'{"modele": "' + b"a" * 300_000 + b'"}'
    problem(await cabinet.client.post("/api/demarches", content=big, headers=headers), 413, "trop_volumineux")
    # Nor does a multipart body open the way of a route that expects JSON.
    headers["Content-Type"] = "multipart/form-data; boundary=abc"
    problem(await cabinet.client.post("/api/demarches", content=big, headers=headers), 413, "trop_volumineux")
    assert await count(Demarche) == 0


async def test_an_etape_completed_twice_by_two_people_at_once(cabinet: Cabinet) -> None:
    id_ = await cabinet.dossier()
    root = f"/api/demarches/{id_}"
    other = (await cabinet.people.staff(role="responsable"))[1]  # type: ignore[arg-type]
    body = {"motif": "Déjà fait.", "visit": 1}
    answers = await asyncio.gather(
        *(
            who.post(f"{root}/etapes/informations_salarie/passage", json=body, headers=key())
            for who in (cabinet.staff, other)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    refused = next(answer for answer in answers if answer.status_code == 409)
    problem(refused, 409, "etape_finie")


async def test_fifty_commands_at_once_on_one_demarche(cabinet: Cabinet) -> None:
    id_ = await cabinet.dossier()
    path = f"/api/demarches/{id_}/taches"
    answers = await asyncio.gather(
        *(cabinet.staff.post(path, json={"titre": f"Tâche {n}"}, headers=key()) for n in range(50))
    )
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["seq"] for answer in answers}) == 50
    titles = {tache["titre"] for tache in (await cabinet.view(id_))["taches"]}
    assert {f"Tâche {n}" for n in range(50)} <= titles


async def test_commands_after_cancellation(cabinet: Cabinet) -> None:
    id_ = await cabinet.dossier()
    root = f"/api/demarches/{id_}"
    employee = await cabinet.participant(id_)
    await ok(cabinet.staff.post(f"{root}/annulation", json={"motif": "Le salarié a renoncé."}, headers=key()))
    before = await lines(id_)
    answer = await cabinet.staff.post(f"{root}/taches", json={"titre": "Encore"}, headers=key())
    problem(answer, 409, "demarche_close")
    problem(await cabinet.staff.post(f"{root}/reprise", headers=key()), 409, "non_suspendue")
    assert await lines(id_) == before
    # The participant's link died with the démarche.
    answer = await employee.post(
        f"{root}/pieces/cni/depots", files={"fichiers": ("a.png", png())}, headers=key()
    )
    assert answer.status_code in (401, 409)


async def test_the_client_withdraws_a_demande_but_not_a_dossier(cabinet: Cabinet) -> None:
    body = {"motif": "Nous avons changé d'avis."}
    opened = await cabinet.open()
    await ok(cabinet.client.post(f"/api/demarches/{opened['id']}/annulation", json=body, headers=key()))
    id_ = await cabinet.dossier()
    answer = await cabinet.client.post(f"/api/demarches/{id_}/annulation", json=body, headers=key())
    problem(answer, 403, "interdit")


async def test_unknown_items(cabinet: Cabinet) -> None:
    id_ = await cabinet.dossier()
    root = f"/api/demarches/{id_}"
    for path, body in (
        ("taches/inconnue/fin", {}),
        ("pieces/inconnue/validation", {}),
        ("actions/inconnue/annulation", {"motif": "x"}),
        ("etapes/inconnue/validation", {}),
        ("documents", {"document": "inconnu"}),
        ("participants/inconnu/invitation", None),
        ("formulaires/inconnu", {"donnees": {}}),
    ):
        answer = await cabinet.staff.post(f"{root}/{path}", json=body, headers=key())
        assert answer.status_code in (404, 409), f"{path}: {answer.text}"
    problem(await cabinet.staff.get(f"{root}/formulaires/inconnu"), 404, "introuvable")
