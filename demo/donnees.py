"""`python -m demo.donnees`: a believable firm with hirings at every stage, made by real commands through the API.

Each démarche runs on a clock of its own while it is played, then is given the real time back, so that dates,
delays and lateness are those of a firm that has worked for weeks. `--comptes` prints the logins.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from demo import cabinet, courtage
from demo.acteurs import Acteur, Adresses
from demo.comptes import CLIENTS, EQUIPE, MOT_DE_PASSE
from demo.embauche import PARIS, Embauche, Salarie, jours
from demo.metiers import histoires

Suite = Callable[[Embauche], None]


def recue(_: Embauche) -> None:
    """The demande has just arrived."""


def en_analyse(e: Embauche) -> None:
    e.conseiller.post(f"{e.path}/prise-en-charge", {})


def precision_attendue(e: Embauche) -> None:
    e.demande_precision("Quelle convention collective appliquez-vous à ce poste ?")


def demande_refusee(e: Embauche) -> None:
    e.conseiller.post(f"{e.path}/refus", {"motif": "Le poste est pourvu par un groupement d'employeurs."})


def dossier_ouvert(e: Embauche) -> None:
    e.valide_demande()


def fiche_remplie(e: Embauche) -> None:
    e.valide_demande()
    e.remplit_fiche()
    e.depose("cni")


def pieces_a_valider(e: Embauche) -> None:
    e.valide_demande()
    e.remplit_fiche()
    for piece in ("cni", "rib", "carte_vitale"):
        e.depose(piece)


def piece_refusee(e: Embauche) -> None:
    e.valide_demande()
    e.remplit_fiche()
    e.depose("cni")
    e.valide("cni")
    e.depose("rib", flou=True)
    e.refuse("rib", "Le RIB est flou, l'IBAN ne se lit pas. Posez la feuille à plat, près d'une fenêtre.")


def relance_partie(e: Embauche) -> None:
    e.valide_demande()
    e.a(e.debut + timedelta(days=4))


def preparation(e: Embauche) -> None:
    e.valide_demande()
    e.complete_pieces()


def preparation_avancee(e: Embauche) -> None:
    preparation(e)
    e.fait("Réaliser la DPAE")
    e.produit("contrat")
    e.fait("Préparer le poste", e.manager)


def prete(e: Embauche) -> None:
    preparation(e)
    e.prepare()


def affiliee(e: Embauche) -> None:
    prete(e)
    e.affilie_et_convoque()


def arrivee(e: Embauche) -> None:
    affiliee(e)
    e.a(e.salarie.entree, time(9, 30))
    e.attend_etape("arrivee")


def en_essai(e: Embauche) -> None:
    arrivee(e)
    e.inscrit_au_registre(f"M{e.reference[-4:]}")


def essai_finissant(e: Embauche) -> None:
    en_essai(e)


def a_clore(e: Embauche) -> None:
    en_essai(e)
    e.a(jours(70, e.salarie.entree))
    e.produit("confirmation_essai")
    for tache in e.vue()["taches"]:
        if tache["titre"].startswith("Préparer le courrier") and tache["statut"] == "a_faire":
            e.fait("Préparer le courrier")
    e.attend_etape("termine")


def close(e: Embauche) -> None:
    a_clore(e)
    e.clot()


def suspendue(e: Embauche) -> None:
    preparation(e)
    e.conseiller.post(
        f"{e.path}/suspension", {"motif": "L'arrivée est repoussée, le client nous recontacte."}
    )


def annulee(e: Embauche) -> None:
    e.valide_demande()
    e.conseiller.post(f"{e.path}/annulation", {"motif": "Le candidat s'est désisté."})


# client, prénom, nom, genre, naissance, poste, declared days ago, arrival in days, nature, what happened since
HISTOIRES: tuple[tuple[str, str, str, str, date, str, int, int, str, Suite], ...] = (
    ("aubert", "Léa", "Martin", "femme", date(1998, 5, 17), "Vendeuse", 6, 9, "cdi", pieces_a_valider),
    ("aubert", "Hugo", "Bernard", "homme", date(2001, 2, 3), "Apprenti boulanger", 0, 20, "cdd", recue),
    (
        "aubert",
        "Manon",
        "Petit",
        "femme",
        date(1989, 11, 30),
        "Responsable de boutique",
        90,
        -72,
        "cdi",
        close,
    ),
    ("aubert", "Adrien", "Roux", "homme", date(1995, 7, 8), "Pâtissier", 40, -20, "cdi", en_essai),
    ("rousselot", "Inès", "Moreau", "femme", date(1993, 3, 22), "Métreuse", 9, 6, "cdi", preparation_avancee),
    ("rousselot", "Bastien", "Girard", "homme", date(1987, 9, 1), "Menuisier poseur", 25, -1, "cdi", arrivee),
    (
        "rousselot",
        "Chloé",
        "Fontaine",
        "femme",
        date(1999, 12, 12),
        "Assistante",
        3,
        25,
        "cdd",
        piece_refusee,
    ),
    ("benali", "Samir", "Lambert", "homme", date(1991, 6, 6), "Mécanicien", 14, 4, "cdi", prete),
    ("benali", "Julie", "Robin", "femme", date(1996, 1, 19), "Réceptionnaire", 5, 12, "cdi", relance_partie),
    ("benali", "Théo", "Masson", "homme", date(2000, 8, 27), "Carrossier", 75, -58, "cdi", essai_finissant),
    ("pharmacie", "Camille", "Rey", "femme", date(1994, 4, 9), "Préparatrice", 2, 17, "cdi", fiche_remplie),
    (
        "pharmacie",
        "Antoine",
        "Faure",
        "homme",
        date(1990, 10, 14),
        "Pharmacien adjoint",
        8,
        13,
        "cdi",
        suspendue,
    ),
    ("pharmacie", "Lucie", "Blanc", "femme", date(1997, 7, 25), "Préparatrice", 1, 30, "cdi", en_analyse),
    ("morel", "Zoé", "Guérin", "femme", date(1992, 2, 28), "Opticienne", 1, 21, "cdi", precision_attendue),
    ("morel", "Maxime", "Henry", "homme", date(1988, 5, 5), "Monteur-vendeur", 12, 3, "cdd", preparation),
    ("sentiers", "Alice", "Perrin", "femme", date(1996, 9, 16), "Animatrice", 20, -3, "cdd", arrivee),
    (
        "sentiers",
        "Romain",
        "Clément",
        "homme",
        date(1985, 12, 1),
        "Coordinateur",
        4,
        14,
        "cdi",
        dossier_ouvert,
    ),
    (
        "nautique",
        "Maëlle",
        "Le Bihan",
        "femme",
        date(1999, 3, 11),
        "Monitrice de voile",
        10,
        8,
        "cdd",
        affiliee,
    ),
    ("nautique", "Nolan", "Garcia", "homme", date(2002, 6, 20), "Agent d'accueil", 7, 16, "cdd", annulee),
    ("fabrique", "Sarah", "Lopez", "femme", date(1993, 8, 2), "Encadrante", 110, -95, "cdi", close),
    ("fabrique", "Ibrahim", "Sow", "homme", date(1986, 4, 30), "Logisticien", 85, -74, "cdi", a_clore),
    ("fabrique", "Emma", "Chevalier", "femme", date(1995, 11, 7), "Chargée de projet", 0, 28, "cdi", recue),
    ("verdier", "Jules", "Marchand", "homme", date(1997, 1, 23), "Céramiste", 6, 10, "cdd", preparation),
    ("kermadec", "Nina", "Dupuis", "femme", date(1994, 10, 10), "Graphiste", 5, 15, "cdi", pieces_a_valider),
    (
        "kermadec",
        "Gabriel",
        "Colin",
        "homme",
        date(1998, 6, 29),
        "Développeur",
        3,
        22,
        "cdi",
        demande_refusee,
    ),
)


METIERS = ("rousselot", "benali")
"""Clients with debts to recover and subscriptions to compare."""


def charge(adresses: Adresses) -> None:
    """Create the firm and play every story, with a progress bar."""
    tiers = asyncio.run(cabinet.installe())
    console = Console()
    staff = {
        personne.email.split("@")[0]: Acteur.connecte(adresses, personne.email, personne.seed)
        for personne in EQUIPE
        if personne.role == "conseiller"
    }
    managers = {client.cle: Acteur.connecte(adresses, client.email) for client in CLIENTS}
    by_key = {client.cle: client for client in CLIENTS}
    today = datetime.now(PARIS).date()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("Démarches de démonstration", total=len(HISTOIRES) + len(courtage.HISTOIRES))
        for cle, prenom, nom, genre, naissance, poste, declared, arrival, nature, suite in HISTOIRES:
            entree = jours(arrival, today)
            salarie = Salarie(
                prenom,
                nom,
                genre,
                naissance,
                poste,
                entree,
                nature=nature,
                fin=entree + timedelta(days=180) if nature == "cdd" else None,
            )
            embauche = Embauche(
                adresses, managers[cle], staff[by_key[cle].conseiller], salarie, tiers_id=tiers[cle]
            )
            embauche.declare(datetime.now(PARIS) - timedelta(days=declared, hours=1))
            suite(embauche)
            embauche.au_present()
            bar.advance(task)
        metiers = [
            dossier
            for cle in METIERS
            for dossier in histoires(managers[cle], staff[by_key[cle].conseiller], tiers_id=tiers[cle])
        ]
        for cle, raconte in courtage.HISTOIRES:
            raconte(managers[cle], staff[by_key[cle].conseiller], tiers[cle])
            bar.advance(task)
    count = len(HISTOIRES) + len(metiers) + len(courtage.HISTOIRES)
    console.print(f"{count} démarches, {len(CLIENTS)} clients, {len(EQUIPE)} personnes du cabinet.")


def affiche_comptes() -> None:
    """Print who can log in, and with what."""
    table = Table("Qui", "Adresse", "Rôle", box=None, pad_edge=False)
    # An address cut short cannot be copied.
    table.columns[1].min_width = max(len(compte.email) for compte in (*EQUIPE, *CLIENTS[:3]))
    for personne in EQUIPE:
        table.add_row(f"{personne.prenom} {personne.nom}", personne.email, personne.role)
    for client in CLIENTS[:3]:
        table.add_row(f"{client.prenom} {client.nom_contact}", client.email, f"client, {client.nom}")
    console = Console()
    console.print(table)
    console.print(f"Mot de passe de tous : {MOT_DE_PASSE}")
    console.print("Codes à 6 chiffres du cabinet : page des courriels, adresse /codes.")


if __name__ == "__main__":
    if "--comptes" in sys.argv:
        affiche_comptes()
    else:
        charge(Adresses(os.environ["ELASKA_BASE_URL"], os.environ["ELASKA_MAIL_URL"]))
