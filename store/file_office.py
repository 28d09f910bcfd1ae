"""Documents of a word processor or a spreadsheet, which are archives: what they may hold, and what they must not
(GED-01, SEC-14)."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO, NoReturn
from xml.parsers import expat

from store.file_dangers import WINDOW, inflated
from store.file_refusals import MIB, ActiveContent, DamagedFile, ProtectedFile, SeveralTypes, TooDense

PARTS_MAX = 5000
EXPANDED_MAX = 256 * MIB
XML_MAX = 32 * MIB
_DAMAGED = "Ce document est incomplet ou abîmé. Ouvrez-le pour le vérifier, puis déposez-le à nouveau."
_AS_PDF = "Enregistrez-le en PDF, puis déposez-le à nouveau."
_PROGRAMS = re.compile(
    r"vbaproject|vbadata|activex|oleobject|macrosheets/|^basic/|^scripts/|\.(?:exe|dll|js|vbs|bat|cmd|html?)$"
)
"""Names of parts that run, or start something else when they are opened."""
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError)
_MALFORMED = (expat.ExpatError, LookupError, ValueError)
"""Of an XML part, its encoding included."""
_LOCAL_TEMPLATE = re.compile(r"(?:file:///)?[A-Za-z]:")
"""The template on the author's own disk, which most firms' documents name."""
_DDE = re.compile(r"\bDDE(?:AUTO)?\s", re.IGNORECASE)
_ASIDE = re.compile(
    r"""
      "(?:[^"]|"")*"                                   # a text
    | '(?:[^']|'')*'                                   # the name of a sheet
    | \[(?:[^][']|'.|\[(?:[^][']|'.)*\])*\]            # columns of a table, whose quote keeps what follows
    """,
    re.VERBOSE | re.DOTALL,
)
"""Read from left to right, what a formula only quotes, in a workbook."""
_ASIDE_OPEN = re.compile(
    r"""
      "(?:[^"]|"")*"
    | '(?:[^']|'')*'
    """,
    re.VERBOSE,
)
"""The same, in an OpenDocument: its brackets hold addresses, whose sheets are named as elsewhere."""
_ARRAY = re.compile(r"\{[^{}]*\}")
"""Constants of an OpenDocument, whose rows are separated by « | »."""
_CALLS = re.compile(r"\b(?:DDE|RTD|CALL|REGISTER(?:\.ID)?|WEBSERVICE|IMAGE)\s*\(", re.IGNORECASE)
"""A function that asks another program or the network."""
_FORMULAS = {
    "f",
    "formula",
    "formula1",
    "formula2",
    "calculatedColumnFormula",
    "totalsRowFormula",
    "definedName",
}
"""Elements of a workbook whose text is a formula."""
_MATH = {
    "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "http://purl.oclc.org/ooxml/officeDocument/math",
}
"""Where « f » is a fraction."""
_SHAPES = {"arc", "curve", "group", "line", "oval", "polyline", "rect", "roundrect", "shape", "shapetype"}
"""Drawings of an older Word, which may carry a link that one clicks."""
_RUNS = {"ddeLink", "dde-source", "dde-connection-decl", "dde-link", "event-listener", "script", "object-ole"}
"""Elements that ask another program, or run one: of a workbook, or of an OpenDocument."""
_WITHIN = re.compile(r"#|data:image/(?!svg)|(?:\./)?(?!/|\.\./)[^:]*$")
"""An address inside the document itself."""
_MARKS = b"\xef\xbb\xbf\xff\xfe\x00\t\r\n "
"""What may come before the first sign of an XML part, in any encoding."""


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
    except (*_UNREADABLE, *_MALFORMED) as error:
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
    # What is checked here must be what other programs read, which go by the contents.
    if size != part.file_size:
        raise DamagedFile(_DAMAGED)
    # Programs find a part by its type, not by its name: whatever reads as XML is read.
    if size and _is_xml(archive, part):
        if size > XML_MAX:
            raise TooDense(f"Le contenu de ce fichier est démesuré une fois ouvert. {_AS_PDF}")
        _check_xml(archive, part)
    return size


def _is_xml(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    if part.filename.lower().endswith((".xml", ".rels")):
        return True
    with archive.open(part) as content:
        while piece := content.read(WINDOW):
            if begun := piece.lstrip(_MARKS):
                return begun.startswith(b"<")
    return False


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
    """Read a part as the programs that open it do, whatever its encoding, its quotes and its prefixes."""
    name = part.filename.lower()
    parser = expat.ParserCreate()
    # Entities are declared there: none is ever expanded. Drawings name their doctype, and expat bounds theirs.
    if not name.endswith(".svg"):
        parser.StartDoctypeDeclHandler = _refuse_doctype
    fields = _Fields()
    if name.endswith(".rels"):
        parser.StartElementHandler = _check_relation
    else:
        parser.StartElementHandler, parser.EndElementHandler = fields.start, fields.end
        parser.CharacterDataHandler = fields.text
    with archive.open(part) as content:
        try:
            parser.ParseFile(content)
        except _MALFORMED:
            if name.endswith((".xml", ".rels")):
                raise
    if _DDE.search("".join(fields.said)):
        raise _runs()


def _refuse_doctype(*_: object) -> NoReturn:
    raise ActiveContent(f"Ce document appelle un autre contenu, il ne peut pas être accepté. {_AS_PDF}")


def _runs() -> ActiveContent:
    return ActiveContent(f"Ce document lance un programme, il ne peut pas être accepté. {_AS_PDF}")


def _elsewhere() -> ActiveContent:
    return ActiveContent(
        f"Ce document va chercher un contenu ailleurs, il ne peut pas être accepté. {_AS_PDF}"
    )


def _check_relation(tag: str, attributes: dict[str, str]) -> None:
    """Refuse what a document fetches by itself: a link that one clicks is harmless."""
    if (
        _local(tag) != "Relationship"
        or attributes.get("TargetMode", "Internal").strip().lower() == "internal"
    ):
        return
    kind = attributes.get("Type", "").rpartition("/")[2]
    if kind == "hyperlink":
        return
    if kind == "attachedTemplate" and _LOCAL_TEMPLATE.match(attributes.get("Target", "")):
        return
    raise _elsewhere()


class _Fields:
    """What the fields of a text and the formulas of a workbook tell the program that reads them to do, and what an
    OpenDocument shows that is not in it."""

    def __init__(self) -> None:
        self.said: list[str] = []
        """Of the fields of a text; one instruction may be cut in several pieces."""
        self._instructions = 0
        """How many of them are open."""
        self._formula: list[str] = []
        self._open: list[bool] = []
        """Elements named like a formula, one perhaps inside another: whether each is one."""
        self._spaces: dict[str, set[str]] = {}
        """All that each prefix stands for, here or there in the part."""
        self._refreshed = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        for key, value in attributes.items():
            if key.startswith("xmlns"):
                self._spaces.setdefault(key.partition(":")[2], set()).add(value)
        local = _local(tag)
        self._instructions += local == "instrText"
        if local in _FORMULAS:
            self._open.append(not self._spaces.get(tag.rpartition(":")[0], {""}) <= _MATH)
        if local in _RUNS:
            raise _runs()
        if local == "fldChar":
            self.said.append(" ")
        for key, value in attributes.items():
            match _local(key):
                case "instr" if local == "fldSimple":
                    self.said.append(f" {value} ")
                case "formula":
                    _check_open_formula(value)
                case "refreshOnLoad" if value.strip() in ("1", "true"):
                    # A table of totals is computed again from a sheet of the same workbook, unless it says otherwise.
                    if local != "pivotCacheDefinition":
                        raise _elsewhere()
                    self._refreshed = True
                case "type" if local == "cacheSource" and self._refreshed and value.strip() == "external":
                    raise _elsewhere()
                case "href" if not (_clicked(local, key) or _WITHIN.match(value)):
                    # Their template is only named: a text is opened without it.
                    if local != "template" or "//" in value.removeprefix("file:///"):
                        raise _elsewhere()

    def end(self, tag: str) -> None:
        self._instructions -= _local(tag) == "instrText"
        if _local(tag) in _FORMULAS and self._open.pop() and not any(self._open):
            _check_formula("".join(self._formula))
            self._formula = []

    def text(self, data: str) -> None:
        if self._instructions:
            self.said.append(data)
        if any(self._open):
            self._formula.append(data)


def _clicked(local: str, key: str) -> bool:
    """Whether an address is the one of a link that one clicks."""
    return local == "a" or (local in _SHAPES and key == "href")


def _check_formula(formula: str) -> None:
    """Refuse « service|subject », and the functions that ask elsewhere."""
    bare = _ASIDE.sub("", formula)
    if "|" in bare or _CALLS.search(bare):
        raise _runs()


def _check_open_formula(formula: str) -> None:
    """The same in an OpenDocument, which names its grammar first."""
    grammar = formula.strip().partition(":")[0]
    if grammar not in ("of", "ooow"):
        _check_formula(formula)
        return
    bare = _ASIDE_OPEN.sub("", formula)
    # The tables of a text separate by « | » what they give to a function.
    if _CALLS.search(bare) or (grammar == "of" and "|" in _ARRAY.sub("", bare)):
        raise _runs()


def _local(name: str) -> str:
    return name.rpartition(":")[2]
