"""Common badges as the screens are told of them (BDG-02)."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Objet = Literal["demarche", "demande", "etape", "tache", "piece", "action", "document"]
Couleur = Literal["accent", "vert", "ambre", "rouge", "gris", "ardoise", "violet"]
"""The colours of the modèle language, and the slate of « En cours »."""


class BadgeRegle(BaseModel):
    """The look of a badge, the same for the firm and for the client (BDG-03)."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    libelle: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)] = Field(
        examples=["Bien reçu"]
    )
    couleur: Couleur
    icone: str = Field(
        pattern=r"^[a-z0-9-]{1,40}$",
        description="Un nom que les écrans connaissent\u00a0; un autre montre l'icône d'origine.",
        examples=["mail-opened"],
    )


class BadgeChoisi(BadgeRegle):
    """A badge that an administrator changed."""

    objet: Objet
    cle: str = Field(examples=["recu"])
