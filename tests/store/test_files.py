"""Deposited files: real type, structure, size, encryption, ranges; what is refused leaves nothing (GED-08, GED-09)."""

import io
import os
import random
import tracemalloc
import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
from obstore.store import MemoryStore
from PIL import Image

from store import file_types
from store.crypto import ClientCipher, Tampered
from store.file_refusals import (
    MIB,
    ActiveContent,
    DamagedFile,
    EmptyFile,
    ExtensionMismatch,
    FileRefused,
    FileTooBig,
    ProtectedFile,
    SeveralTypes,
    TooDense,
    TypeRefused,
)
from store.file_types import EVERY, PDF, Limits
from store.files import CHUNK, HEADER, INCOMING, FileMissing, FileStore


def cipher() -> ClientCipher:
    return ClientCipher(uuid.uuid4(), uuid.uuid4(), os.urandom(32))


def pdf(filler: int = 0, *, password: str | None = None) -> bytes:
    """A real one-page PDF; `filler` adds so many random bytes to it."""
    document = pikepdf.new()
    document.add_blank_page()
    if filler:
        document.pages[0].obj["/Filler"] = pikepdf.Stream(document, random.Random(1).randbytes(filler))
    out = io.BytesIO()
    encryption = pikepdf.Encryption(owner=password, user=password) if password else None
    document.save(out, encryption=encryption if encryption else False)
    return out.getvalue()


def image(format: str, size: int = 400) -> bytes:
    noise = Image.frombytes("RGB", (size, size), random.Random(2).randbytes(size * size * 3))
    out = io.BytesIO()
    noise.save(out, format)
    return out.getvalue()


async def parts(data: bytes, size: int = 1000) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


async def collect(stream: AsyncIterator[bytes]) -> bytes:
    return b"".join([part async for part in stream])


def objects(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("nom", "data", "type_"),
    [
        ("contrat.pdf", pdf(), PDF),
        ("contrat.PDF", pdf(300_000), PDF),
        ("cni.jpg", image("JPEG"), "image/jpeg"),
        ("cni.jpeg", image("JPEG"), "image/jpeg"),
        ("vitale.png", image("PNG"), "image/png"),
        ("vitale.webp", image("WEBP"), "image/webp"),
        ("photo", image("JPEG", 20), "image/jpeg"),
    ],
)
async def test_what_people_deposit_is_kept_and_read_back(
    files: FileStore, files_folder: Path, nom: str, data: bytes, type_: str
) -> None:
    key = cipher()
    stored = await files.put_stream(key, parts(data), nom=nom, declared_size=len(data))
    assert (stored.type, stored.size) == (type_, len(data))
    assert await files.read(key, stored.sha) == data
    (kept,) = objects(files_folder)
    assert data[:32] not in kept.read_bytes()
    assert str(INCOMING) not in str(kept)


@pytest.mark.parametrize(
    ("nom", "data", "error", "says"),
    [
        ("vide.pdf", b"", EmptyFile, "vide"),
        ("blanc.pdf", b"\n \n\x00", EmptyFile, "vide"),
        ("page.pdf", b"<!DOCTYPE html><script>alert(1)</script>", ActiveContent, "page web"),
        (
            "logo.png",
            b"\xef\xbb\xbf <svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>",
            ActiveContent,
            "PDF",
        ),
        ("cni.jpg", b"#!/bin/sh\nrm -rf /", ActiveContent, "programme"),
        ("cni.pdf", b"MZ\x90\x00" + bytes(500), ActiveContent, "programme"),
        ("cni.zip", b"PK\x03\x04" + bytes(500), TypeRefused, "Formats acceptés"),
        ("notes.txt", b"Bonjour, voici mon RIB", TypeRefused, "Formats acceptés"),
        ("cni.heic", b"\x00\x00\x00\x18ftypheic" + bytes(500), TypeRefused, "HEIC"),
        ("cni.gif", b"GIF89a" + bytes(500), TypeRefused, "photo JPEG"),
        ("cni.jpg", pdf(), ExtensionMismatch, "« .jpg »"),
        ("cni.pdf", image("PNG"), ExtensionMismatch, "image PNG"),
        ("cni.exe", pdf(), ExtensionMismatch, "« .exe »"),
        ("coupe.pdf", pdf(50_000)[:-3000], DamagedFile, "incomplet"),
        ("coupe.pdf", pdf()[:40], DamagedFile, "incomplet"),
        ("faux.pdf", b"%PDF-1.7\n" + bytes(3000) + b"%%EOF", DamagedFile, "incomplet"),
        ("coupe.jpg", image("JPEG")[:-20_000], DamagedFile, "incomplète"),
        ("coupe.png", image("PNG")[:-20_000], DamagedFile, "incomplète"),
        ("coupe.webp", image("WEBP")[:-5_000], DamagedFile, "incomplète"),
        ("secret.pdf", pdf(password="x"), ProtectedFile, "mot de passe"),
    ],
)
async def test_what_is_refused_says_why_and_leaves_nothing(
    files: FileStore, files_folder: Path, nom: str, data: bytes, error: type[FileRefused], says: str
) -> None:
    with pytest.raises(FileRefused) as refused:
        await files.put_stream(cipher(), parts(data), nom=nom)
    assert type(refused.value) is error
    assert says.replace("« ", "«\u00a0").replace(" »", "\u00a0»") in str(refused.value)
    assert objects(files_folder) == []


