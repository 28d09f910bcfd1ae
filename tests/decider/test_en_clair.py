"""What the ledger keeps in clear of an effect holds no value of the dossier; the journal, encrypted, has it whole."""

from __future__ import annotations

import json
import uuid
from base64 import b64encode
from typing import Any

import pytest
from sqlmodel import col, update

from activities.effects import carry_out
from store.crypto import place
from store.demarche import Effet
from store.session import session_scope
from tests.bureau import Bureau
from tests.decider.test_sms import FICHE, modele
from tests.reglages import regle

FAULTY = "Bonjour {{ prenom | euros }}"
MAIL = (
    "sujet: Rappel\n---\n<mjml><mj-body><mj-section><mj-column><mj-text>" + FAULTY + "</mj-text>"
    "</mj-column></mj-section></mj-body></mjml>"
)


def contents(document: str) -> dict[str, Any]:
    """An étape whose mail and SMS read a name as an amount, and whose document is the one given."""
    told = modele(FAULTY, "debiteur")
    told["modele"]["documents"] = {"lettre": {"titre": "Lettre pour Zoé Martin", "modele": "lettre.html.j2"}}
    told["modele"]["etapes"][0]["automatisations"].append({"document": "lettre"})
    return told | {"mails": {"rappel": MAIL}, "documents": {"lettre.html.j2": document}}


async def asked(bureau: Bureau, document: str) -> dict[str, str]:
    """A démarche whose first étape wants the three; their rows, by kind."""
    await bureau.publish(contents(document))
    demarche_id = uuid.uuid4()
    await bureau.decide(demarche_id, bureau.opening(donnees={"fiche": FICHE}), 0)
    return {row["kind"]: str(row["id"]) for row in await bureau.rows(Effet, demarche_id)}


async def kept(effect: str) -> tuple[str | None, str]:
    """What the row says of a fault, and all that it keeps of the outcome."""
    async with session_scope() as session:
        row = await session.get_one(Effet, uuid.UUID(effect))
        return row.erreur, json.dumps(row.resultat, ensure_ascii=False)


@pytest.mark.parametrize("kind", ["courriel", "sms", "document"])
async def test_what_a_model_stumbled_on_is_not_kept_in_clear(bureau: Bureau, kind: str) -> None:
    effect = (await asked(bureau, "<p>{{ fiche.nom | euros }}</p>"))[kind]
    with regle(ELASKA_SMS_URL="http://127.0.0.1:9/sms"):
        outcome = await carry_out(bureau.keyring, effect)
    assert outcome.outcome == "failed" and "Zoé Martin" in outcome.reason, "the journal says which value"
    erreur, resultat = await kept(effect)
    assert erreur == "Le modèle ne peut pas mettre en forme une valeur, ligne 1."
    assert "Zoé" not in resultat and "modèle" not in resultat
    assert (await carry_out(bureau.keyring, effect)).reason == outcome.reason, "a row that is over stays so"


async def test_the_name_of_a_file_is_not_kept_in_clear(bureau: Bureau) -> None:
    """A document made for a line is called after what people wrote."""
    effect = (await asked(bureau, '<html lang="fr"><p>Bonjour</p></html>'))["document"]
    outcome = await carry_out(bureau.keyring, effect)
    assert outcome.outcome == "done" and outcome.file is not None
    assert outcome.file["nom"].startswith("Lettre pour Zoé Martin - ESS-")
    erreur, resultat = await kept(effect)
    assert erreur is None and "Zoé" not in resultat, "what is sealed is base64: it has no accent by chance"
    assert (await carry_out(bureau.keyring, effect)).file == outcome.file


async def test_an_outcome_kept_by_an_earlier_version_is_still_read(bureau: Bureau) -> None:
    effect = (await asked(bureau, '<html lang="fr"><p>Bonjour</p></html>'))["document"]
    async with session_scope() as session:
        cipher = await bureau.keyring.load(session, bureau.client_id)
        sealed = cipher.encrypt_json({"etat": "C"}, place("effet", "resultat", effect))
        told = {"reason": "", "file": None, "donnees": b64encode(sealed).decode()}
        row = update(Effet).where(col(Effet.id) == uuid.UUID(effect))
        await session.exec(row.values(etat="fait", resultat=told))
    assert (await carry_out(bureau.keyring, effect)).donnees == {"etat": "C"}
