"""Columns of the task board as the screens are told of them (TCH-01)."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlmodel.ext.asyncio.session import AsyncSession

from store import colonne_tache

Statut = Literal["suggere_client", "a_faire", "en_cours", "attente_validation", "termine"]
ORIGINE: dict[str, str] = {
    "suggere_client": "Suggéré par le client",
    "a_faire": "À faire",
    "en_cours": "En cours",
    "attente_validation": "En attente de validation",
    "termine": "Terminé",
}
"""The five columns that every board has: they may be named and ordered, never taken away."""
MAX = 12


class ColonneRegle(BaseModel):
    model_config = ConfigDict(extra="forbid", from_attributes=True)

    cle: str | None = Field(
        default=None,
        max_length=60,
        description="Absente : une colonne nouvelle.",
        examples=["a_faire"],
    )
    libelle: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)] = Field(
        examples=["Chez le comptable"]
    )
    statut: Statut = Field(description="Statut des tâches qu'elle contient.")


class ColonneVue(BaseModel):
    """A column of the board, from left to right."""

    model_config = ConfigDict(from_attributes=True)

    cle: str = Field(examples=["a_faire"])
    libelle: str = Field(examples=["À faire"])
    statut: Statut


class TableauRegle(BaseModel):
    model_config = ConfigDict(extra="forbid")

    colonnes: list[ColonneRegle] = Field(max_length=MAX, description="Toutes, de gauche à droite.")


async def of_firm(session: AsyncSession) -> list[ColonneVue]:
    """The columns that an administrator set; none when nobody changed the board."""
    return [ColonneVue.model_validate(row) for row in await colonne_tache.every(session)]
