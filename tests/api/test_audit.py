"""The access log is complete, tells from where, and is read by those who supervise (SEC-17, SEC-18)."""

import asyncio
import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import select

from api import traces
from api.access import Action
from api.commands import AUDITED
from api.routes.audit import LIBELLES, RAISONS, TENTATIVES
from cli.paths import ROOT
from store import paiement
from store.appareil import Appareil
from store.base import now
from store.crypto import place
from store.demarche import Commande
from store.file_refusals import DANGERS
from store.paiement import Paiement
from store.session import session_scope
from store.utilisateur import Role
from tests.api.conftest import Cabinet, Json, key, ok
from tests.api.test_ged import Ged
from tests.conftest import Database
from tests.people import Browser

WRITTEN = re.compile(
    r"(?:audit\.append|traces\.once|\bRefusal)\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*?action=([^,)]+)[,)]"
    r'|(?:_trace\(session, .+?, ip|traces\.refused\(\s*request, actor\.key), "([a-z_.]+)"',
    re.S,
)


async def lines(browser: Browser, **filters: str) -> list[Json]:
    page = await ok(browser.get("/api/audit", params={"limite": "200"} | filters))
    return list(page["items"])


async def test_the_life_of_a_dossier_and_its_rights_are_logged_with_their_address(cabinet: Cabinet) -> None:
    boss_user, boss = await cabinet.people.staff(Role.RESPONSABLE)
    other, _ = await cabinet.people.staff(Role.CONSEILLER)
    id_ = await cabinet.dossier()
    root = f"/api/demarches/{id_}"
    await ok(cabinet.staff.post(f"{root}/suspension", json={"motif": "Congés."}, headers=key()))
    await ok(cabinet.staff.post(f"{root}/reprise", json={}, headers=key()))
    body = {"user_id": str(other.id)}
    await ok(cabinet.staff.put(f"{root}/equipe/conseiller", json=body, headers=key()))
    cancelled = key()
    for _ in range(2):
        await ok(boss.post(f"{root}/annulation", json={"motif": "Désistement."}, headers=cancelled))
    await ok(boss.post(f"{root}/commentaires", json={"texte": "Vu."}, headers=key()))
    found = [line for line in await lines(boss, objet=id_) if line["famille"] != "lectures"]
    assert [line["action"] for line in reversed(found)] == [
        "demarche.ouvrir",
        "demarche.valider",
        "demarche.suspendre",
        "demarche.reprendre",
        "demarche.confier",
        "demarche.annuler",
    ]
    assert all(line["ip"] and line["client_nom"] == cabinet.tiers.nom for line in found)
    assert found[-1]["acteur"] == cabinet.manager.nom_complet
    assert "Réf.\u00a0: EMB-" in found[0]["detail"]

    # The screen of the access log shows where everything else done there came from (SEC-18).
    actions = await ok(boss.get(f"/api/audit/demarches/{id_}", params={"limite": 100}))
    by_people = [line for line in actions["items"] if line["ip"]]
    assert {line["acteur"] for line in by_people} >= {boss_user.nom_complet, cabinet.manager.nom_complet}
    assert "Commentaire" in {line["titre"] for line in by_people}
    page = await ok(boss.get(f"/api/audit/demarches/{id_}", params={"limite": 2}))
    assert page["items"] == actions["items"][:2] and page["suivant"] == page["items"][1]["id"]

    # What is not in the access log is in the démarche's own journal, whose commands keep the address too.
    async with session_scope() as session:
        rows = (await session.exec(select(Commande).where(Commande.demarche_id == uuid.UUID(id_)))).all()
        cipher = await cabinet.people.services.keyring.load(session, cabinet.tiers.id)
    told = [cipher.decrypt_text(row.contenu, place("commande", "contenu", f"{id_}/{row.id}")) for row in rows]
    assert all('"ip":"' in text for text in told if '"kind":"system"' not in text)


