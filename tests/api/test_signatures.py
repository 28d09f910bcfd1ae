"""A mandate signed online: sent once, its webhooks believed only when signed, its copy filed (CRE-21)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
from pydantic import SecretStr
from sqlmodel import select

from activities.send_signature import signature_places
from activities.yousign import sign
from store.modele import publish
from store.session import session_scope
from store.signature import Signature, StatutSignature
from tests.api.conftest import Cabinet, Json, key, ok
from tests.engine.livres import ROOT
from tests.fakes.yousign import KEY, WEBHOOK_SECRET, FakeYousign
from tests.reglages import regle
from tests.relaying import drain
from workflows.engine.bundle import contents, from_folder
from workflows.relais import Relay

PATIENCE_S = 150.0

pytestmark = pytest.mark.timeout(300)
ENTREPRISE = {
    "profil": "entreprise",
    "raison_sociale": "Menuiserie Bellanger",
    "siren": "732829320",
    "dirigeant": "Anne Bellanger",
    "chiffre_affaires": 48_500_000,
}
PROJET = {
    "intitule": "Scie à panneaux",
    "type": "materiel_pro",
    "montant_projet": 6_400_000,
    "duree": 60,
    "designation": "Scie à panneaux",
    "duree_amortissement": 60,
}


@pytest.fixture
def yousign() -> Iterator[FakeYousign]:
    """A signature service on this machine, which the API and the worker are set to use."""
    with FakeYousign() as server:
        given = {
            "ELASKA_YOUSIGN_URL": server.url,
            "ELASKA_YOUSIGN_KEY": KEY,
            "ELASKA_YOUSIGN_WEBHOOK_SECRET": WEBHOOK_SECRET,
        }
        with regle(**given):
            yield server


@dataclass
class Mandat:
    """A loan whose mandate is ready to be sent to its signer."""

    cabinet: Cabinet
    yousign: FakeYousign
    id: str
    document: str

    @property
    def path(self) -> str:
        return f"/api/demarches/{self.id}"

    async def seen(self) -> Json:
        return await ok(self.cabinet.staff.get(self.path))

    async def sent(self) -> str:
        """Send it; the id of the sending at the service."""
        await ok(
            self.cabinet.staff.post(
                f"{self.path}/documents/{self.document}/signature", headers=key(), json={}
            )
        )
        return str(await until(lambda: self.yousign.active[0] if self.yousign.active else None))

    async def told(self, event: Json, **headers: str) -> Any:
        """The service's webhook."""
        payload = json.dumps(event).encode()
        signed = {"X-Yousign-Signature-256": sign(payload, WEBHOOK_SECRET)} | headers
        return await self.cabinet.people.browser().post(
            "/api/signatures/yousign", content=payload, headers=signed
        )

    async def statuts(self) -> list[str]:
        listed = await ok(self.cabinet.staff.get(f"{self.path}/signatures"))
        return [item["statut"] for item in listed["items"]]

    async def event(self) -> str:
        events = (await self.seen())["evenements"]
        return next(str(each["statut"]) for each in events if each["cle"] == "signature")


