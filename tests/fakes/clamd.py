"""ClamAV's daemon: answers `zINSTREAM` as clamd's manual says, and knows one signature."""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

# The EICAR test file, in two parts: an antivirus must not take this module for it.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
NAME = "Win.Test.EICAR_HDB-1"


@dataclass
class Clamd:
    """`seen`: sizes of what it was shown. `down`: it hangs up without an answer. `longest`: its StreamMaxLength."""

    url: str = ""
    seen: list[int] = field(default_factory=list)
    down: bool = False
    longest: int = 25 * 1024 * 1024

    def answer(self, contents: bytes | None) -> bytes:
        if contents is None:
            return b"INSTREAM size limit exceeded. ERROR\0"
        self.seen.append(len(contents))
        return f"stream: {NAME} FOUND\0".encode() if EICAR in contents else b"stream: OK\0"


@contextmanager
def clamd(folder: Path | None = None) -> Iterator[Clamd]:
    """A daemon of its own for the time of a test: on a Unix socket in `folder`, on TCP without one."""
    made = Clamd()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            if made.down:
                return
            command = bytearray()
            while (letter := self.rfile.read(1)) not in (b"\0", b""):
                command += letter
            if bytes(command) != b"zINSTREAM":
                self.wfile.write(b"UNKNOWN COMMAND\0")
                return
            contents: bytearray | None = bytearray()
            while size := int.from_bytes(self.rfile.read(4)):
                chunk = self.rfile.read(size)
                if contents is None or len(contents) + size > made.longest:
                    contents = None
                    break
                contents += chunk
            self.wfile.write(made.answer(None if contents is None else bytes(contents)))

    if folder is None:
        server: socketserver.BaseServer = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        assert isinstance(server, socketserver.ThreadingTCPServer)
        made.url = f"tcp://127.0.0.1:{server.socket.getsockname()[1]}"
    else:
        path = folder / "clamd.ctl"
        assert socket.AF_UNIX
        server = socketserver.ThreadingUnixStreamServer(str(path), Handler)
        made.url = f"unix://{path}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
