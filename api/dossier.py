"""The démarche named in a path: its row, who may see it, and, opened only when needed, its state and its modèle."""

import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Annotated, NamedTuple, Protocol, TypeVar

from fastapi import Depends, Header, Path, Request
from sqlmodel.ext.asyncio.session import AsyncSession

from activities.decider import Sealed, open_state, state_of
from activities.programs import pinned, program_of
from api.access import Actor, CurrentActor, Target
from api.problems import not_found
from api.security.addresses import client_ip
from api.services import Services, ServicesDep
from store.crypto import ClientCipher, Keyring
from store.listes import Scope
from store.session import fetch_alone, session_scope
from store.statements import Statement
from workflows.engine.modele import Modele
from workflows.engine.program import PARIS, Program
from workflows.engine.state import FORMAT, DemarcheState, PieceState
from workflows.engine.state import Actor as EngineActor
from workflows.engine.view import DemarcheView, Reader, view

DemarcheId = Annotated[uuid.UUID, Path(description="La démarche.")]
Cle = Annotated[
    uuid.UUID,
    Header(
        alias="Idempotency-Key",
        description="Une clé neuve par commande, la même pour un nouvel essai : la commande compte une seule fois.",
        examples=["8f14e45f-ceea-4e7a-9c1b-1f1b5c9a2d3e"],
    ),
]
NOBODY_ELSE = "cabinet"
"""Assignee of what falls to the firm: neither a client user nor a participant."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A command already recorded under the same id."""

    seq: int
    contenu: bytes


class Row(NamedTuple):
    """The columns of a démarche that requests use: the whole object costs more to make than to read."""

    id: uuid.UUID
    client_id: uuid.UUID
    client_nom: str
    reference: str
    titre: str
    modele: str
    modele_sha: str
    seq: int
    au_portail: bool


class Stored(NamedTuple):
    """The state of a démarche, as it is stored."""

    id: uuid.UUID
    format: int
    state: bytes


@dataclass(slots=True)
class Dossier:
    """One démarche, as one request needs it. `recorded`: what this request's own key already led to."""

    row: Row
    actor: Actor
    services: Services
    cipher: ClientCipher
    conseiller_id: uuid.UUID | None
    team: frozenset[uuid.UUID]
    command_id: str = ""
    ip: str | None = None
    recorded: Recorded | None = None
    _stored: Stored | None = field(default=None)
    _state: DemarcheState | None = field(default=None)
    _program: Program | None = field(default=None)

    @property
    def id(self) -> uuid.UUID:
        return self.row.id

    async def state(self) -> DemarcheState:
        """The engine's state, decrypted once. Read now when it did not come with the row."""
        if self._state is None:
            stored = self._stored
            if stored is None:
                found = await fetch_alone(_STATE, {"id": self.id})
                if found is None:
                    raise not_found("Cette démarche")
                stored = Stored(*found)
            if stored.format == FORMAT:
                self._state = open_state(stored, self.cipher)
            else:
                async with session_scope() as session:
                    self._state = await state_of(session, stored, self.cipher)
        return self._state

    async def program(self) -> Program:
        """The version of the modèle that the démarche is pinned to."""
        if self._program is None:
            self._program = await pinned(self.row.modele_sha)
        return self._program

    async def modele(self) -> Modele:
        return (await self.program()).modele

    async def view(self) -> DemarcheView:
        """The démarche as this reader may see it."""
        return view(await self.program(), await self.state(), reader_of(self.actor), await self.today())

    async def today(self) -> date:
        """The civil day of Paris on the démarche's own clock."""
        return (await self.state()).now(datetime.now(UTC)).astimezone(PARIS).date()

    def target(self, assignee: str | None = None, *, client_visible: bool = True) -> Target:
        return Target(
            client_id=self.row.client_id,
            conseiller_id=self.conseiller_id,
            demarche_id=self.row.id,
            team_user_ids=self.team,
            assignee=assignee,
            # Who holds a link has it whatever the client sees.
            client_visible=client_visible and (self.row.au_portail or self.actor.kind != "client"),
            modele=self.row.modele,
        )


class Listed(Sealed, Protocol):
    """What a démarche of a list must show for its contents to be read."""

    @property
    def client_id(self) -> uuid.UUID: ...
    @property
    def modele_sha(self) -> str: ...


AnyListed = TypeVar("AnyListed", bound=Listed)


LOOKED_AT = 20
"""Other démarches of a client that are looked into at once, the last changed first."""


