"""Services that modèles ask (DESIGN, section 4): asked once through the ledger, answered as an event with its data."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from activities import call_service
from activities.effects import carry_out
from activities.outcome import Later
from activities.publication import ROOT
from store.demarche import Effet
from store.session import session_scope
from store.settings import settings
from tests.bureau import Bureau
from tests.fakes.entreprises import Entreprises, entreprise, entreprises
from tests.fakes.service import SECRET, Annuaire, annuaire
from tests.fakes.suivi_courrier import KEY, suivi_courrier
from tests.modeles_essai import essai
from tests.reglages import regle
from workflows.engine.bundle import contents, from_folder

Configure = Callable[..., None]


def modele() -> dict[str, Any]:
    """An étape that asks a register about a company as soon as it is entered."""
    contents = essai(
        etapes=[
            {
                "cle": "verification",
                "titre": "Vérification",
                "evenements": [
                    {
                        "cle": "existence",
                        "titre": "Vérification au registre",
                        "de": "registre",
                        "appel": {"service": "annuaire", "envoie": {"siren": "fiche.siren"}},
                        "echeance": "entree + 2j",
                        "sinon": {"message": "Inconnue au registre.", "a": "conseiller"},
                    }
                ],
            },
            {"cle": "fin", "titre": "Fin", "terminee": "manuelle", "si": "annuaire.active"},
        ],
        formulaires={"fiche": "fiche"},
        services={"annuaire": "annuaire"},
    )
    contents["modele"]["roles"]["registre"] = {"libelle": "Registre", "cote": "tiers"}
    siren = {"type": "object", "properties": {"siren": {"type": "string"}}, "required": ["siren"]}
    told = {"raison": {"type": "string"}, "active": {"type": "boolean"}, "effectif": {"type": "integer"}}
    return contents | {
        "forms": {
            "fiche": siren,
            "annuaire": {"type": "object", "properties": told, "required": ["active"]},
        },
        "services": {"annuaire": {"nom": "annuaire", "titre": "Annuaire", "requete": siren}},
    }


@pytest.fixture
def registre() -> Iterator[Annuaire]:
    with annuaire() as made:
        yield made


@pytest.fixture
def configure(registre: Annuaire, monkeypatch: pytest.MonkeyPatch) -> Iterator[Configure]:
    """Say where the service is, in the installation's settings; by default, as it should be."""

    def told(**changes: Any) -> None:
        conf = {"url": registre.url, "secret": SECRET, "prive": True} | changes
        monkeypatch.setenv("ELASKA_SERVICES", json.dumps({"annuaire": conf} if conf["url"] else {}))
        settings.cache_clear()

    told()
    yield told
    monkeypatch.undo()
    settings.cache_clear()


async def asked(bureau: Bureau, siren: str = "552100554") -> str:
    """A démarche whose first étape asks the register; id of the row of the ledger."""
    await bureau.publish(modele())
    demarche_id = uuid.uuid4()
    await bureau.decide(demarche_id, bureau.opening(donnees={"fiche": {"siren": siren}}), 0)
    [row] = [row for row in await bureau.rows(Effet, demarche_id) if row["kind"] == "appel"]
    return str(row["id"])


async def test_an_answer_comes_back_and_is_kept_sealed(
    bureau: Bureau, registre: Annuaire, configure: Configure
) -> None:
    effect = await asked(bureau)
    outcome = await carry_out(bureau.keyring, effect)
    assert (outcome.outcome, outcome.donnees) == ("done", registre.known["552100554"])
    assert registre.questions == {effect: {"siren": "552100554"}}
    async with session_scope() as session:
        row = await session.get(Effet, uuid.UUID(effect))
        assert row is not None and "Lambert" not in json.dumps(row.resultat)
    again = await carry_out(bureau.keyring, effect)
    assert again.donnees == outcome.donnees and len(registre.asked) == 1, "a row that is done stays done"


