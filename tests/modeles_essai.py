"""Small modèles for the tests that need a real stack, as published contents."""

from __future__ import annotations

from typing import Any

from cli.paths import ROOT
from workflows.engine.bundle import contents, from_folder

MAIL = "sujet: Rappel pour {{ titre_demarche }}\n---\n<mjml><mj-body><mj-section><mj-column>" + (
    "<mj-text>Bonjour {{ prenom }}, il reste une chose à faire.</mj-text></mj-column></mj-section></mj-body></mjml>"
)


def embauche() -> dict[str, Any]:
    """The real one, resolved as publishing does."""
    return contents(from_folder(ROOT, ROOT / "process_templates" / "embauche.yaml").bundle)


def essai(**changes: Any) -> dict[str, Any]:
    """A pièce chased every week, a task by hand, a mail on entry, then an end by hand."""
    modele: dict[str, Any] = {
        "modele": "essai",
        "titre": "Essai",
        "categorie": "test",
        "reference": "ESS",
        "clients": ["entreprise"],
        "nom": '"Essai"',
        "roles": {
            "conseiller": {"libelle": "Conseiller", "cote": "cabinet"},
            "manager": {"libelle": "Manager", "cote": "client"},
        },
        "action_demandee": "rappel",
        "etapes": [
            {
                "cle": "dossier",
                "titre": "Dossier",
                "taches": [{"cle": "faire", "titre": "Faire", "pour": "conseiller"}],
                "pieces": [{"cle": "cni", "titre": "Carte", "de": "manager"}],
                "relances": [
                    {
                        "cle": "rappel",
                        "quand": "entree + 1sem",
                        "tant_que": "pieces",
                        "repeter": "1sem",
                        "maximum": 50,
                        "courriel": "rappel",
                        "a": "manager",
                    }
                ],
            },
            {"cle": "fin", "titre": "Fin", "terminee": "manuelle"},
        ],
    } | changes
    return {"modele": modele, "forms": {}, "mails": {"rappel": MAIL}, "documents": {}}
