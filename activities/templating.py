"""Jinja2 for models that administrators write: sandboxed, strict about names, bounded, with French errors.

A model may read its variables, use the filters of `activities.formats` and include the partials given with it.
It reaches neither files, nor the network, nor Python objects' insides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from traceback import walk_tb
from typing import Any

from jinja2 import (
    DictLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    meta,
    nodes,
)
from jinja2.exceptions import SecurityError, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from activities.formats import FILTRES, ImpossibleError

TAILLE_MAX = 4_000_000
"""Characters a rendered model may hold."""
_OPERANDE_MAX = 10_000
_MODELE = "<modèle>"


class ModelError(ValueError):
    """A model that cannot be rendered. `str(error)` is a French sentence for whoever reads those values.

    `sans_valeur`: the same without any of them, which may be kept with the model: the kind of fault and its line.
    `absente`: the last word of the name that has no value, when that is the fault.
    """

    def __init__(self, message: str, *, sans_valeur: str | None = None, absente: str | None = None) -> None:
        super().__init__(message)
        self.sans_valeur = sans_valeur or message
        self.absente = absente


_FILTRES_RETIRES = ("batch", "center", "format", "indent", "slice", "wordwrap")
_METHODES_RETIREES = {"center", "expandtabs", "format", "format_map", "ljust", "rjust", "zfill"}
# A width chosen by the model makes gigabytes out of ten characters.


class _Environment(ImmutableSandboxedEnvironment):
    intercepted_binops = frozenset({"*", "**", "%"})

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        return attr not in _METHODES_RETIREES and super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: Any) -> Any:
        """Refuse `str.format`, which the sandbox would otherwise let through with any width."""
        if super().wrap_str_format(value) is not None:
            raise SecurityError("« format » n’est pas permis, préférez un filtre")
        return None

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Refuse the operations by which a short model makes a huge value."""
        if operator == "**" or any(not isinstance(operand, int | float) for operand in (left, right)):
            raise SecurityError(f"opération « {operator} » refusée sur ces valeurs")
        if operator == "*" and max(abs(left), abs(right)) > _OPERANDE_MAX**2:
            raise SecurityError("nombre trop grand")
        return super().call_binop(context, operator, left, right)


def _vide(valeur: Any) -> Any:
    return "" if valeur is None else valeur


