"""Reading démarches: the list, and one of them as its reader may see it."""

import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Annotated, Literal, NamedTuple

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import RowMapping
from sqlmodel.ext.asyncio.session import AsyncSession

from activities.people import portal_link
from activities.programs import program_of
from activities.qr import qr_svg
from api.access import Action, Actor, authorise, permitted, rule
from api.dossier import Dossier, DossierLu, load, read_target, scope_of
from api.lectures import note
from api.problems import Problem, not_found
from api.svg import SVG
from store import liaison, listes
from store import modele as store_modele
from store.listes import Etat, Filtres, Sens, Tri
from store.session import fetch_alone, session_scope
from store.statements import Statement
from store.utilisateur import STAFF
from workflows.engine.drawing import draw
from workflows.engine.modele import Badge
from workflows.engine.state import DemarcheState, Membre
from workflows.engine.view import DemarcheView
from workflows.engine.view.fields import field_titles
from workflows.engine.view.shapes import MembreView, ParticipantView
from workflows.engine.waiting import Turn

router = APIRouter(prefix="/api/demarches", tags=["démarches"])
Jour = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2200, 12, 31))]
"""A day asked for, of this age of the world."""


class DemarcheLine(BaseModel):
    """A démarche in a list: nothing sensitive."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    reference: str = Field(examples=["EMB-2026-0147"])
    titre: str = Field(examples=["Embauche de Zoé Martin"])
    modele: str = Field(examples=["embauche"])
    modele_titre: str = Field(examples=["Embauche d'un salarié"])
    parent_id: uuid.UUID | None = Field(description="La démarche qui l'a ouverte.")
    parent_reference: str | None = Field(examples=["OPT-2026-0012"])
    enfants: int = Field(description="Démarches qu'elle a ouvertes, finies comprises.")
    categorie: str
    icone: str
    client_id: uuid.UUID
    client_nom: str
    phase: Literal["demande", "dossier"]
    cycle: Literal["ouverte", "suspendue", "terminee", "annulee", "refusee"]
    statut: str
    statut_libelle: str | None
    statut_couleur: str | None = Field(description="D'un statut propre au modèle.", examples=["violet"])
    statut_icone: str | None = Field(description="D'un statut propre au modèle.", examples=["building-bank"])
    progression: int = Field(description="Pourcentage.", examples=[34])
    etape_titre: str | None
    etape_rang: int
    etapes_total: int
    turn: Turn
    attendu: str | None = Field(examples=["Carte nationale d'identité"])
    attendu_nom: str | None = Field(examples=["Zoé Martin"])
    attendu_depuis: datetime | None
    due_at: datetime | None = Field(description="Sur l'horloge de la démarche.")
    retard_at: datetime | None = Field(
        description="L'instant réel où l'échéance passe : autre que `due_at` quand l'horloge a été avancée."
    )
    surveille_le: date | None = Field(
        description="Date que la démarche surveille, sur son horloge : « Prochaine échéance ».",
        examples=["2026-12-15"],
    )
    surveille_at: datetime | None = Field(description="L'instant réel où ce jour est passé.")
    conseiller_id: uuid.UUID | None
    conseiller_nom: str | None
    priorite: Literal["normale", "urgente"] | None = Field(
        description="Pour le cabinet : l'urgente passe devant (DEM-09).", examples=["urgente"]
    )
    maintenant: datetime | None = Field(
        description="Ce que montre l'horloge de la démarche, quand elle a été avancée : ses dates se lisent de là."
    )
    prix: int | None = Field(description="En centimes.", examples=[29000])
    prix_mention: str
    opened_at: datetime
    closed_at: datetime | None
    updated_at: datetime


class DemarcheLiee(BaseModel):
    """A démarche that led to this one, or to which this one led."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    reference: str = Field(examples=["ARR-2026-0001"])
    titre: str = Field(examples=["Arrêt de travail de Zoé Martin"])
    suite: bool = Field(description="Ouverte depuis celle-ci\u00a0; sinon, celle d'où elle vient.")


class DemarcheLue(DemarcheView):
    """One démarche, with the version of the modèle to which it is pinned."""

    modele_version: int = Field(examples=[4])
    parent_reference: str | None = Field(examples=["OPT-2026-0012"])
    maintenant: datetime | None = Field(
        description="Ce que montre l'horloge de la démarche, quand elle a été avancée."
    )
    liees: list[DemarcheLiee] = Field(
        description="Pour le cabinet\u00a0: la démarche d'où elle vient, et celles ouvertes depuis elle."
    )
    lecture_seule: bool = Field(
        description="Ce type de démarche n'est ouvert au lecteur qu'en lecture.", examples=[False]
    )
    droits: list[Action] = Field(
        description="Ce que le lecteur peut demander sur cette démarche\u00a0: les écrans ne proposent rien d'autre.",
        examples=[["demarche.commander", "prix.fixer"]],
    )


