"""The debtor's page and the webhooks: what is said, what is refused, what becomes a fact (REC-28 to REC-30)."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from pydantic import SecretStr
from sqlmodel import select

from activities.publication import ROOT, check
from activities.stripe_checkout import sign
from store.modele import publish
from store.outbox import Sortie
from store.paiement import Paiement, StatutPaiement
from store.session import session_scope
from tests.api.conftest import Cabinet, Json, key, ok
from tests.fakes.stripe import KEY, WEBHOOK_SECRET, FakeStripe
from tests.people import Browser
from workflows.engine.bundle import contents, from_folder

CREANCE: dict[str, Any] = {
    "debiteur": "Menuiserie Aubert",
    "nature_debiteur": "professionnel",
    "debiteur_adresse": "27 rue du Port, 44000 Nantes",
    "debiteur_email": "compta@aubert.exemple.fr",
    "nature_creancier": "professionnel",
    "objet": "Travaux de peinture",
}


@pytest.fixture(scope="session")
def recouvrement() -> dict[str, Any]:
    resolved = from_folder(ROOT, ROOT / "process_templates" / "recouvrement.yaml")
    check(resolved)
    return contents(resolved.bundle)


@pytest.fixture
def stripe() -> Iterator[FakeStripe]:
    with FakeStripe() as server:
        yield server


@pytest_asyncio.fixture(loop_scope="session")
async def page(
    cabinet: Cabinet, recouvrement: dict[str, Any], stripe: FakeStripe
) -> AsyncIterator[tuple[Cabinet, str, str]]:
    """A debt of 1 240 € in its amicable phase: the firm, the démarche's id, the debtor's token."""
    services = cabinet.people.services
    before = services.settings
    services.settings = before.model_copy(
        update={
            "stripe_url": stripe.url,
            "stripe_key": SecretStr(KEY),
            "stripe_webhook_secret": SecretStr(WEBHOOK_SECRET),
        }
    )
    async with session_scope() as session:
        await publish(session, "recouvrement", recouvrement)
    opened = await ok(
        cabinet.staff.post(
            "/api/demarches",
            json={
                "modele": "recouvrement",
                "tiers_id": str(cabinet.tiers.id),
                "phase": "dossier",
                "donnees": {"creance": CREANCE},
            },
            headers=key(),
        )
    )
    id_ = opened["id"]
    facture = {"numero": "F-1", "montant": 124_000, "echeance": "2026-11-01"}
    await ok(
        cabinet.staff.post(
            f"/api/demarches/{id_}/collections/factures/lignes", json={"donnees": facture}, headers=key()
        )
    )
    given = await ok(cabinet.staff.post(f"/api/demarches/{id_}/lien-paiement", json={}))
    yield cabinet, id_, given["url"].rsplit("/", 1)[1]
    services.settings = before


async def begin(browser: Browser, token: str, montant: int) -> Json:
    return await ok(browser.post(f"/api/payer/{token}", json={"montant": montant}))


async def deliver(browser: Browser, event: dict[str, Any], **headers: str) -> Any:
    payload = json.dumps(event).encode()
    signature = sign(payload, WEBHOOK_SECRET, datetime.now(UTC))
    return await browser.post(
        "/api/paiements/stripe", content=payload, headers={"Stripe-Signature": signature} | headers
    )


async def facts(id_: str) -> int:
    async with session_scope() as session:
        rows = (await session.exec(select(Sortie).where(Sortie.kind == "paiement"))).all()
    return sum(str(row.demarche_id) == id_ for row in rows)


async def statut(paiement: str) -> StatutPaiement:
    async with session_scope() as session:
        found = (await session.exec(select(Paiement))).all()
    return next(p.statut for p in found if str(p.id) == paiement)


Page = tuple[Cabinet, str, str]


class TestPage:
    async def test_says_what_a_debtor_may_know_and_nothing_more(self, page: Page) -> None:
        cabinet, _, token = page
        seen = await ok(cabinet.people.browser().get(f"/api/payer/{token}"))
        assert set(seen) == {
            "cabinet",
            "telephone",
            "email",
            "creancier",
            "montant_du",
            "minimum",
            "maximum",
            "en_ligne",
        }
        assert (seen["creancier"], seen["montant_du"], seen["en_ligne"]) == (
            "Menuiserie Bellanger",
            124_000,
            True,
        )

    async def test_what_a_sending_claimed_may_be_paid_whatever_the_dossier_says(
        self, page: Page, stripe: FakeStripe
    ) -> None:
        """A reminder may count penalties that the dossier leaves out: the page takes the sum that it asked for."""
        cabinet, id_, token = page
        browser = cabinet.people.browser()
        skip = {"motif": "Dossier complet"}
        await ok(
            cabinet.staff.post(f"/api/demarches/{id_}/etapes/ouverture/passage", json=skip, headers=key())
        )
        form = f"/api/demarches/{id_}/formulaires/envois"
        await ok(cabinet.staff.post(form, json={"donnees": {"penalites": "inclure"}}, headers=key()))
        claimed = (await ok(browser.get(f"/api/payer/{token}")))["montant_du"]
        await ok(cabinet.staff.post(form, json={"donnees": {"penalites": "omettre"}}, headers=key()))
        seen = await ok(browser.get(f"/api/payer/{token}"))
        assert (seen["montant_du"], seen["maximum"]) == (124_000, claimed)
        assert claimed > 124_000
        await begin(browser, token, claimed)
        assert [session["amount_total"] for session in stripe.sessions.values()] == [claimed]

    async def test_a_part_may_be_paid_and_no_more_than_what_may_be_asked(
        self, page: Page, stripe: FakeStripe
    ) -> None:
        cabinet, _, token = page
        browser = cabinet.people.browser()
        begun = await begin(browser, token, 50_000)
        [session] = stripe.sessions.values()
        assert (session["amount_total"], session["client_reference_id"]) == (50_000, begun["paiement"])
        most = (await ok(browser.get(f"/api/payer/{token}")))["maximum"]
        for montant in (50, most + 1):
            refused = await browser.post(f"/api/payer/{token}", json={"montant": montant})
            assert refused.status_code == 422
            assert refused.json()["errors"][0]["pointer"] == "/montant"

    async def test_the_provider_away_debits_nothing(self, page: Page, stripe: FakeStripe) -> None:
        cabinet, _, token = page
        stripe.fail_with = 500
        answer = await cabinet.people.browser().post(f"/api/payer/{token}", json={"montant": 1_000})
        assert answer.status_code == 503
        assert "Rien n'a été débité" in answer.json()["detail"]

    async def test_a_link_replaced_or_made_up_opens_nothing(self, page: Page) -> None:
        cabinet, id_, token = page
        renewed = await ok(
            cabinet.staff.post(f"/api/demarches/{id_}/lien-paiement", json={"renouveler": True})
        )
        assert not renewed["url"].endswith(token)
        browser = cabinet.people.browser()
        assert (await browser.get(f"/api/payer/{token}")).status_code == 410
        assert (await browser.get(f"/api/payer/{'x' * 43}")).status_code == 404

    async def test_the_client_cannot_make_the_link(self, page: Page) -> None:
        cabinet, id_, _ = page
        answer = await cabinet.client.post(f"/api/demarches/{id_}/lien-paiement", json={})
        assert answer.status_code == 403


class TestWebhook:
    async def test_a_payment_becomes_a_line_of_the_account(self, page: Page, stripe: FakeStripe) -> None:
        cabinet, id_, token = page
        browser = cabinet.people.browser()
        begun = await begin(browser, token, 40_000)
        [session_id] = stripe.sessions
        event = stripe.event("checkout.session.completed", session_id, paid=True)
        assert (await deliver(browser, event)).json() == {"resultat": "enregistre"}
        assert await statut(begun["paiement"]) is StatutPaiement.PAYE
        state = await ok(browser.get(f"/api/payer/{token}/paiements/{begun['paiement']}"))
        assert state == {"montant": 40_000, "statut": "paye"}
        assert await facts(id_) == 1

    async def test_delivered_again_it_counts_once(self, page: Page, stripe: FakeStripe) -> None:
        cabinet, id_, token = page
        browser = cabinet.people.browser()
        await begin(browser, token, 40_000)
        [session_id] = stripe.sessions
        event = stripe.event("checkout.session.completed", session_id, paid=True)
        await deliver(browser, event)
        assert (await deliver(browser, event)).json() == {"resultat": "deja_recu"}
        other = stripe.event("checkout.session.async_payment_succeeded", session_id, paid=True)
        assert (await deliver(browser, other)).json() == {"resultat": "ignore"}
        assert await facts(id_) == 1

    async def test_completed_is_not_paid_and_order_does_not_matter(
        self, page: Page, stripe: FakeStripe
    ) -> None:
        cabinet, id_, token = page
        browser = cabinet.people.browser()
        begun = await begin(browser, token, 40_000)
        [session_id] = stripe.sessions
        pending = stripe.event("checkout.session.completed", session_id)
        expired = stripe.event("checkout.session.expired", session_id)
        paid = stripe.event("checkout.session.async_payment_succeeded", session_id, paid=True)
        late = stripe.event("checkout.session.expired", session_id)
        await deliver(browser, pending)
        assert await statut(begun["paiement"]) is StatutPaiement.EN_COURS
        assert await facts(id_) == 0
        await deliver(browser, expired)
        await deliver(browser, paid)
        assert (await deliver(browser, late)).json() == {"resultat": "ignore"}
        assert await statut(begun["paiement"]) is StatutPaiement.PAYE
        assert await facts(id_) == 1

    async def test_another_amount_or_currency_is_never_entered(self, page: Page, stripe: FakeStripe) -> None:
        cabinet, id_, token = page
        browser = cabinet.people.browser()
        begun = await begin(browser, token, 40_000)
        [session_id] = stripe.sessions
        await deliver(
            browser, stripe.event("checkout.session.completed", session_id, paid=True, amount_total=4_000_000)
        )
        assert await statut(begun["paiement"]) is StatutPaiement.ECART
        assert await facts(id_) == 0

    async def test_a_forged_or_old_event_is_refused(self, page: Page, stripe: FakeStripe) -> None:
        cabinet, id_, token = page
        browser = cabinet.people.browser()
        await begin(browser, token, 40_000)
        [session_id] = stripe.sessions
        event = stripe.event("checkout.session.completed", session_id, paid=True)
        payload = json.dumps(event).encode()
        now = datetime.now(UTC)
        for header in (
            "",
            "t=1,v1=" + "0" * 64,
            sign(payload, "whsec_autre", now),
            sign(payload, WEBHOOK_SECRET, now - timedelta(minutes=6)),
            sign(payload + b" ", WEBHOOK_SECRET, now),
        ):
            refused = await deliver(browser, event, **{"Stripe-Signature": header})
            assert refused.status_code == 400, header
            assert refused.json()["code"] == "signature_invalide"
        assert await facts(id_) == 0

    async def test_two_secrets_while_one_is_replaced(self, page: Page, stripe: FakeStripe) -> None:
        cabinet, _, token = page
        browser = cabinet.people.browser()
        await begin(browser, token, 40_000)
        [session_id] = stripe.sessions
        event = stripe.event("checkout.session.completed", session_id, paid=True)
        good = sign(json.dumps(event).encode(), WEBHOOK_SECRET, datetime.now(UTC))
        instant, _, signature = good.partition(",")
        answer = await deliver(browser, event, **{"Stripe-Signature": f"{instant},v1={'0' * 64},{signature}"})
        assert answer.json() == {"resultat": "enregistre"}

    async def test_what_is_of_no_use_is_answered_and_dropped(self, page: Page, stripe: FakeStripe) -> None:
        cabinet, id_, _ = page
        browser = cabinet.people.browser()
        for event in (
            {"id": "evt_1", "type": "customer.created", "data": {"object": {}}},
            {"id": "evt_2", "type": "checkout.session.completed", "data": {"object": {"id": "cs_x"}}},
            {"id": "evt_3", "type": "checkout.session.completed"},
        ):
            assert (await deliver(browser, event)).json() == {"resultat": "ignore"}
        assert await facts(id_) == 0
