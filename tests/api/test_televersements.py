"""Resumable uploads (tus 1.0), and what the antivirus says of files (GED-05, GED-08, SEC-14)."""

import base64
import uuid
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, func, select, update

from api.housekeeping import tidy
from api.quarantine import scan_waiting
from store.audit import Audit
from store.base import now
from store.fichier import Fichier
from store.session import session_scope
from store.televersement import Televersement
from tests.api.conftest import Cabinet, key, ok, png
from tests.api.test_mauvaises_entrees import problem
from tests.fakes.clamd import EICAR, Clamd, clamd
from tests.people import Browser
from tests.store.test_files import pdf

TUS = {"Tus-Resumable": "1.0.0"}
PIECE = "/api/demarches/{}/pieces/{}/televersements"


def named(nom: str, size: int) -> dict[str, str]:
    return TUS | {
        "Upload-Length": str(size),
        "Upload-Metadata": f"filename {base64.b64encode(nom.encode()).decode()}",
    }


async def announced(browser: Browser, where: str, nom: str, size: int, **headers: str) -> str:
    answer = await browser.post(where, headers=key() | named(nom, size) | headers)
    assert answer.status_code == 201, answer.text
    assert answer.headers["tus-resumable"] == "1.0.0"
    assert answer.headers["upload-expires"].endswith("GMT")
    return str(answer.headers["location"])


def at(offset: int) -> dict[str, str]:
    return TUS | {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}


async def offset_of(browser: Browser, url: str) -> int:
    answer = await browser.head(url, headers=TUS)
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
    return int(answer.headers["upload-offset"])


async def sent(browser: Browser, where: str, nom: str, data: bytes) -> str:
    """A file sent whole: the id of its upload."""
    url = await announced(browser, where, nom, len(data))
    answer = await browser.patch(url, content=data, headers=at(0))
    assert answer.status_code == 204, answer.text
    return url.rsplit("/", 1)[-1]


async def cut(browser: Browser, url: str, offset: int, data: bytes) -> None:
    """A request whose connection is lost once `data` has arrived."""
    app = browser._transport.app  # type: ignore[attr-defined]
    request = browser.build_request(
        "PATCH", url, headers=at(offset) | {"Content-Length": str(len(data) + 1000)}
    )
    parts = [data[start : start + 65_536] for start in range(0, len(data), 65_536)]

    async def receive() -> dict[str, Any]:
        if parts:
            return {"type": "http.request", "body": parts.pop(0), "more_body": True}
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        """Nobody is there to read the answer."""

    await app(
        {
            "type": "http",
            "http_version": "1.1",
            "method": "PATCH",
            "scheme": "http",
            "path": url,
            "raw_path": url.encode(),
            "query_string": b"",
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "server": ("test", 80),
            "client": ("127.0.0.1", 1),
            "root_path": "",
        },
        receive,
        send,
    )


async def files_of(cabinet: Cabinet, id_: str, piece: str) -> list[dict[str, Any]]:
    (found,) = [p for p in (await cabinet.view(id_))["pieces"] if p["id"] == piece]
    return [file for version in found["versions"] for file in version["files"]]


async def test_a_connection_lost_half_way_is_taken_up_where_it_stopped(cabinet: Cabinet) -> None:
    id_ = await cabinet.dossier()
    employee = await cabinet.participant(id_)
    data = pdf(6_000_000)
    where = PIECE.format(id_, "cni")
    url = await announced(employee, where, "CNI « recto ».pdf", len(data))
    await cut(employee, url, 0, data[:5_000_001])
    assert await offset_of(employee, url) == 5_000_001
    # Sending again from the start, or from further on, is refused: nothing is written twice.
    for wrong in (0, 5_500_000):
        problem(await employee.patch(url, content=data[wrong:], headers=at(wrong)), 409, "reprise_ailleurs")
    # What is not whole cannot be deposited.
    root = f"/api/demarches/{id_}/pieces/cni/depots"
    body = {"televersements": [url.rsplit("/", 1)[-1]]}
    problem(await employee.post(root, json=body, headers=key()), 409, "televersement_incomplet")
    answer = await employee.patch(url, content=data[5_000_001:], headers=at(5_000_001))
    assert (answer.status_code, answer.headers["upload-offset"]) == (204, str(len(data)))
    command = key()
    first = await ok(employee.post(root, json=body, headers=command))
    assert await ok(employee.post(root, json=body, headers=command)) == first, "a lost answer counts once"
    (file,) = await files_of(cabinet, id_, "cni")
    assert (file["nom"], file["taille"]) == ("CNI « recto ».pdf", len(data))
    assert (await cabinet.staff.get(f"/api/fichiers/{file['id']}")).content == data


