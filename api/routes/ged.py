"""Documents of a client: a tree of folders, documents in versions or links, comments (GED-02 to 06, 17, 18, 20)."""

import uuid
from datetime import UTC, datetime
from typing import Annotated, Self
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import AfterValidator, BaseModel, Field, model_validator
from sqlmodel.ext.asyncio.session import AsyncSession

from api.access import Action, rule
from api.ged import find, find_folder, locked, may_read, tell, vault_closed, visible_folders
from api.problems import FieldError, Problem, not_found
from api.routes.demarches.corps import Corps
from api.routes.televersements import CREATED, TUS, Length, Metadata, announced_file
from api.security.addresses import client_ip
from api.spaces import ClientSpace, SpaceCommande, SpaceLu
from api.targets import tiers_in_path
from api.televersements import deposited, mark
from api.traces import kept_from
from store import fichier, ged
from store.demarche import Demarche
from store.fichier import Fichier
from store.file_refusals import MIB
from store.file_types import EVERY, Limits
from store.ged import Acces, Document, DocumentCommentaire, DocumentVersion, DossierGed
from store.session import session_scope
from store.televersement import Etat
from store.tiers import Tiers, TypeTiers
from workflows.engine.state import FileRef

router = APIRouter(prefix="/api/tiers/{tiers_id}/ged", tags=["documents du client"])
MAX_MIB = 200
MAX_DEPTH = 8
ANNUAL = ("Social", "Fiscal", "Juridique")
READ = [Depends(rule(Action.GED_LIRE, tiers_in_path))]
DEPOSIT = [Depends(rule(Action.GED_DEPOSER, tiers_in_path))]
FILE_AWAY = [Depends(rule(Action.GED_CLASSER, tiers_in_path))]

Nom = Annotated[str, Field(title="Nom", min_length=1, max_length=120, examples=["Bilan 2025"])]
DocumentId = Annotated[uuid.UUID, Path(description="Le document.")]
DossierId = Annotated[uuid.UUID, Path(description="Le dossier.")]


def _address(text: str) -> str:
    if urlsplit(text).scheme != "https" or not urlsplit(text).hostname:
        raise ValueError("Une adresse qui commence par https:// est attendue.")
    return text


class DossierNouveau(Corps):
    nom: Nom
    parent_id: uuid.UUID | None = Field(default=None, title="Dans", description="À la racine à défaut.")


class DossierModifie(Corps):
    """Ce qui n'est pas donné reste comme il est ; `parent_id` nul remet à la racine."""

    nom: Nom | None = None
    parent_id: uuid.UUID | None = None


class AnneeNouvelle(Corps):
    annee: int = Field(title="Année", ge=2000, le=2100, examples=[2026])


class DocumentNouveau(Corps):
    """Un fichier déjà envoyé, ou l'adresse d'un document gardé ailleurs."""

    nom: Nom
    televersement: uuid.UUID | None = None
    lien: Annotated[str, AfterValidator(_address), Field(max_length=1000)] | None = Field(
        default=None, examples=["https://drive.exemple.fr/bilan"]
    )
    dossier_id: uuid.UUID | None = None
    demarche_id: uuid.UUID | None = None
    coffre: bool = Field(default=False, description="Dans le coffre-fort d'un particulier (GED-07).")
    acces: Acces = Acces.CLIENT
    lecteurs: list[Annotated[str, Field(max_length=40)]] = Field(
        default=[], max_length=50, description="Rôles ou personnes, quand l'accès est restreint."
    )

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.televersement is None) == (self.lien is None):
            raise ValueError("Un fichier ou un lien est attendu, l'un des deux.")
        if self.coffre and (self.dossier_id or self.demarche_id):
            raise ValueError("Le coffre-fort n'a pas de dossiers et ne tient à aucune démarche.")
        return self


class DocumentModifie(Corps):
    """Ce qui n'est pas donné reste comme il est ; `dossier_id` nul remet à la racine."""

    nom: Nom | None = None
    dossier_id: uuid.UUID | None = None
    acces: Acces | None = None
    lecteurs: list[Annotated[str, Field(max_length=40)]] | None = Field(default=None, max_length=50)


class VersionNouvelle(Corps):
    televersement: uuid.UUID


class CommentaireDocument(Corps):
    texte: str = Field(title="Texte", min_length=1, max_length=5000)
    interne: bool = False


class DossierLu(BaseModel):
    id: uuid.UUID
    nom: str
    parent_id: uuid.UUID | None


