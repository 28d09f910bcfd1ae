"""A whole stack of one's own, to be killed at will: PostgreSQL, Temporal, the mail catcher, a worker and an API."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx
import pytest_asyncio
from temporalio.client import Client

from cli.stack import Stack
from demo.acteurs import Acteur, Adresses
from demo.comptes import MOT_DE_PASSE
from store import passwords, totp
from store.codec import data_converter
from store.session import dispose, session_scope
from store.settings import settings
from store.utilisateur import Utilisateur
from tests.bureau import Bureau
from tests.conftest import NO_MODELE, private_folder
from tests.modeles_essai import embauche, essai
from workflows.client import Demarches


@dataclass
class Usine:
    """The stack, a firm in its database, and a way to send commands."""

    stack: Stack
    bureau: Bureau
    demarches: Demarches
    shas: dict[str, str] = field(default_factory=dict)

    async def adviser(self) -> Acteur:
        """The firm's adviser, logged in to the API as a browser would be."""
        seed = totp.new_seed()
        async with session_scope() as session:
            user = await session.get_one(Utilisateur, self.bureau.users["conseiller"])
            user.password_hash = await passwords.hash_password(MOT_DE_PASSE)
            totp.enrol(user, await self.bureau.keyring.cabinet(session), seed, confirmed=True)
            session.add(user)
            email = user.email
        adresses = Adresses(self.stack.base_url, self.stack.mail_url)
        return await asyncio.to_thread(Acteur.connecte, adresses, email, seed)

    async def mails(self) -> list[dict[str, str]]:
        """What the mail catcher received."""
        async with httpx.AsyncClient(trust_env=False) as http:
            answer = await http.get(f"{self.stack.mail_url}/api/courriels", params={"limit": 1000})
            found = answer.raise_for_status().json()
        return list(found if isinstance(found, list) else found["courriels"])


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def usine() -> AsyncIterator[Usine]:
    former = {name: value for name, value in os.environ.items() if name.startswith("ELASKA_")}
    await dispose()
    with private_folder() as folder:
        with Stack(folder, durable=False, demo_clock=True, build_ui=False, extra_env=NO_MODELE) as stack:
            for name in former:
                del os.environ[name]
            os.environ |= {name: value for name, value in stack.env.items() if name.startswith("ELASKA_")}
            settings.cache_clear()
            bureau = Bureau()
            await bureau.set_up()
            client = await Client.connect(
                stack.temporal_address, data_converter=data_converter(bureau.keyring)
            )
            made = Usine(stack, bureau, Demarches(client))
            made.shas = {"embauche": await bureau.publish(embauche()), "essai": await bureau.publish(essai())}
            yield made
            await dispose()
    for name in [name for name in os.environ if name.startswith("ELASKA_")]:
        del os.environ[name]
    os.environ |= former
    settings.cache_clear()
