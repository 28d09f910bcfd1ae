"""Envelope encryption (SEC-05): AES-256-GCM under one data key per client, wrapped by the master key.

A blob is `magic | key id | nonce | ciphertext+tag`; its additional data binds it to the place it was
written for (table, column, row), so that a blob moved elsewhere does not decrypt. Erasing a client destroys
its key and leaves a tombstone: the key is never made again.
"""

import hashlib
import json
import os
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import event
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from store.base import now
from store.cle_client import CleClient
from store.settings import Settings

CABINET_ID = uuid.UUID("00000000-0000-4000-8000-0000000cab17")
"""The « client » under whose key the firm's own secrets are (TOTP seeds, link secret)."""

BLOB_MAGIC = b"E1"
WRAP_MAGIC = b"M1"
NONCE = 12
OVERHEAD = 46
_PENDING = "elaska_keys"
CACHE_SECONDS = 60.0
"""How long another process may go on using a key after its erasure."""


class CryptoError(Exception):
    """Base of what this module raises. Messages never hold plaintext."""


class KeyErased(CryptoError):
    """The client was erased: its data is gone for ever."""


class KeyMissing(CryptoError):
    """No key was ever made for this client or key id, or its master key is not in the settings."""


class Tampered(CryptoError):
    """The blob is damaged, or was written for another place or key."""


def place(table: str, column: str, row: object) -> str:
    """The context of a value: what its blob is bound to."""
    return f"{table}/{column}/{row}"


@dataclass(frozen=True, slots=True)
class MasterKeys:
    """The current master key and the former ones still able to unwrap."""

    current: bytes
    former: tuple[bytes, ...] = ()

    @classmethod
    def from_settings(cls, settings: Settings) -> "MasterKeys":
        return cls(
            settings.master_key.get_secret_value(),
            tuple(key.get_secret_value() for key in settings.master_keys_old),
        )

    @staticmethod
    def key_id(key: bytes) -> bytes:
        """Eight bytes that name a master key without revealing it."""
        return hashlib.sha256(b"elaska master key id" + key).digest()[:8]

    def wrap(self, data_key: bytes, context: str) -> bytes:
        nonce = os.urandom(NONCE)
        sealed = AESGCM(self.current).encrypt(nonce, data_key, WRAP_MAGIC + context.encode())
        return WRAP_MAGIC + self.key_id(self.current) + nonce + sealed

    def unwrap(self, wrap: bytes, context: str) -> bytes:
        if wrap[:2] != WRAP_MAGIC:
            raise Tampered("unknown wrap format")
        for key in (self.current, *self.former):
            if self.key_id(key) == wrap[2:10]:
                try:
                    return AESGCM(key).decrypt(
                        wrap[10 : 10 + NONCE], wrap[10 + NONCE :], WRAP_MAGIC + context.encode()
                    )
                except InvalidTag as error:
                    raise Tampered("a wrapped key does not open under its own master key") from error
        raise KeyMissing("wrapped by a master key which is not in the settings")

    def is_current(self, wrap: bytes) -> bool:
        return wrap[2:10] == self.key_id(self.current)


class ClientCipher:
    """Encrypts and decrypts for one client, synchronously, once its key is loaded."""

    __slots__ = ("_aead", "_key", "client_id", "key_id")

    def __init__(self, client_id: uuid.UUID, key_id: uuid.UUID, key: bytes) -> None:
        self.client_id = client_id
        self.key_id = key_id
        self._key = key
        self._aead = AESGCM(key)

    def encrypt(self, plain: bytes, context: str) -> bytes:
        """A blob of `len(plain) + OVERHEAD` bytes, readable only with the same context."""
        nonce = os.urandom(NONCE)
        head = BLOB_MAGIC + self.key_id.bytes
        return head + nonce + self._aead.encrypt(nonce, plain, head + context.encode())

    def decrypt(self, blob: bytes, context: str) -> bytes:
        """Raises Tampered when the blob was altered, moved, or belongs to another client."""
        head = BLOB_MAGIC + self.key_id.bytes
        if blob[: len(head)] != head or len(blob) < OVERHEAD:
            raise Tampered("not a blob of this key")
        start = len(head) + NONCE
        try:
            return self._aead.decrypt(blob[len(head) : start], blob[start:], head + context.encode())
        except InvalidTag as error:
            raise Tampered("altered blob or wrong context") from error

    def encrypt_text(self, text: str, context: str) -> bytes:
        return self.encrypt(text.encode(), context)

    def decrypt_text(self, blob: bytes, context: str) -> str:
        return self.decrypt(blob, context).decode()

    def encrypt_json(self, value: Any, context: str) -> bytes:
        return self.encrypt(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), context)

    def decrypt_json(self, blob: bytes, context: str) -> Any:
        return json.loads(self.decrypt(blob, context))

    def derive(self, purpose: str, salt: bytes | None = None) -> bytes:
        """Another 32-byte key, bound to a purpose (HMAC of addresses, links; one per file with a salt)."""
        return HKDF(hashes.SHA256(), 32, salt, b"elaska/" + purpose.encode()).derive(self._key)


