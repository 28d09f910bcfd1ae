"""A mailbox read over IMAP4rev1: the commands that `activities/retours.py` sends, answered as RFC 3501 says."""

from __future__ import annotations

import re
import socketserver
import threading
from dataclasses import dataclass, field
from email.parser import BytesHeaderParser
from types import TracebackType
from typing import Self

USER, PASSWORD = "retours", "lettres mortes"


@dataclass
class FakeImap:
    """`letters`: what arrived, by number. `seen`: numbers of those that were marked read. `refused`: those that the
    server cannot give for now. `gone`: those that somebody else took away since they were looked for."""

    letters: dict[int, bytes] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    refused: set[int] = field(default_factory=set)
    gone: set[int] = field(default_factory=set)
    port: int = 0

    def receive(self, raw: bytes) -> int:
        number = len(self.letters) + 1
        self.letters[number] = raw
        return number

    def __enter__(self) -> Self:
        mailbox = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                self.wfile.write(b"* OK IMAP4rev1\r\n")
                for line in self.rfile:
                    tag, _, command = line.decode().strip().partition(" ")
                    untagged, verdict = mailbox.answer(command)
                    self.wfile.write(untagged + f"{tag} {verdict} done\r\n".encode())

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, command: str) -> tuple[bytes, str]:
        """What is sent before the tagged line, and that line."""
        if command == "CAPABILITY":
            return b"* CAPABILITY IMAP4rev1\r\n", "OK"
        if command.startswith("LOGIN "):
            return b"", "OK" if command == f'LOGIN {USER} "{PASSWORD}"' else "NO"
        if command.startswith("SELECT "):
            found = f"* {len(self.letters)} EXISTS\r\n".encode()
            return (found, "OK [READ-WRITE]") if command == 'SELECT "INBOX"' else (b"", "NO")
        if search := re.fullmatch(r'UID SEARCH UNSEEN HEADER Content-Type "?([^"]+)"?', command):
            kinds = {
                number: BytesHeaderParser().parsebytes(raw)["Content-Type"]
                for number, raw in self.letters.items()
            }
            fitting = [number for number, kind in kinds.items() if search[1] in (kind or "").lower()]
            numbers = " ".join(str(number) for number in fitting if number not in self.seen)
            return f"* SEARCH {numbers}".rstrip().encode() + b"\r\n", "OK"
        if fetch := re.fullmatch(r"UID FETCH (\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)", command):
            number = int(fetch[1])
            if number in self.refused | self.gone:
                return b"", "OK" if number in self.gone else "NO [UNAVAILABLE]"
            raw = self.letters[number][: int(fetch[2])]
            head = f"* {fetch[1]} FETCH (UID {fetch[1]} BODY[]<0> {{{len(raw)}}}\r\n"
            return head.encode() + raw + b")\r\n", "OK"
        if store := re.fullmatch(r"UID STORE (\d+) \+FLAGS\.SILENT \(\\Seen\)", command):
            self.seen.add(int(store[1]))
            return b"", "OK"
        return b"", "BAD"
