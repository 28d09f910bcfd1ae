"""Writing modèles on screen: the draft of a modèle's files, its check, its trial, its publication (MOD-02, MOD-03).

Every change names the state it was made on (`If-Match`): when another administrator, or a hand edit, came first, the
answer is 412 with the difference, and nothing is written.
"""

import asyncio
import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path as Folder
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from activities import brouillon_modele, changement
from activities.brouillon_modele import Etat, Fichiers, NotWritable
from activities.essai_modele import ending, invented, scenarios_of, stopped
from activities.modele_texte import EditError, Op, edit
from activities.programs import program_of
from activities.publication import TEMPLATES, modeles_root, publish_file
from activities.rules_port import RULES
from api.access import Action, Actor, rule
from api.problems import Problem, not_found
from api.routes.changement import Changement, Portee
from api.security.addresses import client_ip
from api.services import ServicesDep
from api.svg import SVG
from store import audit, modele_brouillon
from store import modele as store_modele
from store.session import session_scope
from store.utilisateur import Utilisateur
from workflows.engine.bundle import Resolved, digest
from workflows.engine.drawing import draw
from workflows.engine.expressions import ExpressionError
from workflows.engine.findings import Finding, ModeleError
from workflows.engine.loading import Places, known_keys, read_yaml
from workflows.engine.program import Program
from workflows.engine.scenario import check_scenario, load_scenario
from workflows.engine.simulation import EngineError, Simulation, lines
from workflows.engine.view.fields import field_titles

router = APIRouter(prefix="/api/modeles", tags=["modèles"])

CleModele = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{0,59}$", examples=["embauche"])]
Vu = Annotated[
    str, Header(alias="If-Match", description="`etag` de l'état sur lequel la modification a été faite.")
]
Place = list[str | int]
_FORM = re.compile(r"^forms/[a-z][a-z0-9_]*\.(schema|ui)\.json$")
MAX_TEXT = 200_000
TRY_AT_MOST = timedelta(days=2 * 366)


class Operation(BaseModel):
    """One change of the draft. `fichier`: a whole text (the YAML, a form); else a change of the YAML at a place."""

    model_config = ConfigDict(extra="forbid")

    genre: Literal["poser", "inserer", "retirer", "deplacer", "fichier"]
    chemin: Place = Field(default=[], max_length=20)
    vers: Place = Field(default=[], max_length=20)
    valeur: Any = None
    fichier: str | None = Field(default=None, max_length=200)
    texte: str | None = Field(default=None, max_length=MAX_TEXT)


class CorpsOperations(BaseModel):
    model_config = ConfigDict(extra="forbid")

    operations: list[Operation] = Field(min_length=1, max_length=50)


class CorpsRetour(BaseModel):
    """Texts to come back to (undo, redo): those of the files that differ."""

    model_config = ConfigDict(extra="forbid")

    fichiers: dict[str, Annotated[str, Field(max_length=MAX_TEXT)]] = Field(min_length=1, max_length=200)


class CorpsEnregistrement(BaseModel):
    """`choix`: for a file changed both here and by hand, whose text is kept."""

    model_config = ConfigDict(extra="forbid")

    choix: dict[str, Literal["brouillon", "fichier"]] = Field(default={}, max_length=200)


class CorpsCreation(BaseModel):
    model_config = ConfigDict(extra="forbid")

    cle: str = Field(pattern=r"^[a-z][a-z0-9_]{0,59}$", examples=["audit_organisationnel"])
    titre: str = Field(min_length=1, max_length=120)
    categorie: str = Field(pattern=r"^[a-z][a-z0-9_]{0,59}$", examples=["rh"])
    reference: str = Field(pattern=r"^[A-Z]{2,5}$", examples=["AUD"])


class CorpsEssaiVirtuel(BaseModel):
    model_config = ConfigDict(extra="forbid")

    scenario: str | None = Field(default=None, pattern=r"^[a-z0-9_]{1,100}$")


class Constat(BaseModel):
    """What `elaska modele verifier` says. `etape`: the étape it stands in."""

    fichier: str
    ligne: int
    colonne: int
    niveau: Literal["erreur", "avertissement"]
    raison: str
    remede: str
    etape: str | None


class ConflitVu(BaseModel):
    fichier: str
    difference: str = Field(description="Ce qui a été changé à la main, ligne à ligne.")