class DocumentLu(BaseModel):
    """`fichier` est celui de la dernière version ; nul pour un lien."""

    id: uuid.UUID
    nom: str
    dossier_id: uuid.UUID | None
    demarche_id: uuid.UUID | None
    coffre: bool = Field(description="Dans le coffre-fort.")
    acces: Acces
    lecteurs: list[str]
    lien: str | None
    fichier: FileRef | None
    versions: int
    commentaires: int
    modifie_le: datetime


class Coffre(BaseModel):
    """`documents` : combien il en garde. Fermé, aucun n'est montré au client."""

    documents: int = Field(examples=[3])
    ouvert_jusqu_a: datetime | None


class Arborescence(BaseModel):
    dossiers: list[DossierLu]
    documents: list[DocumentLu]
    coffre: Coffre | None = Field(description="Celui d'un particulier\u00a0; nul pour les autres clients.")


class VersionLue(BaseModel):
    numero: int
    fichier: FileRef
    at: datetime
    par: str
    restaure: int | None


class CommentaireLu(BaseModel):
    id: uuid.UUID
    texte: str
    par: str
    interne: bool
    at: datetime


class DocumentDetail(BaseModel):
    document: DocumentLu
    versions: list[VersionLue]
    commentaires: list[CommentaireLu]


@router.get("", dependencies=READ)
async def read_tree(
    space: SpaceLu,
    response: Response,
    q: Annotated[str, Query(max_length=100, description="Dans le nom des documents.")] = "",
    demarche: Annotated[uuid.UUID | None, Query(description="Ceux d'une démarche seulement.")] = None,
) -> Arborescence:
    """Folders and documents of a client, of those I may see."""
    space.keep_off_line(response.headers)
    async with session_scope() as session:
        folders = await ged.folders(session, space.client_id)
        rows = [row for row in await ged.documents(session, space.client_id) if may_read(space.actor, row)]
        shown = visible_folders(space.actor, folders, rows)
        if demarche is not None:
            rows = [row for row in rows if row.demarche_id == demarche]
        tiers = await session.get_one(Tiers, space.client_id)
        vault = (
            Coffre(documents=sum(row.coffre for row in rows), ouvert_jusqu_a=space.coffre)
            if tiers.type == TypeTiers.PARTICULIER
            else None
        )
        rows = [row for row in rows if not locked(space, row)]
        wanted = q.strip().casefold()
        rows = [row for row in rows if wanted in ged.opened(space.cipher, row, "nom").casefold()]
        documents = await _read(session, space, rows)
    return Arborescence(
        dossiers=[
            DossierLu(id=row.id, nom=ged.opened(space.cipher, row, "nom"), parent_id=row.parent_id)
            for row in shown
        ],
        documents=documents,
        coffre=vault,
    )


async def _read(session: AsyncSession, space: ClientSpace, rows: list[Document]) -> list[DocumentLu]:
    ids = [row.id for row in rows]
    last = {version.document_id: version for version in await ged.versions(session, ids)}
    comments = await ged.count_comments(session, ids, internal=space.sees_all())
    found = []
    for row in rows:
        version = last.get(row.id)
        found.append(
            DocumentLu(
                id=row.id,
                nom=ged.opened(space.cipher, row, "nom"),
                dossier_id=row.dossier_id,
                demarche_id=row.demarche_id,
                coffre=row.coffre,
                acces=row.acces,
                lecteurs=row.lecteurs if space.sees_all() else [],
                lien=ged.opened(space.cipher, row, "lien") if row.lien else None,
                fichier=await _file(session, space, version.fichier_id) if version else None,
                versions=version.numero if version else 0,
                commentaires=comments.get(row.id, 0),
                modifie_le=row.updated_at,
            )
        )
    return found


async def _file(session: AsyncSession, space: ClientSpace, fichier_id: uuid.UUID) -> FileRef:
    row = await session.get(Fichier, fichier_id)
    assert row is not None
    return FileRef(id=str(row.id), nom=fichier.name(row, space.cipher), type=row.type, taille=row.taille)


@router.get("/documents/{document_id}", dependencies=READ)
async def read_document(space: SpaceLu, document_id: DocumentId, response: Response) -> DocumentDetail:
    """A document, its versions and what was written about it."""
    space.keep_off_line(response.headers)
    async with session_scope() as session:
        row = await find(session, space, document_id)
        return await _detail(session, space, row)


