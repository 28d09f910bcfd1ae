"""A small firm in a real database: one client, an adviser, a manager, published modèles; and commands to démarches.

Commands go to the decider itself, or through Temporal with `Demarches`, as asked.
"""

from __future__ import annotations

import itertools
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import select

from activities.decider import Decided, Outcome, decide_and_record, load_state
from store import modele as modeles
from store import tiers
from store.base import table_of
from store.crypto import Keyring, MasterKeys
from store.demarche import Demarche
from store.session import session_scope
from store.settings import settings
from store.tiers import Tiers, TypeTiers
from store.utilisateur import Role, Utilisateur
from workflows.engine.commands import COMMAND, AnyCommand
from workflows.engine.facts import Event
from workflows.engine.state import SYSTEM, Actor, DemarcheState, Membre


@dataclass(frozen=True)
class Applied(Outcome):
    """What one command led to, and the events that its caller had missed."""

    missing: list[Event] = field(default_factory=list)


class Bureau:
    """What tests of the decider and of the shell share."""

    def __init__(self) -> None:
        self.keyring = Keyring(MasterKeys.from_settings(settings()))
        self.client_id = uuid.uuid4()
        self.users = {"conseiller": uuid.uuid4(), "manager": uuid.uuid4(), "autre": uuid.uuid4()}
        self.sha = ""
        self._references = itertools.count(1)

    async def set_up(self) -> None:
        """The client, its key, and the people."""
        async with session_scope() as session:
            row = Tiers(id=self.client_id, nom="Menuiserie Bellanger", type=TypeTiers.ENTREPRISE)
            await tiers.create(session, self.keyring, row)
            for name, id_ in self.users.items():
                session.add(
                    Utilisateur(
                        id=id_,
                        email=f"{name}-{id_.hex[:8]}@exemple.fr",
                        nom=name.title(),
                        prenom="Camille",
                        role=Role.CLIENT if name == "manager" else Role.CONSEILLER,
                    )
                )

    async def publish(self, contents: dict[str, Any]) -> str:
        """Publish a bundle; démarches opened after it follow it."""
        async with session_scope() as session:
            version = await modeles.publish(session, contents["modele"]["modele"], contents)
        self.sha = version.sha256
        return self.sha

    # --- commands

    def command(self, type: str, par: str = "conseiller", **fields: Any) -> AnyCommand:
        """A command by someone of the firm, the client, or the system; `id` is made up when not given."""
        fields.setdefault("id", f"{type}-{uuid.uuid4()}")
        parsed: AnyCommand = COMMAND.validate_python({"type": type, "actor": self.actor(par), **fields})
        return parsed

    def actor(self, par: str) -> Actor:
        if par == "systeme":
            return SYSTEM
        if par not in self.users:
            return Actor(kind="participant", id=f"lien-{par}", name=par, role=par)
        kind: Any = "client" if par == "manager" else "staff"
        return Actor(kind=kind, id=str(self.users[par]), name=par.title(), role=kind)

    def opening(self, phase: str = "dossier", par: str = "conseiller", **fields: Any) -> AnyCommand:
        """OpenDemarche for the client, with a new reference."""
        team = [
            Membre(role=role, user_id=str(self.users[role]), nom=role.title(), libelle=role)
            for role in ("conseiller", "manager")
        ]
        values = {
            "client_id": str(self.client_id),
            "client_nom": "Menuiserie Bellanger",
            "client_type": "entreprise",
            "reference": f"ESS-{uuid.uuid4().hex[:6]}-{next(self._references):04d}",
            "phase": phase,
            "equipe": team,
        }
        return self.command("OpenDemarche", par, **(values | fields))

    async def decide(self, demarche_id: uuid.UUID, command: AnyCommand, seq: int | None = None) -> Applied:
        """Straight to the decider, as a workflow at `seq` would (by default: up to date)."""
        if seq is None:
            seq = await self.seq(demarche_id)
        decided = await self.decide_together(demarche_id, [command], seq)
        [answer] = decided.answers
        if isinstance(answer, Exception):
            raise answer
        return Applied(answer.events, answer.replayed, decided.missing)

    async def decide_together(self, demarche_id: uuid.UUID, commands: list[AnyCommand], seq: int) -> Decided:
        """The same for commands that reach a workflow at once."""
        return await decide_and_record(
            self.keyring,
            demarche_id=str(demarche_id),
            modele_sha=self.sha,
            seq=seq,
            commands=[command.model_dump(mode="json") for command in commands],
            at=datetime.now(UTC).isoformat(),
        )

    # --- reading

    async def seq(self, demarche_id: uuid.UUID) -> int:
        async with session_scope() as session:
            found = await session.exec(select(Demarche.seq).where(Demarche.id == demarche_id))
            return found.first() or 0

    async def state(self, demarche_id: uuid.UUID) -> DemarcheState:
        return await load_state(self.keyring, str(demarche_id))

    async def rows(self, model: Any, demarche_id: uuid.UUID | None = None) -> list[dict[str, Any]]:
        """Rows of a table as plain data, of one démarche when it is given."""
        table = table_of(model)
        query = sa.select(table)
        if demarche_id is not None:
            name = "id" if model is Demarche else "demarche_id"
            query = query.where(table.c[name] == demarche_id)
        async with session_scope() as session:
            connection = await session.connection()
            return [dict(row) for row in (await connection.execute(query)).mappings()]
