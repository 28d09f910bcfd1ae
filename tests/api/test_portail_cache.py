"""« Visible sur le portail client »: what the client no longer sees, for one démarche (MOD-08, MOD-13)."""

from __future__ import annotations

import uuid
from importlib import import_module
from typing import Any

import pytest_asyncio
import sqlalchemy as sa
from sqlmodel import select

from api.access import Actor
from store.modele import publish
from store.notification import Notification
from store.session import session_scope
from store.utilisateur import Role
from tests.api.conftest import Cabinet, Json, key, ok, png
from tests.api.test_flux import heard, left, listening

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


async def test_a_demarche_taken_off_the_portal_is_nowhere_for_the_client(
    cabinet: Cabinet, revue: str
) -> None:
    url = f"/api/demarches/{revue}"
    await ok(cabinet.staff.post(f"{url}/commentaires", json={"texte": "Avant."}, headers=key()))
    await ok(
        cabinet.client.post(
            f"{url}/pieces-libres/depots",
            files={"fichiers": ("note.png", png())},
            data={"titre": "Note"},
            headers=key(),
        )
    )
    (piece,) = (await ok(cabinet.client.get(url)))["pieces"]
    whole = f"/api/tiers/{cabinet.tiers.id}/journal"
    paths = [f"{url}{path}" for path in ("", "/journal", "/exports", "/intervenants")]
    paths.append(f"/api/fichiers/{piece['versions'][-1]['files'][0]['id']}")
    for path in paths:
        assert (await cabinet.client.get(path)).status_code == 200, path
    assert await seen_by(cabinet, revue)
    assert (await ok(cabinet.client.get(whole)))["items"]
    told = (await ok(cabinet.client.get("/api/notifications")))["items"]
    assert {row["demarche_id"] for row in told} == {revue}
    await ok(cabinet.staff.put(f"{url}/portail", json={"visible": False}, headers=key()))
    assert not await seen_by(cabinet, revue)
    for path in paths:
        assert (await cabinet.client.get(path)).status_code == 404, path
    assert (await ok(cabinet.client.get(whole)))["items"] == []
    bell = await ok(cabinet.client.get("/api/notifications"))
    assert (bell["items"], bell["total"], bell["non_lues"]) == ([], 0, 0)
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


async def test_nobody_writes_to_a_client_who_does_not_see_the_demarche(cabinet: Cabinet, revue: str) -> None:
    url, word = f"/api/demarches/{revue}", {"texte": "Un mot."}
    await ok(cabinet.staff.put(f"{url}/portail", json={"visible": False}, headers=key()))
    letter = {"a": "gerant", "objet": "Bonjour", "texte": "Un mot."}
    for path, body in (
        ("commentaires", word),
        ("notifications", word),
        ("courriels", letter),
        ("sms", {"a": "gerant", "texte": "Un mot."}),
    ):
        refused = await cabinet.staff.post(f"{url}/{path}", json=body, headers=key())
        assert (refused.status_code, refused.json()["code"]) == (409, "demarche_hors_portail"), path
        assert "montrez-la-lui avant de lui écrire" in refused.json()["detail"]
    await ok(cabinet.staff.post(f"{url}/commentaires", json=word | {"interne": True}, headers=key()))
    async with session_scope() as session:
        assert not (await session.exec(select(Notification).where(Notification.demarche_id == revue))).all()
    await ok(cabinet.staff.put(f"{url}/portail", json={"visible": True}, headers=key()))
    for path in ("commentaires", "notifications"):
        await ok(cabinet.staff.post(f"{url}/{path}", json=word, headers=key()))
    assert len((await ok(cabinet.client.get("/api/notifications")))["items"]) == 2


async def test_a_live_stream_of_the_client_hears_that_it_left_then_nothing(
    cabinet: Cabinet, revue: str
) -> None:
    url = f"/api/demarches/{revue}"
    firm = Actor("staff", uuid.uuid4(), "Responsable", Role.RESPONSABLE)
    client = Actor("client", cabinet.manager.id, "Nicole", Role.CLIENT, frozenset({cabinet.tiers.id}))
    async with listening(cabinet.people, firm, client) as (staff, theirs):
        await ok(cabinet.staff.put(f"{url}/portail", json={"visible": False}, headers=key()))
        assert await heard(theirs, until="demarche") == await heard(staff, until="demarche") == ["demarche"]
        await ok(
            cabinet.staff.post(f"{url}/commentaires", json={"texte": "Vu.", "interne": True}, headers=key())
        )
        await ok(cabinet.staff.post(f"{url}/etapes/etude/validation", json={}, headers=key()))
        for _ in range(2):
            await heard(staff, until="demarche")
        assert left(theirs) == []
        await ok(cabinet.staff.put(f"{url}/portail", json={"visible": True}, headers=key()))
        assert await heard(theirs, until="demarche") == ["demarche"]


async def test_rows_of_before_agree_with_their_modele(cabinet: Cabinet, revue: str) -> None:
    hidden = {**BUNDLE, "modele": BUNDLE["modele"] | {"portail": {"visible": False}}}
    async with session_scope() as session:
        await publish(session, MODELE, hidden)
    body = {"modele": MODELE, "tiers_id": str(cabinet.tiers.id), "phase": "dossier"}
    opened: Json = await ok(cabinet.staff.post("/api/demarches", json=body, headers=key()))
    assert not await seen_by(cabinet, opened["id"])
    agree = import_module("store.migrations.versions.0062_au_portail").AGREE
    async with session_scope() as session:
        connection = await session.connection()
        await connection.execute(sa.text("UPDATE demarche SET au_portail = true"))
    assert await seen_by(cabinet, opened["id"])
    async with session_scope() as session:
        await (await session.connection()).execute(sa.text(agree))
    assert await seen_by(cabinet, revue) and not await seen_by(cabinet, opened["id"])


async def test_what_waits_for_the_client_stays_on_the_portal(cabinet: Cabinet) -> None:
    id_ = await cabinet.dossier()
    refused = await cabinet.staff.put(f"/api/demarches/{id_}/portail", json={"visible": False}, headers=key())
    assert (refused.status_code, refused.json()["code"]) == (409, "demarche_attend_le_client")