class DemarchePage(BaseModel):
    items: list[DemarcheLine]
    total: int = Field(
        description="Combien il y en a\u00a0; on ne compte pas au-delà de mille, ou de deux cents pour une recherche.",
        examples=[12],
    )
    au_moins: bool = Field(description="Le total est un minimum.")
    page: int
    taille: int


class ColonneTableau(BaseModel):
    """A column of the board with its first cards; the others are read by the list, with `colonne`."""

    cle: str = Field(
        description="Clé du modèle ; `_demandes` : demandes à l'étude ; `_autres` : dans aucune colonne.",
        examples=["instruction"],
    )
    libelle: str = Field(examples=["Instruction"])
    total: int
    retard: int = Field(description="Combien ont passé leur échéance.")
    items: list[DemarcheLine]


class Tableau(BaseModel):
    """Open démarches of one modèle, by column. Nobody moves a card: an étape carries it, with the engine's rules."""

    declarees: bool = Field(description="Le modèle déclare des colonnes.")
    total: int
    taille: int = Field(description="Cartes au plus par colonne.")
    colonnes: list[ColonneTableau]


async def wanted(
    q: Annotated[
        str | None,
        Query(
            max_length=100, description="Mots de la référence, du titre ou du nom du client, accents ou non."
        ),
    ] = None,
    statut: Annotated[str | None, Query(max_length=60)] = None,
    turn: Annotated[Turn | None, Query(description="À qui est le tour.")] = None,
    modele: Annotated[str | None, Query(max_length=60)] = None,
    conseiller: uuid.UUID | None = None,
    client: uuid.UUID | None = None,
    etat: Etat = "ouvertes",
    parent: Annotated[
        uuid.UUID | Literal["aucun"] | None,
        Query(
            description="Celles que cette démarche a ouvertes ; `aucun` : sans celles qu'une autre a ouvertes."
        ),
    ] = None,
    priorite: Annotated[
        Literal["normale", "urgente"] | None, Query(description="Pour le cabinet seulement.")
    ] = None,
    ouverte_du: Annotated[Jour | None, Query(description="Ouvertes ce jour-là ou après.")] = None,
    ouverte_au: Annotated[Jour | None, Query(description="Ouvertes ce jour-là ou avant.")] = None,
    echeance_au: Annotated[Jour | None, Query(description="Dont l'échéance est ce jour-là ou avant.")] = None,
) -> Filtres:
    """What is asked of the list or of the board."""
    return Filtres(
        q,
        statut,
        turn,
        modele,
        conseiller,
        client,
        etat,
        parent,
        priorite=priorite,
        ouverte_du=ouverte_du,
        ouverte_au=ouverte_au,
        echeance_au=echeance_au,
    )


Voulues = Annotated[Filtres, Depends(wanted)]


@router.get("")
async def list_demarches(
    actor: Annotated[Actor, Depends(rule(Action.DEMARCHE_LISTER))],
    filtres: Voulues,
    colonne: Annotated[str | None, Query(max_length=60, description="Colonne du tableau.")] = None,
    tri: Tri = "maj",
    sens: Sens | None = None,
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    taille: Annotated[int, Query(ge=1, le=200)] = 25,
) -> DemarchePage:
    """Démarches that I may see: newest changes first unless asked otherwise."""
    # Dates of changes and openings are read from the newest, the rest from the first.
    direction: Sens = sens or ("desc" if tri in ("maj", "ouverture") else "asc")
    filtres = replace(filtres, colonne=colonne)
    if actor.kind == "staff" and tri == "prochaine":
        # Dates to come are computed, which the list of a whole firm is too long for: theirs has an index.
        tri = "echeance"
    if actor.kind == "client":
        # How the firm orders its work is its own business.
        filtres, tri = replace(filtres, priorite=None), "maj" if tri == "priorite" else tri
    async with session_scope() as session:
        rows, compte = await listes.page_of_demarches(
            session,
            scope_of(actor),
            filtres,
            tri=tri,
            sens=direction,
            limit=taille,
            offset=(page - 1) * taille,
        )
        items = await _lines(session, rows)
    if actor.kind == "client":
        items = [item.model_copy(update=_badge(row)) for item, row in zip(items, rows, strict=True)]
        items = [item.model_copy(update={"priorite": None}) for item in items]
        # What the firm has to do is its own business: its titles may tell of what others keep from the client.
        items = [i.model_copy(update={"attendu": None}) if i.turn == "cabinet" else i for i in items]
    return DemarchePage(items=items, total=compte.total, au_moins=compte.au_moins, page=page, taille=taille)


