"""What routes use besides the database: keys, files, Temporal. Made once, held on `app.state`."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request
from temporalio.client import Client

from api.problems import ENGINE_DOWN, unavailable
from store.codec import data_converter
from store.connexion import Lien
from store.crypto import Keyring, MasterKeys
from store.files import FileStore
from store.settings import Settings
from workflows.client import Demarches

RenewLink = Callable[[Lien], Awaitable[None]]


class Temporal:
    """A client made at first use, which finds the server again by itself after an outage."""

    def __init__(self, settings: Settings, keyring: Keyring) -> None:
        self._settings, self._keyring = settings, keyring
        self._client: Client | None = None
        self._demarches: Demarches | None = None

    async def client(self) -> Client:
        """The connected client. Raises the 503 problem when the server cannot be reached."""
        if self._client is None:
            settings = self._settings
            key = settings.temporal_api_key
            try:
                # Lazy: the first call connects, and a lost connection is made again.
                self._client = await Client.connect(
                    settings.temporal_address,
                    namespace=settings.temporal_namespace,
                    api_key=key.get_secret_value() if key else None,
                    tls=settings.temporal_tls,
                    data_converter=data_converter(self._keyring),
                    lazy=True,
                )
            except RuntimeError as error:
                raise unavailable("moteur_indisponible", ENGINE_DOWN) from error
        return self._client

    async def demarches(self) -> Demarches:
        """Where commands to démarches are sent. Raises the 503 problem when the server cannot be reached."""
        if self._demarches is None:
            self._demarches = Demarches(await self.client())
        return self._demarches


@dataclass(slots=True)
class Services:
    """`renew_link` sends a participant a fresh link; whoever can command the démarche sets it."""

    settings: Settings
    keyring: Keyring
    files: FileStore
    temporal: Temporal
    renew_link: RenewLink | None = field(default=None)

    @classmethod
    def from_settings(cls, settings: Settings) -> "Services":
        keyring = Keyring(MasterKeys.from_settings(settings))
        return cls(settings, keyring, FileStore.from_settings(settings), Temporal(settings, keyring))


# Async although it waits for nothing: FastAPI hands what is not to a thread, at every request.
async def services_of(request: Request) -> Services:
    services = request.app.state.services
    assert isinstance(services, Services)
    return services


ServicesDep = Annotated[Services, Depends(services_of)]
