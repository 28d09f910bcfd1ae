"""References of démarches, one series by modèle prefix and civil year: EMB-2026-0147."""

from datetime import date

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from store.demarche import Compteur


async def next_reference(session: AsyncSession, prefix: str, day: date) -> str:
    """The next reference of the series, in the caller's transaction. `day`: civil date in Paris."""
    serie = f"{prefix}-{day.year}"
    query = (
        insert(Compteur)
        .values(serie=serie, prochain=2)
        .on_conflict_do_update(index_elements=["serie"], set_={"prochain": Compteur.prochain + 1})
        .returning(col(Compteur.prochain))
    )
    number = (await session.exec(query)).one()[0] - 1
    return f"{serie}-{number:04d}"
