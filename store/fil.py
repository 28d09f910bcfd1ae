"""The unified timeline read back: of one démarche, or of all those of a client (TL-01, TL-06)."""

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from store import commentaire
from store.base import table_of
from store.demarche import Demarche, Effet
from store.journal import JournalEntry
from store.listes import Scope
from store.notification import Notification

_J = table_of(JournalEntry).c
_D = table_of(Demarche).c
_N = table_of(Notification).c

NOTICE = "Noticed"
"""Type of the lines that tell someone something; the engine holds them for its own, readers ask for them by family."""
NOTIFICATION = "notification"
_FAMILLE = sa.case((_J.type == NOTICE, NOTIFICATION), else_=_J.famille)
_E = table_of(Effet).c
_LEFT = "effet/"
"""What the command that tells the end of an effect is called, before its id."""
_SENT = (
    sa.select(_E.kind)
    .where(
        _E.id == sa.func.substr(_J.command_id, len(_LEFT) + 1).cast(sa.Uuid), _E.kind.in_(("courriel", "sms"))
    )
    .scalar_subquery()
)
_ECHANGE = sa.case(
    (_J.type == commentaire.APPEL, "appel"),
    (_J.type.in_((commentaire.TYPE, commentaire.NOTIFICATION)), "message"),
    (sa.and_(_J.type.in_(("EffectDone", "EffectFailed")), _J.command_id.startswith(_LEFT)), _SENT),
)
"""What kind of exchange a line is, within its family (ECH-02); NULL when it is none."""
_NOTICE_NUMBER = _J.demarche_id.cast(sa.Text) + "/" + _J.seq.cast(sa.Text)


@dataclass(frozen=True)
class Fil:
    """Whose timeline, and for whom.

    `demarche_id`, `client_id` or `modeles`: one démarche, or all those of a client or of some modèles that `scope`
    shows. `reader`: the user of the client who reads; the firm when absent. `objet`: only the lines about it
    (`piece:cni`).
    """

    demarche_id: uuid.UUID | None = None
    client_id: uuid.UUID | None = None
    modeles: tuple[str, ...] = ()
    scope: Scope | None = None
    reader: uuid.UUID | None = None
    objet: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """What a line must be to be shown."""
        told = sa.exists().where(_N.origine == _NOTICE_NUMBER)
        if self.reader is not None:
            told = told.where(_N.utilisateur_id == self.reader)
        # A notice that was joined to another one of the same command is told by that one.
        notice = sa.and_(_J.type == NOTICE, told)
        line: ColumnElement[bool] = sa.and_(_J.type != NOTICE, _J.famille != "systeme")
        if self.reader is not None:
            line = sa.and_(line, sa.func.coalesce(_J.visible, sa.literal("client") == sa.any_(_J.audience)))
        found: list[ColumnElement[bool]] = [sa.or_(line, notice)]
        if self.demarche_id is not None:
            found.append(_J.demarche_id == self.demarche_id)
        if self.client_id is not None:
            found.append(_J.client_id == self.client_id)
            if self.scope and (conditions := self.scope.conditions()):
                found.append(_J.demarche_id.in_(sa.select(_D.id).where(*conditions)))
        if self.modeles:
            among = [_D.modele.in_(self.modeles), *(self.scope.conditions() if self.scope else ())]
            found.append(_J.demarche_id.in_(sa.select(_D.id).where(*among)))
        if self.objet is not None:
            found.append(_J.objet == self.objet)
        return found


async def page(
    session: AsyncSession, fil: Fil, *, familles: Sequence[str], before: int | None, limit: int
) -> list[JournalEntry]:
    """Newest lines first, before a given one; one more than `limit` when there are more.

    Without `familles`, notices are left out: what they tell is a line of its own.
    """
    query = select(JournalEntry).where(*fil.conditions())
    query = query.where(
        sa.or_(_FAMILLE.in_(familles), _ECHANGE.in_(familles)) if familles else _J.type != NOTICE
    )
    if before is not None:
        query = query.where(_J.id < before)
    return list(await session.exec(query.order_by(_J.id.desc()).limit(limit + 1)))


async def families(session: AsyncSession, fil: Fil) -> tuple[dict[str, int], dict[str, int]]:
    """How many lines of each family may be shown, and how many of each kind of exchange."""
    shown = (
        sa.select(_FAMILLE.label("famille"), _ECHANGE.label("echange")).where(*fil.conditions()).subquery()
    )
    rows = await (await session.connection()).execute(
        sa.select(shown.c.famille, shown.c.echange, sa.func.count()).group_by(
            shown.c.famille, shown.c.echange
        )
    )
    found: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    for famille, echange, count in rows:
        found[famille] += count
        if echange is not None:
            kinds[echange] += count
    return dict(found), dict(kinds)


async def line(session: AsyncSession, fil: Fil, id_: int) -> JournalEntry | None:
    """One line, if it may be shown."""
    return (await session.exec(select(JournalEntry).where(_J.id == id_, *fil.conditions()))).one_or_none()
