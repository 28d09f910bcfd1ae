"""Outside events over HTTP: their form is read by the firm alone, an event is recorded once."""

from __future__ import annotations

import uuid

from store.modele import publish
from store.session import session_scope
from tests.api.conftest import Cabinet, key, ok
from tests.modeles_essai import essai

FORM = {
    "type": "object",
    "additionalProperties": False,
    "required": ["montant"],
    "properties": {"montant": {"type": "integer", "minimum": 1, "title": "Montant reçu"}},
}


async def test_an_event_with_its_form(cabinet: Cabinet) -> None:
    modele = f"essai_{uuid.uuid4().hex[:8]}"
    bundle = essai(
        modele=modele,
        formulaires={"reglement": "reglement"},
        etapes=[
            {
                "cle": "attente",
                "titre": "Attente du paiement",
                "evenements": [
                    {"cle": "paiement", "titre": "Paiement", "de": "manager", "formulaire": "reglement"}
                ],
            },
            {"cle": "fin", "titre": "Fin", "terminee": "manuelle"},
        ],
    )
    bundle["forms"] = {"reglement": FORM}
    async with session_scope() as session:
        await publish(session, modele, bundle)
    body = {"modele": modele, "tiers_id": str(cabinet.tiers.id), "phase": "dossier"}
    opened = await ok(cabinet.staff.post("/api/demarches", json=body, headers=key()))
    root = f"/api/demarches/{opened['id']}"

    form = await ok(cabinet.staff.get(f"{root}/formulaires/reglement"))
    assert (form["titre"], form["schema"]["required"]) == ("Paiement", ["montant"])
    assert (await cabinet.client.get(f"{root}/formulaires/reglement")).status_code == 403

    wrong = await cabinet.staff.post(
        f"{root}/evenements/paiement", json={"donnees": {"montant": 0}}, headers=key()
    )
    assert wrong.status_code == 422 and wrong.json()["errors"][0]["pointer"] == "/donnees/montant"
    [awaited] = (await cabinet.view(opened["id"]))["evenements"]
    assert (awaited["statut"], awaited["enregistrable"]) == ("attendu", True)

    path, told = f"{root}/evenements/paiement", {"donnees": {"montant": 1200}}
    await ok(cabinet.staff.post(path, json=told, headers=key()))
    view = await cabinet.view(opened["id"])
    assert [event["statut"] for event in view["evenements"]] == ["recu"]
    assert [etape["statut"] for etape in view["etapes"]] == ["valide", "en_cours"]
    again = await cabinet.staff.post(path, json=told, headers=key())
    assert (again.status_code, again.json()["code"]) == (409, "evenement_deja_recu")
