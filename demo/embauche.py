"""One hiring, played by its actors through the API, from the declaration to the closure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from demo import pieces
from demo.acteurs import Acteur, Adresses, attendre, jeton_recu, produire

PARIS = ZoneInfo("Europe/Paris")
IBAN = "FR7630006000011234567890189"


@dataclass(frozen=True)
class Salarie:
    """Whom the client hires, and how."""

    prenom: str
    nom: str
    genre: str
    naissance: date
    poste: str
    entree: date
    nature: str = "cdi"
    categorie: str = "employe"
    fin: date | None = None
    salaire: int = 195_000
    ville: str = "Bordeaux"

    @property
    def email(self) -> str:
        sans_accent = str.maketrans("éèêëàâîïôöûüçÉ '", "eeeeaaiioouucE--")
        return f"{self.prenom}.{self.nom}@courriel.example".translate(sans_accent).lower()

    @property
    def nir(self) -> str:
        """A social security number coherent with sex and birth date, with its key."""
        sexe = "2" if self.genre == "femme" else "1"
        racine = f"{sexe}{self.naissance:%y%m}33063{self.naissance.day:03d}"
        return f"{racine}{97 - int(racine) % 97:02d}"

    def declaration(self) -> dict[str, Any]:
        """The manager's form."""
        commun: dict[str, Any] = {
            "prenom": self.prenom,
            "nom_usage": self.nom,
            "genre": self.genre,
            "date_naissance": self.naissance.isoformat(),
            "email_personnel": self.email,
            "intitule_poste": self.poste,
            "adresse_professionnelle": f"12 rue du Commerce, {self.ville}",
            "nature_contrat": self.nature,
            "date_entree": self.entree.isoformat(),
            "heure_entree": "09:00",
            "temps_travail": "temps_plein",
            "salaire_brut_mensuel": self.salaire,
        }
        if self.nature == "cdi":
            return {**commun, "categorie": self.categorie}
        assert self.fin is not None
        return {
            **commun,
            "motif_cdd": "accroissement_activite",
            "precision_motif": "Commandes des fêtes de fin d'année",
            "date_fin": self.fin.isoformat(),
        }

    def fiche(self) -> dict[str, Any]:
        """The employee's own form."""
        return {
            "prenom": self.prenom,
            "nom_naissance": self.nom,
            "nom_usage": self.nom,
            "genre": self.genre,
            "date_naissance": self.naissance.isoformat(),
            "lieu_naissance": "Bordeaux",
            "pays_naissance": "France",
            "nationalite": "Française",
            "nir": self.nir,
            "email_personnel": self.email,
            "telephone_portable": "06 12 34 56 78",
            "adresse_personnelle": "14 rue des Tanneurs, 33000 Bordeaux",
            "iban": IBAN,
        }


