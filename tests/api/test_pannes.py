"""PostgreSQL or Temporal down during a command: a clear answer, nothing lost, nothing counted twice."""

import asyncio
import uuid
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import func, select

from api.commands import PATIENCE_S, insist
from store.journal import JournalEntry
from store.session import session_scope
from tests.api.conftest import Cabinet, key, ok
from workflows.client import Unavailable


async def lines(demarche_id: str) -> int:
    """Lines that people's commands led to: mails going out add theirs meanwhile."""
    async with session_scope() as session:
        query = select(func.count()).where(
            JournalEntry.demarche_id == uuid.UUID(demarche_id), JournalEntry.actor_kind != "system"
        )
        return (await session.exec(query)).one()


async def test_temporal_out_of_reach(cabinet: Cabinet, monkeypatch: pytest.MonkeyPatch) -> None:
    """The API is pointed at a port where nobody listens: 503 that promises nothing false, and no trace."""
    id_ = await cabinet.dossier()
    before = await lines(id_)
    temporal = cabinet.people.services.temporal
    settings = temporal._settings.model_copy(update={"temporal_address": "127.0.0.1:9"})
    monkeypatch.setattr(temporal, "_settings", settings)
    monkeypatch.setattr(temporal, "_client", None)
    monkeypatch.setattr(temporal, "_demarches", None)
    headers, body = key(), {"titre": "Pendant la panne"}
    answer = await cabinet.staff.post(f"/api/demarches/{id_}/taches", json=body, headers=headers)
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert "deux fois" in answer.json()["detail"]
    # Reading never touches Temporal.
    assert (await cabinet.view(id_))["id"] == id_
    assert await lines(id_) == before
    monkeypatch.undo()
    # Tried again with the same key, it counts once.
    await ok(cabinet.staff.post(f"/api/demarches/{id_}/taches", json=body, headers=headers))
    await ok(cabinet.staff.post(f"/api/demarches/{id_}/taches", json=body, headers=headers))
    titles = [tache["titre"] for tache in (await cabinet.view(id_))["taches"]]
    assert titles.count("Pendant la panne") == 1


async def test_postgresql_out_of_reach(cabinet: Cabinet, monkeypatch: pytest.MonkeyPatch) -> None:
    id_ = await cabinet.dossier()

    def down(*_query: Any) -> Any:
        raise OperationalError("", None, Exception("connection refused"))

    monkeypatch.setattr("api.dossier.fetch_alone", down)
    answer = await cabinet.staff.post(f"/api/demarches/{id_}/reprise", headers=key())
    assert (answer.status_code, answer.json()["code"]) == (503, "base_indisponible")


async def test_insisting_ends() -> None:
    calls = 0

    async def never() -> dict[str, Any]:
        nonlocal calls
        calls += 1
        raise Unavailable("down")

    async with asyncio.timeout(PATIENCE_S):
        with pytest.raises(Unavailable):
            await insist(never)
    assert calls == 4
