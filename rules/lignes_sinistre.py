"""Lines of the collections of a claim, as calculations receive them: only the fields a calculation reads."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NotRequired, TypedDict, cast

from rules.erreurs import DonneeIncoherenteError
from rules.prevoyance import Periodicite, Revalorisation, Versement
from rules.sinistres import Mouvement, Sens


class LignePrejudice(TypedDict):
    """A head of damage, estimated."""

    id: str
    montant: int


class LigneMouvement(TypedDict):
    """A line of « Suivi Financier »; `par_cabinet`: an indemnity that the firm received for the client."""

    id: str
    sens: str
    montant: int
    par_cabinet: NotRequired[bool]


class LignePrestation(TypedDict):
    """A benefit. `montant`: of a day, of a term or of the capital, by its type."""

    id: str
    nom: str
    beneficiaire: str
    type: str
    montant: int
    debut: date
    fin: NotRequired[date]
    periodicite: NotRequired[str]
    d_avance: NotRequired[bool]


class LigneVersement(TypedDict):
    """A payment of the benefit of that name, and the days it covers."""

    id: str
    prestation: str
    date_reglement: date
    periode_debut: date
    periode_fin: date
    montant: int


class LigneRevalorisation(TypedDict):
    """A revaluation of the benefit of that name: a rate, or the new amount."""

    id: str
    prestation: str
    date_effet: date
    taux: NotRequired[Decimal]
    montant: NotRequired[int]
    origine: NotRequired[str]


def mouvements_de(lignes: Sequence[LigneMouvement]) -> list[Mouvement]:
    """Movements of a collection. Raises DonneeIncoherenteError for a kind that is none."""
    return [
        Mouvement(sens_de(ligne["sens"]), ligne["montant"], ligne.get("par_cabinet", False))
        for ligne in lignes
    ]


def sens_de(texte: str) -> Sens:
    """Kind of a movement. Raises DonneeIncoherenteError."""
    try:
        return Sens(texte)
    except ValueError as error:
        connus = ", ".join(Sens)
        raise DonneeIncoherenteError(
            f"Mouvement « {texte} » inconnu ; valeurs connues : {connus}."
        ) from error


def periodicite_de(texte: str) -> Periodicite:
    """« mois », « trimestre » or « an ». Raises DonneeIncoherenteError."""
    if texte not in ("mois", "trimestre", "an"):
        raise DonneeIncoherenteError(
            f"Périodicité « {texte} » inconnue ; valeurs connues : mois, trimestre, an."
        )
    return cast(Periodicite, texte)


def versements_de(lignes: Sequence[LigneVersement], prestation: str) -> list[Versement]:
    """Payments of one benefit, by name."""
    return [
        Versement(ligne["date_reglement"], ligne["periode_debut"], ligne["periode_fin"], ligne["montant"])
        for ligne in lignes
        if ligne["prestation"] == prestation
    ]


def revalorisations_de(lignes: Sequence[LigneRevalorisation], prestation: str) -> list[Revalorisation]:
    """Revaluations of one benefit, by name."""
    return [
        Revalorisation(ligne["id"], ligne["date_effet"], ligne.get("taux"), ligne.get("montant"))
        for ligne in lignes
        if ligne["prestation"] == prestation
    ]


def prestation_nommee(prestations: Sequence[LignePrestation], nom: str) -> LignePrestation:
    """The benefit a payment or a revaluation is about. Raises DonneeIncoherenteError when none or several match."""
    trouvees = [ligne for ligne in prestations if ligne["nom"] == nom]
    if len(trouvees) != 1:
        combien = "Aucune prestation ne s’appelle" if not trouvees else "Plusieurs prestations s’appellent"
        raise DonneeIncoherenteError(f"{combien} « {nom} ».")
    return trouvees[0]
