"""Makes users, clients and participants, and gives each a logged-in browser, without going through the login."""

import secrets
import uuid
from datetime import timedelta
from types import TracebackType
from typing import Any, Self

import httpx
from fastapi import FastAPI

from api.security.sessions import CSRF_HEADER, cookie_name, csrf_of, hash_token
from store import passwords, tiers
from store.base import now
from store.connexion import EtapeConnexion, Lien, SessionConnexion
from store.crypto import place
from store.links import hash_token as hash_link
from store.links import link_secret, token_of
from store.session import session_scope
from store.tiers import Tiers, TypeTiers
from store.utilisateur import Rattachement, Role, Utilisateur

PASSWORD = "cheval-lampe-route-verte"
Browser = httpx.AsyncClient


class People:
    """A small world on an empty database."""

    def __init__(self, app: FastAPI, transport: httpx.ASGITransport) -> None:
        self.app = app
        self.services = app.state.services
        self._transport = transport
        self._browsers: list[Browser] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for browser in self._browsers:
            await browser.aclose()

    def browser(self) -> Browser:
        """A browser nobody has logged in with."""
        browser = Browser(transport=self._transport, base_url="http://test")
        self._browsers.append(browser)
        return browser

    async def user(self, role: Role = Role.CONSEILLER, *attached: Tiers, **fields: Any) -> Utilisateur:
        """A user; a client one is attached to the tiers given."""
        name = secrets.token_hex(4)
        values: dict[str, Any] = {
            "email": f"{name}@exemple.fr",
            "nom": name.title(),
            "prenom": "Camille",
        } | fields
        if "password" in values:
            values["password_hash"] = await passwords.hash_password(values.pop("password"))
        user = Utilisateur(role=role, **values)
        async with session_scope() as session:
            session.add(user)
            await session.flush()
            session.add_all(Rattachement(utilisateur_id=user.id, tiers_id=row.id) for row in attached)
        return user

    async def tiers(self, nom: str = "Menuiserie Bellanger", **fields: Any) -> Tiers:
        """A tiers with its key."""
        row = Tiers(nom=nom, **({"type": TypeTiers.ENTREPRISE} | fields))
        async with session_scope() as session:
            return await tiers.create(session, self.services.keyring, row)

    async def lien(self, client: Tiers, *, participant: str = "salarie", **fields: Any) -> tuple[Lien, str]:
        """A participant's link, and its token."""
        async with session_scope() as session:
            secret = link_secret(await self.services.keyring.cabinet(session))
            cipher = await self.services.keyring.load(session, client.id)
            id_ = uuid.uuid4()
            token = token_of(secret, str(id_))
            values = {
                "demarche_id": uuid.uuid4(),
                "expires_at": now() + timedelta(days=14),
                "nom": cipher.encrypt_text("Zoé Martin", place("lien", "nom", id_)),
            } | fields
            row = Lien(
                id=id_, client_id=client.id, participant=participant, token_hash=hash_link(token), **values
            )
            session.add(row)
        return row, token

    async def login(self, who: Utilisateur | Lien) -> Browser:
        """A browser with a complete session, which sends its CSRF token."""
        token = secrets.token_urlsafe(32)
        async with session_scope() as session:
            session.add(
                SessionConnexion(
                    token_hash=hash_token(token),
                    etape=EtapeConnexion.COMPLETE,
                    expires_at=now() + timedelta(hours=1),
                    utilisateur_id=None if isinstance(who, Lien) else who.id,
                    lien_id=who.id if isinstance(who, Lien) else None,
                )
            )
        browser = self.browser()
        browser.cookies.set(cookie_name(), token)
        browser.headers[CSRF_HEADER] = csrf_of(token)
        return browser

    async def staff(self, role: Role = Role.CONSEILLER, **fields: Any) -> tuple[Utilisateur, Browser]:
        """A member of the firm, logged in."""
        user = await self.user(role, **fields)
        return user, await self.login(user)

    async def client(self, *attached: Tiers, **fields: Any) -> tuple[Utilisateur, Browser]:
        """A portal user of these tiers, logged in."""
        user = await self.user(Role.CLIENT, *attached, **fields)
        return user, await self.login(user)