async def until(read: Callable[[], Any]) -> Any:
    """Wait until what is read, directly or by an awaitable, is there."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            found = read()
            found = await found if asyncio.iscoroutine(found) else found
            if found:
                return found
            await asyncio.sleep(0.1)


@pytest_asyncio.fixture(loop_scope="session")
async def mandat(cabinet: Cabinet, yousign: FakeYousign) -> AsyncIterator[Mandat]:
    bundle = contents(from_folder(ROOT, ROOT / "process_templates" / "credit.yaml").bundle)
    services = cabinet.people.services
    before = services.settings
    services.settings = before.model_copy(
        update={
            "yousign_url": yousign.url,
            "yousign_key": SecretStr(KEY),
            "yousign_webhook_secret": SecretStr(WEBHOOK_SECRET),
        }
    )
    async with session_scope() as session:
        await publish(session, "credit", bundle)
    opening = {
        "modele": "credit",
        "tiers_id": str(cabinet.tiers.id),
        "phase": "dossier",
        "donnees": {"demande": {"type": "professionnel", "projet": "Remplacer la scie."}},
    }
    id_ = (await ok(cabinet.staff.post("/api/demarches", json=opening, headers=key())))["id"]
    path = f"/api/demarches/{id_}"
    for form, donnees, who in (
        ("entreprise", ENTREPRISE, cabinet.client),
        ("projet_pro", PROJET, cabinet.client),
        ("mandat", {"honoraires": 95_000, "statut": "genere"}, cabinet.staff),
    ):
        await ok(who.post(f"{path}/formulaires/{form}", json={"donnees": donnees}, headers=key()))
        for tache in (await ok(cabinet.staff.get(path)))["taches"]:
            if tache["statut"] == "a_faire" and tache["document"] is None:
                for rank in range(len(tache["checklist"])):
                    await ok(
                        cabinet.staff.put(
                            f"{path}/taches/{tache['id']}/checklist/{rank}",
                            json={"fait": True},
                            headers=key(),
                        )
                    )
                await ok(cabinet.staff.post(f"{path}/taches/{tache['id']}/fin", json={}, headers=key()))
    await ok(cabinet.staff.post(f"{path}/documents", json={"document": "mandat"}, headers=key()))

    async def ready() -> str | None:
        documents = (await ok(cabinet.staff.get(path)))["documents"]
        return next((d["id"] for d in documents if d["statut"] == "disponible" and d["a_signer"]), None)

    yield Mandat(cabinet, yousign, id_, await until(ready))
    services.settings = before


async def test_signed_online_the_copy_is_filed_and_the_step_goes_on(mandat: Mandat) -> None:
    sending = await mandat.sent()
    request = mandat.yousign.requests[sending]
    [signer], [pdf] = request["signers"], request["documents"].values()
    place = signature_places(pdf)["emprunteur"]
    assert signer["info"]["email"] == mandat.cabinet.manager.email
    assert [(f["page"], f["x"], f["y"]) for f in signer["fields"]] == [(place.page, place.x, place.y)]
    await until(lambda: _is(mandat.statuts(), ["en_cours"]))
    again = await mandat.cabinet.staff.post(
        f"{mandat.path}/documents/{mandat.document}/signature", headers=key(), json={}
    )
    assert (again.status_code, again.json()["code"]) == (409, "signature_en_cours")

    event = mandat.yousign.sign(sending)
    assert (await mandat.told(event)).json() == {"resultat": "enregistre"}
    services = mandat.cabinet.people.services
    await drain(Relay(await services.temporal.demarches(), services.keyring))
    assert await mandat.event() == "recu"
    seen = await mandat.seen()
    piece = next(p for p in seen["pieces"] if p["id"] == "mandat_signe")
    assert piece["statut"] == "valide"
    file = piece["versions"][-1]["files"][0]
    signed = await mandat.cabinet.client.get(f"/api/fichiers/{file['id']}")
    assert signed.content == mandat.yousign.requests[sending]["signed"]
    told = {
        field["champ"]: field["valeur"]
        for form in seen["donnees"]
        if form["formulaire"] == "mandat"
        for field in form["champs"]
    }
    assert (told["mandat.statut"], told["mandat.mode_signature"]) == ("Signé", "Électronique")
    # The same event again, another one that says the same, an older one: nothing moves.
    assert (await mandat.told(event)).json() == {"resultat": "deja_recu"}
    other = mandat.yousign.event("signature_request.done", sending)
    late = mandat.yousign.event("signature_request.expired", sending)
    assert (await mandat.told(other)).json() == {"resultat": "ignore"}
    assert (await mandat.told(late)).json() == {"resultat": "ignore"}
    assert await mandat.statuts() == ["signe"]


async def test_a_forged_event_is_refused_and_one_about_another_sending_ignored(mandat: Mandat) -> None:
    sending = await mandat.sent()
    event = mandat.yousign.sign(sending)
    payload = json.dumps(event).encode()
    for header in (
        "",
        "sha256=",
        "sha256=" + "0" * 64,
        sign(payload, "autre"),
        sign(payload + b" ", WEBHOOK_SECRET),
    ):
        refused = await mandat.told(event, **{"X-Yousign-Signature-256": header})
        assert (refused.status_code, refused.json()["code"]) == (400, "signature_invalide"), header
    request = event["data"]["signature_request"]
    for changed in (
        {"id": "inconnu"},
        {"external_id": "x"},
        {"external_id": "00000000-0000-0000-0000-000000000001"},
    ):
        other = {**event, "event_id": f"e{changed}", "data": {"signature_request": {**request, **changed}}}
        assert (await mandat.told(other)).json() == {"resultat": "ignore"}
    assert (await mandat.told({"event_id": "e1", "event_name": "signer.done", "data": {}})).json() == {
        "resultat": "ignore"
    }
    assert await mandat.event() == "attendu"


async def test_refused_by_the_signer_it_may_be_sent_again_or_signed_by_hand(mandat: Mandat) -> None:
    sending = await mandat.sent()
    declined = mandat.yousign.event("signature_request.declined", sending)
    assert (await mandat.told(declined)).json() == {"resultat": "enregistre"}
    activated = mandat.yousign.event("signature_request.activated", sending)
    assert (await mandat.told(activated)).json() == {"resultat": "ignore"}
    assert await mandat.statuts() == ["refuse"]
    inbox = await ok(mandat.cabinet.staff.get("/api/notifications"))
    assert any("refusée par un signataire" in item["texte"] for item in inbox["items"])
    assert await mandat.event() == "attendu"
    await mandat.sent()
    await until(lambda: _is(mandat.statuts(), ["en_cours", "refuse"]))


async def test_a_service_away_or_an_answer_lost_asks_nobody_twice(mandat: Mandat) -> None:
    mandat.yousign.answers = [503, 429]
    mandat.yousign.lost = "activate"
    await mandat.sent()
    await until(lambda: _is(mandat.statuts(), ["en_cours"]))
    assert len(mandat.yousign.active) == 1


async def test_the_copy_not_to_be_had_yet_the_event_comes_again(mandat: Mandat) -> None:
    sending = await mandat.sent()
    event = mandat.yousign.sign(sending)
    mandat.yousign.answers = [500]
    assert (await mandat.told(event)).status_code == 503
    assert (await mandat.told(event)).json() == {"resultat": "enregistre"}


async def test_without_a_service_the_copy_signed_by_hand_stands_for_it(mandat: Mandat) -> None:
    services = mandat.cabinet.people.services
    services.settings = services.settings.model_copy(update={"yousign_key": None})
    refused = await mandat.cabinet.staff.post(
        f"{mandat.path}/documents/{mandat.document}/signature", headers=key(), json={}
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "signature_non_configuree")
    assert "dépose l'exemplaire signé" in refused.json()["detail"]
    assert (await ok(mandat.cabinet.staff.get(f"{mandat.path}/signatures")))["en_ligne"] is False
    pdf = next(d for d in (await mandat.seen())["documents"] if d["id"] == mandat.document)["file"]
    content = (await mandat.cabinet.staff.get(f"/api/fichiers/{pdf['id']}")).content
    await ok(
        mandat.cabinet.client.post(
            f"{mandat.path}/pieces/mandat_signe/depots",
            files={"fichiers": ("mandat.pdf", content, "application/pdf")},
            headers=key(),
        )
    )
    await ok(
        mandat.cabinet.staff.post(f"{mandat.path}/pieces/mandat_signe/validation", json={}, headers=key())
    )
    assert await mandat.event() == "recu"
    async with session_scope() as session:
        rows = (await session.exec(select(Signature))).all()
    assert StatutSignature.SIGNE not in {row.statut for row in rows}


async def _is(read: Any, expected: object) -> bool:
    found: object = await read
    return found == expected
