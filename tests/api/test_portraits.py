"""The photo of the firm's people: who gives one, what is kept of it, who sees it and where (EQP-02, EQP-03)."""

from io import BytesIO

import httpx
from PIL import Image

from store.file_refusals import MIB
from tests.api.conftest import Cabinet, key, ok, png
from tests.people import Browser

MINE = "/api/moi/photo"
PLACE = b"Lyon, 3e"


def portrait(colour: str = "red") -> bytes:
    """A photo lying on its side, as a telephone writes it, with its place."""
    made, exif = BytesIO(), Image.Exif()
    exif[0x0112], exif[0x010E] = 6, PLACE.decode()
    image = Image.new("RGB", (600, 400), colour)
    # The left half is upright the top half.
    image.paste("blue", (0, 0, 300, 400))
    image.save(made, "JPEG", exif=exif)
    return made.getvalue()


async def sent(browser: Browser, image: bytes, kind: str = "image/jpeg") -> httpx.Response:
    return await browser.put(MINE, content=image, headers=key() | {"Content-Type": kind})


async def test_a_photo_is_made_small_and_seen_where_its_owner_is_named(cabinet: Cabinet) -> None:
    id_ = await cabinet.dossier()
    employee = await cabinet.participant(id_)
    address = (await ok(sent(cabinet.staff, portrait())))["photo"]
    assert (await ok(cabinet.client.get("/api/conseiller")))["photo"] == address
    assert (await ok(cabinet.staff.get("/api/moi")))["photo"] == address
    for reader in (cabinet.staff, cabinet.client, employee):
        team = (await ok(reader.get(f"/api/demarches/{id_}")))["equipe"]
        assert {line["side"]: line["photo"] for line in team} == {"cabinet": address, "client": None}
        shown = await reader.get(address)
        assert shown.status_code == 200
        assert shown.headers["cache-control"].startswith("private")
        assert PLACE not in shown.content
        image = Image.open(BytesIO(shown.content))
        assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (256, 256))
        top, bottom = image.getpixel((128, 20)), image.getpixel((128, 236))
        assert isinstance(top, tuple)
        assert isinstance(bottom, tuple)
        assert top[2] > 200 > top[0]
        assert bottom[0] > 200 > bottom[2]
        again = await reader.get(address, headers={"If-None-Match": shown.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")

    replaced = (await ok(sent(cabinet.staff, png("green", 700), "image/png")))["photo"]
    assert replaced != address
    assert (await ok(cabinet.client.get("/api/conseiller")))["photo"] == replaced
    assert (
        await cabinet.client.get(address, headers={"If-None-Match": shown.headers["etag"]})
    ).status_code == 200

    assert await ok(cabinet.staff.delete(MINE, headers=key())) == {"photo": None}
    assert (await ok(cabinet.client.get("/api/conseiller")))["photo"] is None
    assert (await cabinet.client.get(replaced)).status_code == 404


async def test_what_is_not_a_photo_is_refused_and_the_former_one_stays(cabinet: Cabinet) -> None:
    kept = (await ok(sent(cabinet.staff, portrait())))["photo"]
    for image, status, code in (
        (b"", 422, "fichier_vide"),
        (b"%PDF-1.7 rien", 415, "fichier_type_refuse"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415, "fichier_contenu_actif"),
        (portrait()[:900], 422, "fichier_abime"),
        (bytes(5 * MIB + 1), 413, "trop_volumineux"),
    ):
        answer = await sent(cabinet.staff, image)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert answer.json()["detail"]
    assert (await ok(cabinet.staff.get("/api/moi")))["photo"] == kept
    assert (await sent(cabinet.client, portrait())).status_code == 403
    assert (await cabinet.people.browser().put(MINE, content=portrait())).status_code == 401
