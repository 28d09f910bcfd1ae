"""The space of a client, outside of any démarche: its key, and who is asking."""

import uuid
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Path

from api.access import Actor, CurrentActor
from api.dossier import Cle, command_id_of
from api.services import Services, ServicesDep
from store.crypto import ClientCipher
from store.session import session_scope


@dataclass(frozen=True, slots=True)
class ClientSpace:
    """What files received for a client need. `id` is None: no démarche holds them."""

    client_id: uuid.UUID
    actor: Actor
    services: Services
    cipher: ClientCipher
    command_id: str = ""
    id: None = None

    def sees_all(self) -> bool:
        """Whether the reader is of the firm."""
        return self.actor.kind == "staff"


async def client_space(
    client_id: uuid.UUID, actor: Actor, services: Services, command_id: str = ""
) -> ClientSpace:
    """The space of a client whose access is checked by the route's rule."""
    async with session_scope() as session:
        cipher = await services.keyring.load(session, client_id)
    return ClientSpace(client_id, actor, services, cipher, command_id)


async def read_space(
    tiers_id: Annotated[uuid.UUID, Path()], actor: CurrentActor, services: ServicesDep
) -> ClientSpace:
    """The client of the path, to be read."""
    return await client_space(tiers_id, actor, services)


async def command_space(
    tiers_id: Annotated[uuid.UUID, Path()], idempotency_key: Cle, actor: CurrentActor, services: ServicesDep
) -> ClientSpace:
    """The client of the path, to be changed: an `Idempotency-Key` is required."""
    return await client_space(tiers_id, actor, services, command_id_of(actor, idempotency_key))


SpaceLu = Annotated[ClientSpace, Depends(read_space)]
SpaceCommande = Annotated[ClientSpace, Depends(command_space)]
