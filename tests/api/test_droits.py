"""Rights granted or withdrawn by an administrator: each refused where it was withdrawn (SEC-15, USR-08)."""

from collections.abc import Awaitable
from dataclasses import replace

import httpx
import pytest

from api.access import CONFIGURABLE, PER_OBJECT, READING, ROLES, Action, Target, permits
from api.routes.droits import CATALOGUE
from store.droit import Droits, Niveau
from store.utilisateur import Role
from tests.api.conftest import Cabinet, key, ok, png
from tests.api.test_access import ADMIN, ADVISER, CLIENT, COLLEAGUE, DEMARCHE, MANAGER, ME, MINE, status
from tests.people import Browser

ROOT = "/api/parametres/droits"
OWN = Target(client_id=MINE, demarche_id=DEMARCHE, conseiller_id=ME, modele="embauche")


@pytest.mark.parametrize("action", CONFIGURABLE)
def test_each_right_is_granted_and_withdrawn(action: Action) -> None:
    target = OWN if action in PER_OBJECT else None
    for actor in (ADVISER, MANAGER):
        without = replace(actor, droits=Droits(retires=frozenset({action})))
        given = replace(actor, droits=Droits(accordes=frozenset({action})))
        assert (status(without, action, target), status(given, action, target)) == (403, 200)
        assert {a for a in Action if permits(without, a)} == {a for a in Action if permits(actor, a)} - {
            action
        }
    client = replace(CLIENT, droits=Droits(accordes=frozenset({action})))
    assert permits(client, action) == (CLIENT.role in ROLES[action])


def test_setting_the_rights_is_nobody_else_s() -> None:
    given = replace(MANAGER, droits=Droits(accordes=frozenset(Action)))
    assert status(given, Action.DROITS_REGLER) == 403
    assert status(ADMIN, Action.DROITS_REGLER) == 200


def test_the_catalogue_names_what_can_be_set() -> None:
    assert tuple(CATALOGUE) == CONFIGURABLE
    assert Action.DROITS_REGLER not in CATALOGUE


@pytest.mark.parametrize("action", sorted(PER_OBJECT))
def test_a_closed_modele_hides_and_reading_stops_at_reading(action: Action) -> None:
    for actor in (ADVISER, MANAGER):
        before = status(actor, action, OWN)
        hidden = replace(actor, droits=Droits(caches=frozenset({"embauche"})))
        reading = replace(actor, droits=Droits(lecture=frozenset({"embauche"})))
        assert status(hidden, action, OWN) == 404
        assert status(reading, action, OWN) == (before if action in READING else 403)
        other = replace(OWN, modele="sinistre")
        assert status(hidden, action, other) == status(reading, action, other) == before


def test_the_whole_firm_s_demarches_are_a_right() -> None:
    foreign = Target(client_id=MINE, conseiller_id=COLLEAGUE)
    given = replace(ADVISER, droits=Droits(accordes=frozenset({Action.DEMARCHE_TOUTES})))
    without = replace(MANAGER, droits=Droits(retires=frozenset({Action.DEMARCHE_TOUTES})))
    assert status(given, Action.TIERS_LIRE, foreign) == 200
    assert status(without, Action.TIERS_LIRE, foreign) == 404


async def chosen(admin: Browser, sujet: str, **body: object) -> None:
    await ok(admin.put(f"{ROOT}/{sujet}", json=body))


async def refused(answer: Awaitable[httpx.Response], expected: int = 403) -> str:
    got = await answer
    assert got.status_code == expected, got.text
    return str(got.json()["code"])


async def test_rights_of_a_role_and_of_a_person(cabinet: Cabinet) -> None:
    _, admin = await cabinet.people.staff(Role.ADMIN)
    me, mine = cabinet.conseiller, cabinet.staff
    root = f"/api/demarches/{await cabinet.dossier()}"
    price = {"montant": 100}
    await ok(mine.put(f"{root}/prix", json=price, headers=key()))

    await chosen(admin, "conseiller", droits={"prix.fixer": False, "cabinet.regler": True})
    assert await refused(mine.put(f"{root}/prix", json=price, headers=key())) == "non_autorise"
    assert (await ok(mine.get("/api/parametres/cabinet")))["nom"]
    held = (await ok(mine.get("/api/moi")))["droits"]
    assert "cabinet.regler" in held and "prix.fixer" not in held and "droits.regler" not in held
    # A person's own choice comes before that of their role.
    await chosen(admin, str(me.id), droits={"prix.fixer": True})
    await ok(mine.put(f"{root}/prix", json=price, headers=key()))
    await refused(mine.get(ROOT))

    told = await ok(admin.get(ROOT))
    seen = {each["sujet"]: each for each in told["sujets"]}
    assert seen["conseiller"]["choix"]["droits"] == {"prix.fixer": False, "cabinet.regler": True}
    assert seen["conseiller"]["droits"]["prix.fixer"] is True
    assert seen[str(me.id)]["droits"]["prix.fixer"] is False
    assert seen[str(me.id)]["choix"]["droits"] == {"prix.fixer": True}
    lines = (await ok(admin.get("/api/audit", params={"famille": "droits"})))["items"]
    changes = [line["detail"] for line in lines if line["action"] == "droits.regler"]
    assert changes == [
        f"De\u00a0: {me.nom_complet}, Changements\u00a0: prix.fixer = oui",
        "De\u00a0: Conseillers, Changements\u00a0: cabinet.regler = oui, prix.fixer = non",
    ]
    # The same again changes nothing, and is not logged; nothing chosen puts the native role back.
    await chosen(admin, str(me.id), droits={"prix.fixer": True})
    await chosen(admin, str(me.id))
    await chosen(admin, "conseiller")
    await refused(mine.get("/api/parametres/cabinet"))


