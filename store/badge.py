"""Words, colours and icons that an administrator gave to the common badges (BDG-02, UX-13).

A badge that nobody touched has no row: both applications know its own look.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import Field, SQLModel, select
from sqlmodel.ext.asyncio.session import AsyncSession

from store.base import table_of


class Badge(SQLModel, table=True):
    """One badge: `cle` is a status of `objet`, as the screens' own file of badges names both."""

    __tablename__ = "badge"

    objet: str = Field(primary_key=True, max_length=20)
    cle: str = Field(primary_key=True, max_length=60)
    libelle: str = Field(max_length=60)
    couleur: str = Field(max_length=20)
    icone: str = Field(max_length=40)


async def every(session: AsyncSession) -> Sequence[Badge]:
    """All that were changed."""
    query = select(Badge).order_by(table_of(Badge).c.objet, table_of(Badge).c.cle)
    return (await session.exec(query)).all()


async def labels(session: AsyncSession) -> dict[str, str]:
    """Words of those that were changed, by `objet/cle`: for what the server writes itself."""
    return {f"{row.objet}/{row.cle}": row.libelle for row in await every(session)}


async def forget(session: AsyncSession, objet: str, cle: str) -> None:
    """Put a badge back as it was."""
    columns = table_of(Badge).c
    await session.exec(sa.delete(table_of(Badge)).where(columns.objet == objet, columns.cle == cle))
