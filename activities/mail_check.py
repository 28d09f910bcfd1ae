"""Checking a mail model that an administrator has written or imported, before it may be used (NOT-05).

What is refused: an unknown variable, a tag left open, what a mail reader would run, what it would fetch from elsewhere
(whoever serves an image learns who opens the mail). Each fault says where, why, and what to do.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Literal

from jinja2 import TemplateError, nodes
from jinja2.lexer import TOKEN_BLOCK_BEGIN, TOKEN_COMMENT_BEGIN, TOKEN_DATA, TOKEN_VARIABLE_BEGIN
from jinja2.sandbox import SandboxedEnvironment

from activities.templating import ModelError, environment, paths_of
from activities.variables import CHAMPS
from workflows.engine.meant import meant

Champ = Literal["sujet", "corps"]


@dataclass(frozen=True, slots=True)
class Constat:
    """A fault, or a doubt. `ligne` counts from 1 in its field; 0 for the whole of it."""

    champ: Champ
    ligne: int
    niveau: Literal["erreur", "avertissement"]
    raison: str
    remede: str


def check_mail(
    sujet: str, corps: str, partials: Mapping[str, str], known: Collection[str], *, html: bool
) -> list[Constat]:
    """Every fault of a model's text, in the order of its lines; `known`: the variables it may read."""
    found = [*_names("sujet", sujet, {}, known), *_names("corps", corps, partials, known)]
    if any(each.raison.startswith("Erreur d’écriture") for each in found):
        return found
    markup, expressions = _without_jinja(corps)
    reader = _Reader(expressions, html=html)
    reader.feed(markup)
    reader.close()
    reader.finish()
    if html and "<" not in corps:
        reader.fault(1, "Ce texte ne contient aucune balise.", "Importez une page HTML complète.")
    return sorted([*found, *reader.found], key=lambda each: (each.champ != "sujet", each.ligne))


def check_names(source: str, partials: Mapping[str, str], known: Collection[str]) -> list[Constat]:
    """Faults of what a text reads, and of how its expressions are written: of a document, whose tags are free."""
    return sorted(_names("corps", source, partials, known), key=lambda each: each.ligne)


# --- names


def _names(
    champ: Champ, source: str, partials: Mapping[str, str], known: Collection[str]
) -> Iterator[Constat]:
    try:
        paths = paths_of(source, partials)
        tree = environment(partials).parse(source)
    except ModelError as error:
        at = re.search(r"ligne (\d+)", str(error))
        yield Constat(
            champ,
            int(at[1]) if at else 0,
            "erreur",
            str(error),
            "Chaque « {{ » se ferme par « }} », chaque « {% if %} » par « {% endif %} ».",
        )
        return
    except TemplateError:  # already said by what is above
        return
    for path in sorted(paths):
        root, _, rest = path.partition(".")
        field = rest.split(".")[0]
        if root not in known:
            # Names of the layout that it includes were checked with it.
            if line := _line(source, root):
                yield Constat(champ, line, "erreur", f"« {root} » n’existe pas.", _close(root, known))
        elif field and root in CHAMPS and field not in CHAMPS[root] and (line := _line(source, path)):
            reason = f"« {root} » n’a pas de champ « {field} »."
            yield Constat(champ, line, "erreur", reason, _close(field, CHAMPS[root]))
    unsafe = [each for each in tree.find_all(nodes.Filter) if each.name == "safe"]
    for each in (*unsafe, *tree.find_all(nodes.ScopedEvalContextModifier)):
        yield Constat(
            champ,
            each.lineno,
            "erreur",
            "Une valeur ne s’écrit pas sans protection : elle pourrait contenir des balises.",
            "Retirez « safe » ou « autoescape ».",
        )


def _close(name: str, known: Iterable[str]) -> str:
    names = sorted(known)
    return meant(name, names, f"Existent : {', '.join(names)}.", cutoff=0.55)


