"""What if? The draft of a modèle on its last real démarches; a scenario made of one of them (MOD-02, MOD-03)."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from activities.publication import modeles_root
from activities.rejeu import named, records
from activities.rules_port import RULES
from api.access import Action, Actor, rule
from api.problems import Problem, not_found
from api.routes.auteur import CleModele, draft_read, draft_state
from api.services import ServicesDep
from workflows.engine.anonymous import written
from workflows.engine.bundle import digest
from workflows.engine.expressions import ExpressionError
from workflows.engine.findings import ModeleError
from workflows.engine.program import Program
from workflows.engine.rejeu import remade, replay

router = APIRouter(prefix="/api/modeles", tags=["modèles"])

Ecrit = Annotated[Actor, Depends(rule(Action.MODELE_ECRIRE))]
MOST = 50


class ManqueVu(BaseModel):
    """What the draft would ask and nobody ever answered."""

    model_config = ConfigDict(from_attributes=True)

    formulaire: str
    champs: list[str]


class PlusLongueVue(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    titre: str
    avant_s: float
    apres_s: float


class DemarcheRejouee(BaseModel):
    """One real démarche on the draft, beside itself on its own version."""

    reference: str = Field(examples=["EMB-2026-0012"])
    titre: str
    ouverte: bool
    fidele: bool = Field(
        description="Rejouée sur sa propre version, elle passe par les étapes qu'elle a vraiment suivies."
    )
    change_de_chemin: bool
    attend_plus: bool
    ajoutees: list[str] = Field(description="Titres des étapes en plus.")
    retirees: list[str] = Field(description="Titres des étapes en moins.")
    ordre_change: bool
    avant_s: float = Field(description="Durée sur sa version, en secondes.")
    apres_s: float = Field(description="Durée sur le brouillon, en secondes.")
    plus_longues: list[PlusLongueVue]
    manques: list[ManqueVu]
    arret: str | None = Field(description="Pourquoi elle n'irait pas à sa fin.")


class Rejeux(BaseModel):
    rejouees: int
    sans_effet: int
    touchees: list[DemarcheRejouee] = Field(description="Celles pour qui quelque chose change.")


class ScenarioReel(BaseModel):
    """A scenario file made of a real démarche, naming nobody."""

    nom: str = Field(description="Nom de fichier proposé.")
    texte: str
    meme_fin: bool = Field(description="Joué, il passe par les mêmes étapes et arrive à la même fin.")


@router.get("/{modele}/brouillon/rejeu")
async def replay_on_modele_draft(
    modele: CleModele,
    actor: Ecrit,
    services: ServicesDep,
    derniers: Annotated[int, Query(ge=1, le=MOST, description="Nombre de démarches à rejouer.")] = 20,
) -> Rejeux:
    """Play the last real démarches on the draft: which would change path, last longer, lack an answer."""
    root = modeles_root()
    found = await draft_read(root, await draft_state(root, modele))
    try:
        draft = await asyncio.to_thread(lambda: Program(found.bundle, RULES, digest(found.bundle)))
    except (ExpressionError, ModeleError) as error:
        raise Problem(
            409, "modele_illisible", f"Corrigez d’abord ce que dit la vérification : {error}"
        ) from error
    played = 0
    touched = []
    async for row, own, record in records(services.keyring, modele, derniers):
        seen = await asyncio.to_thread(replay, own, draft, record)
        played += 1
        if not seen.sans_effet:
            touched.append(
                DemarcheRejouee(
                    reference=row.reference,
                    titre=row.titre,
                    ouverte=row.open,
                    fidele=seen.fidele,
                    change_de_chemin=seen.change_de_chemin,
                    attend_plus=seen.attend_plus,
                    ajoutees=list(seen.ajoutees),
                    retirees=list(seen.retirees),
                    ordre_change=seen.ordre_change,
                    avant_s=seen.avant_s,
                    apres_s=seen.apres_s,
                    plus_longues=[PlusLongueVue.model_validate(one) for one in seen.plus_longues],
                    manques=[ManqueVu.model_validate(one) for one in seen.manques],
                    arret=seen.arret,
                )
            )
    return Rejeux(rejouees=played, sans_effet=played - len(touched), touchees=touched)


@router.get("/{modele}/scenario/{reference}")
async def read_scenario_of_demarche(
    modele: CleModele,
    reference: Annotated[str, Path(pattern=r"^[A-Z]{2,5}-\d{4}-\d{1,8}$", examples=["EMB-2026-0012"])],
    actor: Ecrit,
    services: ServicesDep,
) -> ScenarioReel:
    """A scenario made of a real démarche: its choices, its numbers and its delays, and the name of nobody."""
    found = await named(services.keyring, reference, modele)
    if found is None:
        raise not_found("Cette démarche")
    scenario, same = await asyncio.to_thread(remade, *found)
    return ScenarioReel(
        nom=f"{modele}_{reference.lower().replace('-', '_')}.yaml", texte=written(scenario), meme_fin=same
    )