class Embauche:
    """A démarche and the people who move it. Times are civil times in Paris, on the démarche's own clock."""

    def __init__(
        self, adresses: Adresses, manager: Acteur, conseiller: Acteur, salarie: Salarie, *, tiers_id: str
    ) -> None:
        self.adresses = adresses
        self.manager = manager
        self.conseiller = conseiller
        self.salarie = salarie
        self.tiers_id = tiers_id
        self.id = ""
        self.reference = ""
        self.debut = datetime.now(PARIS).date()
        """Civil date of the declaration, on the démarche's clock."""
        self._participant: Acteur | None = None
        self._used: frozenset[str] = frozenset()

    @property
    def path(self) -> str:
        return f"/demarches/{self.id}"

    def vue(self, acteur: Acteur | None = None) -> dict[str, Any]:
        """The démarche as an actor sees it (the adviser by default)."""
        seen: dict[str, Any] = (acteur or self.conseiller).get(self.path)
        return seen

    # --- time

    def a(self, jour: date, heure: time = time(10)) -> None:
        """Move the démarche's clock: what was due before then plays first."""
        instant = datetime.combine(jour, heure, PARIS)
        self.conseiller.put(f"{self.path}/horloge", {"maintenant": instant.isoformat(), "facteur": 1})

    def au_present(self) -> None:
        """Give the démarche the real time again."""
        self.conseiller.put(f"{self.path}/horloge", {"maintenant": None, "facteur": 1})

    # --- demande

    def declare(self, origine: datetime | None = None) -> None:
        """The manager sends the declaration; `origine`: when, on the démarche's clock."""
        body: dict[str, Any] = {
            "modele": "embauche",
            "tiers_id": self.tiers_id,
            "phase": "demande",
            "donnees": {"declaration": self.salarie.declaration()},
        }
        if origine is not None:
            self.debut = origine.date()
            body["horloge"] = {"origine": origine.isoformat(), "facteur": 1}
        opened = self.manager.post("/demarches", body, 201)
        self.id, self.reference = opened["id"], opened["reference"]

    def demande_precision(self, message: str) -> None:
        self.conseiller.post(f"{self.path}/informations", {"message": message})

    def precise(self, message: str) -> None:
        action = next(a for a in self.vue(self.manager)["actions"] if a["statut"] == "attente_client")
        self.manager.repond(f"{self.path}/actions/{action['id']}/reponse", message)

    def valide_demande(self) -> None:
        self.conseiller.post(f"{self.path}/validation", {})

    # --- employee

    def participant(self) -> Acteur:
        """The future employee, come by the link of their mail."""
        if self._participant is None:
            token = jeton_recu(self.adresses, self.salarie.email, self.reference, self._used)
            self._used |= {token}
            self._participant = Acteur.par_lien(self.adresses, token, self.salarie.prenom)
        return self._participant

    def remplit_fiche(self) -> None:
        self.participant().post(f"{self.path}/formulaires/salarie", {"donnees": self.salarie.fiche()})

    def depose(self, piece: str, *, flou: bool = False) -> None:
        """The employee deposits a photograph (a PDF for the RIB)."""
        lignes = (
            self.salarie.nom.upper(),
            self.salarie.prenom,
            f"Né(e) le {self.salarie.naissance:%d/%m/%Y}",
        )
        fichier = (
            pieces.scan(piece, *lignes)
            if piece == "rib" and not flou
            else pieces.photo(piece, *lignes, flou=flou)
        )
        self.participant().depose(f"{self.path}/pieces/{piece}/depots", fichier)

    def valide(self, piece: str) -> None:
        self.conseiller.post(f"{self.path}/pieces/{piece}/validation", {})

    def refuse(self, piece: str, motif: str) -> None:
        self.conseiller.post(f"{self.path}/pieces/{piece}/refus", {"motif": motif})

    def complete_pieces(self) -> None:
        """The whole étape of the employee, without incident."""
        self.remplit_fiche()
        for piece in ("cni", "rib", "carte_vitale"):
            self.depose(piece)
            self.valide(piece)

    # --- tasks

    def tache(self, debut: str) -> dict[str, Any]:
        """The open task whose title starts so."""
        return next(
            t for t in self.vue()["taches"] if t["titre"].startswith(debut) and t["statut"] != "termine"
        )

    def fait(self, debut: str, acteur: Acteur | None = None) -> None:
        """Tick the checklist of a task, then complete it."""
        qui = acteur or self.conseiller
        tache = self.tache(debut)
        base = f"{self.path}/taches/{tache['id']}"
        for rang, point in enumerate(tache["checklist"]):
            if not point["fait"]:
                qui.put(f"{base}/checklist/{rang}", {"fait": True})
        qui.post(f"{base}/fin", {})

    def produit(self, document: str) -> dict[str, Any]:
        """Generate a document and wait for its PDF."""
        return produire(self.conseiller, self.path, document)

    def prepare(self) -> None:
        """DPAE, contract and arrival, all three branches."""
        self.fait("Réaliser la DPAE")
        self.produit("contrat")
        self.fait("Rédiger le contrat")
        for debut in ("Préparer le poste", "Planifier la visite", "Préparer le matériel"):
            self.fait(debut, self.manager)
        self.manager.depose(
            f"{self.path}/pieces/contrat_signe/depots",
            pieces.scan("contrat_signe", "Lu et approuvé", self.salarie.nom),
        )
        self.valide("contrat_signe")

    def affilie_et_convoque(self) -> None:
        self.fait("Affilier")
        self.fait("Organiser la visite")

    def inscrit_au_registre(self, matricule: str) -> None:
        self.conseiller.post(
            f"{self.path}/formulaires/registre",
            {"donnees": {"matricule": matricule, "type_mouvement": "entree"}},
        )

    def attend_etape(self, cle: str) -> None:
        """Wait until an étape is under way (a timer may have to fire first)."""
        attendre(
            f"l'étape « {cle} »",
            lambda: any(e["cle"] == cle and e["statut"] == "en_cours" for e in self.vue()["etapes"]),
        )

    def clot(self) -> None:
        self.conseiller.post(f"{self.path}/etapes/termine/validation", {})


def jours(nombre: int, depuis: date) -> date:
    """A working day about `nombre` days from a date."""
    jour = depuis + timedelta(days=nombre)
    while jour.weekday() >= 5:
        jour += timedelta(days=1)
    return jour
