"""The antivirus: ClamAV's daemon, asked by its INSTREAM command, over a Unix socket or TCP.

The protocol (clamd's manual): `zINSTREAM\\0`, then chunks each preceded by its length on four bytes, then a length of
zero; the answer is one line ended by a zero byte: `stream: OK`, `stream: <name> FOUND`, or an error. It is short
enough to need no library.
"""

import asyncio
from collections.abc import AsyncIterable
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from store.settings import Settings

CONNECT_S = 5.0


class AntivirusDown(Exception):
    """The daemon does not answer, or says that it cannot work now: to be tried again later."""


class TooLongToScan(Exception):
    """Longer than the daemon's own limit (`StreamMaxLength`)."""


@dataclass(frozen=True, slots=True)
class Antivirus:
    """Where the daemon listens: `unix:///path` or `tcp://host:port`; `patience` in seconds, for a whole file."""

    url: str
    patience: float

    @classmethod
    def of(cls, settings: Settings) -> "Antivirus | None":
        """None when the installation has none: files then say « analyse non configurée »."""
        return cls(settings.clamav_url, settings.clamav_timeout) if settings.clamav_url else None

    async def scan(self, contents: AsyncIterable[bytes]) -> str | None:
        """Name of what was recognised, None for a clean file. Raises AntivirusDown or TooLongToScan."""
        try:
            async with asyncio.timeout(self.patience):
                return _verdict(await self._ask(contents))
        except (TimeoutError, OSError, asyncio.IncompleteReadError) as error:
            raise AntivirusDown(type(error).__name__) from error

    async def _ask(self, contents: AsyncIterable[bytes]) -> str:
        reader, writer = await self._connect()
        try:
            # Beyond its limit the daemon answers and hangs up while we still write: its answer counts.
            with suppress(ConnectionError):
                writer.write(b"zINSTREAM\0")
                async for chunk in contents:
                    if chunk:
                        writer.write(len(chunk).to_bytes(4) + chunk)
                        await writer.drain()
                writer.write(bytes(4))
                await writer.drain()
            return (await reader.readuntil(b"\0"))[:-1].decode("utf-8", "replace")
        finally:
            writer.close()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        where = urlsplit(self.url)
        async with asyncio.timeout(CONNECT_S):
            if where.scheme == "unix":
                return await asyncio.open_unix_connection(where.path)
            return await asyncio.open_connection(where.hostname, where.port)


def _verdict(answer: str) -> str | None:
    said = answer.removeprefix("stream: ").strip()
    if said == "OK":
        return None
    if said.endswith(" FOUND"):
        return said.removesuffix(" FOUND")
    if "size limit exceeded" in said:
        raise TooLongToScan
    raise AntivirusDown("refused")
