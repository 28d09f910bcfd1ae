"""Secrets of a local installation: generated once, kept in a file that only its owner can read."""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path

from cli.errors import Refusal

MASTER_KEY = "ELASKA_MASTER_KEY"
VAPID_KEY = "ELASKA_VAPID_PRIVATE_KEY"
# Order of the P-256 curve: a private key is a number below it.
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def load_or_create(file: Path) -> dict[str, str]:
    """The secrets as environment variables; the file is made with mode 0600 at the first start.

    Raises Refusal when the file exists and has lost its master key: a new one would make all stored data
    unreadable, so it is never replaced silently.
    """
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return read(file)
    values = {
        MASTER_KEY: base64.b64encode(secrets.token_bytes(32)).decode("ascii"),
        VAPID_KEY: new_vapid_key(),
    }
    with os.fdopen(descriptor, "w", encoding="ascii") as handle:
        handle.writelines(f"{name}={value}\n" for name, value in values.items())
        handle.flush()
        os.fsync(handle.fileno())
    return values


def new_vapid_key() -> str:
    """Key of Web Push: a number of the curve, on 32 bytes, base64url."""
    number = secrets.randbelow(P256_ORDER - 1) + 1
    return base64.urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode("ascii")


def read(file: Path) -> dict[str, str]:
    lines = (line.strip() for line in file.read_text(encoding="ascii").splitlines())
    values = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    if not values.get(MASTER_KEY):
        raise Refusal(
            f"Le fichier {file} ne contient plus la clé maîtresse ({MASTER_KEY}). "
            "Sans elle, les données enregistrées sont illisibles : restaurez ce fichier depuis une sauvegarde."
        )
    if file.stat().st_mode & 0o077:
        file.chmod(0o600)
    return values
