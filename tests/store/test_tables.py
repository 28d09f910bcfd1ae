"""Migrations against tables, the access log's chain, published modèles, idempotence, one's own drafts and files."""

import asyncio
import uuid
from datetime import datetime

import psycopg
import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from store import audit, fichier, idempotence, modele
from store.base import now
from store.crypto import ClientCipher, Keyring
from store.files import StoredFile
from store.migrer import check
from store.session import session_scope
from store.tiers import Tiers, TypeTiers, create
from tests.conftest import Database


async def test_migrations_make_the_tables_of_the_code(database: Database) -> None:
    await check(database.url)


async def test_a_transaction_that_fails_leaves_nothing(database: Database, keyring: Keyring) -> None:
    async def fail() -> None:
        async with session_scope() as session:
            await create(session, keyring, Tiers(nom="X", type=TypeTiers.PARTICULIER))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert database.connection.execute("SELECT count(*) FROM tiers").fetchone() == (0,)
    assert database.connection.execute("SELECT count(*) FROM cle_client").fetchone() == (0,)


async def test_a_naive_instant_is_refused(database: Database) -> None:
    async def write() -> None:
        async with session_scope() as session:
            session.add(Tiers(nom="X", type=TypeTiers.PARTICULIER, created_at=datetime(2026, 1, 1)))

    with pytest.raises(Exception, match="time zone"):
        await write()


class TestAudit:
    """SEC-17, SEC-18."""

    async def fill(self, count: int = 5) -> None:
        for index in range(count):
            async with session_scope() as session:
                await audit.append(
                    session,
                    acteur="utilisateur/1",
                    ip="192.0.2.1",
                    action="nir.lire",
                    objet_type="salarie",
                    objet_id=index,
                    client_id=uuid.uuid4(),
                    champs=["nir"],
                )

    async def first_break(self) -> int | None:
        async with session_scope() as session:
            return await audit.first_break(session)

    async def test_the_chain_holds_also_when_many_write_at_once(self, database: Database) -> None:
        await asyncio.gather(*(self.fill(3) for _ in range(6)))
        assert await self.first_break() is None
        assert database.connection.execute("SELECT count(*) FROM audit").fetchone() == (18,)

    @pytest.mark.parametrize(
        "tampering",
        [
            "UPDATE audit SET action = 'rien' WHERE seq = (SELECT min(seq) + 2 FROM audit)",
            "UPDATE audit SET detail = '{}' WHERE seq = (SELECT min(seq) + 2 FROM audit)",
            "UPDATE audit SET instant = instant + interval '1 us' WHERE seq = (SELECT min(seq) + 2 FROM audit)",
            "UPDATE audit SET ip = NULL WHERE seq = (SELECT min(seq) + 2 FROM audit)",
            "DELETE FROM audit WHERE seq = (SELECT min(seq) + 1 FROM audit)",
        ],
    )
    async def test_what_the_database_s_owner_changes_is_seen(
        self, database: Database, tampering: str
    ) -> None:
        await self.fill()
        first = database.connection.execute("SELECT min(seq) FROM audit").fetchone()
        assert first is not None
        database.connection.execute("BEGIN; SET LOCAL session_replication_role = replica")
        database.connection.execute(tampering)
        database.connection.execute("COMMIT")
        assert await self.first_break() == first[0] + 2

    @pytest.mark.parametrize(
        "change", ["UPDATE audit SET action = 'x'", "DELETE FROM audit", "TRUNCATE audit"]
    )
    async def test_ordinary_changes_are_refused(self, database: Database, change: str) -> None:
        await self.fill(1)
        with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
            database.connection.execute(change)


class TestModele:
    """MOD-09: a published version is immutable and named by its contents."""

    async def publish(self, contenu: dict[str, object]) -> modele.ModeleVersion:
        async with session_scope() as session:
            return await modele.publish(session, "embauche", contenu)

    async def test_versions_follow_each_other(self, database: Database) -> None:
        one = await self.publish({"modele": {"cle": "embauche"}, "formulaires": {}})
        two = await self.publish({"modele": {"cle": "embauche", "titre": "X"}, "formulaires": {}})
        same = await self.publish({"modele": {"cle": "embauche"}, "formulaires": {}})
        assert (one.version, two.version, same.id) == (1, 2, one.id)
        async with session_scope() as session:
            found = await modele.by_hash(session, one.sha256)
            assert found is not None
            assert found.contenu == one.contenu
            last = await modele.latest(session, "embauche")
            assert last is not None
            assert last.version == 2
            assert [row.version for row in await modele.latest_of_all(session)] == [2]
            assert await modele.latest(session, "inconnu") is None

    async def test_the_order_of_keys_is_kept_and_counts(self, database: Database) -> None:
        one = await self.publish({"b": 1, "a": {"z": 1, "y": 2}})
        two = await self.publish({"a": {"z": 1, "y": 2}, "b": 1})
        assert one.sha256 != two.sha256
        async with session_scope() as session:
            found = await modele.by_hash(session, one.sha256)
        assert found is not None
        assert list(found.contenu) == ["b", "a"]
        assert list(found.contenu["a"]) == ["z", "y"]
        assert modele.content_hash(found.contenu) == one.sha256

    async def test_published_at_once_by_two_people(self, database: Database) -> None:
        rows = await asyncio.gather(*(self.publish({"v": index}) for index in range(5)))
        assert sorted(row.version for row in rows) == [1, 2, 3, 4, 5]