async def test_a_service_that_is_down_is_asked_again_under_the_same_key(
    bureau: Bureau, registre: Annuaire, configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    effect = await asked(bureau)
    registre.answers = [(503, {}), (500, b"")]
    for _ in range(2):
        with pytest.raises(Later):
            await carry_out(bureau.keyring, effect)
    assert (await carry_out(bureau.keyring, effect)).outcome == "done"
    assert registre.asked == [effect] * 3
    monkeypatch.setattr(call_service, "MAX_TRIES", 1)
    registre.answers = [(503, {})]
    gone = await carry_out(bureau.keyring, await asked(bureau))
    assert (gone.outcome, gone.reason) == ("failed", "Le service ne répond pas (503).")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ((404, {"detail": "Entreprise inconnue"}), "Le service a refusé (404)\u00a0: Entreprise inconnue."),
        ((302, {}), "Le service a refusé (302)."),
        ((200, b"<html>"), "La réponse du service n'est pas lisible."),
        ((200, [1]), "La réponse du service n'est pas lisible."),
        ((200, b"x" * 70_000), "La réponse du service est trop longue."),
    ],
)
async def test_what_will_never_be_an_answer(
    bureau: Bureau, registre: Annuaire, configure: Configure, answer: tuple[int, Any], reason: str
) -> None:
    effect = await asked(bureau)
    registre.answers = [answer]
    outcome = await carry_out(bureau.keyring, effect)
    assert (outcome.outcome, outcome.reason) == ("failed", reason)
    assert len(registre.asked) == 1, "it is followed nowhere"


@pytest.mark.parametrize(
    ("conf", "reason"),
    [
        ({"url": ""}, "Le service «\u00a0annuaire\u00a0» n'est pas configuré."),
        ({"prive": False}, "L'adresse de ce service n'est pas permise"),
        ({"prive": False, "url": "https://127.0.0.1/x"}, "L'adresse de ce service n'est pas permise"),
        ({"secret": "faux"}, "Le service refuse notre accès"),
    ],
)
async def test_settings_that_do_not_lead_there(
    bureau: Bureau, registre: Annuaire, configure: Configure, conf: dict[str, Any], reason: str
) -> None:
    configure(**conf)
    outcome = await carry_out(bureau.keyring, await asked(bureau))
    assert outcome.outcome == "failed" and outcome.reason.startswith(reason)
    assert registre.questions == {}


# --- a public API that knows nothing of us: the debtor's SIREN in « recouvrement »

SIREN = "999000011"
CREANCE = {
    "debiteur": "Atelier des Tilleuls",
    "nature_debiteur": "professionnel",
    "debiteur_adresse": "12 rue des Tilleuls, 69003 Lyon",
    "debiteur_email": "compta@tilleuls.example",
    "debiteur_siren": SIREN,
    "nature_creancier": "professionnel",
    "objet": "Travaux",
}


@pytest.fixture
def annuaire_public() -> Iterator[Entreprises]:
    with entreprises(entreprise(SIREN, "ATELIER DES TILLEULS", "C", date_fermeture="2026-02-14")) as made:
        services = {"entreprises": {"url": made.url, "prive": True}}
        with regle(ELASKA_SERVICES=json.dumps(services)):
            yield made


async def verified(bureau: Bureau, siren: str) -> tuple[uuid.UUID, str]:
    """A recovery whose amicable phase begins; id of the question in the ledger."""
    bundle = from_folder(ROOT, ROOT / "process_templates" / "recouvrement.yaml").bundle
    told = contents(bundle)
    # The étape where the register is asked, alone: what comes before is played by the scenarios.
    told["modele"]["etapes"] = [e for e in told["modele"]["etapes"] if e["cle"] == "amiable"]
    told["modele"]["etapes"][0] |= {
        "si": None,
        "relances": [],
        "alertes": [],
        "attendre": None,
        "terminee": "manuelle",
    }
    await bureau.publish(told)
    demarche_id = uuid.uuid4()
    opening = bureau.opening(donnees={"creance": {**CREANCE, "debiteur_siren": siren}})
    await bureau.decide(demarche_id, opening, 0)
    [row] = [row for row in await bureau.rows(Effet, demarche_id) if row["kind"] == "appel"]
    return demarche_id, str(row["id"])