async def test_the_same_key_finds_the_same_upload(cabinet: Cabinet) -> None:
    """The answer to the announcement may be lost too."""
    id_ = await cabinet.dossier()
    employee = await cabinet.participant(id_)
    data, same = png(), key()
    url = await announced(employee, PIECE.format(id_, "cni"), "a.png", len(data), **same)
    await cut(employee, url, 0, data[:50])
    again = await employee.post(PIECE.format(id_, "cni"), headers=same | named("a.png", len(data)))
    assert (again.headers["location"], again.headers["upload-offset"]) == (url, "50")


async def test_the_protocol(cabinet: Cabinet) -> None:
    id_ = await cabinet.dossier()
    employee = await cabinet.participant(id_)
    where = PIECE.format(id_, "cni")
    asked = await employee.request("OPTIONS", "/api/televersements")
    assert asked.headers["tus-version"] == "1.0.0" and "creation" in asked.headers["tus-extension"]
    other = named("a.png", 10) | {"Tus-Resumable": "0.2.2"}
    refused = await employee.post(where, headers=key() | other)
    problem(refused, 412, "protocole_inconnu")
    assert refused.headers["tus-version"] == "1.0.0"
    problem(await employee.post(where, headers=key() | named("a.png", 0)), 422, "fichier_vide")
    problem(
        await employee.post(where, headers=key() | named("a.png", 11 * 1024**2)), 413, "fichier_trop_gros"
    )
    problem(await employee.post(where, headers=key() | TUS), 422, "demande_invalide")
    url = await announced(employee, where, "a.png", 100)
    problem(
        await employee.patch(url, content=b"x", headers=at(0) | {"Content-Type": "text/plain"}),
        415,
        "type_refuse",
    )
    problem(await employee.patch(url, content=bytes(101), headers=at(0)), 400, "envoi_trop_long")
    # Its owner alone knows of it.
    for browser in (cabinet.staff, cabinet.client):
        assert (await browser.head(url, headers=TUS)).status_code == 404
        assert (await browser.delete(url, headers=TUS)).status_code == 404
    assert (await employee.delete(url, headers=TUS)).status_code == 204
    assert (await employee.head(url, headers=TUS)).status_code == 404


async def test_fifty_files_in_a_row_are_one_deposit(cabinet: Cabinet) -> None:
    id_ = await cabinet.dossier()
    employee = await cabinet.participant(id_)
    where = PIECE.format(id_, "cni")
    ids = [await sent(employee, where, f"page {n}.png", png(side=8 + n)) for n in range(50)]
    await ok(
        employee.post(f"/api/demarches/{id_}/pieces/cni/depots", json={"televersements": ids}, headers=key())
    )
    assert [file["nom"] for file in await files_of(cabinet, id_, "cni")] == [
        f"page {n}.png" for n in range(50)
    ]


async def test_memory_stays_flat(cabinet: Cabinet) -> None:
    """A file of 60 MB, more than what a process may grow by while it arrives, is joined, checked and kept."""
    import resource

    id_ = await cabinet.dossier()
    added = await cabinet.staff.post(
        f"/api/demarches/{id_}/actions",
        json={"nature": "documents", "message": "Vos plans.", "a": "manager"},
        headers=key(),
    )
    assert added.status_code == 200
    (action,) = (await cabinet.view(id_))["actions"]
    where = f"/api/demarches/{id_}/actions/{action['id']}/televersements"
    data = pdf(9_000_000)
    await sent(cabinet.client, where, "chauffe.pdf", data)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    async def slowly(start: int) -> AsyncIterator[bytes]:
        for begin in range(start, len(data), 65_536):
            yield data[begin : begin + 65_536]

    for number in range(6):
        url = await announced(cabinet.client, where, f"plan {number}.pdf", len(data))
        answer = await cabinet.client.patch(url, content=slowly(0), headers=at(0))
        assert answer.status_code == 204, answer.text
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 25_000, f"{grown} KB"


