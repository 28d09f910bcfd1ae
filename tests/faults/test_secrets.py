"""SEC-05: secrets planted everywhere a person can write are found in no file of PostgreSQL, Temporal, or the store."""

from __future__ import annotations

import asyncio
import io
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pikepdf
import psycopg
import pytest

from cli.services.postgres import DATABASE, ROLE
from store.demarche import Effet
from store.files import FileStore
from store.session import session_scope
from store.settings import settings
from tests.engine.parcours import DECLARATION, SALARIE
from tests.faults.conftest import Usine

pytestmark = [pytest.mark.pannes, pytest.mark.timeout(120)]

NIR, IBAN = "295106912345666", "FR7630006000011234567890189"
PHRASE = "Confidentiel-Mirabelle-4812"
HIDDEN = "octets-secrets-Quetsche-77"


def pdf() -> bytes:
    """A real file that says the secret."""
    made, output = pikepdf.new(), io.BytesIO()
    made.add_blank_page()
    made.docinfo["/Title"] = HIDDEN
    made.save(output)
    assert HIDDEN.encode() in output.getvalue()
    return output.getvalue()


async def test_planted_secrets_are_nowhere_in_clear(usine: Usine) -> None:
    bureau, stack = usine.bureau, usine.stack
    bureau.sha = usine.shas["embauche"]
    demarche_id = uuid.uuid4()
    entree = (datetime.now(UTC) + timedelta(days=40)).date()
    declaration = DECLARATION | {"nir": NIR, "date_entree": entree.isoformat()}

    async def send(type: str, par: str = "conseiller", **fields: object) -> None:
        seq = await bureau.seq(demarche_id)
        command = bureau.command(type, par, **fields)
        await usine.demarches.send(bureau.client_id, demarche_id, bureau.sha, seq, command)

    opening = bureau.opening("demande", "manager", donnees={"declaration": declaration})
    await usine.demarches.open(bureau.client_id, demarche_id, bureau.sha, opening)
    await send("RequestInformation", message=f"Précisez : {PHRASE}")
    await send("ValidateDemande")
    await send(
        "SubmitForm", "futur_salarie", formulaire="salarie", donnees=SALARIE | {"nir": NIR, "iban": IBAN}
    )
    await send("RequestAction", nature="commentaire", message=PHRASE, a="manager")
    await send("AddTache", titre="Relire", description=PHRASE)
    async with session_scope() as session:
        cipher = await bureau.keyring.load(session, bureau.client_id)
    await FileStore.from_settings(settings()).put_bytes(cipher, pdf(), nom="note.pdf")
    await send("GenerateDocument", document="contrat")

    async def quiet() -> bool:
        return all(row["etat"] == "fait" for row in await bureau.rows(Effet, demarche_id))

    async with asyncio.timeout(60):
        while not await quiet():
            await asyncio.sleep(0.2)
    mails = await usine.mails()
    assert any(PHRASE in mail["text"] for mail in mails), "the secret did leave in a mail"

    with psycopg.connect(
        host=str(stack.postgres.socket_folder), user=ROLE, dbname=DATABASE, autocommit=True
    ) as admin:
        admin.execute("CHECKPOINT")
    secrets = [text.encode() for text in (NIR, IBAN, PHRASE, HIDDEN)]
    places = {
        "PostgreSQL": stack.postgres.data,
        "Temporal": stack.folder / "temporal",
        "fichiers": stack.folder / "fichiers",
        "journaux": stack.logs,
    }
    for name, folder in places.items():
        sizes = 0
        for file, content in contents(folder):
            sizes += len(content)
            for secret in secrets:
                assert secret not in content, f"{secret!r} in {name}: {file.name}"
                assert secret.decode().encode("utf-16-le") not in content
        assert sizes > 1000, f"{name} was looked at"


def contents(folder: Path) -> Iterator[tuple[Path, bytes]]:
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            yield file, file.read_bytes()
