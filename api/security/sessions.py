"""Server-side sessions in a cookie (SEC-02), and the CSRF token bound to each (SEC-13).

The cookie holds a random token, the database only its hash. The CSRF token is an HMAC keyed by the session's
token: it needs no storage, and nobody can make it without the cookie, which scripts cannot read.
"""

import asyncio
import hashlib
import hmac
import secrets
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from fastapi import Request, Response
from sqlmodel import col, delete, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from api.access import Actor
from api.problems import Problem
from api.security.addresses import client_ip
from store.base import now
from store.connexion import EtapeConnexion, Lien, SessionConnexion
from store.crypto import Keyring, place
from store.droit import OF_USER, merged
from store.session import session_scope
from store.settings import settings
from store.utilisateur import Rattachement, Role, Utilisateur

CSRF_HEADER = "X-CSRF-Token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# A session known a moment ago is not read again: what is revoked elsewhere ends within this delay.
CACHE_SECONDS = 5.0
CACHE_SIZE = 5000
SEEN_EVERY = timedelta(minutes=1)
PENDING = timedelta(minutes=10)


def cookie_name() -> str:
    """The `__Host-` prefix makes browsers refuse the cookie of a neighbouring subdomain."""
    return "__Host-elaska" if settings().cookie_secure else "elaska"


def csrf_of(token: str) -> str:
    return hmac.new(token.encode(), b"csrf", hashlib.sha256).hexdigest()


