"""Ports of the stack: chosen once, kept in `ports.json`, refused clearly when another program holds them."""

from __future__ import annotations

import json
import random
import socket
from collections.abc import Mapping
from pathlib import Path

from cli.errors import Refusal

HOST = "127.0.0.1"
# Outside the range from which Linux picks the source port of outgoing connections (32768 and up): a port found
# free stays free.
FREE_RANGE = (20_000, 32_000)
PREFERRED: Mapping[str, int] = {"api": 8000, "courriels": 8025, "smtp": 8026, "temporal": 7233}


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of the local address now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def find_free(taken: set[int]) -> int:
    """A free port that is not among those already given out."""
    for _ in range(500):
        port = random.randint(*FREE_RANGE)  # noqa: S311 - not a secret
        if port not in taken and is_free(port):
            return port
    raise Refusal("Aucun port libre n'a été trouvé sur cette machine.")


def choose(
    file: Path, *, prefer: Mapping[str, int] = PREFERRED, asked: Mapping[str, int] | None = None
) -> dict[str, int]:
    """Ports by service name.

    The first start takes the preferred ports, or free ones where they are busy, and writes them down; later
    starts take the same again. `asked` holds ports that a person asked for by name: they replace the kept ones.
    """
    kept: dict[str, int] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    chosen = {**kept, **(asked or {})}
    for name in PREFERRED:
        if name not in chosen:
            wish = prefer.get(name, 0)
            taken = set(chosen.values())
            chosen[name] = wish if wish and wish not in taken and is_free(wish) else find_free(taken)
    if chosen != kept:
        file.write_text(json.dumps(chosen, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return chosen


def require_free(name: str, port: int) -> None:
    """Refuse to start when another program listens on the port of this service."""
    if is_free(port):
        return
    option = " Pour en changer, ajoutez « --port NUMÉRO »." if name == "api" else ""
    raise Refusal(
        f"Le port {port}, prévu pour « {name} », est déjà utilisé par un autre programme. "
        f"Arrêtez ce programme, puis relancez.{option}"
    )
