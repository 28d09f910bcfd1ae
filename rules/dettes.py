"""What a client owes: principal after each payment, dashboard, data of an over-indebtedness file (DET-04 to DET-18).

Amounts are integer cents, a month where they recur; rates are percentages a year. A debt is taken up with the
principal its creditor states on a day (`arrete_le`); payments of that day and after are set against it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rules.argent import arrondi
from rules.delais import ajouter_jours
from rules.erreurs import DonneeIncoherenteError
from rules.financement import Foyer, pour_cent, taux_endettement
from rules.prets import verifier_taux

CONTESTATION_JOURS = 15
"""Days to contest a refusal of the file by the commission."""
_BASE = Decimal(36_500)


@dataclass(frozen=True, slots=True)
class Dette:
    """A debt. `restant`: principal due on `arrete_le`. `echeance`: monthly payment, 0 when there is none."""

    id: str
    creancier: str
    nature: str
    initial: int
    restant: int
    arrete_le: date
    echeance: int = 0
    taux: Decimal = Decimal(0)
    soldee: bool = False
    """Its creditor says that nothing is due any more, whatever the figures."""


@dataclass(frozen=True, slots=True)
class Paiement:
    """A payment on one debt, by id."""

    dette: str
    jour: date
    montant: int


@dataclass(frozen=True, slots=True)
class EtatDette:
    """A debt on a day. `rembourse`: all the payments of the journal; `trop_paye`: what was paid beyond what is due."""

    dette: Dette
    capital: int
    interets: int
    rembourse: int
    trop_paye: int

    @property
    def du(self) -> int:
        """Principal and interest."""
        return self.capital + self.interets

    @property
    def soldee(self) -> bool:
        """Nothing is due any more."""
        return self.du == 0

    @property
    def progression(self) -> int:
        """Part of the initial amount that is paid back, whole per cent, rounded down."""
        return max(0, 100 * (self.dette.initial - self.capital) // self.dette.initial)


def verifier_dette(dette: Dette) -> None:
    """Refuse a debt that cannot be. Raises DonneeIncoherenteError."""
    if dette.initial <= 0:
        raise DonneeIncoherenteError("Le montant initial d’une dette doit être supérieur à 0\u00a0€.")
    if dette.restant < 0 or dette.echeance < 0:
        raise DonneeIncoherenteError("Le capital restant dû et l’échéance ne peuvent pas être négatifs.")
    verifier_taux(dette.taux, taux_zero=True)


def etat(dette: Dette, paiements: Sequence[Paiement], au: date | None = None) -> EtatDette:
    """A debt after its payments, on `au` or just after the last of them.

    A payment goes first to the interest run since the last one, then to the principal (Code civil, art. 1343-1);
    interest counts calendar days on 365, is rounded at each payment, and bears no interest itself (art. 1343-2).
    Payments before `arrete_le` are in the principal stated already; those after `au` are not counted. Raises
    DonneeIncoherenteError.
    """
    verifier_dette(dette)
    journal = sorted(
        (p for p in paiements if p.dette == dette.id and (au is None or p.jour <= au)), key=lambda p: p.jour
    )
    if any(paiement.montant <= 0 for paiement in journal):
        raise DonneeIncoherenteError("Un paiement doit être supérieur à 0\u00a0€.")
    rembourse = sum(paiement.montant for paiement in journal)
    if dette.soldee:
        return EtatDette(dette, 0, 0, rembourse, 0)
    capital, interets, jour = dette.restant, 0, dette.arrete_le
    trop_paye = 0
    for paiement in journal:
        if paiement.jour < dette.arrete_le:
            continue
        interets += _interets(capital, dette.taux, jour, paiement.jour)
        jour = paiement.jour
        sur_interets = min(interets, paiement.montant)
        sur_capital = min(capital, paiement.montant - sur_interets)
        interets -= sur_interets
        capital -= sur_capital
        trop_paye += paiement.montant - sur_interets - sur_capital
    if au is not None:
        interets += _interets(capital, dette.taux, jour, au)
    return EtatDette(dette, capital, interets, rembourse, trop_paye)


def _interets(capital: int, taux: Decimal, debut: date, fin: date) -> int:
    return arrondi(capital * taux * max(0, (fin - debut).days) / _BASE)


# --- Dashboard


@dataclass(frozen=True, slots=True)
class Passif:
    """All the debts of a client (DET-06, DET-07). `taux_endettement`: per cent, None without a known income."""

    etats: tuple[EtatDette, ...]
    revenus: int | None
    autres_credits: int = 0

    @property
    def ouvertes(self) -> tuple[EtatDette, ...]:
        """Those that are not paid off."""
        return tuple(etat for etat in self.etats if not etat.soldee)

    @property
    def capital(self) -> int:
        """« Capital total restant dû »."""
        return sum(etat.capital for etat in self.etats)

    @property
    def echeances(self) -> int:
        """« Total des échéances mensuelles » of the debts not paid off."""
        return sum(etat.dette.echeance for etat in self.ouvertes)

    @property
    def rembourse(self) -> int:
        """« Total déjà remboursé »."""
        return sum(etat.rembourse for etat in self.etats)

    @property
    def taux_endettement(self) -> Decimal | None:
        """Monthly payments over income. It may exceed 100: a situation is told as it is."""
        if self.revenus is None:
            return None
        return pour_cent(taux_endettement(self.echeances + self.autres_credits, self.revenus))


def passif(
    dettes: Sequence[Dette],
    paiements: Sequence[Paiement],
    revenus: int | None,
    autres_credits: int = 0,
    au: date | None = None,
) -> Passif:
    """The dashboard of a client. Raises DonneeIncoherenteError for a debt, a payment or an income that cannot be."""
    connues = {dette.id for dette in dettes}
    if any(paiement.dette not in connues for paiement in paiements):
        raise DonneeIncoherenteError("Un paiement vise une dette inconnue.")
    if revenus is not None and revenus <= 0:
        raise DonneeIncoherenteError("Les revenus mensuels doivent être supérieurs à 0\u00a0€.")
    return Passif(tuple(etat(dette, paiements, au) for dette in dettes), revenus, autres_credits)


# --- Over-indebtedness


@dataclass(frozen=True, slots=True)
class LigneSurendettement:
    """A creditor of the official file (DET-18)."""

    creancier: str
    nature: str
    montant: int
    echeance: int


@dataclass(frozen=True, slots=True)
class DossierSurendettement:
    """What the file of the Banque de France is filled with. `capacite`: income less charges, before any debt."""

    lignes: tuple[LigneSurendettement, ...]
    ressources: int
    charges: int

    @property
    def total(self) -> int:
        """All that is owed."""
        return sum(ligne.montant for ligne in self.lignes)

    @property
    def echeances(self) -> int:
        """What the debts ask for each month."""
        return sum(ligne.echeance for ligne in self.lignes)

    @property
    def capacite(self) -> int:
        """What is left each month for the debts; negative when charges exceed income."""
        return self.ressources - self.charges


def dossier_surendettement(
    etats: Sequence[EtatDette], foyer: Foyer, particulier: bool, entrepreneur_individuel: bool = False
) -> DossierSurendettement:
    """Data of the file from the debts selected (DET-17, DET-18). No income at all is a situation, not a mistake.

    Raises DonneeIncoherenteError when the client is no private person, when a sole trader must first go to court, and
    when no debt, or one paid off, is selected.
    """
    if not particulier:
        raise DonneeIncoherenteError("Le dossier de surendettement est réservé aux particuliers.")
    if entrepreneur_individuel:
        raise DonneeIncoherenteError(
            "Un entrepreneur individuel s’adresse d’abord au tribunal compétent, pas à la commission."
        )
    if not etats:
        raise DonneeIncoherenteError("Choisissez au moins une dette à inscrire au dossier.")
    for soldee in (etat for etat in etats if etat.soldee):
        raise DonneeIncoherenteError(
            f"La dette envers {soldee.dette.creancier} est soldée : retirez-la du dossier."
        )
    if min(foyer.revenus, foyer.charges, foyer.charges_logement) < 0:
        raise DonneeIncoherenteError("Une ressource ou une charge ne peut pas être négative.")
    lignes = (LigneSurendettement(e.dette.creancier, e.dette.nature, e.du, e.dette.echeance) for e in etats)
    return DossierSurendettement(tuple(lignes), foyer.revenus, foyer.charges + foyer.charges_logement)


def limite_contestation(notifie_le: date) -> date:
    """Last day to contest a refusal of the file: fifteen days after it was notified."""
    return ajouter_jours(notifie_le, CONTESTATION_JOURS)