def _line(source: str, path: str) -> int:
    name = re.compile(rf"(?<![\w.]){re.escape(path)}(?!\w)")
    return next((number for number, text in enumerate(source.splitlines(), 1) if name.search(text)), 0)


# --- markup

_BEGIN = {TOKEN_BLOCK_BEGIN, TOKEN_COMMENT_BEGIN, TOKEN_VARIABLE_BEGIN}
_PLACE = re.compile("\ue000(\\d+)\ue001")


def _without_jinja(source: str) -> tuple[str, list[str]]:
    """The text with its Jinja taken out, lines kept; each printed value leaves a mark that gives its rank."""
    kept: list[str] = []
    expressions: list[str] = []
    inside: list[str] | None = None
    printed = False
    # Not our own environment: it takes spaces and line ends away.
    for _, kind, value in SandboxedEnvironment(keep_trailing_newline=True).lex(source):
        if kind in _BEGIN:
            inside, printed = [value], kind == TOKEN_VARIABLE_BEGIN
        elif kind.endswith("_end") and inside is not None:
            inside.append(value)
            if printed:
                kept.append(f"\ue000{len(expressions)}\ue001")
                expressions.append("".join(inside[1:-1]).strip())
            kept.append("\n" * "".join(inside).count("\n"))
            inside = None
        elif inside is not None:
            inside.append(value)
        elif kind == TOKEN_DATA:
            kept.append(value)
    return "".join(kept), expressions


_VOID = frozenset(
    ["area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"]
)
_OPTIONAL = frozenset(
    [
        "body",
        "colgroup",
        "dd",
        "dt",
        "head",
        "html",
        "li",
        "option",
        "p",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
    ]
)
"""Tags that HTML lets anyone leave open."""
_REFUSED: dict[str, tuple[str, str]] = {
    **dict.fromkeys(
        ("applet", "embed", "frame", "frameset", "iframe", "object", "script"),
        ("Un email ne contient ni script ni page incluse.", "Retirez cette balise et ce qu’elle contient."),
    ),
    **dict.fromkeys(
        ("button", "form", "input", "select", "textarea"),
        ("Un email ne contient pas de formulaire.", "Mettez un lien vers le portail : {{ lien_portail }}."),
    ),
    **dict.fromkeys(
        ("base", "link", "mj-font", "mj-include"),
        ("Un email ne charge rien d’ailleurs.", "Mettez les styles dans la page, et une police courante."),
    ),
    **dict.fromkeys(
        ("audio", "picture", "source", "svg", "video"),
        ("Les messageries ne montrent pas ce contenu.", "Mettez une image PNG ou JPEG."),
    ),
}
_FETCHED = frozenset({"background", "background-url", "lowsrc", "poster", "src", "srcset"})
_OURS = frozenset({"qr_code_dossier", "qr_code_client", "cabinet.logo"})
"""Variables that hold an image sent with the mail."""
_LOCAL = re.compile(r"\s*(cid:|data:image/(png|jpe?g|gif);base64,)", re.IGNORECASE)
_LINK = re.compile(r"\s*(https?:|mailto:|tel:|#)", re.IGNORECASE)
_CSS_FETCH = re.compile(r"@import|url\(\s*['\"]?\s*(?!data:|cid:|['\")])", re.IGNORECASE)
_CSS_RUN = re.compile(r"expression\s*\(|javascript\s*:|behavior\s*:", re.IGNORECASE)
_REMOTE = ("Cette image serait cherchée ailleurs : son serveur saurait qui ouvre l’email.",
           "Joignez l’image au fichier (data:image/png;base64,…) ou employez {{ cabinet.logo }}.")  # fmt: skip