async def _detail(session: AsyncSession, space: ClientSpace, row: Document) -> DocumentDetail:
    (document,) = await _read(session, space, [row])
    versions = [
        VersionLue(
            numero=version.numero,
            fichier=await _file(session, space, version.fichier_id),
            at=version.created_at,
            par=ged.opened(space.cipher, version, "par"),
            restaure=version.restaure,
        )
        for version in await ged.versions(session, [row.id])
    ]
    comments = [
        CommentaireLu(
            id=each.id,
            texte=ged.opened(space.cipher, each, "texte"),
            par=ged.opened(space.cipher, each, "par"),
            interne=each.interne,
            at=each.created_at,
        )
        for each in await ged.comments(session, row.id)
        if space.sees_all() or not each.interne
    ]
    return DocumentDetail(document=document, versions=versions, commentaires=comments)


# --- folders


@router.post("/dossiers", status_code=201, dependencies=FILE_AWAY)
async def add_folder(space: SpaceCommande, body: DossierNouveau) -> DossierLu:
    """Make a folder."""
    async with session_scope() as session:
        row = await _folder(session, space, body.nom, body.parent_id)
    return DossierLu(id=row.id, nom=body.nom, parent_id=row.parent_id)


@router.post("/annees", status_code=201, dependencies=FILE_AWAY)
async def add_year(space: SpaceCommande, body: AnneeNouvelle) -> DossierLu:
    """Make the usual folders of a year: « Dossier Annuel 2026 », with Social, Fiscal and Juridique inside."""
    nom = f"Dossier Annuel {body.annee}"
    async with session_scope() as session:
        top = await _folder(session, space, nom, None)
        for inside in ANNUAL:
            await _folder(session, space, inside, top.id)
    return DossierLu(id=top.id, nom=nom, parent_id=None)


async def _folder(
    session: AsyncSession, space: ClientSpace, nom: str, parent_id: uuid.UUID | None
) -> DossierGed:
    id_ = uuid.uuid5(uuid.NAMESPACE_OID, f"{space.client_id}/{space.command_id}/{parent_id}/{nom}")
    known = await session.get(DossierGed, id_)
    if known is not None:
        return known
    await _check_place(session, space, parent_id)
    await _check_name(session, space, nom, parent_id)
    row = DossierGed(
        id=id_, client_id=space.client_id, parent_id=parent_id, nom=b"", created_by=space.actor.key
    )
    row.nom = ged.seal(space.cipher, row, "nom", nom)
    session.add(row)
    await session.flush()
    return row


async def _check_place(
    session: AsyncSession, space: ClientSpace, parent_id: uuid.UUID | None, moved: uuid.UUID | None = None
) -> None:
    """A folder is in a folder of the same client, not in itself, and not too deep."""
    depth = 0
    while parent_id is not None:
        if parent_id == moved:
            raise Problem(409, "dossier_dans_lui_meme", "Un dossier ne peut pas être rangé dans lui-même.")
        depth += 1
        if depth > MAX_DEPTH:
            raise Problem(
                409, "dossier_trop_profond", f"Les dossiers s'emboîtent sur {MAX_DEPTH} niveaux au plus."
            )
        parent_id = (await find_folder(session, space, parent_id)).parent_id


async def _check_name(
    session: AsyncSession,
    space: ClientSpace,
    nom: str,
    parent_id: uuid.UUID | None,
    but: uuid.UUID | None = None,
) -> None:
    for other in await ged.folders(session, space.client_id):
        same = ged.opened(space.cipher, other, "nom").casefold() == nom.casefold()
        if other.parent_id == parent_id and other.id != but and same:
            raise Problem(409, "dossier_existant", f"Un dossier «\u00a0{nom}\u00a0» est déjà là.")


@router.patch("/dossiers/{dossier_id}", dependencies=FILE_AWAY)
async def change_folder(space: SpaceCommande, dossier_id: DossierId, body: DossierModifie) -> DossierLu:
    """Rename a folder, or move it into another."""
    async with session_scope() as session:
        row = await find_folder(session, space, dossier_id)
        nom = body.nom or ged.opened(space.cipher, row, "nom")
        parent_id = body.parent_id if "parent_id" in body.model_fields_set else row.parent_id
        await _check_place(session, space, parent_id, moved=row.id)
        await _check_name(session, space, nom, parent_id, but=row.id)
        row.nom, row.parent_id = ged.seal(space.cipher, row, "nom", nom), parent_id
        session.add(row)
    return DossierLu(id=row.id, nom=nom, parent_id=parent_id)


