"""Modèles written on screen: files and draft, conflicts, check, trial, publication (MOD-02, MOD-03, MOD-08)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from activities.publication import ROOT
from store.settings import settings
from store.utilisateur import Role
from tests.api.conftest import Cabinet, key, ok
from tests.people import Browser, People
from tests.reglages import regle

BASE = "/api/modeles/embauche/brouillon"


@pytest.fixture
def dossier(tmp_path: Path) -> Iterator[Path]:
    """A folder of modèles of one's own, with the embauche."""
    (tmp_path / "process_templates").mkdir()
    shutil.copy(ROOT / "process_templates" / "embauche.yaml", tmp_path / "process_templates")
    shutil.copytree(ROOT / "forms", tmp_path / "forms")
    shutil.copytree(ROOT / "documents", tmp_path / "documents")
    with regle(ELASKA_MODELES_DIR=str(tmp_path)):
        yield tmp_path


async def _admin(people: People, nom: str = "Roy") -> Browser:
    _, browser = await people.staff(Role.ADMIN, nom=nom, prenom="Alix")
    return browser


async def _do(browser: Browser, vu: str, *operations: dict[str, Any]) -> Any:
    return await browser.post(
        f"{BASE}/operations", json={"operations": list(operations)}, headers={"If-Match": vu}
    )


def _title(index: int, text: str) -> dict[str, Any]:
    return {"genre": "poser", "chemin": ["etapes", index, "titre"], "valeur": text}


async def test_from_draft_to_version(people: People, dossier: Path) -> None:
    admin = await _admin(people)
    file = dossier / "process_templates" / "embauche.yaml"
    before = file.read_text(encoding="utf-8")
    seen = await ok(admin.get(BASE))
    assert (
        seen["publiable"]
        and seen["version"] is None
        and seen["fichiers"]["process_templates/embauche.yaml"] == before
    )
    assert seen["donnees"]["etapes"][0]["cle"] == "declaration" and not seen["modifies"]
    # What it may name is proposed, lists of the firm and layouts apart.
    assert "relance_pieces" in seen["courriels"]
    assert "embauche/contrat_cdi.html.j2" in seen["documents"]
    assert not [each for each in seen["documents"] if each.startswith(("exports/", "_")) or "/" not in each]

    done = await _do(admin, seen["etag"], _title(0, "Votre déclaration"))
    seen = await ok(_given(done))
    assert seen["modifies"] == ["process_templates/embauche.yaml"]
    assert file.read_text(encoding="utf-8") == before, "the draft is not the file"

    wrong = await ok(
        _given(
            await _do(
                admin,
                seen["etag"],
                {"genre": "poser", "chemin": ["etapes", 0, "responsable"], "valeur": "personne"},
            )
        )
    )
    assert not wrong["publiable"]
    constat = next(each for each in wrong["constats"] if each["niveau"] == "erreur")
    assert constat["etape"] == "declaration" and constat["ligne"] > 1 and constat["remede"]
    refused = await admin.post(f"{BASE}/publication", headers={"If-Match": wrong["etag"]})
    assert refused.status_code == 409 and refused.json()["code"] == "modele_en_erreur"

    # Undo: the text of before comes back.
    back = await ok(admin.put(BASE, json={"fichiers": seen["fichiers"]}, headers={"If-Match": wrong["etag"]}))
    assert back["etag"] == seen["etag"]
    published = await ok(admin.post(f"{BASE}/publication", headers={"If-Match": back["etag"]}))
    assert published == {"version": 1, "nouvelle": True, "sha256": published["sha256"]}
    assert file.read_text(encoding="utf-8") == before.replace(
        "titre: Déclaration de l'embauche\n    colonne", "titre: Votre déclaration\n    colonne", 1
    )
    seen = await ok(admin.get(BASE))
    assert not seen["modifies"] and not seen["a_publier"] and seen["version"] == 1

    moved = await ok(
        _given(
            await _do(
                admin,
                seen["etag"],
                {"genre": "deplacer", "chemin": ["etapes", 0], "vers": ["etapes", 1]},
            )
        )
    )
    difference = await ok(admin.get(f"{BASE}/difference"))
    assert difference["version"] == 1 and any(c["nature"] == "deplacement" for c in difference["changements"])
    await ok(
        _given(
            await _do(
                admin, moved["etag"], {"genre": "deplacer", "chemin": ["etapes", 1], "vers": ["etapes", 0]}
            )
        )
    )
    assert not (await ok(admin.get(BASE)))["modifies"], "moved back, nothing differs"

    tried = await ok(admin.post(f"{BASE}/essai", json={}))
    assert tried["invente"] and tried["lignes"]
    picture = await admin.get(f"{BASE}/graphe")
    assert "Votre déclaration" in picture.text


