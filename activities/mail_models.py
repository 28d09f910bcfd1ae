"""Mail models: those of the folder, and those that an administrator has rewritten, which are used instead (NOT-05)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from activities.mail import RenderedMail, render_html_mail, render_mail, render_parts, split_model
from activities.templating import ModelError, load_partials, partials_of
from activities.variables import ACCES, COURRIEL, RECAPITULATIF
from store import modele_courriel
from store.modele_courriel import ModeleCourriel
from store.session import session_scope

Format = Literal["mjml", "html"]
BELL = "recapitulatif"
"""The mail of the bell."""
INVITATION, OUBLI = "acces_invitation", "acces_oubli"
"""Those by which people choose their password."""
_APART: Mapping[str, Mapping[str, str]] = {INVITATION: ACCES, OUBLI: ACCES, BELL: RECAPITULATIF}
"""Mails that belong to no démarche, in a folder of their own, and what each may read."""
_SUFFIX = ".mjml.j2"
_OURS = Path(__file__).parents[1]
_log = logging.getLogger("elaska.mails")


@dataclass(frozen=True, slots=True)
class Original:
    """A model as its file has it; `parts`: the layouts it includes."""

    cle: str
    sujet: str
    corps: str
    parts: Mapping[str, str]

    @property
    def variables(self) -> Mapping[str, str]:
        """What it may read, with what each one holds."""
        return _APART.get(self.cle, COURRIEL)


def originals(root: Path) -> dict[str, Original]:
    """Those of a folder of modèles that can be read, by key, in alphabetical order; those of no démarche last."""
    folder = root / "documents"
    files = sorted((folder / "mails").glob(f"[a-z]*{_SUFFIX}"))
    apart = [folder / "notifications" / f"{cle}{_SUFFIX}" for cle in _APART]
    parts = load_partials(folder)
    found: dict[str, Original] = {}
    for file in [*files, *(each for each in apart if each.exists())]:
        cle = file.name.removesuffix(_SUFFIX)
        try:
            sujet, corps = split_model(file.read_text(encoding="utf-8"))
            used = {name: parts[name] for name in partials_of(corps, parts)}
        except (ModelError, OSError, UnicodeDecodeError):
            _log.error("mail model %s cannot be read", cle)
            continue
        found[cle] = Original(cle, sujet, corps, used)
    return found


@cache
def builtin(cle: str) -> tuple[str, Mapping[str, str]]:
    """Source and layouts of a mail that belongs to no modèle. Raises OSError when its file is missing."""
    documents = _OURS / "documents"
    folder = documents / ("notifications" if cle in _APART else "mails")
    return (folder / f"{cle}{_SUFFIX}").read_text(encoding="utf-8"), load_partials(documents)


def render_as(
    format_: str, sujet: str, corps: str, parts: Mapping[str, str], context: Mapping[str, object]
) -> RenderedMail:
    """Write a mail from a subject and a body in one of the two formats. Raises ModelError."""
    if format_ == "html":
        return render_html_mail(sujet, corps, context)
    return render_parts(sujet, corps, parts, context)


async def written(
    edited: ModeleCourriel | None, source: str, parts: Mapping[str, str], context: Mapping[str, object]
) -> RenderedMail:
    """The mail that leaves. A rewritten model that fails on these values costs nobody their mail: the original leaves
    instead, and the failure is noted with the model. Raises ModelError when the original fails too.
    """
    if edited is not None:
        try:
            return render_as(edited.format, edited.sujet, edited.corps, parts, context)
        except ModelError as error:
            _log.error("rewritten mail model %s not used: it cannot be written", edited.cle)
            async with session_scope() as session:
                await modele_courriel.failed(session, edited.cle, edited.version, error.sans_valeur)
    return render_mail(source, parts, context)
