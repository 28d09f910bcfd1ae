"""Lines of collections over HTTP: added by who keeps them, changed with the version read, refused in French."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator

import pytest_asyncio

from store.modele import publish
from store.session import session_scope
from tests.api.conftest import Cabinet, key, ok
from tests.engine.test_collections import FACTURE, HERE
from tests.people import Browser
from workflows.engine.bundle import contents, from_folder


class Recouvrement:
    """A démarche that keeps invoices, seen by its adviser and by its client."""

    def __init__(self, staff: Browser, client: Browser, root: str) -> None:
        self.staff, self.client, self.root = staff, client, root
        self.lines = f"{root}/collections/factures/lignes"

    async def names(self) -> list[str]:
        """Of the invoices there are."""
        read = (await ok(self.client.get(self.root)))["collections"]
        return [line["nom"] for c in read if c["cle"] == "factures" for line in c["lignes"]]


@pytest_asyncio.fixture(loop_scope="session")
async def dossier(cabinet: Cabinet) -> AsyncIterator[Recouvrement]:
    file = HERE / "modeles_justes" / "collections.yaml"
    bundle = contents(from_folder(HERE / "modeles_racine", file).bundle)
    modele = f"essai_{uuid.uuid4().hex[:8]}"
    bundle["modele"]["modele"] = modele
    async with session_scope() as session:
        await publish(session, modele, bundle)
    staff = await cabinet.people.login(cabinet.conseiller)
    client = (await cabinet.people.client(cabinet.tiers))[1]
    body = {"modele": modele, "tiers_id": str(cabinet.tiers.id), "phase": "dossier"}
    opened = await ok(staff.post("/api/demarches", json=body, headers=key()))
    yield Recouvrement(staff, client, f"/api/demarches/{opened['id']}")


async def test_the_life_of_a_line(dossier: Recouvrement) -> None:
    once = key()
    added = await dossier.client.post(dossier.lines, json={"donnees": FACTURE}, headers=once)
    assert added.status_code == 201
    id_ = added.json()["id"]
    again = await dossier.client.post(dossier.lines, json={"donnees": FACTURE}, headers=once)
    assert again.json() == added.json(), "the same key adds one line"

    read = (await ok(dossier.client.get(dossier.root)))["collections"]
    (factures,) = (c for c in read if c["cle"] == "factures")
    assert factures["schema"]["title"] == "Facture" and factures["gerable"]
    assert [(line["id"], line["nom"], line["calcule"]["reste"]) for line in factures["lignes"]] == [
        (id_, "F1", 120000)
    ]

    line = f"{dossier.lines}/{id_}"
    changed = {"donnees": FACTURE | {"montant": 5}, "version": 1}
    await ok(dossier.client.put(line, json=changed, headers=key()))
    stale = await dossier.staff.put(line, json=changed | {"donnees": FACTURE | {"montant": 6}}, headers=key())
    assert (stale.status_code, stale.json()["code"]) == (409, "version_perimee")
    # « Payée » is the firm's to say.
    paid = {"statut": "payee"}
    assert (await dossier.client.put(f"{line}/statut", json=paid, headers=key())).status_code == 403
    await ok(dossier.staff.put(f"{line}/statut", json=paid, headers=key()))
    gone = await dossier.staff.request("DELETE", line, json={"motif": "Erreur"}, headers=key())
    assert gone.status_code == 200
    gone = await dossier.staff.request("DELETE", line, json={"motif": "Erreur"}, headers=key())
    assert (gone.status_code, gone.json()["code"]) == (404, "ligne_inconnue")


async def test_fields_at_fault_are_pointed_at(dossier: Recouvrement) -> None:
    wrong = await dossier.client.post(
        dossier.lines, json={"donnees": FACTURE | {"montant": 0}}, headers=key()
    )
    assert wrong.status_code == 422
    assert [error["pointer"] for error in wrong.json()["errors"]] == ["/donnees/montant"]


async def test_several_lines_come_together_or_not_at_all(dossier: Recouvrement) -> None:
    lot = f"{dossier.lines}/ensemble"
    two = [FACTURE | {"numero": "L1"}, FACTURE | {"numero": "L2", "montant": 0}]
    wrong = await dossier.client.post(lot, json={"lignes": two}, headers=key())
    assert wrong.status_code == 422
    assert [error["pointer"] for error in wrong.json()["errors"]] == ["/lignes/1/montant"]
    assert await dossier.names() == []
    two[1] = FACTURE | {"numero": "L2"}
    again = key()
    first = await ok(dossier.client.post(lot, json={"lignes": two}, headers=again))
    assert await ok(dossier.client.post(lot, json={"lignes": two}, headers=again)) == first
    assert await dossier.names() == ["L1", "L2"]


async def test_who_only_reads_is_refused_and_who_sees_nothing_learns_nothing(dossier: Recouvrement) -> None:
    payments = f"{dossier.root}/collections/paiements/lignes"
    assert (await dossier.client.post(payments, json={"donnees": {}}, headers=key())).status_code == 403
    unknown = f"{dossier.root}/collections/inconnue/lignes"
    assert (await dossier.client.post(unknown, json={"donnees": {}}, headers=key())).status_code == 404
    assert (await dossier.staff.post(unknown, json={"donnees": {}}, headers=key())).status_code == 404
