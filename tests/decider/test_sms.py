"""SMS of reminders (REC-12, INT-13, A8): written in the ledger, sent once by an HTTP gateway, recorded."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from activities.effects import carry_out
from activities.outcome import Later
from store.demarche import Effet
from store.session import session_scope
from store.tiers import Tiers
from tests.bureau import Bureau
from tests.fakes.sms import TOKEN, Gateway, gateway
from tests.modeles_essai import essai
from tests.reglages import regle
from workflows.engine.commands import Refusal


def modele(texte: str, a: str = "manager") -> dict[str, Any]:
    """An étape that sends one SMS when it is entered."""
    contents = essai(
        etapes=[
            {
                "cle": "appel",
                "titre": "Appel",
                "terminee": "manuelle",
                "automatisations": [
                    {"inviter": "debiteur", "courriel": "rappel"},
                    {"sms": texte, "a": a},
                ],
            }
        ],
        formulaires={"fiche": "fiche"},
        participants={
            "debiteur": {
                "libelle": "Débiteur",
                "nom": "fiche.nom",
                "email": "fiche.email",
                "telephone": "fiche.telephone",
            }
        },
    )
    text = {"type": "string", "maxLength": 50}
    return contents | {
        "forms": {
            "fiche": {
                "type": "object",
                "properties": {"nom": text, "email": text, "telephone": text},
                "required": ["nom", "email", "telephone"],
            }
        }
    }


FICHE = {"nom": "Zoé Martin", "email": "zoe@exemple.fr", "telephone": "06 12 34 56 78"}


@pytest.fixture
def passerelle() -> Iterator[Gateway]:
    with gateway() as made:
        yield made


@pytest.fixture(autouse=True)
def reglages(passerelle: Gateway) -> Iterator[None]:
    """The installation's settings name the gateway."""
    with regle(ELASKA_SMS_URL=passerelle.url, ELASKA_SMS_TOKEN=TOKEN):
        yield


async def asked(bureau: Bureau, contents: dict[str, Any], **fiche: str) -> str:
    """A démarche whose first étape wants an SMS; id of its row."""
    await bureau.publish(contents)
    demarche_id = uuid.uuid4()
    await bureau.decide(demarche_id, bureau.opening(donnees={"fiche": FICHE | fiche}), 0)
    row = next(row for row in await bureau.rows(Effet, demarche_id) if row["kind"] == "sms")
    assert row["message_id"] is None
    return str(row["id"])


async def etat(effect: str) -> str:
    async with session_scope() as session:
        found = await session.get(Effet, uuid.UUID(effect))
        assert found is not None
        return found.etat


async def test_an_sms_carries_a_fresh_link(bureau: Bureau, passerelle: Gateway) -> None:
    effect = await asked(
        bureau, modele("Bonjour {{ prenom }}, {{ reference_dossier }} :\n {{ lien_acces }}", "debiteur")
    )
    assert (await carry_out(bureau.keyring, effect)).outcome == "done"
    body = passerelle.sent[effect]
    assert body["to"] == "+33612345678" and body["from"] == "eLaska"
    assert body["text"].startswith("Bonjour Zoé Martin, ESS-") and "/lien/" in body["text"]
    assert "\n" not in body["text"] and await etat(effect) == "fait"


async def test_asked_twice_it_is_sent_once(bureau: Bureau, passerelle: Gateway) -> None:
    """An answer lost on the way is asked for again under the same key."""
    passerelle.answers = [504, 503]
    effect = await asked(bureau, modele("Rappel", "debiteur"))
    for _ in range(2):
        with pytest.raises(Later):
            await carry_out(bureau.keyring, effect)
        assert await etat(effect) == "en_attente"
    assert (await carry_out(bureau.keyring, effect)).outcome == "done"
    assert (await carry_out(bureau.keyring, effect)).outcome == "done", "a row that is done stays done"
    assert passerelle.asked == [effect] * 3 and list(passerelle.sent) == [effect]