@router.get("/tableau")
async def read_board(
    actor: Annotated[Actor, Depends(rule(Action.MODELE_LISTER))],
    filtres: Voulues,
    modele: Annotated[str, Query(max_length=60, examples=["embauche"])],
    taille: Annotated[int, Query(ge=1, le=100)] = 20,
) -> Tableau:
    """The board of one modèle: its open démarches that I may see, in the columns of its newest version."""
    async with session_scope() as session:
        version = await store_modele.latest_of(session, modele)
        if version is None:
            raise not_found("Ce modèle")
        declared = (await program_of(session, version.sha256)).modele.colonnes
        rows = await listes.board_of_demarches(session, scope_of(actor), filtres, limit=taille)
        by_column: dict[str, list[RowMapping]] = {}
        for row in rows:
            by_column.setdefault(row["tableau"], []).append(row)
        labels = {listes.DEMANDES: "Demandes à l'étude", **declared}
        for cle, found in by_column.items():
            # Columns of the older versions that some démarches still follow come after.
            if cle not in labels and cle != listes.AUTRES:
                labels[cle] = (await program_of(session, found[0]["modele_sha"])).modele.colonnes[cle]
        labels[listes.AUTRES] = "Sans colonne"
        columns = [
            ColonneTableau(
                cle=cle,
                libelle=libelle,
                total=found[0]["tableau_total"] if found else 0,
                retard=found[0]["tableau_retard"] if found else 0,
                items=await _lines(session, found),
            )
            for cle, libelle in labels.items()
            if (found := by_column.get(cle, [])) or cle in declared
        ]
    return Tableau(
        declarees=bool(declared),
        total=sum(column.total for column in columns),
        taille=taille,
        colonnes=columns,
    )


async def _lines(session: AsyncSession, rows: Sequence[RowMapping]) -> list[DemarcheLine]:
    badges = await _badges(session, rows)
    now = datetime.now(UTC)
    return [
        DemarcheLine.model_validate(
            {
                **row,
                **badges[row["modele_sha"], row["statut"]],
                "maintenant": listes.shown(row["horloge"], now),
            }
        )
        for row in rows
    ]


def _badge(row: RowMapping) -> dict[str, str | None]:
    """What a client reads of where a démarche is: the badge of its étape, the status where it has none."""
    if row["badge"] is None:
        return {}
    badge = Badge.model_validate_json(row["badge"])
    return {
        "statut_libelle": badge.libelle,
        "statut_couleur": badge.couleur,
        "statut_icone": badge.icone,
    }


async def _badges(
    session: AsyncSession, rows: Sequence[RowMapping]
) -> Mapping[tuple[str, str], dict[str, str | None]]:
    """Colour and icon of each status found, as the version of the modèle says them (BDG-02)."""
    found: dict[tuple[str, str], dict[str, str | None]] = {}
    for row in rows:
        sha, statut = row["modele_sha"], row["statut"]
        # The shared statuses have no label of their own: the screens know them.
        own = (await program_of(session, sha)).modele.statuts.get(statut) if row["statut_libelle"] else None
        found[sha, statut] = {
            "statut_couleur": own.couleur if own else None,
            "statut_icone": own.icone if own else None,
        }
    return found


@router.get("/{demarche_id}", dependencies=[Depends(rule(Action.DEMARCHE_LIRE, read_target))])
async def read_demarche(dossier: DossierLu, request: Request) -> DemarcheLue:
    """One démarche, as I may see it. The access log tells that I read it, once an hour."""
    seen = await dossier.view()
    sha = dossier.row.modele_sha
    if sha not in _versions:
        async with session_scope() as session:
            _versions[sha] = await store_modele.version_of(session, sha)
    await note(request, dossier.actor, Action.DEMARCHE_LIRE, "demarche", dossier.id, dossier.row.client_id)
    state = await dossier.state()
    beside = await _beside(seen, state)
    # Made by our own engine: nothing to check again.
    return DemarcheLue.model_construct(
        **dict(seen)
        | {
            "equipe": _with_photos(seen.equipe, (*state.equipe, *state.renforts), beside.photos),
            "participants": _with_real_ends(seen.participants, state, beside.ends),
        },
        modele_version=_versions[sha],
        parent_reference=beside.parent,
        maintenant=state.now(datetime.now(UTC)) if state.horloge else None,
        liees=await _linked(dossier) if beside.linked and dossier.actor.kind == "staff" else [],
        lecture_seule=dossier.row.modele in dossier.actor.droits.lecture,
        droits=permitted(dossier.actor, dossier.target()),
    )


