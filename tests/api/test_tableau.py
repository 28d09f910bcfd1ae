"""The board of one modèle, and the démarches that another one opened (CON, DESIGN section 4)."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from store.base import table_of
from store.demarche import Demarche
from store.session import session_scope
from tests.api.conftest import Cabinet, Json, declaration, key, named, ok

_D = table_of(Demarche)
DECLARED = ["dossier", "preparation", "formalites", "arrivee", "essai", "cloture"]


async def write(demarche_id: str, **columns: Any) -> None:
    """Clear columns as a later command would leave them."""
    async with session_scope() as session:
        connection = await session.connection()
        await connection.execute(sa.update(_D).where(_D.c.id == uuid.UUID(demarche_id)).values(**columns))


async def board(cabinet: Cabinet, **query: Any) -> Json:
    return await ok(cabinet.staff.get("/api/demarches/tableau", params={"modele": "embauche", **query}))


def cards(seen: Json) -> dict[str, list[str]]:
    return {column["cle"]: [named(card["titre"]) for card in column["items"]] for column in seen["colonnes"]}


async def test_each_demarche_stands_in_the_column_of_its_etape(cabinet: Cabinet) -> None:
    await cabinet.open(donnees=declaration(prenom="Lina"))
    id_ = await cabinet.dossier(donnees=declaration(prenom="Zoé"))
    seen = await board(cabinet)
    assert seen["declarees"] and seen["total"] == 2
    assert list(cards(seen)) == ["_demandes", *DECLARED]
    assert cards(seen)["_demandes"] == ["Lina Martin"] and cards(seen)["dossier"] == ["Zoé Martin"]
    # The engine moves it, by what it decides: nothing else does.
    etape = next(e for e in (await cabinet.view(id_))["etapes"] if e["statut"] == "en_cours")
    body = {"motif": "Déjà fait."}
    await ok(
        cabinet.staff.post(f"/api/demarches/{id_}/etapes/{etape['cle']}/passage", json=body, headers=key())
    )
    moved = await board(cabinet)
    assert cards(moved)["dossier"] == [] and cards(moved)["preparation"] == ["Zoé Martin"]
    assert (await cabinet.view(id_))["colonne"] == {"cle": "preparation", "libelle": "Préparation"}
    body = {"motif": "Attend."}
    await ok(cabinet.staff.post(f"/api/demarches/{id_}/suspension", json=body, headers=key()))
    assert cards(await board(cabinet))["preparation"] == ["Zoé Martin"]
    await ok(cabinet.staff.post(f"/api/demarches/{id_}/annulation", json=body, headers=key()))
    assert (await board(cabinet))["total"] == 1


async def test_counts_order_pages_and_filters(cabinet: Cabinet) -> None:
    now = datetime.now(UTC)
    ids = [await cabinet.dossier(donnees=declaration(prenom=prenom)) for prenom in ("Ana", "Bob", "Cléo")]
    for id_, days in zip(ids, (2, -1, None), strict=True):
        await write(id_, retard_at=now + timedelta(days=days) if days is not None else None)
    column = next(c for c in (await board(cabinet, taille=2))["colonnes"] if c["cle"] == "dossier")
    assert (column["total"], column["retard"]) == (3, 1)
    assert [card["titre"] for card in column["items"]] == ["Embauche de Bob Martin", "Embauche d'Ana Martin"]
    rest = await ok(
        cabinet.staff.get(
            "/api/demarches",
            params={"modele": "embauche", "colonne": "dossier", "tri": "echeance", "taille": 2, "page": 2},
        )
    )
    assert [line["titre"] for line in rest["items"]] == ["Embauche de Cléo Martin"] and rest["total"] == 3
    assert cards(await board(cabinet, q="cleo"))["dossier"] == ["Cléo Martin"]
    assert (await board(cabinet, conseiller=str(cabinet.manager.id)))["total"] == 0
    # One that follows an older version, without columns, is not lost.
    await write(ids[0], colonne=None)
    assert cards(await board(cabinet))["_autres"] == ["Ana Martin"]
    (line,) = (await ok(cabinet.staff.get("/api/demarches", params={"colonne": "_autres"})))["items"]
    assert line["id"] == ids[0]
    answer = await cabinet.staff.get("/api/demarches/tableau", params={"modele": "inconnu"})
    assert answer.status_code == 404
    assert (await cabinet.staff.get("/api/demarches/tableau")).status_code == 422


async def test_the_board_shows_what_its_reader_may_see(cabinet: Cabinet) -> None:
    await cabinet.dossier()
    _, other = await cabinet.people.staff(nom="Petit")
    seen = await ok(other.get("/api/demarches/tableau", params={"modele": "embauche"}))
    assert seen["total"] == 0
    assert (
        await cabinet.client.get("/api/demarches/tableau", params={"modele": "embauche"})
    ).status_code == 403


async def test_a_child_says_whose_it_is_and_is_counted_there(cabinet: Cabinet) -> None:
    parent, child, other = [
        await cabinet.dossier(donnees=declaration(prenom=prenom)) for prenom in ("Ana", "Bob", "Cléo")
    ]
    await write(child, parent_id=uuid.UUID(parent))

    async def lines(**query: Any) -> dict[str, Json]:
        page = await ok(cabinet.staff.get("/api/demarches", params=query))
        assert page["total"] == len(page["items"])
        return {line["id"]: line for line in page["items"]}

    everything = await lines()
    assert set(everything) == {parent, child, other}
    assert everything[child]["parent_id"] == parent
    assert everything[child]["parent_reference"] == everything[parent]["reference"]
    assert [everything[id_]["enfants"] for id_ in (parent, child, other)] == [1, 0, 0]
    assert set(await lines(parent="aucun")) == {parent, other}
    assert set(await lines(parent=parent)) == {child}
    assert await lines(parent=child) == {}
    assert (await board(cabinet, parent="aucun"))["total"] == 2
    assert (await cabinet.staff.get("/api/demarches", params={"parent": "x"})).status_code == 422