class BrouillonModele(BaseModel):
    """A modèle being written."""

    cle: str
    etag: str
    titre: str
    fichiers: dict[str, str] = Field(description="Textes des fichiers, brouillon compris ; le YAML d'abord.")
    modifies: list[str] = Field(description="Fichiers que le brouillon change.")
    conflits: list[ConflitVu]
    donnees: dict[str, Any] | None = Field(description="Le YAML lu ; null tant qu'il est illisible.")
    constats: list[Constat]
    publiable: bool
    lecture_seule: str | None = Field(
        description="Pourquoi rien ne peut être enregistré ; null si tout va bien."
    )
    version: int | None = Field(description="Dernière version publiée.")
    a_publier: bool = Field(description="Diffère de la dernière version publiée.")
    ouvertes: int = Field(description="Démarches en cours, toutes versions confondues.")
    enregistre_at: datetime | None
    enregistre_par: str | None
    scenarios: list[str]
    courriels: list[str] = Field(
        description="Modèles de courriels qu'il peut nommer.", examples=[["relance_pieces"]]
    )
    documents: list[str] = Field(
        description="Modèles de documents qu'il peut produire.", examples=[["embauche/contrat.html.j2"]]
    )


class ModeleFichier(BaseModel):
    """A modèle of the folder, published or not."""

    cle: str
    brouillon: bool
    absent: bool = Field(description="Publié, mais son fichier n'existe plus.")


class PublicationFaite(BaseModel):
    version: int
    nouvelle: bool
    sha256: str


class LigneJournal(BaseModel):
    at: datetime
    famille: str
    texte: str
    detail: str | None
    qui: str


class AttenteVue(BaseModel):
    nom: str
    libelle: str
    depuis: datetime
    echeance: datetime | None


class EssaiVirtuel(BaseModel):
    """A démarche played in virtual time."""

    lignes: list[LigneJournal]
    fin: str
    reussie: bool
    jours: int
    refus: str | None
    attentes: list[AttenteVue]
    invente: bool = Field(description="Réponses inventées d'après les formulaires, faute de scénario.")


class DifferenceBrouillon(BaseModel):
    version: int | None
    changements: list[Changement]
    portee: list[Portee]


Ecrit = Annotated[Actor, Depends(rule(Action.MODELE_ECRIRE))]
Publie = Annotated[Actor, Depends(rule(Action.MODELE_PUBLIER))]


@router.get("/fichiers")
async def list_modele_files(actor: Ecrit) -> list[ModeleFichier]:
    """Modèles of the folder and of the published versions, with those that have a draft."""
    root = modeles_root()
    async with session_scope() as session:
        drafts = await modele_brouillon.keys(session)
        published = {version.cle for version in await store_modele.catalogue(session)}
    files = {path.stem for path in (root / TEMPLATES).glob("*.yaml")}
    return [
        ModeleFichier(cle=cle, brouillon=cle in drafts, absent=cle not in files and cle not in drafts)
        for cle in sorted(files | drafts | published)
    ]


@router.post("", status_code=201)
async def create_modele(corps: CorpsCreation, actor: Ecrit) -> BrouillonModele:
    """Begin a modèle: a draft with one étape, to be completed. Nothing is written in the folder yet."""
    root = modeles_root()
    source = brouillon_modele.template(corps.cle)
    async with session_scope() as session:
        row = await modele_brouillon.locked(session, corps.cle)
        taken = (
            row is not None or (root / source).exists() or await store_modele.latest_of(session, corps.cle)
        )
        if taken:
            raise Problem(409, "modele_existant", f"Un modèle « {corps.cle} » existe déjà : changez de nom.")
        fichiers: Fichiers = {source: {"depart": None, "texte": _beginning(corps)}}
        await modele_brouillon.keep(session, row, corps.cle, dict(fichiers), actor.id)
    return await _seen(corps.cle)


def _beginning(corps: CorpsCreation) -> str:
    text = _BEGINNING.replace("CLE", corps.cle).replace("REF", corps.reference)
    for key, value in (("categorie", corps.categorie), ("titre", corps.titre)):
        text = edit(text, Op("poser", (key,), value))
    return edit(text, Op("poser", ("nom",), '"' + corps.titre.replace("\\", "").replace('"', "'") + '"'))


