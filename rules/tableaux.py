"""Figures of the dashboards « Courtage » (CRE-03), « Suivi des Aides et Subventions » (ASO-02, ASO-03),
« Recouvrement » (REC-31) and « Sinistres » (SIN-22).

Amounts are integer cents. A file counts on the day of what it counts for: a loan when its offer is accepted, a grant
when the funder has decided; a file without that day counts for nothing yet. What is owed counts as it stands today,
what was recovered on the day of each payment.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from rules.erreurs import DonneeIncoherenteError

REFUSE, ABANDONNE = "refuse", "abandonne"
OBTENUE, RECTIFIEE, REFUSEE = "obtenue", "rectifiee", "refusee"


@dataclass(frozen=True, slots=True)
class Periode:
    """From a day to another, both included."""

    debut: date
    fin: date

    def __post_init__(self) -> None:
        if self.fin < self.debut:
            raise DonneeIncoherenteError("La fin de la période précède son début.")

    def contient(self, jour: date | None) -> bool:
        """That day is of the period; None never is."""
        return jour is not None and self.debut <= jour <= self.fin


@dataclass(frozen=True, slots=True)
class Part:
    """What one bank, funder, field or year weighs."""

    nom: str
    nombre: int
    montant: int


@dataclass(frozen=True, slots=True)
class DossierCredit:
    """A loan file as the dashboard counts it. `issue`: `refuse`, `abandonne` or None; `clos_le`: day of its end."""

    banque: str | None = None
    capital: int = 0
    accepte_le: date | None = None
    honoraires: int = 0
    issue: str | None = None
    clos_le: date | None = None


@dataclass(frozen=True, slots=True)
class Production:
    """« Production Totale »: capital of the offers accepted in the period, and what was lost."""

    total: int
    dossiers: int
    honoraires: int
    par_banque: tuple[Part, ...]
    refuses: int
    abandonnes: int


def production(dossiers: Iterable[DossierCredit], periode: Periode) -> Production:
    """What a period of brokerage brought (CRE-03)."""
    connus = list(dossiers)
    acceptes = [dossier for dossier in connus if periode.contient(dossier.accepte_le)]
    perdus = [dossier.issue for dossier in connus if periode.contient(dossier.clos_le)]
    return Production(
        sum(dossier.capital for dossier in acceptes),
        len(acceptes),
        sum(dossier.honoraires for dossier in acceptes),
        _parts((dossier.banque or "", dossier.capital) for dossier in acceptes),
        perdus.count(REFUSE),
        perdus.count(ABANDONNE),
    )


@dataclass(frozen=True, slots=True)
class DossierSubvention:
    """A grant file. `decision`: `obtenue`, `rectifiee`, `refusee`, None while the funder has not decided."""

    financeur: str
    domaine: str
    budget: int
    demande: int
    ouvert_le: date
    decision: str | None = None
    decide_le: date | None = None
    vote: int = 0
    paye: int = 0

    @property
    def jour(self) -> date:
        """The day it counts for: that of the decision, else that of its opening."""
        return self.decide_le or self.ouvert_le


@dataclass(frozen=True, slots=True)
class Subventions:
    """Budgets and grants of a period. `taux`: whole per cent of what was asked in the files decided, None without."""

    dossiers: int
    budget: int
    demande: int
    vote: int
    paye: int
    obtenues: int
    rectifiees: int
    refusees: int
    en_attente: int
    taux: int | None
    par_financeur: tuple[Part, ...]
    par_domaine: tuple[Part, ...]
    par_annee: tuple[Part, ...]


def subventions(dossiers: Iterable[DossierSubvention], periode: Periode) -> Subventions:
    """What the grants of a period came to (ASO-02), by funder, field and year of decision (ASO-03)."""
    tous = [dossier for dossier in dossiers if periode.contient(dossier.jour)]
    decides = [dossier for dossier in tous if dossier.decision is not None]
    demande_decidee = sum(dossier.demande for dossier in decides)
    vote = sum(dossier.vote for dossier in tous)

    def par(nom: Callable[[DossierSubvention], str]) -> tuple[Part, ...]:
        return _parts((nom(dossier), dossier.vote) for dossier in decides)

    decisions = [dossier.decision for dossier in tous]
    return Subventions(
        len(tous),
        sum(dossier.budget for dossier in tous),
        sum(dossier.demande for dossier in tous),
        vote,
        sum(dossier.paye for dossier in tous),
        decisions.count(OBTENUE),
        decisions.count(RECTIFIEE),
        decisions.count(REFUSEE),
        decisions.count(None),
        100 * vote // demande_decidee if demande_decidee else None,
        par(lambda dossier: dossier.financeur),
        par(lambda dossier: dossier.domaine),
        tuple(sorted(par(lambda dossier: str(dossier.jour.year)), key=lambda part: part.nom)),
    )


@dataclass(frozen=True, slots=True)
class DossierRecouvrement:
    """A claim on a debtor. `recus`: day and amount of each payment, negative when it was given back; `ouvert`: it is
    still pursued."""

    client: str
    reste_du: int
    en_retard: int
    recus: tuple[tuple[date, int], ...]
    ouvert: bool


@dataclass(frozen=True, slots=True)
class Recouvrements:
    """What is still to recover in the files that are open, and what came in over a period, all files together."""

    dossiers: int
    encours: int
    en_retard: int
    recupere: int
    reglements: int
    par_client: tuple[Part, ...]


def recouvrements(dossiers: Iterable[DossierRecouvrement], periode: Periode) -> Recouvrements:
    """Outstanding claims, and payments received over a period (REC-31). A client owed nothing has no part."""
    connus = list(dossiers)
    ouverts = [dossier for dossier in connus if dossier.ouvert]
    recus = [montant for dossier in connus for jour, montant in dossier.recus if periode.contient(jour)]
    return Recouvrements(
        len(ouverts),
        sum(dossier.reste_du for dossier in ouverts),
        sum(dossier.en_retard for dossier in ouverts),
        sum(recus),
        sum(montant > 0 for montant in recus),
        _parts((dossier.client, dossier.reste_du) for dossier in ouverts if dossier.reste_du > 0),
    )


@dataclass(frozen=True, slots=True)
class DossierSinistre:
    """A claim. `indemnises`: day and amount of each payment by the insurer; `survenu_le`: None while it is not told."""

    risque: str
    compagnie: str
    survenu_le: date | None
    indemnises: tuple[tuple[date, int], ...]
    ouvert: bool


@dataclass(frozen=True, slots=True)
class Sinistres:
    """Claims that happened in a period, by type of risk and by insurer, and what insurers paid over it."""

    dossiers: int
    en_cours: int
    clos: int
    indemnise: int
    versements: int
    par_risque: tuple[Part, ...]
    par_compagnie: tuple[Part, ...]


def sinistres(dossiers: Iterable[DossierSinistre], periode: Periode) -> Sinistres:
    """Number of claims of a period by type of risk, which the loss ratio reads (SIN-22, PIL-06).

    A claim counts in the period when it happened, and its part weighs all that was paid for it, whenever; the
    payments of the period are those of any claim.
    """
    connus = list(dossiers)
    survenus = [dossier for dossier in connus if periode.contient(dossier.survenu_le)]
    verses = [montant for dossier in connus for jour, montant in dossier.indemnises if periode.contient(jour)]

    def par(nom: Callable[[DossierSinistre], str]) -> tuple[Part, ...]:
        parts = _parts(
            (nom(dossier), sum(montant for _, montant in dossier.indemnises)) for dossier in survenus
        )
        return tuple(sorted(parts, key=lambda part: (-part.nombre, part.nom)))

    en_cours = sum(dossier.ouvert for dossier in survenus)
    return Sinistres(
        len(survenus),
        en_cours,
        len(survenus) - en_cours,
        sum(verses),
        len(verses),
        par(lambda dossier: dossier.risque),
        par(lambda dossier: dossier.compagnie),
    )


def _parts(montants: Iterable[tuple[str, int]]) -> tuple[Part, ...]:
    """Amounts gathered by name, the largest first."""
    groupes: defaultdict[str, list[int]] = defaultdict(list)
    for nom, montant in montants:
        groupes[nom].append(montant)
    parts = [Part(nom, len(trouves), sum(trouves)) for nom, trouves in groupes.items()]
    return tuple(sorted(parts, key=lambda part: (-part.montant, part.nom)))