async def test_two_writers_and_a_hand(people: People, dossier: Path) -> None:
    one, two = await _admin(people), await _admin(people, "Faure")
    file = dossier / "process_templates" / "embauche.yaml"
    seen = await ok(one.get(BASE))
    assert (await _do(one, seen["etag"], _title(0, "Un"))).status_code == 200
    late = await _do(two, seen["etag"], _title(0, "Deux"))
    assert late.status_code == 412 and "+    titre: Un" in late.json()["difference"]

    # A hand edit of the file the draft changes: told at once, refused at saving, nothing lost.
    by_hand = file.read_text(encoding="utf-8").replace("reference: EMB", "reference: EMBA")
    file.write_text(by_hand, encoding="utf-8")
    seen = await ok(two.get(BASE))
    assert [conflit["fichier"] for conflit in seen["conflits"]] == ["process_templates/embauche.yaml"]
    held = {"If-Match": seen["etag"]}
    refused = await two.post(f"{BASE}/enregistrement", json={}, headers=held)
    assert refused.status_code == 409 and "+reference: EMBA" in refused.json()["difference"]
    assert file.read_text(encoding="utf-8") == by_hand
    kept = await ok(
        two.post(
            f"{BASE}/enregistrement",
            json={"choix": {"process_templates/embauche.yaml": "brouillon"}},
            headers=held,
        )
    )
    assert not kept["conflits"] and "titre: Un" in file.read_text(encoding="utf-8")
    # A file the draft does not touch, changed by hand, is only a newer state.
    form = dossier / "forms" / "embauche_registre.schema.json"
    form.write_text(form.read_text(encoding="utf-8").replace("Matricule", "Numéro"), encoding="utf-8")
    assert (await _do(one, kept["etag"], _title(0, "Trois"))).status_code == 412


async def test_what_cannot_be_done(people: People, dossier: Path) -> None:
    admin = await _admin(people)
    seen = await ok(admin.get(BASE))
    for operation, code in (
        ({"genre": "fichier", "fichier": "../secret.yaml", "texte": "x"}, "modification_impossible"),
        ({"genre": "retirer", "chemin": ["etapes", 99]}, "modification_impossible"),
    ):
        answer = await _do(admin, seen["etag"], operation)
        assert answer.status_code == 409 and answer.json()["code"] == code
    source = {"genre": "fichier", "fichier": "process_templates/embauche.yaml", "texte": "modele: [\n"}
    broken = await ok(_given(await _do(admin, seen["etag"], source)))
    assert broken["donnees"] is None and broken["constats"][0]["ligne"] and not broken["publiable"]
    answer = await _do(admin, broken["etag"], _title(0, "x"))
    assert answer.status_code == 409 and answer.json()["code"] == "source_illisible"
    assert (await admin.delete(BASE, headers={"If-Match": broken["etag"]})).status_code == 204

    assert (await admin.get("/api/modeles/inconnu/brouillon")).status_code == 404