_BEGINNING = """# yaml-language-server: $schema=modele.schema.json
#
# Le guide du langage est dans docs/modeles.md.
modele: CLE
titre: x
categorie: x
reference: REF
icone: route
clients: [particulier, entreprise, createur, association]
portail:
  visible: true
  demandable: false
nom: x

roles:
  conseiller:
    libelle: Conseiller principal
    cote: cabinet
  client:
    libelle: Client
    cote: client

etapes:
  - cle: etude
    titre: Étude de la demande
    responsable: conseiller
    taches:
      - cle: etudier
        titre: Étudier la demande
        pour: conseiller
"""


@router.post("/{modele}/brouillon/retablissement", status_code=201)
async def restore_modele_file(modele: CleModele, actor: Ecrit) -> BrouillonModele:
    """Begin a draft from the last published version, for a modèle whose file is gone: its démarches go on meanwhile."""
    root = modeles_root()
    async with session_scope() as session:
        row = await modele_brouillon.locked(session, modele)
        latest = await store_modele.latest_of(session, modele)
        if latest is None:
            raise not_found("Ce modèle")
        if row is not None or (root / brouillon_modele.template(modele)).exists():
            raise Problem(409, "fichier_present", "Le fichier de ce modèle existe : ouvrez-le.")
        program = await program_of(session, latest.sha256)
        texts = await asyncio.to_thread(brouillon_modele.rewritten, program.bundle)
        fichiers: Fichiers = {
            path: {"depart": None, "texte": text}
            for path, text in texts.items()
            if brouillon_modele.on_disk(root, path) is None
        }
        await modele_brouillon.keep(session, row, modele, dict(fichiers), actor.id)
    return await _seen(modele)


@router.get("/{modele}/brouillon")
async def read_modele_draft(modele: CleModele, actor: Ecrit) -> BrouillonModele:
    """The modèle's files with what is being written, and what the check says of them."""
    return await _seen(modele)


@router.post("/{modele}/brouillon/operations")
async def edit_modele_draft(
    modele: CleModele, corps: CorpsOperations, vu: Vu, actor: Ecrit
) -> BrouillonModele:
    """Change the draft, all the operations or none."""

    def change(root: Folder, etat: Etat) -> Etat:
        for operation in corps.operations:
            etat = _operated(root, etat, operation)
        return etat

    await _change(modele, vu, actor, change)
    return await _seen(modele)


@router.put("/{modele}/brouillon")
async def restore_modele_draft(
    modele: CleModele, corps: CorpsRetour, vu: Vu, actor: Ecrit
) -> BrouillonModele:
    """Give files the texts they had: undo and redo."""

    def change(root: Folder, etat: Etat) -> Etat:
        for path, text in corps.fichiers.items():
            etat = _with_text(root, etat, path, text)
        return etat

    await _change(modele, vu, actor, change)
    return await _seen(modele)


@router.delete("/{modele}/brouillon", status_code=204)
async def drop_modele_draft(modele: CleModele, vu: Vu, actor: Ecrit) -> None:
    """Throw the draft away: the files stay as they are on disk."""
    root = modeles_root()
    async with session_scope() as session:
        row = await modele_brouillon.locked(session, modele)
        if row is None:
            return
        etat = await asyncio.to_thread(brouillon_modele.state, root, modele, row.fichiers)
        if etat is not None and etat.etag != vu:
            raise _stale()
        await session.delete(row)


@router.post("/{modele}/brouillon/enregistrement")
async def save_modele_files(
    modele: CleModele, corps: CorpsEnregistrement, vu: Vu, actor: Ecrit
) -> BrouillonModele:
    """Write the draft into the modèle's files. 409, with the difference, when one of them was changed by hand too
    and nobody has said whose text is kept."""
    await _save(modele, corps.choix, vu, actor)
    return await _seen(modele)


@router.post("/{modele}/brouillon/publication")
async def publish_modele_draft(
    modele: CleModele, vu: Vu, actor: Publie, request: Request
) -> PublicationFaite:
    """Write the draft into the files, check them, and publish them as an immutable version. Running démarches keep
    theirs."""
    root = modeles_root()
    await _save(modele, {}, vu, actor, publishing=True)
    try:
        done = await publish_file(root / brouillon_modele.template(modele), root, publie_par=actor.id)
    except ModeleError as error:
        raise Problem(409, "modele_en_erreur", str(error.findings[0])) from error
    async with session_scope() as session:
        await audit.append(
            session,
            acteur=actor.key,
            ip=client_ip(request),
            action=Action.MODELE_PUBLIER,
            objet_type="modele",
            objet_id=modele,
            version=done.version,
        )
    return PublicationFaite(version=done.version, nouvelle=done.nouvelle, sha256=done.sha256)


