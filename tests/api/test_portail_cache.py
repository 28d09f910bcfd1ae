"""« Visible sur le portail client »: what the client no longer sees, for one démarche (MOD-08, MOD-13)."""

from __future__ import annotations

from typing import Any

import pytest_asyncio

from store.modele import publish
from store.session import session_scope
from tests.api.conftest import Cabinet, Json, key, ok

MODELE = "revue_interne"
BUNDLE: dict[str, Any] = {
    "modele": {
        "modele": MODELE,
        "titre": "Revue interne",
        "categorie": "conseil",
        "reference": "REV",
        "clients": ["entreprise"],
        "nom": '"Revue interne"',
        "roles": {
            "conseiller": {"libelle": "Conseiller", "cote": "cabinet"},
            "gerant": {"libelle": "Gérant", "cote": "client"},
        },
        "etapes": [
            {"cle": "etude", "titre": "Étude", "terminee": "manuelle"},
            {"cle": "envoi", "titre": "Envoi", "terminee": "manuelle"},
        ],
    }
}


@pytest_asyncio.fixture
async def revue(cabinet: Cabinet) -> str:
    async with session_scope() as session:
        await publish(session, MODELE, BUNDLE)
    body = {"modele": MODELE, "tiers_id": str(cabinet.tiers.id), "phase": "dossier"}
    opened: Json = await ok(cabinet.staff.post("/api/demarches", json=body, headers=key()))
    return str(opened["id"])


async def seen_by(cabinet: Cabinet, demarche: str) -> bool:
    listed = await ok(cabinet.client.get("/api/demarches?taille=100"))
    return demarche in {row["id"] for row in listed["items"]}


async def test_a_demarche_taken_off_the_portal_is_nowhere_for_the_client(cabinet: Cabinet, revue: str) -> None:
    url = f"/api/demarches/{revue}"
    assert await seen_by(cabinet, revue)
    await ok(cabinet.staff.put(f"{url}/portail", json={"visible": False}, headers=key()))
    assert not await seen_by(cabinet, revue)
    for path in ("", "/journal", "/export.pdf", "/graphe"):
        assert (await cabinet.client.get(f"{url}{path}")).status_code in (403, 404), path
    assert (await ok(cabinet.staff.get(url)))["au_portail"] is False
    # Nothing is told or asked of who does not see it.
    before = (await ok(cabinet.client.get("/api/notifications")))["items"]
    await ok(cabinet.staff.post(f"{url}/etapes/etude/validation", json={}, headers=key()))
    assert (await ok(cabinet.client.get("/api/notifications")))["items"] == before
    asked = await cabinet.staff.post(f"{url}/pieces", json={"titre": "Bail", "de": "gerant"}, headers=key())
    assert (asked.status_code, asked.json()["code"]) == (409, "demarche_hors_portail")
    await ok(cabinet.staff.put(f"{url}/portail", json={"visible": True}, headers=key()))
    assert await seen_by(cabinet, revue)
    assert (await cabinet.client.get(url)).status_code == 200


async def test_what_waits_for_the_client_stays_on_the_portal(cabinet: Cabinet) -> None:
    id_ = await cabinet.dossier()
    refused = await cabinet.staff.put(f"/api/demarches/{id_}/portail", json={"visible": False}, headers=key())
    assert (refused.status_code, refused.json()["code"]) == (409, "demarche_attend_le_client")
