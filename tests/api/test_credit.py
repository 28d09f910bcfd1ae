"""A loan over HTTP: figures that make no sense, an offer accepted twice, a bank that answers too late."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from store.base import now
from store.modele import publish
from store.session import session_scope
from store.tiers import Tiers
from store.utilisateur import Role
from tests.api.conftest import Cabinet, Json, key, ok
from tests.engine.livres import ROOT
from tests.people import Browser
from tests.relaying import drain
from workflows.engine.bundle import contents, from_folder
from workflows.relais import Relay

EMPRUNTEUR = {
    "nom": "Inès Martel",
    "revenus": 300_000,
    "statut_habitation": "heberge",
    "charges_logement_actuelles": 0,
}
PROJET = {
    "intitule": "Résidence principale",
    "nature": "achat",
    "type_logement": "residence_principale",
    "montant_projet": 20_000_000,
}
OFFRE = {"type_pret": "amortissable", "montant": 20_000_000, "taux": "3.20", "duree": 240}


@pytest_asyncio.fixture(loop_scope="session")
async def loans(cabinet: Cabinet) -> Cabinet:
    for modele in ("soumission_banque", "credit"):
        bundle = contents(from_folder(ROOT, ROOT / "process_templates" / f"{modele}.yaml").bundle)
        async with session_scope() as session:
            await publish(session, modele, bundle)
    return cabinet


async def asked(loans: Cabinet, tiers: Tiers | None = None) -> str:
    """A purchase just asked for, by the firm's usual client or another; its path."""
    body = {
        "modele": "credit",
        "tiers_id": str((tiers or loans.tiers).id),
        "phase": "dossier",
        "donnees": {"demande": {"type": "immobilier", "projet": "Acheter."}},
    }
    made = await ok(loans.staff.post("/api/demarches", json=body, headers=key()))
    return f"/api/demarches/{made['id']}"


async def opened(loans: Cabinet) -> str:
    """The same, whose borrower and project are told."""
    path = await asked(loans)
    await filled(loans, path, "emprunteur", EMPRUNTEUR)
    await passed(loans, path, "emprunteur")
    await filled(loans, path, "projet", PROJET)
    await added(loans, path, "besoins", {"nature": "acquisition", "montant": 20_000_000})
    return path


async def filled(loans: Cabinet, path: str, form: str, donnees: Json) -> Json:
    who = loans.client if form in ("emprunteur", "projet") else loans.staff
    return await ok(who.post(f"{path}/formulaires/{form}", json={"donnees": donnees}, headers=key()))


async def passed(loans: Cabinet, path: str, *etapes: str) -> None:
    for etape in etapes:
        await ok(
            loans.staff.post(f"{path}/etapes/{etape}/passage", json={"motif": "Déjà fait."}, headers=key())
        )


async def added(loans: Cabinet, path: str, collection: str, donnees: Json) -> str:
    line = await ok(
        loans.staff.post(f"{path}/collections/{collection}/lignes", json={"donnees": donnees}, headers=key())
    )
    return str(line["id"])


@pytest.mark.parametrize(
    ("form", "changed", "pointer"),
    [
        ("emprunteur", {"revenus": 0}, "/donnees/revenus"),
        ("simulation", {"duree": 0}, "/donnees/duree"),
        ("simulation", {"taux": "-1"}, "/donnees/taux"),
    ],
)
async def test_a_figure_that_cannot_be_is_refused_where_it_is_typed(
    loans: Cabinet, form: str, changed: dict[str, Any], pointer: str
) -> None:
    situation = form == "emprunteur"
    path = await (asked(loans) if situation else opened(loans))
    typed = {**(EMPRUNTEUR if situation else {"taux": "3.20", "duree": 240}), **changed}
    who = loans.client if situation else loans.staff
    refused = await who.post(f"{path}/formulaires/{form}", json={"donnees": typed}, headers=key())
    assert refused.status_code == 422, refused.text
    assert pointer in {each["pointer"] for each in refused.json()["errors"]}


@pytest.mark.parametrize(
    ("simulation", "sentence"),
    [
        ({"taux": "0", "duree": 240}, "Le taux est de 0"),
        ({"taux": "3.20", "duree": 12}, "supérieur à 100"),
        ({"taux": "3.20", "duree": 240, "differe": 60, "garantie": 25_000_000}, "Les frais dépassent"),
    ],
)
async def test_a_simulation_that_cannot_be_made_says_why(
    loans: Cabinet, simulation: dict[str, Any], sentence: str
) -> None:
    """No figure, one sentence, on both sides; never NaN."""
    path = await opened(loans)
    await filled(loans, path, "simulation", simulation)
    for browser in (loans.staff, loans.client):
        answer = await browser.get(path)
        [lecture] = [each for each in answer.json()["lectures"] if each["cle"] == "simulation"]
        assert sentence in lecture["valeur"]["refus"]
        figures = {each["cle"]: each["valeur"] for each in lecture["chiffres"]}
        assert figures["mensualite"] is figures["endettement"] is figures["taeg"] is None
        assert not re.search(r"NaN|Infinity", answer.text)


