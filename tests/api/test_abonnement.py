"""What the subscription of a client includes, and what is asked of them outside of it (DEM-11)."""

from sqlmodel import select

from store.audit import Audit
from store.session import session_scope
from tests.api.conftest import Cabinet, declaration, key, ok
from tests.people import Browser


async def test_what_a_subscription_leaves_out_takes_consent(cabinet: Cabinet) -> None:
    """DEM-11: without a subscription nothing changes; outside of it, the client agrees to the price first."""
    id_ = cabinet.tiers.id

    async def included(by: Browser = cabinet.client) -> bool | None:
        found: bool | None = (await ok(by.get("/api/catalogue/embauche", params={"tiers": str(id_)})))[
            "inclus"
        ]
        return found

    async def regle(inclus: list[str] | None) -> None:
        body = {"prestations_incluses": inclus}
        assert await ok(cabinet.staff.put(f"/api/tiers/{id_}/abonnement", json=body)) == body

    assert await included() is None
    await regle(["sortie_salarie"])
    assert (await included(), await included(cabinet.staff)) == (False, False)
    wanted = {"modele": "embauche", "tiers_id": str(id_), "donnees": {"declaration": declaration()}}
    headers = key()
    refused = await cabinet.client.post("/api/demarches", json=wanted, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "hors_abonnement")
    assert "sera facturée au tarif en vigueur" in refused.json()["detail"]
    opened = await cabinet.client.post("/api/demarches", json=wanted | {"accord": True}, headers=headers)
    assert opened.status_code == 201, opened.text
    async with session_scope() as session:
        rows = (await session.exec(select(Audit).where(Audit.objet_id == opened.json()["id"]))).all()
    assert [row.detail.get("accord") for row in rows if row.action == "demarche.ouvrir"] == [True]
    await regle(["embauche"])
    assert await included() is True
    await regle(None)
    assert await included() is None
    wrong = await cabinet.client.put(f"/api/tiers/{id_}/abonnement", json={"prestations_incluses": []})
    assert wrong.status_code == 403
