"""What a deposited file really is (GED-09): its type from its bytes, then its structure, never its name
alone.

Each refusal is a sentence for the person who deposits, saying what to do.
"""

import io
import re
import warnings
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO

import pikepdf
import puremagic
from PIL import Image, ImageFile, UnidentifiedImageError

from store.file_dangers import check_one_nature, check_pdf_contents
from store.file_office import check_office
from store.file_refusals import (
    MIB,
    ActiveContent,
    DamagedFile,
    EmptyFile,
    ExtensionMismatch,
    FileTooBig,
    ProtectedFile,
    TooDense,
    TypeRefused,
)

HEAD = 8192
"""Bytes needed by `sniff`."""
MAX_PIXELS = 60_000_000

PDF, JPEG, PNG, WEBP = "application/pdf", "image/jpeg", "image/png", "image/webp"
TEXT, CSV = "text/plain", "text/csv"
_OPEN_XML = "application/vnd.openxmlformats-officedocument."
DOCX, XLSX = f"{_OPEN_XML}wordprocessingml.document", f"{_OPEN_XML}spreadsheetml.sheet"
ODT = "application/vnd.oasis.opendocument.text"
HEARTS = {DOCX: "word/document.xml", XLSX: "xl/workbook.xml", ODT: "content.xml"}
"""The part which makes an archive a document of this type."""

EXTENSIONS: dict[str, tuple[str, ...]] = {
    PDF: (".pdf",),
    JPEG: (".jpg", ".jpeg", ".jpe", ".jfif"),
    PNG: (".png",),
    WEBP: (".webp",),
    TEXT: (".txt",),
    CSV: (".csv",),
    DOCX: (".docx",),
    XLSX: (".xlsx",),
    ODT: (".odt",),
}
LABELS = {
    PDF: "PDF",
    JPEG: "photo JPEG",
    PNG: "image PNG",
    WEBP: "image WebP",
    TEXT: "texte",
    CSV: "tableau CSV",
    DOCX: "document Word",
    XLSX: "classeur Excel",
    ODT: "texte OpenDocument",
}
EVERY = frozenset(EXTENSIONS)
"""Everything that is kept as an attachment or among the documents of a client."""
PROOFS = frozenset({PDF, JPEG, PNG, WEBP})
"""What proves something: a pièce, unless it says otherwise."""

# Leading bytes of what a browser or a shell would run.
_ACTIVE = (
    b"<!doctype",
    b"<html",
    b"<svg",
    b"<?xml",
    b"<script",
    b"<!--",
    b"<head",
    b"<body",
    b"<?php",
    b"#!",
    b"mz",
)


# No text has these, whether UTF-8 or Windows-1252: what does is something else, or UTF-16.
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Limits:
    """What is accepted: a size in bytes and a set of media types."""

    max_size: int = 10 * MIB
    types: frozenset[str] = PROOFS


def in_mo(size: int) -> str:
    """A size as French people read it: « 14 Mo », « 350 Ko »."""
    if size < MIB:
        return f"{max(1, round(size / 1024))}\u00a0Ko"
    return f"{size / MIB:.1f}".replace(".", ",").removesuffix(",0") + "\u00a0Mo"


def too_big(limits: Limits, size: int | None) -> FileTooBig:
    """The refusal, naming the size when it is known."""
    weight = f"pèse {in_mo(size)}" if size else "est trop lourd"
    return FileTooBig(f"Ce fichier {weight}, la limite est de {in_mo(limits.max_size)}. Essayez une photo.")


def sniff(head: bytes, nom: str, limits: Limits) -> str:
    """The media type shown by the first bytes. Raises a FileRefused."""
    if not head.strip(b"\x00\t\r\n \xef\xbb\xbf"):
        raise EmptyFile("Ce fichier est vide. Vérifiez-le, puis déposez-le à nouveau.")
    start = head.lstrip(b"\xef\xbb\xbf\xff\xfe\x00\t\r\n ")[:64].lower()
    if start.startswith(_ACTIVE):
        raise ActiveContent(
            "Ce fichier est une page web ou un programme, il ne peut pas être accepté. "
            f"Formats acceptés\u00a0: {_accepted(limits)}."
        )
    found = _media_type(head, nom)
    if found not in limits.types:
        if _is_heic(head):
            raise TypeRefused(
                "Cette photo est au format HEIC. Dans les réglages de l'appareil photo, choisissez "
                "«\u00a0Le plus compatible\u00a0», ou envoyez une capture d'écran."
            )
        raise TypeRefused(
            f"Ce type de fichier n'est pas accepté. Formats acceptés\u00a0: {_accepted(limits)}."
        )
    suffix = PurePath(nom).suffix.lower()
    if suffix and suffix not in EXTENSIONS[found]:
        raise ExtensionMismatch(
            f"Le nom du fichier se termine par «\u00a0{suffix[:12]}\u00a0» mais son contenu est de type "
            f"{LABELS[found]}. Renommez-le ou déposez le bon fichier."
        )
    return found


