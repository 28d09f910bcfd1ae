"""Étapes added and moved, pièces renamed and moved, in one démarche, through the API (MOD-13)."""

from __future__ import annotations

from typing import Any

from tests.api.conftest import Cabinet, Json, key, ok


def titles(seen: Json) -> list[str]:
    return [each["titre"] for each in seen["etapes"]]


async def test_an_etape_is_added_moved_and_taken_away(cabinet: Cabinet) -> None:
    id_, other = await cabinet.dossier(), await cabinet.dossier()
    url = f"/api/demarches/{id_}"
    seen = await ok(cabinet.staff.get(url))
    before = titles(seen)
    places: list[dict[str, Any]] = seen["places"]
    last, first = places[-1], places[0]
    body = {"titre": "Visite sur place", "apres": last["cle"], "responsable": "conseiller"}
    await ok(cabinet.staff.post(f"{url}/etapes", json=body, headers=key()))
    seen = await ok(cabinet.staff.get(url))
    assert titles(seen) == [*before, "Visite sur place"]
    added = seen["etapes"][-1]
    assert added["reglage"]["ajoutee"] and added["reglage"]["deplacable"]
    place = f"{url}/etapes/{added['cle']}/place"
    await ok(cabinet.staff.put(place, json={"apres": first["cle"]}, headers=key()))
    told = await ok(cabinet.client.get(url))
    assert titles(told).index("Visite sur place") == titles(told).index(first["titre"]) + 1
    assert told["places"] == []
    again = await cabinet.staff.put(place, json={"apres": first["cle"]}, headers=key())
    assert (again.status_code, again.json()["code"]) == (409, "sans_changement")
    # Lists, the diagram and the journal know it too; the other dossier and the modèle do not.
    assert "Visite sur place" in (await cabinet.staff.get(f"{url}/graphe")).text
    journal = (await ok(cabinet.staff.get(f"{url}/journal")))["items"]
    assert [line["type"] for line in journal].count("EtapePlaced") == 2
    assert titles(await ok(cabinet.staff.get(f"/api/demarches/{other}"))) == before
    await ok(cabinet.staff.delete(f"{url}/etapes/{added['cle']}", headers=key()))
    assert titles(await ok(cabinet.staff.get(url))) == before


async def test_a_piece_is_renamed_and_moved(cabinet: Cabinet) -> None:
    id_ = await cabinet.dossier()
    url = f"/api/demarches/{id_}"
    for titre in ("Plan du local", "Bail"):
        body = {"titre": titre, "de": "manager"}
        await ok(cabinet.staff.post(f"{url}/pieces", json=body, headers=key()))
    pieces = (await ok(cabinet.staff.get(url)))["pieces"]
    bail, plan = pieces[-1], pieces[-2]
    await ok(cabinet.staff.put(f"{url}/pieces/{bail['id']}", json={"titre": "Bail signé"}, headers=key()))
    await ok(cabinet.staff.put(f"{url}/pieces/{bail['id']}/place", json={}, headers=key()))
    told = [piece["titre"] for piece in (await ok(cabinet.client.get(url)))["pieces"]]
    assert told[0] == "Bail signé" and told[-1] == plan["titre"]
    blank = await cabinet.staff.put(f"{url}/pieces/{bail['id']}", json={"titre": "  "}, headers=key())
    assert blank.status_code in (409, 422)
