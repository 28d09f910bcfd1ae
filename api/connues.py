"""Lines that the client's other démarches already tell, to take over instead of typing them again (CRE-25).

The form of a line says what it takes by `x-reprend`: the lines of a collection of another démarche (« credits.nom »),
or the answers to its forms (« pret.banque »). Every line of the first makes one known line, the forms together another.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from api import reprise
from api.dossier import Dossier, opened, reader_of, scope_of
from api.problems import not_found
from store import listes
from store.session import session_scope
from workflows.engine.program import Program
from workflows.engine.state import DemarcheState
from workflows.engine.verifier.reprises import KEY
from workflows.engine.view import Reader, view
from workflows.engine.view.paths import properties_of

LOOKED_AT = 20
"""Other démarches looked into, the last changed first."""


class LigneConnue(BaseModel):
    """Une ligne que dit déjà un autre dossier du client\u00a0: à vérifier, elle est de ce jour-là."""

    nom: str = Field(examples=["Crédit auto"])
    provenance: str = Field(description="La démarche qui la dit.", examples=["Crédit Durand"])
    le: datetime = Field(description="Quand elle y a été écrite.")
    donnees: dict[str, Any] = Field(
        description="Ce qui en est repris, par champ de la ligne.", examples=[{"nom": "Crédit auto"}]
    )


async def known_lines(dossier: Dossier, cle: str) -> list[LigneConnue]:
    """Lines of the client's other démarches that this reader reads and this collection does not have yet, the newest
    démarche first. None for a participant. Raises a Problem (404) for a collection that does not exist.
    """
    schema = (await dossier.program()).bundle.lignes.get(cle)
    if schema is None:
        raise not_found("Cette collection")
    sources = {source for field in properties_of(schema).values() for source in field.get(KEY, ())}
    if not sources or dossier.actor.kind == "participant":
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
    told = [line.donnees for line in (await dossier.state()).collections.get(cle, {}).values()]
    found: list[LigneConnue] = []
    for row, program, state in others:
        for known in _told(schema, program, state, reader_of(dossier.actor), row.titre):
            if not any(known.donnees.items() <= line.items() for line in told):
                told.append(known.donnees)
                found.append(known)
    return found


def _told(
    schema: Mapping[str, Any], program: Program, state: DemarcheState, reader: Reader, titre: str
) -> Iterator[LigneConnue]:
    modele = program.modele.modele
    for collection in view(program, state, reader).collections:
        for ligne in collection.lignes:
            taken = reprise.of_demarche(schema, modele, {collection.cle: ligne.donnees})
            if _read(schema, modele, taken):
                yield LigneConnue(nom=ligne.nom, provenance=titre, le=ligne.added_at, donnees=taken)
    taken = reprise.of_demarche(schema, modele, reprise.forms_read_by(program, state, reader.kind))
    if _read(schema, modele, taken):
        yield LigneConnue(nom=titre, provenance=titre, le=state.opened_at, donnees=taken)


def _read(schema: Mapping[str, Any], modele: str, taken: Mapping[str, Any]) -> bool:
    """Whether something of it was read there, and not only given by the form itself."""
    fields = properties_of(schema)
    return any(isinstance(fields[name][KEY][modele], list) for name in taken)