async def test_a_sheet_read_again_and_again_is_told_once(cabinet: Cabinet) -> None:
    """SEC-17: one row per person and sheet within the window, whichever process they ask."""
    _, boss = await cabinet.people.staff(Role.RESPONSABLE)
    id_ = await cabinet.dossier()
    for _ in range(3):
        await ok(boss.get(f"/api/demarches/{id_}"))
        await ok(boss.get(f"/api/tiers/{cabinet.tiers.id}"))
    # Another process does not know what this one has told.
    traces._told.clear()
    await asyncio.gather(*(ok(boss.get(f"/api/demarches/{id_}")) for _ in range(4)))
    await ok(cabinet.client.get(f"/api/demarches/{id_}"))
    read = [line for line in await lines(boss, famille="lectures", objet=id_) if line["ip"]]
    assert len(read) == len({line["acteur_id"] for line in read})
    assert {line["libelle"] for line in read} == {"Fiche d'une démarche lue"}
    assert {cabinet.manager.nom_complet} <= {line["acteur"] for line in read}
    sheet = await lines(boss, famille="lectures", objet=str(cabinet.tiers.id))
    assert [(line["libelle"], line["client_nom"]) for line in sheet] == [
        ("Fiche d'un client lue", cabinet.tiers.nom)
    ]
    # Who may not see it leaves no trace of reading.
    _, stranger = await cabinet.people.staff(Role.CONSEILLER)
    assert (await stranger.get(f"/api/demarches/{id_}")).status_code == 404
    assert len(await lines(boss, famille="lectures", objet=id_)) == len(read)


async def test_filters_pages_and_the_chain(cabinet: Cabinet, database: Database) -> None:
    _, boss = await cabinet.people.staff(Role.ADMIN)
    await cabinet.dossier()
    today = datetime.now(UTC).date()
    assert await lines(boss, famille="dossiers", du=str(today - timedelta(days=1)))
    assert await lines(boss, famille="dossiers", au=str(today - timedelta(days=2))) == []
    mine = await lines(boss, acteur=str(cabinet.conseiller.id))
    assert {line["acteur"] for line in mine} == {cabinet.conseiller.nom_complet}
    first = await ok(boss.get("/api/audit", params={"limite": 1}))
    second = await ok(boss.get("/api/audit", params={"limite": 1, "avant": first["suivant"]}))
    assert second["items"][0]["seq"] < first["items"][0]["seq"]
    assert await ok(boss.get("/api/audit/chaine")) == {"intacte": True, "rupture": None}
    altered = first["items"][0]["seq"]
    with database.connection.transaction():
        database.connection.execute("ALTER TABLE audit DISABLE TRIGGER audit_append_only")
        database.connection.execute("UPDATE audit SET acteur = 'personne' WHERE seq = %s", [altered])
        database.connection.execute("ALTER TABLE audit ENABLE TRIGGER audit_append_only")
    assert await ok(boss.get("/api/audit/chaine")) == {"intacte": False, "rupture": altered}


async def test_what_is_refused_is_logged(cabinet: Cabinet) -> None:
    """Each refusal leaves a line that its rollback does not take away, and nothing of what was written (SEC-17)."""
    _, boss = await cabinet.people.staff(Role.ADMIN)
    id_ = await cabinet.dossier()
    neighbour = await cabinet.people.tiers("Voisine")
    _, curious = await cabinet.people.client(neighbour, nom="Curieuse")
    for _ in range(3):
        assert (await curious.get(f"/api/demarches/{id_}")).status_code == 404
    assert (await curious.get(f"/api/tiers/{cabinet.tiers.id}")).status_code == 404
    found = await lines(boss, famille="refus")
    assert [(line["libelle"], line["objet_type"], line["objet_id"]) for line in found] == [
        ("Accès refusé", "tiers", str(cabinet.tiers.id)),
        ("Accès refusé", "demarche", id_),
    ], "told once for the three"
    assert {line["client_nom"] for line in found} == {cabinet.tiers.nom}
    assert all("Curieuse" in line["acteur"] and line["ip"] for line in found)
    assert found[1]["detail"] == "Raison\u00a0: hors de son accès, Quoi\u00a0: Lire une démarche"

    wrong = {
        "version": 0,
        "format": "html",
        "sujet": "Bonjour",
        "corps": "<p>{{ secret_mal_nomme }}<div></p>",
    }
    answer = await boss.put("/api/parametres/courriels/relance_pieces", json=wrong, headers=key())
    assert answer.status_code == 422
    url = "https://moi:motdepasse@127.0.0.1/crochet?cle=secret"
    answer = await boss.put("/api/parametres/plateforme", json={"actif": True, "url": url}, headers=key())
    assert answer.status_code == 422, answer.text
    private, mail = (await lines(boss, famille="refus"))[:2]
    assert (private["libelle"], private["detail"]) == (
        "Adresse d'envoi des emails refusée",
        "Hôte\u00a0: 127.0.0.1",
    )
    assert (mail["libelle"], mail["objet_id"]) == ("Modèle d'email refusé", "relance_pieces")
    assert "corps" in mail["detail"] and "secret" not in mail["detail"]