def hash_token(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def login_required() -> Problem:
    return Problem(401, "connexion_requise", "Connectez-vous pour continuer.")


@dataclass(frozen=True, slots=True)
class Pending:
    """A login waiting for its second factor."""

    session_id: uuid.UUID
    utilisateur_id: uuid.UUID
    etape: EtapeConnexion


class Sessions:
    """Opens, finds and closes sessions."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring
        self._cache: dict[bytes, tuple[Actor, float]] = {}
        self._under_way: dict[bytes, asyncio.Task[Actor]] = {}

    async def authenticate(self, request: Request) -> Actor:
        """The actor of the request's cookie. Raises 401, or 403 when an unsafe method lacks its CSRF token."""
        token = request.cookies.get(cookie_name())
        if not token:
            raise login_required()
        hashed = hash_token(token)
        actor = self._cached(hashed)
        if actor is None:
            actor = await self._read_once(hashed)
        if request.method not in SAFE_METHODS:
            given = request.headers.get(CSRF_HEADER, "")
            if not hmac.compare_digest(given.encode(), csrf_of(token).encode()):
                raise Problem(
                    403,
                    "csrf",
                    "Votre page n'est plus à jour. Rechargez-la, puis recommencez\u00a0: rien n'a été envoyé.",
                )
        return actor

    async def open_for_user(
        self,
        session: AsyncSession,
        request: Request,
        response: Response,
        user: Utilisateur,
        etape: EtapeConnexion,
    ) -> str:
        """Open a session (a new token, whatever the browser held before) and return the token."""
        lifetime = settings().session_absolute
        expires = now() + (timedelta(seconds=lifetime) if etape is EtapeConnexion.COMPLETE else PENDING)
        row = SessionConnexion(utilisateur_id=user.id, etape=etape, expires_at=expires, token_hash=b"")
        return await self._open(session, request, response, row)

    async def open_for_link(
        self, session: AsyncSession, request: Request, response: Response, lien: Lien
    ) -> str:
        """Open a participant's session and return its token."""
        expires = now() + timedelta(seconds=settings().link_session_absolute)
        row = SessionConnexion(
            lien_id=lien.id, etape=EtapeConnexion.COMPLETE, expires_at=expires, token_hash=b""
        )
        return await self._open(session, request, response, row)

    async def pending(self, session: AsyncSession, request: Request) -> Pending:
        """The login waiting for its code. Raises 401."""
        token = request.cookies.get(cookie_name())
        if not token:
            raise login_required()
        row = (
            await session.exec(
                select(SessionConnexion).where(SessionConnexion.token_hash == hash_token(token))
            )
        ).one_or_none()
        if (
            row is None
            or row.utilisateur_id is None
            or row.etape is EtapeConnexion.COMPLETE
            or row.expires_at <= now()
        ):
            raise login_required()
        return Pending(row.id, row.utilisateur_id, row.etape)

    async def close(self, session: AsyncSession, request: Request, response: Response) -> None:
        """End the request's session, here and in the browser."""
        token = request.cookies.get(cookie_name())
        if token:
            await self._end(session, token)
        response.delete_cookie(
            cookie_name(), path="/", secure=settings().cookie_secure, httponly=True, samesite="lax"
        )

    async def close_all(self, session: AsyncSession, utilisateur_id: uuid.UUID) -> None:
        """End all of a user's sessions: their password or their rights changed."""
        await session.exec(
            delete(SessionConnexion).where(col(SessionConnexion.utilisateur_id) == utilisateur_id)
        )
        self.forget()

    def forget(self) -> None:
        """Read every session anew: what some of them may do has changed."""
        self._cache.clear()
        self._under_way.clear()

    async def link_of(self, session: AsyncSession, request: Request) -> uuid.UUID | None:
        """The link whose live session the browser holds, if any."""
        token = request.cookies.get(cookie_name())
        if not token:
            return None
        query = select(SessionConnexion.lien_id).where(
            SessionConnexion.token_hash == hash_token(token), SessionConnexion.expires_at > now()
        )
        return (await session.exec(query)).one_or_none()

    async def sweep(self) -> None:
        """Delete the sessions that have expired."""
        async with session_scope() as session:
            await session.exec(delete(SessionConnexion).where(col(SessionConnexion.expires_at) < now()))

    async def _open(
        self, session: AsyncSession, request: Request, response: Response, row: SessionConnexion
    ) -> str:
        former = request.cookies.get(cookie_name())
        if former:
            await self._end(session, former)
        token = secrets.token_urlsafe(32)
        row.token_hash = hash_token(token)
        row.ip = client_ip(request)
        row.agent = request.headers.get("user-agent", "")[:300]
        session.add(row)
        await session.flush()
        response.set_cookie(
            cookie_name(),
            token,
            max_age=int((row.expires_at - now()).total_seconds()),
            path="/",
            secure=settings().cookie_secure,
            httponly=True,
            samesite="lax",
        )
        return token

    async def _end(self, session: AsyncSession, token: str) -> None:
        hashed = hash_token(token)
        self._cache.pop(hashed, None)
        self._under_way.pop(hashed, None)
        await session.exec(delete(SessionConnexion).where(col(SessionConnexion.token_hash) == hashed))

    def _cached(self, hashed: bytes) -> Actor | None:
        entry = self._cache.get(hashed)
        return entry[0] if entry is not None and entry[1] > time.monotonic() else None

    def _remember(self, hashed: bytes, actor: Actor) -> None:
        if len(self._cache) >= CACHE_SIZE:
            self._cache.clear()
        self._cache[hashed] = (actor, time.monotonic() + CACHE_SECONDS)

    async def _read_once(self, hashed: bytes) -> Actor:
        """A screen asks for several things at once: they wait for one reading, and share its answer."""
        reading = self._under_way.get(hashed)
        if reading is None:
            # A task of its own: it does not end with the one among them who gives up.
            reading = self._under_way[hashed] = asyncio.create_task(self._read(hashed))
            reading.add_done_callback(lambda done: self._arrived(hashed, done))
        return await asyncio.shield(reading)

    def _arrived(self, hashed: bytes, reading: asyncio.Task[Actor]) -> None:
        failed = reading.cancelled() or reading.exception() is not None
        # Another one, or none: the session was closed meanwhile.
        if self._under_way.get(hashed) is reading:
            del self._under_way[hashed]
            if not failed:
                self._remember(hashed, reading.result())

    async def _read(self, hashed: bytes) -> Actor:
        instant = now()
        idle_since = instant - timedelta(seconds=settings().session_idle)
        async with session_scope() as session:
            query = (
                select(SessionConnexion, Utilisateur, Lien, OF_USER)
                .outerjoin(Utilisateur, col(Utilisateur.id) == SessionConnexion.utilisateur_id)
                .outerjoin(Lien, col(Lien.id) == SessionConnexion.lien_id)
                .where(
                    SessionConnexion.token_hash == hashed,
                    SessionConnexion.etape == EtapeConnexion.COMPLETE,
                    SessionConnexion.expires_at > instant,
                    SessionConnexion.last_seen_at > idle_since,
                )
            )
            found = (await session.exec(query)).one_or_none()
            if found is None:
                raise login_required()
            row, user, lien, droits = found
            if row.last_seen_at < instant - SEEN_EVERY:
                row.last_seen_at = instant
                session.add(row)
            return await self._actor(session, user, lien, droits or ())

    async def _actor(
        self,
        session: AsyncSession,
        user: Utilisateur | None,
        lien: Lien | None,
        droits: Iterable[tuple[str, str, str]],
    ) -> Actor:
        if lien is not None:
            if lien.revoked_at is not None:
                raise login_required()
            cipher = await self._keyring.load(session, lien.client_id)
            nom = cipher.decrypt_text(lien.nom, place("lien", "nom", lien.id)) if lien.nom else "Participant"
            return Actor(
                "participant",
                lien.id,
                nom,
                "participant",
                demarche_id=lien.demarche_id,
                participant_key=lien.participant,
            )
        if user is None or not user.actif:
            raise login_required()
        if user.role is not Role.CLIENT:
            chosen = merged(user.role, str(user.id), droits)
            return Actor("staff", user.id, user.nom_complet, user.role, droits=chosen)
        query = select(func.array_agg(col(Rattachement.tiers_id))).where(
            Rattachement.utilisateur_id == user.id
        )
        tiers = (await session.exec(query)).one() or []
        return Actor("client", user.id, user.nom_complet, user.role, frozenset(tiers))
