"""Mails as they left, kept with the row of the ledger that sent them, encrypted for the client (TL-09)."""

import re
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypedDict

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from store.base import table_of
from store.crypto import ClientCipher, place
from store.demarche import Effet

_E = table_of(Effet)
_SECRET = re.compile(r"(/(?:lien|payer)/)[A-Za-z0-9_-]{20,}")


class Courriel(TypedDict):
    """`a`: the address it was sent to. `texte`: its plain text, without the secrets of the links it carried."""

    a: str
    objet: str
    texte: str


async def keep(session: AsyncSession, cipher: ClientCipher, effet: uuid.UUID, courriel: Courriel) -> None:
    """Keep a mail that is about to leave. A link that opens a session by itself is cut: nobody else may follow it."""
    kept = courriel | {"texte": _SECRET.sub(r"\1…", courriel["texte"])}
    sealed = cipher.encrypt_json(kept, _place(effet))
    await (await session.connection()).execute(sa.update(_E).where(_E.c.id == effet).values(envoye=sealed))


@dataclass(frozen=True, slots=True)
class Parti:
    """A mail as the timeline tells it. `retour`: why it came back, when it did."""

    a: str
    objet: str
    retour: str | None


async def sent(
    session: AsyncSession, ciphers: Mapping[uuid.UUID, ClientCipher], effets: Collection[uuid.UUID]
) -> dict[uuid.UUID, Parti]:
    """The mails of these rows, for those that sent one; `ciphers` by démarche."""
    if not effets:
        return {}
    rows = await session.exec(select(Effet).where(col(Effet.id).in_(effets), _E.c.envoye.is_not(None)))
    return {
        row.id: Parti(mail["a"], mail["objet"], row.erreur if row.etat == "non_remis" else None)
        for row in rows
        if (mail := read(row, ciphers[row.demarche_id]))
    }


def read(row: Effet, cipher: ClientCipher) -> Courriel | None:
    """The mail of a row; None when it sent none."""
    if row.envoye is None:
        return None
    found: dict[str, Any] = cipher.decrypt_json(row.envoye, _place(row.id))
    return Courriel(a=found["a"], objet=found["objet"], texte=found["texte"])


def _place(effet: uuid.UUID) -> str:
    return place("effet", "envoye", effet)
