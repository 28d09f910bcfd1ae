"""« Ce que le client voyait »: rebuilt from the journal, as of any instant, for each reader."""

from __future__ import annotations

from xml.etree import ElementTree

from activities.people import home_link
from activities.qr import qr_svg
from tests.api.conftest import Cabinet, Json, key, ok, png


async def seen(cabinet: Cabinet, id_: str, **query: str) -> Json:
    return await ok(cabinet.staff.get(f"/api/demarches/{id_}/vue-client", params=query))


async def test_the_last_instant_is_what_the_client_sees_now(cabinet: Cabinet) -> None:
    id_ = await cabinet.dossier()
    await cabinet.quiet(id_)
    past = await seen(cabinet, id_)
    now = await cabinet.view(id_, cabinet.client)
    assert past["vue"] == {name: now[name] for name in past["vue"]}
    assert set(now) - set(past["vue"]) == {
        "droits",
        "lecture_seule",
        "liees",
        "maintenant",
        "modele_version",
        "parent_reference",
    }
    assert past["suivant"] is None and past["le"] == past["dernier"]


async def test_step_by_step_back_to_the_opening(cabinet: Cabinet) -> None:
    """Each change is undone in turn; what the firm keeps to itself never shows."""
    id_ = await cabinet.dossier()
    employee = await cabinet.participant(id_)
    deposit = {"fichiers": ("carte.png", png(), "image/png")}
    await ok(employee.post(f"/api/demarches/{id_}/pieces/cni/depots", files=deposit, headers=key()))
    await ok(
        cabinet.staff.post(
            f"/api/demarches/{id_}/pieces/cni/refus", json={"motif": "Photo floue."}, headers=key()
        )
    )
    await cabinet.quiet(id_)

    def cni(answer: Json) -> list[str]:
        return [piece["statut"] for piece in answer["vue"]["pieces"] if piece["id"] == "cni"]

    story: list[tuple[str, ...]] = []
    step = await seen(cabinet, id_)
    while True:
        found = (step["vue"]["phase"], *cni(step))
        if not story or story[-1] != found:
            story.append(found)
        if step["precedent"] is None:
            break
        step = await seen(cabinet, id_, le=step["precedent"])
    assert story == [
        ("dossier", "refuse"),
        ("dossier", "attente_validation"),
        ("dossier", "manquant"),
        ("demande",),
    ]
    assert step["le"] == step["premier"] and {who["cle"] for who in step["lecteurs"]} == {"client"}
    after = await seen(cabinet, id_, le=step["suivant"])
    assert after["vue"]["seq"] > step["vue"]["seq"]


async def test_each_reader_their_own(cabinet: Cabinet) -> None:
    id_ = await cabinet.dossier()
    employee = await cabinet.participant(id_)
    await cabinet.quiet(id_)
    past = await seen(cabinet, id_, lecteur="futur_salarie")
    assert past["vue"]["taches"] == (await cabinet.view(id_, employee))["taches"]
    assert past["vue"]["pieces"] == (await cabinet.view(id_, employee))["pieces"]
    answer = await cabinet.staff.get(f"/api/demarches/{id_}/vue-client", params={"lecteur": "inconnu"})
    assert answer.status_code == 404


async def test_before_the_opening(cabinet: Cabinet) -> None:
    id_ = await cabinet.dossier()
    path = f"/api/demarches/{id_}/vue-client"
    answer = await cabinet.staff.get(path, params={"le": "2020-01-01T00:00:00Z"})
    assert (answer.status_code, answer.json()["code"]) == (422, "avant_ouverture")
    assert (await cabinet.staff.get(path, params={"le": "hier"})).status_code == 422
    assert (await cabinet.client.get(path)).status_code == 403


async def test_the_diagram_of_a_demarche_shows_where_it_stands(cabinet: Cabinet) -> None:
    """Of the version it is pinned to, and for the firm only: a client does not see every étape."""
    asked = (await cabinet.open())["id"]
    id_ = await cabinet.dossier()

    async def drawn(demarche: str) -> dict[str, str]:
        answer = await cabinet.staff.get(f"/api/demarches/{demarche}/graphe")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
        boxes = [
            rect.attrib for rect in ElementTree.fromstring(answer.text).iter() if "data-cle" in rect.attrib
        ]
        return {box["data-cle"]: box["data-statut"] for box in boxes}

    assert set((await drawn(asked)).values()) == {"a_faire"}
    statuts = await drawn(id_)
    shown = {etape["cle"]: etape["statut"] for etape in (await cabinet.view(id_))["etapes"]}
    assert {cle: statuts[cle] for cle in shown} == shown
    assert "en_cours" in shown.values() and "valide" in shown.values()
    assert (await cabinet.client.get(f"/api/demarches/{id_}/graphe")).status_code == 403


async def test_the_codes_of_the_space_and_of_a_demarche(cabinet: Cabinet) -> None:
    """QR-04: each leads to its own address of the portal, and nothing else."""
    id_ = await cabinet.dossier()
    space = await cabinet.client.get("/api/moi/qr")
    page = await cabinet.client.get(f"/api/demarches/{id_}/qr")
    assert space.headers["content-type"] == page.headers["content-type"] == "image/svg+xml"
    assert space.content == qr_svg(home_link())
    assert page.content == qr_svg(f"{home_link()}demarches/{id_}")
    assert ElementTree.fromstring(page.content).tag.endswith("svg") and page.content != space.content
