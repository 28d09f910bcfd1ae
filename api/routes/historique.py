"""The unified timeline of a client: what happened in all their démarches, for them and for the firm (TL-01, TL-15)."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from api.access import Action, Actor, rule
from api.dossier import opened, scope_of
from api.fil import Filtre, JournalPage, Lu, lines, reader_id
from api.services import Services, ServicesDep
from api.targets import tiers_in_path
from store import fil
from store.demarche import Demarche
from store.fil import Fil
from store.session import session_scope

router = APIRouter(prefix="/api/tiers", tags=["journal"])


@router.get("/{tiers_id}/journal")
async def read_tiers_journal(
    tiers_id: uuid.UUID,
    actor: Annotated[Actor, Depends(rule(Action.JOURNAL_LIRE, tiers_in_path))],
    services: ServicesDep,
    famille: Annotated[list[Filtre], Query(description="Seulement ces familles.")] = [],  # noqa: B006
    avant: Annotated[int | None, Query(ge=1, description="Lignes d'avant celle-ci.")] = None,
    limite: Annotated[int, Query(ge=1, le=100)] = 30,
) -> JournalPage:
    """The timeline of all the démarches of a client that I may see."""
    shown = Fil(client_id=tiers_id, scope=scope_of(actor), reader=reader_id(actor))
    async with session_scope() as session:
        rows = await fil.page(session, shown, familles=famille, before=avant, limit=limite)
        families, exchanges = await fil.families(session, shown)
        kept = rows[:limite]
        dossiers = await dossiers_lus(session, services, {row.demarche_id for row in kept})
        items = await lines(session, kept, dossiers, actor)
    return JournalPage(
        items=items,
        suivant=str(kept[-1].id) if len(rows) > limite else None,
        familles=families,
        echanges=exchanges,
    )


async def dossiers_lus(session: AsyncSession, services: Services, ids: set[uuid.UUID]) -> dict[uuid.UUID, Lu]:
    """Démarches opened, as the lines of a timeline over several of them need them."""
    rows = (await session.exec(select(Demarche).where(col(Demarche.id).in_(ids)))).all()
    keyring = services.keyring
    ciphers = await keyring.load_many(session, {row.client_id for row in rows})
    return {
        row.id: Lu(ciphers[row.client_id], state, program, row.titre)
        for row, program, state in await opened(session, keyring, rows)
    }
