"""Terms of a financing, as an offer or the loan retained says them, whatever its type (CRE-04, CRE-12, CPR-02).

| type           | what is paid                                                                                  |
| -------------- | --------------------------------------------------------------------------------------------- |
| `amortissable` | constant payments, after a deferral if there is one                                           |
| `taux_zero`    | the same without interest (prêt à taux zéro: CCH, art. L31-10-1 and following)                |
| `in_fine`      | interest each month, the principal at once at the end                                         |
| `relais`       | the same until the sale; « franchise totale »: interest too is paid at the end                |
| `credit_bail`  | rents, a first one raised if need be, an option at the end (CMF, art. L313-7; LOA: C. conso., |
|                | art. L312-2)                                                                                  |

Interest that a deferral leaves unpaid is added to the principal each month, which is how banks lay out their own
schedules; a contract that adds it once a year (C. civ., art. 1343-2) costs slightly less. Amounts are integer cents.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from rules.erreurs import DonneeIncoherenteError
from rules.financement import pour_cent
from rules.financement_pro import CreditBail, cout, echeancier_bail
from rules.prets import (
    Mensualite,
    Pret,
    cout_total,
    echeancier,
    taeg,
    taux_effectif,
    verifier_duree,
)

AMORTISSABLE = "amortissable"
CREDIT_BAIL = "credit_bail"
_EN_UNE_FOIS = ("in_fine", "relais")
_TYPES = (AMORTISSABLE, "taux_zero", *_EN_UNE_FOIS, CREDIT_BAIL)


@dataclass(frozen=True, slots=True)
class ConditionsPret:
    """`montant`: what is lent, or the price of what is leased. `assurance`, `loyers`: a month."""

    type_pret: str
    montant: int
    duree: int
    taux: Decimal | None = None
    differe: int = 0
    differe_total: bool = False
    assurance: int = 0
    garantie: int = 0
    frais: int = 0
    loyers: int | None = None
    premier_loyer: int = 0
    valeur_residuelle: int = 0

    @property
    def bail(self) -> bool:
        """A lease: it has rents, and no nominal rate."""
        return self.type_pret == CREDIT_BAIL

    @property
    def en_une_fois(self) -> bool:
        """The principal is paid back at once, at the end."""
        return self.type_pret in _EN_UNE_FOIS


@dataclass(frozen=True, slots=True)
class Chiffrage:
    """What a financing costs. `mensualite`: once a deferral is over, insurance included; of a loan paid back at once,
    what is paid until then. `interets`: of a lease, what is paid beyond the price. `taux`: yearly and effective."""

    mensualite: int
    interets: int
    assurance: int
    cout_total: int
    a_payer: int
    taux: Decimal
    lignes: Sequence[Mensualite]


def chiffrer(conditions: ConditionsPret) -> Chiffrage:
    """Schedule, payment and cost of a financing. Raises DonneeIncoherenteError."""
    if conditions.type_pret not in _TYPES:
        raise DonneeIncoherenteError(f"Le type de prêt « {conditions.type_pret} » n’est pas connu.")
    return _bail(conditions) if conditions.bail else _pret(conditions)


def _pret(conditions: ConditionsPret) -> Chiffrage:
    zero = conditions.type_pret == "taux_zero"
    taux = conditions.taux
    if zero:
        if taux:
            raise DonneeIncoherenteError(
                "Un prêt à taux zéro n’a pas de taux : retirez-le, ou changez de type."
            )
        taux = Decimal(0)
    if taux is None:
        raise DonneeIncoherenteError("Indiquez le taux du prêt.")
    verifier_duree(conditions.duree)
    pret = Pret(
        conditions.montant,
        taux,
        conditions.duree,
        differe=conditions.duree - 1 if conditions.en_une_fois else conditions.differe,
        assurance=conditions.assurance,
        taux_zero=zero,
        differe_total=conditions.differe_total,
    )
    detail = cout_total(pret, conditions.garantie, conditions.frais)
    lignes = echeancier(pret)
    return Chiffrage(
        lignes[0 if conditions.en_une_fois else pret.differe].total,
        detail.interets,
        detail.assurance,
        detail.total,
        sum(ligne.total for ligne in lignes),
        pour_cent(taeg(pret, conditions.garantie + conditions.frais)),
        lignes,
    )


def _bail(conditions: ConditionsPret) -> Chiffrage:
    if conditions.loyers is None:
        raise DonneeIncoherenteError("Indiquez le loyer du crédit-bail.")
    if min(conditions.assurance, conditions.garantie, conditions.frais) < 0:
        raise DonneeIncoherenteError("Une assurance et des frais ne peuvent pas être négatifs.")
    bail = CreditBail(
        conditions.montant, conditions.duree, conditions.valeur_residuelle, conditions.premier_loyer
    )
    surcout = cout(bail, conditions.loyers).surcout
    lignes = echeancier_bail(bail, conditions.loyers, conditions.assurance)
    assurance = conditions.assurance * conditions.duree
    mois = [ligne.total for ligne in lignes if 1 <= ligne.rang <= bail.duree]
    mois[-1] += bail.valeur_residuelle
    recu = bail.prix - bail.premier_loyer - conditions.garantie - conditions.frais
    if recu <= 0:
        raise DonneeIncoherenteError("Les frais dépassent ce qui est financé.")
    return Chiffrage(
        conditions.loyers + conditions.assurance,
        surcout,
        assurance,
        surcout + conditions.garantie + assurance,
        sum(ligne.total for ligne in lignes),
        pour_cent(taux_effectif(recu, mois)),
        lignes,
    )