async def test_a_link_refused_is_logged(cabinet: Cabinet) -> None:
    """Used twice, expired, revoked, unknown: which link, why and from where; never the link itself."""
    _, boss = await cabinet.people.staff(Role.ADMIN)
    tokens: dict[str, str] = {}
    changes: dict[str, dict[str, Any]] = {
        "lien_utilise": {"used_at": now()},
        "lien_expire": {"expires_at": now() - timedelta(seconds=1)},
        "lien_revoque": {"revoked_at": now()},
    }
    for code, changed in changes.items():
        _, tokens[code] = await cabinet.people.lien(cabinet.tiers, **changed)
    for token in [*tokens.values(), "inconnu", "inconnu aussi"]:
        assert (await cabinet.people.browser().post(f"/api/liens/{token}")).status_code in (404, 410)
    found = await lines(boss, famille="refus")
    assert [line["detail"] for line in reversed(found)] == [
        *(f"Raison\u00a0: {RAISONS[code]}" for code in tokens),
        "Raison\u00a0: lien inconnu",
    ]
    assert {line["libelle"] for line in found} == {"Lien d'un participant refusé"}
    assert not any(token in str(found) for token in tokens.values())


async def test_a_payment_link_refused_is_logged(cabinet: Cabinet) -> None:
    """Replaced or unknown: the page of a debtor is refused, and told like the link of a participant (SEC-26)."""
    _, boss = await cabinet.people.staff(Role.ADMIN)
    demarche_id = uuid.UUID(await cabinet.dossier())
    keyring = cabinet.people.services.keyring
    async with session_scope() as session:
        replaced = await paiement.link_of(session, keyring, demarche_id, cabinet.tiers.id)
        await paiement.revoke_links(session, demarche_id)
        mine = await paiement.link_of(session, keyring, demarche_id, cabinet.tiers.id)
        other = await paiement.link_of(session, keyring, uuid.uuid4(), cabinet.tiers.id)
        lien = await paiement.find_link(session, other)
        assert lien is not None
        begun = Paiement(demarche_id=lien.demarche_id, client_id=lien.client_id, lien_id=lien.id, montant=100)
        session.add(begun)
    stranger = cabinet.people.browser()
    for _ in range(2):
        assert (await stranger.get(f"/api/payer/{replaced}")).status_code == 410
    assert (await stranger.post(f"/api/payer/{replaced}", json={"montant": 100})).status_code == 410
    assert (await stranger.get("/api/payer/jamais-donne-a-personne")).status_code == 404
    answer = await stranger.get(f"/api/payer/{mine}/paiements/{begun.id}")
    assert (answer.status_code, answer.json()["code"]) == (404, "introuvable")
    found = await lines(boss, famille="refus")
    assert [(line["libelle"], line["acteur"], line["detail"]) for line in reversed(found)] == [
        ("Lien de paiement refusé", "Débiteur", "Raison\u00a0: lien remplacé ou retiré"),
        ("Lien de paiement refusé", "Inconnu", "Raison\u00a0: lien inconnu"),
        ("Accès refusé", "Débiteur", "Raison\u00a0: hors de son accès"),
    ], "told once for the three"
    assert (found[2]["objet_id"], found[2]["client_nom"]) == (str(demarche_id), cabinet.tiers.nom)
    assert all(line["ip"] for line in found)
    assert not any(token in str(found) for token in (replaced, mine, other))


