"""Files at rest: encrypted in chunks, addressed by a keyed hash of their contents, on a folder or an S3 bucket.

obstore gives one interface to both. An object is `magic | key id | salt | chunk…`. Its key is derived from the
client's data key and the salt; each 64 KiB chunk is sealed with its number and a mark on the last one, so that
a chunk cut, moved or missing is detected while memory stays constant. Nothing is ever written in clear, not
even while a file is being received. The address is an HMAC under a key of the client's: it reveals nothing of
the contents, and is checked again each time a file is read whole.
"""

import asyncio
import hashlib
import hmac
import io
import os
import uuid
from collections.abc import AsyncIterable, AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import BinaryIO, cast

import obstore
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from obstore.store import ObjectStore, from_url

from store.base import now
from store.crypto import ClientCipher, Tampered
from store.file_types import HEAD, Limits, check_structure, sniff, too_big
from store.settings import Settings

MAGIC = b"EF1\x00"
SALT = 32
HEADER = len(MAGIC) + 16 + SALT
CHUNK = 64 * 1024
TAG = 16
# What is written at once, and how many of them wait for a slow disk: the memory that one deposit takes.
PART = 4 * 1024 * 1024
IN_FLIGHT = 2
# Deposits still being received, or cut short by a crash.
INCOMING = "arrivees"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file whose bytes are safe. `sha` is its address; `size` is that of the plaintext, in bytes."""

    id: uuid.UUID
    sha: str
    size: int
    type: str


class FileMissing(Exception):
    """The index knows this file, the storage does not."""


class FileStore:
    """Where bytes go. Ciphers come from the keyring: the storage holds no key."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    @classmethod
    def from_settings(cls, settings: Settings) -> "FileStore":
        """The storage of the settings; a local folder is made when missing."""
        url = settings.storage_url
        return cls(from_url(url, mkdir=True) if url.startswith("file:") else from_url(url))

    async def put_stream(
        self,
        cipher: ClientCipher,
        source: AsyncIterable[bytes],
        *,
        nom: str,
        limits: Limits | None = None,
        declared_size: int | None = None,
    ) -> StoredFile:
        """Receive, encrypt, check and keep a file. Raises a FileRefused, and then leaves nothing behind.

        `declared_size` (Content-Length) refuses early and names the size. The same contents deposited
        again for
        the same client take no more room.
        """
        limits = limits or Limits()
        if declared_size is not None and declared_size > limits.max_size:
            raise too_big(limits, declared_size)
        incoming = f"{INCOMING}/{uuid.uuid4()}"
        reception = _Reception(cipher, source, nom, limits)
        try:
            await self._write(incoming, reception.sealed())
            await asyncio.to_thread(self._check, cipher, incoming, reception)
            sha = reception.address()
            await self._keep(incoming, _path(cipher.client_id, sha))
        except BaseException:
            await self._forget(incoming)
            raise
        return StoredFile(uuid.uuid4(), sha, reception.size, reception.type)

    async def put_part(
        self, cipher: ClientCipher, source: AsyncIterable[bytes], *, depot: uuid.UUID
    ) -> tuple[str, int]:
        """Keep a piece of a file that arrives in several times: its address and its size in bytes.

        What the source gave before it failed is kept too. A piece of no byte is not kept: its address is empty.
        """
        path = f"{INCOMING}/{depot}/{uuid.uuid4()}"
        part = _Part(cipher, source)
        await self._write(path, part.sealed())
        if part.size == 0:
            await self._forget(path)
            return "", 0
        return path, part.size

    async def _write(self, path: str, sealed: AsyncIterable[bytes]) -> None:
        await obstore.put_async(self._store, path, sealed, chunk_size=PART, max_concurrency=IN_FLIGHT)

    async def join_parts(self, cipher: ClientCipher, paths: Sequence[str]) -> AsyncIterator[bytes]:
        """The contents of the pieces, one after the other. Raises FileMissing when one is gone."""
        for path in paths:
            try:
                async for chunk in self._open(cipher, path, 0, None, None):
                    yield chunk
            except FileNotFoundError as error:
                raise FileMissing(path) from error

    async def forget_parts(self, paths: Sequence[str]) -> None:
        """Delete pieces; those that are gone already are no matter."""
        for path in paths:
            await self._forget(path)

    async def put_bytes(
        self, cipher: ClientCipher, data: bytes, *, nom: str, limits: Limits | None = None
    ) -> StoredFile:
        """Keep a file made by us (a contract, a letter), with the same checks."""

        async def once() -> AsyncIterator[bytes]:
            yield data

        return await self.put_stream(cipher, once(), nom=nom, limits=limits, declared_size=len(data))

    async def open_stream(
        self, cipher: ClientCipher, sha: str, *, start: int = 0, end: int | None = None
    ) -> AsyncIterator[bytes]:
        """The plaintext from byte `start` to `end` (excluded), chunk by chunk.

        Raises FileMissing before the first byte, Tampered as soon as a chunk is not what was written.
        """
        try:
            async for chunk in self._open(cipher, _path(cipher.client_id, sha), start, end, sha):
                yield chunk
        except FileNotFoundError as error:
            raise FileMissing(sha) from error

    async def _open(
        self, cipher: ClientCipher, path: str, start: int, end: int | None, sha: str | None
    ) -> AsyncIterator[bytes]:
        layout = _Layout((await obstore.head_async(self._store, path))["size"])
        header = bytes(await obstore.get_range_async(self._store, path, start=0, end=HEADER))
        seal = _Seal.of_header(cipher, header)
        stop = layout.size if end is None else min(end, layout.size)
        if start >= stop:
            return
        whole = _address_hash(cipher) if sha is not None and (start, stop) == (0, layout.size) else None
        first, last = start // CHUNK, (stop - 1) // CHUNK
        response = await obstore.get_async(
            self._store, path, options={"range": (layout.offset(first), layout.offset(last + 1))}
        )
        index, pending = first, bytearray()
        async for received in response.stream(min_chunk_size=CHUNK + TAG):
            pending += received
            while index < last and len(pending) >= CHUNK + TAG:
                yield _slice(
                    seal.open(bytes(pending[: CHUNK + TAG]), index, layout), index, start, stop, whole
                )
                del pending[: CHUNK + TAG]
                index += 1
        if index != last:
            raise Tampered("the stored file is shorter than it was")
        yield _slice(seal.open(bytes(pending), last, layout), last, start, stop, whole)
        if whole is not None and sha is not None and not hmac.compare_digest(whole.hexdigest(), sha):
            raise Tampered("the stored file is not the one this address names")

    async def read(self, cipher: ClientCipher, sha: str) -> bytes:
        """The whole plaintext in memory: for mails and documents of known size."""
        return b"".join([part async for part in self.open_stream(cipher, sha)])

    async def exists(self, client_id: uuid.UUID, sha: str) -> bool:
        """Whether a file's bytes are there."""
        return await self._has(_path(client_id, sha))

    async def delete(self, client_id: uuid.UUID, sha: str) -> None:
        """Delete a file's bytes; nothing happens when they are gone already."""
        await self._forget(_path(client_id, sha))

    async def delete_client(self, client_id: uuid.UUID) -> int:
        """Delete all the files of an erased client; returns how many."""
        removed = 0
        async for batch in obstore.list(self._store, str(client_id)):
            for item in batch:
                await self._forget(item["path"])
                removed += 1
        return removed

    async def sweep(self, older_than: timedelta = timedelta(days=1)) -> int:
        """Delete what crashes and abandoned deposits left half received; returns how many."""
        removed = 0
        async for batch in obstore.list(self._store, INCOMING):
            for item in batch:
                if item["last_modified"] < now() - older_than:
                    await self._forget(item["path"])
                    removed += 1
        return removed

    async def _keep(self, incoming: str, path: str) -> None:
        if await self._has(path):
            await self._forget(incoming)
        else:
            await obstore.rename_async(self._store, incoming, path)

    async def _has(self, path: str) -> bool:
        try:
            await obstore.head_async(self._store, path)
        except FileNotFoundError:
            return False
        return True

    async def _forget(self, path: str) -> None:
        try:
            await obstore.delete_async(self._store, path)
        except FileNotFoundError:
            return

    def _check(self, cipher: ClientCipher, path: str, reception: "_Reception") -> None:
        reader = cast(BinaryIO, io.BufferedReader(_SealedReader(self._store, cipher, path), CHUNK))
        check_structure(reception.type, reader)


