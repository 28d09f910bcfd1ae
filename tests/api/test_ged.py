"""Documents of a client: folders, versions, access, comments, links (GED-02 to 06, 17, 18, 20, 21)."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, select, update

from api.disponibles import alike
from store.audit import Audit
from store.base import now
from store.connexion import SessionConnexion
from store.modele import publish
from store.piece_fournie import PieceFournie
from store.session import session_scope
from store.tiers import TypeTiers
from store.utilisateur import Role
from tests.api.conftest import Cabinet, Json, key, ok, png, statements
from tests.api.test_mauvaises_entrees import problem
from tests.api.test_televersements import sent
from tests.modeles_essai import essai
from tests.people import Browser


class Ged:
    """The documents of the firm's client, as one person handles them."""

    def __init__(self, cabinet: Cabinet, browser: Browser) -> None:
        self.browser = browser
        self.root = f"/api/tiers/{cabinet.tiers.id}/ged"

    async def post(self, path: str, status: int = 200, **body: Any) -> Json:
        answer = await self.browser.post(f"{self.root}{path}", json=body, headers=key())
        assert answer.status_code == status, answer.text
        return answer.json()

    async def upload(self, data: bytes = b"", nom: str = "bilan.png") -> str:
        return await sent(self.browser, f"{self.root}/televersements", nom, data or png())

    async def add(self, nom: str, data: bytes = b"", **body: Any) -> str:
        made = await self.post("/documents", 201, nom=nom, televersement=await self.upload(data), **body)
        return str(made["document"]["id"])

    async def names(self, **query: str) -> set[str]:
        tree = await ok(self.browser.get(self.root, params=query))
        return {document["nom"] for document in tree["documents"]}

    async def folders(self) -> list[str]:
        return [folder["nom"] for folder in (await ok(self.browser.get(self.root)))["dossiers"]]


async def test_folders_are_made_moved_renamed_and_removed_when_empty(cabinet: Cabinet) -> None:
    staff = Ged(cabinet, cabinet.staff)
    year = await staff.post("/annees", 201, annee=2026)
    tree = (await ok(cabinet.staff.get(staff.root)))["dossiers"]
    assert {(each["nom"], each["parent_id"]) for each in tree} == {
        ("Dossier Annuel 2026", None),
        *((nom, year["id"]) for nom in ("Social", "Fiscal", "Juridique")),
    }
    fiscal = next(each["id"] for each in tree if each["nom"] == "Fiscal")
    inside = await staff.post("/dossiers", 201, nom="TVA", parent_id=fiscal)
    twice = await cabinet.staff.post(
        f"{staff.root}/dossiers", json={"nom": "tva", "parent_id": fiscal}, headers=key()
    )
    problem(twice, 409, "dossier_existant")
    for moved, into in ((fiscal, inside["id"]), (fiscal, fiscal)):
        answer = await cabinet.staff.patch(
            f"{staff.root}/dossiers/{moved}", json={"parent_id": into}, headers=key()
        )
        problem(answer, 409, "dossier_dans_lui_meme")
    answer = await cabinet.staff.patch(
        f"{staff.root}/dossiers/{inside['id']}", json={"nom": "TVA 2026", "parent_id": None}, headers=key()
    )
    assert answer.json() == {"id": inside["id"], "nom": "TVA 2026", "parent_id": None}
    document = await staff.add("Déclaration", dossier_id=inside["id"])
    problem(
        await cabinet.staff.delete(f"{staff.root}/dossiers/{inside['id']}", headers=key()),
        409,
        "dossier_plein",
    )
    await ok(
        cabinet.staff.patch(f"{staff.root}/documents/{document}", json={"dossier_id": fiscal}, headers=key())
    )
    assert (
        await cabinet.staff.delete(f"{staff.root}/dossiers/{inside['id']}", headers=key())
    ).status_code == 204
    # The client sees the folders that lead to what they may read, and no other.
    assert sorted(await Ged(cabinet, cabinet.client).folders()) == ["Dossier Annuel 2026", "Fiscal"]


