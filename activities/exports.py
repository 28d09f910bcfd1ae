"""PDF exports, laid out one at a time beside the démarches (PDF-01, PDF-02). What is in them was chosen when they were
asked for, within what their reader may see: nothing is read here but the firm's letterhead."""

from __future__ import annotations

import asyncio
import logging
import re
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

from activities.beside import repeating
from activities.mail_check import Constat, check_names
from activities.pdf import ModelError, PdfUnavailableError, render_document
from activities.people import people_context
from activities.templating import load_partials
from activities.variables import EXPORT
from store import export, modele_export
from store.crypto import ClientCipher, CryptoError, Keyring
from store.demarche import Demarche
from store.export import Export
from store.modele_export import ModeleExport
from store.session import session_scope

MODELS = Path(__file__).parents[1] / "documents"
GENRES = ("synthese", "chronologie", "taches", "documents", "echanges")
TOLD_EVERY_S = 0.4
GIVEN_UP = (
    "La mise en page s\u2019est interrompue plusieurs fois\u00a0: le document est sans doute trop long."
)
_STEP = re.compile(r"Step (\d)(?:.*Page (\d+))?")
_DONE_BEFORE = {1: 5, 2: 10, 3: 15, 4: 25, 5: 35, 6: 85, 7: 95}
_log = logging.getLogger("elaska.exports")


def original(genre: str) -> str:
    """The model of one kind of export as its file has it, read each time."""
    return (MODELS / "exports" / f"{genre}.html.j2").read_text(encoding="utf-8")


def parts() -> dict[str, str]:
    """Layouts and pieces that a model may include."""
    return load_partials(MODELS)


def check(corps: str) -> list[Constat]:
    """What is wrong with a model, before it may serve."""
    return check_names(corps, parts(), EXPORT)


def lay_out(corps: str, context: Mapping[str, Any]) -> bytes:
    """The PDF that a model gives. Raises ModelError or PdfUnavailableError."""
    return render_document(corps, parts(), context)


async def make_next(keyring: Keyring) -> bool:
    """Make the oldest export that waits; False when none does."""
    async with session_scope() as session:
        row = await export.claim(session)
        if row is None:
            return False
        demarche = await session.get_one(Demarche, row.demarche_id)
        cipher: ClientCipher | None = None
        with suppress(CryptoError):
            cipher = await keyring.load(session, demarche.client_id)
        people = await people_context(session, demarche)
        edited = await modele_export.last(session, row.genre)
    if cipher is None or row.tentatives > export.TRIES:
        async with session_scope() as session:
            await export.fail(session, row, cipher, GIVEN_UP)
        return True
    try:
        pdf = await _render(row, edited, people | export.context_of(row, cipher))
    except (ModelError, PdfUnavailableError, CryptoError) as error:
        _log.error("export %s not made: %s", row.genre, type(error).__name__)
        async with session_scope() as session:
            await export.fail(session, row, cipher, str(error))
        return True
    async with session_scope() as session:
        await export.keep(session, row, cipher, pdf)
    return True


async def _render(row: Export, edited: ModeleExport | None, context: Mapping[str, Any]) -> bytes:
    """Lay it out in a thread; meanwhile, tell how far it is. A rewritten model that fails on this dossier costs nobody
    their export: the original serves instead, and the failure is noted with the model."""
    steps = _Steps()

    def work(corps: str) -> bytes:
        with steps.of_this_thread():
            return lay_out(corps, context)

    async with _telling(row, steps):
        if edited is not None and edited.corps is not None:
            try:
                return await asyncio.to_thread(work, edited.corps)
            except ModelError as error:
                _log.error("rewritten export model %s not used: it cannot be laid out", row.genre)
                async with session_scope() as session:
                    await modele_export.failed(session, edited, error.sans_valeur)
        return await asyncio.to_thread(work, original(row.genre))


@asynccontextmanager
async def _telling(row: Export, steps: _Steps) -> AsyncIterator[None]:
    async def tell() -> None:
        told = 0
        while True:
            await asyncio.sleep(TOLD_EVERY_S)
            if steps.done > told:
                told = steps.done
                async with session_scope() as session:
                    await export.announce(session, row, told)

    task = asyncio.create_task(tell())
    try:
        yield
    finally:
        task.cancel()
        # The progress shown is worth no failure of the export itself.
        await asyncio.gather(task, return_exceptions=True)


class _Steps(logging.Handler):
    """Reads WeasyPrint's own account of its progress. `done`: hundredths, an indication."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.done = 0
        self._thread = 0

    @contextmanager
    def of_this_thread(self) -> Iterator[None]:
        """Other documents may be laid out at the same time, in other threads."""
        self._thread = threading.get_ident()
        logger = logging.getLogger("weasyprint.progress")
        logger.setLevel(logging.INFO)
        logger.propagate = False
        logger.addHandler(self)
        try:
            yield
        finally:
            logger.removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        match = _STEP.match(record.getMessage())
        if match is None or record.thread != self._thread:
            return
        step, page = int(match[1]), int(match[2] or 0)
        # How many pages there will be is unknown: each one brings nearer to the next step.
        near = round(50 * (1 - 1 / (1 + page / 4)))
        self.done = max(self.done, _DONE_BEFORE.get(step, 0) + near)


def exporting(keyring: Keyring) -> AbstractAsyncContextManager[None]:
    """Keep making them as long as the block lasts, soon after each is asked for."""

    async def all_that_wait() -> None:
        while await make_next(keyring):
            pass

    return repeating("exports", all_that_wait, channel=export.CHANNEL)
