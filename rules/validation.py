"""Validation of a form against its JSON Schema, with French sentences beside each field.

The schema is Draft 2020-12 as forms use it (properties, required, if/then/else, enum, ...), plus our formats
and `x-regles` (see `rules.formats`). On top of what the schema says: properties it does not know are refused,
and a string without `maxLength` is bounded.
`x-messages` on a field replaces the sentence of one keyword or rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import jsonschema
from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from jsonschema.validators import extend as _extend

from rules.formats import FORMATS, REGLES, Contexte, appliquer_regle

LONGUEUR_MAX = 5_000
"""Characters allowed in a string whose schema gives no maxLength."""
PROFONDEUR_MAX = 12
"""Nesting beyond which data are refused before any other check."""


@dataclass(frozen=True, slots=True, order=True)
class FieldError:
    """One thing to correct: JSON pointer of the field ("" for the whole form) and a French sentence."""

    pointer: str
    detail: str


class SchemaInvalideError(ValueError):
    """The form's own schema is wrong; `str(error)` says where, in French."""


_OBLIGATOIRE = "Ce champ est obligatoire."
_TYPES = {
    "string": "un texte",
    "integer": "un nombre entier",
    "number": "un nombre",
    "boolean": "oui ou non",
    "array": "une liste",
    "object": "un groupe de champs",
    "null": "vide",
}
# Their own errors say what is wrong; the keyword itself only says that something is.
_COMPOSES = {"allOf", "anyOf", "oneOf", "if"}


def check_schema(schema: Mapping[str, Any]) -> None:
    """Refuse a form whose schema is not valid Draft 2020-12, or names an unknown format or rule.

    Raises SchemaInvalideError.
    """
    try:
        Draft202012Validator.check_schema(schema)
    except jsonschema.SchemaError as error:
        chemin = "/".join(str(part) for part in error.absolute_path)
        raise SchemaInvalideError(
            f"Schéma de formulaire invalide à « /{chemin} » : {error.message}"
        ) from error
    for chemin, noeud in _noeuds(schema, ""):
        ferme = "additionalProperties" in noeud or "unevaluatedProperties" in noeud
        if chemin != "/" and noeud.get("type") == "object" and not ferme:
            raise SchemaInvalideError(
                f"Le groupe « {chemin} » doit refuser les champs inconnus : « additionalProperties: false »."
            )
        format_ = noeud.get("format")
        if isinstance(format_, str) and format_ not in FORMATS:
            raise SchemaInvalideError(f"Format « {format_} » inconnu à « {chemin} ».")
        regles = noeud.get("x-regles", [])
        if not isinstance(regles, list) or not all(isinstance(regle, str) for regle in regles):
            raise SchemaInvalideError(f"« x-regles » à « {chemin} » doit être une liste de textes.")
        for regle in regles:
            if regle.partition(":")[0] not in REGLES:
                raise SchemaInvalideError(f"Règle « {regle} » inconnue à « {chemin} ».")


