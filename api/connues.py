"""Lines that the client's other démarches already tell, to take over instead of typing them again (CRE-25).

The form of a line says what it takes by `x-reprend`: fields of the lines of a collection (« credits.nom »). Fields kept
inside the firm are the firm's; sensitive ones are taken nowhere.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from api import reprise
from api.dossier import LOOKED_AT, Dossier, opened, reader_of, scope_of
from api.problems import not_found
from store import listes
from store.demarche import Demarche
from store.session import session_scope
from workflows.engine.program import Program
from workflows.engine.state import DemarcheState
from workflows.engine.verifier.reprises import KEY
from workflows.engine.view import Reader, lines_seen
from workflows.engine.view.paths import properties_of, without_internal

Schema = Mapping[str, Any]
Others = Sequence[tuple[Demarche, Program, DemarcheState]]


class LigneConnue(BaseModel):
    """Une ligne que dit déjà un autre dossier du client\u00a0: à vérifier, elle a pu changer depuis."""

    nom: str = Field(examples=["Crédit auto"])
    provenance: str = Field(description="La démarche qui la dit.", examples=["Crédit Durand"])
    le: datetime = Field(description="Quand elle y a été ajoutée.")
    donnees: dict[str, Any] = Field(
        description="Ce qui en est repris, par champ de la ligne.", examples=[{"nom": "Crédit auto"}]
    )


async def known_lines(dossier: Dossier, cle: str) -> list[LigneConnue]:
    """Lines of the client's other démarches that this reader reads and this collection does not have yet, the newest
    démarche first. None for a participant. Raises a Problem (404) for a collection that does not exist.
    """
    program, state, reader = await dossier.program(), await dossier.state(), reader_of(dossier.actor)
    schema = program.bundle.lignes.get(cle)
    if schema is None:
        raise not_found("Cette collection")
    if reader.kind == "client":
        schema = without_internal(schema)
    sources = {source for field in properties_of(schema).values() for source in field.get(KEY) or ()}
    if not sources or reader.kind == "participant":
        return []
    async with session_scope() as session:
        rows = await listes.others_of_client(
            session,
            dossier.row.client_id,
            sources,
            but=dossier.id,
            scope=scope_of(dossier.actor),
            limit=LOOKED_AT,
        )
        others = await opened(session, dossier.services.keyring, rows)
    here = {_identity(schema, ligne.nom, ligne.donnees) for ligne in lines_seen(program, state, reader, cle)}
    return await asyncio.to_thread(_not_yet, schema, others, reader, here)


def _not_yet(schema: Schema, others: Others, reader: Reader, here: set[tuple[str, ...]]) -> list[LigneConnue]:
    found = []
    for row, program, state in others:
        for known in _told(schema, program, state, reader, row.titre):
            identity = _identity(schema, known.nom, known.donnees)
            if identity not in here:
                here.add(identity)
                found.append(known)
    return found


def _told(
    schema: Schema, program: Program, state: DemarcheState, reader: Reader, titre: str
) -> Iterator[LigneConnue]:
    modele = program.modele.modele
    for cle in _collections(schema, modele):
        theirs = properties_of(program.bundle.lignes.get(cle, {}))
        for ligne in lines_seen(program, state, reader, cle):
            shown = {
                name: value
                for name, value in ligne.donnees.items()
                if not theirs.get(name, {}).get("x-sensible")
            }
            taken = reprise.of_demarche(schema, modele, {cle: shown})
            yield LigneConnue(nom=ligne.nom, provenance=titre, le=ligne.added_at, donnees=taken)


def _collections(schema: Schema, modele: str) -> list[str]:
    """Collections of this modèle that the form of a line reads."""
    asked = [(field.get(KEY) or {}).get(modele) for field in properties_of(schema).values()]
    paths = [path for each in asked if isinstance(each, list) for path in each]
    return list(dict.fromkeys(path.partition(".")[0] for path in paths))


def _identity(schema: Schema, nom: str, donnees: Mapping[str, Any]) -> tuple[str, ...]:
    """What tells a line from another whatever its amounts and its dates have become: its name, and its other words."""
    fields = properties_of(schema)
    words = (
        f"{name}={value}".casefold()
        for name, value in sorted(donnees.items())
        if isinstance(value, str) and KEY in fields.get(name, {}) and "format" not in fields[name]
    )
    return (nom.casefold(), *words)
