"""The account of a debtor: payments set against invoices, instalment plans, fees, and the statement of account.

Amounts are integer cents. Payments are set against the principal; penalties and the fixed sums are counted apart, on
what was still due each day (see `rules.creances`). Everything that depends on today takes the day as an argument: it
is computed when somebody reads it, never stored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Literal

from rules.argent import arrondi
from rules.creances import (
    Interets,
    Versement,
    indemnite_forfaitaire,
    interets_legaux,
    penalites_de_retard,
)
from rules.delais import ajouter_mois
from rules.erreurs import DonneeIncoherenteError, HorsPlageError, RegleError

ECHEANCES_MAX = 60


@dataclass(frozen=True, slots=True)
class Facture:
    """An invoice to recover. `numero` is how payments name it."""

    id: str
    numero: str
    montant: int
    echeance: date


@dataclass(frozen=True, slots=True)
class Reglement:
    """A payment received. `factures`: numbers of the invoices the payer named, if any."""

    id: str
    jour: date
    montant: int
    factures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Remboursement:
    """Money given back to the debtor."""

    jour: date
    montant: int


def gardes(reglements: Sequence[Reglement], rendus: Sequence[Remboursement]) -> list[Reglement]:
    """What is kept of each payment: money given back is taken off the latest ones received by that day.

    An excess is in the last payments, so the others go on paying what they paid, on the day they did. Raises
    DonneeIncoherenteError when more was given back on a day than had been received.
    """
    garde = {recu.id: recu.montant for recu in reglements}
    recents = sorted(reglements, key=lambda r: r.jour)[::-1]
    for rendu in sorted(rendus, key=lambda r: r.jour):
        reste = rendu.montant
        for recu in recents:
            if recu.jour <= rendu.jour:
                part = min(reste, garde[recu.id])
                garde[recu.id] -= part
                reste -= part
        if reste:
            raise DonneeIncoherenteError(
                f"Plus que ce qui est reçu du débiteur au {rendu.jour:%d/%m/%Y} lui serait rendu."
            )
    return [replace(recu, montant=garde[recu.id]) for recu in reglements]


@dataclass(frozen=True, slots=True)
class Imputation:
    """The part of a payment set against one invoice."""

    facture: str
    reglement: str
    jour: date
    montant: int


@dataclass(frozen=True, slots=True)
class Compte:
    """Invoices, payments, and which paid which. `trop_percu`: what is left once everything is paid."""

    factures: tuple[Facture, ...]
    imputations: tuple[Imputation, ...]
    trop_percu: int

    def regle(self, facture: str) -> int:
        """What was paid on an invoice, by id."""
        return sum(i.montant for i in self.imputations if i.facture == facture)

    def reste(self, facture: Facture) -> int:
        """What is still due on an invoice."""
        return facture.montant - self.regle(facture.id)

    @property
    def reste_du(self) -> int:
        """What is still due on all of them, penalties and fees left out."""
        return sum(self.reste(facture) for facture in self.factures)

    def versements(self, facture: str) -> list[Versement]:
        """What an invoice received, by day."""
        return [Versement(i.jour, i.montant) for i in self.imputations if i.facture == facture]


def imputer(factures: Sequence[Facture], reglements: Sequence[Reglement]) -> Compte:
    """Set each payment, by date, against the invoices the payer named, then against the oldest due.

    Code civil, art. 1342-10: the debtor says which debt is paid; failing that, those due come first, the oldest
    among them. Payments of the same day count in the order they were recorded. Raises DonneeIncoherenteError when a
    payment names an unknown invoice or two have the same number.
    """
    par_numero = {facture.numero: facture for facture in factures}
    if len(par_numero) < len(factures):
        raise DonneeIncoherenteError("Deux factures portent le même numéro.")
    rangees = sorted(factures, key=lambda f: (f.echeance, f.numero))
    reste = {facture.id: facture.montant for facture in factures}
    imputations: list[Imputation] = []
    trop_percu = 0
    for reglement in sorted(reglements, key=lambda r: r.jour):
        inconnues = [numero for numero in reglement.factures if numero not in par_numero]
        if inconnues:
            raise DonneeIncoherenteError(f"Le règlement vise une facture inconnue : {', '.join(inconnues)}.")
        nommees = [facture for facture in rangees if facture.numero in reglement.factures]
        disponible = reglement.montant
        for facture in (*nommees, *(f for f in rangees if f not in nommees)):
            part = min(disponible, reste[facture.id])
            if part > 0:
                imputations.append(Imputation(facture.id, reglement.id, reglement.jour, part))
                reste[facture.id] -= part
                disponible -= part
        trop_percu += disponible
    return Compte(tuple(rangees), tuple(imputations), trop_percu)


# --- Instalment plans


@dataclass(frozen=True, slots=True)
class Echeance:
    """An instalment granted to the debtor."""

    id: str
    jour: date
    montant: int


@dataclass(frozen=True, slots=True)
class EcheanceSuivie:
    """An instalment and what the payments received since the plan began cover of it."""

    echeance: Echeance
    regle: int

    @property
    def reste(self) -> int:
        """What is still due on it."""
        return self.echeance.montant - self.regle

    def manquee(self, au: date) -> bool:
        """Its day is over and it is not paid in full."""
        return self.reste > 0 and self.echeance.jour < au


def suivre_plan(
    echeances: Sequence[Echeance], reglements: Sequence[Reglement], accorde_le: date
) -> list[EcheanceSuivie]:
    """Instalments in order, covered one after the other by the payments received from `accorde_le` on."""
    disponible = sum(r.montant for r in reglements if r.jour >= accorde_le)
    suivies: list[EcheanceSuivie] = []
    for echeance in sorted(echeances, key=lambda e: (e.jour, e.id)):
        part = min(disponible, echeance.montant)
        suivies.append(EcheanceSuivie(echeance, part))
        disponible -= part
    return suivies


def proposer_plan(montant: int, nombre: int, premiere: date) -> list[Echeance]:
    """A plan of equal monthly instalments; the first ones are rounded down to the euro, the last takes the rest.

    Raises DonneeIncoherenteError for an amount or a number of instalments that makes no plan.
    """
    if not 1 <= nombre <= ECHEANCES_MAX:
        raise DonneeIncoherenteError(f"Un plan a de 1 à {ECHEANCES_MAX} échéances.")
    if montant < nombre:
        raise DonneeIncoherenteError("Le montant est trop petit pour autant d’échéances.")
    part = montant // nombre
    if part >= 100:
        part -= part % 100
    return [
        Echeance(
            str(rang + 1),
            ajouter_mois(premiere, rang),
            part if rang < nombre - 1 else montant - part * (nombre - 1),
        )
        for rang in range(nombre)
    ]


# --- Fees billed to the creditor


NatureFrais = Literal["frais_dossier", "commission", "huissier", "penalites"]


@dataclass(frozen=True, slots=True)
class Frais:
    """A fee of the recovery: an amount in cents, or for a commission a percentage of what was recovered."""

    nature: NatureFrais
    libelle: str
    montant: int | None = None
    taux: Decimal | None = None

    def cout(self, recupere: int) -> int:
        """Cents, rounded half up. Raises DonneeIncoherenteError when the fee does not say how much."""
        if self.nature == "commission":
            if self.taux is None:
                raise DonneeIncoherenteError(f"Le taux de la commission « {self.libelle} » manque.")
            return arrondi(recupere * self.taux / 100)
        if self.montant is None:
            raise DonneeIncoherenteError(f"Le montant des frais « {self.libelle} » manque.")
        return self.montant


# --- Statement of account


@dataclass(frozen=True, slots=True)
class Conditions:
    """What the debt is: between professionals or not, and what starts or raises interest."""

    professionnels: bool
    taux_contractuel: Decimal | None = None
    creancier_particulier: bool = False
    mise_en_demeure: date | None = None
    executoire_depuis: date | None = None


@dataclass(frozen=True, slots=True)
class LigneDeCompte:
    """One invoice on the statement. `penalites` is None when they could not be computed: `refus` says why."""

    facture: Facture
    regle: int
    reste: int
    jours_retard: int
    penalites: int | None
    indemnite: int
    refus: str | None = None
    taux_attendu: bool = False
    """The refusal is that of a table that stops before the day."""


@dataclass(frozen=True, slots=True)
class Situation:
    """The account on a given day. Amounts in cents."""

    au: date
    lignes: tuple[LigneDeCompte, ...]
    imputations: Mapping[str, tuple[Imputation, ...]] = field(default_factory=dict)
    """By payment."""
    regle: int = 0
    trop_percu: int = 0
    dernier: Reglement | None = None

    @property
    def initial(self) -> int:
        """Amount of the debt before any payment."""
        return sum(ligne.facture.montant for ligne in self.lignes)

    @property
    def reste_du(self) -> int:
        """Principal still due (« Somme totale due »)."""
        return sum(ligne.reste for ligne in self.lignes)

    @property
    def accessoires(self) -> int:
        """Penalties or interest, where they are known, and fixed sums."""
        return (self.penalites or 0) + self.indemnites

    def accessoires_dus(self) -> int:
        """What is left of them: money received beyond the principal pays them (C. civ. 1342-10)."""
        return max(0, self.accessoires - self.trop_percu)

    def a_rendre(self, *, reclamees: bool) -> int:
        """What the debtor paid in excess, penalties included where they are claimed.

        Nothing as long as claimed penalties are not known: what they will take of it cannot be told.
        """
        if not reclamees:
            return self.trop_percu
        return 0 if self.penalites is None else max(0, self.trop_percu - self.accessoires)

    @property
    def en_retard(self) -> int:
        """Part of it whose due date is over."""
        return sum(ligne.reste for ligne in self.lignes if ligne.facture.echeance < self.au)

    @property
    def a_venir(self) -> int:
        """Part of it that is not due yet."""
        return self.reste_du - self.en_retard

    @property
    def jours_retard(self) -> int:
        """Days since the oldest unpaid due date."""
        return max((ligne.jours_retard for ligne in self.lignes if ligne.reste > 0), default=0)

    @property
    def penalites(self) -> int | None:
        """Penalties or interest of all the invoices; None when one of them could not be computed."""
        parts = [ligne.penalites for ligne in self.lignes]
        return None if None in parts else sum(part for part in parts if part is not None)

    @property
    def indemnites(self) -> int:
        """Fixed sums of 40 €, one for each invoice paid late between professionals."""
        return sum(ligne.indemnite for ligne in self.lignes)

    @property
    def refus(self) -> str | None:
        """Why penalties are missing, in French."""
        return next((ligne.refus for ligne in self.lignes if ligne.refus), None)

    @property
    def taux_attendu(self) -> bool:
        """Penalties are missing because a rate is not published yet."""
        return any(ligne.taux_attendu for ligne in self.lignes)

    @property
    def total_exigible(self) -> int | None:
        """Overdue principal, penalties and fixed sums; None when penalties could not be computed."""
        return None if self.penalites is None else self.en_retard + self.penalites + self.indemnites

    @property
    def prochaine_echeance(self) -> date | None:
        """Next due date of an invoice that is not paid."""
        dates = [ligne.facture.echeance for ligne in self.lignes if ligne.reste > 0]
        return min((jour for jour in dates if jour >= self.au), default=None)


def situation(
    factures: Sequence[Facture], reglements: Sequence[Reglement], conditions: Conditions, au: date
) -> Situation:
    """The account on a day. Penalties that cannot be computed are left out, with the reason, never guessed.

    Payments dated after `au` are not counted. Raises what `imputer` raises.
    """
    recus = [reglement for reglement in reglements if reglement.jour <= au]
    compte = imputer(factures, recus)
    par_reglement: dict[str, tuple[Imputation, ...]] = {}
    for imputation in compte.imputations:
        par_reglement[imputation.reglement] = (*par_reglement.get(imputation.reglement, ()), imputation)
    return Situation(
        au,
        tuple(_ligne(compte, facture, conditions, au) for facture in compte.factures),
        par_reglement,
        sum(reglement.montant for reglement in recus),
        compte.trop_percu,
        max(reversed(recus), key=lambda r: r.jour, default=None),
    )


def _ligne(compte: Compte, facture: Facture, conditions: Conditions, au: date) -> LigneDeCompte:
    versements = compte.versements(facture.id)
    reste = compte.reste(facture)
    retard = max(0, (au - facture.echeance).days) if reste > 0 else 0
    indemnite, taux_attendu = 0, False
    try:
        if conditions.professionnels:
            indemnite = indemnite_forfaitaire(facture.montant, facture.echeance, au, versements)
        penalites: int | None = _interets(facture, versements, conditions, au).total
        refus = None
    except RegleError as error:
        penalites, refus = None, str(error)
        taux_attendu = isinstance(error, HorsPlageError)
    return LigneDeCompte(
        facture, compte.regle(facture.id), reste, retard, penalites, indemnite, refus, taux_attendu
    )


def _interets(
    facture: Facture, versements: Sequence[Versement], conditions: Conditions, au: date
) -> Interets:
    if conditions.professionnels:
        return penalites_de_retard(
            facture.montant, facture.echeance, au, versements, conditions.taux_contractuel
        )
    if conditions.mise_en_demeure is None:
        return Interets()
    depuis = max(conditions.mise_en_demeure, facture.echeance)
    return interets_legaux(
        facture.montant,
        depuis,
        au,
        conditions.creancier_particulier,
        versements,
        conditions.executoire_depuis,
    )