async def test_each_reads_what_access_says(cabinet: Cabinet) -> None:
    staff, client = Ged(cabinet, cabinet.staff), Ged(cabinet, cabinet.client)
    colleague = await cabinet.people.staff(Role.RESPONSABLE)
    other = Ged(cabinet, colleague[1])
    shared = await staff.add("Bilan", png("red"))
    kept = await staff.add("Note de travail", png("green"), acces="cabinet")
    secret = await staff.add("Signalement", png("blue"), acces="restreint")
    assert await staff.names() == {"Bilan", "Note de travail", "Signalement"}
    assert await other.names() == {"Bilan", "Note de travail"}
    assert await client.names() == {"Bilan"}
    files: dict[str, str] = {}
    for id_ in (shared, kept, secret):
        seen = await ok(cabinet.staff.get(f"{staff.root}/documents/{id_}"))
        files[id_] = seen["document"]["fichier"]["id"]
        assert (await client.browser.get(f"{client.root}/documents/{id_}")).status_code == (
            200 if id_ == shared else 404
        )
    for browser, hidden in (
        (other.browser, {secret}),
        (client.browser, {kept, secret}),
        (cabinet.staff, set()),
    ):
        for id_, file in files.items():
            answer = await browser.get(f"/api/fichiers/{file}")
            assert answer.status_code == (404 if id_ in hidden else 200)
    stranger = (await cabinet.people.client())[1]
    assert (await stranger.get(f"/api/fichiers/{files[shared]}")).status_code == 404
    assert (await stranger.get(staff.root)).status_code == 404
    body = {"acces": "restreint", "lecteurs": [str(colleague[0].id)]}
    await ok(cabinet.staff.patch(f"{staff.root}/documents/{secret}", json=body, headers=key()))
    assert "Signalement" in await other.names()
    await ok(
        cabinet.staff.patch(f"{staff.root}/documents/{shared}", json={"acces": "cabinet"}, headers=key())
    )
    assert await client.names() == set()
    assert (await client.browser.get(f"/api/fichiers/{files[shared]}")).status_code == 404


async def test_a_text_is_kept_and_its_beginning_read(cabinet: Cabinet) -> None:
    client = Ged(cabinet, cabinet.client)
    text = "Compte;Libellé\n" * 500
    made = await client.post(
        "/documents",
        201,
        nom="Balance",
        televersement=await client.upload(text.encode(), "balance.csv"),
    )
    file = made["document"]["fichier"]
    assert (file["type"], file["nom"]) == ("text/csv", "balance.csv")
    answer = await cabinet.staff.get(f"/api/fichiers/{file['id']}", headers={"Range": "bytes=0-14"})
    assert (answer.status_code, answer.content.decode()) == (206, "Compte;Libellé")
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")


async def test_the_vault_opens_with_the_password_only(cabinet: Cabinet) -> None:
    """GED-07, SEC-21: closed, a particulier's vault shows nothing; open, in one session and for a time."""
    tiers = await cabinet.people.tiers("Odile Ferrand", type=TypeTiers.PARTICULIER)
    user = await cabinet.people.user(Role.CLIENT, tiers, password="quatre mots sans rapport")
    browser, elsewhere = [await cabinet.people.login(user) for _ in range(2)]
    root = f"/api/tiers/{tiers.id}/ged"

    async def upload() -> str:
        return await sent(browser, f"{root}/televersements", "avis.png", png())

    async def tree(by: Browser = browser) -> tuple[list[str], Json]:
        found = await ok(by.get(root))
        return [each["nom"] for each in found["documents"]], found["coffre"]

    async def put(**body: Any) -> Any:
        return await browser.post(
            f"{root}/documents", json={"nom": "Avis", "televersement": await upload()} | body, headers=key()
        )

    problem(await put(coffre=True), 403, "coffre_ferme")
    wrong = await browser.post("/api/moi/coffre", json={"mot_de_passe": "autre chose"})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/mot_de_passe")
    opened = await ok(browser.post("/api/moi/coffre", json={"mot_de_passe": "quatre mots sans rapport"}))
    made = (await put(coffre=True)).json()["document"]
    assert await tree() == (["Avis"], {"documents": 1, "ouvert_jusqu_a": opened["ouvert_jusqu_a"]})
    paths = (f"{root}/documents/{made['id']}", f"/api/fichiers/{made['fichier']['id']}")
    for path in paths:
        answer = await browser.get(path)
        assert (answer.status_code, answer.headers["X-Hors-Ligne"]) == (200, "non")
        problem(await elsewhere.get(path), 403, "coffre_ferme")
    assert await tree(elsewhere) == ([], {"documents": 1, "ouvert_jusqu_a": None})
    assert (await browser.delete("/api/moi/coffre")).status_code == 204
    for path in paths:
        problem(await browser.get(path), 403, "coffre_ferme")
    async with session_scope() as session:
        logged = (
            await session.exec(select(Audit.action).where(Audit.acteur == f"utilisateur/{user.id}"))
        ).all()
    assert {"coffre.ouvrir", "coffre.fermer", "fichier.lire"} <= set(logged)
    # Opened again, then left: it closes by itself.
    await ok(browser.post("/api/moi/coffre", json={"mot_de_passe": "quatre mots sans rapport"}))
    async with session_scope() as session:
        past = update(SessionConnexion).where(col(SessionConnexion.utilisateur_id) == user.id)
        await session.exec(past.values(coffre_jusqu_a=now() - timedelta(seconds=1)))
    assert await tree() == ([], {"documents": 1, "ouvert_jusqu_a": None})
    # A firm has none.
    company = Ged(cabinet, cabinet.staff)
    refused = await cabinet.staff.post(
        f"{company.root}/documents",
        json={"nom": "Avis", "televersement": await company.upload(), "coffre": True},
        headers=key(),
    )
    problem(refused, 409, "coffre_absent")


