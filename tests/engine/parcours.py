"""The real embauche, brought to any étape by the commands of its people."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from tests.engine.monde import Monde, embauche

DECLARATION: dict[str, Any] = {
    "prenom": "Léa",
    "nom_usage": "Martin",
    "date_naissance": "1995-10-03",
    "email_personnel": "lea.martin@exemple.fr",
    "intitule_poste": "Assistante commerciale",
    "adresse_professionnelle": "8 avenue de la Gare, 69100 Villeurbanne",
    "nature_contrat": "cdi",
    "categorie": "employe",
    "date_entree": "2026-03-23",
    "heure_entree": "08:30",
    "temps_travail": "temps_plein",
    "salaire_brut_mensuel": 215000,
}
SALARIE: dict[str, Any] = {
    "prenom": "Léa",
    "nom_naissance": "Martin",
    "nom_usage": "Martin",
    "genre": "femme",
    "date_naissance": "1995-10-03",
    "lieu_naissance": "Lyon",
    "pays_naissance": "France",
    "nationalite": "Française",
    "nir": "295106912345666",
    "email_personnel": "lea.martin@exemple.fr",
    "telephone_portable": "06 12 34 56 78",
    "adresse_personnelle": "3 rue des Lilas, 69100 Villeurbanne",
    "iban": "FR7630006000011234567890189",
}
REGISTRE = {"matricule": "M-12", "type_mouvement": "entree"}
FILE = {"id": "f1", "nom": "photo.jpg", "type": "image/jpeg", "taille": 1000}

ETAPES = (
    "demande",
    "declaration",
    "informations_salarie",
    "dpae",
    "contrat",
    "arrivee_materielle",
    "affiliations",
    "visite_medicale",
    "arrivee",
    "periode_essai",
    "termine",
)


def ready_until(etape: str) -> Monde:
    """A démarche where `etape` has just become active and everything before it is done; `demande`: not validated."""
    return _played(etape).copy()


@lru_cache
def _played(etape: str) -> Monde:
    monde = Monde(embauche())
    monde.open("demande", "manager", declaration=DECLARATION)
    monde.effects()
    if etape == "demande":
        return monde
    monde.send("ValidateDemande")
    monde.send("GenerateDocument", document="contrat")
    monde.effects()
    if etape == "declaration":
        monde.send("SendBack", etape="declaration", motif="erreur dans la déclaration")
        monde.effects()
        return monde
    for name, play in _PLAYS:
        if etape in name:
            return monde
        play(monde)
        monde.effects()
    assert monde.state.etapes[etape].statut == "en_cours"
    return monde


def provide(monde: Monde, piece: str, par: str) -> None:
    """A pièce given and validated."""
    monde.send("DepositPiece", par, piece=piece, files=[FILE])
    monde.send("ValidatePiece", piece=piece)


def do(monde: Monde, tache: str, par: str = "conseiller") -> None:
    """A task, its checklist included."""
    id_ = monde.tache(tache, open_only=True)
    for item in range(len(monde.state.taches[id_].checklist)):
        monde.send("TickTache", par, tache=id_, item=item, fait=True)
    monde.send("CompleteTache", par, tache=id_)


def _informations(monde: Monde) -> None:
    monde.later(days=1)
    monde.send("SubmitForm", "futur_salarie", formulaire="salarie", donnees=SALARIE)
    for piece in ("cni", "rib", "carte_vitale"):
        provide(monde, piece, "futur_salarie")


def _preparation(monde: Monde) -> None:
    monde.later(days=1)
    do(monde, "dpae")
    do(monde, "contrat_cdi")
    provide(monde, "contrat_signe", "manager")
    for tache in ("poste", "accueil", "bienvenue"):
        do(monde, tache, "manager")


def _arrivee(monde: Monde) -> None:
    monde.wait("2026-03-23 10:00")
    monde.send("SubmitForm", formulaire="registre", donnees=REGISTRE)


def _essai(monde: Monde) -> None:
    monde.wait("2026-05-20 10:00")
    do(monde, "decision_essai")
    monde.wait("2026-05-24 10:00")


_PLAYS = (
    (("informations_salarie",), _informations),
    (("dpae", "contrat", "arrivee_materielle"), _preparation),
    (("affiliations",), lambda monde: do(monde, "affiliations")),
    (("visite_medicale",), lambda monde: do(monde, "visite")),
    (("arrivee",), _arrivee),
    (("periode_essai",), _essai),
)
