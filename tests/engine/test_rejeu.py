"""Démarches read back from their commands and journals, played on a draft, and made into scenarios that name nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest

from activities.essai_modele import scenarios_of
from activities.rules_port import RULES
from cli.paths import ROOT
from workflows.engine.anonymous import FREE, anonymous, written
from workflows.engine.bundle import from_folder
from workflows.engine.commands import Command
from workflows.engine.coverage import Coverage
from workflows.engine.modele import Bundle, Etape
from workflows.engine.moment import Delay
from workflows.engine.program import Program
from workflows.engine.recorded import OF_ITS_OWN, TIMED, Record, Recorded, record
from workflows.engine.rejeu import Manque, remade, replay
from workflows.engine.samples import IBAN
from workflows.engine.scenario import Client, Evenement, Scenario, check_scenario, load_scenario
from workflows.engine.simulation import Simulation, Step

BEGIN = date(2026, 11, 23)
PLAYED = (
    "embauche_cdi",
    "embauche_silence",
    "arret_travail_prolonge",
    "sinistre_dommages_catastrophe",
    "dettes_plan",
)
MENDED = ("dossier_subvention_refusee", "sinistre_prevoyance_rente")
"""Told by their delays alone, one would date a decision of a later day, the other use a line before it is there."""
HARD = ("accident_travail_retards", "credit_lent")
"""With étapes passed over long after they came, and with children that did not all answer as fast."""
DATED = ("accident_travail_retards", "sinistre_dommages_offre_contestee")
"""Told by how long each thing took, and by what nobody ever did: not by how long people take."""


@cache
def bundle(modele: str) -> Bundle:
    return from_folder(ROOT, ROOT / "process_templates" / f"{modele}.yaml").bundle


@cache
def program(modele: str) -> Program:
    return Program(bundle(modele), RULES, "sha")


def _modele(name: str) -> str:
    keys = (
        "embauche",
        "accident_travail",
        "arret_travail",
        "sinistre_dommages",
        "dettes",
        "credit",
        "recouvrement",
        "dossier_subvention",
        "sinistre_prevoyance",
    )
    return next(key for key in keys if name.startswith(key))


@cache
def lived(name: str, days: int = 1000) -> tuple[Record, Simulation]:
    """A démarche that a scenario stands for, read back as PostgreSQL would give it."""
    known = program(_modele(name))
    file: Path = next(path for path in scenarios_of(_modele(name), ROOT) if path.stem == name)
    scenario = load_scenario(file.read_bytes(), file.name).scenario
    simulation = Simulation(known, scenario, BEGIN, timedelta(days=days))
    return _read(simulation, list(simulation.run())), simulation


def _read(simulation: Simulation, steps: list[Step]) -> Record:
    """A démarche and its children, each with the commands it was given."""
    own = simulation.state.demarche_id
    entries = [
        Recorded(step.command, step.events)
        for step in steps
        if step.refusal is None and step.state.demarche_id == own
    ]
    enfants: dict[str, tuple[Record, ...]] = {}
    for child in simulation.enfants.values():
        modele = child.program.modele.modele
        enfants[modele] = (*enfants.get(modele, ()), _read(child, steps))
    return record(lambda _: simulation.program, entries, enfants)


def draft(modele: str, **changes: object) -> Program:
    """The same modèle with étapes changed: `etape=None` takes one out, `etape={…}` changes its keys."""
    found = bundle(modele)
    etapes = []
    for etape in found.modele.etapes:
        key = getattr(etape, "cle", None)
        if key not in changes:
            etapes.append(etape)
        elif isinstance(update := changes[key], dict):
            etapes.append(etape.model_copy(update=update))
    altered = found.modele.model_copy(update={"etapes": tuple(etapes)})
    return Program(found.model_copy(update={"modele": altered}), RULES, "draft")


@pytest.mark.parametrize("name", [*PLAYED, *HARD])
def test_on_its_own_version_it_goes_as_it_went(name: str) -> None:
    found, simulation = lived(name)
    own = program(_modele(name))
    result = replay(own, own, found)
    assert result.fidele and result.sans_effet
    assert result.avant_s == (simulation.now - simulation.begin).total_seconds()


def test_an_etape_taken_out_changes_the_path() -> None:
    own = program("embauche")
    result = replay(own, draft("embauche", visite_medicale=None), lived("embauche_cdi")[0])
    assert result.fidele and result.change_de_chemin
    assert result.retirees == (own.etapes["visite_medicale"].titre,) and not result.ajoutees


def test_what_cannot_be_played_again_is_told_and_not_compared() -> None:
    own, (found, _) = program("embauche"), lived("embauche_cdi")
    # A journal that says otherwise than what its commands lead to.
    strange = replace(found, chemin=("contrat", *found.chemin))
    result = replay(own, draft("embauche", visite_medicale=None), strange)
    assert result.infidele is not None and own.etapes["contrat"].titre in result.infidele


def test_an_etape_added_by_hand_is_left_out() -> None:
    """MOD-13: no version has it, and what it took is nobody's answer."""
    known = program("embauche")
    file = next(path for path in scenarios_of("embauche", ROOT) if path.stem == "embauche_cdi")
    told = load_scenario(file.read_bytes(), file.name).scenario
    asked = {"type": "AddEtape", "titre": "Visite des locaux", "apres": "affiliations"}
    added = Evenement(apres=Delay(4, "j"), commande=asked)
    scenario = told.model_copy(update={"evenements": (added, *told.evenements)})
    simulation, coverage = Simulation(known, scenario, BEGIN, timedelta(days=1000)), Coverage(known)
    steps = []
    for step in simulation.run():
        coverage.see(step)
        steps.append(step)
    assert [step.refusal for step in steps if step.refusal] == []
    assert "Visite des locaux" in [etape.titre for etape in simulation.state.etapes.values()]
    assert simulation.ending == "terminee"
    found = _read(simulation, steps)
    assert set(found.chemin) <= set(known.etapes)
    remaining, same = remade(known, found)
    assert same and "ajout_" not in written(remaining)


