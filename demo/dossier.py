"""Any démarche of the demonstration, played by its client and its adviser through the API, on a clock of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Self

from demo import pieces
from demo.acteurs import Acteur, Inattendu, attendre, produire
from demo.embauche import PARIS

Donnees = Mapping[str, Any]

TOURS = 80
"""More than any étape takes: a story that turns in circles is told."""


class Dossier:
    """A démarche and the two people who move it."""

    def __init__(self, client: Acteur, conseiller: Acteur, id: str) -> None:
        self.client = client
        self.conseiller = conseiller
        self.id = id
        self._cabinet: set[str] | None = None

    @classmethod
    def ouvre(
        cls,
        client: Acteur,
        conseiller: Acteur,
        modele: str,
        tiers_id: str,
        donnees: Donnees,
        *,
        depuis: int = 0,
        valide: bool = True,
    ) -> Self:
        """A demande sent by the client `depuis` days ago, accepted by the firm unless told otherwise."""
        body: dict[str, Any] = {
            "modele": modele,
            "tiers_id": tiers_id,
            "phase": "demande",
            "donnees": dict(donnees),
        }
        if depuis:
            body["horloge"] = {"origine": _instant(-depuis).isoformat(), "facteur": 1}
        opened = client.post("/demarches", body, 201)
        dossier = cls(client, conseiller, opened["id"])
        if valide:
            conseiller.post(f"{dossier.path}/validation", {})
        return dossier

    @property
    def path(self) -> str:
        return f"/demarches/{self.id}"

    def vue(self) -> dict[str, Any]:
        """The démarche as its adviser sees it."""
        seen: dict[str, Any] = self.conseiller.get(self.path)
        return seen

    # --- time

    def au_jour(self, relatif: int) -> None:
        """Move the clock to 10 o'clock, `relatif` days from today: what was due before then plays first."""
        self._montre(_instant(relatif))

    def suit(self, relatif: int) -> None:
        """Move a child's clock to the day where its parent's has just been moved, without waiting for it to be
        told: an hour later, so that being told after changes nothing.
        """
        self._montre(_instant(relatif) + timedelta(hours=1))

    def _montre(self, instant: datetime) -> None:
        self.conseiller.put(f"{self.path}/horloge", {"maintenant": instant.isoformat(), "facteur": 1})

    def au_present(self) -> None:
        """Give the démarche the real time again."""
        self.conseiller.put(f"{self.path}/horloge", {"maintenant": None, "facteur": 1})

    # --- one act at a time

    def lignes(self, collection: str) -> list[dict[str, Any]]:
        """Lines of a collection."""
        found = next(each for each in self.vue()["collections"] if each["cle"] == collection)
        lines: list[dict[str, Any]] = found["lignes"]
        return lines

    def ajoute(self, collection: str, **donnees: Any) -> str:
        """The adviser adds a line; its id."""
        added = self.conseiller.post(
            f"{self.path}/collections/{collection}/lignes", {"donnees": donnees}, 201
        )
        return str(added["id"])

    def marque(self, collection: str, ligne: str, statut: str, acteur: Acteur | None = None) -> None:
        """Give a line its status."""
        (acteur or self.conseiller).put(
            f"{self.path}/collections/{collection}/lignes/{ligne}/statut", {"statut": statut}
        )

    def survient(self, evenement: str, **donnees: Any) -> None:
        """The adviser records that an outside event happened."""
        self.conseiller.post(f"{self.path}/evenements/{evenement}", {"donnees": donnees} if donnees else {})

    def depose(self, piece: Mapping[str, Any]) -> None:
        """Whoever owes a document deposits it; the adviser accepts what comes from outside the firm."""
        qui = self._celui(piece["de"])
        qui.depose(f"{self.path}/pieces/{piece['id']}/depots", pieces.scan(piece["id"], piece["titre"]))
        if qui is self.client:
            self.conseiller.post(f"{self.path}/pieces/{piece['id']}/validation", {})

    def fait(self, tache: Mapping[str, Any]) -> None:
        """Tick the list of a task, make its document, then complete it."""
        if tache["document"]:
            self.produit(tache["document"])
        qui = self.conseiller if tache["side"] == "cabinet" else self.client
        base = f"{self.path}/taches/{tache['id']}"
        for rang, point in enumerate(tache["checklist"]):
            if not point["fait"]:
                qui.put(f"{base}/checklist/{rang}", {"fait": True})
        qui.post(f"{base}/fin", {})

    def produit(self, document: str) -> None:
        """Generate a document and wait for its PDF."""
        produire(self.conseiller, self.path, document)

    def evenement(self, cle: str) -> str:
        """Where an outside event stands."""
        return next(str(each["statut"]) for each in self.vue()["evenements"] if each["cle"] == cle)

    def remplit(self, formulaire: str, par: str, donnees: Donnees) -> None:
        """Whoever is asked for a form sends it."""
        self._celui(par).post(f"{self.path}/formulaires/{formulaire}", {"donnees": dict(donnees)})

    def enfants(self) -> dict[str, Dossier]:
        """Child démarches by the name of their line, once all of them are open."""
        lus = attendre(
            "les démarches ouvertes par celle-ci",
            lambda: (
                found
                if (found := [e for etape in self.vue()["etapes"] for e in etape["enfants"]])
                # Its parent names a child before it is open.
                and all(self.conseiller.trouve(f"/demarches/{e['demarche_id']}") for e in found)
                else None
            ),
        )
        noms = {
            ligne["id"]: ligne["nom"]
            for collection in self.vue()["collections"]
            for ligne in collection["lignes"]
        }
        return {
            noms.get(enfant["ligne"], enfant["titre"]): Dossier(
                self.client, self.conseiller, enfant["demarche_id"]
            )
            for enfant in lus
        }

    # --- a whole étape

    def avance(self, jusqu_a: str, formulaires: Donnees) -> None:
        """Do what is asked of each, in order, until an étape is under way.

        `formulaires`: the answers, by form. Raises Inattendu when nothing is left to do before that étape.
        """
        for _ in range(TOURS):
            seen = self.vue()
            if any(e["cle"] == jusqu_a and e["statut"] == "en_cours" for e in seen["etapes"]):
                return
            if not self._un_pas(seen, formulaires):
                attendus = [attente["label"] for attente in seen["attentes"]]
                raise Inattendu(f"{seen['reference']} n'atteint pas « {jusqu_a} » : attend {attendus}")
        raise Inattendu(f"« {jusqu_a} » n'est pas atteinte en {TOURS} tours")

    def _un_pas(self, seen: Mapping[str, Any], formulaires: Donnees) -> bool:
        """Do everything that the démarche asks for now; False when there was nothing."""
        acts = 0
        for etape in seen["etapes"]:
            for form in etape["formulaires"] if etape["statut"] == "en_cours" else ():
                if not form["fait"] and form["nom"] in formulaires:
                    self.remplit(form["nom"], form["pour"], formulaires[form["nom"]])
                    acts += 1
        for piece in seen["pieces"]:
            if piece["obligatoire"] and piece["statut"] == "manquant":
                self.depose(piece)
                acts += 1
        for tache in _ouvertes(seen):
            self.fait(tache)
            acts += 1
        return acts > 0

    def _celui(self, role: str) -> Acteur:
        """Whoever holds a role: the client, unless it is one of the firm's."""
        if self._cabinet is None:
            self._cabinet = {m["role"] for m in self.vue()["equipe"] if m["side"] == "cabinet"}
        return self.conseiller if role in self._cabinet else self.client


def _ouvertes(seen: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for tache in seen["taches"]:
        if tache["obligatoire"] and tache["statut"] in ("a_faire", "en_cours"):
            yield tache


def _instant(relatif: int) -> datetime:
    return datetime.combine(jour(relatif), time(10), PARIS)


def jour(relatif: int) -> date:
    """The civil date `relatif` days from today."""
    return datetime.now(PARIS).date() + timedelta(days=relatif)


def le(relatif: int) -> str:
    """The same, as forms write it."""
    return jour(relatif).isoformat()
