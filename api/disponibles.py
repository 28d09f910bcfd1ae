"""What a client already gave that may serve again for a pièce (GED-15): what the firm validated of the same kind, while
it holds; their documents, and the pièces validated in their other démarches, by name."""

import re
import unicodedata
import uuid
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime
from pathlib import PurePosixPath

from pydantic import BaseModel, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from api.depots import limits_of
from api.dossier import LOOKED_AT, Dossier, opened, reader_of, scope_of
from api.ged import may_read
from api.registre import PROVENANCE, offered
from store import fichier, ged, listes, piece_fournie
from store.base import now
from store.fichier import Fichier
from store.ged import Acces
from store.session import session_scope
from workflows.engine.state import FileRef, PieceState
from workflows.engine.view import view

# That a document is signed does not say what it is.
_EMPTY_WORDS = frozenset(
    {"aux", "avec", "des", "les", "par", "pour", "signe", "signee", "signees", "signes", "sur", "une"}
    | {"vos", "votre"}
)


class DocumentDisponible(BaseModel):
    """`correspond` : son nom est celui de la pièce, à peu près ; les autres restent au choix."""

    nom: str = Field(examples=["Relevé d'identité bancaire"])
    provenance: str = Field(examples=["Embauche de Zoé Martin"])
    at: datetime = Field(description="Quand il a été reçu ou validé.")
    correspond: bool
    distant: bool = Field(
        default=False, description="Encore au registre\u00a0: il en vient quand on le choisit."
    )
    meme_sorte: bool = Field(default=False, description="Déjà validé pour une pièce de la même sorte.")
    fichiers: list[FileRef]


class PieceDejaDonnee(BaseModel):
    """Le document le plus récent que le client a déjà donné pour une pièce encore attendue."""

    piece: str = Field(examples=["domicile"])
    titre: str = Field(examples=["Justificatif de domicile"])
    provenance: str = Field(description="La démarche où il a été validé.", examples=["Crédit Durand"])
    valide_le: datetime
    valable_jusqu_au: datetime | None = Field(description="Sans date\u00a0: il ressert toujours.")
    perime: bool = Field(description="Il ne ressert plus\u00a0: la pièce est à donner de nouveau.")
    fichiers: list[FileRef]


async def available(dossier: Dossier, piece: PieceState) -> list[DocumentDisponible]:
    """Documents that this reader may give again for a pièce, those that match first, then the newest."""
    async with session_scope() as session:
        found = [each async for each in _of_the_client(session, dossier, piece)]
        if dossier.actor.kind == "client":
            found += [each async for each in _validated_elsewhere(session, dossier, piece)]
        found += [
            DocumentDisponible(
                nom=each.titre,
                provenance=each.provenance,
                at=each.valide_le,
                correspond=True,
                meme_sorte=True,
                fichiers=each.fichiers,
            )
            for each in await _of_the_kind(session, dossier, [piece])
            if not each.perime
        ]
        refused = await _refused(session, [each.fichiers for each in found])
    kept = [each for each in found if _fits(piece, each.fichiers, refused)]
    kept += [
        DocumentDisponible(
            nom=nom, provenance=PROVENANCE, at=at, correspond=True, distant=True, fichiers=fichiers
        )
        for nom, at, fichiers in await offered(dossier, piece)
    ]
    return sorted(kept, key=lambda each: (each.correspond, each.at), reverse=True)


async def already_given(dossier: Dossier) -> list[PieceDejaDonnee]:
    """For each pièce never given here, the newest document of its kind that the client gave: one that serves, else one
    that no longer does."""
    wanted = {
        id_: piece for id_, piece in (await dossier.state()).pieces.items() if piece.statut == "manquant"
    }
    async with session_scope() as session:
        given = await _of_the_kind(session, dossier, list(wanted.values()))
        refused = await _refused(session, [each.fichiers for each in given])
    found: dict[str, PieceDejaDonnee] = {}
    for each in given:
        known = found.get(each.piece)
        better = known is None or (known.perime and not each.perime)
        if better and _fits(wanted[each.piece], each.fichiers, refused):
            found[each.piece] = each
    return list(found.values())


async def _refused(session: AsyncSession, documents: Sequence[Sequence[FileRef]]) -> set[str]:
    """Files of these documents that the antivirus has not cleared."""
    ids = {uuid.UUID(file.id) for files in documents for file in files}
    return {str(id_) for id_ in await fichier.not_clean(session, list(ids))} if ids else set()


def _fits(piece: PieceState, files: Sequence[FileRef], refused: set[str]) -> bool:
    """The pièce accepts these files, and so does the antivirus."""
    limits = limits_of(piece.formats, piece.taille_max_mo)
    return bool(files) and all(
        file.type in limits.types and file.taille <= limits.max_size and file.id not in refused
        for file in files
    )


