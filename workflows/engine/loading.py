"""From the text of a modèle to its typed form, with the place of everything in the file.

The YAML accepted is the plain part of the language: no anchor, no alias, no tag, no duplicate key. An alias lets a
page of text stand for gigabytes, and none of them helps a person who reads the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    NodeEvent,
    ScalarEvent,
)
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.parser import Parser

from workflows.engine.elision import listed
from workflows.engine.findings import Finding, ModeleError
from workflows.engine.meant import closest, meant, plain
from workflows.engine.modele import Etape, Modele, Parallele, PourChaque
from workflows.engine.placed import Place

MAX_BYTES = 1_000_000
MAX_NODES = 20_000
MAX_DEPTH = 30


@dataclass
class Places:
    """Where each value and each key of a file stands: line and column, from 1."""

    values: dict[Place, tuple[int, int]] = field(default_factory=dict)
    keys: dict[Place, tuple[int, int]] = field(default_factory=dict)

    def value(self, path: Place) -> tuple[int, int]:
        """Place of a value, or of the nearest thing around it that the file has."""
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, (1, 1))

    def key(self, path: Place) -> tuple[int, int]:
        """Place of a key, or of its value when it is an item of a list."""
        return self.keys.get(path) or self.value(path)


@dataclass(frozen=True)
class Loaded:
    """A modèle as read, with the places of its file."""

    modele: Modele
    file: str
    places: Places

    def finding(self, level: Any, code: str, path: Place, reason: str, remedy: str = "") -> Finding:
        """A finding at the place of a value."""
        line, column = self.places.value(path)
        return Finding(self.file, line, column, level, code, reason, remedy)


def load(text: str | bytes, file: str) -> Loaded:
    """Read a modèle. `file`: its name, for messages. Raises ModeleError with everything that is wrong in its form."""
    data, places = read_yaml(text, file)
    empty = list(_empty(data, (), file, places))
    try:
        modele = Modele.model_validate(data)
    except ValidationError as error:
        told = list(_findings(error, data, file, places))
        refused = {finding.line for finding in told if finding.code == "cle_inconnue"}
        told += [finding for finding in empty if finding.line not in refused]
        raise ModeleError(*sorted(told)) from error
    if empty:
        raise ModeleError(*empty)
    return Loaded(modele, file, places)


# --- YAML


def read_yaml(text: str | bytes, file: str) -> tuple[Any, Places]:
    """Plain data of a YAML text, and the places of its parts. Raises ModeleError."""
    size = len(text if isinstance(text, bytes) else text.encode(errors="surrogatepass"))
    if size > MAX_BYTES:
        raise _error(
            file,
            0,
            0,
            "fichier_trop_gros",
            f"Le fichier fait {size // 1000} ko, au-delà de {MAX_BYTES // 1000} ko.",
            "Un modèle ne contient que du texte : retirez ce qui n’en est pas, ou faites-en deux modèles.",
        )
    try:
        decoded = text.decode("utf-8-sig") if isinstance(text, bytes) else text
    except UnicodeDecodeError as error:
        raise _error(
            file, 0, 0, "encodage", "Le fichier n’est pas en UTF-8.", "Enregistrez-le de nouveau en UTF-8."
        ) from error
    try:
        node = _compose(decoded, file)
    except MarkedYAMLError as error:
        line, column, reason, remedy = _yaml_reason(error, decoded)
        raise _error(file, line, column, "yaml", reason, remedy) from error
    except YAMLError as error:
        raise _error(
            file, 0, 0, "yaml", "Le fichier n’est pas du YAML lisible.", "Vérifiez les retraits."
        ) from error
    if node is None:
        raise _error(
            file, 1, 1, "fichier_vide", "Le fichier est vide.", "Partez de l’exemple de docs/modeles.md."
        )
    places = Places()
    findings: list[Finding] = []
    data = _plain(node, (), places, file, findings)
    if findings:
        raise ModeleError(*findings)
    if not isinstance(data, dict):
        raise _error(file, 1, 1, "yaml", "Le fichier doit être une suite de « clé: valeur ».")
    return data, places


def _error(file: str, line: int, column: int, code: str, reason: str, remedy: str = "") -> ModeleError:
    return ModeleError(Finding(file, line, column, "erreur", code, reason, remedy))


def _compose(text: str, file: str) -> Node | None:
    """The tree of a text, None when it holds nothing. In one pass: what the language does without is refused as it
    comes, before it is built."""
    watch = _Watch(file)

    class Watched(Parser):
        def get_event(self) -> Any:
            event = super().get_event()
            watch.see(event)
            return event

    yaml = YAML(typ="safe", pure=True)
    yaml.Parser = Watched
    tree: Node | None = yaml.compose(text)
    return tree


@dataclass
class _Watch:
    """Refuses what the language does without, event by event."""

    file: str
    depth: int = 0
    count: int = 0
    documents: int = 0

    def see(self, event: Event) -> None:
        if isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor):
            raise self._refusal(
                event,
                "alias",
                "Les ancres (&) et les alias (*) ne sont pas acceptés.",
                "Écrivez la valeur à chaque endroit ; une valeur qui commence par * ou & se met entre guillemets.",
            )
        if isinstance(event, ScalarEvent | CollectionStartEvent):
            self.count += 1
            if event.tag is not None and event.tag != "!":
                raise self._refusal(
                    event,
                    "balise",
                    "Une valeur ne commence pas par « ! », qui annonce une balise.",
                    "Si c’est une condition, mettez-la toute entre guillemets simples ; sinon, retirez la balise.",
                )
        self.depth += isinstance(event, CollectionStartEvent)
        self.depth -= isinstance(event, CollectionEndEvent)
        self.documents += isinstance(event, DocumentStartEvent)
        if self.depth > MAX_DEPTH or self.count > MAX_NODES:
            raise self._refusal(event, "trop_complexe", "Le fichier est trop long ou trop profond.")
        if self.documents > 1:
            raise self._refusal(event, "yaml", "Un fichier contient un seul modèle.", "Retirez « --- ».")

    def _refusal(self, event: Event, code: str, reason: str, remedy: str = "") -> ModeleError:
        mark = event.start_mark
        return _error(self.file, mark.line + 1, mark.column + 1, code, reason, remedy)


def _yaml_reason(error: MarkedYAMLError, text: str) -> tuple[int, int, str, str]:
    """Line, column, reason and remedy of what the reading stumbled on."""
    problem = str(error.problem or "")
    mark = error.problem_mark or error.context_mark
    if "could not find expected ':'" in problem:
        mark = error.context_mark or mark  # the line that lacks it, not the next one, where it was missed
    line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    if blank := re.search(r"^ *\N{NO-BREAK SPACE}", text, re.MULTILINE):
        line = text.count("\n", 0, blank.end()) + 1
        reason = "Le retrait de cette ligne contient une espace insécable."
        return line, 1, reason, "Remplacez-la par une espace ordinaire."
    if opened := _left_open(text, line):
        reason = "Le guillemet ouvert sur cette ligne n’y est pas fermé."
        return opened, 1, reason, "Fermez-le, ou retirez-le."
    lines = text.splitlines()
    if "found character '\\t'" in problem and lines[line - 1][: column - 1].strip():
        return line, column, "Cette ligne contient une tabulation.", "Remplacez-la par une espace."
    if 0 < line <= len(lines) and (told := _slip(lines[line - 1], column, lines[: line - 1])):
        return line, column, *told
    if "expected ',' or" in problem and error.context_mark and error.context_mark.line + 1 != line:
        opened = error.context_mark.line + 1
        reason = "Une liste ou des accolades, ouvertes sur cette ligne, ne sont pas fermées."
        return opened, error.context_mark.column + 1, reason, "Fermez « [ » par « ] », « { » par « } »."
    if sign := re.search(r"found character '([^'\\])' that cannot start", problem):
        return line, column, f"Une valeur ne commence pas par « {sign[1]} ».", "Mettez-la entre guillemets."
    remedies = {
        "mapping values are not allowed": (
            "Il y a un « : » de trop sur cette ligne.",
            "Mettez le texte entre guillemets, ou vérifiez le retrait de la ligne.",
        ),
        "found character '\\t'": ("Le retrait est fait avec une tabulation.", "Employez des espaces."),
        "could not find expected ':'": (
            "Il manque « : » après une clé, ou une espace après « : ».",
            "Écrivez « clé: valeur ».",
        ),
        "expected <block end>": (
            "Le retrait de cette ligne ne convient pas.",
            "Alignez-la avec les autres clés.",
        ),
        "found unexpected end of stream": ("Un guillemet n’est pas fermé.", "Fermez-le."),
        "expected ',' or": (
            "Il manque une virgule entre deux valeurs, ou la fin de la liste ou des accolades.",
            "Entre crochets ou accolades, séparez les valeurs par des virgules.",
        ),
    }
    for known, told in remedies.items():
        if known in problem:
            return line, column, *told
    reason = "Le fichier n’est pas du YAML lisible à cet endroit."
    return line, column, reason, "Vérifiez les retraits, les guillemets et les « : »."


def _slip(line: str, column: int, before: list[str]) -> tuple[str, str] | None:
    """Reason and remedy for a slip of the pen that the line itself shows; None when it shows none."""
    bare = line.strip()
    if re.match(r"//|/\*|<!--|;", bare):
        return "Cette ligne n’est ni une clé ni un commentaire.", "Un commentaire commence par « # »."
    if re.match(r"-[^\s-]", bare):
        return "Il manque une espace après le tiret.", f"Écrivez « - {bare[1:].split(':')[0]}: … »."
    if glued := re.match(r"(?:- +)?(\w+):[^\s:/]", bare):
        return f"Il manque une espace après « {glued[1]}: ».", f"Écrivez « {glued[1]}: … »."
    if quoted := re.match(r"""\s*(?:- +)?(\w+) *: +((["']).*?\3)""", line):
        value = re.sub(r"\s+#[^\"']*$", "", line[quoted.start(2) :]).strip()
        if quoted.end() < column <= len(line):
            inner = value[1:-1] if quoted[3] == "'" and value.endswith("'") else value
            outer = "'" if '"' in inner else '"'
            written = f" : {quoted[1]}: {outer}{inner}{outer}" if outer not in inner else ""
            return "Du texte suit un guillemet fermé.", f"Mettez toute la valeur entre guillemets{written}."
    above = next((row for row in reversed(before) if row.strip() and not row.lstrip().startswith("#")), "")
    opened = re.match(r"( *(?:- +)*)\w+ *: +[^\s#|>]", above)
    if (
        opened
        and line.partition(" #")[0].count(": ") == 1
        and len(line) - len(line.lstrip()) > len(opened[1])
    ):
        return "Le retrait de cette ligne est trop grand.", "Alignez-la avec la clé de la ligne d’avant."
    return None


def _left_open(text: str, until: int) -> int | None:
    """The line of a value whose quote is closed only where the reading stopped, or never."""
    lines = text.splitlines()
    for number, line in enumerate(lines[:until], 1):
        value = re.match(r"""\s*(?:- +)?\w+: +(["'])(.*)$""", line)
        if value is None or value[1] in value[2]:
            continue
        closed = next(
            (rank for rank, after in enumerate(lines[number:], number + 1) if value[1] in after), None
        )
        if closed is None or closed == until:
            return number
    return None


def _plain(node: Node, path: Place, places: Places, file: str, findings: list[Finding]) -> Any:
    places.values[path] = (node.start_mark.line + 1, node.start_mark.column + 1)
    if isinstance(node, MappingNode):
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line, column = key_node.start_mark.line + 1, key_node.start_mark.column + 1
            if not isinstance(key_node, ScalarNode):
                findings.append(Finding(file, line, column, "erreur", "yaml", "Une clé doit être un mot."))
                continue
            key = str(key_node.value)
            if key in result:
                first = places.keys[(*path, key)][0]
                findings.append(
                    Finding(
                        file,
                        line,
                        column,
                        "erreur",
                        "cle_en_double",
                        f"La clé « {key} » est déjà à la ligne {first}.",
                        "Gardez-en une seule, ou commencez un nouvel élément de la liste par un tiret."
                        if path and isinstance(path[-1], int)
                        else "Gardez-en une seule.",
                    )
                )
                continue
            places.keys[(*path, key)] = (line, column)
            result[key] = _plain(value_node, (*path, key), places, file, findings)
        return result
    if isinstance(node, SequenceNode):
        return [_plain(item, (*path, index), places, file, findings) for index, item in enumerate(node.value)]
    assert isinstance(node, ScalarNode)
    return _scalar(node)


def _scalar(node: ScalarNode) -> Any:
    kind = str(node.tag).rsplit(":", 1)[-1]
    if kind == "null":
        return None
    if kind == "bool":
        return node.value.lower() == "true"
    if kind == "int":
        try:
            return int(node.value.replace("_", ""))
        except ValueError:
            return node.value
    if kind == "float":
        return float(node.value.replace("_", ""))
    return node.value


# --- form of the modèle


def _empty(data: Any, path: Place, file: str, places: Places) -> Iterator[Finding]:
    """A key written without its value: « si: » alone would take its condition away without a word."""
    if data is None:
        line, column = places.key(path)
        name = next((part for part in reversed(path) if isinstance(part, str)), "")
        remedy = "Donnez-lui une valeur, ou retirez la ligne."
        yield Finding(file, line, column, "erreur", "valeur", f"« {name} » est vide.", remedy)
    parts = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in parts:
        yield from _empty(value, (*path, key), file, places)


def _findings(error: ValidationError, data: Any, file: str, places: Places) -> Iterator[Finding]:
    errors = [(item, *_path(item["loc"], data)) for item in error.errors()]
    lacking: dict[Place, list[str]] = {}
    unknown: dict[Place, list[str]] = {}
    for item, path, other_branch in errors:
        if not other_branch and item["type"] in ("missing", "extra_forbidden"):
            kind = lacking if item["type"] == "missing" else unknown
            kind.setdefault(path[:-1], []).append(str(path[-1]))
    swapped = _swapped(lacking, unknown)
    for parent, names in lacking.items():
        # Those that are written under another name are told there.
        left = [name for name in names if (*parent, name) not in swapped.values()]
        if left:
            line, column = places.value(parent)
            yield Finding(file, line, column, "erreur", "cle_manquante", *_missing(left, parent, data))
    for item, path, other_branch in errors:
        if other_branch or item["type"] == "missing" or _has_enough(item, path, data):
            continue
        if item["input"] is None and item["type"] != "extra_forbidden":
            continue  # told as empty
        on_key = item["type"] == "extra_forbidden" or item["loc"][-1] == "[key]" or item["input"] is None
        line, column = places.key(path) if on_key else places.value(path)
        code, reason, remedy = _say(item, path, data)
        if path in swapped and closest(str(path[-1]), [str(swapped[path][-1])]) is None:
            remedy = f"Il manque « {swapped[path][-1]} » ici : est-ce ce que vous vouliez dire ?"
        yield Finding(file, line, column, "erreur", code, reason, remedy)


def _swapped(lacking: Mapping[Place, list[str]], unknown: Mapping[Place, list[str]]) -> dict[Place, Place]:
    """Unknown keys that stand for one that is lacking beside them: one mistake, told once."""
    swapped: dict[Place, Place] = {}
    for parent, names in unknown.items():
        wanted = lacking.get(parent, [])
        for name in names:
            found = closest(name, wanted)
            if found is None and len(names) == len(wanted) == 1:
                found = wanted[0]
            if found is not None:
                swapped[(*parent, name)] = (*parent, found)
    return swapped


def _has_enough(item: Any, path: Place, data: Any) -> bool:
    """A list is called too short when its items are wrong: they are reported themselves."""
    if item["type"] != "too_short":
        return False
    here = data
    for part in path:
        try:
            here = here[part]
        except (KeyError, IndexError, TypeError):
            return False
    return isinstance(here, list) and len(here) >= item["ctx"]["min_length"]


def _path(location: tuple[str | int, ...], data: Any) -> tuple[Place, bool]:
    """Place in the file of an error's location, and whether it comes from the other reading of an étape."""
    path: list[str | int] = []
    here = data
    for part in location:
        readings = (Etape.__name__, Parallele.__name__, PourChaque.__name__)
        if part in readings and len(path) == 2 and path[0] == "etapes":
            keys = here if isinstance(here, dict) else {}
            wanted = Parallele if "parallele" in keys else PourChaque if "pour_chaque" in keys else Etape
            if part != wanted.__name__:
                return tuple(path), True
            continue
        if part == "[key]":
            break
        path.append(part)
        try:
            here = here[part]
        except (KeyError, IndexError, TypeError):
            here = None
    return tuple(path), False


def _missing(names: list[str], where: Place, data: Any) -> tuple[str, str]:
    """Reason and remedy for all the keys that are lacking at one place."""
    lacking = listed([f"« {name} »" for name in names])
    return (
        f"Il manque {lacking}{_where(where, data)}.",
        f"Ajoutez {listed([f'« {name}: … »' for name in names])}.",
    )


def _say(item: Mapping[str, Any], path: Place, data: Any) -> tuple[str, str, str]:
    """Code, reason and remedy for an error of form."""
    kind, context, given = item["type"], item.get("ctx", {}), item.get("input")
    name = next((part for part in reversed(path) if isinstance(part, str)), "")
    if kind == "extra_forbidden":
        return "cle_inconnue", f"« {name} » n’est pas une clé connue ici.", _close_key(item["loc"], name)
    if kind == "string_pattern_mismatch":
        if context.get("pattern", "").startswith("^[A-Z]"):
            return (
                "valeur",
                f"« {given} » ne convient pas.",
                "Écrivez 2 à 5 lettres majuscules, par exemple EMB.",
            )
        people = [*_named(data, "roles"), *_named(data, "participants")]
        if name in _PEOPLE and item["loc"][-1] != "[key]":
            reason = f"« {given} » n’est ni un rôle ni un participant de ce modèle."
            return "personne_inconnue", reason, meant(str(given), people, f"Existent : {', '.join(people)}.")
        bare = re.sub(r"[^a-z0-9]+", "_", plain(str(given))).strip("_0123456789")
        example = f" : « {bare} »" if re.match(context.get("pattern", ""), bare) else ""
        rule = "Employez des minuscules sans accent, des chiffres et « _ », en commençant par une lettre"
        return "cle_invalide", f"« {given} » ne convient pas comme nom.", f"{rule}{example}."
    if kind == "literal_error":
        choices = str(context.get("expected", "")).replace("'", "").replace(" or ", ", ")
        remedy = meant(str(given), choices.split(", "), f"Valeurs possibles : {choices}.")
        return "valeur", f"« {given} » n’est pas une valeur de « {name} ».", remedy
    if kind == "value_error":
        told = context.get("error", "")
        return "valeur", _sentence(str(told)), getattr(told, "remedy", "Voyez docs/modeles.md.")
    if kind == "string_type" and name == "si":
        remedy = 'Écrivez-la comme « fiche.reponse == "oui" », ou retirez « si ».'
        return "type", "« si » attend une condition.", remedy
    if kind == "string_type" and name == "cle":
        return (
            "cle_invalide",
            f"« {given} » ne convient pas comme nom.",
            "Commencez par une lettre : « etape_3 ».",
        )
    if kind == "string_type":
        many = isinstance(given, list | dict)
        remedy = "Écrivez une seule valeur, sans crochets." if many else "Mettez la valeur entre guillemets."
        return "type", f"« {name} » attend du texte.", remedy
    if kind in ("int_type", "int_parsing", "int_from_float"):
        cents = "Écrivez-le en centimes, sans unité, virgule, point ni guillemets : 29000 pour 290 €."
        remedy = cents if name == "montant" else "Écrivez-le sans décimale ni unité."
        return "type", f"« {name} » attend un nombre entier.", remedy
    if kind in ("bool_type", "bool_parsing"):
        said = {"oui": "true", "vrai": "true", "non": "false", "faux": "false"}.get(plain(str(given)))
        remedy = f"Écrivez {said}." if said else "Écrivez true ou false."
        return "type", f"« {name} » attend true (oui) ou false (non).", remedy
    if kind in ("tuple_type", "list_type"):
        return "type", f"« {name} » attend une liste.", _as_list(name, given)
    if kind in ("dict_type", "model_type"):
        return "type", *_as_keys(item["loc"], path, name, kind)
    if kind in ("greater_than_equal", "less_than_equal"):
        bound = context.get("ge", context.get("le"))
        word = "moins" if kind == "greater_than_equal" else "plus"
        return "valeur", f"« {name} » vaut {given}.", f"Écrivez {bound} au {word}."
    if kind in ("too_short", "string_too_short"):
        return (
            "valeur",
            f"« {name} » n’a pas assez d’éléments.",
            f"Il en faut au moins {context.get('min_length')}.",
        )
    if kind in ("too_long", "string_too_long"):
        what = "caractères" if kind == "string_too_long" else "éléments"
        return "valeur", f"« {name} » est trop long.", f"Pas plus de {context.get('max_length')} {what}."
    return "valeur", f"« {name} » ne convient pas.", "Voyez docs/modeles.md."


_PEOPLE = ("pour", "par", "de", "a", "responsable", "gerent", "voient", "inviter", "visible")
"""Keys that name a role or a participant."""


def _named(data: Any, section: str) -> list[str]:
    """Names that a section of the modèle declares, as far as it can be read."""
    found = data.get(section) if isinstance(data, dict) else None
    return [str(name) for name in found] if isinstance(found, dict) else []


def _as_list(name: str, given: Any) -> str:
    """How to write as a list what was given instead of one."""
    if name == "branches":
        return "Une branche est une liste d’étapes : commencez-la par deux tirets, « - - cle: … »."
    if isinstance(given, str | int | float) and not re.search(r"^-|^\d+\.|[^,] ", str(given)):
        return f"Écrivez-la entre crochets : « {name}: [{given}] »."
    return "Écrivez un élément par ligne, précédé d’un tiret et d’une espace."


def _as_keys(location: tuple[str | int, ...], path: Place, name: str, kind: str) -> tuple[str, str]:
    """Reason and remedy for a bare value where keys are expected, with the keys to write."""
    place = [part for part in location if part != "[key]"]
    if kind == "dict_type":
        place.append("nom")
    keys = ", ".join(f"{key}: …" for key in _wanted_at(Modele, place))
    written = f"{{{keys}}}" if keys else "…"
    if kind == "dict_type":
        return (
            f"« {name} » attend des clés et des valeurs.",
            f"Écrivez, sur une ligne par nom : « nom: {written} ».",
        )
    if path and isinstance(path[-1], int):
        return f"Un élément de « {name} » attend des clés et des valeurs.", f"Écrivez « - {written} »."
    return f"« {name} » attend des clés et des valeurs.", f"Écrivez « {name}: {written} »."


def _where(path: Place, data: Any) -> str:
    """« dans l’étape « dpae » », for a key that is missing somewhere in it."""
    here = data
    label = ""
    for part in path:
        try:
            here = here[part]
        except (KeyError, IndexError, TypeError):
            break
        if isinstance(here, dict) and (here.get("cle") or here.get("parallele")):
            label = f" dans « {here.get('cle') or here.get('parallele')} »"
    return label


def _close_key(location: tuple[str | int, ...], name: str) -> str:
    known = _keys_at(Modele, [part for part in location[:-1] if part != "[key]"])
    if name.isdigit():
        return "Entre accolades, une virgule sépare deux clés : un nombre s’écrit sans virgule, un montant en centimes."
    if "\N{NO-BREAK SPACE}" in name:
        return "Une espace insécable suit ce mot : retirez-la, les deux-points le touchent."
    if plain(name) in known:
        return f"« {name} » s’écrit « {plain(name)} », en minuscules et sans accent."
    return meant(name, known, f"Clés possibles : {', '.join(sorted(known))}." if known else "Retirez-la.")


def known_keys(path: Place) -> list[str]:
    """Keys that the language knows at a place of a modèle, in their usual order."""
    return list(dict.fromkeys(_keys_at(Modele, list(path))))


def _keys_at(model: type[BaseModel], location: list[str | int]) -> list[str]:
    """Keys that the language knows where an error stands."""
    return [key for found in _models_at(model, location) for key in found.model_fields]


def _wanted_at(model: type[BaseModel], location: list[str | int]) -> list[str]:
    """Keys that cannot be left out there; the first of all when any may be."""
    fields = {
        key: field for found in _models_at(model, location)[:1] for key, field in found.model_fields.items()
    }
    return [key for key, field in fields.items() if field.is_required()] or list(fields)[:1]


def _models_at(model: type[BaseModel], location: list[str | int]) -> list[type[BaseModel]]:
    current: Any = model
    for part in location:
        current = _step(current, part)
        if current is None:
            return []
    return _models(current)


def _step(annotation: Any, part: str | int) -> Any:
    models = _models(annotation)
    named = next((model for model in models if model.__name__ == part), None)
    if named is not None:
        return named
    for model in models:
        if isinstance(part, str) and part in model.model_fields:
            return model.model_fields[part].annotation
    arguments = getattr(annotation, "__args__", ())
    return next((argument for argument in reversed(arguments) if argument not in (..., type(None))), None)


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    if "Union" in type(annotation).__name__ or "Union" in str(getattr(annotation, "__origin__", "")):
        return [model for argument in annotation.__args__ for model in _models(argument)]
    return []


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}." if text else "Cette valeur ne convient pas."