def _noeuds(
    schema: object, chemin: str, sous_proprietes: bool = False
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if isinstance(schema, Mapping):
        # Under "properties" the keys are names of fields: one of them may well be called "format".
        if not sous_proprietes:
            yield chemin or "/", schema
        for cle, valeur in schema.items():
            if sous_proprietes or cle not in {"const", "enum", "default", "examples", "x-messages"}:
                nommes = not sous_proprietes and cle in {"properties", "$defs", "patternProperties"}
                yield from _noeuds(valeur, f"{chemin}/{cle}", nommes)
    elif isinstance(schema, list):
        for rang, valeur in enumerate(schema):
            yield from _noeuds(valeur, f"{chemin}/{rang}")


def validate_form(schema: Mapping[str, Any], data: object, today: date) -> list[FieldError]:
    """Every error of a filled form, ordered as the form's fields; an empty list when all is well.

    `today` is the civil date in Paris, which `x-regles` compare with.
    """
    if not isinstance(data, Mapping):
        return [FieldError("", "Le formulaire doit être un objet JSON.")]
    if _trop_profond(data, PROFONDEUR_MAX):
        return [FieldError("", "Les données du formulaire sont imbriquées trop profondément.")]
    ferme = dict(schema)
    if "additionalProperties" not in ferme:
        ferme.setdefault("unevaluatedProperties", False)
    validateur = _classe()(ferme, format_checker=_format_checker())
    jetons: dict[FieldError, None] = {}
    for error in _feuilles(validateur.iter_errors(data)):
        for trouve in _traduire(error):
            jetons.setdefault(trouve)
    for trouve in _regles(ferme, data, data, "", today):
        jetons.setdefault(trouve)
    return _un_par_champ(jetons, _ordre(ferme))


def _trop_profond(valeur: object, reste: int) -> bool:
    enfants: Iterable[object] = ()
    if isinstance(valeur, Mapping):
        enfants = valeur.values()
    elif isinstance(valeur, list):
        enfants = valeur
    return reste == 0 or any(_trop_profond(enfant, reste - 1) for enfant in enfants)


@lru_cache(maxsize=1)
def _format_checker() -> FormatChecker:
    checker = FormatChecker(formats=())
    for nom, verifier in FORMATS.items():

        def conforme(valeur: object, nom: str = nom, verifier: Any = verifier) -> bool:
            # An empty string is a missing answer, reported as such by `required` or `minLength`; what calculations read
            # is a date or a rate, or is left out.
            vide = valeur == "" and nom not in ("date", "decimal")
            return not isinstance(valeur, str) or vide or verifier(valeur) is None

        checker.checks(nom)(conforme)
    return checker


@lru_cache(maxsize=1)
def _classe() -> Any:
    """Draft 2020-12, with strings bounded even when the schema forgets to."""

    type_ = Draft202012Validator.VALIDATORS["type"]

    def type_et_borne(validateur: Any, types: Any, instance: Any, schema: Mapping[str, Any]) -> Iterator[Any]:
        yield from type_(validateur, types, instance, schema)
        if isinstance(instance, str) and "maxLength" not in schema and len(instance) > LONGUEUR_MAX:
            yield ValidationError(
                "", validator="maxLength", validator_value=LONGUEUR_MAX, instance=instance, schema=schema
            )

    extend: Callable[..., Any] = _extend  # untyped in the library's stubs
    return extend(Draft202012Validator, {"type": type_et_borne})


def _feuilles(errors: Iterable[ValidationError]) -> Iterator[ValidationError]:
    for error in errors:
        if error.context and error.validator in _COMPOSES - {"anyOf", "oneOf"}:
            yield from _feuilles(error.context)
        else:
            yield error


def _pointeur(parties: Iterable[object]) -> str:
    return "".join("/" + str(partie).replace("~", "~0").replace("/", "~1") for partie in parties)


def _traduire(error: ValidationError) -> Iterator[FieldError]:
    chemin = list(error.absolute_path)
    mot = str(error.validator)
    valeur: Any = error.validator_value
    instance: Any = error.instance
    schema: Mapping[str, Any] = error.schema if isinstance(error.schema, Mapping) else {}
    if mot == "required":
        for nom in valeur:
            if nom not in instance:
                yield _manquant(chemin, schema, nom)
    elif mot == "dependentRequired":
        for declencheur, noms in valeur.items():
            for nom in noms:
                if declencheur in instance and nom not in instance:
                    yield _manquant(chemin, schema, nom)
    elif mot in {"additionalProperties", "unevaluatedProperties"}:
        # jsonschema also reports fields of a condition that failed for another reason: keep the unknown.
        for nom in sorted(set(instance) - _connus(schema, instance)):
            yield FieldError(_pointeur([*chemin, nom]), "Ce champ n’est pas prévu par le formulaire.")
    else:
        yield FieldError(_pointeur(chemin), _message(schema, mot, _phrase(mot, valeur, instance, schema)))


def _manquant(chemin: list[Any], schema: Mapping[str, Any], nom: str) -> FieldError:
    champ = schema.get("properties", {}).get(nom, {})
    return FieldError(_pointeur([*chemin, nom]), _message(champ, "required", _OBLIGATOIRE))


def _connus(schema: Mapping[str, Any], instance: object) -> set[str]:
    connus = set(schema.get("properties", {}))
    for sous in _applicables(schema, instance):
        connus |= _connus(sous, instance)
    return connus


def _message(schema: object, mot: str, defaut: str) -> str:
    messages = schema.get("x-messages") if isinstance(schema, Mapping) else None
    return str(messages[mot]) if isinstance(messages, Mapping) and mot in messages else defaut


def _pluriel(nombre: int, mot: str) -> str:
    return f"{nombre} {mot}" if nombre < 2 else f"{nombre} {mot}s"


def _nombre(valeur: object, schema: Mapping[str, Any]) -> str:
    if schema.get("x-monnaie") and isinstance(valeur, int):
        return f"{valeur / 100:,.2f} €".replace(",", "\u202f").replace(".", ",").replace(" €", "\u00a0€")
    return str(valeur).replace(".", ",")


def _phrase(mot: str, valeur: Any, instance: Any, schema: Mapping[str, Any]) -> str:
    match mot:
        case "format":
            return FORMATS[valeur](instance) or "Cette valeur n’est pas valide."
        case "type":
            types = valeur if isinstance(valeur, list) else [valeur]
            attendus = " ou ".join(_TYPES.get(str(nom), str(nom)) for nom in types)
            return f"La réponse attendue est {attendus}."
        case "enum":
            return "Choisissez une des valeurs proposées."
        case "const":
            return "Cette case doit être cochée." if valeur is True else "Cette valeur n’est pas acceptée."
        case "minLength":
            if instance == "":
                return _OBLIGATOIRE
            return f"Écrivez au moins {_pluriel(valeur, 'caractère')}."
        case "maxLength":
            limite = _pluriel(valeur, "caractère")
            return f"Ce texte est trop long : {limite} au maximum, vous en avez {len(instance)}."
        case "pattern":
            return "Cette valeur n’a pas la forme attendue."
        case "minimum":
            return f"La valeur doit être au moins {_nombre(valeur, schema)}."
        case "maximum":
            return f"La valeur ne peut pas dépasser {_nombre(valeur, schema)}."
        case "exclusiveMinimum":
            return f"La valeur doit être supérieure à {_nombre(valeur, schema)}."
        case "exclusiveMaximum":
            return f"La valeur doit être inférieure à {_nombre(valeur, schema)}."
        case "multipleOf":
            return f"La valeur doit être un multiple de {_nombre(valeur, schema)}."
        case "minItems":
            elements = schema.get("items")
            if isinstance(elements, Mapping) and {"enum", "oneOf", "anyOf"} & elements.keys():
                return f"Choisissez au moins {'une réponse' if valeur == 1 else f'{valeur} réponses'}."
            return f"Indiquez au moins {_pluriel(valeur, 'élément')}."
        case "maxItems":
            return f"Indiquez au plus {_pluriel(valeur, 'élément')}."
        case "uniqueItems":
            return "Le même élément figure deux fois."
        case "minProperties" | "maxProperties":
            return "Le nombre de champs remplis ne convient pas."
        case _:
            return "Cette valeur n’est pas acceptée."


def _regles(
    schema: Mapping[str, Any], valeur: object, donnees: Mapping[str, Any], pointeur: str, today: date
) -> Iterator[FieldError]:
    """Apply `x-regles` wherever the schema that holds for this value carries them, conditions included."""
    for regle in schema.get("x-regles", []):
        reponse = appliquer_regle(regle, valeur, Contexte(today=today, donnees=donnees, schema=schema))
        if reponse is not None:
            yield FieldError(pointeur, _message(schema, regle.partition(":")[0], reponse))
    for sous in _applicables(schema, valeur):
        yield from _regles(sous, valeur, donnees, pointeur, today)
    if isinstance(valeur, Mapping):
        for nom, sous in schema.get("properties", {}).items():
            if nom in valeur and isinstance(sous, Mapping):
                yield from _regles(sous, valeur[nom], donnees, pointeur + _pointeur([nom]), today)
    elif isinstance(valeur, list) and isinstance(schema.get("items"), Mapping):
        for rang, element in enumerate(valeur):
            yield from _regles(schema["items"], element, donnees, f"{pointeur}/{rang}", today)


def _applicables(schema: Mapping[str, Any], valeur: object) -> Iterator[Mapping[str, Any]]:
    for sous in schema.get("allOf", []):
        if isinstance(sous, Mapping):
            yield sous
    if "if" in schema:
        branche = "then" if _classe()(schema["if"]).is_valid(valeur) else "else"
        if isinstance(schema.get(branche), Mapping):
            yield schema[branche]


def _ordre(schema: Mapping[str, Any]) -> list[str]:
    noms: list[str] = []
    for chemin, noeud in _noeuds(schema, ""):
        if "/if/" not in f"{chemin}/":
            noms.extend(nom for nom in noeud.get("properties", {}) if nom not in noms)
    return noms


def _un_par_champ(trouves: Iterable[FieldError], ordre: list[str]) -> list[FieldError]:
    """One sentence per field, the first found: two at once confuse more than they help."""
    par_champ: dict[str, FieldError] = {}
    for trouve in trouves:
        par_champ.setdefault(trouve.pointer, trouve)
    rang = {nom: place for place, nom in enumerate(ordre)}

    def place(trouve: FieldError) -> tuple[int, str]:
        return rang.get(trouve.pointer.split("/")[1] if trouve.pointer else "", len(rang)), trouve.pointer

    return sorted(par_champ.values(), key=place)
