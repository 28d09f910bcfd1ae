"""The firm's contact details and letterhead: on the portal, on documents, in mails (PDF-03)."""

from base64 import b64encode
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession


class Cabinet(SQLModel, table=True):
    """A single row."""

    __tablename__ = "cabinet"
    __table_args__ = (
        sa.CheckConstraint("id = 1", name="single"),
        sa.CheckConstraint(
            "0 < jauge_orange AND jauge_orange <= jauge_rouge AND jauge_rouge <= 100", name="jauge"
        ),
    )

    id: int = Field(default=1, primary_key=True)
    nom: str = Field(default="eLaska", max_length=200)
    adresse: str | None = Field(default=None, max_length=500)
    telephone: str | None = Field(default=None, max_length=20)
    email: str | None = Field(default=None, max_length=254)
    horaires: str | None = Field(default=None, max_length=300)
    site: str | None = Field(default=None, max_length=200)
    siret: str | None = Field(default=None, max_length=14)
    en_tete: str | None = Field(default=None, max_length=200)
    """A line under the name: trade, motto."""
    pied_de_page: str | None = Field(default=None, max_length=500)
    """Legal mentions at the foot of documents and mails."""
    jauge_orange: int = Field(default=33)
    jauge_rouge: int = Field(default=35)
    """Debt ratios, per cent, past which the gauge of a loan changes colour (CRE-16)."""
    logo: bytes | None = None
    """PNG."""

    def variables(self) -> dict[str, Any]:
        """What models read of the firm as `cabinet`; its logo is a `data:` image, or absent."""
        told = self.model_dump(exclude={"id", "logo", "jauge_orange", "jauge_rouge"})
        if self.logo is not None:
            told["logo"] = "data:image/png;base64," + b64encode(self.logo).decode()
        return told


async def read(session: AsyncSession) -> Cabinet:
    """The firm's details; defaults as long as nobody has filled them in."""
    return await session.get(Cabinet, 1) or Cabinet()


async def write(session: AsyncSession, cabinet: Cabinet) -> Cabinet:
    """Replace the firm's details."""
    cabinet.id = 1
    merged = await session.merge(cabinet)
    await session.flush()
    return merged