@router.delete("/dossiers/{dossier_id}", status_code=204, response_class=Response, dependencies=FILE_AWAY)
async def remove_folder(space: SpaceCommande, dossier_id: DossierId) -> Response:
    """Remove an empty folder."""
    async with session_scope() as session:
        row = await find_folder(session, space, dossier_id)
        if not await ged.empty(session, row.id):
            raise Problem(
                409, "dossier_plein", "Ce dossier n'est pas vide. Déplacez d'abord ce qu'il contient."
            )
        await session.delete(row)
    return Response(status_code=204)


# --- documents


@router.post(
    "/televersements",
    status_code=201,
    response_class=Response,
    responses=CREATED,
    dependencies=[*DEPOSIT, TUS],
)
async def announce_client_file(
    space: SpaceCommande, taille: Length = None, donnees: Metadata = ""
) -> Response:
    """Announce a file to keep for a client, then named by a new document or a new version."""
    return await announced_file(space, _objet(space), Limits(MAX_MIB * MIB, EVERY), taille, donnees)


def _objet(space: ClientSpace) -> str:
    return f"ged:{space.client_id}"


async def _uploaded(space: ClientSpace, id_: uuid.UUID, request: Request) -> uuid.UUID:
    """The file that an upload brought, from now on kept. Raises the problem of one that is not there."""
    refs, _ = await deposited(space, _objet(space), [id_], request)
    return uuid.UUID(refs[0].id)


@router.post("/documents", status_code=201, dependencies=DEPOSIT)
async def add_document(space: SpaceCommande, body: DocumentNouveau, request: Request) -> DocumentDetail:
    """Add a document: a file sent before, or a link. What a client adds, the firm and the client see."""
    if not space.sees_all() and (body.acces != Acces.CLIENT or body.lien or body.dossier_id):
        raise Problem(403, "non_autorise", "Votre rôle ne permet pas cette action.")
    if body.coffre and not space.sees_all() and space.coffre is None:
        raise vault_closed()
    id_ = uuid.uuid5(uuid.NAMESPACE_OID, f"{space.client_id}/{space.command_id}/document")
    fichier_id = await _uploaded(space, body.televersement, request) if body.televersement else None
    try:
        async with session_scope() as session:
            known = await session.get(Document, id_)
            if known is not None:
                return await _detail(session, space, known)
            await _check_whose(session, space, body)
            row = Document(
                id=id_,
                client_id=space.client_id,
                demarche_id=body.demarche_id,
                dossier_id=body.dossier_id,
                coffre=body.coffre,
                nom=b"",
                acces=body.acces,
                lecteurs=body.lecteurs if body.acces == Acces.RESTREINT else [],
                created_by=space.actor.key,
            )
            row.nom = ged.seal(space.cipher, row, "nom", body.nom)
            row.lien = ged.seal(space.cipher, row, "lien", body.lien) if body.lien else None
            session.add(row)
            await session.flush()
            if fichier_id is not None:
                await _add_version(session, space, row, fichier_id)
            await tell(session, space, row, "ajouté", client_ip(request))
            return await _detail(session, space, row)
    except Problem:
        if fichier_id is not None:
            await mark([fichier_id], Etat.PRET)
        raise


async def _check_whose(session: AsyncSession, space: ClientSpace, body: DocumentNouveau) -> None:
    if body.coffre and (await session.get_one(Tiers, space.client_id)).type != TypeTiers.PARTICULIER:
        raise Problem(409, "coffre_absent", "Seuls les particuliers ont un coffre-fort.")
    if body.dossier_id is not None:
        await find_folder(session, space, body.dossier_id)
    if body.demarche_id is not None:
        demarche = await session.get(Demarche, body.demarche_id)
        if demarche is None:
            raise not_found("Cette démarche")
        if demarche.client_id != space.client_id:
            raise kept_from(
                space.actor.key, not_found("Cette démarche"), "demarche", demarche.id, demarche.client_id
            )


async def _add_version(
    session: AsyncSession,
    space: ClientSpace,
    row: Document,
    fichier_id: uuid.UUID,
    restaure: int | None = None,
) -> None:
    former = await ged.versions(session, [row.id])
    if any(version.fichier_id == fichier_id for version in former) and restaure is None:
        # The same request, sent again.
        return
    version = DocumentVersion(
        document_id=row.id,
        numero=len(former) + 1,
        fichier_id=fichier_id,
        restaure=restaure,
        par=b"",
        created_by=space.actor.key,
    )
    version.par = ged.seal(space.cipher, version, "par", space.actor.name)
    session.add(version)
    await session.flush()


