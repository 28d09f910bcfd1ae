"""`elaska compte`: the firm's first account, or the recovery of one whose password or telephone is lost.

The second factor is enrolled by the person at the next login, which is why a recovery clears it.
"""

from __future__ import annotations

import asyncio
import getpass
import os
import sys
from pathlib import Path
from typing import Literal

from cli.console import out, say
from cli.errors import Refusal
from cli.stack import Stack
from cli.up import settings_given

ACTOR = "ligne-de-commande"


def run(data: Path, *, email: str, prenom: str, nom: str, role: str) -> None:
    """Create or recover a staff account. Raises Refusal for a weak password or a role that staff cannot have."""
    password = ask_password()
    stack = Stack(data, services={"postgres"}, random_ports=False, external=settings_given(), say=say)
    with stack.joined() as running:
        os.environ.update(running.env)
        outcome = asyncio.run(write(email, prenom, nom, role, password))
    verb = "créé" if outcome == "created" else "rétabli ; ses sessions sont fermées"
    out.print(f"Compte de {email} {verb}. Le second facteur sera demandé à la première connexion.")


def ask_password() -> str:
    """The password, typed twice by a person, or the first line given by a program."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    first = getpass.getpass("Mot de passe : ")
    if getpass.getpass("Encore une fois : ") != first:
        raise Refusal("Les deux mots de passe sont différents.")
    return first


async def write(
    email: str, prenom: str, nom: str, role: str, password: str
) -> Literal["created", "recovered"]:
    """Write the account and its trace in one transaction."""
    from sqlalchemy import delete
    from sqlmodel import col

    from store import audit, passwords
    from store.connexion import SessionConnexion
    from store.migrer import migrate
    from store.session import dispose, session_scope
    from store.utilisateur import STAFF, Role, Utilisateur, by_email, normalise_email

    if role not in set(STAFF):
        raise Refusal(f"Rôle inconnu : « {role} ». Rôles du cabinet : {', '.join(STAFF)}.")
    try:
        passwords.check(password, email, prenom, nom)
    except passwords.WeakPassword as error:
        raise Refusal(str(error)) from None
    hashed = await passwords.hash_password(password)
    await migrate()
    try:
        async with session_scope() as session:
            user = await by_email(session, email)
            created = user is None
            if user is None:
                user = Utilisateur(email=normalise_email(email), prenom=prenom, nom=nom, role=Role(role))
            elif not user.staff:
                raise Refusal(
                    f"{email} est le compte d'un client : il ne peut pas devenir un compte du cabinet."
                )
            user.password_hash = hashed
            user.totp = user.totp_confirme_le = None
            user.actif = True
            session.add(user)
            await session.flush()
            await session.exec(
                delete(SessionConnexion).where(col(SessionConnexion.utilisateur_id) == user.id)
            )
            await audit.append(
                session,
                acteur=ACTOR,
                action="compte.cree" if created else "compte.retabli",
                objet_type="utilisateur",
                objet_id=user.id,
                role=user.role,
            )
    finally:
        await dispose()
    return "created" if created else "recovered"
