"""What a company has filed at the national register (INPI) and that may serve for a pièce (CPR-06): its articles and
its last annual accounts. Nothing is fetched before somebody takes it; nothing is offered without an account there."""

import logging
import re
import uuid
from collections.abc import AsyncIterator, Collection
from datetime import UTC, datetime, time

from activities.inpi import Filed, Inpi, RegisterUnavailable
from api.depots import keep, limits_of
from api.dossier import Dossier
from api.problems import unavailable
from store.file_types import PDF
from store.session import session_scope
from store.tiers import Tiers
from workflows.engine.state import FileRef, PieceState

PROVENANCE = "Registre national des entreprises (INPI)"
YEARS = 3
"""Last annual accounts that a bank asks for."""
SIREN_DIGITS = 9
_ARTICLES = re.compile(r"\bstatuts\b", re.IGNORECASE)
_ACCOUNTS = re.compile(r"\b(bilans?|comptes annuels|liasses? fiscales?)\b", re.IGNORECASE)

_log = logging.getLogger("elaska.api")


async def offered(dossier: Dossier, piece: PieceState) -> list[tuple[str, datetime, list[FileRef]]]:
    """Documents of the register for this pièce: their name, when they were filed, and the files to ask for. A register
    that does not answer offers nothing: the pièce is then deposited like any other."""
    try:
        found = await _matching(dossier, piece)
    except RegisterUnavailable as error:
        _log.warning("documents of the register: %s", error)
        return []
    if not found:
        return []
    years = ", ".join(str(one.clos_le.year) for one in found if one.clos_le is not None)
    nom = found[0].titre if len(found) == 1 else f"Comptes annuels {years}"
    at = datetime.combine(found[0].depose_le, time(12), UTC)
    # Its size is known once it is fetched.
    files = [FileRef(id=str(_id(dossier, one)), nom=_name(one), type=PDF, taille=0) for one in found]
    return [(nom, at, files)]


async def fetched(dossier: Dossier, piece: PieceState, ids: Collection[uuid.UUID]) -> list[FileRef]:
    """Those of the documents named that are at the register, kept in this démarche. Raises a Problem when the register
    does not give them, FileRefused for what is not a PDF that the pièce takes."""
    limits = limits_of(piece.formats, piece.taille_max_mo)
    inpi = Inpi.of(dossier.services.settings)
    if inpi is None or not ids:
        return []
    refs = []
    try:
        wanted = [one for one in await _matching(dossier, piece) if _id(dossier, one) in ids]
        for rank, one in enumerate(wanted):
            ref, _ = await keep(dossier, _whole(await inpi.copy(one)), _name(one), limits, rank)
            refs.append(ref)
    except RegisterUnavailable as error:
        _log.warning("copy from the register: %s", error)
        detail = "Le registre des entreprises ne répond pas. Réessayez plus tard, ou déposez le document vous-même."
        raise unavailable("registre_indisponible", detail) from error
    return refs


async def _matching(dossier: Dossier, piece: PieceState) -> list[Filed]:
    """What the client's company has filed of what the pièce asks: its latest articles, or its last accounts."""
    inpi = Inpi.of(dossier.services.settings)
    articles, accounts = _ARTICLES.search(piece.titre), _ACCOUNTS.search(piece.titre)
    wanted = articles is not None or accounts is not None
    if inpi is None or not wanted or dossier.actor.kind not in ("client", "staff"):
        return []
    if PDF not in limits_of(piece.formats, piece.taille_max_mo).types:
        return []
    async with session_scope() as session:
        tiers = await session.get_one(Tiers, dossier.row.client_id)
    if not tiers.siret:
        return []
    found = await inpi.filed(tiers.siret[:SIREN_DIGITS])
    if articles is not None:
        return [one for one in found if any(_ARTICLES.search(said) for said in one.types)][:1]
    return [one for one in found if one.kind == "bilans"][:YEARS]


def _id(dossier: Dossier, one: Filed) -> uuid.UUID:
    """What a document is called here until it is fetched: the same for each reader of one client."""
    return uuid.uuid5(dossier.row.client_id, f"inpi/{one.kind}/{one.id}")


def _name(one: Filed) -> str:
    return f"{one.titre} ({one.depose_le:%d-%m-%Y}).pdf"


async def _whole(copy: bytes) -> AsyncIterator[bytes]:
    yield copy