async def _of_the_kind(
    session: AsyncSession, dossier: Dossier, pieces: Sequence[PieceState]
) -> list[PieceDejaDonnee]:
    """Documents validated for pièces of the same kinds, the newest first. The shorter validity holds: that of the pièce
    which asks, or of the one that brought it. Somebody of the firm does not read every démarche of a client: they are
    told of those that they may list."""
    program, state = await dossier.program(), await dossier.state()
    kinds = {
        piece.id: kind
        for piece in pieces
        if (kind := program.piece_kind(piece)) is not None and program.is_client(piece.de, state)
    }
    if not kinds:
        return []
    types = {kind.type for kind in kinds.values() if kind.type is not None}
    given = await piece_fournie.of_client(
        session, dossier.row.client_id, types, but=dossier.id, scope=scope_of(dossier.actor)
    )
    files = await fichier.by_ids(session, (id_ for one in given for id_ in one.fichiers))
    today = now()
    found = []
    for piece in pieces:
        kind = kinds.get(piece.id)
        for one in given:
            if kind is None or one.type != kind.type:
                continue
            ends = [one.expires_at] if one.expires_at else []
            if kind.validite is not None:
                ends.append(program.shift(one.validated_at, kind.validite))
            found.append(
                PieceDejaDonnee(
                    piece=piece.id,
                    titre=one.titre,
                    provenance=one.demarche_titre,
                    valide_le=one.validated_at,
                    valable_jusqu_au=min(ends, default=None),
                    perime=any(end < today for end in ends),
                    fichiers=[_ref(dossier, files[id_]) for id_ in one.fichiers if id_ in files],
                )
            )
    return found


async def _of_the_client(
    session: AsyncSession, dossier: Dossier, piece: PieceState
) -> AsyncIterator[DocumentDisponible]:
    """Files of the client's own documents; none of the vault, and none that the client does not read."""
    rows = [
        row
        for row in await ged.documents(session, dossier.row.client_id)
        if row.acces == Acces.CLIENT and not row.coffre and row.lien is None and may_read(dossier.actor, row)
    ]
    last = {version.document_id: version for version in await ged.versions(session, [row.id for row in rows])}
    files = await fichier.by_ids(session, (version.fichier_id for version in last.values()))
    for row in rows:
        if (version := last.get(row.id)) is None:
            continue
        nom = ged.opened(dossier.cipher, row, "nom")
        yield DocumentDisponible(
            nom=nom,
            provenance="Vos documents",
            at=version.created_at,
            correspond=alike(piece.titre, nom),
            fichiers=[_ref(dossier, files[version.fichier_id])],
        )


async def _validated_elsewhere(
    session: AsyncSession, dossier: Dossier, piece: PieceState
) -> AsyncIterator[DocumentDisponible]:
    kind = (await dossier.program()).piece_kind(piece)
    rows, _ = await listes.dossiers_of(session, frozenset({dossier.row.client_id}), limit=LOOKED_AT, offset=0)
    others = [row for row in rows if row.id != dossier.id]
    for row, program, state in await opened(session, dossier.services.keyring, others):
        for each in view(program, state, reader_of(dossier.actor)).pieces:
            other = program.piece_kind(state.pieces[each.id])
            if kind is not None and other is not None and other.type == kind.type:
                continue  # Offered as one of its kind, while it holds.
            if each.statut == "valide" and each.versions:
                yield DocumentDisponible(
                    nom=each.titre,
                    provenance=row.titre,
                    at=each.decided_at or each.versions[-1].at,
                    correspond=alike(piece.titre, each.titre),
                    fichiers=list(each.versions[-1].files),
                )


def _ref(dossier: Dossier, row: Fichier) -> FileRef:
    return FileRef(id=str(row.id), nom=fichier.name(row, dossier.cipher), type=row.type, taille=row.taille)


async def given_again(dossier: Dossier, ids: Iterable[uuid.UUID]) -> list[FileRef]:
    """The same contents, indexed for this démarche: nothing is sent nor stored twice.

    The ids follow from the command's, so that a second try names the same files.
    """
    refs = []
    async with session_scope() as session:
        for id_ in ids:
            source = await session.get_one(Fichier, id_)
            nom = fichier.name(source, dossier.cipher)
            new = uuid.uuid5(uuid.NAMESPACE_OID, f"{dossier.id}/{dossier.command_id}/{id_}")
            await fichier.copy(session, dossier.cipher, source, id=new, nom=nom, demarche_id=dossier.id)
            refs.append(FileRef(id=str(new), nom=nom, type=source.type, taille=source.taille))
    return refs


async def taken_back(refs: Iterable[FileRef]) -> None:
    """Those of a command that was refused: their contents stay, the former files use them."""
    async with session_scope() as session:
        for ref in refs:
            row = await session.get(Fichier, uuid.UUID(ref.id))
            if row is not None:
                await fichier.remove(session, row)


def alike(piece: str, nom: str) -> bool:
    """Whether a document's name says that it is what a pièce asks for: half of the words of the shorter name, or a
    usual acronym (RIB, CNI, KBIS)."""
    mine, theirs = _words(piece), _words(PurePosixPath(nom).stem if "." in nom else nom)
    common = mine & theirs
    if common & {"rib", "cni", "kbis", "iban", "sirene"}:
        return True
    return bool(common) and 2 * len(common) >= min(len(mine), len(theirs)) and len(common) * 3 >= len(mine)


def _words(text: str) -> set[str]:
    bare = "".join(c for c in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(c))
    return {word for word in re.findall(r"[a-z0-9]{3,}", bare) if word not in _EMPTY_WORDS}
