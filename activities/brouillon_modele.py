"""A modèle being written: its files as they stand on disk, those that a draft changes, and what differs (MOD-02).

Files edited by hand and on screen are equal: the draft remembers what each file said when its own change began, so that
a hand edit made meanwhile is told, never overwritten.
"""

from __future__ import annotations

import contextlib
import difflib
import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from activities.modele_texte import as_yaml
from activities.publication import TEMPLATES
from store.settings import settings
from workflows.engine.bundle import DOCUMENTS, FORMS, MAIL_SUFFIX, MAILS, Resolved, from_folder, names_in
from workflows.engine.findings import Finding, ModeleError
from workflows.engine.loading import read_yaml
from workflows.engine.modele import Bundle

Fichiers = dict[str, dict[str, str | None]]
"""As the draft's row has them: path → `depart`, `texte`."""


class NotWritable(Exception):
    """The modèles' folder cannot be written; the message, in French, says what to do."""


@dataclass(frozen=True)
class Conflit:
    """A file changed both here and by hand. `difference`: what changed by hand, as a unified diff."""

    fichier: str
    difference: str


@dataclass(frozen=True)
class Etat:
    """A modèle's files as the draft would leave them."""

    cle: str
    fichiers: dict[str, str]
    brouillon: Fichiers
    conflits: tuple[Conflit, ...]
    donnees: Any
    """Plain data of the YAML; None when it cannot be read."""

    @property
    def etag(self) -> str:
        """Hash of all the texts: the same as long as nobody writes anything, here or by hand."""
        said = json.dumps([self.fichiers, [(c.fichier, c.difference) for c in self.conflits]])
        return hashlib.sha256(said.encode()).hexdigest()[:32]

    @property
    def source(self) -> str:
        return template(self.cle)


def template(cle: str) -> str:
    """Path of a modèle's YAML file."""
    return f"{TEMPLATES}/{cle}.yaml"


def on_disk(root: Path, relative: str) -> str | None:
    """Text of a file; None when there is none, or none that can be read."""
    try:
        return (root / relative).read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return None


def state(root: Path, cle: str, drafted: Mapping[str, Mapping[str, Any]] | None) -> Etat | None:
    """The files of a modèle with its draft; None when neither exists."""
    kept: Fichiers = {}
    conflicts: list[Conflit] = []
    for path, piece in (drafted or {}).items():
        now = on_disk(root, path)
        if now == piece["texte"]:
            continue
        kept[path] = {"depart": piece["depart"], "texte": piece["texte"]}
        if now != piece["depart"]:
            conflicts.append(Conflit(path, unified(path, piece["depart"] or "", now or "")))
    files = {path: str(piece["texte"]) for path, piece in kept.items()}
    source = template(cle)
    if source not in files:
        text = on_disk(root, source)
        if text is None:
            return None
        files[source] = text
    data: Any = None
    with contextlib.suppress(ModeleError):
        data, _ = read_yaml(files[source], source)
    for name in _form_names(data):
        for path in form_files(name):
            if path not in files and (text := on_disk(root, path)) is not None:
                files[path] = text
    order = sorted(files, key=lambda path: (path != source, path))
    return Etat(cle, {path: files[path] for path in order}, kept, tuple(conflicts), data)


def form_files(name: str) -> tuple[str, str]:
    """Files of a form: its JSON Schema, its UI schema."""
    return f"{FORMS}/{name}.schema.json", f"{FORMS}/{name}.ui.json"


def _form_names(data: Any) -> list[str]:
    if not isinstance(data, dict):
        return []
    forms, lines = data.get("formulaires"), data.get("collections")
    found = list(forms.values()) if isinstance(forms, dict) else []
    found += [
        line.get("formulaire")
        for line in (lines.values() if isinstance(lines, dict) else ())
        if isinstance(line, dict)
    ]
    return [name for name in found if isinstance(name, str) and name.isidentifier()]


def with_text(root: Path, etat: Etat, path: str, text: str) -> Fichiers:
    """The draft with one file changed. A file's first change remembers what the file said."""
    piece = etat.brouillon.get(path)
    depart = piece["depart"] if piece is not None else on_disk(root, path)
    return {**etat.brouillon, path: {"depart": depart, "texte": text}}


