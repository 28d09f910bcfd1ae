"""A long stream of a PDF, read in place: qpdf would hold it whole in memory, twice.

Only where the file says plainly where the stream stands; None otherwise, and the caller asks qpdf.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import BinaryIO

import pikepdf

WINDOW = 1024 * 1024
HEADER = 64 * 1024
"""How far the data of a stream may be from the beginning of its object."""
_TOKEN = re.compile(rb"<<|>>|<[^<>]*>|\(|%[^\r\n]*|stream(?:\r\n|\n)|[^<>()%]")
_IN_STRING = re.compile(rb"\\.|[()]", re.DOTALL)
_END = re.compile(rb"[\r\n \t]*endstream\b")


class InPlace:
    """The streams of a PDF, in the file that it was read from."""

    def __init__(self, pdf: pikepdf.Pdf, file: BinaryIO) -> None:
        self._pdf, self._file = pdf, file

    @cached_property
    def _places(self) -> Mapping[tuple[int, int], pikepdf.XrefEntry]:
        """Read once, however many long streams there are."""
        return {} if self._pdf.is_encrypted else self._pdf.get_xref_table()

    def pieces(self, stream: pikepdf.Stream, length: int) -> Iterator[bytes] | None:
        """The `length` bytes of a stream as the file holds them, a mebibyte at a time.

        None when it does not stand where it should: encrypted, repaired, or of another length.
        """
        start = self._start(stream)
        if start is None:
            return None
        self._file.seek(start + length)
        return self._read(start, length) if _END.match(self._file.read(16)) else None

    def _read(self, start: int, length: int) -> Iterator[bytes]:
        for done in range(0, length, WINDOW):
            # Where qpdf left it matters to nobody: it seeks before it reads.
            self._file.seek(start + done)
            yield self._file.read(min(WINDOW, length - done))

    def _start(self, stream: pikepdf.Stream) -> int | None:
        """Offset of the first byte of data: after the object's number, its dictionary, and the word `stream`."""
        entry = self._places.get(stream.objgen)
        if entry is None or entry.offset is None:
            return None
        self._file.seek(entry.offset)
        head = self._file.read(HEADER)
        named = re.match(rb"%d\s+%d\s+obj\b" % stream.objgen, head)
        end = _after_dictionary(head, named.end()) if named else None
        return None if end is None else entry.offset + end


def _after_dictionary(head: bytes, at: int) -> int | None:
    """Strings and comments may hold anything, the word `stream` and brackets included: they are stepped over."""
    depth = 0
    while found := _TOKEN.match(head, at):
        token, at = found[0], found.end()
        if token == b"<<":
            depth += 1
        elif token == b">>":
            depth -= 1
        elif token == b"(":
            closed = _after_string(head, at)
            if closed is None:
                return None
            at = closed
        elif token.startswith(b"stream") and depth == 0:
            return at
    return None


def _after_string(head: bytes, at: int) -> int | None:
    depth = 1
    while found := _IN_STRING.search(head, at):
        at = found.end()
        depth += {b"(": 1, b")": -1}.get(found[0], 0)
        if depth == 0:
            return at
    return None
