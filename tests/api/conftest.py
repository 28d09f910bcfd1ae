"""A firm with the embauche published, and a real worker beside the API."""

import asyncio
import os
import socket
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from io import BytesIO
from typing import Any

import httpx
import pytest
import pytest_asyncio
from aiosmtpd.controller import Controller
from PIL import Image
from sqlalchemy import event
from sqlmodel import col, select
from temporalio.client import Client
from temporalio.service import RPCError

from activities.publication import ROOT, check
from rules.delais import ajouter_jours_ouvres
from store.codec import data_converter, workflow_id
from store.connexion import Lien
from store.crypto import Keyring, MasterKeys
from store.demarche import Demarche, Effet
from store.links import link_secret, token_of
from store.modele import publish
from store.session import engine, session_scope
from store.settings import settings
from store.tiers import Tiers
from store.utilisateur import Role, Utilisateur
from tests.conftest import Database
from tests.people import Browser, People
from workflows.engine.bundle import contents, from_folder
from workflows.engine.program import PARIS
from workflows.worker import make_worker

Json = Any


@pytest.fixture(scope="session")
def embauche() -> dict[str, Any]:
    """The embauche as it is published, checked once for the whole run."""
    resolved = from_folder(ROOT, ROOT / "process_templates" / "embauche.yaml")
    check(resolved)
    return contents(resolved.bundle)


class Letters:
    """Mails that arrived, as the SMTP server received them."""

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.received.append(message_from_bytes(envelope.content, EmailMessage, policy=default))
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.received if address in str(mail["to"])]


@pytest.fixture(scope="session")
def letter_box(worker_database: Database) -> Iterator[Letters]:
    """An SMTP server of this run, to which the settings point."""
    letters = Letters()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(letters, hostname="127.0.0.1", port=port)
    controller.start()
    os.environ["ELASKA_SMTP_PORT"] = str(port)
    settings.cache_clear()
    yield letters
    controller.stop()


@pytest.fixture
def letters(letter_box: Letters) -> Letters:
    """An empty letter box."""
    letter_box.received.clear()
    return letter_box


@pytest_asyncio.fixture(loop_scope="session")
async def worker(database: Database, letters: Letters, temporal_address: str) -> AsyncIterator[Client]:
    """A worker of this test's démarches; what still runs at its end is terminated."""
    keyring = Keyring(MasterKeys.from_settings(settings()))
    client = await Client.connect(temporal_address, data_converter=data_converter(keyring))
    async with make_worker(client, keyring):
        yield client
        async with session_scope() as session:
            rows = (await session.exec(select(Demarche.client_id, Demarche.id))).all()
        for client_id, demarche_id in rows:
            with suppress(RPCError):
                await client.get_workflow_handle(workflow_id(client_id, demarche_id)).terminate("fin du test")


@contextmanager
def statements() -> Iterator[list[str]]:
    """What SQLAlchemy sends to PostgreSQL within the block, in order."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(engine().sync_engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine().sync_engine, "before_cursor_execute", note)


def key() -> dict[str, str]:
    """Headers of a command of its own."""
    return {"Idempotency-Key": str(uuid.uuid4())}


def named(titre: str) -> str:
    """Whose hiring a title tells, as French elides."""
    return titre.removeprefix("Embauche de ").removeprefix("Embauche d'")


def declaration(**changed: Any) -> dict[str, Any]:
    """A valid « Déclaration de l'embauche », a CDI three weeks from now; a None takes a field away."""
    values: dict[str, Any] = {
        "prenom": "Zoé",
        "nom_usage": "Martin",
        "genre": "femme",
        "date_naissance": "1994-05-17",
        "email_personnel": "zoe.martin@exemple.fr",
        "intitule_poste": "Menuisière",
        "adresse_professionnelle": "4 rue des Lilas, 69003 Lyon",
        "nature_contrat": "cdi",
        "categorie": "employe",
        "date_entree": ajouter_jours_ouvres(datetime.now(PARIS).date() + timedelta(days=21), 1).isoformat(),
        "heure_entree": "08:30",
        "temps_travail": "temps_plein",
        "salaire_brut_mensuel": 210000,
    }
    return {name: value for name, value in (values | changed).items() if value is not None}


