"""A provident claim over HTTP: the employee follows their benefits, the employer reads none (PRV-08 to PRV-13)."""

from __future__ import annotations

import json
import re

import pytest_asyncio

from store.modele import publish
from store.session import session_scope
from tests.api.conftest import Cabinet, Json, key, nir, ok, png
from tests.engine.livres import ROOT
from tests.people import Browser
from workflows.engine.bundle import contents, from_folder

EMPLOYEE = "zoe.martin@exemple.fr"
MODELE = "sinistre_prevoyance"
NOM = "Rente complémentaire"
SECRETS = ("98700", "66.37", NOM, "bulletin.png", "RIB", "hospitalisation")
"""Amounts, rate, name of the benefit, pièce and words of the employee: nothing of it may reach the employer."""


@pytest_asyncio.fixture(loop_scope="session")
async def prevoyance(cabinet: Cabinet) -> Cabinet:
    bundle = contents(from_folder(ROOT, ROOT / "process_templates" / f"{MODELE}.yaml").bundle)
    async with session_scope() as session:
        await publish(session, MODELE, bundle)
    return cabinet


def declaration(*, collectif: bool) -> Json:
    common = {
        "contrat": "Prévoyance Collective 77",
        "assure": "Zoé Martin",
        "nature": "arret_travail",
        "date_survenance": "2026-01-05",
        "circonstances": "Arrêt de travail.",
        "collectif": collectif,
    }
    return common | {"beneficiaire": "Zoé Martin", "beneficiaire_email": EMPLOYEE} if collectif else common


async def opened(cabinet: Cabinet, *, collectif: bool = True) -> str:
    body = {
        "modele": MODELE,
        "tiers_id": str(cabinet.tiers.id),
        "donnees": {"declaration": declaration(collectif=collectif)},
    }
    id_: str = (await ok(cabinet.client.post("/api/demarches", json=body, headers=key())))["id"]
    await ok(cabinet.staff.post(f"/api/demarches/{id_}/validation", json={}, headers=key()))
    return id_


async def told(browser: Browser, path: str, donnees: Json) -> Json:
    return await ok(browser.post(path, json={"donnees": donnees}, headers=key()))


async def paid(cabinet: Cabinet, employee: Browser, id_: str) -> str:
    """From the employee's part to a first payment; the path of a file that the employee deposited."""
    root = f"/api/demarches/{id_}"
    sheet = {
        "date_naissance": "1990-04-02",
        "nir": nir("2900469001001"),
        "iban": "FR7630006000011234567890189",
        "sante": "hospitalisation",
    }
    await told(employee, f"{root}/formulaires/beneficiaire_infos", sheet)
    await ok(
        employee.post(
            f"{root}/pieces/arret_travail/depots",
            files=[("fichiers", ("bulletin.png", png(), "image/png"))],
            headers=key(),
        )
    )
    for etape in ("declaration", "instruction"):
        await ok(
            cabinet.staff.post(f"{root}/etapes/{etape}/passage", json={"motif": "Déjà fait."}, headers=key())
        )
    decision = {
        "decision": "acceptee",
        "date_reconnaissance": "2026-02-01",
        "nature_prestation": "rente",
        "taux_retenu": "66.37",
    }
    await told(cabinet.staff, f"{root}/formulaires/reconnaissance", decision)
    prestation = {
        "nom": NOM,
        "beneficiaire": "Zoé Martin",
        "type": "rente_invalidite",
        "taux": "66.37",
        "montant": 98700,
        "debut": "2026-01-01",
        "periodicite": "mois",
    }
    await told(cabinet.staff, f"{root}/collections/prestations/lignes", prestation)
    versement = {
        "prestation": NOM,
        "date_reglement": "2026-02-03",
        "periode_debut": "2026-01-01",
        "periode_fin": "2026-01-31",
        "montant": 98700,
    }
    await told(cabinet.staff, f"{root}/collections/versements/lignes", versement)
    seen = await cabinet.view(id_, employee)
    (arret,) = (piece for piece in seen["pieces"] if piece["id"].startswith("arret_travail"))
    return f"/api/fichiers/{arret['versions'][0]['files'][0]['id']}"


def collection(seen: Json, cle: str) -> Json:
    return next(each for each in seen["collections"] if each["cle"] == cle)