async def test_a_modele_closed_to_somebody(cabinet: Cabinet) -> None:
    _, supervisor = await cabinet.people.staff(Role.RESPONSABLE)
    _, admin = await cabinet.people.staff(Role.ADMIN)
    other, _ = await cabinet.people.staff(Role.CONSEILLER)
    mine = cabinet.staff
    id_ = await cabinet.dossier()
    root = f"/api/demarches/{id_}"
    files = [("fichiers", ("cni.png", png(), "image/png"))]
    await ok(supervisor.post(f"{root}/pieces/cni/depots", files=files, headers=key()))
    seen = await ok(mine.get(root))
    file = next(p for p in seen["pieces"] if p["id"] == "cni")["versions"][0]["files"][0]["id"]
    tiers = f"/api/tiers/{cabinet.tiers.id}/journal"

    async def listed(browser: Browser) -> dict[str, int]:
        work = await ok(browser.get("/api/travail", params={"portee": "toutes"}))
        return {
            "liste": (await ok(browser.get("/api/demarches")))["total"],
            "tableau": (await ok(browser.get("/api/demarches/tableau", params={"modele": "embauche"})))[
                "total"
            ],
            "travail": sum(group["total"] for group in work["groupes"]),
            "compteurs": sum(work["compteurs"].values()),
            "equipe": sum(
                group["total"]
                for group in (await ok(browser.get("/api/travail", params={"portee": "equipe"})))["groupes"]
            ),
            "moi": sum(group["total"] for group in (await ok(browser.get("/api/travail")))["groupes"]),
            "pieces": (await ok(browser.get("/api/pieces-a-valider")))["total"],
            "journal": len((await ok(browser.get(tiers)))["items"]),
            "cloche": (await ok(browser.get("/api/notifications")))["total"],
            "catalogue": len(await ok(browser.get("/api/catalogue"))),
            "modeles": len(await ok(browser.get("/api/modeles"))),
        }

    before = await listed(mine)
    assert all(before.values()), before
    await chosen(admin, "conseiller", modeles={"embauche": Niveau.AUCUN})
    for path in (root, f"{root}/journal", f"/api/fichiers/{file}", "/api/modeles/embauche/graphe"):
        await refused(mine.get(path), 404)
    await refused(mine.get("/api/modeles/embauche/versions"), 404)
    await refused(mine.put(f"{root}/prix", json={"montant": 100}, headers=key()), 404)
    assert set((await listed(mine)).values()) == {0}
    opening = cabinet.opening(phase="dossier")
    await refused(mine.post("/api/demarches", json=opening, headers=key()), 404)
    # Nobody to whom it is closed is entrusted with one; the responsable is still there to take it.
    body = {"user_id": str(other.id)}
    await refused(supervisor.put(f"{root}/equipe/conseiller", json=body, headers=key()), 422)
    opened = await ok(supervisor.post("/api/demarches", json=opening, headers=key()))
    team = (await ok(supervisor.get(f"/api/demarches/{opened['id']}")))["equipe"]
    assert str(cabinet.conseiller.id) not in {member["user_id"] for member in team}

    await chosen(admin, "conseiller", modeles={"embauche": Niveau.LECTURE})
    read = await ok(mine.get(root))
    assert read["lecture_seule"] is True and read["droits"] == []
    assert (await mine.get(f"/api/fichiers/{file}")).status_code == 200
    for answer in (
        mine.put(f"{root}/prix", json={"montant": 100}, headers=key()),
        mine.post(f"{root}/commentaires", json={"texte": "Bonjour"}, headers=key()),
        mine.post(f"{root}/pieces/cni/validation", json={}, headers=key()),
        mine.post("/api/demarches", json=opening, headers=key()),
    ):
        assert await refused(answer) == "lecture_seule"
    await chosen(admin, str(cabinet.conseiller.id), modeles={"embauche": Niveau.COMPLET})
    await ok(mine.put(f"{root}/prix", json={"montant": 100}, headers=key()))
    # Who reads a démarche is told what they may ask of it, without what was withdrawn or is the firm's alone.
    full = set((await ok(mine.get(root)))["droits"])
    retires = {"demarche.piloter": False, "prix.fixer": False}
    await chosen(admin, str(cabinet.conseiller.id), modeles={"embauche": Niveau.COMPLET}, droits=retires)
    assert full - set((await ok(mine.get(root)))["droits"]) == set(retires)
    its = set((await ok(cabinet.client.get(root)))["droits"])
    assert its == {"demarche.annuler", "tache.ajouter", "journal.commenter"} < full


async def test_what_cannot_be_set(cabinet: Cabinet) -> None:
    me, admin = await cabinet.people.staff(Role.ADMIN)
    await refused(admin.put(f"{ROOT}/{me.id}", json={"droits": {"cabinet.regler": False}}), 409)
    for sujet in ("admin", "client", str(cabinet.manager.id), "inconnu"):
        await refused(admin.put(f"{ROOT}/{sujet}", json={}), 404)
    body = {"droits": {"droits.regler": True, "moi.lire": False}, "modeles": {"inconnu": "aucun"}}
    answer = await admin.put(f"{ROOT}/conseiller", json=body)
    assert answer.status_code == 422
    assert {error["pointer"] for error in answer.json()["errors"]} == {
        "/droits/droits.regler",
        "/droits/moi.lire",
        "/modeles/inconnu",
    }
    assert (
        await admin.put(f"{ROOT}/conseiller", json={"modeles": {"embauche": "moitie"}})
    ).status_code == 422
    assert all(not each["choix"]["droits"] for each in (await ok(admin.get(ROOT)))["sujets"])
