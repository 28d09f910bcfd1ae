"""The national register of companies (RNE) of the INPI, over HTTP: which acts and accounts a company has filed, and
their copies (CPR-06). The only module that knows this service.

    POST {url}/sso/login {"username", "password"}       → {"token": JWT}
    GET  {url}/companies/{siren}/attachments            → {"actes": [...], "bilans": [...]}
    GET  {url}/actes/{id}/download, /bilans/{id}/download → PDF

One token for everybody, asked again when it has run out; what a company has filed is kept for a day: the service has
quotas and shuts out who asks too often. Three calls do not need a client of their own.
"""

from __future__ import annotations

import asyncio
import base64
import json
import logging
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, Literal

import httpx

from store.settings import Settings

TIMEOUT_S = 10.0
KEPT = timedelta(hours=24)
"""How long what a company has filed is taken as it was."""
TOKEN_LIFE = timedelta(minutes=50)
"""Of a token that does not say when it runs out."""
MOST_COMPANIES = 500
"""Kept in memory at once."""
PUBLIC = "public"
Kind = Literal["actes", "bilans"]

_log = logging.getLogger("elaska.inpi")


class RegisterUnavailable(RuntimeError):
    """The register does not answer, or refuses our account. `str(error)` is for the log."""


@dataclass(frozen=True, slots=True)
class Filed:
    """One document that the public may read. `types`: what an act says it is; `clos_le`: end of the accounting year."""

    kind: Kind
    id: str
    depose_le: date
    types: tuple[str, ...] = ()
    clos_le: date | None = None

    @property
    def titre(self) -> str:
        if self.kind == "actes":
            return ", ".join(self.types) or "Acte"
        return f"Comptes annuels {self.clos_le.year}" if self.clos_le else "Comptes annuels"


class Inpi:
    """The register, as this installation is known there."""

    def __init__(self, url: str, user: str, password: str) -> None:
        self._url = url.rstrip("/")
        self._login = {"username": user, "password": password}
        self._token: tuple[str, datetime] | None = None
        self._signing_in = asyncio.Lock()
        self._known: dict[str, tuple[datetime, tuple[Filed, ...]]] = {}

    @classmethod
    def of(cls, settings: Settings) -> Inpi | None:
        """None when the installation has no account there."""
        if settings.inpi_user is None or settings.inpi_password is None:
            return None
        return _shared(settings.inpi_url, settings.inpi_user, settings.inpi_password.get_secret_value())

    async def filed(self, siren: str) -> tuple[Filed, ...]:
        """What a company has filed, newest first; nothing when the register does not know it. Raises
        RegisterUnavailable."""
        now = datetime.now(UTC)
        kept = self._known.get(siren)
        if kept is not None and now - kept[0] < KEPT:
            return kept[1]
        answer = await self._get(f"/companies/{siren}/attachments", missing=True)
        try:
            told = {} if answer.status_code == httpx.codes.NOT_FOUND else answer.json()
            found = _read(told)
        except (ValueError, TypeError, AttributeError) as error:
            raise RegisterUnavailable("its answer cannot be read") from error
        while len(self._known) >= MOST_COMPANIES:
            self._known.pop(next(iter(self._known)))
        self._known[siren] = now, found
        return found

    async def copy(self, document: Filed) -> bytes:
        """Its PDF. Raises RegisterUnavailable."""
        return (await self._get(f"/{document.kind}/{document.id}/download")).content

    async def _get(self, path: str, *, missing: bool = False) -> httpx.Response:
        """One question; a token that has run out is asked again, once."""
        answer = await self._asked(path, await self._signed_in())
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            self._token = None
            answer = await self._asked(path, await self._signed_in())
        if answer.is_success or (missing and answer.status_code == httpx.codes.NOT_FOUND):
            return answer
        _log.warning("the INPI answered %s", answer.status_code)
        raise RegisterUnavailable(f"the INPI answered {answer.status_code}")

    async def _asked(self, path: str, token: str) -> httpx.Response:
        return await self._call("GET", path, headers={"Authorization": f"Bearer {token}"})

    async def _signed_in(self) -> str:
        async with self._signing_in:
            if self._token is not None and datetime.now(UTC) < self._token[1]:
                return self._token[0]
            answer = await self._call("POST", "/sso/login", json=self._login)
            try:
                token = answer.json()["token"] if answer.is_success else None
            except (ValueError, KeyError, TypeError):
                token = None
            if not isinstance(token, str):
                _log.error("the INPI refuses our account (%s): check ELASKA_INPI_*", answer.status_code)
                raise RegisterUnavailable("the INPI refuses our account")
            self._token = token, _runs_out(token)
            return token

    async def _call(self, method: str, path: str, **content: Any) -> httpx.Response:
        try:
            async with httpx.AsyncClient(timeout=TIMEOUT_S) as client:
                return await client.request(method, self._url + path, **content)
        except httpx.HTTPError as error:
            raise RegisterUnavailable(f"the INPI cannot be reached: {type(error).__name__}") from error


@lru_cache(maxsize=8)
def _shared(url: str, user: str, password: str) -> Inpi:
    """One for all requests of a process: they share its token and what it knows."""
    return Inpi(url, user, password)


def _runs_out(token: str) -> datetime:
    """When a JWT runs out, a minute early; in a while for one that does not say."""
    try:
        body = token.split(".")[1]
        told = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        return datetime.fromtimestamp(told["exp"], UTC) - timedelta(minutes=1)
    except (IndexError, ValueError, KeyError, TypeError, OverflowError):
        return datetime.now(UTC) + TOKEN_LIFE


def _read(told: dict[str, Any]) -> tuple[Filed, ...]:
    """The documents of an answer that the public may read; those without an id or a date are passed over."""
    found = []
    kinds: tuple[Kind, ...] = ("actes", "bilans")
    for kind in kinds:
        for row in told.get(kind) or ():
            filed = _day(row.get("dateDepot"))
            if filed is None or not row.get("id") or str(row.get("confidentiality")).casefold() != PUBLIC:
                continue
            types = tuple(str(each["typeActe"]) for each in row.get("typeRdd") or () if each.get("typeActe"))
            found.append(Filed(kind, str(row["id"]), filed, types, _day(row.get("dateCloture"))))
    return tuple(sorted(found, key=lambda one: (one.clos_le or one.depose_le, one.depose_le), reverse=True))


def _day(told: Any) -> date | None:
    try:
        return date.fromisoformat(str(told)[:10])
    except ValueError:
        return None
