"""Changing a modèle in the API: versions, difference and blast radius, verdicts, migration and return (MOD-09)."""

from __future__ import annotations

import copy
from typing import Any

from activities.publication import ROOT
from activities.rules_port import RULES
from api.routes.changement import to_place
from store.modele import publish
from store.session import session_scope
from store.utilisateur import Role
from tests.api.conftest import Cabinet, key, ok
from workflows.engine.bundle import from_folder
from workflows.engine.migration_plan import APlacer
from workflows.engine.program import Program


async def _second(embauche: dict[str, Any]) -> dict[str, Any]:
    """« embauche » whose étape of the employee has another name, with one task more."""
    contents = copy.deepcopy(embauche)
    etape = next(e for e in contents["modele"]["etapes"] if e.get("cle") == "informations_salarie")
    etape["cle"] = "renseignements"
    async with session_scope() as session:
        await publish(session, "embauche", contents)
    return contents


async def test_from_difference_to_return(cabinet: Cabinet, embauche: dict[str, Any]) -> None:
    demarche_id = await cabinet.dossier()
    await _second(embauche)
    _, chief = await cabinet.people.staff(Role.RESPONSABLE, nom="Chef", prenom="Anne")
    new, old = await ok(chief.get("/api/modeles/embauche/versions"))
    assert (old["ouvertes"], new["ouvertes"], new["version"]) == (1, 0, old["version"] + 1)

    shas = f"de={old['sha256']}&a={new['sha256']}"
    difference = await ok(chief.get(f"/api/modeles/embauche/difference?{shas}"))
    natures = {(change["nature"], change["etape"]) for change in difference["changements"]}
    assert {("ajout", "renseignements"), ("retrait", "informations_salarie")} <= natures
    reach = {portee["etape"]: portee for portee in difference["portee"]}
    assert reach["informations_salarie"]["dedans"] == 1

    asked: dict[str, Any] = {"vers": new["sha256"]}
    tried = await ok(chief.post("/api/modeles/embauche/migration/essai", json=asked))
    assert tried["compte"] == {"correspondance": 1}
    assert tried["items"][0]["a_placer"][0]["suggestions"][0]["cle"] == "renseignements"
    refused = await ok(
        chief.post(
            "/api/modeles/embauche/migration", json=asked | {"demarches": [demarche_id]}, headers=key()
        )
    )
    assert not refused["items"][0]["migree"] and "Dites où vont" in refused["items"][0]["detail"]

    assert "renseignements" in [etape["cle"] for etape in tried["items"][0]["a_placer"][0]["cibles"]]
    asked["correspondance"] = {"informations_salarie": "renseignements"}
    elsewhere = asked | {"enfants": {"absent": {"correspondance": {"a": "b"}}}}
    tried = await ok(chief.post("/api/modeles/embauche/migration/essai", json=elsewhere))
    assert tried["compte"] == {"bloquee": 1} and "n'ouvre pas" in tried["items"][0]["raisons"][0]
    tried = await ok(chief.post("/api/modeles/embauche/migration/essai", json=asked))
    assert tried["compte"] == {"bonne": 1}
    assert await cabinet.view(demarche_id) == await cabinet.view(demarche_id)
    once = key()
    for _ in range(2):
        done = await ok(
            chief.post(
                "/api/modeles/embauche/migration", json=asked | {"demarches": [demarche_id]}, headers=once
            )
        )
    assert done["items"] == [], "it follows that version already"
    seen = await cabinet.view(demarche_id)
    assert [etape["cle"] for etape in seen["etapes"] if etape["statut"] == "en_cours"] == ["renseignements"]

    back = await ok(
        chief.post("/api/modeles/embauche/migration", json={"demarches": [demarche_id]}, headers=key())
    )
    assert back["items"][0]["migree"]
    seen = await cabinet.view(demarche_id)
    current = [etape["cle"] for etape in seen["etapes"] if etape["statut"] == "en_cours"]
    assert current == ["informations_salarie"]


async def test_the_reach_counts_every_running_demarche_but_those_already_there(
    cabinet: Cabinet, embauche: dict[str, Any]
) -> None:
    """Those of an older version would follow the new one too; those that do have nothing to fear."""
    oldest = await cabinet.dossier()
    await _second(embauche)
    _, chief = await cabinet.people.staff(Role.RESPONSABLE, nom="Chef", prenom="Anne")
    second, first = await ok(chief.get("/api/modeles/embauche/versions"))
    third = copy.deepcopy(embauche)
    third["modele"]["etapes"][0]["titre"] = "Votre demande, autrement"
    async with session_scope() as session:
        await publish(session, "embauche", third)
    latest = (await ok(chief.get("/api/modeles/embauche/versions")))[0]

    async def reach(de: dict[str, Any], a: dict[str, Any]) -> set[int]:
        address = f"/api/modeles/embauche/difference?de={de['sha256']}&a={a['sha256']}"
        found = (await ok(chief.get(address)))["portee"]
        return {one["avant"] + one["dedans"] + one["apres"] for one in found}

    assert await reach(second, latest) == {1}, "still on the first version, and it would follow"
    asked = {"vers": latest["sha256"], "demarches": [oldest]}
    moved = await ok(chief.post("/api/modeles/embauche/migration", json=asked, headers=key()))
    assert moved["items"][0]["migree"]
    assert await reach(second, latest) == {0}
    assert await reach(first, second) == {1}


def test_an_etape_of_a_child_goes_to_those_of_its_modele() -> None:
    bundle = from_folder(ROOT, ROOT / "process_templates" / "optimisation_abonnements.yaml").bundle
    program = Program(bundle, RULES)
    etape = next(iter(program.enfants["abonnement_fournisseur"].etapes.values()))
    asked = to_place(program, APlacer("envoi", "Envoi", (etape.cle,), "abonnement_fournisseur"))
    assert [(one.cle, one.titre) for one in asked.suggestions] == [(etape.cle, etape.titre)]
    assert [one.cle for one in asked.cibles] == list(program.enfants["abonnement_fournisseur"].etapes)
    assert asked.enfant_titre == program.enfants["abonnement_fournisseur"].modele.titre


async def test_what_does_not_exist(cabinet: Cabinet) -> None:
    _, chief = await cabinet.people.staff(Role.RESPONSABLE, nom="Chef", prenom="Anne")
    assert (await chief.get("/api/modeles/rien/versions")).status_code == 404
    unknown = {"vers": "0" * 64}
    answer = await chief.post("/api/modeles/embauche/migration/essai", json=unknown)
    assert answer.status_code == 404
    answer = await chief.post("/api/modeles/embauche/migration/essai", json={"vers": "abc"})
    assert answer.status_code == 422