async def test_a_refused_file_is_told_again_and_leaves_nothing(cabinet: Cabinet) -> None:
    id_ = await cabinet.dossier()
    employee = await cabinet.participant(id_)
    data = png() + b"<script>alert(1)</script>"
    url = await announced(employee, PIECE.format(id_, "cni"), "photo.png", len(data))
    problem(await employee.patch(url, content=data, headers=at(0)), 415, "fichier_double")
    seen = await ok(employee.get(url))
    assert (seen["etat"], seen["recu"]) == ("refuse", len(data)) and "caché" in seen["refus"]
    body = {"televersements": [url.rsplit("/", 1)[-1]]}
    answer = await employee.post(f"/api/demarches/{id_}/pieces/cni/depots", json=body, headers=key())
    problem(answer, 422, "fichier_double")
    async with session_scope() as session:
        assert (await session.exec(select(func.count()).select_from(Fichier))).one() == 0
        (line,) = (await session.exec(select(Audit).where(Audit.action == "fichier.ecarter"))).all()
    assert (line.detail["code"], line.detail["objet"]) == ("fichier_double", "piece:cni")
    journal = await ok(cabinet.staff.get(f"/api/demarches/{id_}/journal?famille=piece"))
    (told,) = [line for line in journal["items"] if line["type"] == "FichierEcarte"]
    assert told["titre"] == "Fichier écarté" and "photo.png" in told["detail"] and not told["visible"]


async def test_abandoned_uploads_are_swept_deposited_ones_stay(cabinet: Cabinet) -> None:
    id_ = await cabinet.dossier()
    employee = await cabinet.participant(id_)
    where = PIECE.format(id_, "cni")
    begun = await announced(employee, where, "a.pdf", 900_000)
    await cut(employee, begun, 0, pdf(500_000)[:400_000])
    unused = await sent(employee, where, "b.png", png("blue"))
    used = await sent(employee, where, "c.png", png("green"))
    root = f"/api/demarches/{id_}/pieces/cni/depots"
    await ok(employee.post(root, json={"televersements": [used]}, headers=key()))
    async with session_scope() as session:
        await session.exec(update(Televersement).values(expires_at=now() - timedelta(seconds=1)))
    await tidy(cabinet.people.app)
    for gone in (begun, f"/api/televersements/{unused}"):
        assert (await employee.head(gone, headers=TUS)).status_code == 404
    async with session_scope() as session:
        assert (await session.exec(select(col(Fichier.id)))).all() == [uuid.UUID(used)]
    assert (await cabinet.staff.get(f"/api/fichiers/{used}")).content == png("green")
    answer = await employee.post(root, json={"televersements": [unused]}, headers=key())
    problem(answer, 409, "televersement_inconnu")


async def test_a_refused_deposit_keeps_its_files_for_another_try(cabinet: Cabinet) -> None:
    id_ = await cabinet.dossier()
    employee = await cabinet.participant(id_)
    upload = await sent(employee, PIECE.format(id_, "cni"), "c.png", png())
    root = f"/api/demarches/{id_}/pieces"
    body = {"televersements": [upload]}
    late = await employee.post(f"{root}/cni/depots", json={**body, "visit": "9"}, headers=key())
    problem(late, 409, "etape_perimee")
    # A file announced for one pièce is not another's.
    other = await employee.post(f"{root}/vitale/depots", json=body, headers=key())
    assert other.status_code in (404, 409)
    problem(
        await employee.post(f"{root}/cni/depots", json={"surprise": 1}, headers=key()),
        422,
        "demande_invalide",
    )
    await ok(employee.post(f"{root}/cni/depots", json=body, headers=key()))


@pytest.fixture
def antivirus(cabinet: Cabinet) -> Iterator[Clamd]:
    """The firm's API, with an antivirus."""
    services = cabinet.people.services
    with clamd() as daemon:
        before = services.settings
        services.settings = before.model_copy(update={"clamav_url": daemon.url, "clamav_timeout": 5.0})
        yield daemon
        services.settings = before


