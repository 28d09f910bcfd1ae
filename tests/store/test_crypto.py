"""SEC-05: what is at rest is unreadable, unmovable, and gone once the client is erased."""

import asyncio
import os
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.crypto import (
    BLOB_MAGIC,
    CABINET_ID,
    ClientCipher,
    KeyErased,
    KeyMissing,
    Keyring,
    MasterKeys,
    Tampered,
    blob_key_id,
    place,
)
from store.session import session_scope
from tests.conftest import Database

PLACE = place("salarie", "nir", "1")


def cipher() -> ClientCipher:
    return ClientCipher(uuid.uuid4(), uuid.uuid4(), os.urandom(32))


@given(st.binary(max_size=3000), st.text(max_size=50))
def test_round_trip(plain: bytes, context: str) -> None:
    key = cipher()
    blob = key.encrypt(plain, context)
    assert key.decrypt(blob, context) == plain
    assert blob_key_id(blob) == key.key_id
    assert len(blob) == len(plain) + 46


def test_same_plaintext_never_gives_the_same_blob() -> None:
    key = cipher()
    assert key.encrypt(b"1850578006084", PLACE) != key.encrypt(b"1850578006084", PLACE)


def test_json_and_text() -> None:
    key = cipher()
    assert key.decrypt_json(key.encrypt_json({"prénom": ["Zoé", 1, None]}, PLACE), PLACE) == {
        "prénom": ["Zoé", 1, None]
    }
    assert key.decrypt_text(key.encrypt_text("Été", PLACE), PLACE) == "Été"


def test_each_altered_byte_is_seen() -> None:
    key = cipher()
    blob = key.encrypt(b"secret", PLACE)
    for index in range(len(blob)):
        altered = bytearray(blob)
        altered[index] ^= 1
        with pytest.raises(Tampered):
            key.decrypt(bytes(altered), PLACE)
    for cut in range(len(blob)):
        with pytest.raises(Tampered):
            key.decrypt(blob[:cut], PLACE)


def test_a_blob_moved_to_another_row_does_not_decrypt() -> None:
    key = cipher()
    with pytest.raises(Tampered):
        key.decrypt(key.encrypt(b"secret", PLACE), place("salarie", "nir", "2"))


def test_a_blob_of_another_client_does_not_decrypt() -> None:
    with pytest.raises(Tampered):
        cipher().decrypt(cipher().encrypt(b"secret", PLACE), PLACE)


@pytest.mark.parametrize("blob", [b"", b"E1", b"E2" + bytes(60), BLOB_MAGIC + bytes(20)])
def test_what_is_not_a_blob_is_named_so(blob: bytes) -> None:
    with pytest.raises(Tampered):
        blob_key_id(blob)


def test_derived_keys_differ_by_purpose_and_salt() -> None:
    key = cipher()
    derived = {key.derive("a"), key.derive("b"), key.derive("a", b"salt"), key.derive("a", b"other")}
    assert len(derived) == 4
    assert key.derive("a") == key.derive("a")


