"""Recoveries and optimisations of the demonstration, made by real commands through the API."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from demo import pieces
from demo.acteurs import Acteur
from demo.dossier import Dossier
from demo.embauche import PARIS

ABONNEMENTS: tuple[dict[str, Any], ...] = (
    {
        "nom": "Électricité du local",
        "type": "electricite",
        "fournisseur": "Courant Vif",
        "offre": "Pro variable",
        "prix": 12_000,
        "periodicite": "an",
        "prix_kwh": "0.25",
        "kwh": 20_000,
    },
    {
        "nom": "Internet",
        "type": "internet",
        "fournisseur": "Filaire",
        "offre": "Box Pro",
        "prix": 3_999,
        "periodicite": "mois",
        "options": "Téléphone fixe, télévision",
    },
)
OFFRES: tuple[dict[str, Any], ...] = (
    {
        "abonnement": "Électricité du local",
        "fournisseur": "Énergie des Monts",
        "offre": "Pro fixe 2 ans",
        "prix": 11_000,
        "periodicite": "an",
        "prix_kwh": "0.21",
        "recommandation": "Prix fixe pendant deux ans, sans engagement de votre part.",
    },
    {
        "abonnement": "Internet",
        "fournisseur": "Fibre & Cie",
        "offre": "Fibre Pro",
        "prix": 2_999,
        "periodicite": "mois",
        "options": "Téléphone fixe, adresse fixe",
    },
)


class Recouvrement(Dossier):
    """A démarche of these two modèles."""

    def facture(self, numero: str, montant: int, echeance: date) -> None:
        """An invoice; `montant` in cents."""
        self.ajoute("factures", numero=numero, montant=montant, echeance=echeance.isoformat())

    def amiable(self) -> None:
        """The creditor hands over the invoices, the adviser checks them: the amicable phase begins."""
        self.client.depose(
            f"{self.path}/pieces/factures/depots",
            pieces.scan("factures", "Facture", "Travaux et fournitures"),
        )
        self.conseiller.post(f"{self.path}/pieces/factures/validation", {})


def recouvrement(
    client: Acteur, conseiller: Acteur, *, tiers_id: str, debiteur: str, **creance: Any
) -> Recouvrement:
    """A debt handed over by a client and accepted by the firm."""
    adresse = debiteur.lower().replace(" ", ".").replace("é", "e")
    return Recouvrement.ouvre(
        client,
        conseiller,
        "recouvrement",
        tiers_id,
        {
            "creance": {
                "debiteur": debiteur,
                "nature_debiteur": "professionnel",
                "debiteur_adresse": "27 rue du Port, 44000 Nantes",
                "debiteur_email": f"{adresse}@exemple.fr",
                "debiteur_telephone": "06 12 34 56 78",
                "nature_creancier": "professionnel",
                "objet": "Travaux et fournitures",
                **creance,
            }
        },
    )


def optimisation(client: Acteur, conseiller: Acteur, *, tiers_id: str) -> Recouvrement:
    """Subscriptions listed and compared: the client has to decide."""
    dossier = Recouvrement.ouvre(
        client,
        conseiller,
        "optimisation_abonnements",
        tiers_id,
        {"demande": {"sujets": ["electricite", "internet"], "acces": "acces"}},
    )
    for abonnement in ABONNEMENTS:
        dossier.ajoute("abonnements", **abonnement)
    dossier.conseiller.post(f"{dossier.path}/taches/{_tache(dossier, 'analyser')}/fin", {})
    for offre in OFFRES:
        dossier.ajoute("offres", **offre)
    dossier.conseiller.post(f"{dossier.path}/taches/{_tache(dossier, 'recommander')}/fin", {})
    return dossier


def _tache(dossier: Recouvrement, debut: str) -> str:
    """The open task of the étape under way; its list is ticked first."""
    tache = next(
        t
        for t in dossier.vue()["taches"]
        if t["statut"] not in ("termine", "annulee") and t["titre"].lower().startswith(_TITRES[debut])
    )
    for index, item in enumerate(tache["checklist"]):
        if not item["fait"]:
            dossier.conseiller.put(f"{dossier.path}/taches/{tache['id']}/checklist/{index}", {"fait": True})
    return str(tache["id"])


_TITRES = {"analyser": "analyser l'inventaire", "recommander": "relire le comparatif"}


def histoires(client: Acteur, conseiller: Acteur, *, tiers_id: str) -> list[Recouvrement]:
    """What the demonstration shows: a debt half paid, one with a contractual rate, subscriptions to decide on."""
    today = datetime.now(PARIS).date()
    partiel = recouvrement(
        client, conseiller, tiers_id=tiers_id, debiteur="Garage Lambert", penalites_reclamees=True,
        taux_contractuel="12",
    )  # fmt: skip
    partiel.facture("F-2026-204", 480_000, today - timedelta(days=12))
    partiel.facture("F-2026-217", 126_050, today + timedelta(days=9))
    partiel.ajoute("frais", nature="commission", libelle="Commission de 8 %", taux="8")
    partiel.amiable()
    partiel.ajoute(
        "reglements", recu_le=(today - timedelta(days=2)).isoformat(), montant=200_000, moyen="virement"
    )
    ouvert = recouvrement(client, conseiller, tiers_id=tiers_id, debiteur="Librairie du Quai")
    ouvert.facture("F-2026-198", 31_200, today - timedelta(days=3))
    return [partiel, ouvert, optimisation(client, conseiller, tiers_id=tiers_id)]
