"""The public API « Recherche d'entreprises » (recherche-entreprises.api.gouv.fr, v1): `GET /search?q=SIREN`.

What it answers is what its documentation shows: `results`, `total_results`; 400 with `erreur`; 429 with `Retry-After`.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


def entreprise(siren: str, nom: str, etat: str = "A", **told: Any) -> dict[str, Any]:
    """One result, with the fields that the documentation gives."""
    return {
        "siren": siren,
        "nom_complet": nom,
        "nom_raison_sociale": nom,
        "sigle": None,
        "nature_juridique": "5710",
        "etat_administratif": etat,
        "date_creation": "2021-03-01",
        "date_fermeture": None,
        "activite_principale": "43.32A",
        "statut_diffusion": "O",
        "siege": {"siret": f"{siren}00018", "adresse": "12 RUE DES TILLEULS 69003 LYON"},
    } | told


@dataclass
class Entreprises:
    """`asked`: queries, in order. `agents`: who said they asked. `first`: statuses given before any answer."""

    url: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)
    first: list[int] = field(default_factory=list)
    known: dict[str, dict[str, Any]] = field(default_factory=dict)


@contextmanager
def entreprises(*known: dict[str, Any]) -> Iterator[Entreprises]:
    """The API on a port of its own, for the time of a test, knowing these companies."""
    made = Entreprises(known={each["siren"]: each for each in known})

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            made.asked.append(query)
            made.agents.append(self.headers["User-Agent"] or "")
            if made.first:
                self._say(made.first.pop(0), {"erreur": "Trop de requêtes"}, {"Retry-After": "1"})
            elif parts.path != "/search":
                self._say(404, {"erreur": "Page inconnue"})
            elif len(query.get("q", "")) < 3:
                self._say(400, {"erreur": "3 caractères minimum pour les termes de la requête"})
            else:
                found = [made.known[query["q"]]] if query["q"] in made.known else []
                page = {"page": 1, "per_page": 1, "total_pages": len(found)}
                self._say(200, {"results": found, "total_results": len(found), **page})

        def _say(self, status: int, told: dict[str, Any], headers: dict[str, str] | None = None) -> None:
            text = json.dumps(told).encode()
            self.send_response(status)
            for name, value in {"Content-Length": str(len(text)), **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, format: str, *args: Any) -> None:
            """A test says what it wants to say by itself."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    made.url = f"http://127.0.0.1:{server.server_port}/search"
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