def salarie(**changed: Any) -> dict[str, Any]:
    """A valid « Informations personnelles » of the same person."""
    return {
        "prenom": "Zoé",
        "nom_naissance": "Martin",
        "nom_usage": "Martin",
        "genre": "femme",
        "date_naissance": "1994-05-17",
        "lieu_naissance": "Lyon",
        "pays_naissance": "France",
        "nationalite": "Française",
        "nir": nir("294056938401"),
        "email_personnel": "zoe.martin@exemple.fr",
        "telephone_portable": "06 12 34 56 78",
        "adresse_personnelle": "12 rue de la Paix, 69003 Lyon",
        "titulaire_compte": "Zoé Martin",
        "iban": "FR7630006000011234567890189",
    } | changed


def nir(first: str) -> str:
    """A NIR of 15 characters, its key included, from its 12 or 13 first ones."""
    body = first.ljust(13, "1")
    return f"{body}{97 - int(body) % 97:02d}"


def png(colour: str = "white", side: int = 64) -> bytes:
    """A real image."""
    made = BytesIO()
    Image.new("RGB", (side, side), colour).save(made, "PNG")
    return made.getvalue()


@dataclass
class Cabinet:
    """A small firm: its people, a client company, and shortcuts to play a story."""

    people: People
    tiers: Tiers
    conseiller: Utilisateur
    staff: Browser
    manager: Utilisateur
    client: Browser
    browsers: dict[str, Browser] = field(default_factory=dict)

    async def open(self, browser: Browser | None = None, **changed: Any) -> Json:
        """Ask for an embauche from the portal; the answer's body."""
        answer = await (browser or self.client).post(
            "/api/demarches", json=self.opening(**changed), headers=key()
        )
        assert answer.status_code == 201, answer.text
        return answer.json()

    def opening(self, donnees: dict[str, Any] | None = None, **changed: Any) -> Json:
        return {
            "modele": "embauche",
            "tiers_id": str(self.tiers.id),
            "donnees": {"declaration": donnees or declaration()},
        } | changed

    async def dossier(self, **changed: Any) -> str:
        """An embauche already accepted: its id."""
        opened = await self.open(**changed)
        await ok(self.staff.post(f"/api/demarches/{opened['id']}/validation", json={}, headers=key()))
        return str(opened["id"])

    async def participant(self, demarche_id: str) -> Browser:
        """The future employee, come by the link that was sent."""
        async with session_scope() as session:
            query = select(Lien).where(Lien.demarche_id == uuid.UUID(demarche_id), Lien.revoked_at == None)  # noqa: E711
            lien = (await session.exec(query)).one()
            secret = link_secret(await self.people.services.keyring.cabinet(session))
        browser = self.people.browser()
        answer = await browser.post(f"/api/liens/{token_of(secret, str(lien.id))}")
        assert answer.status_code == 200, answer.text
        browser.headers["X-CSRF-Token"] = answer.json()["csrf"]
        return browser

    async def view(self, demarche_id: str, browser: Browser | None = None) -> Json:
        answer = await (browser or self.staff).get(f"/api/demarches/{demarche_id}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def quiet(self, demarche_id: str) -> None:
        """Wait until no mail and no document is under way."""
        busy = select(Effet.id).where(
            Effet.demarche_id == uuid.UUID(demarche_id), col(Effet.etat).in_(("en_attente", "en_cours"))
        )
        async with asyncio.timeout(60):
            while True:
                async with session_scope() as session:
                    if not (await session.exec(busy)).all():
                        break
                await asyncio.sleep(0.05)
        # Their outcome is one more command.
        await asyncio.sleep(0.5)

    async def until(
        self, demarche_id: str, condition: Callable[[Json], Any], *, timeout_s: float = 60
    ) -> Json:
        """The view once `condition` holds of it: effects and timers take a moment."""
        async with asyncio.timeout(timeout_s):
            while not condition(seen := await self.view(demarche_id)):
                await asyncio.sleep(0.05)
        return seen


async def ok(call: Any) -> Json:
    """The body of an answer which must be a success."""
    answer: httpx.Response = await call
    assert answer.status_code in (200, 201), f"{answer.status_code} {answer.text}"
    return answer.json()


@pytest_asyncio.fixture(loop_scope="session")
async def cabinet(people: People, worker: Client, embauche: dict[str, Any]) -> Cabinet:
    """The firm, with the embauche published as version 1."""
    async with session_scope() as session:
        await publish(session, "embauche", embauche)
    conseiller, staff = await people.staff(Role.CONSEILLER, nom="Lefèvre", prenom="Julien")
    tiers = await people.tiers("Menuiserie Bellanger", conseiller_id=conseiller.id)
    manager, client = await people.client(tiers, nom="Bellanger", prenom="Nicole")
    return Cabinet(people, tiers, conseiller, staff, manager, client)
