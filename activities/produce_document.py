"""Effect « document »: render a model of the pinned bundle to PDF and keep it, encrypted, in the client's files."""

from __future__ import annotations

import asyncio
import re
import uuid
from typing import Any

from activities.outcome import EffectOutcome, Later
from activities.pdf import ModelError, PdfUnavailableError, render_document
from activities.people import payment_context, people_context
from activities.programs import program_of
from store import fichier
from store.crypto import ClientCipher, Keyring
from store.demarche import Demarche, Effet
from store.files import FileStore
from store.session import session_scope
from store.settings import settings
from workflows.engine.program import Program
from workflows.engine.view.fields import field_titles


async def produce_document(
    keyring: Keyring, cipher: ClientCipher, row: Effet, demarche: Demarche, params: dict[str, Any]
) -> EffectOutcome:
    """Make the document that a row of the ledger asks for; the same row gives the same file id."""
    async with session_scope() as session:
        program = await program_of(session, params.get("modele_sha") or demarche.modele_sha)
        context = {
            **await people_context(session, demarche),
            **await payment_context(session, keyring, demarche),
            **params["context"],
        }
    source = program.bundle.documents[params["model"]]
    try:
        pdf = await asyncio.to_thread(render_document, source, program.bundle.documents, context)
    except ModelError as error:
        return EffectOutcome(
            "failed", lacks(program, error.absente) or str(error), en_clair=error.sans_valeur
        )
    except PdfUnavailableError as error:
        raise Later(str(error)) from error
    # The title of a document made per line holds what people wrote.
    titre = re.sub(r'[\x00-\x1f\x7f/\\:*?"<>|]+', " ", params["titre"]).strip()
    nom = f"{titre} - {demarche.reference}.pdf"
    stored = await FileStore.from_settings(settings()).put_bytes(cipher, pdf, nom=nom)
    file_id = uuid.uuid5(row.id, "fichier")
    async with session_scope() as session:
        await fichier.add(
            session,
            cipher,
            stored,
            id=file_id,
            nom=nom,
            created_by="systeme",
            demarche_id=demarche.id,
            verdict=fichier.Analyse.INTERNE,
        )
    return EffectOutcome(
        "done", file={"id": str(file_id), "nom": nom, "type": stored.type, "taille": stored.size}
    )


def lacks(program: Program, absente: str | None) -> str | None:
    """What the démarche does not hold yet, as its screens name it; None when it is the document that is wrong."""
    if absente is None:
        return None
    modele = program.bundle.modele
    if absente in modele.calculs:
        named = modele.calculs[absente].libelle
    else:
        titles = field_titles(program.bundle.forms).items()
        # Several forms may have a field of that name: unless all call it the same, which one is not known.
        called = {title for field, title in titles if field.endswith(f".{absente}")}
        named = called.pop() if len(called) == 1 else None
    return f"Il manque «\u00a0{named}\u00a0» pour faire ce document." if named else None