async def test_versions_are_kept_and_given_back(cabinet: Cabinet) -> None:
    staff, client = Ged(cabinet, cabinet.staff), Ged(cabinet, cabinet.client)
    id_ = await staff.add("Statuts", png("red"))
    await client.post(f"/documents/{id_}/versions", televersement=await client.upload(png("green")))
    seen = await staff.post(f"/documents/{id_}/versions/1/restauration")
    assert [(v["numero"], v["par"], v["restaure"]) for v in seen["versions"]] == [
        (1, cabinet.conseiller.nom_complet, None),
        (2, cabinet.manager.nom_complet, None),
        (3, cabinet.conseiller.nom_complet, 1),
    ]
    assert (await client.browser.get(f"/api/fichiers/{seen['document']['fichier']['id']}")).content == png(
        "red"
    )
    again = await staff.post(f"/documents/{id_}/versions/1/restauration")
    assert len(again["versions"]) == 3, "it is already the newest"
    missing = await cabinet.staff.post(f"{staff.root}/documents/{id_}/versions/9/restauration", headers=key())
    problem(missing, 404, "introuvable")


async def test_comments_on_both_sides_and_links(cabinet: Cabinet) -> None:
    staff, client = Ged(cabinet, cabinet.staff), Ged(cabinet, cabinet.client)
    made = await staff.post("/documents", 201, nom="Espace partagé", lien="https://drive.exemple.fr/x")
    id_ = made["document"]["id"]
    assert (made["document"]["lien"], made["document"]["fichier"]) == ("https://drive.exemple.fr/x", None)
    await client.post(f"/documents/{id_}/commentaires", 201, texte="Merci, je regarde.")
    await staff.post(f"/documents/{id_}/commentaires", 201, texte="À relancer.", interne=True)
    for browser, texts in ((staff, ["Merci, je regarde.", "À relancer."]), (client, ["Merci, je regarde."])):
        seen = await ok(browser.browser.get(f"{staff.root}/documents/{id_}"))
        assert [each["texte"] for each in seen["commentaires"]] == texts
        assert seen["document"]["commentaires"] == len(texts)
    for wrong in ("http://drive.exemple.fr", "javascript:alert(1)", "https://", "data:text/html,x"):
        answer = await cabinet.staff.post(
            f"{staff.root}/documents", json={"nom": "x", "lien": wrong}, headers=key()
        )
        problem(answer, 422, "demande_invalide")
    note = await client.browser.post(
        f"{client.root}/documents/{id_}/commentaires", json={"texte": "x", "interne": True}, headers=key()
    )
    problem(note, 403, "interdit")
    version = await cabinet.staff.post(
        f"{staff.root}/documents/{id_}/versions", json={"televersement": str(uuid.uuid4())}, headers=key()
    )
    problem(version, 409, "document_lien")


async def test_the_client_adds_and_the_journal_tells(cabinet: Cabinet) -> None:
    id_ = await cabinet.dossier()
    staff, client = Ged(cabinet, cabinet.staff), Ged(cabinet, cabinet.client)
    document = await client.add("Extrait Kbis", demarche_id=id_)
    assert await staff.names(q="kbis") == {"Extrait Kbis"} and await staff.names(q="rib") == set()
    assert await staff.names(demarche=id_) == {"Extrait Kbis"}
    for body in ({"acces": "cabinet"}, {"dossier_id": str(uuid.uuid4())}):
        upload = await client.upload(png("grey"))
        refused = await client.browser.post(
            f"{client.root}/documents", json={"nom": "x", "televersement": upload} | body, headers=key()
        )
        problem(refused, 403, "non_autorise")
    assert (
        await cabinet.staff.delete(f"{staff.root}/documents/{document}", headers=key())
    ).status_code == 204
    assert await staff.names() == set()
    journal = await ok(cabinet.client.get(f"/api/demarches/{id_}/journal?famille=document"))
    told = [line["detail"] for line in journal["items"] if line["type"] == "DocumentClasse"]
    assert told == ["«\u00a0Extrait Kbis\u00a0»\u00a0: retiré", "«\u00a0Extrait Kbis\u00a0»\u00a0: ajouté"]
    async with session_scope() as session:
        changed = select(Audit).where(Audit.action == "ged.changer").order_by(col(Audit.seq))
        rows = (await session.exec(changed)).all()
    assert [row.detail["quoi"] for row in rows] == ["ajouté", "retiré"]


