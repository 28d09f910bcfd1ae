"""Trying a mail model before it is kept: its text is checked, then it is written with believable values (NOT-05)."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from activities.mail import SUJET_MAX, RenderedMail, image_kind
from activities.mail_check import Constat, check_mail
from activities.mail_example import BARE
from activities.mail_models import BELL, Format, Original, render_as
from activities.templating import ModelError, render, variables_of

HEAVY = 100_000
"""Characters of HTML beyond which some mail readers cut a message (Gmail: 102 kB)."""
_LINKS = {
    "lien_acces": "le lien personnel du destinataire",
    "lien_paiement": "le lien vers la page de paiement",
}
_PLAYED = {"lectures", "ligne"}
_VALUE = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_JINJA = re.compile(r"\{%-?\s*(?:elif|else)\b.*?\{%-?\s*endif\s*-?%\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
"""Every tag, and what a condition gives when it is not met."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What is to be said of a model, and the mail it gives; none when a fault prevents it."""

    constats: list[Constat]
    mail: RenderedMail | None

    @property
    def usable(self) -> bool:
        return not any(each.niveau == "erreur" for each in self.constats)


def try_model(
    original: Original, format_: Format, sujet: str, corps: str, values: Mapping[str, Any], *, sent: bool
) -> Trial:
    """Check a model and write it. `values`: an example; `sent`: those of a sending, nothing is missing."""
    html = format_ == "html"
    parts = {} if html else original.parts
    constats = check_mail(sujet, corps, parts, original.variables, html=html)
    if any(each.niveau == "erreur" for each in constats):
        return Trial(constats, None)
    read = variables_of(sujet, {}) | variables_of(corps, parts)
    constats += _lost_links(original, read)
    try:
        mail = render_as(format_, sujet, corps, parts, values)
    except ModelError as error:
        if not sent and read & (_PLAYED | {"lien_paiement"}):
            constats.append(
                Constat(
                    "corps",
                    0,
                    "avertissement",
                    f"Pas d’aperçu : aucun scénario n’envoie cet email. {error}",
                    "Ajoutez un scénario au modèle de démarche, ou relisez ces variables avec soin.",
                )
            )
        else:
            constats.append(Constat("corps", 0, "erreur", str(error), "Corrigez le texte à cet endroit."))
        return Trial(constats, None)
    if len(mail.html) > HEAVY:
        constats.append(
            Constat(
                "corps",
                0,
                "avertissement",
                f"Cet email est long ({len(mail.html) // 1000} ko) : des messageries en couperaient la fin.",
                "Allégez la page : moins de styles, des images jointes plus petites.",
            )
        )
    constats += _bare(original, format_, sujet, corps, values)
    return Trial(constats, mail)


def _lost_links(original: Original, read: set[str]) -> list[Constat]:
    before = variables_of(original.corps, original.parts)
    return [
        Constat(
            "corps",
            0,
            "avertissement" if re.search(rf"{name}\s+is\s+defined", original.corps) else "erreur",
            f"L’original porte {what}, ce texte ne le porte plus.",
            f"Mettez un lien vers « {{{{ {name} }}}} ».",
        )
        for name, what in _LINKS.items()
        if name in before and name not in read
    ]


def _bare(
    original: Original, format_: Format, sujet: str, corps: str, values: Mapping[str, Any]
) -> list[Constat]:
    """A value that a démarche may not have must not prevent the mail, where the original does without it."""
    if original.cle == BELL:
        return []
    bare = {**values, **BARE}
    try:
        render_as("mjml", original.sujet, original.corps, original.parts, bare)
    except ModelError:
        return []
    try:
        render_as(format_, sujet, corps, original.parts if format_ == "mjml" else {}, bare)
    except ModelError as error:
        return [
            Constat(
                "corps",
                0,
                "erreur",
                f"Sans message, ni échéance, ni pièces, cet email ne peut pas être écrit. {error}",
                "Entourez la valeur d’une condition : {% if echeance %}…{% endif %}.",
            )
        ]
    return []


def subject_of(original: Original, sujet: str, values: Mapping[str, Any]) -> str:
    """A subject as people would read it; when the values do not suffice, its first text, « … » for each."""
    try:
        written = render(sujet, {}, values, autoescape=False)
    except ModelError:
        written = _VALUE.sub("…", _JINJA.sub(" ", sujet))
    return re.sub(" +", " ", written).strip()[:SUJET_MAX] or original.cle


def shown(mail: RenderedMail) -> str:
    """The page of a mail with its joined images inside, for a browser."""
    html = mail.html
    for cid, image in mail.images.items():
        address = f"data:image/{image_kind(image)};base64,{b64encode(image).decode()}"
        html = html.replace(f"cid:{cid}", address)
    return html
