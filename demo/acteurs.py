"""People who use eLaska through its HTTP API, as a browser would: log in, act, follow the links of their mails."""

from __future__ import annotations

import re
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

from demo.comptes import MOT_DE_PASSE
from store.totp import code_at

PATIENCE_S = 30.0
CODE_S = 30
"""Life of a code of the second factor, in seconds."""
ESSAIS = 3


class Inattendu(AssertionError):
    """The product answered something else than what the story says."""


@dataclass(frozen=True)
class Adresses:
    """Where the product and the mail catcher are."""

    base: str
    courriels: str


class Acteur:
    """One person with a session of their own. Every command carries an idempotency key."""

    def __init__(self, adresses: Adresses, nom: str) -> None:
        self._adresses = adresses
        self.nom = nom
        self._http = httpx.Client(base_url=adresses.base, timeout=30, follow_redirects=False)
        self._csrf = ""

    @classmethod
    def connecte(cls, adresses: Adresses, email: str, seed: str | None = None) -> Acteur:
        """Log in with the demonstration's password, and the second factor when the person has one."""
        acteur = cls(adresses, email)
        answer = acteur._http.post("/api/connexion", json={"email": email, "mot_de_passe": MOT_DE_PASSE})
        if answer.status_code == 202 and seed is not None:
            answer = acteur._second_factor(seed)
        acteur._expect(answer, 200)
        acteur._greet()
        return acteur

    def _second_factor(self, seed: str) -> httpx.Response:
        """Give the code of the moment; one that has served already is followed by the next, at most 30 s later."""
        limit = time.monotonic() + 2 * CODE_S
        while True:
            answer = self._http.post("/api/connexion/totp", json={"code": code_at(seed, datetime.now(UTC))})
            if answer.status_code != 401 or time.monotonic() > limit:
                return answer
            time.sleep(CODE_S - time.time() % CODE_S + 0.2)

    @classmethod
    def par_lien(cls, adresses: Adresses, token: str, nom: str) -> Acteur:
        """Come by a participant's single-use link."""
        acteur = cls(adresses, nom)
        acteur._expect(acteur._http.post(f"/api/liens/{token}"), 200)
        acteur._greet()
        return acteur

    @classmethod
    def par_session(cls, adresses: Adresses, cookies: dict[str, str], nom: str) -> Acteur:
        """Go on in a session that a browser has opened."""
        acteur = cls(adresses, nom)
        acteur._http.cookies.update(cookies)
        acteur._greet()
        return acteur

    def cookies(self) -> dict[str, str]:
        """Those of the session, for a browser to go on in it."""
        return dict(self._http.cookies)

    def _greet(self) -> None:
        self.moi = self._expect(self._http.get("/api/moi"), 200)
        self._csrf = self.moi["csrf"]

    def get(self, path: str, status: int = 200, **params: Any) -> Any:
        """Read; the answer's JSON."""
        return self._expect(self._http.get(f"/api{path}", params=params), status)

    def trouve(self, path: str) -> bool:
        """Whether there is something to read there."""
        answer = self._http.get(f"/api{path}")
        if answer.status_code != 404:
            self._expect(answer, 200)
        return answer.status_code == 200

    def post(
        self, path: str, body: dict[str, Any] | None = None, status: int = 200, key: str | None = None
    ) -> Any:
        """Command; the answer's JSON."""
        return self._send("POST", path, status, key, json=body or {})

    def put(self, path: str, body: dict[str, Any], status: int = 200) -> Any:
        return self._send("PUT", path, status, None, json=body)

    def depose(self, path: str, *fichiers: tuple[str, bytes, str], status: int = 200) -> Any:
        """Deposit files: (name, bytes, type)."""
        return self._send("POST", path, status, None, files=[("fichiers", fichier) for fichier in fichiers])

    def repond(self, path: str, message: str) -> Any:
        """Answer what the firm asked; a multipart form, since an answer may carry files."""
        return self._send("POST", path, 200, None, files={"message": (None, message)})

    def telecharge(self, fichier: str) -> httpx.Response:
        """Bytes of a file."""
        answer = self._http.get(f"/api/fichiers/{fichier}")
        if answer.status_code != 200:
            raise Inattendu(f"fichier illisible : {answer.status_code}")
        return answer

    def _send(self, method: str, path: str, status: int, key: str | None, **content: Any) -> Any:
        headers = {"X-CSRF-Token": self._csrf, "Idempotency-Key": key or str(uuid.uuid4())}
        for _ in range(ESSAIS):
            answer = self._http.request(method, f"/api{path}", headers=headers, **content)
            # Not confirmed in time, on a loaded machine: the same key makes it one command.
            if answer.status_code != 503 or status == 503:
                break
        return self._expect(answer, status)

    def _expect(self, answer: httpx.Response, status: int) -> Any:
        if answer.status_code != status and not (status == 200 and answer.status_code == 201):
            raise Inattendu(
                f"{answer.request.method} {answer.request.url.path} : {answer.status_code} au lieu de {status} : "
                f"{answer.text[:600]}"
            )
        return answer.json() if answer.content and "json" in answer.headers.get("content-type", "") else None


def attendre(quoi: str, lecture: Any, patience: float = PATIENCE_S) -> Any:
    """Read again until the answer is truthy. Raises Inattendu, naming what was awaited."""
    limit = time.monotonic() + patience
    while time.monotonic() < limit:
        found = lecture()
        if found:
            return found
        time.sleep(0.1)
    raise Inattendu(f"attendu en vain : {quoi}")


def produire(conseiller: Acteur, demarche: str, document: str) -> dict[str, Any]:
    """Have a document of a démarche (its path) made, and wait for its PDF."""
    under_way = any(
        d["cle"] == document and d["statut"] == "en_preparation"
        for d in conseiller.get(demarche)["documents"]
    )
    if not under_way:
        conseiller.post(f"{demarche}/documents", {"document": document})
    made: dict[str, Any] = attendre(
        f"le document « {document} »",
        lambda: next(
            (
                d
                for d in conseiller.get(demarche)["documents"]
                if d["cle"] == document and d["statut"] == "disponible" and not d["perime"]
            ),
            None,
        ),
    )
    return made


def courriels_de(adresses: Adresses, email: str) -> list[dict[str, Any]]:
    """Mails received by someone, newest first."""
    answer = httpx.get(f"{adresses.courriels}/api/courriels", params={"a": email}, timeout=10)
    found: list[dict[str, Any]] = answer.raise_for_status().json()
    return found


_LIEN = re.compile(r"/lien/([A-Za-z0-9_-]{40,})")


def jeton_recu(adresses: Adresses, email: str, reference: str, sauf: frozenset[str] = frozenset()) -> str:
    """Token of the newest access link mailed to someone about a démarche, other than those already used."""

    def cherche() -> str | None:
        about = [c for c in courriels_de(adresses, email) if reference in c["text"] + c["html"]]
        for courriel in about:
            for lien in courriel["links"]:
                trouve = _LIEN.search(lien)
                if trouve and trouve.group(1) not in sauf:
                    return trouve.group(1)
        return None

    token: str = attendre(f"le lien envoyé à {email}", cherche)
    return token
