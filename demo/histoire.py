"""`python -m demo.histoire`: the story of one hiring, played through HTTP by its actors; one line per step.

Ends with 0, or with 1 after naming the step that failed. Nothing here is special to the demonstration but the
movable clock: weeks of reminders pass in seconds.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from demo import cabinet, pieces
from demo.acteurs import Acteur, Adresses, Inattendu, attendre, courriels_de
from demo.comptes import CLIENTS, EQUIPE
from demo.embauche import PARIS, Embauche, Salarie, jours

Step = tuple[str, Callable[[], None]]


class Histoire:
    """The steps, in order. Each asserts what its actor would see."""

    def __init__(self, adresses: Adresses) -> None:
        self.adresses = adresses
        self.today = datetime.now(PARIS).date()
        self.entree = jours(16, self.today)
        self.e: Embauche

    def steps(self) -> list[Step]:
        return [
            ("Le cabinet est installé, chacun se connecte", self.connexions),
            ("La gérante trouve « Déclarer une embauche » au catalogue", self.catalogue),
            ("Son brouillon l'attend quand elle revient", self.brouillon),
            (
                "Une date passée, une clé NIR fausse, une naissance impossible sont refusées à leur place",
                self.erreurs,
            ),
            ("Elle envoie sa demande", self.demande),
            ("La conseillère la voit arriver et demande une précision", self.precision),
            ("La gérante répond, la demande est validée : le dossier existe", self.dossier),
            ("Les tâches sont assignées, datées en jours ouvrés", self.taches),
            ("Le futur salarié reçoit son lien ; il ne sert qu'une fois", self.lien),
            ("Il remplit sa fiche et dépose deux pièces", self.depots),
            ("Une pièce est refusée avec son motif, une autre manque encore", self.refus),
            ("Une relance part d'elle-même", self.relance),
            ("Il dépose à nouveau : tout est validé", self.redepot),
            ("La conseillère fait la DPAE et produit le contrat en PDF", self.contrat),
            ("La gérante prépare l'arrivée et dépose le contrat signé", self.preparation),
            ("Affiliations et visite médicale", self.affiliations),
            ("Suspendue puis reprise, la démarche garde ses tâches", self.suspension),
            ("Le jour d'arrivée, le salarié est inscrit au registre", self.arrivee),
            ("L'alerte de fin d'essai se déclenche dix jours avant", self.alerte),
            ("L'essai se termine, la démarche est close, son prix visible", self.cloture),
            ("Chacun ne voit du journal que ce qu'il peut voir", self.journal),
        ]

    def connexions(self) -> None:
        tiers = asyncio.run(cabinet.installe())
        client, personne = CLIENTS[0], EQUIPE[0]
        self.gerante = Acteur.connecte(self.adresses, client.email)
        self.conseillere = Acteur.connecte(self.adresses, personne.email, personne.seed)
        salarie = Salarie("Léa", "Martin", "femme", date(1998, 5, 17), "Vendeuse", self.entree)
        self.tiers = tiers[client.cle]
        self.e = Embauche(self.adresses, self.gerante, self.conseillere, salarie, tiers_id=self.tiers)

    def catalogue(self) -> None:
        offers = self.gerante.get("/catalogue", tiers=self.tiers)
        _vrai(
            any(o["libelle"] == "Déclarer une embauche" for o in offers), "« Déclarer une embauche » absent"
        )

    def brouillon(self) -> None:
        partial = {"prenom": "Léa", "nom_usage": "Martin"}
        self.gerante.put(f"/brouillons/embauche?tiers={self.tiers}", {"data": partial})
        again = Acteur.connecte(self.adresses, CLIENTS[0].email)
        found = again.get("/brouillons/embauche", tiers=self.tiers)
        _vrai(found["data"] == partial, "le brouillon n'est pas celui qui a été laissé")

    def erreurs(self) -> None:
        bad = {
            **self.e.salarie.declaration(),
            "date_entree": (self.today - timedelta(days=3)).isoformat(),
            "date_naissance": "2031-02-30",
            "nir": self.e.salarie.nir[:-2] + f"{int(self.e.salarie.nir[-2:]) % 97 + 1:02d}",
        }
        body = {
            "modele": "embauche",
            "tiers_id": self.tiers,
            "phase": "demande",
            "donnees": {"declaration": bad},
        }
        problem = self.gerante.post("/demarches", body, 422)
        fields = {error["pointer"].rsplit("/", 1)[-1] for error in problem["errors"]}
        _vrai({"date_entree", "date_naissance", "nir"} <= fields, f"champs signalés : {sorted(fields)}")

    def demande(self) -> None:
        self.e.declare(datetime.combine(self.today, time(10), PARIS))
        seen = self.e.vue(self.gerante)
        _vrai(seen["statut"]["cle"] == "recue", f"statut {seen['statut']['cle']}")

    def precision(self) -> None:
        queue = self.conseillere.get("/travail", portee="moi")
        known = [item["demarche_id"] for group in queue["groupes"] for item in group["items"]]
        _vrai(self.e.id in known, "la demande n'est pas dans la file de la conseillère")
        self.e.demande_precision("Quelle convention collective appliquez-vous ?")
        _vrai(self.e.vue(self.gerante)["statut"]["cle"] == "attente_infos", "statut inattendu")

    def dossier(self) -> None:
        self.e.precise("La boulangerie artisanale.")
        _vrai(self.e.vue()["statut"]["cle"] == "analyse", "statut inattendu après la réponse")
        self.e.valide_demande()
        _vrai(self.e.vue()["phase"] == "dossier", "le dossier n'est pas créé")

    def taches(self) -> None:
        titles = {tache["titre"]: tache for tache in self.e.vue()["taches"]}
        for title in (
            "Réaliser la DPAE",
            "Rédiger le contrat de travail à partir du modèle CDI",
            "Préparer le poste de travail",
            "Planifier la visite d'accueil",
            "Préparer le matériel de bienvenue",
        ):
            _vrai(
                title in titles and titles[title]["due_at"] is not None,
                f"tâche absente ou sans date : {title}",
            )
        due = datetime.fromisoformat(titles["Réaliser la DPAE"]["due_at"]).astimezone(PARIS).date()
        _vrai(due < self.entree and due.weekday() < 5, f"échéance de la DPAE le {due}")

    def lien(self) -> None:
        self.e.participant()
        token = next(iter(self.e._used))
        again = Acteur(self.adresses, "curieux")
        problem = again._send("POST", f"/liens/{token}", 410, None)
        _vrai(problem["code"] == "lien_utilise", f"code {problem['code']}")

    def depots(self) -> None:
        self.e.remplit_fiche()
        self.e.depose("cni")
        self.e.depose("rib", flou=True)

    def refus(self) -> None:
        self.e.valide("cni")
        motif = "Le RIB est flou, l'IBAN ne se lit pas."
        self.e.refuse("rib", motif)
        seen = self._piece(self.e.participant(), "rib")
        _vrai(seen["statut"] == "refuse" and seen["motif"] == motif, "le motif n'est pas montré")

    def relance(self) -> None:
        self.e.a(self.today + timedelta(days=4))
        attendre(
            "la relance au futur salarié",
            lambda: [
                mail
                for mail in courriels_de(self.adresses, self.e.salarie.email)
                if "carte vitale" in (mail["text"] + mail["html"]).lower()
                and "RIB" in mail["text"] + mail["html"]
            ],
        )

    def redepot(self) -> None:
        for piece in ("rib", "carte_vitale"):
            self.e.depose(piece)
            self.e.valide(piece)
        self.e.attend_etape("dpae")

    def contrat(self) -> None:
        self.e.fait("Réaliser la DPAE")
        made = self.e.produit("contrat")
        pdf = self.conseillere.telecharge(made["file"]["id"])
        _vrai(pdf.content.startswith(b"%PDF"), "le contrat n'est pas un PDF")
        self.e.fait("Rédiger le contrat")

    def preparation(self) -> None:
        for start in ("Préparer le poste", "Planifier la visite", "Préparer le matériel"):
            self.e.fait(start, self.gerante)
        self.gerante.depose(
            f"{self.e.path}/pieces/contrat_signe/depots", pieces.scan("contrat_signe", "Lu et approuvé")
        )
        self.e.valide("contrat_signe")

    def affiliations(self) -> None:
        self.e.affilie_et_convoque()
        _vrai(self._etape("visite_medicale")["statut"] == "valide", "la visite n'est pas organisée")

    def suspension(self) -> None:
        before = len(self.e.vue()["taches"])
        self.conseillere.post(f"{self.e.path}/suspension", {"motif": "Le client nous recontacte."})
        _vrai(self.e.vue(self.gerante)["cycle"] == "suspendue", "la démarche n'est pas suspendue")
        self.conseillere.post(f"{self.e.path}/reprise", {})
        seen = self.e.vue()
        _vrai(seen["cycle"] == "ouverte" and len(seen["taches"]) == before, "la reprise a changé les tâches")

    def arrivee(self) -> None:
        self.e.a(self.entree, time(9, 30))
        self.e.attend_etape("arrivee")
        self.e.inscrit_au_registre("M0042")
        self.e.attend_etape("periode_essai")

    def alerte(self) -> None:
        self.e.a(self.entree + timedelta(days=52))
        attendre(
            "l'alerte de fin d'essai",
            lambda: [t for t in self.e.vue()["taches"] if t["titre"].startswith("Préparer le courrier")],
        )
        self.e.produit("confirmation_essai")
        self.e.fait("Préparer le courrier")

    def cloture(self) -> None:
        self.e.a(self.entree + timedelta(days=64))
        self.e.attend_etape("termine")
        self.e.clot()
        seen = self.e.vue(self.gerante)
        _vrai(seen["cycle"] == "terminee" and seen["progression"] == 100, "la démarche n'est pas terminée")
        _vrai(seen["prix"] == 29000, f"prix montré : {seen['prix']}")
        _vrai(len(seen["livrables"]) == 2, f"{len(seen['livrables'])} documents finaux")

    def journal(self) -> None:
        everything = self._journal(self.conseillere)
        client = self._journal(self.gerante)
        _vrai(
            len(everything) > len(client) > 20,
            f"{len(everything)} lignes, dont {len(client)} pour la cliente",
        )
        _vrai(not any("DPAE" in line and "Coché" in line for line in client), "une ligne interne est montrée")

    def _journal(self, acteur: Acteur) -> list[str]:
        lines: list[str] = []
        before: int | None = None
        while True:
            page = acteur.get(f"{self.e.path}/journal", limite=100, **({"avant": before} if before else {}))
            lines += [f"{item['titre']} {item['detail'] or ''}" for item in page["items"]]
            before = page["suivant"]
            if before is None:
                return lines

    def _piece(self, acteur: Acteur, piece: str) -> dict[str, Any]:
        return next(p for p in self.e.vue(acteur)["pieces"] if p["id"] == piece)

    def _etape(self, cle: str) -> dict[str, Any]:
        return next(e for e in self.e.vue()["etapes"] if e["cle"] == cle)


def _vrai(condition: bool, sinon: str) -> None:
    if not condition:
        raise Inattendu(sinon)


def joue(adresses: Adresses) -> int:
    """Play the story; returns the exit code."""
    histoire = Histoire(adresses)
    steps = histoire.steps()
    for number, (title, step) in enumerate(steps, 1):
        try:
            step()
        except Exception as error:
            sys.stdout.write(f"✗ {number:2}. {title}\n      {type(error).__name__} : {error}\n")
            return 1
        sys.stdout.write(f"✓ {number:2}. {title}\n")
        sys.stdout.flush()
    sys.stdout.write(f"Histoire jouée : {len(steps)} étapes sur {len(steps)}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(joue(Adresses(os.environ["ELASKA_BASE_URL"], os.environ["ELASKA_MAIL_URL"])))