def blob_key_id(blob: bytes) -> uuid.UUID:
    """The id of the key a blob was encrypted with. Raises Tampered when it is not a blob."""
    if blob[:2] != BLOB_MAGIC or len(blob) < OVERHEAD:
        raise Tampered("unknown blob format")
    return uuid.UUID(bytes=blob[2:18])


@dataclass(slots=True)
class _Cache:
    by_client: dict[uuid.UUID, tuple[ClientCipher, float]] = field(default_factory=dict)
    by_key: dict[uuid.UUID, tuple[ClientCipher, float]] = field(default_factory=dict)

    def put(self, cipher: ClientCipher) -> None:
        entry = (cipher, time.monotonic() + CACHE_SECONDS)
        self.by_client[cipher.client_id] = self.by_key[cipher.key_id] = entry

    def drop(self, client_id: uuid.UUID) -> None:
        entry = self.by_client.pop(client_id, None)
        if entry is not None:
            self.by_key.pop(entry[0].key_id, None)

    @staticmethod
    def fresh(entry: tuple[ClientCipher, float] | None) -> ClientCipher | None:
        return entry[0] if entry is not None and entry[1] > time.monotonic() else None


class Keyring:
    """Loads, makes and erases data keys; keeps the loaded ones for `CACHE_SECONDS`.

    A key made in a transaction enters the shared cache only once that transaction is committed: nothing may
    be encrypted elsewhere with a key that a rollback would lose.
    """

    def __init__(self, masters: MasterKeys) -> None:
        self._masters = masters
        self._cache = _Cache()

    async def ensure(self, session: AsyncSession, client_id: uuid.UUID) -> ClientCipher:
        """The client's cipher; makes its key, in the caller's transaction, when there was never one.

        Raises KeyErased for a tombstone.
        """
        cached = self._cached(session, client_id)
        if cached is not None:
            return cached
        key_id, key = uuid.uuid4(), os.urandom(32)
        made = await session.exec(
            insert(CleClient)
            .values(
                id=key_id, client_id=client_id, wrap=self._masters.wrap(key, _wrap_place(client_id, key_id))
            )
            .on_conflict_do_nothing(index_elements=["client_id"])
            .returning(col(CleClient.id))
        )
        if made.first() is None:
            return await self.load(session, client_id)
        cipher = ClientCipher(client_id, key_id, key)
        self._remember_on_commit(session, cipher)
        return cipher

    async def load(self, session: AsyncSession, client_id: uuid.UUID) -> ClientCipher:
        """The client's cipher. Raises KeyErased or KeyMissing."""
        cached = self._cached(session, client_id)
        if cached is not None:
            return cached
        row = (await session.exec(select(CleClient).where(CleClient.client_id == client_id))).one_or_none()
        return self._open(row)

    async def load_key(self, session: AsyncSession, key_id: uuid.UUID) -> ClientCipher:
        """The cipher of a key named in a blob or in a payload. Raises KeyErased or KeyMissing."""
        cached = _Cache.fresh(self._cache.by_key.get(key_id))
        if cached is not None:
            return cached
        row = (await session.exec(select(CleClient).where(CleClient.id == key_id))).one_or_none()
        return self._open(row)

    async def load_many(
        self, session: AsyncSession, client_ids: set[uuid.UUID]
    ) -> dict[uuid.UUID, ClientCipher]:
        """Ciphers of several clients in one query, for lists. Erased and unknown clients are left out."""
        found = {id_: cipher for id_ in client_ids if (cipher := self._cached(session, id_)) is not None}
        missing = client_ids - found.keys()
        if missing:
            rows = await session.exec(select(CleClient).where(col(CleClient.client_id).in_(missing)))
            found |= {row.client_id: self._open(row) for row in rows if row.wrap is not None}
        return found

    async def cabinet(self, session: AsyncSession) -> ClientCipher:
        """The firm's own cipher, made at first use."""
        return await self.ensure(session, CABINET_ID)

    def cached_client(self, client_id: uuid.UUID) -> ClientCipher | None:
        """The cipher without any waiting; None when it was not loaded lately."""
        return _Cache.fresh(self._cache.by_client.get(client_id))

    def cached_key(self, key_id: uuid.UUID) -> ClientCipher | None:
        """The same, by key id."""
        return _Cache.fresh(self._cache.by_key.get(key_id))

    async def decrypt(self, session: AsyncSession, blob: bytes, context: str) -> bytes:
        """Plaintext of a blob whose client need not be known: the key id is in the blob."""
        return (await self.load_key(session, blob_key_id(blob))).decrypt(blob, context)

    async def erase(self, session: AsyncSession, client_id: uuid.UUID) -> None:
        """Destroy the client's key, leaving a tombstone even when there was none. Idempotent."""
        await session.exec(
            insert(CleClient)
            .values(id=uuid.uuid4(), client_id=client_id, wrap=None, erased_at=now())
            .on_conflict_do_update(
                index_elements=["client_id"],
                set_={"wrap": None, "erased_at": now()},
                where=col(CleClient.wrap).is_not(None),
            )
        )
        session.info.get(_PENDING, {}).pop(client_id, None)
        self.evict(client_id)
        # A concurrent reader may have put the key back before this transaction's commit.
        event.listen(session.sync_session, "after_commit", lambda _session: self.evict(client_id))

    def evict(self, client_id: uuid.UUID) -> None:
        """Forget a key in this process (its rows are untouched)."""
        self._cache.drop(client_id)

    async def rewrap(self, session: AsyncSession) -> int:
        """Wrap every data key under the current master key; returns how many changed.

        After it, former master keys may leave the settings. The data itself is not touched.
        """
        rows = await session.exec(select(CleClient).where(col(CleClient.wrap).is_not(None)).with_for_update())
        changed = 0
        for row in rows:
            assert row.wrap is not None
            if not self._masters.is_current(row.wrap):
                context = _wrap_place(row.client_id, row.id)
                row.wrap = self._masters.wrap(self._masters.unwrap(row.wrap, context), context)
                session.add(row)
                changed += 1
        return changed

    def _cached(self, session: AsyncSession, client_id: uuid.UUID) -> ClientCipher | None:
        pending: dict[uuid.UUID, ClientCipher] = session.info.get(_PENDING, {})
        return pending.get(client_id) or _Cache.fresh(self._cache.by_client.get(client_id))

    def _open(self, row: CleClient | None) -> ClientCipher:
        if row is None:
            raise KeyMissing("no key for this client")
        if row.wrap is None:
            raise KeyErased("this client's key was erased")
        key = self._masters.unwrap(row.wrap, _wrap_place(row.client_id, row.id))
        cipher = ClientCipher(row.client_id, row.id, key)
        self._cache.put(cipher)
        return cipher

    def _remember_on_commit(self, session: AsyncSession, cipher: ClientCipher) -> None:
        session.info.setdefault(_PENDING, {})[cipher.client_id] = cipher

        def committed(sync_session: Session) -> None:
            # The release of a savepoint is announced as a commit too.
            if not sync_session.in_nested_transaction() and cipher.client_id in session.info[_PENDING]:
                self._cache.put(cipher)

        event.listen(session.sync_session, "after_commit", committed)


def _wrap_place(client_id: uuid.UUID, key_id: uuid.UUID) -> str:
    return place("cle_client", f"wrap/{client_id}", key_id)
