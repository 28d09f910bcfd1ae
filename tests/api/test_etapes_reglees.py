"""Settings of an étape for one démarche, through the API (MOD-13)."""

from __future__ import annotations

from tests.api.conftest import Cabinet, Json, key, ok

ETAPE = "dpae"


def etape(seen: Json, cle: str = ETAPE) -> Json:
    return next(each for each in seen["etapes"] if each["cle"] == cle)


async def test_a_name_and_a_place_on_the_portal_for_one_dossier(cabinet: Cabinet) -> None:
    id_, other = await cabinet.dossier(), await cabinet.dossier()
    url = f"/api/demarches/{id_}"
    body = {"titre": "Déclaration à l'Urssaf", "visible": False, "echeance": "2030-01-31T17:00:00Z"}
    await ok(cabinet.staff.put(f"{url}/etapes/{ETAPE}/reglage", json=body, headers=key()))
    told = etape(await ok(cabinet.staff.get(url)))
    assert told["titre"] == body["titre"]
    assert (told["reglage"]["visible"], told["reglage"]["visible_modele"]) == (False, True)
    assert told["reglage"]["due_at"] == body["echeance"]
    assert ETAPE not in {each["cle"] for each in (await ok(cabinet.client.get(url)))["etapes"]}
    untouched = etape(await ok(cabinet.client.get(f"/api/demarches/{other}")))
    assert untouched["titre"] != body["titre"] and untouched["reglage"] is None
    [line] = [
        item
        for item in (await ok(cabinet.staff.get(f"{url}/journal")))["items"]
        if item["type"] == "EtapeAdjusted"
    ]
    assert "cachée au client" in line["detail"] and line["acteur"]


async def test_given_back_to_the_modele_and_refused_when_nothing_changes(cabinet: Cabinet) -> None:
    id_ = await cabinet.dossier()
    url = f"/api/demarches/{id_}/etapes/{ETAPE}/reglage"
    await ok(cabinet.staff.put(url, json={"visible": False}, headers=key()))
    await ok(cabinet.staff.put(url, json={}, headers=key()))
    assert ETAPE in {
        each["cle"] for each in (await ok(cabinet.client.get(f"/api/demarches/{id_}")))["etapes"]
    }
    again = await cabinet.staff.put(url, json={}, headers=key())
    assert (again.status_code, again.json()["code"]) == (409, "sans_changement")


async def test_what_waits_for_the_client_is_not_hidden(cabinet: Cabinet) -> None:
    id_ = await cabinet.dossier()
    url = f"/api/demarches/{id_}/etapes/contrat/reglage"
    refused = await cabinet.staff.put(url, json={"visible": False}, headers=key())
    assert (refused.status_code, refused.json()["code"]) == (409, "etape_attend_le_client")


async def test_a_date_without_its_offset_is_refused_and_the_demarche_goes_on(cabinet: Cabinet) -> None:
    id_ = await cabinet.dossier()
    url = f"/api/demarches/{id_}/etapes/{ETAPE}/reglage"
    for wrong in ("2030-01-31T17:00:00", "1030-01-31T17:00:00Z"):
        refused = await cabinet.staff.put(url, json={"echeance": wrong}, headers=key())
        assert refused.status_code == 422, refused.text
    await ok(cabinet.staff.put(url, json={"echeance": "2030-01-31T17:00:00Z"}, headers=key()))