@pytest.mark.parametrize(
    ("nom", "data", "type_"),
    [
        ("notes.txt", "Été 2026\u00a0: 1 200 €\r\n".encode(), "text/plain"),
        ("journal.CSV", "Compte;Libellé\n401;Dupré\n".encode("cp1252"), "text/csv"),
    ],
)
async def test_texts_are_kept_where_they_are_wanted(
    files: FileStore, files_folder: Path, nom: str, data: bytes, type_: str
) -> None:
    key, limits = cipher(), Limits(types=EVERY)
    stored = await files.put_stream(key, parts(data), nom=nom, limits=limits)
    assert (stored.type, await files.read(key, stored.sha)) == (type_, data)
    wrong: list[tuple[str, bytes, type[FileRefused]]] = [
        ("notes.txt", "Bonjour".encode("utf-16"), DamagedFile),
        ("notes.txt", b"Bonjour\n" * 2000 + b"\x00\x01", DamagedFile),
        ("notes.txt", b"Bonjour\n<script>alert(1)</script>", SeveralTypes),
        ("notes.txt", image("PNG"), ExtensionMismatch),
        ("notes", b"Bonjour", TypeRefused),
        ("notes.docm", b"Bonjour", TypeRefused),
    ]
    for name, content, error in wrong:
        with pytest.raises(FileRefused) as refused:
            await files.put_stream(key, parts(content), nom=name, limits=limits)
        assert type(refused.value) is error, (name, refused.value)
    assert len(objects(files_folder)) == 1


async def test_too_big_is_refused_before_or_while_reading(files: FileStore, files_folder: Path) -> None:
    with pytest.raises(FileTooBig) as declared:
        await files.put_stream(cipher(), parts(b""), nom="a.pdf", declared_size=14 * MIB)
    assert str(declared.value) == (
        "Ce fichier pèse 14\u00a0Mo, la limite est de 10\u00a0Mo. Essayez une photo."
    )
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        yield pdf()
        while True:
            read += MIB
            yield bytes(MIB)

    with pytest.raises(FileTooBig):
        await files.put_stream(cipher(), endless(), nom="a.pdf", declared_size=1000)
    assert read <= 11 * MIB
    assert objects(files_folder) == []


async def test_a_reception_cut_by_the_network_leaves_nothing(files: FileStore, files_folder: Path) -> None:
    async def cut() -> AsyncIterator[bytes]:
        yield pdf(200_000)[:150_000]
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await files.put_stream(cipher(), cut(), nom="a.pdf")
    assert objects(files_folder) == []


async def test_a_huge_picture_is_refused_without_being_decoded(
    files: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_types, "MAX_PIXELS", 10_000)
    with pytest.raises(TooDense, match="trop grande"):
        await files.put_bytes(cipher(), image("PNG", 200), nom="a.png")


async def test_same_contents_take_room_once_by_client(files: FileStore, files_folder: Path) -> None:
    first, second = cipher(), cipher()
    a = await files.put_bytes(first, pdf(), nom="a.pdf")
    b = await files.put_bytes(first, pdf(), nom="b.pdf")
    c = await files.put_bytes(second, pdf(), nom="c.pdf")
    assert a.sha == b.sha != c.sha
    assert a.id != b.id
    assert len(objects(files_folder)) == 2
    with pytest.raises(FileMissing):
        await files.read(second, a.sha)


