"""Files kept aside while the antivirus was away: shown to it again every minute, freed or thrown away."""

import uuid
from contextlib import AbstractAsyncContextManager, nullcontext, suppress

from fastapi import FastAPI

from activities.antivirus import Antivirus
from activities.beside import repeating
from api.access import Actor
from api.commands import commander
from api.dossier import load
from api.problems import Problem
from api.reception import INFECTED, analysed, set_aside
from api.services import Services
from store import fichier
from store.fichier import Analyse, Fichier
from store.file_refusals import FileRefused
from store.files import FileMissing
from store.session import session_scope
from store.utilisateur import Role
from workflows.engine import commands as c
from workflows.engine.state import Actor as EngineActor

EVERY_S = 60.0
SYSTEM = EngineActor(kind="system", id="antivirus", name="Antivirus", role="system")


async def scan_waiting(services: Services) -> int:
    """Show to the antivirus what awaits it; how many files it answered for."""
    async with session_scope() as session:
        rows = await fichier.to_scan(session)
    done = 0
    for row in rows:
        async with session_scope() as session:
            cipher = await services.keyring.load(session, row.client_id)
        try:
            analyse = await analysed(services, cipher, row.sha)
        except FileRefused as refusal:
            await _throw_away(services, row, str(refusal))
        except FileMissing:
            await _throw_away(services, row, INFECTED)
        else:
            if analyse == Analyse.EN_ATTENTE:
                # Away still: the others would meet the same answer.
                return done
            async with session_scope() as session:
                await fichier.scanned(session, row, analyse)
        done += 1
    return done


async def _throw_away(services: Services, row: Fichier, why: str) -> None:
    async with session_scope() as session:
        rows = await fichier.scanned(session, row, Analyse.INFECTEE)
        await services.files.delete(row.client_id, row.sha)
    for each in rows:
        await _tell(services, each, why)


async def _tell(services: Services, row: Fichier, why: str) -> None:
    """Write it in the journal, and refuse the pièce that the file was deposited for."""
    if row.demarche_id is None:
        return
    actor = Actor("staff", uuid.UUID(int=0), SYSTEM.name, Role.ADMIN)
    dossier = await load(row.demarche_id, actor, services, f"antivirus/{row.id}")
    nom = fichier.name(row, dossier.cipher)
    holder = next(
        (
            piece
            for piece in (await dossier.state()).pieces.values()
            if piece.to_check and any(file.id == str(row.id) for file in piece.versions[-1].files)
        ),
        None,
    )
    objet = f"piece:{holder.id}" if holder else "fichier"
    await set_aside(
        dossier,
        objet,
        f"«\u00a0{nom}\u00a0»\u00a0: {why}",
        code="fichier_infecte",
        line=f"antivirus/{row.id}",
    )
    if holder is not None:
        with suppress(Problem):
            # Refused by a person meanwhile: nothing more to say.
            await commander(
                dossier,
                c.RefusePiece,
                acting=SYSTEM,
                piece=holder.id,
                motif=f"«\u00a0{nom}\u00a0»\u00a0: {why}",
            )


def quarantine(app: FastAPI) -> AbstractAsyncContextManager[None]:
    """Keep doing it as long as the application lives, where there is an antivirus."""
    services = app.state.services
    if Antivirus.of(services.settings) is None:
        return nullcontext()
    return repeating("files awaiting the antivirus", lambda: scan_waiting(services), every_s=EVERY_S)