async def opened(
    session: AsyncSession, keyring: Keyring, rows: Sequence[AnyListed]
) -> list[tuple[AnyListed, Program, DemarcheState]]:
    """Démarches of a list with their modèle and state. The data of an erased client is unreadable for ever: it is left
    out."""
    ciphers = await keyring.load_many(session, {row.client_id for row in rows})
    read = [
        (row, await program_of(session, row.modele_sha), await state_of(session, row, cipher))
        for row in rows
        if (cipher := ciphers.get(row.client_id)) is not None
    ]
    return [(row, program.of(state), state) for row, program, state in read]


def reader_of(actor: Actor) -> Reader:
    """The engine's reader behind the API's actor."""
    return Reader(kind=actor.kind, id=str(actor.id), key=actor.participant_key)


def engine_actor(actor: Actor) -> EngineActor:
    """The engine's actor behind the API's: the name shown in the journal, and the role acted in."""
    role = actor.participant_key if actor.kind == "participant" else str(actor.role)
    return EngineActor(kind=actor.kind, id=str(actor.id), name=actor.name, role=role or "participant")


def scope_of(actor: Actor) -> Scope:
    """The démarches that a person may list."""
    if actor.kind == "client":
        return Scope(tiers_ids=actor.tiers_ids)
    return Scope(seen_by=None if actor.supervises else actor.id, sans=actor.droits.caches)


def command_id_of(actor: Actor, key: uuid.UUID) -> str:
    """Two people may use the same key; one person's key is one command."""
    return f"{actor.key}/{key}"


def _load_statement(*more: str) -> Statement:
    return Statement(
        f"""
        SELECT t.conseiller_id, array(SELECT m.user_id FROM demarche_membre m WHERE m.demarche_id = d.id),
               c.seq_to, c.contenu, {", ".join(f"d.{name}" for name in (*Row._fields, *more))}
        FROM demarche d
        JOIN tiers t ON t.id = d.client_id
        LEFT JOIN commande c ON c.demarche_id = d.id AND c.id = %(command_id)s
        WHERE d.id = %(id)s
        """
    )


# Written out, and prepared by the driver: every request on a démarche begins with one of them.
_LOAD = _load_statement()
_LOAD_WHOLE = _load_statement("format", "state")
_STATE = Statement(f"SELECT {', '.join(Stored._fields)} FROM demarche WHERE id = %(id)s")


async def load(
    demarche_id: uuid.UUID, actor: Actor, services: Services, command_id: str = "", *, whole: bool = True
) -> Dossier:
    """One query. Raises the 404 problem when there is no such démarche; access is checked by the route's rule.

    `whole`: with its state, which is most of what there is to read.
    """
    found = await fetch_alone(_LOAD_WHOLE if whole else _LOAD, {"id": demarche_id, "command_id": command_id})
    if found is None:
        raise not_found("Cette démarche")
    conseiller_id, members, seq_to, contenu, *values = found
    width = len(Row._fields)
    row = Row(*values[:width])
    cipher = services.keyring.cached_client(row.client_id)
    if cipher is None:
        async with session_scope() as session:
            cipher = await services.keyring.load(session, row.client_id)
    return Dossier(
        row=row,
        actor=actor,
        services=services,
        cipher=cipher,
        conseiller_id=conseiller_id,
        team=frozenset(members),
        command_id=command_id,
        recorded=Recorded(seq_to, contenu) if contenu is not None else None,
        _stored=Stored(row.id, *values[width:]) if whole else None,
    )


async def read_dossier(demarche_id: DemarcheId, actor: CurrentActor, services: ServicesDep) -> Dossier:
    """The démarche of the path, to be read."""
    return await load(demarche_id, actor, services)


async def command_dossier(
    demarche_id: DemarcheId,
    idempotency_key: Cle,
    actor: CurrentActor,
    services: ServicesDep,
    request: Request,
) -> Dossier:
    """The démarche of the path, to be sent a command: an `Idempotency-Key` is required.

    What falls to a client or a participant is in its state; staff's commands seldom need to look there.
    """
    command_id = command_id_of(actor, idempotency_key)
    dossier = await load(demarche_id, actor, services, command_id, whole=actor.kind != "staff")
    dossier.ip = client_ip(request)
    return dossier


DossierLu = Annotated[Dossier, Depends(read_dossier)]
DossierCommande = Annotated[Dossier, Depends(command_dossier)]


async def read_target(dossier: DossierLu) -> Target:
    """The démarche of the path, for the authorisation function."""
    return dossier.target()


async def command_target(dossier: DossierCommande) -> Target:
    """The same, on the route of a command."""
    return dossier.target()


# --- what falls to one person, inside a démarche