@pytest.mark.parametrize("size", [CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
async def test_ranges(files: FileStore, size: int) -> None:
    base = pdf(1000)
    # Filler before the end mark gives the exact size wished.
    data = base[:-6] + b"\n%" + b"x" * (size - len(base) - 3) + b"\n" + base[-6:]
    assert len(data) == size
    key = cipher()
    stored = await files.put_bytes(key, data, nom="a.pdf")
    for start, end in [
        (0, 1),
        (0, size),
        (5, 10),
        (CHUNK - 3, CHUNK + 3),
        (size - 1, size),
        (100, None),
        (size, None),
    ]:
        assert await collect(files.open_stream(key, stored.sha, start=start, end=end)) == data[start:end]
    assert await collect(files.open_stream(key, stored.sha, start=size - 2, end=size + 99)) == data[-2:]


class TestTampering:
    @pytest.mark.parametrize("cut", [1, 16, CHUNK, CHUNK + 16, 2 * (CHUNK + 16)])
    async def test_truncation_is_seen(self, files: FileStore, files_folder: Path, cut: int) -> None:
        key = cipher()
        stored = await files.put_bytes(key, pdf(3 * CHUNK), nom="a.pdf")
        (kept,) = objects(files_folder)
        kept.write_bytes(kept.read_bytes()[:-cut])
        with pytest.raises(Tampered):
            await files.read(key, stored.sha)

    async def test_truncation_at_a_chunk_is_seen(self, files: FileStore, files_folder: Path) -> None:
        key = cipher()
        stored = await files.put_bytes(key, pdf(3 * CHUNK), nom="a.pdf")
        (kept,) = objects(files_folder)
        for chunks in (0, 1, 2):
            kept.write_bytes(kept.read_bytes()[: HEADER + chunks * (CHUNK + 16)])
            with pytest.raises(Tampered):
                await files.read(key, stored.sha)

    async def test_an_altered_byte_and_swapped_chunks_are_seen(
        self, files: FileStore, files_folder: Path
    ) -> None:
        key = cipher()
        stored = await files.put_bytes(key, pdf(3 * CHUNK), nom="a.pdf")
        (kept,) = objects(files_folder)
        good = kept.read_bytes()
        for index in (0, 10, HEADER, HEADER + CHUNK + 20, len(good) - 1):
            altered = bytearray(good)
            altered[index] ^= 1
            kept.write_bytes(altered)
            with pytest.raises(Tampered):
                await files.read(key, stored.sha)
        step = CHUNK + 16
        kept.write_bytes(
            good[:HEADER]
            + good[HEADER + step : HEADER + 2 * step]
            + good[HEADER : HEADER + step]
            + good[HEADER + 2 * step :]
        )
        with pytest.raises(Tampered):
            await files.read(key, stored.sha)

    async def test_a_file_put_in_the_place_of_another_is_seen(
        self, files: FileStore, files_folder: Path
    ) -> None:
        key = cipher()
        a = await files.put_bytes(key, pdf(10), nom="a.pdf")
        b = await files.put_bytes(key, pdf(20), nom="b.pdf")
        by_name = {path.name: path for path in objects(files_folder)}
        by_name[a.sha].write_bytes(by_name[b.sha].read_bytes())
        with pytest.raises(Tampered):
            await files.read(key, a.sha)

    async def test_another_client_cannot_read(self, files: FileStore, files_folder: Path) -> None:
        mine, thief = cipher(), cipher()
        stored = await files.put_bytes(mine, pdf(), nom="a.pdf")
        (kept,) = objects(files_folder)
        kept.parent.parent.rename(files_folder / str(thief.client_id))
        with pytest.raises(Tampered):
            await files.read(thief, stored.sha)


async def test_delete_and_erase(files: FileStore, files_folder: Path) -> None:
    key, other = cipher(), cipher()
    stored = [await files.put_bytes(key, pdf(size), nom="a.pdf") for size in (1, 2, 3)]
    kept = await files.put_bytes(other, pdf(), nom="a.pdf")
    await files.delete(key.client_id, stored[0].sha)
    await files.delete(key.client_id, stored[0].sha)
    with pytest.raises(FileMissing):
        await files.read(key, stored[0].sha)
    assert await files.delete_client(key.client_id) == 2
    assert [path.name for path in objects(files_folder)] == [kept.sha]


async def test_another_storage_behaves_the_same() -> None:
    """Nothing depends on a folder: the same code runs on obstore's own memory store, as on S3."""
    files, key = FileStore(MemoryStore()), cipher()
    data = pdf(3 * CHUNK)
    stored = await files.put_bytes(key, data, nom="a.pdf")
    assert (await files.put_bytes(key, data, nom="b.pdf")).sha == stored.sha
    assert await files.read(key, stored.sha) == data
    assert (
        await collect(files.open_stream(key, stored.sha, start=CHUNK - 1, end=CHUNK + 1))
        == data[CHUNK - 1 : CHUNK + 1]
    )
    with pytest.raises(DamagedFile):
        await files.put_bytes(key, data[:-3000], nom="c.pdf")
    assert await files.delete_client(key.client_id) == 1
    with pytest.raises(FileMissing):
        await files.read(key, stored.sha)


async def test_sweep_removes_old_leftovers_only(files: FileStore, files_folder: Path) -> None:
    (files_folder / INCOMING).mkdir()
    (files_folder / INCOMING / "reste").write_bytes(b"x")
    assert await files.sweep() == 0
    assert await files.sweep(older_than=timedelta(seconds=-5)) == 1
    assert objects(files_folder) == []


async def test_memory_stays_constant(files: FileStore) -> None:
    """A file of 60 MiB is received, checked and read back within a few MiB of Python memory."""
    key, limits = cipher(), Limits(max_size=100 * MIB)
    # A PDF with a long run of comments before its end mark, made on the fly.
    base = pdf()

    async def long_pdf() -> AsyncIterator[bytes]:
        yield base[:-6] + b"\n%"
        for _ in range(60):
            yield b"x" * MIB
        yield b"\n" + base[-6:]

    tracemalloc.start()
    try:
        stored = await files.put_stream(key, long_pdf(), nom="long.pdf", limits=limits)
        read = 0
        async for part in files.open_stream(key, stored.sha):
            read += len(part)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert read == stored.size > 60 * MIB
    assert peak < 16 * MIB