def environment(partials: Mapping[str, str], *, autoescape: bool = True) -> ImmutableSandboxedEnvironment:
    """The sandbox in which a model and its partials are read."""
    env = _Environment(
        loader=DictLoader(dict(partials)),
        autoescape=autoescape,
        undefined=StrictUndefined,
        finalize=_vide,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for nom in _FILTRES_RETIRES:
        del env.filters[nom]
    env.filters.update(FILTRES)
    for nom in ("lipsum", "cycler", "joiner"):
        del env.globals[nom]
    return env


@contextmanager
def french_errors() -> Iterator[None]:
    """Turn Jinja2's and the filters' errors into a ModelError."""
    try:
        yield
    except TemplateSyntaxError as error:
        ou = f" (partie « {error.name} »)" if error.name else ""
        raise ModelError(
            f"Erreur d’écriture du modèle, ligne {error.lineno}{ou}\u00a0: {_syntaxe(str(error.message))}"
        ) from error
    except TemplateNotFound as error:
        message = f"Le modèle inclut « {error.name} », qui n’est pas fourni avec lui."
        raise ModelError(message, sans_valeur=_kept("Le modèle inclut une partie absente", error)) from error
    except UndefinedError as error:
        raise _absence(error) from error
    except SecurityError as error:
        raise _fault("Le modèle demande une opération interdite", error) from error
    except TemplateError as error:
        raise _fault("Le modèle ne peut pas être lu", error) from error
    except ImpossibleError as error:
        raise ModelError(str(error), sans_valeur=_kept("Le modèle refuse ces valeurs", error)) from error
    except (ValueError, TypeError, OverflowError, ZeroDivisionError) as error:
        if isinstance(error, ModelError):
            raise
        raise _fault("Le modèle ne peut pas mettre en forme une valeur", error) from error


_SYNTAXES = (
    (
        r"Unexpected end of template\..* closed is '(\w+)'\.",
        "«\u00a0{% \\1 %}\u00a0» n’est pas fermé par «\u00a0{% end\\1 %}\u00a0».",
    ),
    (r"Encountered unknown tag '(\w+)'.*", "«\u00a0{% \\1 %}\u00a0» n’est pas attendu ici."),
    (
        r"unexpected end of template, expected 'end of print statement'\.",
        "«\u00a0{{\u00a0» n’est pas fermé par «\u00a0}}\u00a0».",
    ),
    (
        r"unexpected end of template, expected 'end of statement block'\.",
        "«\u00a0{%\u00a0» n’est pas fermé par «\u00a0%}\u00a0».",
    ),
    (
        r"(?:expected token .* got|Expected an expression, got) 'end of print statement'",
        "ce qui précède «\u00a0}}\u00a0» est incomplet.",
    ),
    (
        r"(?:expected token .* got|Expected an expression, got) 'end of statement block'",
        "ce qui précède «\u00a0%}\u00a0» est incomplet.",
    ),
    (
        r"(?:expected token .* got|unexpected|unexpected char|tag name expected, got) '(.+?)'(?: at \d+)?",
        "«\u00a0\\1\u00a0» n’est pas attendu ici.",
    ),
    (r"No filter named '(\w+)'\.", "le filtre «\u00a0\\1\u00a0» n’existe pas."),
    (r"No test named '(\w+)'\.", "le test «\u00a0is \\1\u00a0» n’existe pas."),
    (r"block '(\w+)' defined twice", "le bloc «\u00a0\\1\u00a0» est écrit deux fois."),
    (r"Missing end of comment tag", "le commentaire «\u00a0{#\u00a0» n’est pas fermé par «\u00a0#}\u00a0»."),
)
"""What Jinja2 says most often of a text it cannot read, and the same in French."""


def _syntaxe(message: str) -> str:
    for english, french in _SYNTAXES:
        found = re.fullmatch(english, message, re.DOTALL)
        if found is not None:
            return found.expand(french)
    return message


def _fault(kind: str, error: Exception) -> ModelError:
    reason = str(error.message if isinstance(error, TemplateError) else error).removesuffix(".")
    return ModelError(f"{kind} : {reason}.", sans_valeur=_kept(kind, error))


_ABSENTE = re.compile(r"has no attribute '(\w+)'|^'(\w+)' is undefined")


def _absence(error: UndefinedError) -> ModelError:
    """Of Jinja2's English sentence, the name alone."""
    kind = "Le modèle lit une valeur absente"
    found = _ABSENTE.search(str(error.message))
    if found is None:
        return _fault(kind, error)
    name = found.group(1) or found.group(2)
    return ModelError(f"{kind}\u00a0: «\u00a0{name}\u00a0».", sans_valeur=_kept(kind, error), absente=name)


def _kept(kind: str, error: Exception) -> str:
    lines = [line for frame, line in walk_tb(error.__traceback__) if frame.f_code.co_filename == _MODELE]
    return f"{kind}, ligne {lines[-1]}." if lines else f"{kind}."


def render(
    source: str, partials: Mapping[str, str], context: Mapping[str, Any], *, autoescape: bool = True
) -> str:
    """Render a model. Raises ModelError."""
    with french_errors():
        env = environment(partials, autoescape=autoescape)
        # As `from_string`, with a name by which its lines are told from those of its parts.
        code = env.compile(source, filename=_MODELE)
        template = env.template_class.from_code(env, code, env.make_globals(None))
        morceaux: list[str] = []
        taille = 0
        for morceau in template.generate(dict(context)):
            taille += len(morceau)
            if taille > TAILLE_MAX:
                raise ModelError(f"Le modèle produit un texte trop long (plus de {TAILLE_MAX} caractères).")
            morceaux.append(morceau)
        return "".join(morceaux)


@dataclass(frozen=True)
class _Reading:
    """What one text says by itself: the parts it includes (None: chosen by a variable), the names it reads without
    giving them a value, those it gives one to, and the dotted names it reads.
    """

    parts: frozenset[str | None]
    missing: frozenset[str]
    defined: frozenset[str]
    paths: frozenset[str]


@lru_cache(maxsize=1000)
def _read(source: str) -> _Reading:
    """Layouts and parts are included by nearly every model: each text is parsed once per process."""
    tree = environment({}).parse(source)
    return _Reading(
        frozenset(meta.find_referenced_templates(tree)),
        frozenset(meta.find_undeclared_variables(tree)),
        frozenset(_definis(tree)),
        frozenset(_chemins(tree)),
    )


def _readings(source: str, partials: Mapping[str, str]) -> Iterator[_Reading]:
    """A model's, then those of the parts it includes, directly or not."""
    a_lire, lus = [source], set[str]()
    while a_lire:
        reading = _read(a_lire.pop())
        yield reading
        for nom in reading.parts:
            if nom is None:
                raise ModelError("Le modèle choisit une partie par une variable : écrivez son nom.")
            if nom not in partials:
                raise TemplateNotFound(nom)
            if nom not in lus:
                lus.add(nom)
                a_lire.append(partials[nom])


def variables_of(source: str, partials: Mapping[str, str]) -> set[str]:
    """Top-level names that a model and the partials it uses read (`conseiller` for `conseiller.nom`).

    Raises ModelError when the model is not well written or includes an unknown partial.
    """
    with french_errors():
        noms: set[str] = set()
        definis: set[str] = set()
        for reading in _readings(source, partials):
            noms |= reading.missing
            definis |= reading.defined
        # What one template sets or imports, the layout it extends may print without asking for it.
        return noms - definis - set(environment({}).globals)


def _definis(arbre: nodes.Template) -> set[str]:
    boucles = {id(nom) for boucle in arbre.find_all(nodes.For) for nom in _noms(boucle.target)}
    definis = {nom.name for nom in _noms(arbre) if nom.ctx == "store" and id(nom) not in boucles}
    definis |= {macro.name for macro in arbre.find_all(nodes.Macro)}
    return definis | {importe.target for importe in arbre.find_all(nodes.Import)}


def _noms(noeud: nodes.Node) -> Iterator[nodes.Name]:
    if isinstance(noeud, nodes.Name):
        yield noeud
    yield from noeud.find_all(nodes.Name)


def paths_of(source: str, partials: Mapping[str, str]) -> set[str]:
    """Dotted names that a model reads (`conseiller.nom`, `reference_dossier`), for checks before publishing."""
    racines = variables_of(source, partials)
    with french_errors():
        return {
            chemin
            for reading in _readings(source, partials)
            for chemin in reading.paths
            if chemin.partition(".")[0] in racines
        }


def _chemins(arbre: nodes.Node) -> Iterable[str]:
    for enfant in arbre.iter_child_nodes():
        chemin = _chemin(enfant)
        if chemin is None:
            yield from _chemins(enfant)
        else:
            yield chemin


def _chemin(noeud: nodes.Node) -> str | None:
    if isinstance(noeud, nodes.Name):
        return noeud.name if noeud.ctx == "load" else None
    if isinstance(noeud, nodes.Getattr):
        parent = _chemin(noeud.node)
        return None if parent is None else f"{parent}.{noeud.attr}"
    return None


def partials_of(source: str, partials: Mapping[str, str]) -> set[str]:
    """Names of the partials that a model uses, directly or not: what a published version pins with it."""
    with french_errors():
        return {nom for reading in _readings(source, partials) for nom in reading.parts if nom is not None}


def load_partials(folder: Path) -> dict[str, str]:
    """Partials of a folder of models (file names that begin with « _ »), by path relative to it."""
    return {
        chemin.relative_to(folder).as_posix(): chemin.read_text(encoding="utf-8")
        for chemin in sorted(folder.rglob("_*.j2"))
    }