def infected() -> bytes:
    """A real image, the EICAR test file in its notes."""
    return png() + EICAR


async def test_without_an_antivirus_it_is_said(cabinet: Cabinet) -> None:
    id_ = await cabinet.dossier()
    seen = await ok(cabinet.staff.get(f"/api/demarches/{id_}/analyses"))
    assert seen == {"configuree": False, "fichiers": {}}


async def test_an_infected_file_is_refused_and_told(cabinet: Cabinet, antivirus: Clamd) -> None:
    id_ = await cabinet.dossier()
    employee = await cabinet.participant(id_)
    url = await announced(employee, PIECE.format(id_, "cni"), "a.png", len(infected()))
    answer = await employee.patch(url, content=infected(), headers=at(0))
    assert "antivirus" in problem(answer, 422, "fichier_infecte")["detail"]
    files = {"fichiers": ("b.png", infected())}
    root = f"/api/demarches/{id_}/pieces/cni/depots"
    problem(await employee.post(root, files=files, headers=key()), 422, "fichier_infecte")
    assert antivirus.seen == [len(infected())] * 2
    assert await files_of(cabinet, id_, "cni") == []
    journal = await ok(cabinet.staff.get(f"/api/demarches/{id_}/journal"))
    assert sum(line["type"] == "FichierEcarte" for line in journal["items"]) == 2
    clean = {"fichiers": ("c.png", png())}
    await ok(employee.post(root, files=clean, headers=key()))
    (file,) = await files_of(cabinet, id_, "cni")
    assert (await cabinet.staff.get(f"/api/fichiers/{file['id']}")).status_code == 200
    antivirus.longest = 10
    url = await announced(employee, PIECE.format(id_, "cni"), "d.png", len(png("red")))
    answer = await employee.patch(url, content=png("red"), headers=at(0))
    problem(answer, 422, "fichier_non_analysable")


async def test_in_analysis_nobody_else_reads_it(cabinet: Cabinet, antivirus: Clamd) -> None:
    """The antivirus is away: files are kept aside, then freed or thrown away."""
    id_ = await cabinet.dossier()
    employee = await cabinet.participant(id_)
    antivirus.down = True
    for piece, data in (("cni", infected()), ("rib", png("green"))):
        upload = await sent(employee, PIECE.format(id_, piece), f"{piece}.png", data)
        body = {"televersements": [upload]}
        await ok(employee.post(f"/api/demarches/{id_}/pieces/{piece}/depots", json=body, headers=key()))
    ((bad,), (good,)) = [await files_of(cabinet, id_, piece) for piece in ("cni", "rib")]
    for file in (bad, good):
        problem(await cabinet.staff.get(f"/api/fichiers/{file['id']}"), 409, "analyse_en_cours")
        assert (await employee.get(f"/api/fichiers/{file['id']}")).status_code == 200
    seen = await ok(cabinet.staff.get(f"/api/demarches/{id_}/analyses"))
    assert seen == {"configuree": True, "fichiers": {bad["id"]: "en_attente", good["id"]: "en_attente"}}
    assert await scan_waiting(cabinet.people.services) == 0
    antivirus.down = False
    assert await scan_waiting(cabinet.people.services) == 2
    assert (await cabinet.staff.get(f"/api/fichiers/{good['id']}")).content == png("green")
    for browser in (cabinet.staff, employee):
        problem(await browser.get(f"/api/fichiers/{bad['id']}"), 410, "fichier_infecte")
    pieces = {piece["id"]: piece for piece in (await cabinet.view(id_))["pieces"]}
    assert pieces["cni"]["statut"] == "refuse" and "antivirus" in pieces["cni"]["motif"]
    assert pieces["rib"]["statut"] == "attente_validation"
    journal = await ok(cabinet.staff.get(f"/api/demarches/{id_}/journal"))
    assert sum(line["type"] == "FichierEcarte" for line in journal["items"]) == 1
    assert (await ok(cabinet.staff.get(f"/api/demarches/{id_}/analyses")))["fichiers"] == {
        bad["id"]: "infectee"
    }