def unified(path: str, before: str, after: str) -> str:
    """What changed from one text to another, line by line."""
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), f"{path} (avant)", f"{path} (après)", lineterm="", n=2
    )
    return "\n".join(lines)


def resolved(root: Path, etat: Etat) -> Resolved:
    """The modèle with all it uses, the draft's texts first. Raises ModeleError."""
    return from_folder(root, root / etat.source, etat.fichiers)


def checked(root: Path, etat: Etat) -> tuple[Resolved | None, list[Finding]]:
    """What `elaska modele verifier` says of it, and the modèle when it can be read."""
    # Imported here: reading mail and document models takes a second.
    from activities.model_sources import MODELS
    from activities.rules_port import RULES
    from workflows.engine.verifier import verify

    try:
        found = resolved(root, etat)
    except ModeleError as error:
        return None, list(error.findings)
    return found, verify(found, RULES.functions, MODELS, RULES.readings)


def mails(root: Path) -> list[str]:
    """Mail models that a modèle may name."""
    return names_in(root, MAILS, MAIL_SUFFIX)


def document_models(root: Path) -> list[str]:
    """Models of documents that a démarche may produce: each modèle's are in a folder; lists of the firm are apart.

    Those that suit any modèle come first.
    """
    found = names_in(root, DOCUMENTS, ".html.j2", whole=True)
    own = [path for path in found if "/" in path and not path.startswith(("exports/", "notifications/"))]
    return sorted(own, key=lambda path: (not path.startswith("commun/"), path))


def why_read_only(root: Path) -> str | None:
    """Why nothing can be written into the modèles' folder; None when it can."""
    folder = root / TEMPLATES
    if not settings().modeles_read_only and os.access(folder, os.W_OK):
        return None
    return (
        "Le dossier des modèles de cette installation est en lecture seule. "
        "Pour enregistrer et publier depuis cet écran, faites désigner par ELASKA_MODELES_DIR "
        "un dossier où l’application peut écrire."
    )


def save(root: Path, etat: Etat) -> None:
    """Write the draft's files. Raises NotWritable; then no file has changed."""
    try:
        write(root, {path: str(piece["texte"]) for path, piece in etat.brouillon.items()})
    except OSError as error:
        raise NotWritable(
            f"Les fichiers du modèle n’ont pas pu être écrits ({error.strerror}). "
            "Votre brouillon est conservé."
        ) from error


def write(root: Path, texts: Mapping[str, str]) -> None:
    """Write files by their relative paths, each in one go. Raises OSError; then no file has changed."""
    written: list[tuple[str, Path]] = []
    try:
        for path, text in texts.items():
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
            written.append((name, target))
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as out:
                out.write(text)
                out.flush()
                os.fsync(out.fileno())
            os.chmod(name, target.stat().st_mode & 0o777 if target.exists() else 0o644)
        for name, target in written:
            os.replace(name, target)
    except OSError:
        for name, _ in written:
            Path(name).unlink(missing_ok=True)
        raise


def rewritten(bundle: Bundle) -> dict[str, str]:
    """Files that say what a published version says, in the way of the language; comments are those of nobody."""
    data = bundle.modele.model_dump(mode="json", exclude_defaults=True)
    for node in data["etapes"]:
        if "pour_chaque" in node:
            node.pop("cle", None)
            if "membres" in node:
                node["si"] = node.pop("membres")
    found = {template(bundle.modele.modele): as_yaml(data)}
    named = {**bundle.modele.formulaires}
    schemas = [(named[alias], schema, bundle.ui.get(alias)) for alias, schema in bundle.forms.items()]
    schemas += [
        (bundle.modele.collections[key].formulaire, schema, bundle.lignes_ui.get(key))
        for key, schema in bundle.lignes.items()
    ]
    for name, schema, ui in schemas:
        paths = form_files(name)
        found[paths[0]] = as_json(schema)
        if ui is not None:
            found[paths[1]] = as_json(ui)
    return found


def as_json(data: Any) -> str:
    """As the forms are written."""
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"