@router.get("/{modele}/brouillon/difference")
async def compare_modele_draft(modele: CleModele, actor: Ecrit, services: ServicesDep) -> DifferenceBrouillon:
    """What the draft changes since the last published version, and where its running démarches stand."""
    root = modeles_root()
    found = await draft_read(root, await draft_state(root, modele))
    async with session_scope() as session:
        latest = await store_modele.latest_of(session, modele)
        before = await program_of(session, latest.sha256) if latest else None
    if latest is None or before is None:
        return DifferenceBrouillon(version=None, changements=[], portee=[])
    changes, reach = await changement.told(services.keyring, before, found.bundle)
    return DifferenceBrouillon(
        version=latest.version,
        changements=[Changement.model_validate(change, from_attributes=True) for change in changes],
        portee=[Portee.model_validate(portee, from_attributes=True) for portee in reach],
    )


@router.get(
    "/{modele}/brouillon/graphe",
    response_class=Response,
    responses=SVG,
)
async def draw_modele_draft(modele: CleModele, actor: Ecrit) -> Response:
    """The étapes of the draft, as an SVG picture; a sentence as long as it cannot be read."""
    root = modeles_root()
    etat = await draft_state(root, modele)
    try:
        bundle = (await asyncio.to_thread(brouillon_modele.resolved, root, etat)).bundle
    except ModeleError:
        return Response(_NO_PICTURE, media_type="image/svg+xml")
    return Response(draw(bundle.modele, field_titles(bundle.forms)), media_type="image/svg+xml")


_NO_PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="420" height="48" viewBox="0 0 420 48">'
    '<text x="8" y="30" font-family="sans-serif" font-size="15" fill="#475063">'
    "Le schéma revient une fois les erreurs corrigées.</text></svg>"
)


@router.post("/{modele}/brouillon/essai")
async def try_modele_draft(modele: CleModele, corps: CorpsEssaiVirtuel, actor: Ecrit) -> EssaiVirtuel:
    """Play the draft to its end in virtual time, with one of its scenarios or with invented answers."""
    root = modeles_root()
    found = await draft_read(root, await draft_state(root, modele))
    return await asyncio.to_thread(_played, root, found, corps.scenario)


# --- the work


async def draft_state(root: Folder, cle: str) -> Etat:
    """The files with their draft; those of the last published version when the file is gone. Raises the 404 problem."""
    async with session_scope() as session:
        row = await modele_brouillon.of_modele(session, cle)
    etat = await asyncio.to_thread(brouillon_modele.state, root, cle, row.fichiers if row else None)
    if etat is None:
        raise not_found("Le fichier de ce modèle")
    return etat


def _stale(difference: str | None = None) -> Problem:
    return Problem(
        412,
        "modele_modifie",
        "Ce modèle a été modifié entre-temps, par une autre personne ou à la main. "
        "Votre dernier changement n’a pas été enregistré : vérifiez la nouvelle version, puis refaites-le.",
        difference=difference,
    )


async def _change(cle: str, seen: str, actor: Actor, change: Any) -> None:
    """Change the draft as it was seen. Raises 412 when it is not what it was, 409 for what cannot be done."""
    root = modeles_root()
    async with session_scope() as session:
        row = await modele_brouillon.locked(session, cle)
        etat = await asyncio.to_thread(brouillon_modele.state, root, cle, row.fichiers if row else None)
        if etat is None:
            raise not_found("Le fichier de ce modèle")
        if etat.etag != seen:
            changed = [
                brouillon_modele.unified(path, piece["depart"] or "", str(piece["texte"]))
                for path, piece in etat.brouillon.items()
            ]
            raise _stale("\n".join([*changed, *(conflit.difference for conflit in etat.conflits)]) or None)
        try:
            after = await asyncio.to_thread(change, root, etat)
        except EditError as error:
            raise Problem(409, "modification_impossible", str(error)) from error
        except ModeleError as error:
            raise Problem(
                409,
                "source_illisible",
                f"Corrigez d’abord la source, à la ligne {error.line} : {error.reason}",
            ) from error
        await modele_brouillon.keep(session, row, cle, dict(after.brouillon), actor.id)


