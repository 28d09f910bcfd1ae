"""The task board's columns, set by an administrator: words, order, added ones (TCH-01)."""

import uuid
from collections.abc import Iterator
from typing import Annotated, get_args

from fastapi import APIRouter, Depends, Request
from sqlmodel.ext.asyncio.session import AsyncSession

from api.access import Action, Actor, rule
from api.colonnes import ORIGINE, ColonneRegle, ColonneVue, TableauRegle, of_firm
from api.problems import FieldError, Problem
from api.security.addresses import client_ip
from store import audit, colonne_tache
from store.colonne_tache import ColonneTache
from store.session import session_scope
from workflows.engine.state import StatutLibre

router = APIRouter(prefix="/api/parametres/colonnes", tags=["parametres"])
Setter = Annotated[Actor, Depends(rule(Action.BADGE_REGLER))]


@router.get("")
async def list_columns(actor: Setter) -> list[ColonneVue]:
    """The columns of the board, from left to right; the five it has by itself when nobody changed it."""
    async with session_scope() as session:
        found = await of_firm(session)
    return found or [
        ColonneVue.model_validate({"cle": cle, "libelle": libelle, "statut": cle})
        for cle, libelle in ORIGINE.items()
    ]


@router.put("")
async def write_columns(body: TableauRegle, actor: Setter, request: Request) -> list[ColonneVue]:
    """Order the columns, name them, add or take away some. Tasks of one taken away show where their status is."""
    async with session_scope() as session:
        known = {row.cle for row in await colonne_tache.every(session)} | set(ORIGINE)
        errors = list(_faults(body.colonnes, known))
        if errors:
            raise Problem(422, "demande_invalide", "Le tableau n'est pas complet.", errors=errors)
        rows = [
            ColonneTache(
                cle=one.cle or f"c{uuid.uuid4().hex[:12]}", libelle=one.libelle, statut=one.statut, rang=rang
            )
            for rang, one in enumerate(body.colonnes)
        ]
        told = [ColonneVue.model_validate(row) for row in rows]
        await colonne_tache.replace(session, rows)
        await _log(session, actor, request, ", ".join(one.libelle for one in told))
    return told


@router.delete("")
async def restore_columns(actor: Setter, request: Request) -> list[ColonneVue]:
    """The board as it was at first."""
    async with session_scope() as session:
        await colonne_tache.replace(session, [])
        await _log(session, actor, request, "d'origine")
    return await list_columns(actor)


def _faults(colonnes: list[ColonneRegle], known: set[str]) -> Iterator[FieldError]:
    seen: set[str] = set()
    labels: set[str] = set()
    for rang, one in enumerate(colonnes):
        where = f"/colonnes/{rang}"
        if one.cle is not None and (one.cle not in known or one.cle in seen):
            yield FieldError(
                pointer=f"{where}/cle", detail="Cette colonne n'existe pas, ou est dite deux fois."
            )
        elif one.cle in ORIGINE and one.statut != one.cle:
            yield FieldError(pointer=f"{where}/statut", detail="Cette colonne garde son statut.")
        elif one.cle not in ORIGINE and one.statut not in get_args(StatutLibre):
            yield FieldError(
                pointer=f"{where}/statut",
                detail="Une colonne ajoutée tient des tâches à faire, en cours ou à valider.",
            )
        if one.libelle.casefold() in labels:
            yield FieldError(pointer=f"{where}/libelle", detail="Deux colonnes ont le même nom.")
        seen.add(one.cle or "")
        labels.add(one.libelle.casefold())
    for cle, libelle in ORIGINE.items():
        if cle not in seen:
            yield FieldError(pointer="/colonnes", detail=f"Il manque la colonne « {libelle} ».")


async def _log(session: AsyncSession, actor: Actor, request: Request, quoi: str) -> None:
    await audit.append(
        session,
        acteur=actor.key,
        action=Action.BADGE_REGLER,
        objet_type="tableau",
        objet_id="taches",
        ip=client_ip(request),
        code="tableau des tâches",
        quoi=quoi,
    )