def _path(client_id: uuid.UUID, sha: str) -> str:
    return f"{client_id}/{sha[:2]}/{sha}"


def _address_hash(cipher: ClientCipher) -> hmac.HMAC:
    return hmac.new(cipher.derive("file address"), digestmod=hashlib.sha256)


def _slice(plain: bytes, index: int, start: int, stop: int, whole: hmac.HMAC | None) -> bytes:
    if whole is not None:
        whole.update(plain)
    base = index * CHUNK
    return plain[max(0, start - base) : stop - base]


class _Layout:
    """Where chunks are in an object of a given size."""

    def __init__(self, object_size: int) -> None:
        body = object_size - HEADER
        self.chunks = max(1, -(-body // (CHUNK + TAG)))
        self.size = body - self.chunks * TAG
        if self.size <= 0:
            raise Tampered("the stored file is shorter than its header says")
        self.object_size = object_size

    def offset(self, index: int) -> int:
        return min(HEADER + index * (CHUNK + TAG), self.object_size)


class _Seal:
    """Encrypts and decrypts the chunks of one file."""

    def __init__(self, cipher: ClientCipher, salt: bytes) -> None:
        self.header = MAGIC + cipher.key_id.bytes + salt
        self._aead = AESGCM(cipher.derive("file", salt))

    @classmethod
    def of_header(cls, cipher: ClientCipher, header: bytes) -> "_Seal":
        if header[: len(MAGIC)] != MAGIC or header[len(MAGIC) : -SALT] != cipher.key_id.bytes:
            raise Tampered("not a file of this client")
        return cls(cipher, header[-SALT:])

    def close(self, plain: bytes, index: int, *, last: bool) -> bytes:
        return self._aead.encrypt(_nonce(index, last), plain, self.header)

    def open(self, sealed: bytes, index: int, layout: _Layout) -> bytes:
        try:
            return self._aead.decrypt(_nonce(index, index == layout.chunks - 1), sealed, self.header)
        except InvalidTag as error:
            raise Tampered("a chunk of the stored file was altered") from error


def _nonce(index: int, last: bool) -> bytes:
    # Each file has its own key: a counter never repeats under it.
    return index.to_bytes(11) + bytes([last])


class _Reception:
    """Reads the source once: counts, sniffs, hashes and seals on the way."""

    def __init__(self, cipher: ClientCipher, source: AsyncIterable[bytes], nom: str, limits: Limits) -> None:
        self.size = 0
        self.type = ""
        self._source, self._nom, self._limits = source, nom, limits
        self._seal = _Seal(cipher, os.urandom(SALT))
        self._hash = _address_hash(cipher)

    def address(self) -> str:
        return self._hash.hexdigest()

    async def sealed(self) -> AsyncIterator[bytes]:
        yield self._seal.header
        pending, index = bytearray(), 0
        async for received in self._source:
            self.size += len(received)
            if self.size > self._limits.max_size:
                raise too_big(self._limits, None)
            self._hash.update(received)
            pending += received
            if not self.type and len(pending) >= HEAD:
                self.type = sniff(bytes(pending[:HEAD]), self._nom, self._limits)
            # The last chunk is known only when the source ends: one is always kept back.
            while len(pending) > CHUNK:
                yield self._seal.close(bytes(pending[:CHUNK]), index, last=False)
                del pending[:CHUNK]
                index += 1
        if not self.type:
            self.type = sniff(bytes(pending[:HEAD]), self._nom, self._limits)
        yield self._seal.close(bytes(pending), index, last=True)


class _Part:
    """A piece of a file: sealed like a file, its contents not looked at before they are joined."""

    def __init__(self, cipher: ClientCipher, source: AsyncIterable[bytes]) -> None:
        self.size = 0
        self._source = source
        self._seal = _Seal(cipher, os.urandom(SALT))

    async def sealed(self) -> AsyncIterator[bytes]:
        yield self._seal.header
        pending, index = bytearray(), 0
        async for received in self._source:
            self.size += len(received)
            pending += received
            while len(pending) > CHUNK:
                yield self._seal.close(bytes(pending[:CHUNK]), index, last=False)
                del pending[:CHUNK]
                index += 1
        yield self._seal.close(bytes(pending), index, last=True)


class _SealedReader(io.RawIOBase):
    """Random access to a sealed object, for libraries that read files (blocking, one chunk in memory)."""

    def __init__(self, store: ObjectStore, cipher: ClientCipher, path: str) -> None:
        self._store, self._path = store, path
        self._layout = _Layout(obstore.head(store, path)["size"])
        self._seal = _Seal.of_header(cipher, bytes(obstore.get_range(store, path, start=0, end=HEADER)))
        self._position = 0
        self._index, self._plain = -1, b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._layout.size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer: "memoryview | bytearray") -> int:  # type: ignore[override]
        if self._position >= self._layout.size:
            return 0
        index, inside = divmod(self._position, CHUNK)
        if index != self._index:
            sealed = obstore.get_range(
                self._store, self._path, start=self._layout.offset(index), end=self._layout.offset(index + 1)
            )
            self._plain, self._index = self._seal.open(bytes(sealed), index, self._layout), index
        part = self._plain[inside : inside + len(buffer)]
        buffer[: len(part)] = part
        self._position += len(part)
        return len(part)
