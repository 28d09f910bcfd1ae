"""What if? The draft of a modèle on its last real démarches; a scenario made of one of them (MOD-02, MOD-03)."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from activities import brouillon_modele
from activities.essai_modele import scenario_file
from activities.publication import modeles_root
from activities.rejeu import UNREADABLE, counted, named, records
from activities.rules_port import RULES
from api.access import Action, Actor, rule
from api.problems import Problem, not_found
from api.routes.auteur import CleModele, draft_read, draft_state
from api.services import ServicesDep
from store.crypto import Keyring
from workflows.engine.anonymous import written
from workflows.engine.bundle import digest
from workflows.engine.expressions import ExpressionError
from workflows.engine.findings import ModeleError
from workflows.engine.program import Program
from workflows.engine.rejeu import remade, replay

router = APIRouter(prefix="/api/modeles", tags=["modèles"])

Ecrit = Annotated[Actor, Depends(rule(Action.MODELE_ECRIRE))]
Reference = Annotated[str, Path(pattern=r"^[A-Z]{2,5}-\d{4}-\d{1,8}$", examples=["EMB-2026-0012"])]
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


class DemarcheNommee(BaseModel):
    """A real démarche, by its reference and its id."""

    reference: str = Field(examples=["EMB-2026-0012"])
    demarche_id: str
    titre: str
    ouverte: bool


class DemarcheRejouee(DemarcheNommee):
    """One real démarche on the draft, beside itself on its own version."""

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


class DemarcheNonRejouee(DemarcheNommee):
    """A real démarche about which nothing can be said."""

    raison: str = Field(description="Pourquoi elle ne peut pas être rejouée.")


class Rejeux(BaseModel):
    """A run over some of the last démarches, the newest first."""

    existantes: int = Field(description="Nombre de démarches de ce modèle, toutes versions confondues.")
    lues: int = Field(description="Nombre de démarches prises cette fois.")
    inchangees: list[DemarcheNommee] = Field(description="Celles pour qui rien ne change.")
    touchees: list[DemarcheRejouee] = Field(description="Celles pour qui quelque chose change.")
    impossibles: list[DemarcheNonRejouee] = Field(
        description="Celles qui ne peuvent pas être rejouées fidèlement : rien n'en est dit."
    )


class ScenarioReel(BaseModel):
    """A scenario file made of a real démarche, naming nobody."""

    nom: str = Field(description="Nom de fichier proposé.")
    texte: str
    meme_fin: bool = Field(
        description="Joué, il passe par les mêmes étapes et, si elle est finie, arrive à la même fin."
    )
    existe: bool = Field(description="Un scénario de ce nom est déjà parmi ceux du modèle.")
    lecture_seule: str | None = Field(description="Pourquoi il ne peut pas y être ajouté ; null si tout va.")


class CorpsScenario(BaseModel):
    model_config = ConfigDict(extra="forbid")

    remplacer: bool = Field(default=False, description="Écrire par-dessus le scénario qui a déjà ce nom.")


class ScenarioAjoute(BaseModel):
    scenario: str = Field(description="Nom du scénario, tel que l'essai en temps virtuel le prend.")


@router.get("/{modele}/brouillon/rejeu")
async def replay_on_modele_draft(
    modele: CleModele,
    actor: Ecrit,
    services: ServicesDep,
    derniers: Annotated[int, Query(ge=1, le=MOST, description="Nombre de démarches à rejouer.")] = 20,
    apres: Annotated[
        int, Query(ge=0, le=MOST, description="Nombre de démarches déjà rejouées, à laisser de côté.")
    ] = 0,
) -> Rejeux:
    """Play the last real démarches on the draft: which would change path, last longer, lack an answer.

    Long runs are asked for a few at a time, so that whoever waits sees them come.
    """
    root = modeles_root()
    found = await draft_read(root, await draft_state(root, modele))
    try:
        draft = await asyncio.to_thread(lambda: Program(found.bundle, RULES, digest(found.bundle)))
    except (ExpressionError, ModeleError) as error:
        raise Problem(
            409, "modele_illisible", f"Corrigez d’abord ce que dit la vérification : {error}"
        ) from error
    run = Rejeux(existantes=await counted(modele), lues=0, inchangees=[], touchees=[], impossibles=[])
    async for row, read in records(services.keyring, modele, derniers, apres):
        run.lues += 1
        named_ = {
            "reference": row.reference,
            "demarche_id": str(row.id),
            "titre": row.titre,
            "ouverte": row.open,
        }
        seen = await asyncio.to_thread(replay, read[0], draft, read[1]) if read is not None else None
        if seen is None or seen.infidele is not None:
            raison = UNREADABLE if seen is None else seen.infidele
            run.impossibles.append(DemarcheNonRejouee(**named_, raison=raison))
        elif seen.sans_effet:
            run.inchangees.append(DemarcheNommee(**named_))
        else:
            run.touchees.append(
                DemarcheRejouee(
                    **named_,
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
    return run


@router.get("/{modele}/scenario/{reference}")
async def read_scenario_of_demarche(
    modele: CleModele, reference: Reference, actor: Ecrit, services: ServicesDep
) -> ScenarioReel:
    """A scenario made of a real démarche: its choices, its numbers and its delays, and the name of nobody."""
    return await _scenario(services.keyring, modele, reference)


@router.post("/{modele}/scenario/{reference}", status_code=201)
async def add_scenario_of_demarche(
    modele: CleModele, reference: Reference, corps: CorpsScenario, actor: Ecrit, services: ServicesDep
) -> ScenarioAjoute:
    """Write the scenario made of a real démarche among those of its modèle."""
    made = await _scenario(services.keyring, modele, reference)
    if made.lecture_seule:
        raise Problem(409, "lecture_seule", made.lecture_seule)
    if made.existe and not corps.remplacer:
        raise Problem(409, "scenario_existant", f"Le scénario « {made.nom} » existe déjà : remplacez-le.")
    try:
        await asyncio.to_thread(brouillon_modele.write, modeles_root(), {scenario_file(made.nom): made.texte})
    except OSError as error:
        raise Problem(
            409, "lecture_seule", f"Le scénario n’a pas pu être écrit ({error.strerror})."
        ) from error
    return ScenarioAjoute(scenario=made.nom.removesuffix(".yaml"))


async def _scenario(keyring: Keyring, modele: str, reference: str) -> ScenarioReel:
    found = await named(keyring, reference, modele)
    if found is None:
        raise not_found("Cette démarche")
    scenario, same = await asyncio.to_thread(remade, *found)
    root = modeles_root()
    name = f"{modele}_{reference.lower().replace('-', '_')}.yaml"
    return ScenarioReel(
        nom=name,
        texte=written(scenario),
        meme_fin=same,
        existe=(root / scenario_file(name)).exists(),
        lecture_seule=brouillon_modele.why_read_only(root),
    )
