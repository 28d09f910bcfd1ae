"""Refusals of the library's compiler, said in French with what to do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from workflows.engine.expressions.errors import ExpressionError
from workflows.engine.expressions.shapes import Kind, Shape, Signature
from workflows.engine.meant import meant, plain

_ERROR = re.compile(r"ERROR: <input>:(?P<line>\d+):(?P<column>\d+): (?P<text>[^\n]*)")
_OVERLOAD = re.compile(r"found no matching overload for '(?P<name>[^']+)' applied to '\((?P<types>.*)\)'")
_UNDECLARED = re.compile(r"undeclared reference to '(?P<name>[^']*)'")
_FIELD = re.compile(r"undefined field '(?P<name>[^']+)' not found in struct '(?P<struct>[^']+)'")
_SELECT = re.compile(r"expression of type '(?P<type>[^']+)' cannot be the operand of a select operation")

_VERBS = {
    "_==_": "comparer (==)",
    "_!=_": "comparer (!=)",
    "_<_": "comparer (<)",
    "_<=_": "comparer (<=)",
    "_>_": "comparer (>)",
    "_>=_": "comparer (>=)",
    "_+_": "ajouter (+)",
    "_-_": "soustraire (-)",
    "_*_": "multiplier (*)",
    "_/_": "diviser (/)",
    "_%_": "prendre le reste (%)",
    "@in": "chercher (in)",
    "_&&_": "combiner (&&)",
    "_||_": "combiner (||)",
    "!_": "inverser (!)",
    "-_": "prendre l’opposé (-)",
    "_?_:_": "choisir (? :)",
    "_[_]": "prendre un élément ([ ])",
}
_NAMES = {
    "bool": "booléen",
    "int": "entier",
    "uint": "entier",
    "double": "nombre à virgule",
    "string": "texte",
    "google.protobuf.Timestamp": "date",
    "timestamp": "date",
    "null_type": "valeur nulle",
    "dyn": "valeur quelconque",
    "elaska.Taux": "taux",
    "elaska.Opaque": "valeur non utilisable dans une expression",
}


def suggestion(name: str, known: Iterable[str]) -> str:
    """« Vouliez-vous dire … ? » when a known name is close, else the list of known names."""
    names = sorted(known)
    return meant(name, names, f"Noms connus : {', '.join(names[:20])}." if names else "")


def _type_name(text: str) -> str:
    text = text.strip()
    if text.startswith("list("):
        return f"liste de {_type_name(text[5:-1])}"
    return _NAMES.get(text, "groupe de champs" if text.startswith("elaska.") else text)


def _split_types(text: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for index, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            parts.append(text[start:index])
            start = index + 1
    return [*parts, text[start:]] if text else []


def profile(signature: Signature) -> str:
    """« jours_apres(jour : date, nombre : entier) »."""
    parts = [
        f"{name} : {parameter.shape.kind.value.split(' (')[0]}"
        for name, parameter in zip(signature.names, signature.parameters, strict=True)
    ]
    return f"{signature.name}({', '.join(parts)})"


def translate(
    error: Exception,
    source: str,
    roots: Mapping[str, Shape],
    structs: Mapping[str, tuple[str, Shape]],
    functions: Mapping[str, Signature],
) -> ExpressionError:
    """French refusal for an error of the compiler: the first one that explains the others."""
    found = list(_ERROR.finditer(str(error)))
    # Without a place, the compiler gave up: it only does so past its limits of depth and size.
    if not found:
        return ExpressionError(
            "trop_longue",
            "Cette expression est trop compliquée.",
            remedy="Coupez-la en plusieurs, ou demandez un calcul nommé.",
        )
    syntax = [match for match in found if match["text"].startswith("Syntax error")]
    chosen = (syntax or sorted(found, key=lambda match: "undeclared reference" not in match["text"]))[0]
    code, message, remedy = (
        _syntax(source) if syntax else _checked(chosen["text"], source, roots, structs, functions)
    )
    return ExpressionError(
        code, message, remedy=remedy, line=int(chosen["line"]), column=int(chosen["column"])
    )


_NO_TODAY = "Une condition ne lit pas la date du jour : employez « attendre », une échéance ou une relance."


def _syntax(source: str) -> tuple[str, str, str]:
    outside = re.sub(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'", "", source)
    remedies = [
        (r"===", "Pour comparer, écrivez deux signes égal : « == »."),
        (r"<>", "Pour « différent de », écrivez « != »."),
        (
            r"€|\d[ \u00a0\u202f]\d",
            "Un montant s’écrit en centimes, sans espace ni signe : 1 000 € s’écrit 100000.",
        ),
        (r"@", "Une adresse est un texte : mettez-la entre guillemets."),
        (r"\{[{%]", "Sans accolades : les textes entre guillemets, les champs tels quels, reliés par « + »."),
        (r"(?<![=!<>])=(?!=)", "Pour comparer, écrivez deux signes égal : « == »."),
        (r"[«»“”‘’]", 'Entourez les textes de guillemets droits : "cdd".'),
        (r"\bcontient\b", 'Pour chercher dans un texte, écrivez texte.contains("mot").'),
        (r"\bhas +\w", "Mettez ce qui est cherché entre parenthèses : has(groupe.champ)."),
        (r"\baujourd.?hui\b", _NO_TODAY),
        (r"\d ?%", 'Un pourcentage est un taux : taux("0.10"), et ne sert que d’argument à un calcul.'),
        (r"\b(est|vaut|egal)\b", "Pour comparer, écrivez deux signes égal : « == »."),
        (r"\b(et|and)\b", "Pour « et », écrivez « && »."),
        (r"(?<!&)&(?!&)", "Pour « et », écrivez « && » ; pour assembler des textes, « + »."),
        (r"\b(ou|or)\b|(?<!\|)\|(?!\|)", "Pour « ou », écrivez « || »."),
        (r"\b(non|not)\b", "Pour « non », écrivez « ! » devant la condition."),
        (r"\b\d+ ?[A-Za-z]\w*", "Un nombre s’écrit sans unité."),
        (r"[^\x00-\x7f]", "Hors des guillemets, une expression s’écrit sans accent ni espace insécable."),
        (r"\d,\d", "Les montants s’écrivent en centimes, sans virgule : 1234,56 € s’écrit 123456."),
    ]
    for pattern, remedy in remedies:
        if re.search(pattern, outside, re.IGNORECASE):
            return "syntaxe", "Cette expression n’est pas bien écrite.", remedy
    if outside.count("(") != outside.count(")"):
        return "syntaxe", "Il y a une parenthèse de trop ou de moins.", "Fermez chaque parenthèse ouverte."
    if outside.count('"') % 2 or outside.count("'") % 2:
        return "syntaxe", "Un guillemet n’est pas fermé.", "Fermez chaque guillemet ouvert."
    if re.search(r"[\w.]+ +(?!in\b)[A-Za-z_]", re.sub(r"\bin +", "", outside)):
        return (
            "syntaxe",
            "Deux mots s’y suivent sans rien entre eux.",
            "Mettez un texte entre guillemets, écrivez un nom de champ sans espace, reliez deux conditions par « && ».",
        )
    return (
        "syntaxe",
        "Cette expression n’est pas bien écrite à cet endroit.",
        'Exemple : declaration.nature == "cdd" && declaration.duree > 3.',
    )


def _checked(
    text: str,
    source: str,
    roots: Mapping[str, Shape],
    structs: Mapping[str, tuple[str, Shape]],
    functions: Mapping[str, Signature],
) -> tuple[str, str, str]:
    if match := _FIELD.search(text):
        path, shape = structs.get(match["struct"], ("", Shape(Kind.OBJECT)))
        return (
            "champ_inconnu",
            f"« {path} » n’a pas de champ « {match['name']} ».",
            suggestion(match["name"], shape.fields),
        )
    if match := _UNDECLARED.search(text):
        name = match["name"].split(".")[0]
        if name in functions:
            return (
                "argument_manquant",
                f"« {name} » ne s’emploie pas ainsi.",
                f"Écrivez {profile(functions[name])}.",
            )
        if re.search(rf"\b{re.escape(name)}\s*\(", source):
            return "fonction_inconnue", f"La fonction « {name} » n’existe pas.", _a_function(name, functions)
        return "nom_inconnu", f"« {name} » n’existe pas.", _a_name(name, roots)
    if match := _OVERLOAD.search(text):
        return _overload(
            match["name"], [_type_name(part) for part in _split_types(match["types"])], source, functions
        )
    if (match := _SELECT.search(text)) and match["type"].startswith("list("):
        return (
            "sans_champ",
            "Une liste n’a pas de champ : ce sont ses éléments qui en ont.",
            "Écrivez par exemple liste.exists(e, e.champ > 0), ou somme(liste.map(e, e.champ)).",
        )
    if match := _SELECT.search(text):
        return (
            "sans_champ",
            f"On ne peut pas prendre un champ d’une valeur de type {_type_name(match['type'])}.",
            "Après un point, nommez un champ d’un groupe de champs.",
        )
    if re.search(r"\bhas\( *[\"']", source):
        reason = "« has » attend un champ, sans guillemets."
        return "expression_refusee", reason, "Écrivez has(groupe.champ)."
    return "expression_refusee", "Cette expression n’est pas acceptée.", "Vérifiez les types et les noms."


_COUNTS = ("taille", "nombre", "compte", "compter", "longueur", "count", "length", "len", "nb")
_BUILT_IN = ("has", "size", "string", "exists", "all", "filter", "map", "contains", "startsWith", "endsWith")
_TODAY = ("aujourdhui", "aujourd", "jour", "today", "now", "maintenant")
_YES_OR_NO = {"oui": "true", "vrai": "true", "yes": "true", "true": "true"} | dict.fromkeys(
    ("non", "faux", "no", "false"), "false"
)


def _a_function(name: str, functions: Mapping[str, Signature]) -> str:
    """What to call instead of a function that does not exist."""
    if plain(name) in _COUNTS:
        return "Pour compter, écrivez size(liste)."
    return meant(name, [*functions, *_BUILT_IN], "Les fonctions sont dans docs/modeles.md, « Expressions ».")


def _a_name(name: str, roots: Mapping[str, Shape]) -> str:
    """What to write instead of a name that does not exist: a field is often named without its form."""
    if said := _YES_OR_NO.get(plain(name)):
        return f'Écrivez {said} ; ou, si c’est la réponse d’un champ à choix, entre guillemets : "{name}".'
    if plain(name) in _TODAY and "jour" not in roots:
        return _NO_TODAY
    inside = [
        f"{root}.{field}" for root, shape in roots.items() for field in shape.fields if field == plain(name)
    ]
    if inside:
        return f"Vouliez-vous dire « {' » ou « '.join(inside[:3])} » ?"
    return suggestion(name, roots)


def a_date(source: str) -> str:
    """How to write the date that an expression holds as people write it; empty when it holds none."""
    held = re.search(r"\b(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})\b", source) or re.search(
        r"(?<!date\([\"'])(?<!\d)(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})\b", source
    )
    if held is None:
        return ""
    try:
        return f'date("{date(int(held["year"]), int(held["month"]), int(held["day"]))}")'
    except ValueError:
        return ""


def _overload(
    name: str, types: Sequence[str], source: str, functions: Mapping[str, Signature]
) -> tuple[str, str, str]:
    given = " et ".join(types) if len(types) < 3 else ", ".join(types)
    if name == "somme":
        return "type", "« somme » additionne des entiers.", "Écrivez somme(liste.map(e, e.champ))."
    if name in functions:
        return (
            "type",
            f"« {name} » ne convient pas pour ({', '.join(types)}).",
            f"Écrivez {profile(functions[name])}.",
        )
    remedy = ""
    if name == "@in" and types[-1:] == ["texte"]:
        remedy = 'Donnez une liste entre crochets : champ in ["cdd", "cdi"].'
    elif "date" in types and re.search(r"[=!]= *(\"\"|'')", source):
        remedy = "Pour savoir si une donnée est présente, écrivez has(groupe.champ)."
    elif "date" in types and ("texte" in types or "entier" in types):
        written = a_date(source) or 'date("2026-03-12")'
        remedy = f"Une date constante s’écrit {written}."
    elif "booléen" in types and "texte" in types:
        remedy = "Un champ à cocher se lit seul : « fiche.champ » pour oui, « !fiche.champ » pour non."
    elif "entier" in types and any(each.startswith("liste") for each in types):
        remedy = "Pour compter les éléments d’une liste, écrivez size(liste)."
    elif "nombre à virgule" in types:
        remedy = "Écrivez les montants en centimes, sans décimales."
    elif "valeur nulle" in types:
        remedy = "Pour savoir si une donnée est présente, écrivez has(groupe.champ)."
    elif name in ("_&&_", "_||_", "!_", "_?_:_"):
        remedy = "Chaque condition doit être vraie ou fausse : complétez par une comparaison."
    elif name == "_+_" and "texte" in types and "entier" in types:
        remedy = "Pour mettre un nombre dans un texte, écrivez string(nombre)."
    elif "taux" in types:
        remedy = "Un taux ne sert que d’argument à un calcul."
    elif "valeur non utilisable dans une expression" in types:
        remedy = "Déclarez ce champ en entier (montants en centimes), texte, date ou booléen."
    verb = _VERBS.get(name, f"employer « {name} » avec")
    return "type", f"On ne peut pas {verb} {given}.", remedy