async def test_the_client_receives_it_on_their_own_number(bureau: Bureau, passerelle: Gateway) -> None:
    effect = await asked(bureau, modele("Rappel pour {{ titre_demarche }}"))
    assert (await carry_out(bureau.keyring, effect)).reason == (
        "Le destinataire n'a pas de numéro de mobile valable."
    )
    async with session_scope() as session:
        client = await session.get(Tiers, bureau.client_id)
        assert client is not None
        client.telephone = "+33 7 55 66 77 88"
        session.add(client)
    effect = await asked(bureau, modele("Rappel pour {{ titre_demarche }}"))
    assert (await carry_out(bureau.keyring, effect)).outcome == "done"
    assert passerelle.sent[effect]["to"] == "+33755667788"
    assert passerelle.sent[effect]["text"] == "Rappel pour Essai"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [(422, "a refusé ce SMS (422)"), (401, "ELASKA_SMS_TOKEN")],
)
async def test_a_refusal_of_the_gateway_is_final(
    bureau: Bureau, passerelle: Gateway, answer: int, reason: str
) -> None:
    passerelle.answers = [answer]
    effect = await asked(bureau, modele("Rappel", "debiteur"))
    outcome = await carry_out(bureau.keyring, effect)
    assert outcome.outcome == "failed" and reason in outcome.reason
    assert await etat(effect) == "echec" and not passerelle.sent


@pytest.mark.parametrize(
    ("texte", "telephone", "reason"),
    [
        ("Rappel", "01 42 68 53 00", "numéro de mobile"),
        ("Rappel", "pas un numéro", "numéro de mobile"),
        ("{{ motif.absent }}", "06 12 34 56 78", "valeur absente"),
        ("{% for _ in range(90) %}bonjour bonjour {% endfor %}", "06 12 34 56 78", "trop long"),
    ],
)
async def test_what_cannot_be_sent_says_why(
    bureau: Bureau, passerelle: Gateway, texte: str, telephone: str, reason: str
) -> None:
    effect = await asked(bureau, modele(texte, "debiteur"), telephone=telephone)
    outcome = await carry_out(bureau.keyring, effect)
    assert outcome.outcome == "failed" and reason in outcome.reason, outcome
    assert not passerelle.asked


async def test_a_gateway_that_is_down_is_asked_again(bureau: Bureau) -> None:
    effect = await asked(bureau, modele("Rappel", "debiteur"))
    with regle(ELASKA_SMS_URL="http://127.0.0.1:9/sms"), pytest.raises(Later):
        await carry_out(bureau.keyring, effect)
    assert await etat(effect) == "en_attente"


async def test_without_a_gateway_the_firm_is_told(bureau: Bureau) -> None:
    effect = await asked(bureau, modele("Rappel", "debiteur"))
    with regle(ELASKA_SMS_URL=None):
        outcome = await carry_out(bureau.keyring, effect)
    assert (outcome.outcome, outcome.reason) == ("failed", "L'envoi de SMS n'est pas configuré.")


async def test_one_written_by_hand_is_text_and_goes_once(bureau: Bureau, passerelle: Gateway) -> None:
    """REC-07: to someone whose number is known, never to the firm; braces are what they look like."""
    await bureau.publish(modele("Rappel", "debiteur"))
    demarche_id = uuid.uuid4()
    await bureau.decide(demarche_id, bureau.opening(donnees={"fiche": FICHE}), 0)
    text = "Rappelez-nous au {{ lien_acces }} & merci."
    former = {row["id"] for row in await bureau.rows(Effet, demarche_id)}
    await bureau.decide(demarche_id, bureau.command("WriteSms", a="debiteur", texte=text))
    (row,) = [row for row in await bureau.rows(Effet, demarche_id) if row["id"] not in former]
    assert (await carry_out(bureau.keyring, str(row["id"]))).outcome == "done"
    assert passerelle.sent[str(row["id"])]["text"] == text
    with pytest.raises(Refusal) as inside:
        await bureau.decide(demarche_id, bureau.command("WriteSms", a="conseiller", texte="Bonjour"))
    assert inside.value.code == "destinataire"
    await bureau.publish(modele("Rappel"))
    other = uuid.uuid4()
    await bureau.decide(other, bureau.opening(donnees={"fiche": FICHE | {"telephone": ""}}), 0)
    with pytest.raises(Refusal) as unknown:
        await bureau.decide(other, bureau.command("WriteSms", a="debiteur", texte="Bonjour"))
    assert unknown.value.code == "sans_numero"