async def test_an_offer_is_accepted_once(loans: Cabinet) -> None:
    path = await opened(loans)
    recue = (now().date() - timedelta(days=15)).isoformat()
    offers = [
        await added(loans, path, "offres", {**OFFRE, "banque": banque, "recue_le": recue})
        for banque in ("Banque Azur", "Caisse du Rhône")
    ]

    async def accept(ligne: str) -> tuple[int, str]:
        answer = await loans.client.put(
            f"{path}/collections/offres/lignes/{ligne}/statut", json={"statut": "acceptee"}, headers=key()
        )
        return answer.status_code, answer.json().get("detail", "")

    assert (await accept(offers[0]))[0] == 200
    status, said = await accept(offers[0])
    assert (status, "déjà ce statut" in said) == (409, True), said
    status, said = await accept(offers[1])
    assert (status, "Une offre est déjà acceptée" in said) == (409, True), said
    [offres] = [each for each in (await ok(loans.client.get(path)))["collections"] if each["cle"] == "offres"]
    assert [ligne["statut"] for ligne in offres["lignes"]] == ["acceptee", "recue"]


async def test_a_bank_that_answers_once_the_case_is_closed(loans: Cabinet) -> None:
    """The file and its banks are given up: the answer is refused in words, and nothing changes."""
    path = await opened(loans)
    await added(loans, path, "banques", {"banque": "Banque Azur", "contact_principal": "Luc Petit"})
    await passed(loans, path, "projet", "preparation_mandat", "mandat", "pieces", "document")
    id_ = path.rpartition("/")[2]

    def children(seen: Json) -> list[Json]:
        return [child for etape in seen["etapes"] for child in etape["enfants"]]

    [child] = children(await loans.until(id_, children))
    bank = f"/api/demarches/{child['demarche_id']}"
    services = loans.people.services
    relay = Relay(await services.temporal.demarches(), services.keyring)
    await drain(relay)
    await passed(loans, bank, "envoi")
    await ok(loans.staff.post(f"{path}/annulation", json={"motif": "Le client renonce."}, headers=key()))
    await drain(relay)
    assert (await loans.view(child["demarche_id"]))["cycle"] == "annulee"
    answer = {"resultat": "offre", "recue_le": now().date().isoformat()}
    refused = await loans.staff.post(f"{bank}/evenements/reponse", json={"donnees": answer}, headers=key())
    assert (refused.status_code, "annulée" in refused.json()["detail"]) == (409, True), refused.text
    late = await loans.staff.post(
        f"{path}/collections/offres/lignes",
        json={"donnees": {**OFFRE, "banque": "Banque Azur", "recue_le": now().date().isoformat()}},
        headers=key(),
    )
    assert (late.status_code, "annulée" in late.json()["detail"]) == (409, True), late.text
    assert (await loans.view(id_))["cycle"] == "annulee"


CREDIT = {
    "nom": "Crédit auto", "preteur": "Banque Azur", "nature": "consommation", "capital_restant": 800_000,
    "mensualite": 25_000, "mois_restants": 36, "devenir": "conserve",
}  # fmt: skip


async def test_a_loan_told_in_one_file_is_known_in_the_next(loans: Cabinet) -> None:
    """CRE-25: the borrower's running loans are typed once; what became of one in a project is of that project."""
    first = await asked(loans)
    await added(loans, first, "credits", CREDIT)
    second = await asked(loans)

    async def known(browser: Browser, path: str = second) -> list[Json]:
        found: list[Json] = (await ok(browser.get(f"{path}/collections/credits/lignes/connues")))["items"]
        return found

    (line,) = await known(loans.staff)
    assert line["nom"] == "Crédit auto"
    assert line["donnees"] == {name: value for name, value in CREDIT.items() if name != "devenir"}
    assert await known(loans.client) == [line]
    # Somebody of the firm who does not see the first file is told nothing of it.
    _, colleague = await loans.people.staff(Role.CONSEILLER)
    assert (await colleague.get(f"{second}/collections/credits/lignes/connues")).status_code == 404
    # Another client's file tells nothing of it.
    neighbour = await loans.people.tiers("Sté Voisine", conseiller_id=loans.conseiller.id)
    assert await known(loans.staff, await asked(loans, neighbour)) == []
    # Once it is there, it is no longer proposed, even with what is left of it today.
    await added(loans, second, "credits", line["donnees"] | {"capital_restant": 750_000, "devenir": "repris"})
    assert await known(loans.staff) == []
    third = await asked(loans)
    # Told by two files, it is one loan: as the last of them says.
    assert [each["donnees"]["capital_restant"] for each in await known(loans.staff, third)] == [750_000]
    # Where the form takes nothing over, there is nothing to propose.
    none = await ok(loans.staff.get(f"{second}/collections/besoins/lignes/connues"))
    assert none["items"] == []


async def test_the_running_loans_are_known_to_the_file_of_debts(loans: Cabinet) -> None:
    bundle = contents(from_folder(ROOT, ROOT / "process_templates" / "dettes.yaml").bundle)
    async with session_scope() as session:
        await publish(session, "dettes", bundle)
    await added(loans, await asked(loans), "credits", CREDIT)
    body = {
        "modele": "dettes", "tiers_id": str(loans.tiers.id), "phase": "dossier",
        "donnees": {"demande": {"debiteur": "professionnel", "objectif": "difficultes"}},
    }  # fmt: skip
    made = await ok(loans.staff.post("/api/demarches", json=body, headers=key()))
    path = f"/api/demarches/{made['id']}/collections/dettes/lignes/connues"
    (line,) = (await ok(loans.staff.get(path)))["items"]
    assert line["donnees"] == {
        "nom": "Crédit auto", "creancier": "Banque Azur", "capital_restant_du": 800_000, "montant_echeance": 25_000,
    }  # fmt: skip