async def owner_target(dossier: Dossier, key: str | None, *, client_visible: bool = True) -> Target:
    """The target of an item that falls to a role or participant; a 404 when there is no such item (`key` absent)."""
    if key is None:
        if dossier.actor.kind == "staff":
            # The engine says what is wrong with it, and keeps the refusal's own code.
            return dossier.target()
        raise not_found()
    program, state = await dossier.program(), await dossier.state()
    if program.is_client(key, state):
        return dossier.target("client", client_visible=client_visible)
    if key in program.modele.participants:
        kept = dossier.actor.kind == "client" and program.kept_from_client(key, state)
        return dossier.target(key, client_visible=client_visible and not kept)
    return dossier.target(NOBODY_ELSE, client_visible=client_visible)


TacheId = Annotated[str, Path(max_length=60, description="La tâche.")]
PieceId = Annotated[str, Path(max_length=60, description="La pièce.", examples=["cni"])]
ActionId = Annotated[str, Path(max_length=60, description="L'action demandée au client.")]
FormulaireNom = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{0,59}$", examples=["salarie"])]


async def tache_target(dossier: DossierCommande, tache: TacheId) -> Target:
    """The tâche of the path: staff need no look inside, the engine knows it."""
    if dossier.actor.kind == "staff":
        return dossier.target()
    found = (await dossier.state()).taches.get(tache)
    return await owner_target(
        dossier,
        found.pour if found else None,
        client_visible=found is None or found.visible_client,
    )


async def piece_target(dossier: DossierCommande, piece: PieceId) -> Target:
    """The pièce of the path."""
    found = (await dossier.state()).pieces.get(piece)
    return await owner_target(dossier, found.de if found else None)


async def action_target(dossier: DossierCommande, action: ActionId) -> Target:
    """The action client of the path."""
    found = (await dossier.state()).actions.get(action)
    return await owner_target(dossier, found.a if found else None)


CollectionCle = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{0,59}$", examples=["factures"])]
LigneId = Annotated[str, Path(max_length=60, description="La ligne.")]


def collection_target(
    found: Callable[..., Awaitable[Dossier]] = command_dossier, *, every_status: bool = False
) -> Callable[..., Awaitable[Target]]:
    """Who keeps the collection of the path. `every_status`: to give one of its lines a status, which for some falls
    to others."""

    async def target(dossier: Annotated[Dossier, Depends(found)], cle: CollectionCle) -> Target:
        return await _kept_by(dossier, cle, every_status=every_status)

    return target


async def _kept_by(dossier: Dossier, cle: str, *, every_status: bool) -> Target:
    if dossier.actor.kind == "staff":
        return dossier.target()
    program = await dossier.program()
    collection = program.modele.collections.get(cle)
    if collection is None:
        raise not_found("Cette collection")
    keepers = list(collection.gerent)
    if every_status:
        keepers += [key for statut in collection.statuts.values() for key in statut.par]
    state = await dossier.state()
    mine = [key for key in keepers if _is_mine(dossier.actor, program, state, key)]
    readers = [key for key in (*keepers, *collection.voient) if _is_mine(dossier.actor, program, state, key)]
    if mine:
        return await owner_target(dossier, mine[0])
    # Who reads it is told that it is not theirs to change; nobody else learns that it exists.
    return dossier.target(
        NOBODY_ELSE if dossier.actor.kind == "client" else None, client_visible=bool(readers)
    )


def _is_mine(actor: Actor, program: Program, state: DemarcheState, key: str) -> bool:
    if actor.kind == "participant":
        return key == actor.participant_key
    return program.is_client(key, state)


async def form_owner(dossier: Dossier, nom: str) -> str | None:
    """Role or participant who fills a form of the démarche; None when it has no such form."""
    modele = await dossier.modele()
    for etape in modele.walk():
        for form in etape.formulaires:
            if form.nom == nom:
                return form.par
        if any(evenement.formulaire == nom for evenement in etape.evenements):
            # Whoever an event comes from, someone of the firm records it.
            return NOBODY_ELSE
    if modele.demande is not None and modele.demande.formulaire == nom:
        client = next(key for key, role in modele.roles.items() if role.cote == "client")
        return client
    return None


async def form_target(dossier: DossierCommande, nom: FormulaireNom) -> Target:
    """The form of the path, to be sent."""
    if dossier.actor.kind == "staff":
        return dossier.target()
    return await owner_target(dossier, await form_owner(dossier, nom))


async def read_form_target(dossier: DossierLu, nom: FormulaireNom) -> Target:
    """The form of the path, to be filled: 404 when the démarche has none of this name."""
    owner = await form_owner(dossier, nom)
    if owner is None:
        raise not_found()
    return await owner_target(dossier, owner)


async def piece_of(dossier: Dossier, piece: str) -> PieceState:
    """One pièce of the démarche. Raises the 404 problem when there is none of this id."""
    wanted = (await dossier.state()).pieces.get(piece)
    if wanted is None:
        raise not_found("Cette pièce")
    return wanted
