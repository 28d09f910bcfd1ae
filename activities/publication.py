"""Publishing modèles from their files: checked, bundled, stored as immutable versions (MOD-02, MOD-09).

`python -m activities.publication` publishes every modèle of the installation and says what it did.
"""

from __future__ import annotations

import asyncio
import sys
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import store.tables  # noqa: F401  (a version names its author: every table must be known)
from store import modele as store_modele
from store.modele import Published
from store.session import dispose, session_scope
from store.settings import settings
from workflows.engine.bundle import Resolved, contents, digest, from_folder
from workflows.engine.findings import ModeleError

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = "process_templates"


def modeles_root() -> Path:
    """Folder of the installation's modèles, forms and documents."""
    return settings().modeles_dir or ROOT


@dataclass(frozen=True)
class Publication:
    """A published modèle. `nouvelle`: its files had changed, so this is a new version."""

    cle: str
    titre: str
    version: int
    sha256: str
    nouvelle: bool


def check(resolved: Resolved) -> None:
    """Raises ModeleError with everything that must be corrected before publishing."""
    # Imported here: reading mail and document models takes a second that an unchanged modèle needs not cost.
    from activities.model_sources import MODELS
    from activities.rules_port import RULES
    from workflows.engine.verifier import verify

    errors = [
        finding
        for finding in verify(resolved, RULES.functions, MODELS, RULES.readings)
        if finding.level == "erreur"
    ]
    if errors:
        raise ModeleError(*errors)


async def publish_file(file: Path, root: Path = ROOT, *, publie_par: uuid.UUID | None = None) -> Publication:
    """Publish one modèle with all it uses; unchanged files give back their version. Raises ModeleError."""
    resolved = from_folder(root, file)
    modele, sha256 = resolved.bundle.modele, digest(resolved.bundle)
    fichier = _own(file, root)
    async with session_scope() as session:
        known = await store_modele.latest_of(session, modele.modele)
        if known is not None and known.sha256 == sha256 and known.fichier == fichier:
            return Publication(modele.modele, modele.titre, known.version, sha256, False)
        new = known is None or known.sha256 != sha256
        if new:
            check(resolved)
        for child in resolved.bundle.enfants.values():
            # Its children open the very version it is pinned to.
            await store_modele.publish(session, child.modele.modele, contents(child), publie_par)
        row = await store_modele.publish(
            session, modele.modele, contents(resolved.bundle), publie_par, fichier
        )
        return Publication(modele.modele, modele.titre, row.version, row.sha256, new)


async def publish_folder(
    root: Path = ROOT, *, publie_par: uuid.UUID | None = None
) -> tuple[list[Publication], list[ModeleError]]:
    """Publish every modèle of `process_templates/`. One that is wrong is left out, and told; the others go on."""
    published: list[Publication] = []
    wrong: list[ModeleError] = []
    for file in templates(root):
        try:
            published.append(await publish_file(file, root, publie_par=publie_par))
        except ModeleError as error:
            wrong.append(error)
    return published, wrong


def _own(file: Path, root: Path) -> str | None:
    """The file's path in the folder of the installation's modèles; None when it is in another folder."""
    folder = modeles_root().resolve()
    own = root.resolve() == folder and file.resolve().is_relative_to(folder)
    return str(file.resolve().relative_to(folder)) if own else None


def withdrawn(version: Published) -> bool:
    """Whether the file that a version was published from is gone: its démarches go on, no new one begins."""
    root = modeles_root()
    if version.fichier is None or not (root / TEMPLATES).is_dir():
        return False
    return not (root / version.fichier).exists()


def templates(root: Path = ROOT) -> Sequence[Path]:
    """The files of the installation's modèles, in alphabetical order."""
    return sorted((root / TEMPLATES).glob("*.yaml"))


async def _main() -> int:
    try:
        published, wrong = await publish_folder(modeles_root())
    finally:
        await dispose()
    for done in published:
        sys.stdout.write(
            f"{done.cle} : version {done.version}{' (nouvelle)' if done.nouvelle else ''}, {done.sha256[:12]}\n"
        )
    for error in wrong:
        for finding in error.findings:
            sys.stderr.write(f"{finding}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(_main()))
