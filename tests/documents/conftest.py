"""What documents and mails are rendered with."""

from __future__ import annotations

from typing import Any

import pytest

from activities.templating import load_partials
from tests.documents.exemples import CDI, COMPARATIF, COMPTE, CREANCE, DOCUMENTS, OFFRE, SALARIE


@pytest.fixture(scope="session")
def partials() -> dict[str, str]:
    return load_partials(DOCUMENTS)


@pytest.fixture
def contexte() -> dict[str, Any]:
    return {
        "declaration": dict(CDI),
        "salarie": dict(SALARIE),
        "creance": dict(CREANCE),
        "plan": {"accorde_le": "2025-09-05"},
        "offre": dict(OFFRE),
        "lectures": {"compte": COMPTE, "comparatif": COMPARATIF},
        "calculs": {"fin_essai": "2027-01-31"},
        "reference_dossier": "EMB-2026-0012",
        "nom_client": "Atelier Morel",
        "titre_demarche": "Embauche de Camille Durand",
        "date_document": "2026-11-22",
        "lien_portail": "https://portail.exemple.fr/demarches/6f1c2a7e",
        "cabinet": {
            "nom": "Cabinet Arvenne",
            "adresse": "14 rue Sainte-Catherine\n69001 Lyon",
            "telephone": "+33478000000",
            "email": "contact@arvenne.exemple.fr",
            "horaires": None,
            "siret": None,
        },
        "client": {
            "nom": "Atelier Morel SARL",
            "siret": "73282932000074",
            "adresse": None,
            "telephone": None,
        },
        "conseiller": {
            "nom": "Sophie Lambert",
            "titre": None,
            "email": "s@arvenne.exemple.fr",
            "telephone": None,
        },
    }
