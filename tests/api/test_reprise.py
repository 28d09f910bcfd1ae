"""A démarche opened from another: what it takes over, the link kept (PRV-12); what a client's record tells (CPR-06)."""

from __future__ import annotations

import json
import uuid
from typing import Any

from activities.publication import ROOT
from api import reprise
from store.tiers import Tiers, TypeTiers
from tests.api.conftest import Cabinet, key, ok
from tests.engine.livres import program
from tests.engine.test_credit import until


def form(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "forms" / f"{name}.schema.json").read_text("utf-8"))
    return found


def test_a_sick_leave_fills_the_claim_of_provident_insurance() -> None:
    answers = {
        "prenom": "Zoé", "nom_usage": "Martin", "date_debut": "2026-11-16", "recu_le": "2026-11-17",
        "circonstances": "Ne passe pas de l'un à l'autre.",
    }  # fmt: skip
    taken = reprise.of_demarche(
        form("sinistre_prevoyance_declaration"), "arret_travail", {"declaration": answers}
    )
    assert taken == {
        "assure": "Zoé Martin",
        "nature": "arret_travail",
        "date_survenance": "2026-11-16",
        "date_connaissance": "2026-11-17",
        "collectif": True,
        "beneficiaire": "Zoé Martin",
    }


def test_another_claim_on_the_same_contract_takes_the_contract_over() -> None:
    """SIN-10: contract, insurer, insured and property; what happened is another story."""
    answers = {
        "contrat": "MRH 4512", "compagnie": "Mutuelle du Rhône", "assure": "Nicole Garnier", "risque": "habitation",
        "nature": "Dégât des eaux", "evenement": "general", "date_survenance": "2026-10-14", "lieu": "Mérignac",
    }  # fmt: skip
    taken = reprise.of_demarche(form("sinistre_declaration"), "sinistre_dommages", {"declaration": answers})
    assert taken == {champ: answers[champ] for champ in ("contrat", "compagnie", "assure", "risque")}


def test_the_record_of_a_firm_fills_its_loan_and_a_person_is_not_guessed() -> None:
    firm = Tiers(nom="Atelier Verdier", type=TypeTiers.ENTREPRISE, siret="90000000900017")
    taken = reprise.of_client(form("credit_entreprise"), firm)
    assert taken == {"profil": "entreprise", "raison_sociale": "Atelier Verdier", "siren": "900000009"}
    person = Tiers(nom="Zoé Martin", type=TypeTiers.PARTICULIER)
    assert reprise.of_client(form("credit_entreprise"), person) == {}


def test_the_offer_accepted_fills_the_loan_and_the_loan_what_is_released() -> None:
    """CRE-24: nothing is typed again; before an offer is accepted there is nothing to take over."""
    credit = program("credit")
    waiting, _ = until(credit, "credit_immobilier", "offre")
    assert reprise.of_demarche(form("credit_pret_final"), "credit", reprise.answers_of(waiting)) == {}
    state, _ = until(credit, "credit_immobilier", "suivi")
    [day] = reprise.answers_of(state)["evenements"].keys() & {"acceptation"}
    taken = reprise.of_demarche(form("credit_pret_final"), "credit", reprise.answers_of(state))
    assert taken == {
        "banque": "Banque Azur", "type_pret": "amortissable", "montant": 20_000_000, "duree": 240, "taux": "3.20",
        "assurance": 2_400, "garantie": 260_000, "frais": 80_000,
        "acceptee_le": reprise.answers_of(state)["evenements"][day],
    }  # fmt: skip
    signed = state.model_copy(update={"donnees": {**state.donnees, "pret": taken}})
    released = reprise.of_demarche(form("credit_deblocage"), "credit", reprise.answers_of(signed))
    assert released == {"montant_debloque": 20_000_000}


async def test_a_demarche_opened_from_another_is_linked_to_it(cabinet: Cabinet) -> None:
    first = await cabinet.dossier()
    about = {"tiers": str(cabinet.tiers.id), "depuis": first}
    seen = await ok(cabinet.staff.get("/api/catalogue/embauche", params=about))
    assert seen["depuis_reference"] == (await cabinet.view(first))["reference"] and seen["repris"] == {}
    assert (await cabinet.client.get("/api/catalogue/embauche", params=about)).status_code == 403
    body = cabinet.opening(depuis=first)
    sent = key()
    for _ in range(2):
        answer = await cabinet.staff.post("/api/demarches", json=body, headers=sent)
        assert answer.status_code == 201, answer.text
    second = answer.json()["id"]

    async def linked(id_: str) -> list[tuple[str, bool]]:
        return [(one["id"], one["suite"]) for one in (await cabinet.view(id_))["liees"]]

    assert await linked(first) == [(second, True)] and await linked(second) == [(first, False)]
    assert (await ok(cabinet.client.get(f"/api/demarches/{first}")))["liees"] == []
    # Neither another client's, nor one that is not.
    other = await cabinet.people.tiers("Garage Petit")
    for wrong in (body | {"tiers_id": str(other.id)}, body | {"depuis": str(uuid.uuid4())}):
        assert (await cabinet.staff.post("/api/demarches", json=wrong, headers=key())).status_code == 404