def _operated(root: Folder, etat: Etat, operation: Operation) -> Etat:
    if operation.genre == "fichier":
        return _with_text(root, etat, operation.fichier or "", operation.texte or "")
    if not operation.chemin:
        raise EditError("Dites où est ce que vous changez.")
    op = Op(operation.genre, tuple(operation.chemin), operation.valeur, tuple(operation.vers))
    text = edit(etat.fichiers[etat.source], op, known_keys)
    return _with_text(root, etat, etat.source, text)


def _with_text(root: Folder, etat: Etat, path: str, text: str) -> Etat:
    if path != etat.source and not _FORM.match(path):
        raise EditError("Un modèle n’a que son fichier YAML et ceux de ses formulaires.")
    found = brouillon_modele.state(root, etat.cle, brouillon_modele.with_text(root, etat, path, text))
    assert found is not None
    return found


async def _save(
    cle: str,
    choix: Mapping[str, str],
    seen: str,
    actor: Actor,
    *,
    publishing: bool = False,
) -> None:
    root = modeles_root()
    why = brouillon_modele.why_read_only(root)
    async with session_scope() as session:
        row = await modele_brouillon.locked(session, cle)
        etat = await asyncio.to_thread(brouillon_modele.state, root, cle, row.fichiers if row else None)
        if etat is None:
            raise not_found("Le fichier de ce modèle")
        if etat.etag != seen:
            raise _stale()
        if etat.brouillon and why:
            raise Problem(409, "lecture_seule", why)
        left = [conflit for conflit in etat.conflits if conflit.fichier not in choix]
        if left:
            raise Problem(
                409,
                "fichier_modifie",
                f"« {left[0].fichier} » a été modifié à la main pendant que vous travailliez. "
                "Dites quelle version garder : rien n’a été écrit.",
                difference="\n".join(conflit.difference for conflit in left),
            )
        mine = {path: piece for path, piece in etat.brouillon.items() if choix.get(path) != "fichier"}
        kept = brouillon_modele.state(root, cle, mine)
        assert kept is not None
        if publishing:
            _, findings = await asyncio.to_thread(brouillon_modele.checked, root, kept)
            wrong = [finding for finding in findings if finding.level == "erreur"]
            if wrong:
                raise Problem(
                    409, "modele_en_erreur", f"Ce modèle ne peut pas être publié : {wrong[0].reason}"
                )
        try:
            await asyncio.to_thread(brouillon_modele.save, root, kept)
        except NotWritable as error:
            raise Problem(409, "lecture_seule", str(error)) from error
        await modele_brouillon.keep(session, row, cle, {}, actor.id)


async def draft_read(root: Folder, etat: Etat) -> Resolved:
    """The modèle of the draft. Raises a 409 problem when it cannot be read."""
    try:
        found = await asyncio.to_thread(brouillon_modele.resolved, root, etat)
    except ModeleError as error:
        raise _unreadable(error) from error
    if found.findings:
        raise _unreadable(ModeleError(*found.findings))
    return found


def _unreadable(error: ModeleError) -> Problem:
    place = f"{error.file}, ligne {error.line}" if error.line else error.file
    return Problem(409, "modele_illisible", f"Corrigez d’abord {place} : {error.reason}")


async def _seen(cle: str) -> BrouillonModele:
    root = modeles_root()
    async with session_scope() as session:
        row = await modele_brouillon.of_modele(session, cle)
        latest = await store_modele.latest_of(session, cle)
        author = await session.get(Utilisateur, row.updated_par) if row and row.updated_par else None
        versions = await changement.versions(session, cle)
    etat = await asyncio.to_thread(brouillon_modele.state, root, cle, row.fichiers if row else None)
    if etat is None and latest is not None:
        raise Problem(
            404,
            "fichier_absent",
            "Le fichier de ce modèle n’existe plus. Ses démarches continuent sur leur version publiée ; "
            "vous pouvez recréer le fichier à partir d’elle.",
        )
    if etat is None:
        raise not_found("Ce modèle")
    found, findings = await asyncio.to_thread(brouillon_modele.checked, root, etat)
    sha = await asyncio.to_thread(digest, found.bundle) if found else None
    places = _etapes(etat)
    data = etat.donnees if isinstance(etat.donnees, dict) else None
    return BrouillonModele(
        cle=cle,
        etag=etat.etag,
        titre=str((data or {}).get("titre") or cle),
        fichiers=etat.fichiers,
        modifies=list(etat.brouillon),
        conflits=[ConflitVu(fichier=c.fichier, difference=c.difference) for c in etat.conflits],
        donnees=data,
        constats=[_constat(finding, etat, places) for finding in findings],
        publiable=found is not None and not any(finding.level == "erreur" for finding in findings),
        lecture_seule=brouillon_modele.why_read_only(root),
        version=latest.version if latest else None,
        a_publier=latest is None or sha != latest.sha256,
        ouvertes=sum(version.ouvertes for version in versions),
        enregistre_at=row.updated_at if row else None,
        enregistre_par=f"{author.prenom} {author.nom}" if author else None,
        scenarios=[path.stem for path in scenarios_of(cle, root)],
        courriels=brouillon_modele.mails(root),
        documents=brouillon_modele.document_models(root),
    )


