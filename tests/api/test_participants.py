"""Links of participants and the movable clock, as the API commands them (SEC-26; demo and tests)."""

import asyncio
import uuid
from datetime import UTC, datetime, timedelta

from sqlmodel import col, select

from store.connexion import Lien
from store.links import link_secret, token_of
from store.session import session_scope
from tests.api.conftest import Cabinet, Letters, key, ok


async def links(demarche_id: str) -> list[Lien]:
    async with session_scope() as session:
        query = select(Lien).where(Lien.demarche_id == uuid.UUID(demarche_id))
        return list(await session.exec(query.order_by(col(Lien.created_at))))


async def token(cabinet: Cabinet, lien: Lien) -> str:
    async with session_scope() as session:
        secret = link_secret(await cabinet.people.services.keyring.cabinet(session))
    return token_of(secret, str(lien.id))


async def test_a_used_link_is_renewed_once(cabinet: Cabinet, letters: Letters) -> None:
    """Asked for twice, it sends one fresh link; the former one stays dead."""
    id_ = await cabinet.dossier()
    await cabinet.participant(id_)
    (former,) = await links(id_)
    path = f"/api/liens/{await token(cabinet, former)}"
    stranger = cabinet.people.browser()
    used = await stranger.post(path)
    assert (used.status_code, used.json()["code"]) == (410, "lien_utilise")
    for _ in range(2):
        assert (await stranger.post(f"{path}/renouvellement")).status_code == 202
    assert (await stranger.post(path)).status_code == 410
    found = await links(id_)
    assert len(found) == 2
    await cabinet.quiet(id_)
    assert len(letters.to("zoe.martin@exemple.fr")) == 2
    assert (await stranger.post(f"/api/liens/{await token(cabinet, found[1])}")).status_code == 200


async def test_staff_invite_again_and_revoke(cabinet: Cabinet) -> None:
    id_ = await cabinet.dossier()
    root = f"/api/demarches/{id_}/participants/futur_salarie"
    employee = await cabinet.participant(id_)
    await ok(cabinet.staff.post(f"{root}/invitation", headers=key()))
    await ok(cabinet.staff.post(f"{root}/revocation", headers=key()))
    assert all(lien.revoked_at for lien in await links(id_))
    # A session known a moment ago lasts a few seconds more, no longer.
    async with asyncio.timeout(10):
        while (await employee.get(f"/api/demarches/{id_}")).status_code == 200:
            await asyncio.sleep(0.2)
    again = await cabinet.staff.post(f"{root}/revocation", headers=key())
    assert (again.status_code, again.json()["code"]) == (409, "lien_absent")


async def test_the_clock_goes_forward_only_and_reminders_play(cabinet: Cabinet, letters: Letters) -> None:
    """A pièce still missing after the modèle's delay: the reminder leaves by itself (GED-13)."""
    origin = datetime.now(UTC)
    id_ = await cabinet.dossier(horloge={"origine": origin.isoformat(), "facteur": 1})
    path = f"/api/demarches/{id_}/horloge"
    await cabinet.quiet(id_)
    assert len(letters.to("zoe.martin@exemple.fr")) == 1
    headers = key()
    later = (origin + timedelta(days=4)).isoformat()
    first = await ok(cabinet.staff.put(path, json={"maintenant": later}, headers=headers))
    assert await ok(cabinet.staff.put(path, json={"maintenant": later}, headers=headers)) == first
    await cabinet.until(id_, lambda _: len(letters.to("zoe.martin@exemple.fr")) == 2)
    # The fresh link of the reminder lives in real time, and so does what is told of its end.
    [told] = (await ok(cabinet.staff.get(f"/api/demarches/{id_}")))["participants"]
    assert datetime.fromisoformat(told["expires_at"]) == (await links(id_))[-1].expires_at
    back = await cabinet.staff.put(path, json={"maintenant": origin.isoformat()}, headers=key())
    assert (back.status_code, back.json()["code"]) == (409, "horloge_en_arriere")


async def test_a_clock_given_nothing_shows_the_real_time_again(cabinet: Cabinet) -> None:
    origin = datetime.now(UTC) - timedelta(days=9)
    id_ = await cabinet.dossier(horloge={"origine": origin.isoformat(), "facteur": 1})
    path = f"/api/demarches/{id_}"
    before = datetime.now(UTC)
    await ok(cabinet.staff.put(f"{path}/horloge", json={}, headers=key()))
    await ok(cabinet.staff.post(f"{path}/suspension", json={"motif": "À sa demande."}, headers=key()))
    suspended = (await ok(cabinet.staff.get(path)))["suspended_at"]
    assert before <= datetime.fromisoformat(suspended) <= datetime.now(UTC)


async def test_no_movable_clock_on_a_real_installation(cabinet: Cabinet) -> None:
    services = cabinet.people.services
    services.settings = services.settings.model_copy(update={"movable_clock": False})
    body = cabinet.opening(horloge={"origine": "2026-01-05T08:00:00Z"})
    refused = await cabinet.client.post("/api/demarches", json=body, headers=key())
    assert (refused.status_code, refused.json()["code"]) == (403, "horloge_interdite")
    id_ = await cabinet.dossier()
    refused = await cabinet.staff.put(f"/api/demarches/{id_}/horloge", json={"facteur": 10}, headers=key())
    assert (refused.status_code, refused.json()["code"]) == (403, "horloge_interdite")