async def test_the_debtor_is_looked_up_in_the_public_register(
    bureau: Bureau, annuaire_public: Entreprises
) -> None:
    _, effect = await verified(bureau, SIREN)
    annuaire_public.first = [429]
    with pytest.raises(Later):
        await carry_out(bureau.keyring, effect)
    outcome = await carry_out(bureau.keyring, effect)
    assert (outcome.outcome, outcome.donnees) == (
        "done",
        {
            "siren": SIREN,
            "denomination": "ATELIER DES TILLEULS",
            "etat": "C",
            "date_fermeture": "2026-02-14",
            "activite": "43.32A",
            "adresse": "12 RUE DES TILLEULS 69003 LYON",
        },
    )
    assert annuaire_public.asked[-1] == {
        "q": SIREN,
        "page": "1",
        "per_page": "1",
        "minimal": "true",
        "include": "siege",
    }
    assert annuaire_public.agents[-1].startswith("eLaska (") and "@" in annuaire_public.agents[-1]


async def test_a_company_that_the_register_does_not_know(
    bureau: Bureau, annuaire_public: Entreprises
) -> None:
    _, effect = await verified(bureau, "552100554")
    outcome = await carry_out(bureau.keyring, effect)
    assert (outcome.outcome, outcome.reason) == (
        "failed",
        "Le service ne connaît pas ce qui lui est demandé.",
    )
    annuaire_public.first = [400]
    _, effect = await verified(bureau, SIREN)
    refused = await carry_out(bureau.keyring, effect)
    assert refused.reason == "Le service a refusé (400)\u00a0: Trop de requêtes."


# --- an API whose question stands in its path, and whose key in a header of its own: La Poste's « Suivi v2 » (REC-15)

NUMERO = "1A12345678901"


async def tracked(bureau: Bureau, numero: str) -> tuple[str, dict[str, Any]]:
    """A letter that has been posted; what came of asking about it, and what is then known of it."""
    bundle = from_folder(ROOT, ROOT / "process_templates" / "recouvrement.yaml").bundle
    told = contents(bundle)
    told["modele"]["etapes"] = [e for e in told["modele"]["etapes"] if e["cle"] == "suivi_courrier"] + [
        {"cle": "fin", "titre": "Fin", "terminee": "manuelle"}
    ]
    told["modele"]["etapes"][0]["si"] = None
    await bureau.publish(told)
    demarche_id = uuid.uuid4()
    letter = {"envoyee_le": "2026-03-02", "numero_suivi": numero}
    await bureau.decide(
        demarche_id, bureau.opening(donnees={"creance": CREANCE, "mise_en_demeure": letter}), 0
    )
    [row] = [row for row in await bureau.rows(Effet, demarche_id) if row["kind"] == "appel"]
    outcome = await carry_out(bureau.keyring, str(row["id"]))
    report: dict[str, Any] = {"effect": str(row["id"]), "outcome": outcome.outcome}
    report |= {"donnees": outcome.donnees} if outcome.donnees is not None else {"reason": outcome.reason}
    await bureau.decide(demarche_id, bureau.command("ReportEffect", "systeme", **report))
    state = await bureau.state(demarche_id)
    return outcome.reason or outcome.outcome, state.calculs


async def test_a_registered_letter_is_followed_at_la_poste(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivered = [
        {"date": "2026-03-05T10:05:00+01:00", "code": "DI1", "label": "Distribué"},
        {"date": "2026-03-04T11:00:00+01:00", "code": "AG1", "label": "Destinataire absent"},
    ]
    with suivi_courrier(**{NUMERO: delivered}) as la_poste:
        conf = {"url": la_poste.url, "prive": True, "secret": KEY}
        monkeypatch.setenv("ELASKA_SERVICES", json.dumps({"suivi_courrier": conf}))
        settings.cache_clear()
        for as_list in (False, True):
            la_poste.as_list = as_list
            said, known = await tracked(bureau, "1A 123 456 7890 1")
            assert said == "done"
            assert {key: known[key] for key in ("presentee_le", "recue_le", "statut_courrier")} == {
                "presentee_le": "2026-03-04",
                "recue_le": "2026-03-05",
                "statut_courrier": "Livré",
            }
        assert la_poste.asked[0] == (f"/suivi/v2/idships/{NUMERO}", {"lang": "fr_FR"})
        said, known = await tracked(bureau, "9Z12345678901")
        assert said == "done" and known["statut_courrier"] == "Pas encore pris en charge"
        monkeypatch.setenv("ELASKA_SERVICES", json.dumps({"suivi_courrier": conf | {"secret": "faux"}}))
        settings.cache_clear()
        assert (await tracked(bureau, NUMERO))[0].startswith("Le service refuse notre accès")
    monkeypatch.undo()
    settings.cache_clear()
