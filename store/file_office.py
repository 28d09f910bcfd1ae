"""Documents of a word processor or a spreadsheet, which are archives: what they may hold, and what they must not
(GED-01, SEC-14)."""

import re
import zipfile
from collections.abc import Iterator
from typing import BinaryIO

from store.file_dangers import WINDOW, inflated
from store.file_refusals import MIB, ActiveContent, DamagedFile, ProtectedFile, SeveralTypes, TooDense

PARTS_MAX = 5000
EXPANDED_MAX = 256 * MIB
XML_MAX = 32 * MIB
_DAMAGED = "Ce document est incomplet ou abîmé. Ouvrez-le pour le vérifier, puis déposez-le à nouveau."
_AS_PDF = "Enregistrez-le en PDF, puis déposez-le à nouveau."
_PROGRAMS = re.compile(
    r"vbaproject|vbadata|activex|oleobject|^basic/|^scripts/|\.(?:exe|dll|js|vbs|bat|cmd|html?)$"
)
"""Names of parts that run, or start something else when they are opened."""
_RELATION = re.compile(rb"<Relationship\b[^>]*>")
# A link that one clicks, and the template on the author's own disk, which most firms' documents name.
_HARMLESS = re.compile(
    rb'Type="[^"]*/hyperlink"|(?=.*/attachedTemplate").*Target="(?:file:///)?[A-Za-z]:', re.DOTALL
)
_EXTERNAL = re.compile(rb'TargetMode="External"', re.IGNORECASE)
_DDE = re.compile(rb"\bDDE(?:AUTO)?\s", re.IGNORECASE)
_DECLARED = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def check_office(stream: BinaryIO, heart: str) -> None:
    """Refuse an archive that is not such a document, or that does more than be read. `heart`: the part that makes it
    what it is. Raises a FileRefused."""
    try:
        with zipfile.ZipFile(stream) as archive:
            parts = archive.infolist()
            _check_shape(archive, parts, heart)
            left = EXPANDED_MAX
            for part in parts:
                left -= _check_part(archive, stream, part, left)
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError) as error:
        raise DamagedFile(_DAMAGED) from error


def _check_shape(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo], heart: str) -> None:
    if heart not in archive.namelist():
        raise DamagedFile(_DAMAGED)
    # Opened from its end, an archive may follow anything: this one begins with the file.
    if min(part.header_offset for part in parts) != 0 or archive.comment:
        raise SeveralTypes(f"Ce fichier en contient un autre, caché derrière le premier. {_AS_PDF}")
    if any(part.flag_bits & 1 for part in parts):
        raise ProtectedFile(
            "Ce document est protégé par un mot de passe. Enregistrez-le sans protection, puis déposez-le à nouveau."
        )
    if len(parts) > PARTS_MAX:
        raise TooDense(f"Le contenu de ce fichier est démesuré une fois ouvert. {_AS_PDF}")
    if any(_PROGRAMS.search(part.filename.lower()) for part in parts):
        raise ActiveContent(
            f"Ce document contient une macro ou un objet, il ne peut pas être accepté. {_AS_PDF}"
        )


def _check_part(archive: zipfile.ZipFile, stream: BinaryIO, part: zipfile.ZipInfo, left: int) -> int:
    """Size of a part once expanded, whatever it says of itself."""
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise DamagedFile(_DAMAGED)
    raw = _raw(stream, part)
    if part.compress_type == zipfile.ZIP_STORED:
        size = part.compress_size
    else:
        size = inflated(raw, min(left, EXPANDED_MAX), wbits=-15)
    if size > left:
        raise TooDense(f"Le contenu de ce fichier est démesuré une fois ouvert. {_AS_PDF}")
    name = part.filename.lower()
    if name.endswith((".xml", ".rels")):
        if size > XML_MAX:
            raise TooDense(f"Le contenu de ce fichier est démesuré une fois ouvert. {_AS_PDF}")
        _check_xml(archive, part)
    return size


def _raw(stream: BinaryIO, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """The bytes of a part as they are stored, a few at a time."""
    stream.seek(part.header_offset)
    header = stream.read(30)
    if header[:4] != b"PK\x03\x04":
        raise DamagedFile(_DAMAGED)
    stream.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), 1)
    left = part.compress_size
    while left > 0 and (piece := stream.read(min(left, WINDOW))):
        left -= len(piece)
        yield piece


def _check_xml(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    text = archive.read(part)
    if _DECLARED.search(text[:4096]):
        raise ActiveContent(f"Ce document appelle un autre contenu, il ne peut pas être accepté. {_AS_PDF}")
    name = part.filename.lower()
    if name.endswith(".rels"):
        outside = [found for found in _RELATION.findall(text) if _EXTERNAL.search(found)]
        if not all(_HARMLESS.search(found) for found in outside):
            raise ActiveContent(
                f"Ce document va chercher un contenu ailleurs, il ne peut pas être accepté. {_AS_PDF}"
            )
    elif name == "word/document.xml" and _DDE.search(text):
        raise ActiveContent(f"Ce document lance un programme, il ne peut pas être accepté. {_AS_PDF}")