class Beside(NamedTuple):
    """What a démarche shows and its state does not hold; photos and ends by the text of an id."""

    parent: str | None
    photos: Mapping[str, str]
    ends: Mapping[str, str]
    linked: bool


_BESIDE = Statement(
    f"""
    SELECT (SELECT reference FROM demarche WHERE id = %(parent)s),
           (SELECT coalesce(jsonb_object_agg(id, photo), '{{}}') FROM utilisateur
            WHERE id = ANY(%(team)s) AND photo IS NOT NULL AND role IN ({", ".join(f"'{role}'" for role in STAFF)})),
           (SELECT coalesce(jsonb_object_agg(id, expires_at), '{{}}') FROM lien WHERE id = ANY(%(links)s)),
           EXISTS (SELECT FROM liaison WHERE demarche_id = %(id)s OR origine_id = %(id)s)
    """
)


async def _beside(seen: DemarcheView, state: DemarcheState) -> Beside:
    """One query, one round trip: this is asked at each reading of a démarche."""
    # Links live in real time: their ends differ from the state's where the démarche has a clock of its own.
    links = [each.link_id for each in state.participants.values()] if state.horloge else []
    found = await fetch_alone(
        _BESIDE,
        {
            "id": uuid.UUID(seen.id),
            "parent": uuid.UUID(seen.parent.demarche_id) if seen.parent else None,
            "team": [uuid.UUID(member.user_id) for member in (*state.equipe, *state.renforts)],
            "links": [uuid.UUID(link) for link in links],
        },
    )
    return Beside(*found) if found else Beside(None, {}, {}, False)


async def _linked(dossier: Dossier) -> list[DemarcheLiee]:
    """The démarches linked to this one that its reader may read."""
    async with session_scope() as session:
        found = await liaison.liees(session, dossier.id)
    seen = []
    for one in found:
        other = await load(one.id, dossier.actor, dossier.services, whole=False)
        with suppress(Problem):
            authorise(dossier.actor, Action.DEMARCHE_LIRE, other.target())
            seen.append(DemarcheLiee.model_validate(one))
    return seen


def _with_photos(
    shown: Sequence[MembreView], known: Sequence[Membre], photos: Mapping[str, str]
) -> tuple[MembreView, ...]:
    """The same team with the photos of the firm's people: a reader outside of the firm is not told their ids."""
    return tuple(
        line.model_copy(update={"photo": photos.get(member.user_id)})
        for line, member in zip(shown, known, strict=True)
    )


def _with_real_ends(
    participants: Sequence[ParticipantView], state: DemarcheState, ends: Mapping[str, str]
) -> tuple[ParticipantView, ...]:
    """The same people, whose links end when their rows say, whatever the clock of their démarche shows."""
    ends_of = {key: ends.get(known.link_id) for key, known in state.participants.items()}
    return tuple(
        shown.model_copy(update={"expires_at": datetime.fromisoformat(end)})
        if (end := ends_of[shown.cle])
        else shown
        for shown in participants
    )


@router.get(
    "/{demarche_id}/graphe",
    response_class=Response,
    responses=SVG,
    dependencies=[Depends(rule(Action.DEMARCHE_REVOIR, read_target))],
)
async def read_demarche_diagram(dossier: DossierLu) -> Response:
    """The étapes of the démarche, as its version has them or as it was arranged, as an SVG picture that shows where it
    stands."""
    state = await dossier.state()
    program = (await dossier.program()).of(state)
    statuts = {etape.cle: etape.statut for etape in state.etapes.values()}
    picture = draw(program.modele, field_titles(program.bundle.forms), statuts)
    return Response(picture, media_type="image/svg+xml")


@router.get(
    "/{demarche_id}/qr",
    response_class=Response,
    responses=SVG,
    dependencies=[Depends(rule(Action.DEMARCHE_LIRE, read_target))],
)
async def read_demarche_qr(demarche_id: uuid.UUID) -> Response:
    """QR code of the page of the démarche: whoever scans it logs in before they see anything (QR-03, QR-04)."""
    return Response(qr_svg(portal_link(demarche_id)), media_type="image/svg+xml")


_versions: dict[str, int] = {}
"""A version never changes its number: each is read once."""
