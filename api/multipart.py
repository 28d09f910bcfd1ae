"""Reads a multipart body as a stream, part by part: nothing is kept whole in memory, nor written in clear on a disk.

FastAPI's own forms spool files to temporary files in clear, and before the caller is known; this reader starts when
the route asks for it. The parsing itself is python-multipart's, the library behind FastAPI's forms.
"""

from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header

from api.problems import Problem

MAX_FIELD = 64 * 1024


@dataclass(frozen=True, slots=True)
class Part:
    """One part. `filename` is None for a plain field. `chunks` can be read once, before the next part is asked for."""

    name: str
    filename: str | None
    chunks: AsyncIterator[bytes]

    async def text(self) -> str:
        """A plain field's text. Raises the 413 problem beyond 64 KB."""
        found = bytearray()
        async for chunk in self.chunks:
            found += chunk
            if len(found) > MAX_FIELD:
                raise Problem(413, "trop_volumineux", "Un champ du formulaire est trop long.")
        return found.decode("utf-8", "replace")


def body_schema(*, fichiers: tuple[int, int], champs: dict[str, Any] | None = None) -> dict[str, Any]:
    """OpenAPI's description of a multipart body with files (how many at least and at most) and text fields."""
    least, most = fichiers
    listed = {
        "type": "array",
        "title": "Fichiers",
        "items": {"type": "string", "format": "binary"},
        "minItems": least,
        "maxItems": most,
    }
    schema: dict[str, Any] = {"type": "object", "properties": {**(champs or {}), "fichiers": listed}}
    if least:
        schema["required"] = ["fichiers"]
    named = {
        "type": "array",
        "title": "Fichiers envoyés avant, en plusieurs fois",
        "items": {"type": "string", "format": "uuid"},
        "minItems": least,
        "maxItems": most,
    }
    before: dict[str, Any] = {"type": "object", "properties": {**(champs or {}), "televersements": named}}
    if least:
        before["required"] = ["televersements"]
    content = {"multipart/form-data": {"schema": schema}, "application/json": {"schema": before}}
    return {"requestBody": {"required": True, "content": content}}


async def read_parts(request: Request) -> AsyncIterator[Part]:
    """The parts of the request's body, in order. Raises the 415 and 400 problems of a body which is not multipart."""
    kind, options = parse_options_header(request.headers.get("content-type"))
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise Problem(415, "multipart_attendu", "Un envoi « multipart/form-data » est attendu.")
    events = _Events(boundary, request.stream())
    while (part := await events.next_part()) is not None:
        yield part
        # A part left unread is skipped.
        async for _ in part.chunks:
            pass


class _Events:
    """The parser pushes events, the reader pulls them, feeding the parser as needed."""

    def __init__(self, boundary: bytes, source: AsyncIterator[bytes]) -> None:
        self._events: deque[tuple[str, Any]] = deque()
        self._source = source
        self._done = False
        self._field, self._value = b"", b""
        self._disposition = b""
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._on_part_begin,
                "on_header_field": self._on_header_field,
                "on_header_value": self._on_header_value,
                "on_header_end": self._on_header_end,
                "on_headers_finished": self._on_headers_finished,
                "on_part_data": self._on_part_data,
                "on_part_end": lambda: self._events.append(("end", None)),
                "on_end": self._on_end,
            },
        )

    async def next_part(self) -> Part | None:
        while (event := await self._pull()) is not None:
            kind, value = event
            if kind == "part":
                name, filename = value
                return Part(name, filename, self._chunks())
        return None

    async def _chunks(self) -> AsyncIterator[bytes]:
        while (event := await self._pull()) is not None:
            kind, value = event
            if kind == "end":
                return
            yield value

    async def _pull(self) -> tuple[str, Any] | None:
        while not self._events:
            if self._done:
                return None
            chunk = await anext(self._source, None)
            if chunk is None:
                raise _broken()
            try:
                self._parser.write(chunk)
            except MultipartParseError as error:
                raise _broken() from error
        return self._events.popleft()

    def _on_part_begin(self) -> None:
        self._disposition = b""

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header_end(self) -> None:
        if self._field.lower() == b"content-disposition":
            self._disposition = self._value
        self._field, self._value = b"", b""

    def _on_headers_finished(self) -> None:
        _, options = parse_options_header(self._disposition)
        filename = options.get(b"filename")
        self._events.append(
            (
                "part",
                (
                    options.get(b"name", b"").decode("utf-8", "replace"),
                    None if filename is None else filename.decode("utf-8", "replace"),
                ),
            )
        )

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        self._events.append(("data", data[start:end]))

    def _on_end(self) -> None:
        self._done = True


def _broken() -> Problem:
    return Problem(
        400, "envoi_illisible", "L'envoi est incomplet ou abîmé. Recommencez l'envoi de vos fichiers."
    )