class TestIdempotence:
    async def test_done_once_also_at_the_same_moment(self, database: Database, keyring: Keyring) -> None:
        client = uuid.uuid4()
        done = 0

        async def command(request: bytes = b"h") -> bytes:
            nonlocal done
            async with session_scope() as session:
                cipher = await keyring.ensure(session, client)
                known = await idempotence.begin(session, keyring, "utilisateur/1", "cle", "POST /x", request)
                if known is not None:
                    return known[1]
                done += 1
                await asyncio.sleep(0.05)
                await idempotence.finish(session, cipher, "utilisateur/1", "cle", 201, b"NIR 185")
                return b"first"

        answers = await asyncio.gather(*(command() for _ in range(4)))
        assert sorted(answers) == [b"NIR 185"] * 3 + [b"first"]
        assert done == 1
        with pytest.raises(idempotence.KeyReused):
            await command(b"other")
        (row,) = database.connection.execute("SELECT response FROM idempotence").fetchall()
        assert b"NIR 185" not in bytes(row[0])

    async def test_a_failed_command_may_be_tried_again(self, database: Database, keyring: Keyring) -> None:
        async def attempt() -> None:
            async with session_scope() as session:
                assert await idempotence.begin(session, keyring, "a", "cle", "POST /x", b"h") is None
                raise ZeroDivisionError

        for _ in range(2):
            with pytest.raises(ZeroDivisionError):
                await attempt()

    async def test_two_people_may_use_the_same_key(self, database: Database, keyring: Keyring) -> None:
        async with session_scope() as session:
            for actor in ("a", "b"):
                assert await idempotence.begin(session, keyring, actor, "cle", "POST /x", b"h") is None


async def indexed(
    session: AsyncSession, cipher: ClientCipher, sha: str, demarche: uuid.UUID | None = None
) -> fichier.Fichier:
    row = await fichier.add(
        session,
        cipher,
        StoredFile(uuid.uuid4(), sha, 10, "application/pdf"),
        id=uuid.uuid4(),
        nom="RIB de Zoé.pdf",
        created_by="lien/1",
        demarche_id=demarche,
    )
    assert row is not None
    return row


async def test_bytes_given_up_and_kept_at_once(database: Database, keyring: Keyring) -> None:
    """Who is about to delete unused bytes makes the next deposit of the same contents wait, and see they are gone."""
    sha, told = "cd" * 32, asyncio.Event()
    order: list[str] = []
    async with session_scope() as session:
        cipher = await keyring.ensure(session, uuid.uuid4())
        former = await indexed(session, cipher, sha)

    async def give_up() -> None:
        async with session_scope() as session:
            assert await fichier.remove(session, former)
            told.set()
            await asyncio.sleep(0.3)
            order.append("deleted")

    async def keep() -> None:
        await told.wait()
        async with session_scope() as session:
            await indexed(session, cipher, sha)
            order.append("indexed")

    await asyncio.gather(give_up(), keep())
    assert order == ["deleted", "indexed"]


async def test_index_of_files(database: Database, keyring: Keyring) -> None:
    demarche, sha = uuid.uuid4(), "ab" * 32
    async with session_scope() as session:
        cipher = await keyring.ensure(session, uuid.uuid4())
        rows = [await indexed(session, cipher, sha, demarche) for _ in range(2)]
        again = await fichier.add(
            session,
            cipher,
            StoredFile(uuid.uuid4(), "x", 1, "x"),
            id=rows[0].id,
            nom="x",
            created_by="lien/1",
        )
        assert again is None
    async with session_scope() as session:
        found = await fichier.of_demarche(session, demarche)
        assert [fichier.name(row, cipher) for row in found] == ["RIB de Zoé.pdf"] * 2
        assert not await fichier.remove(session, found[0])
        assert await fichier.remove(session, found[1])
    stored = database.connection.execute("SELECT fichier::text FROM fichier").fetchall()
    assert not any("Zoé" in row[0] for row in stored)


async def test_instants_come_back_in_utc(database: Database) -> None:
    instant = now()
    async with session_scope() as session:
        session.add(Tiers(nom="X", type=TypeTiers.CREATEUR, created_at=instant))
    async with session_scope() as session:
        row = (await session.exec(select(Tiers))).one()
    assert row.created_at == instant
    assert str(row.created_at.tzinfo) == "UTC"