async def test_the_employer_reads_nothing_of_the_employee(prevoyance: Cabinet) -> None:
    cabinet = prevoyance
    id_ = await opened(cabinet)
    root = f"/api/demarches/{id_}"
    employee = await cabinet.participant(id_)
    file = await paid(cabinet, employee, id_)

    seen = await cabinet.view(id_, cabinet.client)
    assert seen["collections"] == seen["lectures"] == seen["onglets"] == seen["chiffres"] == []
    assert [piece["id"] for piece in seen["pieces"]] == ["attestation_salaire"]
    assert {each["formulaire"] for each in seen["donnees"]} == {"declaration"}
    assert "prestations" not in {etape["cle"] for etape in seen["etapes"]}
    assert seen["badge"] is None
    read: list[str] = [json.dumps(seen, ensure_ascii=False)]
    for path in (
        f"{root}/journal?limite=100",
        "/api/demarches",
        "/api/notifications",
        "/api/documents",
        f"{root}/formulaires/declaration",
    ):
        answer = await cabinet.client.get(path)
        assert answer.status_code in (200, 403), path
        read.append(answer.text)
    for secret in SECRETS:
        assert not [text[:80] for text in read if re.search(rf"\b{re.escape(secret)}\b", text)], secret

    # Whatever is added to the API: no address that may be read about this démarche says a word of it either.
    routes = (await ok(cabinet.client.get("/api/openapi.json")))["paths"]
    about = [
        path
        for path, verbs in routes.items()
        if "get" in verbs and re.findall(r"{(\w+)}", path) == ["demarche_id"]
    ]
    assert f"{root}/journal".replace(id_, "{demarche_id}") in about
    for path in about:
        answer = await cabinet.client.get(path.replace("{demarche_id}", id_))
        told_of = [secret for secret in SECRETS if re.search(rf"\b{re.escape(secret)}\b", answer.text)]
        assert not told_of, (path, told_of)

    assert (await cabinet.client.get(file)).status_code in (403, 404)
    for nom in ("beneficiaire_infos", "reconnaissance", "garanties"):
        assert (await cabinet.client.get(f"{root}/formulaires/{nom}")).status_code in (403, 404), nom
    refused = await cabinet.client.post(
        f"{root}/collections/demandes/lignes", json={"donnees": {"objet": "x", "message": "y"}}, headers=key()
    )
    assert refused.status_code in (403, 404)


async def test_the_employee_reads_benefits_and_payments(prevoyance: Cabinet) -> None:
    cabinet = prevoyance
    id_ = await opened(cabinet)
    employee = await cabinet.participant(id_)
    file = await paid(cabinet, employee, id_)
    seen = await cabinet.view(id_, employee)
    (prestation,) = collection(seen, "prestations")["lignes"]
    assert (prestation["calcule"]["verse"], prestation["calcule"]["montant_du_jour"]) == (98700, 98700)
    assert prestation["calcule"]["prochain"] == "2026-02-28"
    assert collection(seen, "versements")["totaux"] == [
        {"libelle": "Total versé", "valeur": 98700, "format": "montant"}
    ]
    assert {tab["cle"] for tab in seen["onglets"]} == {"synthese", "intervenants", "details", "prestations"}
    assert {"declaration", "reconnaissance", "prestations", "clos"} <= {
        etape["cle"] for etape in seen["etapes"]
    }
    assert [piece["id"] for piece in seen["pieces"] if piece["id"] == "attestation_salaire"] == []
    assert (await employee.get(file)).status_code == 200


async def test_a_payment_that_cannot_be_is_refused_in_a_sentence(prevoyance: Cabinet) -> None:
    """The insurer's payments of two same days: what the rule says, without the name of a calculation."""
    id_ = await opened(prevoyance)
    await paid(prevoyance, await prevoyance.participant(id_), id_)
    again = {
        "prestation": NOM,
        "date_reglement": "2026-02-20",
        "periode_debut": "2026-01-15",
        "periode_fin": "2026-02-15",
        "montant": 98700,
    }
    refused = await prevoyance.staff.post(
        f"/api/demarches/{id_}/collections/versements/lignes", json={"donnees": again}, headers=key()
    )
    assert refused.status_code == 409
    assert refused.json()["detail"] == "Deux versements couvrent les mêmes jours, à partir du 15/01/2026."


async def test_a_client_insured_in_person_is_the_beneficiary(prevoyance: Cabinet) -> None:
    """PRV-10: the same information without a second person; what is asked of the beneficiary is asked of the client."""
    cabinet = prevoyance
    id_ = await opened(cabinet, collectif=False)
    seen = await cabinet.view(id_, cabinet.client)
    assert seen["participants"] == []
    assert {piece["id"] for piece in seen["pieces"] if piece["a_moi"]} >= {
        "arret_travail",
        "attestation_salaire",
    }
    await paid(cabinet, cabinet.client, id_)
    seen = await cabinet.view(id_, cabinet.client)
    assert seen["badge"]["libelle"] == "Prestations en cours"
    assert collection(seen, "versements")["lignes"][0]["donnees"]["montant"] == 98700


async def test_a_client_reads_the_badge_and_the_firm_the_status(prevoyance: Cabinet) -> None:
    """SIN-13, CRE-27: in their lists, as on the page itself."""
    id_ = await opened(prevoyance)

    async def line(browser: Browser) -> Json:
        items = (await ok(browser.get(f"/api/demarches?modele={MODELE}&taille=200")))["items"]
        found: Json = next(item for item in items if item["id"] == id_)
        return found

    seen = await line(prevoyance.client)
    assert (seen["statut_libelle"], seen["statut_couleur"]) == ("En cours d'instruction", "gris")
    assert (await line(prevoyance.staff))["statut_libelle"] == "Déclaration en retard"
    page = await ok(prevoyance.client.get(f"/api/demarches/{id_}"))
    assert page["badge"]["libelle"] == "En cours d'instruction"
