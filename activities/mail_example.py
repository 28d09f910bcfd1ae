"""Believable values for the preview of a mail: those of a real sending, played from a scenario of its modèle, when it
reads what a démarche computes; made up otherwise."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from activities.essai_modele import scenarios_of
from activities.mail_models import BELL, INVITATION, OUBLI
from store.cabinet import Cabinet
from workflows.engine import facts as f
from workflows.engine.findings import ModeleError
from workflows.engine.program import Program
from workflows.engine.scenario import load_scenario
from workflows.engine.simulation import EngineError, Simulation

PLAYED = 8
"""Scenarios played at most: each takes about a third of a second."""
_SPAN = timedelta(days=2 * 366)
_log = logging.getLogger("elaska.mails")


def example(cle: str, firm: Cabinet, base: str, day: date) -> dict[str, Any]:
    """What most mails read. `base`: address of the portal."""
    if cle == BELL:
        lines = ("Votre document « RIB » est validé.", "Claire Aubry vous a écrit.")
        return {
            "cabinet": firm.variables(),
            "prenom": "Julien",
            "lignes": [{"texte": text, "lien": f"{base}/"} for text in lines],
            "lien_portail": f"{base}/",
            "lien_preferences": f"{base}/profil",
        }
    common = {
        "cabinet": firm.variables(),
        "conseiller": {
            "nom": "Claire Aubry",
            "titre": "Conseillère",
            "email": "claire.aubry@exemple.fr",
            "telephone": "+33478000012",
        },
        "nom_client": "Atelier Morel",
        "prenom": "Julien",
    }
    if cle in (INVITATION, OUBLI):
        until = datetime.combine(day + timedelta(days=7), time(18), UTC)
        return common | {
            "lien_acces": f"{base}/acces/exemple",
            "lien_portail": f"{base}/",
            "echeance": until.isoformat(),
        }
    return common | {
        "client": {
            "nom": "Atelier Morel",
            "adresse": "12 rue des Lilas\n69003 Lyon",
            "siret": "73282932000074",
            "email": "julien.morel@exemple.fr",
            "telephone": "+33612345678",
        },
        "reference_dossier": "EMB-2026-0147",
        "titre_demarche": "Embauche de Camille Durand",
        "lien_espace": f"{base}/",
        "lien_portail": f"{base}/demarches/exemple",
        "lien_acces": f"{base}/lien/exemple",
        "objet": "Votre rendez-vous de jeudi",
        "motif": "La photo est floue : reprenez-la à la lumière du jour.",
        "echeance": (day + timedelta(days=6)).isoformat(),
        "pieces": ["Pièce d’identité", "RIB"],
        "rang": 1,
    }


BARE: Mapping[str, Any] = {"prenom": "", "motif": None, "echeance": None, "pieces": []}
"""What a mail may have to do without."""


def played(cle: str, programs: Sequence[Program], root: Path, day: date, base: str) -> dict[str, Any]:
    """Values of a sending of this mail in a démarche, with the page of payment where its modèle has one; nothing when
    no scenario sends it."""
    left = PLAYED
    for program in programs:
        for path in scenarios_of(program.modele.modele, root)[:left]:
            left -= 1
            variables = _sent(program, path, day).get(cle)
            if variables is not None:
                payment = {"lien_paiement": f"{base}/payer/exemple"} if program.modele.paiement else {}
                return {**variables, **payment}
    return {}


@lru_cache(maxsize=128)
def _sent(program: Program, path: Path, day: date) -> Mapping[str, dict[str, Any]]:
    """Every mail that a scenario sends, with the values of its last sending."""
    sent: dict[str, dict[str, Any]] = {}
    try:
        scenario = load_scenario(path.read_bytes(), path.name).scenario
        simulation = Simulation(program, scenario, day, _SPAN)
        for step in simulation.run():
            for event in step.events:
                fact = event.fact
                if isinstance(fact, f.EffectRequested) and fact.effect.kind == "courriel":
                    sent[fact.params["model"]] = fact.params["variables"]
    except (ModeleError, EngineError, OSError) as error:
        # Written for another version of the modèle: what it sent so far serves.
        _log.info("scenario %s stopped: %s", path.stem, type(error).__name__)
    return sent