def test_one_under_way_becomes_a_scenario_that_goes_on() -> None:
    scenario, same = remade(program("embauche"), lived("embauche_cdi", days=3)[0])
    assert same and scenario.attendu is None
    again = Simulation(program("embauche"), scenario, BEGIN, timedelta(days=1000))
    assert all(step.refusal is None for step in again.run()) and again.ending == "terminee"


def test_no_word_of_a_command_is_left_in_a_scenario() -> None:
    """Whatever someone typed is replaced: each text of a command is either a key of the modèle or hidden."""
    keys = {
        "type",
        "collection",
        "ligne",
        "statut",
        "champ",
        "etape",
        "pour",
        "a",
        "piece",
        "de",
    }
    keys |= {"evenement", "fait", "tache", "nature", "priorite", "mention", "formulaire"}
    for command in (kind for kind in Command.__subclasses__() if kind.__name__ in TIMED):
        told = set(command.model_fields) - OF_ITS_OWN - {"donnees", "lignes", "valeur", "checklist"}
        texts = {name for name in told if "str" in str(command.model_fields[name].annotation)}
        assert texts <= keys | set(FREE), command.__name__


def test_documents_asked_by_hand_name_nobody() -> None:
    """What an adviser writes in a list of documents, the category of a pièce, the day of an event: all of it goes."""
    asked = {
        "type": "RequestAction",
        "nature": "documents",
        "message": "Il manque le jugement Martin",
        "a": "employeur",
        "pieces": [{"titre": "Jugement Martin", "description": "Reçu au 3 rue des Lilas"}],
    }
    added = {"type": "AddPiece", "titre": "RIB de Mme Roux", "de": "employeur", "categorie": "Famille Roux"}
    came = {"type": "RecordEvenement", "evenement": "signature", "survenu_le": "2026-03-12"}
    scenario = Scenario(
        titre="Chez les Roux",
        debut=date(2026, 3, 10),
        client=Client(nom="Roux", type="entreprise"),
        evenements=tuple(Evenement(apres="3j", commande=each) for each in (asked, added, came)),
    )
    text = written(anonymous(program("embauche"), scenario))
    for told in ("Martin", "Roux", "Lilas", "jugement", "2026-03-12"):
        assert told.lower() not in text.lower()
    assert "Pièce 1" in text and "2026-03-05" in text, "as far from the beginning as it was"


def test_a_field_that_nobody_answered_is_named() -> None:
    found = bundle("embauche")
    form = found.forms["declaration"]
    asked = {
        **form,
        "properties": {**form["properties"], "teletravail": {"type": "string", "title": "Télétravail"}},
        "required": [*form["required"], "teletravail"],
    }
    after = Program(found.model_copy(update={"forms": {**found.forms, "declaration": asked}}), RULES, "draft")
    result = replay(program("embauche"), after, lived("embauche_cdi")[0])
    assert result.manques == (Manque(form["title"], ("Télétravail",)),)
    assert result.arret is None, "the rest is played with an answer made up"


def test_an_etape_more_is_a_longer_wait() -> None:
    own, found = program("arret_travail"), bundle("arret_travail")
    etapes = list(found.modele.etapes)
    place, model = next((i, e) for i, e in enumerate(etapes) if getattr(e, "taches", ()))
    assert isinstance(model, Etape)
    tache = model.taches[0].model_copy(update={"cle": "relire", "titre": "Relire le dossier"})
    etapes.insert(
        place + 1, model.model_copy(update={"cle": "relecture", "titre": "Relecture", "taches": (tache,)})
    )
    altered = found.modele.model_copy(update={"etapes": tuple(etapes)})
    after = Program(found.model_copy(update={"modele": altered}), RULES, "draft")
    result = replay(own, after, lived("arret_travail_prolonge")[0])
    assert result.ajoutees == (model.libelle_interne or "Relecture",)
    assert result.attend_plus and result.apres_s > result.avant_s


def test_one_under_way_is_not_said_to_lack_what_it_was_not_asked() -> None:
    found, simulation = lived("embauche_cdi", days=3)
    assert simulation.state.open
    own = program("embauche")
    result = replay(own, own, found)
    assert result.fidele and result.sans_effet


@pytest.mark.parametrize("name", [*PLAYED, *MENDED, *DATED, "recouvrement_penalites_abandonnees"])
def test_a_scenario_made_of_a_demarche_names_nobody_and_comes_to_the_same_end(name: str) -> None:
    found, simulation = lived(name)
    known = program(_modele(name))
    scenario, same = remade(known, found)
    text = written(scenario)
    assert same and scenario.attendu is not None
    loaded = load_scenario(text, "remade.yaml")
    assert not check_scenario(loaded, known)
    again = Simulation(known, loaded.scenario, BEGIN, timedelta(days=1000))
    assert all(step.refusal is None for step in again.run())
    assert again.ending == simulation.ending
    said = {
        value
        for answers in (*found.scenario.donnees.values(), *sum(found.scenario.lignes.values(), ()))
        for key, value in answers.items()
        if isinstance(value, str) and (" " in value or key.startswith(("nom", "prenom", "courriel", "nir")))
    }
    assert said and not [word for word in said - {IBAN, "06 12 34 56 78"} if word in text]