class TestKeyring:
    async def test_a_key_is_made_once_and_found_again(self, database: Database, keyring: Keyring) -> None:
        client = uuid.uuid4()
        async with session_scope() as session:
            made = await keyring.ensure(session, client)
            assert await keyring.ensure(session, client) is made
            assert await keyring.load(session, client) is made
        blob = made.encrypt(b"x", PLACE)
        other_process = Keyring(MasterKeys(bytes(range(32))))
        async with session_scope() as session:
            assert (await other_process.load(session, client)).decrypt(blob, PLACE) == b"x"
            assert await other_process.decrypt(session, blob, PLACE) == b"x"
            assert (await other_process.ensure(session, client)).key_id == made.key_id

    async def test_a_key_of_a_rolled_back_transaction_is_never_cached(
        self, database: Database, keyring: Keyring
    ) -> None:
        client = uuid.uuid4()

        async def fail_after_savepoint() -> None:
            async with session_scope() as session:
                async with session.begin_nested():
                    await keyring.ensure(session, client)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await fail_after_savepoint()
        assert keyring.cached_client(client) is None
        async with session_scope() as session:
            with pytest.raises(KeyMissing):
                await keyring.load(session, client)

    async def test_two_transactions_at_once_make_one_key(self, database: Database, keyring: Keyring) -> None:
        client = uuid.uuid4()

        async def ensure() -> uuid.UUID:
            async with session_scope() as session:
                return (await Keyring(MasterKeys(bytes(range(32)))).ensure(session, client)).key_id

        assert len(set(await asyncio.gather(*(ensure() for _ in range(6))))) == 1

    async def test_an_erased_key_never_comes_back(self, database: Database, keyring: Keyring) -> None:
        client = uuid.uuid4()
        async with session_scope() as session:
            blob = (await keyring.ensure(session, client)).encrypt(b"x", PLACE)
        async with session_scope() as session:
            await keyring.erase(session, client)
            await keyring.erase(session, client)
        assert keyring.cached_client(client) is None
        async with session_scope() as session:
            for attempt in (keyring.load(session, client), keyring.ensure(session, client)):
                with pytest.raises(KeyErased):
                    await attempt
            with pytest.raises(KeyErased):
                await keyring.decrypt(session, blob, PLACE)
            assert await keyring.load_many(session, {client}) == {}

    async def test_erasing_a_client_without_key_forbids_one(
        self, database: Database, keyring: Keyring
    ) -> None:
        client = uuid.uuid4()
        async with session_scope() as session:
            await keyring.erase(session, client)
            with pytest.raises(KeyErased):
                await keyring.ensure(session, client)

    async def test_erasing_in_the_transaction_that_made_the_key(
        self, database: Database, keyring: Keyring
    ) -> None:
        client = uuid.uuid4()
        async with session_scope() as session:
            await keyring.ensure(session, client)
            await keyring.erase(session, client)
            with pytest.raises(KeyErased):
                await keyring.load(session, client)
        assert keyring.cached_client(client) is None

    async def test_the_master_key_can_be_changed(self, database: Database, keyring: Keyring) -> None:
        client = uuid.uuid4()
        async with session_scope() as session:
            blob = (await keyring.ensure(session, client)).encrypt(b"x", PLACE)
            await keyring.cabinet(session)
        old, new = bytes(range(32)), os.urandom(32)
        async with session_scope() as session:
            with pytest.raises(KeyMissing):
                await Keyring(MasterKeys(new)).load(session, client)
            assert await Keyring(MasterKeys(new, (old,))).rewrap(session) == 2
            assert await Keyring(MasterKeys(new, (old,))).rewrap(session) == 0
        async with session_scope() as session:
            assert await Keyring(MasterKeys(new)).decrypt(session, blob, PLACE) == b"x"
            with pytest.raises(KeyMissing):
                await Keyring(MasterKeys(old)).load(session, client)

    async def test_a_wrap_moved_to_another_client_does_not_open(
        self, database: Database, keyring: Keyring
    ) -> None:
        first, second = uuid.uuid4(), uuid.uuid4()
        async with session_scope() as session:
            await keyring.ensure(session, first)
            await keyring.ensure(session, second)
        database.connection.execute(
            "UPDATE cle_client SET wrap = (SELECT wrap FROM cle_client WHERE client_id = %s) WHERE client_id = %s",
            (first, second),
        )
        async with session_scope() as session:
            with pytest.raises(Tampered):
                await Keyring(MasterKeys(bytes(range(32)))).load(session, second)

    async def test_several_clients_in_one_query(self, database: Database, keyring: Keyring) -> None:
        clients = {uuid.uuid4() for _ in range(5)}
        async with session_scope() as session:
            for client in clients:
                await keyring.ensure(session, client)
        async with session_scope() as session:
            fresh = Keyring(MasterKeys(bytes(range(32))))
            assert set(await fresh.load_many(session, clients | {uuid.uuid4()})) == clients

    async def test_the_cabinet_has_its_own_key(self, database: Database, keyring: Keyring) -> None:
        async with session_scope() as session:
            assert (await keyring.cabinet(session)).client_id == CABINET_ID
