"""What a well-formed file may still hide: a second file inside the first, or contents out of all proportion (SEC-14).

Reads the file in place, a few hundred kilobytes at a time, whatever its size.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

import pikepdf

from store.file_pdf import InPlace
from store.file_refusals import MIB, ActiveContent, SeveralTypes, TooDense

EDGE = 64 * 1024
"""How much of the beginning and of the end is searched."""
STREAM_MAX = 128 * MIB
"""A page scanned at 600 dpi in colour is 104 MiB once expanded: what is beyond is no document."""
EXPANDED_MAX = 1024 * MIB
# Deflate never does better: a stream shorter than this cannot expand beyond the limit.
_DEFLATE_BEST = 1032
WINDOW = 4 * MIB

# What makes a browser or a server read an image as a page or as a program.
_MARKUP = re.compile(rb"<(?:script|html|!doctype html|iframe|\?php)", re.IGNORECASE)
_SEVERAL = (
    "Ce fichier en contient un autre, caché derrière le premier. "
    "Imprimez-le en PDF ou reprenez une photo, puis déposez-le à nouveau."
)
_DENSE = (
    "Le contenu de ce fichier est démesuré une fois ouvert. "
    "Imprimez-le en PDF ou reprenez une photo, puis déposez-le à nouveau."
)

# Read by qpdf at each opening: an object stream is expanded before anything can be asked about it.
pikepdf.settings.set_qpdf_limits(
    flate_max_memory=STREAM_MAX,
    run_length_max_memory=STREAM_MAX,
    png_max_memory=STREAM_MAX,
    tiff_max_memory=STREAM_MAX,
    max_stream_filters=5,
)


def check_one_nature(stream: BinaryIO, *, pdf: bool) -> None:
    """Refuse a file which is two things at once. `pdf`: it is a PDF, otherwise an image. Raises SeveralTypes."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    head = stream.read(EDGE)
    stream.seek(max(0, size - EDGE))
    tail = stream.read(EDGE)
    if pdf:
        # From its first object to its last mark, a PDF may hold any text; around them, nothing.
        head, tail = head[:1024].partition(b" obj")[0], tail.rpartition(b"%%EOF")[2]
    elif b"%PDF-" in head[:1024] or b"%PDF-" in tail:
        raise SeveralTypes(_SEVERAL)
    if _MARKUP.search(head) or _MARKUP.search(tail) or _is_archive(stream):
        raise SeveralTypes(_SEVERAL)


def _is_archive(stream: BinaryIO) -> bool:
    """An archive is read from its end: whatever precedes it, it opens."""
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive:
            return bool(archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError):
        return False


def check_pdf_contents(pdf: pikepdf.Pdf, file: BinaryIO) -> None:
    """Refuse a PDF that starts a program, or whose streams are out of proportion. `file`: what it was read from.
    Raises a FileRefused."""
    action = pdf.Root.get("/OpenAction")
    if isinstance(action, pikepdf.Dictionary) and action.get("/S") == pikepdf.Name("/Launch"):
        raise ActiveContent(
            "Ce PDF lance un programme à l'ouverture, il ne peut pas être accepté. Imprimez-le en PDF, puis "
            "déposez-le à nouveau."
        )
    left, in_place = EXPANDED_MAX, InPlace(pdf, file)
    for found in pdf.objects:
        if isinstance(found, pikepdf.Stream):
            left -= _expanded(found, in_place, min(left, STREAM_MAX))


def _expanded(stream: pikepdf.Stream, in_place: InPlace, most: int) -> int:
    """Size of a stream once expanded, in bytes; 0 when it is too short to matter. Raises TooDense beyond `most`."""
    filters = stream.get("/Filter")
    names = [str(name) for name in filters] if isinstance(filters, pikepdf.Array) else [str(filters)]
    squeezed = [name for name in names if name in ("/FlateDecode", "/Fl", "/LZWDecode", "/LZW")]
    if len(squeezed) > 1:
        raise TooDense(_DENSE)
    if names[0] not in ("/FlateDecode", "/Fl"):
        return 0
    said = stream.get("/Length")
    if isinstance(said, int) and said * _DEFLATE_BEST > min(most, STREAM_MAX):
        length = said
    else:
        # What it says may be less than what it holds, which readers find all the same.
        length = len(stream.get_raw_stream_buffer())
    if length * _DEFLATE_BEST <= min(most, STREAM_MAX):
        return 0
    # Long by itself rather than by what it hides: a stream that hardly grows is no bomb.
    most = max(most, 2 * length)
    pieces = in_place.pieces(stream, length) if length > WINDOW else None
    return inflated(_whole(stream) if pieces is None else pieces, most)


def _whole(stream: pikepdf.Stream) -> Iterator[memoryview]:
    raw = memoryview(stream.get_raw_stream_buffer())
    for start in range(0, len(raw), WINDOW):
        yield raw[start : start + WINDOW]


def inflated(
    pieces: Iterator[bytes] | Iterator[memoryview], most: int, *, wbits: int = zlib.MAX_WBITS
) -> int:
    """Size in bytes once inflated, as far as it can be. Raises TooDense beyond `most`. `wbits`: as zlib has it."""
    inflater, total = zlib.decompressobj(wbits), 0
    for piece in pieces:
        pending: bytes | memoryview = piece
        # All taken in is not all given out: a full window says that more may come.
        full = False
        while (pending or full) and not inflater.eof:
            try:
                given = len(inflater.decompress(pending, WINDOW))
            except zlib.error:
                # Damaged: nothing more comes out of it.
                return total
            total, full = total + given, given == WINDOW
            if total > most:
                raise TooDense(_DENSE)
            pending = inflater.unconsumed_tail
    return total