def test_a_signature_does_not_say_what_a_document_is() -> None:
    """GED-15: a contract of employment is not offered for a mandate because both are signed."""
    assert not alike("Mandat signé", "Contrat de travail signé")
    assert alike("Contrat signé", "Contrat de travail signé")


async def test_a_document_already_there_serves_for_a_piece(cabinet: Cabinet) -> None:
    """GED-15: offered when its name says so, checked like any other; never one of the vault nor of the firm."""
    id_ = await cabinet.dossier()
    root = f"/api/demarches/{id_}/pieces"
    await ok(cabinet.staff.post(root, json={"titre": "Extrait Kbis", "de": "manager"}, headers=key()))
    piece = next(p["id"] for p in (await cabinet.view(id_))["pieces"] if p["titre"] == "Extrait Kbis")
    mine = Ged(cabinet, cabinet.client)
    await mine.add("Statuts signés", png())
    await mine.add("KBIS avril 2026", png("red"))
    await Ged(cabinet, cabinet.staff).add("Kbis annoté", png("blue"), acces="cabinet")
    found = (await ok(cabinet.client.get(f"{root}/{piece}/disponibles")))["items"]
    assert [(each["nom"], each["correspond"]) for each in found] == [
        ("KBIS avril 2026", True),
        ("Statuts signés", False),
    ]
    files = {"fichiers": [file["id"] for file in found[0]["fichiers"]]}
    unknown = await cabinet.client.post(
        f"{root}/{piece}/reprise", json={"fichiers": [str(uuid.uuid4())]}, headers=key()
    )
    assert unknown.status_code == 404
    headers = key()
    for _ in range(2):
        await ok(cabinet.client.post(f"{root}/{piece}/reprise", json=files, headers=headers))
    (seen,) = [p for p in (await cabinet.view(id_))["pieces"] if p["id"] == piece]
    assert seen["statut"] == "attente_validation" and len(seen["versions"]) == 1
    (given,) = seen["versions"][0]["files"]
    read = await cabinet.staff.get(f"/api/fichiers/{given['id']}")
    assert read.status_code == 200 and read.content == png("red")

    # Once validated here, it is offered to the client's other démarches, by the name of the pièce.
    await ok(cabinet.staff.post(f"{root}/{piece}/validation", json={}, headers=key()))
    other = f"/api/demarches/{await cabinet.dossier()}/pieces"
    await ok(cabinet.staff.post(other, json={"titre": "Kbis", "de": "manager"}, headers=key()))
    second = (await ok(cabinet.client.get(f"/api/demarches/{other.split('/')[3]}")))["pieces"]
    again = next(p["id"] for p in second if p["titre"] == "Kbis")
    offered = (await ok(cabinet.client.get(f"{other}/{again}/disponibles")))["items"]
    assert [each["nom"] for each in offered if each["correspond"]] == ["Extrait Kbis", "KBIS avril 2026"]
    employee = await cabinet.participant(id_)
    assert (await employee.get(f"{root}/{piece}/disponibles")).status_code == 403


def _asks(modele: str, titre: str, validite: str) -> Json:
    """A modèle that asks the client for one document of a kind, then for an answer of the firm."""
    piece = {
        "cle": "domicile",
        "titre": titre,
        "de": "manager",
        "type": "justificatif_domicile",
        "validite": validite,
    }
    return essai(
        modele=modele,
        etapes=[
            {"cle": "pieces", "titre": "Pièces", "pieces": [piece]},
            {"cle": "fin", "titre": "Fin", "terminee": "manuelle"},
        ],
    )


async def _open(cabinet: Cabinet, modele: str) -> str:
    body = {"modele": modele, "tiers_id": str(cabinet.tiers.id), "phase": "dossier"}
    return str((await ok(cabinet.staff.post("/api/demarches", json=body, headers=key())))["id"])


async def _given(browser: Browser, demarche_id: str) -> list[Json]:
    return list((await ok(browser.get(f"/api/demarches/{demarche_id}/deja-donnees")))["items"])