def _etapes(etat: Etat) -> list[tuple[int, str]]:
    """First line of each étape, in the order of the file."""
    try:
        data, places = read_yaml(etat.fichiers[etat.source], etat.source)
    except ModeleError:
        return []
    return sorted(_starts(data, places))


def _starts(data: Any, places: Places) -> list[tuple[int, str]]:
    return [
        (line, str(key))
        for path, (line, _) in places.values.items()
        if path[:1] == ("etapes",)
        and path[-1] in ("cle", "pour_chaque", "parallele")
        and (len(path) == 3 or (len(path) == 6 and path[2] == "branches"))
        and (key := _value(data, path))
    ]


def _value(data: Any, path: tuple[str | int, ...]) -> Any:
    for part in path:
        data = data[part]
    return data


def _constat(finding: Finding, etat: Etat, places: list[tuple[int, str]]) -> Constat:
    inside = [key for line, key in places if finding.file == etat.source and line <= finding.line]
    return Constat(
        fichier=finding.file,
        ligne=finding.line,
        colonne=finding.column,
        niveau=finding.level,
        raison=finding.reason,
        remede=finding.remedy,
        etape=inside[-1] if inside else None,
    )


def _played(root: Folder, found: Resolved, wanted: str | None) -> EssaiVirtuel:
    today = date.today()  # noqa: DTZ011 - a trial begins on the administrator's day
    try:
        program = Program(found.bundle, RULES, digest(found.bundle))
    except (ExpressionError, ModeleError) as error:
        raise Problem(
            409, "modele_illisible", f"Corrigez d’abord ce que dit la vérification : {error}"
        ) from error
    known = {path.stem: path for path in scenarios_of(found.bundle.modele.modele, root)}
    if wanted is not None and wanted not in known:
        raise not_found("Ce scénario")
    scenario = invented(program, today)
    if wanted is not None:
        try:
            loaded = load_scenario(known[wanted].read_bytes(), f"{wanted}.yaml")
            faults = check_scenario(loaded, program)
            if faults:
                raise ModeleError(*faults)
        except ModeleError as error:
            raise Problem(
                409, "scenario_inadapte", f"Ce scénario ne va plus avec le modèle : {error.reason}"
            ) from error
        scenario = loaded.scenario
    simulation = Simulation(program, scenario, today, TRY_AT_MOST)
    told: list[LigneJournal] = []
    refusal: str | None = None
    try:
        for step in simulation.run():
            told += [
                LigneJournal(
                    at=line.at, famille=line.famille, texte=line.text, detail=line.detail, qui=line.who
                )
                for line in lines(step, program)
            ]
            if step.refusal is not None:
                refusal = " ".join([step.refusal.detail, *(detail for _, detail in step.refusal.errors)])
    except EngineError as error:
        return EssaiVirtuel(
            lignes=told,
            fin=stopped(simulation, error),
            reussie=False,
            jours=(simulation.now - simulation.begin).days,
            refus=refusal,
            attentes=[],
            invente=wanted is None,
        )
    return EssaiVirtuel(
        lignes=told,
        fin=ending(simulation),
        reussie=simulation.ending == "terminee",
        jours=(simulation.now - simulation.begin).days,
        refus=refusal,
        attentes=[
            AttenteVue(
                nom=wait.nom,
                libelle=wait.label,
                depuis=max(wait.since, simulation.begin),
                echeance=wait.due_at,
            )
            for _, wait in simulation.waiting()
        ],
        invente=wanted is None,
    )