def check_structure(media_type: str, stream: BinaryIO) -> None:
    """Open the whole file as what it claims to be, and make sure that it is nothing else. Raises a FileRefused.

    Blocking: call it in a thread.
    """
    if media_type in HEARTS:
        check_office(stream, HEARTS[media_type])
        return
    check_one_nature(stream, pdf=media_type == PDF)
    if media_type == PDF:
        _check_pdf(stream)
    elif media_type in (TEXT, CSV):
        _check_text(stream)
    else:
        _check_image(media_type, stream)


def _check_pdf(stream: BinaryIO) -> None:
    damaged = DamagedFile(
        "Ce PDF est incomplet ou abîmé. Ouvrez-le pour le vérifier, puis déposez-le à nouveau."
    )
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - 2048))
    # pikepdf repairs a truncated file in silence: the end mark is what tells.
    if b"%%EOF" not in stream.read():
        raise damaged
    stream.seek(0)
    try:
        with pikepdf.open(stream, suppress_warnings=True) as pdf:
            if len(pdf.pages) == 0:
                raise damaged
            check_pdf_contents(pdf, stream)
    except pikepdf.PasswordError as error:
        raise ProtectedFile(
            "Ce PDF est protégé par un mot de passe. Enregistrez-le sans protection, puis déposez-le à nouveau."
        ) from error
    except (pikepdf.PdfError, ValueError, RuntimeError) as error:
        raise damaged from error


def _check_text(stream: BinaryIO) -> None:
    stream.seek(0)
    while piece := stream.read(MIB):
        if _CONTROL.search(piece):
            raise DamagedFile(
                "Ce fichier n'est pas du texte. Enregistrez-le en PDF, puis déposez-le à nouveau."
            )


def _check_image(media_type: str, stream: BinaryIO) -> None:
    damaged = DamagedFile(
        "Cette image est incomplète ou abîmée. Reprenez la photo, puis déposez-la à nouveau."
    )
    wanted = {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP"}[media_type]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            # WeasyPrint, once imported, makes Pillow accept images that are cut short.
            ImageFile.LOAD_TRUNCATED_IMAGES = False
            with Image.open(stream, formats=(wanted,)) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise TooDense("Cette image est trop grande. Réduisez-la, puis déposez-la à nouveau.")
                if media_type == PNG:
                    image.verify()
                else:
                    # An eighth of the size is enough: every byte is still read, with little memory.
                    image.draft("RGB", (image.width // 8, image.height // 8))
                    image.load()
    except (
        UnidentifiedImageError,
        OSError,
        SyntaxError,
        ValueError,
        EOFError,
        Image.DecompressionBombError,
    ) as error:
        raise damaged from error


def _media_type(head: bytes, nom: str) -> str:
    if head[:1024].lstrip().startswith(b"%PDF-"):
        return PDF
    if head.startswith(b"PK\x03\x04"):
        # An archive like any other: its name says which document it is, its parts are then looked for.
        suffix = PurePath(nom).suffix.lower()
        return next((type_ for type_ in HEARTS if suffix in EXTENSIONS[type_]), "")
    if not _CONTROL.search(head):
        # Text has no mark of its own: what it is for is told by its name, that it is text by all its bytes.
        suffix = PurePath(nom).suffix.lower()
        return next((type_ for type_ in (TEXT, CSV) if suffix in EXTENSIONS[type_]), "")
    try:
        found = [str(match.mime_type) for match in puremagic.magic_string(head)]
    except (puremagic.PureError, ValueError):
        return ""
    return next((type_ for type_ in found if type_ in EXTENSIONS), found[0] if found else "")


def _is_heic(head: bytes) -> bool:
    return head[4:8] == b"ftyp" and head[8:12] in {b"heic", b"heix", b"mif1", b"msf1", b"heim", b"hevc"}


def _accepted(limits: Limits) -> str:
    return ", ".join(LABELS[type_] for type_ in EXTENSIONS if type_ in limits.types)
