"""Files: what they are served with, to whom, in parts (GED-08, SEC-12, SEC-17)."""

import asyncio
import uuid
from typing import Any

import pytest
from sqlmodel import select

from api.routes.fichiers import disposition, parse_range
from store.audit import Audit
from store.session import session_scope
from tests.api.conftest import Cabinet, key, ok, png
from tests.people import Browser

NOM = "Pièce d'identité « recto ».png"


async def deposited(cabinet: Cabinet, browser: Browser, id_: str, data: bytes) -> str:
    files = {"fichiers": (NOM, data)}
    await ok(browser.post(f"/api/demarches/{id_}/pieces/cni/depots", files=files, headers=key()))
    (piece,) = [p for p in (await cabinet.view(id_))["pieces"] if p["id"] == "cni"]
    return str(piece["versions"][-1]["files"][0]["id"])


async def test_served_as_it_was_to_those_who_see_it(cabinet: Cabinet) -> None:
    id_ = await cabinet.dossier()
    employee = await cabinet.participant(id_)
    data = png("orange", 300)
    file = await deposited(cabinet, employee, id_, data)
    for browser in (cabinet.staff, cabinet.client, employee):
        answer = await browser.get(f"/api/fichiers/{file}")
        assert answer.content == data
        assert answer.headers["content-type"] == "image/png"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
        assert answer.headers["cache-control"] == "private, no-store"
        assert answer.headers["content-disposition"].startswith("inline;")
        assert "filename*=UTF-8''Pi%C3%A8ce%20d%27identit%C3%A9" in answer.headers["content-disposition"]
    saved = await cabinet.client.get(f"/api/fichiers/{file}?telecharger=1")
    assert saved.headers["content-disposition"].startswith("attachment;")
    async with session_scope() as session:
        rows = (await session.exec(select(Audit).where(Audit.objet_id == file))).all()
    assert len(rows) == 4
    assert {row.action for row in rows} == {"fichier.lire"}


async def test_hidden_from_the_others(cabinet: Cabinet) -> None:
    id_ = await cabinet.dossier()
    file = await deposited(cabinet, await cabinet.participant(id_), id_, png())
    stranger = (await cabinet.people.client())[1]
    colleague = (await cabinet.people.staff())[1]
    for browser in (stranger, colleague):
        assert (await browser.get(f"/api/fichiers/{file}")).status_code == 404
    assert (await cabinet.staff.get(f"/api/fichiers/{uuid.uuid4()}")).status_code == 404
    # The contract signed by the manager is no part of what the employee sees.
    files = {"fichiers": ("contrat.png", png())}
    await ok(
        cabinet.staff.post(
            f"/api/demarches/{id_}/etapes/informations_salarie/passage", json={"motif": "x"}, headers=key()
        )
    )
    await ok(
        cabinet.client.post(f"/api/demarches/{id_}/pieces/contrat_signe/depots", files=files, headers=key())
    )
    pieces: list[Any] = (await cabinet.view(id_))["pieces"]
    signed = next(p for p in pieces if p["id"] == "contrat_signe")["versions"][0]["files"][0]["id"]
    employee = await cabinet.people.login(
        (await cabinet.people.lien(cabinet.tiers, demarche_id=uuid.UUID(id_), participant="futur_salarie"))[0]
    )
    assert (await employee.get(f"/api/fichiers/{signed}")).status_code == 404
    assert (await cabinet.client.get(f"/api/fichiers/{signed}")).status_code == 200


async def test_in_parts(cabinet: Cabinet) -> None:
    id_ = await cabinet.dossier()
    # Larger than one encrypted chunk.
    data = png("teal", 64) + bytes(200_000)
    file = await deposited(cabinet, await cabinet.participant(id_), id_, data)
    for text, part in (
        ("bytes=0-9", data[:10]),
        ("bytes=65530-65545", data[65530:65546]),
        ("bytes=-5", data[-5:]),
    ):
        answer = await cabinet.staff.get(f"/api/fichiers/{file}", headers={"Range": text})
        assert (answer.status_code, answer.content) == (206, part)
        assert answer.headers["content-range"].endswith(f"/{len(data)}")
    beyond = await cabinet.staff.get(f"/api/fichiers/{file}", headers={"Range": "bytes=999999999-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(data)}")
    whole = await cabinet.staff.get(f"/api/fichiers/{file}", headers={"Range": "bytes=0-1,4-5"})
    assert (whole.status_code, len(whole.content)) == (200, len(data))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bytes=0-9", (0, 10)),
        ("bytes=90-", (90, 100)),
        ("bytes=-10", (90, 100)),
        ("bytes=-1000", (0, 100)),
        ("bytes=50-1000", (50, 100)),
        ("bytes=100-", (100, 100)),
        ("bytes=-0", (100, 100)),
        ("bytes=9-3", None),
        ("bytes=-", None),
        ("lines=1-2", None),
        ("bytes=0-1,2-3", None),
    ],
)
def test_ranges(text: str, expected: tuple[int, int] | None) -> None:
    assert parse_range(text, 100) == expected


def test_a_name_breaks_no_header() -> None:
    header = disposition('a"b\\c\u2028é;x=1.pdf', attachment=True)
    assert header.isascii()
    assert header.count('"') == 2
    assert "\n" not in header


async def test_the_same_contents_refused_and_accepted_at_once(cabinet: Cabinet) -> None:
    """What is refused takes nothing away from what is accepted, even when the bytes are the same."""
    id_ = await cabinet.dossier()
    employee = await cabinet.participant(id_)

    async def deposit(piece: str, colour: str) -> int:
        answer = await employee.post(
            f"/api/demarches/{id_}/pieces/{piece}/depots",
            files={"fichiers": ("carte.png", png(colour), "image/png")},
            headers=key(),
        )
        return answer.status_code

    for colour in ("red", "green", "blue", "white"):
        pieces = ["inconnue", "cni", "inconnue", "inconnue"]
        codes = await asyncio.gather(*(deposit(piece, colour) for piece in pieces))
        assert codes[0] == codes[2] == codes[3] == 404 and codes[1] in (200, 503)
        if codes[1] == 503:
            assert await deposit("cni", colour) == 200, "said clearly, and the next try succeeds"
    [cni] = [piece for piece in (await cabinet.view(id_))["pieces"] if piece["id"] == "cni"]
    for version in cni["versions"]:
        for file in version["files"]:
            assert (await cabinet.staff.get(f"/api/fichiers/{file['id']}")).status_code == 200