class _Reader(HTMLParser):
    """Reads markup whose Jinja was taken out, and notes its faults."""

    def __init__(self, expressions: list[str], *, html: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Constat] = []
        self._expressions = expressions
        self._optional = _OPTIONAL if html else frozenset[str]()
        self._html = html
        self._open: list[tuple[str, int]] = []
        self._read = 0

    def fault(self, line: int, reason: str, remedy: str) -> None:
        self.found.append(Constat("corps", line, "erreur", reason, remedy))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line = self.getpos()[0]
        if not (tag in _VOID and self._html) and tag not in ("br", "hr", "img", "meta"):
            self._open.append((tag, line))
        self._judge(tag, attrs, line)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._judge(tag, attrs, self.getpos()[0])

    def handle_endtag(self, tag: str) -> None:
        line = self.getpos()[0]
        if tag in _VOID:
            return
        if tag not in [name for name, _ in self._open]:
            if tag not in self._optional:
                self.fault(line, f"« </{tag}> » ne ferme rien.", "Retirez-la, ou ouvrez la balise avant.")
            return
        while self._open:
            name, opened = self._open.pop()
            if name == tag:
                return
            if name not in self._optional:
                self._left_open(name, opened)

    def _left_open(self, tag: str, line: int) -> None:
        self.fault(line, f"La balise « <{tag}> » n’est pas fermée.", f"Ajoutez « </{tag}> » où elle finit.")

    def finish(self) -> None:
        """Tell what was never closed, or not even read to its end."""
        for tag, line in self._open:
            if tag not in self._optional:
                self._left_open(tag, line)

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1][0] in {"style", "mj-style"}:
            self._style(data, self.getpos()[0])

    def handle_comment(self, data: str) -> None:
        # Outlook reads what is inside its own comments.
        if data.startswith("[if") and re.search(
            r"<script|\bsrc\s*=\s*[\"']?\s*(https?:)?//", data, re.IGNORECASE
        ):
            self.fault(self.getpos()[0], *_REMOTE)

    def handle_decl(self, decl: str) -> None:
        if self._html is False:
            self.fault(self.getpos()[0], "Un modèle en MJML n’a pas de « <!…> ».", "Retirez cette ligne.")

    def _judge(self, tag: str, attrs: list[tuple[str, str | None]], line: int) -> None:
        if tag in _REFUSED:
            self.fault(line, *_REFUSED[tag])
        for name, given in attrs:
            value = given or ""
            if name.startswith("on"):
                self.fault(line, f"« {name} » lancerait un script.", "Retirez cet attribut.")
            elif name == "http-equiv" and value.strip().lower() == "refresh":
                self.fault(line, "Un email ne mène pas ailleurs de lui-même.", "Retirez cette balise.")
            elif name in _FETCHED or (tag.startswith("v:") and name == "src"):
                self._fetched(value, line)
            elif name in {"href", "xlink:href"} and tag not in {"link", "base", "mj-font"}:
                self._link(value, line)
            elif name == "style":
                self._style(value, line)

    def _fetched(self, value: str, line: int) -> None:
        if not value.strip() or _LOCAL.match(value):
            return
        marks = _PLACE.findall(value)
        if len(marks) == 1 and not _PLACE.sub("", value).strip():
            expression = self._expressions[int(marks[0])]
            if expression in _OURS:
                return
        self.fault(line, *_REMOTE)

    def _link(self, value: str, line: int) -> None:
        if not value.strip() or _LINK.match(value) or _PLACE.match(value.strip()):
            return
        self.fault(
            line,
            "Un lien commence par https://, mailto: ou tel:.",
            "Corrigez l’adresse, ou employez {{ lien_portail }}.",
        )

    def _style(self, css: str, line: int) -> None:
        for rank, text in enumerate(css.split("\n")):
            if _CSS_RUN.search(text):
                self.fault(line + rank, "Ce style lancerait un script.", "Retirez-le.")
            elif _CSS_FETCH.search(text):
                self.fault(
                    line + rank,
                    "Ce style chercherait un fichier ailleurs.",
                    "Retirez « url(…) » ou « @import ».",
                )