async def test_a_document_given_once_serves_for_its_kind_while_it_holds(cabinet: Cabinet) -> None:
    """GED-15: validated for a kind, offered for each pièce of that kind; once too old, said so and asked again."""
    first, second = (f"essai_{uuid.uuid4().hex[:8]}" for _ in range(2))
    async with session_scope() as session:
        await publish(session, first, _asks(first, "Quittance de loyer", "12mois"))
        await publish(session, second, _asks(second, "Justificatif de domicile", "3mois"))
    id_ = await _open(cabinet, first)
    root = f"/api/demarches/{id_}/pieces/domicile"
    other = await _open(cabinet, second)
    again = f"/api/demarches/{other}/pieces/domicile"
    await ok(cabinet.client.post(f"{root}/depots", files=[("fichiers", png())], headers=key()))
    assert await _given(cabinet.client, other) == [], "nothing serves before the firm validated it"
    await ok(cabinet.staff.post(f"{root}/validation", json={}, headers=key()))

    [one] = await _given(cabinet.client, other)
    assert (one["piece"], one["titre"], one["perime"]) == ("domicile", "Quittance de loyer", False)
    validated, until = (datetime.fromisoformat(one[name]) for name in ("valide_le", "valable_jusqu_au"))
    assert timedelta(days=88) < until - validated < timedelta(days=94), "the shorter of the two"
    assert await _given(cabinet.staff, other) == [one], "the adviser reads both démarches"
    colleague, elsewhere = await cabinet.people.staff(Role.CONSEILLER, nom="Petit", prenom="Anne")
    joins = {"libelle": "Expert fiscal"}
    await ok(cabinet.staff.put(f"/api/demarches/{other}/renforts/{colleague.id}", json=joins, headers=key()))
    assert await _given(elsewhere, other) == [], "this one reads the second only"
    assert (await ok(elsewhere.get(f"{again}/disponibles")))["items"] == []
    taken = {"fichiers": [file["id"] for file in one["fichiers"]]}

    async with session_scope() as session:
        await session.exec(update(PieceFournie).values(validated_at=now() - timedelta(days=100)))
    [old] = await _given(cabinet.client, other)
    assert old["perime"] and datetime.fromisoformat(old["valable_jusqu_au"]) < now()
    refused = await cabinet.client.post(f"{again}/reprise", json=taken, headers=key())
    assert refused.status_code == 404, "too old, it is not taken"

    recent = now() - timedelta(days=80)
    async with session_scope() as session:
        await session.exec(update(PieceFournie).values(validated_at=recent))
    await ok(cabinet.client.post(f"{again}/reprise", json=taken, headers=key()))
    assert await _given(cabinet.client, other) == []
    await ok(cabinet.staff.post(f"{again}/validation", json={}, headers=key()))
    [same] = await _given(cabinet.client, await _open(cabinet, second))
    assert datetime.fromisoformat(same["valide_le"]) == recent, "given again, it is no younger"


async def test_what_is_offered_is_read_in_as_many_queries_however_much_there_is(cabinet: Cabinet) -> None:
    """GED-15: the client's documents and their other démarches are read together, never one by one."""
    kind = f"essai_{uuid.uuid4().hex[:8]}"
    async with session_scope() as session:
        await publish(session, kind, _asks(kind, "Justificatif de domicile", "12mois"))
    asked = await _open(cabinet, kind)
    mine = Ged(cabinet, cabinet.client)

    async def more(n: int) -> None:
        for rank in range(n):
            id_ = await _open(cabinet, kind)
            root = f"/api/demarches/{id_}/pieces/domicile"
            await ok(cabinet.client.post(f"{root}/depots", files=[("fichiers", png())], headers=key()))
            await ok(cabinet.staff.post(f"{root}/validation", json={}, headers=key()))
            await mine.add(f"Quittance {id_} {rank}")

    async def reads(browser: Browser, path: str) -> tuple[int, int]:
        """How many things are answered, in how many queries."""
        with statements() as read:
            found = await ok(browser.get(f"/api/demarches/{asked}/{path}"))
        return len(found["items"]), len(read)

    asks = [
        (browser, path)
        for browser in (cabinet.client, cabinet.staff)
        for path in ("pieces/domicile/disponibles", "deja-donnees")
    ]
    await more(1)
    # Once to have it in the caches: sessions, programs, keys.
    few = [(await reads(*each), await reads(*each))[1] for each in asks]
    await more(4)
    many = [await reads(*each) for each in asks]
    assert [found for found, _ in many] != [found for found, _ in few]
    assert [queries for _, queries in many] == [queries for _, queries in few]
    assert max(queries for _, queries in many) <= 20