async def test_the_id_of_another_is_refused_and_logged_whatever_it_is_of(cabinet: Cabinet) -> None:
    """A client who guesses: the answer is that of what does not exist, and the log says who tried what (SEC-17)."""
    _, boss = await cabinet.people.staff(Role.ADMIN)
    neighbour = await cabinet.people.tiers("Voisine")
    _, curious = await cabinet.people.client(neighbour, nom="Curieuse")
    id_ = await cabinet.dossier()
    ours, theirs = Ged(cabinet, cabinet.staff), f"/api/tiers/{neighbour.id}/ged"
    folder = (await ours.post("/dossiers", 201, nom="Fiscal"))["id"]
    document = await ours.add("Bilan")
    shown = await ok(cabinet.staff.get(f"{ours.root}/documents/{document}"))
    fichier = shown["document"]["fichier"]["id"]
    upload = await ours.upload()
    tache = next(iter((await cabinet.view(id_))["taches"]))["id"]
    async with session_scope() as session:
        device = Appareil(
            utilisateur_id=cabinet.conseiller.id, empreinte=b"1", navigateur="Firefox", contenu=b"chiffre"
        )
        session.add(device)
    tried = [
        curious.get(f"/api/demarches/{id_}"),
        curious.get(f"/api/tiers/{cabinet.tiers.id}"),
        curious.get("/api/catalogue", params={"tiers": str(cabinet.tiers.id)}),
        curious.get("/api/brouillons/embauche", params={"tiers": str(cabinet.tiers.id)}),
        curious.get(f"/api/fichiers/{fichier}"),
        curious.get(f"{ours.root}/documents/{document}"),
        curious.get(f"{theirs}/documents/{document}"),
        curious.delete(f"/api/moi/appareils/{device.id}"),
        curious.head(f"/api/televersements/{upload}", headers={"Tus-Resumable": "1.0.0"}),
        curious.post(f"/api/demarches/{id_}/taches/{tache}/fin", json={}, headers=key()),
    ]
    for call in tried:
        answer = await call
        assert answer.status_code == 404, (str(answer.url), answer.text)
    # Named in what is sent, rather than in the address.
    body = {"nom": "Copie", "televersement": upload}
    answer = await curious.post(f"{theirs}/documents", json=body, headers=key())
    assert (answer.status_code, answer.json()["code"]) == (409, "televersement_inconnu")
    _, keeper = await cabinet.people.staff(Role.ADMIN)
    moved = {"parent_id": folder}
    made = await ok(keeper.post(f"{theirs}/dossiers", json={"nom": "Social"}, headers=key()))
    answer = await keeper.patch(f"{theirs}/dossiers/{made['id']}", json=moved, headers=key())
    assert answer.status_code == 404
    found = await lines(boss, famille="refus")
    assert {line["libelle"] for line in found} == {"Accès refusé"}
    assert {(line["objet_type"], line["objet_id"]) for line in found} == {
        ("demarche", id_),
        ("tiers", str(cabinet.tiers.id)),
        ("document", document),
        ("dossier", folder),
        ("appareil", str(device.id)),
        ("televersement", upload),
    }


async def test_a_participant_who_asks_for_the_items_of_others(cabinet: Cabinet) -> None:
    """They do not learn that these exist, and the attempt is told."""
    _, boss = await cabinet.people.staff(Role.ADMIN)
    id_ = await cabinet.dossier()
    guest = await cabinet.participant(id_)
    answers = [
        await guest.get(f"/api/demarches/{id_}/formulaires/{nom}")
        for nom in ("declaration", "jamais_demande")
    ]
    assert answers[0].json() == answers[1].json()
    assert answers[0].status_code == 404
    found = await lines(boss, famille="refus")
    assert [(line["acteur"], line["objet_id"], line["detail"]) for line in found] == [
        ("Participant", id_, "Raison\u00a0: hors de son accès, Quoi\u00a0: Remplir un formulaire")
    ]


def test_every_action_logged_has_its_words() -> None:
    written: set[str] = set(AUDITED.values())
    for folder in ("api", "cli"):
        for path in (ROOT / folder).rglob("*.py"):
            for given, traced in WRITTEN.findall(path.read_text(encoding="utf-8")):
                written |= set(re.findall(r'"([a-z_]+(?:\.[a-z_]+)?)"', given)) | (
                    {traced} if traced else set()
                )
                if given.startswith("Action."):
                    written.add(str(Action[given.removeprefix("Action.").strip()]))
    assert len(written) > 20
    assert written <= LIBELLES.keys()


def test_every_action_refused_has_its_words() -> None:
    assert set(TENTATIVES) == set(Action)


def test_every_reason_a_file_is_set_aside_has_its_words() -> None:
    assert not DANGERS - RAISONS.keys()
