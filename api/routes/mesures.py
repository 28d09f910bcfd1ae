"""Where a modèle's démarches wait, and their event log in XES (IEEE 1849), without any personal data."""

import re
from collections.abc import AsyncIterator
from datetime import UTC
from typing import Annotated
from xml.sax.saxutils import quoteattr

from fastapi import APIRouter, Depends, Path, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from activities.programs import program_of
from api.access import Action, Actor, rule
from api.problems import not_found
from api.svg import SVG
from store import mesures
from store import modele as store_modele
from store.session import session_scope
from workflows.engine.drawing import draw
from workflows.engine.program import Program
from workflows.engine.view.fields import field_titles

router = APIRouter(prefix="/api/modeles", tags=["modèles"])

CleModele = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{0,59}$", examples=["embauche"])]
Lit = Annotated[Actor, Depends(rule(Action.MODELE_MESURER))]
DAY, HOUR = 86_400, 3_600


class MesureEtape(BaseModel):
    """An étape over all the démarches of a modèle."""

    etape: str
    titre: str
    passages: int
    en_cours: int
    mediane_s: float | None = Field(description="Durée médiane, en secondes, de celles qui en sont sorties.")
    attendus: dict[str, int] = Field(description="Démarches qui y attendent quelqu'un, par côté.")


async def _program(cle: str) -> Program:
    """The newest version. Raises the 404 problem when there is none."""
    async with session_scope() as session:
        latest = await store_modele.latest_of(session, cle)
        if latest is None:
            raise not_found("Ce modèle")
        return await program_of(session, latest.sha256)


@router.get("/{modele}/mesures")
async def measure_modele(modele: CleModele, actor: Lit) -> list[MesureEtape]:
    """Passages, median stays and who is awaited, étape by étape, over every version."""
    program = await _program(modele)
    async with session_scope() as session:
        found = await mesures.passages(session, modele)
        awaited = await mesures.attentes(session, modele)
    return [
        MesureEtape(
            etape=cle,
            titre=etape.libelle_interne or etape.titre,
            passages=found[cle].passages if cle in found else 0,
            en_cours=found[cle].en_cours if cle in found else 0,
            mediane_s=found[cle].mediane_s if cle in found else None,
            attendus=awaited.get(cle, {}),
        )
        for cle, etape in program.etapes.items()
    ]


@router.get(
    "/{modele}/carte",
    response_class=Response,
    responses=SVG,
)
async def draw_modele_map(modele: CleModele, actor: Lit) -> Response:
    """The process map: the étapes with their counts and median stays, as an SVG picture."""
    program = await _program(modele)
    async with session_scope() as session:
        found = await mesures.passages(session, modele)
    notes = {cle: in_words(passage) for cle, passage in found.items()}
    picture = draw(program.modele, field_titles(program.bundle.forms), notes=notes)
    return Response(picture, media_type="image/svg+xml")


def in_words(passage: mesures.Passage) -> str:
    """« 12 passages · 4 j en médiane · 3 en cours »."""
    said = [f"{passage.passages} passage{'s' if passage.passages > 1 else ''}"]
    if passage.mediane_s is not None:
        said.append(f"{_stay(passage.mediane_s)} en médiane")
    if passage.en_cours:
        said.append(f"{passage.en_cours} en cours")
    return " · ".join(said)


def _stay(seconds: float) -> str:
    if seconds >= DAY:
        return f"{seconds / DAY:.1f}".replace(".", ",").removesuffix(",0") + " j"
    return f"{seconds / HOUR:.0f} h" if seconds >= HOUR else "moins d’une heure"


@router.get(
    "/{modele}/journal.xes",
    response_class=StreamingResponse,
    responses={
        200: {"content": {"application/xml": {"schema": {"type": "string"}}}, "description": "Journal XES"}
    },
)
async def export_event_log(modele: CleModele, actor: Lit) -> StreamingResponse:
    """The events of every démarche of a modèle, for a process-mining tool. Démarches are numbered; nobody is named."""
    await _program(modele)
    name = f"{modele}.xes"
    return StreamingResponse(
        _xes(modele),
        media_type="application/xml",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


async def _xes(modele: str) -> AsyncIterator[str]:
    yield _HEAD + _text("concept:name", modele)
    number, current = 0, None
    async with session_scope() as session:
        async for event in mesures.evenements(session, modele):
            if event.demarche_id != current:
                yield ("</trace>\n" if current is not None else "") + "<trace>\n"
                number, current = number + 1, event.demarche_id
                yield _text("concept:name", f"demarche-{number}")
            # What an event is about is named by the modèle, except for lines, children, and what was added by hand,
            # whose names are ours: an activity of one démarche alone tells nothing of the others.
            kind, _, about = (event.objet or "").partition(":")
            named = kind in ("etape", "piece", "evenement") and _OURS.match(about) is None
            activity = f"{event.type} {about}" if named else event.type
            yield (
                "<event>\n"
                + _text("concept:name", activity)
                + _text("org:role", event.acteur)
                + _text("famille", event.famille)
                + f'<date key="time:timestamp" value="{event.at.astimezone(UTC).isoformat()}"/>\n</event>\n'
            )
    yield ("</trace>\n" if current is not None else "") + "</log>\n"


_OURS = re.compile(r"ajout_[0-9a-f]{16}$|.*-")
"""Keys of what was added by hand: those of a modèle have no hyphen."""


def _text(key: str, value: str) -> str:
    return f"<string key={quoteattr(key)} value={quoteattr(value)}/>\n"


_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849.2016" xes.features="" xmlns="http://www.xes-standard.org/">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
<global scope="trace">
<string key="concept:name" value=""/>
</global>
<global scope="event">
<string key="concept:name" value=""/>
<string key="org:role" value=""/>
<string key="famille" value=""/>
<date key="time:timestamp" value="1970-01-01T00:00:00+00:00"/>
</global>
<classifier name="Activity" keys="concept:name"/>
"""
