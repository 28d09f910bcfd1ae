"""Passwords: argon2id hashes through libpass (the customer's choice, well kept), and what is refused (SEC-03)."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any

from passlib.hash import argon2
from zxcvbn import zxcvbn

from store.settings import settings

MIN_LENGTH = 12
MAX_LENGTH = 128
# zxcvbn reads no more than this.
_MEASURED = 72
_STRONG_ENOUGH = 3
# zxcvbn's lists are English: the roots of common French passwords, and our own names.
_COMMON = (
    "motdepasse", "mot de passe", "azerty", "azertyuiop", "qsdfgh", "bonjour", "soleil", "chocolat", "doudou",
    "loulou", "jetaime", "coucou", "marseille", "france", "paris", "bienvenue", "secret", "entreprise", "societe",
    "administrateur", "connexion", "nicolas", "julien", "camille", "cheval", "poisson", "vacances", "elaska", "cabinet",
)  # fmt: skip
# 64 MiB each: more at once would trade the machine's memory for nothing.
_HASHING = ThreadPoolExecutor(4, "argon2")


class WeakPassword(Exception):
    """The message is for the person who chooses."""


def check(password: str, *known: str) -> None:
    """Raise WeakPassword for a short, common or guessable password. `known`: their name, email, firm."""
    if len(password) < MIN_LENGTH:
        raise WeakPassword(f"Choisissez au moins {MIN_LENGTH} caractères.")
    if len(password) > MAX_LENGTH:
        raise WeakPassword(f"Choisissez au plus {MAX_LENGTH} caractères.")
    words = [word for text in known for word in (text, *text.replace("@", " ").split()) if len(word) > 2]
    if zxcvbn(password[:_MEASURED], [*words, *_COMMON])["score"] < _STRONG_ENOUGH:
        raise WeakPassword(
            "Ce mot de passe est trop facile à deviner. Prenez par exemple quatre mots sans rapport entre eux."
        )


async def hash_password(password: str) -> str:
    """The argon2id hash to store."""
    return str(await asyncio.get_running_loop().run_in_executor(_HASHING, _hasher().hash, password))


async def verify(password: str, stored: str | None) -> bool:
    """Whether the password is the right one. Takes as long when there is none to compare with."""
    compared = stored or _nobody()
    verify_ = _hasher().verify
    right = await asyncio.get_running_loop().run_in_executor(
        _HASHING, verify_, password[:MAX_LENGTH], compared
    )
    return bool(right) and stored is not None


def needs_update(stored: str) -> bool:
    """Whether the hash was made with former, weaker parameters."""
    return bool(_hasher().needs_update(stored))


def _hasher() -> Any:
    return _family(settings().argon2_time_cost, settings().argon2_memory_kib)


@lru_cache
def _family(time_cost: int, memory_cost: int) -> Any:
    """`memory_cost`: in kibibytes."""
    family: Any = argon2
    return family.using(type="ID", time_cost=time_cost, memory_cost=memory_cost, parallelism=1)


@lru_cache
def _nobody() -> str:
    """A hash that no password matches, to answer an unknown email in the same time."""
    return str(_hasher().hash("personne"))
