"""The relay: delivers the outbox to démarches, as soon as a transaction commits, and again until each has answered.

Several workers may relay at once. One démarche's rows are delivered by one of them at a time, in order; a command
delivered twice is applied once, because of its id.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from datetime import timedelta

import psycopg
import sqlalchemy as sa
from sqlmodel import col, select, update

from activities.famille import KIND
from store import notification, outbox
from store.base import now
from store.crypto import CryptoError, Keyring
from store.demarche import Demarche
from store.notices import listening
from store.outbox import Sortie
from store.session import session_scope
from workflows.client import Broken, Demarches, Unavailable
from workflows.engine.commands import COMMAND, Refusal
from workflows.engine.enfants import report
from workflows.engine.state import SYSTEM, Rapport

SWEEP_S = 5.0
"""A notice lost with its connection is made up for by looking again."""
AT_ONCE = 20
IN_A_ROW = 20
LONGEST_PAUSE_S = 300
BROKEN_TRIES = 5
"""An engine that breaks an invariant breaks it again: someone must look, and what follows must not wait for ever."""
_log = logging.getLogger("elaska.relais")


class Relay:
    """Delivers what waits in the outbox."""

    def __init__(self, demarches: Demarches, keyring: Keyring) -> None:
        self._demarches = demarches
        self._keyring = keyring

    async def run(self) -> None:
        """Deliver for as long as the worker lives."""
        while True:
            try:
                async with listening(outbox.CHANNEL) as connection:
                    while True:
                        while await self.deliver_all():
                            pass
                        async for _ in connection.notifies(timeout=SWEEP_S, stop_after=1):
                            pass
            except (sa.exc.DBAPIError, sa.exc.TimeoutError, psycopg.Error, OSError) as error:
                _log.warning("relaying again soon: %s", type(error).__name__)
            await asyncio.sleep(1)

    async def deliver_all(self) -> int:
        """One round over the démarches that something waits for; gives how many rows were answered."""
        async with session_scope() as session:
            targets = await outbox.waiting(session, now(), AT_ONCE)
        return sum([await self._deliver(target) for target in targets])

    async def _deliver(self, demarche_id: uuid.UUID) -> int:
        """Rows of one démarche, in order, until one must be tried later."""
        answered = 0
        async with session_scope() as alone:
            key = sa.func.hashtextextended(f"sortie/{demarche_id}", 0)
            # The lock dies with the connection of a worker that is killed: nothing has to expire.
            if not await alone.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(key))):
                return 0
            for row in await outbox.pending(alone, demarche_id, IN_A_ROW):
                if row.next_at is not None and row.next_at > now():
                    break
                if not await self._answer(row):
                    break
                answered += 1
        return answered

    async def _answer(self, row: Sortie) -> bool:
        """Send one row and write what became of it; False when it is to be tried again."""
        try:
            await self._send(row)
        except Refusal as refusal:
            _log.warning("refused: row %s for démarche %s, %s", row.id, row.demarche_id, refusal.code)
            await self._refused(row, refusal)
        except CryptoError:
            await self._write(row, relayed_at=now(), refus="client_efface")
        except Broken:
            _log.critical("engine invariant broken by row %s for démarche %s", row.id, row.demarche_id)
            if row.attempts + 1 < BROKEN_TRIES:
                return await self._later(row)
            await self._refused(row, Refusal("moteur", "Une erreur inattendue l'en empêche."))
        except RuntimeError as error:
            # Unavailable, or the SDK's only word for a first connection that fails.
            if not isinstance(error, Unavailable) and "client connect" not in str(error):
                raise
            return await self._later(row)
        else:
            await self._write(row, relayed_at=now())
        return True

    async def _send(self, row: Sortie) -> None:
        async with session_scope() as session:
            cipher = await self._keyring.load(session, row.client_id)
            written = outbox.read(row, cipher)
            sha = written.pop("sha", None)
            command = COMMAND.validate_python({**written, "actor": SYSTEM})
            found = (
                await session.exec(
                    select(Demarche.modele_sha, Demarche.seq).where(Demarche.id == row.demarche_id)
                )
            ).one_or_none()
        if sha is not None:
            await self._demarches.open(row.client_id, row.demarche_id, sha, command)
            return
        if found is None:
            raise Refusal("demarche_inconnue", "Cette démarche n'existe pas.")
        await self._demarches.send(row.client_id, row.demarche_id, *found, command)

    async def _later(self, row: Sortie) -> bool:
        pause = min(2**row.attempts, LONGEST_PAUSE_S)
        await self._write(row, attempts=row.attempts + 1, next_at=now() + timedelta(seconds=pause))
        return False

    async def _refused(self, row: Sortie, refusal: Refusal) -> None:
        """Keep the reason, and tell the adviser: what happened outside could not be recorded by itself."""
        await self._write(row, relayed_at=now(), refus=refusal.code[:80])
        if row.kind == KIND:
            await self._not_opened(row, refusal)
            return
        async with session_scope() as session:
            demarche = await session.get(Demarche, row.demarche_id)
            if demarche is None:
                return
            cipher = await self._keyring.load(session, row.client_id)
            await notification.notify_adviser(
                session,
                cipher,
                demarche,
                type="fait_refuse",
                texte=f"« {demarche.titre} » n'a pas pu enregistrer un fait ({row.kind}) : {refusal.detail}",
                origine=f"sortie/{row.id}",
            )

    async def _not_opened(self, row: Sortie, refusal: Refusal) -> None:
        """A child that could not open is reported to its parent. Other refusals are expected: a parent or a child that
        has ended meanwhile, one that a person had already suspended."""
        async with session_scope() as session:
            cipher = await self._keyring.load(session, row.client_id)
            command = outbox.read(row, cipher)
            if command["type"] != "OpenDemarche":
                return
            parent = command["parent"]
            told = Rapport(
                seq=1,
                titre=command["reference"],
                statut="refusee",
                cycle="refusee",
                progression=0,
                motif=refusal.detail,
            )
            id_ = uuid.uuid5(row.id, "refus")
            answer = report(str(row.demarche_id), told) | {"id": f"enfant/{id_}"}
            await outbox.enqueue(session, cipher, uuid.UUID(parent["demarche_id"]), KIND, answer, id_)

    @staticmethod
    async def _write(row: Sortie, **values: object) -> None:
        async with session_scope() as session:
            await session.exec(update(Sortie).where(col(Sortie.id) == row.id).values(**values))