@router.patch("/documents/{document_id}", dependencies=FILE_AWAY)
async def change_document(
    space: SpaceCommande, document_id: DocumentId, body: DocumentModifie, request: Request
) -> DocumentDetail:
    """Rename a document, move it, or say who reads it (GED-04, GED-17)."""
    async with session_scope() as session:
        row = await find(session, space, document_id)
        done = []
        if body.nom is not None:
            row.nom = ged.seal(space.cipher, row, "nom", body.nom)
            done.append("renommé")
        if "dossier_id" in body.model_fields_set:
            if body.dossier_id is not None:
                await find_folder(session, space, body.dossier_id)
                if row.coffre:
                    raise Problem(409, "document_du_coffre", "Ce document reste dans le coffre-fort.")
            row.dossier_id = body.dossier_id
            done.append("déplacé")
        if body.acces is not None:
            row.acces = body.acces
            row.lecteurs = (body.lecteurs or []) if body.acces == Acces.RESTREINT else []
            done.append("accès changé")
        if not done:
            raise Problem(
                422,
                "demande_invalide",
                "Rien n'est à changer.",
                errors=[FieldError(pointer="", detail="Un nom, un dossier ou un accès est attendu.")],
            )
        await tell(session, space, row, ", ".join(done), client_ip(request))
        return await _detail(session, space, row)


@router.delete("/documents/{document_id}", status_code=204, response_class=Response, dependencies=FILE_AWAY)
async def withdraw_document(space: SpaceCommande, document_id: DocumentId, request: Request) -> Response:
    """Withdraw a document: nobody reads it any more, its trace stays."""
    async with session_scope() as session:
        row = await find(session, space, document_id)
        await tell(session, space, row, "retiré", client_ip(request))
        row.retire_le = datetime.now(UTC)
        session.add(row)
    return Response(status_code=204)


@router.post("/documents/{document_id}/versions", dependencies=DEPOSIT)
async def add_version(
    space: SpaceCommande, document_id: DocumentId, body: VersionNouvelle, request: Request
) -> DocumentDetail:
    """Give a new version of a document; the former ones are kept."""
    async with session_scope() as session:
        row = await find(session, space, document_id)
        if row.lien is not None:
            raise Problem(409, "document_lien", "Ce document est un lien\u00a0: il n'a pas de version.")
    fichier_id = await _uploaded(space, body.televersement, request)
    async with session_scope() as session:
        row = await find(session, space, document_id)
        await _add_version(session, space, row, fichier_id)
        await tell(session, space, row, "nouvelle version", client_ip(request))
        return await _detail(session, space, row)


@router.post("/documents/{document_id}/versions/{numero}/restauration", dependencies=FILE_AWAY)
async def restore_version(
    space: SpaceCommande, document_id: DocumentId, numero: Annotated[int, Path(ge=1)], request: Request
) -> DocumentDetail:
    """Give back a former version: it becomes the newest one."""
    async with session_scope() as session:
        row = await find(session, space, document_id)
        versions = await ged.versions(session, [row.id])
        wanted = next((version for version in versions if version.numero == numero), None)
        if wanted is None:
            raise not_found("Cette version")
        if versions[-1].fichier_id != wanted.fichier_id:
            await _add_version(session, space, row, wanted.fichier_id, restaure=numero)
            await tell(session, space, row, f"version {numero} rétablie", client_ip(request))
        return await _detail(session, space, row)


@router.post("/documents/{document_id}/commentaires", status_code=201, dependencies=DEPOSIT)
async def comment_document(
    space: SpaceCommande, document_id: DocumentId, body: CommentaireDocument, request: Request
) -> DocumentDetail:
    """Write about a document; the firm may write for itself only."""
    if body.interne and not space.sees_all():
        raise Problem(403, "interdit", "Les notes internes sont réservées au cabinet.")
    id_ = uuid.uuid5(uuid.NAMESPACE_OID, f"{document_id}/{space.command_id}/commentaire")
    async with session_scope() as session:
        row = await find(session, space, document_id)
        if await session.get(DocumentCommentaire, id_) is None:
            written = DocumentCommentaire(
                id=id_,
                document_id=row.id,
                texte=b"",
                par=b"",
                interne=body.interne,
                created_by=space.actor.key,
            )
            written.texte = ged.seal(space.cipher, written, "texte", body.texte)
            written.par = ged.seal(space.cipher, written, "par", space.actor.name)
            session.add(written)
            if not body.interne:
                await tell(session, space, row, "commenté", client_ip(request))
        return await _detail(session, space, row)
