"""Lists and inboxes: search, filters, order, who sees what; the work queue's groups (DOS, DEM, UX)."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import select

from api.routes.travail import Travail
from store import file_de_travail, listes
from store.demarche import Demarche
from store.file_de_travail import Perimetre, Reach
from store.session import session_scope
from store.tiers import TypeTiers
from store.utilisateur import Role
from tests.api.conftest import Cabinet, declaration, key, named, ok, png
from tests.people import Browser
from workflows.engine.program import PARIS


async def titles(browser: Browser, **query: Any) -> list[str]:
    page = await ok(browser.get("/api/demarches", params=query))
    return [named(line["titre"]) for line in page["items"]]


async def test_search_filters_order_and_pages(cabinet: Cabinet) -> None:
    other = await cabinet.people.tiers("Café de l'Étoile", conseiller_id=cabinet.conseiller.id)
    for prenom, nom, tiers in (
        ("Zoé", "Martin", cabinet.tiers),
        ("Éloïse", "Brûlé", other),
        ("Ali", "Benaïssa", other),
    ):
        body = cabinet.opening(declaration(prenom=prenom, nom_usage=nom), tiers_id=str(tiers.id))
        opened = await ok(cabinet.staff.post("/api/demarches", json=body, headers=key()))
    await ok(
        cabinet.staff.post(f"/api/demarches/{opened['id']}/annulation", json={"motif": "x"}, headers=key())
    )
    staff = cabinet.staff
    assert await titles(staff) == ["Éloïse Brûlé", "Zoé Martin"]
    assert await titles(staff, etat="terminees") == ["Ali Benaïssa"]
    assert await titles(staff, etat="toutes", tri="titre") == ["Ali Benaïssa", "Éloïse Brûlé", "Zoé Martin"]
    # Without accents nor capitals, in the title, the client's name or the reference; every word must be found.
    assert await titles(staff, q="eloise") == ["Éloïse Brûlé"]
    assert await titles(staff, q="BRULE étoile") == ["Éloïse Brûlé"]
    assert await titles(staff, q="etoile", etat="toutes", tri="titre") == ["Ali Benaïssa", "Éloïse Brûlé"]
    assert await titles(staff, q=opened["reference"].lower(), etat="toutes") == ["Ali Benaïssa"]
    assert await titles(staff, q="eloise martin") == []
    # What a search box may hold is never a pattern.
    for text in ("%", "_", "\\", "%%%%"):
        assert await titles(staff, q=text) == []
    assert await titles(staff, q="l'") == ["Éloïse Brûlé"]
    assert await titles(staff, client=str(other.id)) == ["Éloïse Brûlé"]
    assert await titles(staff, turn="client") == ["Éloïse Brûlé", "Zoé Martin"]
    assert await titles(staff, turn="cabinet") == []
    assert await titles(staff, conseiller=str(cabinet.manager.id)) == []
    # DOS-05: by dates, days in Paris, the last ones included.
    today = datetime.now(PARIS).date()
    yesterday, tomorrow = (str(today + timedelta(days=days)) for days in (-1, 1))
    both = ["Éloïse Brûlé", "Zoé Martin"]
    assert await titles(staff, ouverte_du=str(today), ouverte_au=str(today)) == both
    assert await titles(staff, ouverte_du=tomorrow) == await titles(staff, ouverte_au=yesterday) == []
    assert await titles(staff, echeance_au=yesterday) == []
    first = await ok(staff.get("/api/demarches", params={"etat": "toutes", "tri": "titre", "taille": 2}))
    second = await ok(
        staff.get("/api/demarches", params={"etat": "toutes", "tri": "titre", "taille": 2, "page": 2})
    )
    assert (first["total"], len(first["items"]), second["total"], len(second["items"])) == (3, 2, 3, 1)
    for wrong in (
        {"tri": "hasard"},
        {"taille": 0},
        {"taille": 1000},
        {"page": 0},
        {"turn": "moi"},
        {"ouverte_du": "9999-12-31"},
        {"echeance_au": "demain"},
    ):
        assert (await staff.get("/api/demarches", params=wrong)).status_code == 422


async def test_many_are_counted_so_far_only(cabinet: Cabinet) -> None:
    """A search says « more than » rather than read all that it finds; the pages go on to the last one."""
    await cabinet.open()
    async with session_scope() as session:
        row = (await session.exec(select(Demarche))).one().model_dump(exclude={"recherche", "updated_hour"})
        copies = [{**row, "id": uuid.uuid4(), "reference": f"C-{n:04}"} for n in range(listes.SEARCHED + 9)]
        await (await session.connection()).execute(sa.insert(Demarche), copies)
    every = len(copies) + 1

    async def page(number: int, **query: Any) -> tuple[int, bool, int]:
        found = await ok(
            cabinet.staff.get(
                "/api/demarches", params={"taille": 50, "page": number, "tri": "titre", **query}
            )
        )
        return found["total"], found["au_moins"], len(found["items"])

    assert await page(1) == (every, False, 50)
    assert await page(1, q="martin") == (listes.SEARCHED + 1, True, 50)
    assert await page(4, q="martin") == (listes.SEARCHED + 1, True, 50)
    assert await page(5, q="martin") == (every, False, every - listes.SEARCHED)
    assert await page(9, q="martin") == (every, False, 0)
    assert await page(1, q="c-0007") == (1, False, 1)
    # The queue counts those that await each side, up to a limit of its own.
    async with session_scope() as session:
        waiting = [
            {**row, "id": uuid.uuid4(), "reference": f"D-{n:04}", "turn": "client"}
            for n in range(file_de_travail.COUNTED + 1)
        ]
        await (await session.connection()).execute(sa.insert(Demarche), waiting)
    for portee in ("moi", "equipe", "toutes"):
        work = await ok(cabinet.staff.get("/api/travail", params={"portee": portee}))
        many = 0 if portee == "equipe" else file_de_travail.COUNTED
        counted = {"cabinet": 1 if portee == "equipe" else every, "client": many, "tiers": 0, "personne": 0}
        assert work["compteurs"] == counted
        (client,) = (group for group in work["groupes"] if group["cle"] == "client")
        assert (client["total"], client["au_moins"]) == (many, many > 0)


@pytest.mark.parametrize("perimetre", ["equipe", "vues"])
async def test_few_or_many_the_queue_is_the_same(cabinet: Cabinet, perimetre: Perimetre) -> None:
    """Looked for in two ways: from the démarches of the person, or from what the whole firm has to do."""
    await cabinet.dossier()
    other = await cabinet.people.user(Role.CONSEILLER)
    firm = await cabinet.people.tiers("À d'autres")
    body = cabinet.opening(declaration(prenom="Lina"), tiers_id=str(firm.id), conseiller_id=str(other.id))
    supervisor = (await cabinet.people.staff(Role.RESPONSABLE))[1]
    await ok(supervisor.post("/api/demarches", json=body, headers=key()))
    now = datetime.now(UTC)

    async def seen(mine: Reach) -> list[Any]:
        async with session_scope() as session:
            work = await file_de_travail.cabinet_work(
                session, mine, now=now, tomorrow=now + timedelta(days=1), limit=50
            )
            return [
                await file_de_travail.turns(session, mine),
                {name: (part.total, part.items) for name, part in work.items()},
                await file_de_travail.client_work(session, mine, limit=50),
                await file_de_travail.with_pieces_to_check(session, mine, limit=50),
            ]

    for person in (cabinet.conseiller, other):
        async with session_scope() as session:
            found = await file_de_travail.reach(session, perimetre, person.id)
        assert found == Reach(perimetre, person.id, gathered=True)
        gathered = await seen(found)
        assert sum(gathered[0].values()) == 1
        assert gathered == await seen(Reach(perimetre, person.id))


async def test_each_lists_their_own(cabinet: Cabinet) -> None:
    await cabinet.open()
    firm, foreigner = await cabinet.people.tiers("À d'autres"), await cabinet.people.user(Role.CONSEILLER)
    supervisor = (await cabinet.people.staff(Role.RESPONSABLE))[1]
    body = cabinet.opening(declaration(prenom="Lina"), tiers_id=str(firm.id), conseiller_id=str(foreigner.id))
    await ok(supervisor.post("/api/demarches", json=body, headers=key()))
    assert await titles(cabinet.staff) == ["Zoé Martin"]
    assert await titles(cabinet.client) == ["Zoé Martin"]
    assert await titles(supervisor, tri="titre") == ["Lina Martin", "Zoé Martin"]
    assert await titles(await cabinet.people.login(foreigner)) == ["Lina Martin"]
    assert await titles((await cabinet.people.client())[1]) == []
    # The filter on a client does not open another's.
    assert await titles(cabinet.client, client=str(firm.id)) == []


async def test_the_catalogue_follows_the_client(cabinet: Cabinet) -> None:
    person = await cabinet.people.tiers("Mme Petit", type=TypeTiers.PARTICULIER)
    browser = (await cabinet.people.client(person))[1]
    assert await ok(browser.get("/api/catalogue")) == []
    assert (await browser.get("/api/catalogue/embauche")).status_code == 404
    body = cabinet.opening(tiers_id=str(person.id))
    answer = await browser.post("/api/demarches", json=body, headers=key())
    assert (answer.status_code, answer.json()["code"]) == (422, "client_non_concerne")
    (offered,) = await ok(cabinet.staff.get("/api/catalogue"))
    assert (offered["modele"], offered["icone"], offered["couleur"]) == ("embauche", "user-plus", "accent")
    assert (await cabinet.client.get("/api/catalogue", params={"tiers": str(person.id)})).status_code == 404
    (line,) = await ok(cabinet.staff.get("/api/modeles"))
    assert (line["cle"], line["version"], line["ouvertes"]) == ("embauche", 1, 0)


async def work(browser: Browser, **query: Any) -> dict[str, list[str]]:
    queue = await ok(browser.get("/api/travail", params=query))
    keys = [group["cle"] for group in queue["groupes"]]
    assert keys == ["retard", "aujourdhui", "pieces", "demandes", "a_venir", "client"]
    for group in queue["groupes"]:
        assert group["total"] == len(group["items"])
    return {group["cle"]: [item["label"] for item in group["items"]] for group in queue["groupes"]}


async def test_the_work_queue(cabinet: Cabinet) -> None:
    await cabinet.open(donnees=declaration(prenom="Lina"))
    id_ = await cabinet.dossier()
    root = f"/api/demarches/{id_}"
    now = datetime.now(PARIS)
    tonight = now.replace(hour=23, minute=59, second=59)
    for titre, due in (("Hier", now - timedelta(days=1)), ("Ce soir", tonight), ("Plus tard", None)):
        body = {"titre": titre, "due_at": due.isoformat() if due else None}
        await ok(cabinet.staff.post(f"{root}/taches", json=body, headers=key()))
    employee = await cabinet.participant(id_)
    files = {"fichiers": ("cni.png", png())}
    await ok(employee.post(f"{root}/pieces/cni/depots", files=files, headers=key()))
    queue = await work(cabinet.staff)
    assert queue["retard"] == ["Hier"]
    assert queue["aujourdhui"] == ["Ce soir"]
    assert queue["pieces"] == ["Carte nationale d'identité"]
    assert queue["demandes"] == ["Étudier la demande"]
    assert "Plus tard" in queue["a_venir"]
    assert "Réaliser la DPAE" in queue["a_venir"]
    # What falls to somebody else is not in my queue; it is in that of those who look at everything.
    other, browser = await cabinet.people.staff(Role.RESPONSABLE)
    assert not any((await work(browser)).values())
    assert (await work(browser, portee="toutes"))["retard"] == ["Hier"]
    await ok(cabinet.staff.put(f"{root}/equipe/conseiller", json={"user_id": str(other.id)}, headers=key()))
    assert (await work(browser))["retard"] == ["Hier"]
    assert (await work(cabinet.staff))["retard"] == []
    # Still on the client's side: one line by démarche, as many as the counter says.
    for tache in (await cabinet.view(id_, browser))["taches"]:
        if tache["titre"] in ("Hier", "Ce soir", "Plus tard"):
            await ok(browser.post(f"{root}/taches/{tache['id']}/fin", json={}, headers=key()))
    await ok(browser.post(f"{root}/pieces/cni/validation", json={}, headers=key()))
    queue = await work(browser)
    assert len(queue["client"]) == 1
    answer = await ok(browser.get("/api/travail"))
    assert answer["compteurs"] == {"cabinet": 0, "client": 1, "tiers": 0, "personne": 0}
    # Written without the models that describe it: it says no more and no less.
    assert Travail.model_validate(answer, extra="forbid").model_dump(mode="json") == answer


async def test_lateness_is_told_in_real_time(cabinet: Cabinet) -> None:
    """A démarche on a clock of its own is late when its clock says so, in every list (ADR 0004)."""
    past = datetime.now(UTC) - timedelta(days=300)
    hired = (past + timedelta(days=30)).date().isoformat()
    clock = {"origine": past.isoformat(), "facteur": 1}
    id_ = await cabinet.dossier(donnees=declaration(date_entree=hired), horloge=clock)

    async def seen() -> tuple[list[str], int, list[bool], dict[str, Any]]:
        queue = await work(cabinet.staff)
        (line,) = (await ok(cabinet.staff.get("/api/demarches", params={"tri": "echeance"})))["items"]
        board = await ok(cabinet.staff.get("/api/demarches/tableau", params={"modele": "embauche"}))
        inbox = await ok(cabinet.client.get("/api/attentes"))
        late = sum(column["retard"] for column in board["colonnes"])
        return queue["retard"], late, [item["retard"] for item in inbox["items"] if item["due_at"]], line

    late, on_board, inbox, line = await seen()
    assert (
        datetime.fromisoformat(line["due_at"]) < datetime.now(UTC) < datetime.fromisoformat(line["retard_at"])
    )
    assert (late, on_board, any(inbox)) == ([], 0, False)
    # The day of the hiring: what is due at 17:00 on the working day before is past, at whatever hour this runs.
    later = (past + timedelta(days=30)).isoformat()
    await ok(cabinet.staff.put(f"/api/demarches/{id_}/horloge", json={"maintenant": later}, headers=key()))
    late, on_board, inbox, line = await seen()
    assert "Réaliser la DPAE" in late
    assert (on_board, any(inbox)) == (1, True)
    assert datetime.fromisoformat(line["retard_at"]) < datetime.now(UTC)


async def test_the_next_date_comes_first(cabinet: Cabinet) -> None:
    """DOS-04, REC-26: the date that a démarche watches in place of that of its étape, and what is past last."""
    now = datetime.now(UTC)
    dates = {  # late at, watched at, in days
        "Zoé": (1, 20),
        "Éloïse": (10, None),
        "Ali": (15, -2),
        "Lina": (-1, None),
    }
    for prenom, (late, watched) in dates.items():
        body = cabinet.opening(declaration(prenom=prenom, nom_usage="Martin"))
        opened = await ok(cabinet.staff.post("/api/demarches", json=body, headers=key()))
        async with session_scope() as session:
            demarche = await session.get_one(Demarche, uuid.UUID(opened["id"]))
            demarche.retard_at = now + timedelta(days=late)
            demarche.surveille_at = None if watched is None else now + timedelta(days=watched)
            await session.commit()
    found = await titles(cabinet.client, tri="prochaine")
    assert found == ["Éloïse Martin", "Ali Martin", "Zoé Martin", "Lina Martin"]
    assert (await titles(cabinet.staff, tri="prochaine"))[0] == "Lina Martin", (
        "the firm's list is by due date"
    )


async def test_what_awaits_the_client(cabinet: Cabinet) -> None:
    id_ = await cabinet.dossier()
    inbox = await ok(cabinet.client.get("/api/attentes"))
    labels = {item["label"] for item in inbox["items"]}
    assert {"Préparer le poste de travail", "Planifier la visite d'accueil"} <= labels
    # What the future employee owes is theirs to do.
    assert "Carte nationale d'identité" not in labels
    assert {item["demarche_id"] for item in inbox["items"]} == {id_}
    assert inbox["total"] == len(inbox["items"])
    assert (await ok((await cabinet.people.client())[1].get("/api/attentes")))["total"] == 0


async def test_the_clients_own_adviser(cabinet: Cabinet) -> None:
    adviser = await ok(cabinet.client.get("/api/conseiller"))
    assert (adviser["prenom"], adviser["nom"], adviser["initiales"]) == ("Julien", "Lefèvre", "JL")
    lonely = (await cabinet.people.client(await cabinet.people.tiers("Sans conseiller")))[1]
    assert (await lonely.get("/api/conseiller")).status_code == 404


class TestTeam:
    """Who is put on a new démarche (EQP-03)."""

    async def team(self, cabinet: Cabinet, opened: dict[str, Any], browser: Browser) -> dict[str, str]:
        return {m["role"]: m["nom"] for m in (await cabinet.view(opened["id"], browser))["equipe"]}

    async def test_the_clients_adviser_and_whoever_asks(self, cabinet: Cabinet) -> None:
        _, second = await cabinet.people.client(cabinet.tiers, nom="Petit", prenom="Ana")
        opened = await cabinet.open(second)
        found = await self.team(cabinet, opened, cabinet.staff)
        assert found == {"conseiller": "Julien Lefèvre", "manager": "Ana Petit"}

    async def test_the_least_busy_when_the_client_has_none(self, cabinet: Cabinet) -> None:
        await cabinet.open()
        idle = await cabinet.people.user(Role.CONSEILLER, nom="Roy", prenom="Zélie")
        supervisor = (await cabinet.people.staff(Role.RESPONSABLE))[1]
        firm = await cabinet.people.tiers("Neuve")
        body = cabinet.opening(tiers_id=str(firm.id))
        opened = await ok(supervisor.post("/api/demarches", json=body, headers=key()))
        assert await self.team(cabinet, opened, supervisor) == {"conseiller": idle.nom_complet}

    @pytest.mark.parametrize("who", ["client", "unknown"])
    async def test_only_staff_may_be_asked_for(self, cabinet: Cabinet, who: str) -> None:
        asked = cabinet.manager.id if who == "client" else cabinet.tiers.id
        body = cabinet.opening(conseiller_id=str(asked))
        answer = await cabinet.staff.post("/api/demarches", json=body, headers=key())
        assert (answer.status_code, answer.json()["code"]) == (422, "conseiller_invalide")

    async def test_a_member_must_suit_the_role(self, cabinet: Cabinet) -> None:
        id_ = await cabinet.dossier()
        stranger, _ = await cabinet.people.client()
        for role, user in (
            ("conseiller", cabinet.manager),
            ("manager", stranger),
            ("manager", cabinet.conseiller),
        ):
            answer = await cabinet.staff.put(
                f"/api/demarches/{id_}/equipe/{role}", json={"user_id": str(user.id)}, headers=key()
            )
            assert (answer.status_code, answer.json()["code"]) == (422, "membre_invalide")


async def test_references_follow_one_another(cabinet: Cabinet) -> None:
    year = datetime.now(PARIS).year
    references = [(await cabinet.open())["reference"] for _ in range(3)]
    assert references == [f"EMB-{year}-{number:04d}" for number in (1, 2, 3)]


async def test_what_is_urgent_goes_first_for_the_firm_alone(cabinet: Cabinet) -> None:
    ids = [
        (await cabinet.open(donnees=declaration(prenom=prenom)))["id"] for prenom in ("Ana", "Bob", "Cléo")
    ]
    path = f"/api/demarches/{ids[2]}/priorite"
    await ok(cabinet.staff.put(path, json={"priorite": "urgente"}, headers=key()))
    assert (await cabinet.view(ids[2]))["priorite"] == "urgente"
    assert (await titles(cabinet.staff, tri="priorite"))[0] == "Cléo Martin"
    assert await titles(cabinet.staff, priorite="urgente") == ["Cléo Martin"]
    assert len(await titles(cabinet.staff, priorite="normale")) == 2
    work = await ok(cabinet.staff.get("/api/travail", params={"portee": "moi"}))
    studied = next(groupe for groupe in work["groupes"] if groupe["cle"] == "demandes")
    assert [named(item["titre"]) for item in studied["items"]] == ["Cléo Martin", "Ana Martin", "Bob Martin"]
    assert ([item["priorite"] for item in studied["items"]], studied["total"]) == (
        ["urgente", "normale", "normale"],
        3,
    )
    # Neither shown to the client, nor to be guessed from the order or a filter.
    page = await ok(cabinet.client.get("/api/demarches", params={"priorite": "urgente", "tri": "priorite"}))
    assert [line["priorite"] for line in page["items"]] == [None, None, None]
    assert (await cabinet.view(ids[2], cabinet.client))["priorite"] is None
    assert "Priorité" not in (await cabinet.client.get(f"/api/demarches/{ids[2]}/journal")).text
    await ok(cabinet.staff.put(path, json={"priorite": "normale"}, headers=key()))
    assert await titles(cabinet.staff, priorite="urgente") == []
    answer = await cabinet.client.put(path, json={"priorite": "urgente"}, headers=key())
    assert answer.status_code == 403


async def test_a_moved_clock_is_told_with_its_own_moments(cabinet: Cabinet) -> None:
    still, moved = (await cabinet.open())["id"], (await cabinet.open())["id"]
    ahead = datetime.now(UTC) + timedelta(days=30)
    body = {"maintenant": ahead.isoformat()}
    await ok(cabinet.staff.put(f"/api/demarches/{moved}/horloge", json=body, headers=key()))
    lines = {line["id"]: line for line in (await ok(cabinet.staff.get("/api/demarches")))["items"]}
    assert lines[still]["maintenant"] is None and (await cabinet.view(still))["maintenant"] is None
    for told in (lines[moved]["maintenant"], (await cabinet.view(moved))["maintenant"]):
        assert datetime.fromisoformat(told) >= ahead
    work = await ok(cabinet.staff.get("/api/travail", params={"portee": "moi"}))
    items = {item["demarche_id"]: item for groupe in work["groupes"] for item in groupe["items"]}
    assert datetime.fromisoformat(items[moved]["maintenant"]) >= ahead and items[still]["maintenant"] is None