async def test_a_text_made_to_overwhelm_is_refused(people: People, dossier: Path) -> None:
    """Ten megabytes are not taken in; aliases that would grow without end are told, and nothing is published."""
    admin = await _admin(people)
    seen = await ok(admin.get(BASE))
    source = {"genre": "fichier", "fichier": "process_templates/embauche.yaml"}
    big = await _do(admin, seen["etag"], source | {"texte": "a: " + "x" * 10_000_000})
    assert big.status_code == 413
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    held = await ok(_given(await _do(admin, seen["etag"], source | {"texte": "\n".join(lines)})))
    assert not held["publiable"] and "alias" in held["constats"][0]["raison"]
    refused = await admin.post(f"{BASE}/publication", headers={"If-Match": held["etag"]})
    assert refused.status_code == 409


async def test_a_folder_that_cannot_be_written(
    people: People, dossier: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = await _admin(people)
    monkeypatch.setenv("ELASKA_MODELES_READ_ONLY", "true")
    settings.cache_clear()
    seen = await ok(admin.get(BASE))
    assert "ELASKA_MODELES_DIR" in seen["lecture_seule"]
    seen = await ok(_given(await _do(admin, seen["etag"], _title(0, "Un"))))
    answer = await admin.post(f"{BASE}/publication", headers={"If-Match": seen["etag"]})
    assert answer.status_code == 409 and answer.json()["code"] == "lecture_seule"
    assert (await ok(admin.get(BASE)))["modifies"], "the draft is kept"


async def test_a_new_one_and_one_whose_file_is_gone(people: People, dossier: Path) -> None:
    admin = await _admin(people)
    asked = {"cle": "audit", "titre": 'Audit : "express"', "categorie": "conseil", "reference": "AUD"}
    made = await admin.post("/api/modeles", json=asked)
    assert made.status_code == 201 and made.json()["publiable"], made.text
    assert (await admin.post("/api/modeles", json=asked)).status_code == 409
    base = "/api/modeles/audit/brouillon"
    await ok(admin.post(f"{base}/publication", headers={"If-Match": made.json()["etag"]}))
    file = dossier / "process_templates" / "audit.yaml"
    file.unlink()
    gone = await admin.get(base)
    assert gone.status_code == 404 and gone.json()["code"] == "fichier_absent"
    listed = {each["cle"]: each for each in await ok(admin.get("/api/modeles/fichiers"))}
    assert listed["audit"]["absent"] and not listed["embauche"]["absent"]
    again = await admin.post(f"{base}/retablissement")
    assert again.status_code == 201, again.text
    assert not again.json()["a_publier"], "it says what was published"


async def test_a_modele_deleted_while_its_demarches_run(cabinet: Cabinet, dossier: Path) -> None:
    running = await cabinet.dossier()
    admin = await _admin(cabinet.people)
    seen = await ok(admin.get(BASE))
    await ok(admin.post(f"{BASE}/publication", headers={"If-Match": seen["etag"]}))
    await ok(admin.get("/api/catalogue/embauche"))
    (dossier / "process_templates" / "embauche.yaml").unlink()

    # The catalogue proposes it no more, nothing begins from it, and the screens say so.
    assert "embauche" not in [each["modele"] for each in await ok(admin.get("/api/catalogue"))]
    assert (await admin.get("/api/catalogue/embauche")).status_code == 404
    opened = await cabinet.client.post("/api/demarches", json=cabinet.opening(), headers=key())
    assert opened.status_code == 409 and opened.json()["code"] == "modele_retire"
    listed = {each["cle"]: each for each in await ok(admin.get("/api/modeles"))}
    assert listed["embauche"]["retire"] and listed["embauche"]["ouvertes"] == 1

    # Its démarches go on, on the version they follow.
    before = await ok(admin.get(f"/api/demarches/{running}"))
    todo = {"titre": "Rappeler le client", "pour": "conseiller"}
    await ok(cabinet.staff.post(f"/api/demarches/{running}/taches", json=todo, headers=key()))
    after = await ok(admin.get(f"/api/demarches/{running}"))
    assert after["modele_version"] == before["modele_version"] and after["cycle"] == "ouverte"

    # Recreated, it is proposed again.
    draft = await admin.post(f"{BASE}/retablissement")
    await ok(admin.post(f"{BASE}/enregistrement", json={}, headers={"If-Match": draft.json()["etag"]}))
    await ok(admin.get("/api/catalogue/embauche"))


async def test_where_it_waits(cabinet: Cabinet) -> None:
    await cabinet.dossier()
    await cabinet.dossier()
    _, chief = await cabinet.people.staff(Role.RESPONSABLE, nom="Chef", prenom="Anne")
    found = {each["etape"]: each for each in await ok(chief.get("/api/modeles/embauche/mesures"))}
    assert found["declaration"]["passages"] == 2 and found["declaration"]["en_cours"] == 0
    assert found["declaration"]["mediane_s"] is not None
    waiting = found["informations_salarie"]
    assert (waiting["en_cours"], waiting["mediane_s"]) == (2, None) and sum(waiting["attendus"].values())
    picture = await chief.get("/api/modeles/embauche/carte")
    assert "2\xa0passages" in picture.text and "2\xa0en\xa0cours" in picture.text

    log = await chief.get("/api/modeles/embauche/journal.xes")
    root = ElementTree.fromstring(log.content)
    traces = root.findall("{http://www.xes-standard.org/}trace")
    assert len(traces) == 2 and all(len(trace) > 3 for trace in traces)
    assert "EtapeEntered declaration" in log.text
    for secret in ("Zoé", "Martin", "Bellanger", "Lefèvre", "@"):
        assert secret not in log.text


async def test_what_if_the_last_demarches_had_followed_the_draft(cabinet: Cabinet, dossier: Path) -> None:
    await cabinet.dossier()
    await cabinet.dossier()
    admin = await _admin(cabinet.people)
    seen = await ok(admin.get(BASE))
    same = await ok(admin.get(f"{BASE}/rejeu"))
    assert (same["existantes"], same["lues"], len(same["inchangees"])) == (2, 2, 2)
    assert not same["touchees"] and not same["impossibles"]
    rest = await ok(admin.get(f"{BASE}/rejeu?apres=1"))
    assert rest["inchangees"] == same["inchangees"][1:], "asked for a few at a time, none comes twice"

    rank = next(i for i, e in enumerate(seen["donnees"]["etapes"]) if e.get("cle") == "visite_medicale")
    never = {
        "genre": "poser",
        "chemin": ["etapes", rank, "si"],
        "valeur": 'declaration.nature_contrat == "cdd"',
    }
    await ok(_given(await _do(admin, seen["etag"], never)))
    one = await ok(admin.get(f"{BASE}/rejeu?derniers=1"))
    assert (one["existantes"], one["lues"], one["inchangees"]) == (2, 1, [])
    told = one["touchees"][0]
    assert told["demarche_id"] and told["change_de_chemin"] and told["retirees"] and told["arret"] is None

    scenario = f"/api/modeles/embauche/scenario/{told['reference']}"
    made = await ok(admin.get(scenario))
    assert not made["existe"] and made["lecture_seule"] is None
    for secret in ("Zoé", "Bellanger", "Lefèvre"):
        assert secret not in made["texte"]
    added = await admin.post(scenario, json={})
    assert added.status_code == 201, added.text
    name = added.json()["scenario"]
    kept = dossier / "process_templates" / "scenarios" / f"{name}.yaml"
    assert kept.read_text(encoding="utf-8") == made["texte"]
    again = await admin.post(scenario, json={})
    assert again.status_code == 409 and again.json()["code"] == "scenario_existant"
    assert (await admin.post(scenario, json={"remplacer": True})).status_code == 201
    assert (await ok(admin.get(BASE)))["scenarios"] == [name]
    played = await ok(admin.post(f"{BASE}/essai", json={"scenario": name}))
    assert played["lignes"] and not played["invente"]
    assert (await admin.get("/api/modeles/embauche/scenario/EMB-2026-9999")).status_code == 404


async def _given(answer: Any) -> Any:
    return answer
