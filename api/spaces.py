"""The space of a client, outside of any démarche: its key, and who is asking."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Path, Request
from starlette.datastructures import MutableHeaders

from api.access import Actor, CurrentActor
from api.dossier import Cle, command_id_of
from api.security.sessions import Sessions
from api.services import Services, ServicesDep
from store.crypto import ClientCipher
from store.session import session_scope

OFF_LINE = "X-Hors-Ligne"
"""`non`: what the service worker must not keep (ui/src/sw/reading.ts)."""


@dataclass(frozen=True, slots=True)
class ClientSpace:
    """What files received for a client need. `id` is None: no démarche holds them."""

    client_id: uuid.UUID
    actor: Actor
    services: Services
    cipher: ClientCipher
    command_id: str = ""
    id: None = None
    coffre: datetime | None = None
    """Until when the reader has the vault open (GED-07)."""

    def keep_off_line(self, headers: MutableHeaders) -> None:
        """Tell the portal's service worker to keep none of what an open vault shows."""
        if self.coffre is not None:
            headers[OFF_LINE] = "non"

    def sees_all(self) -> bool:
        """Whether the reader is of the firm."""
        return self.actor.kind == "staff"


async def client_space(
    client_id: uuid.UUID, actor: Actor, services: Services, request: Request, command_id: str = ""
) -> ClientSpace:
    """The space of a client whose access is checked by the route's rule."""
    sessions: Sessions = request.app.state.sessions
    async with session_scope() as session:
        cipher = await services.keyring.load(session, client_id)
        vault = await sessions.vault_until(session, request) if actor.kind == "client" else None
    return ClientSpace(client_id, actor, services, cipher, command_id, coffre=vault)


async def read_space(
    tiers_id: Annotated[uuid.UUID, Path()], actor: CurrentActor, services: ServicesDep, request: Request
) -> ClientSpace:
    """The client of the path, to be read."""
    return await client_space(tiers_id, actor, services, request)


async def command_space(
    tiers_id: Annotated[uuid.UUID, Path()],
    idempotency_key: Cle,
    actor: CurrentActor,
    services: ServicesDep,
    request: Request,
) -> ClientSpace:
    """The client of the path, to be changed: an `Idempotency-Key` is required."""
    return await client_space(tiers_id, actor, services, request, command_id_of(actor, idempotency_key))


SpaceLu = Annotated[ClientSpace, Depends(read_space)]
SpaceCommande = Annotated[ClientSpace, Depends(command_space)]
