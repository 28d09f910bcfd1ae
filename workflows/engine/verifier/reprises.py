"""What a form takes over from elsewhere (`x-reprend`), checked: every source and every field it names exist."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from jsonschema import Draft202012Validator

from workflows.engine.findings import Finding
from workflows.engine.meant import meant
from workflows.engine.verifier.context import Context
from workflows.engine.view.paths import properties_of

KEY = "x-reprend"
_KEYS = 3
"""Of a place: what is read comes after them."""
CLIENT = "client"
OF_CLIENT = ("nom", "type", "siren", "siret", "email", "telephone", "adresse")
"""What the record of a client may tell."""
Answers = Mapping[str, Mapping[str, Any]]
"""What a modèle knows once it runs, as schemas: its forms by short names, its lines by « collection.statut », or by
« collection » for a line."""


@dataclass(frozen=True)
class Fault:
    """`place`: the keys of the form's file that lead there, and what is read, if that is what is wrong."""

    place: tuple[str, ...]
    reason: str
    remedy: str


def check(context: Context) -> None:
    """Findings in the files of the forms of a modèle."""
    around = context.resolved.around
    if around is None:
        return
    # Most forms of a modèle read the same few others.
    answers_of, lines_of = cache(around.answers_of), cache(partial(around.answers_of, lignes=True))
    own = [CLIENT, *around.modeles()]
    forms = [("formulaire", alias, schema, own, answers_of) for alias, schema in context.bundle.forms.items()]
    lines = [("ligne", cle, schema, own[1:], lines_of) for cle, schema in context.bundle.lignes.items()]
    for kind, alias, schema, known, answers in forms + lines:
        file = context.resolved.files.get(f"{kind}:{alias}")
        if file is None:
            continue  # a service's answer
        for fault in _faults(schema, known, answers):
            line = line_of(around.text(file), fault.place)
            context.findings.append(
                Finding(file, line, 1, "erreur", "reprise_inconnue", fault.reason, fault.remedy)
            )


def _faults(
    schema: Mapping[str, Any], known: Sequence[str], answers_of: Callable[[str], Answers | None]
) -> Iterator[Fault]:
    """What a form wrongly takes over. `known`: the sources that exist for it."""
    asking = {field: told for field, told in properties_of(schema).items() if told.get(KEY) is not None}
    for field, definition in asking.items():
        asked = definition[KEY]
        if not isinstance(asked, Mapping):
            remedy = 'Écrivez par exemple {"client": ["nom"]}.'
            yield Fault(
                (field, KEY), f"« {KEY} » de « {field} » nomme ses sources et ce qui y est pris.", remedy
            )
            continue
        if definition.get("x-sensible"):
            reason = f"« {field} » est sensible : il ne reprend rien d’ailleurs."
            yield Fault((field, KEY), reason, f"Retirez « {KEY} », ou « x-sensible ».")
        for source, taken in asked.items():
            place = (field, KEY, source)
            if source not in known:
                none = "ni « client » ni un modèle" if CLIENT in known else "pas un modèle"
                reason = f"« {field} » reprend ce que dit « {source} », qui n’est {none}."
                yield Fault(place, reason, _close(source, known))
            elif not isinstance(taken, list):
                if not Draft202012Validator(definition).is_valid(taken):
                    reason = f"« {taken} », repris de « {source} », ne convient pas au champ « {field} »."
                    yield Fault(place, reason, "Écrivez une valeur que ce champ accepte.")
            elif source == CLIENT:
                for read in taken:
                    if read not in OF_CLIENT:
                        reason = f"La fiche d’un client n’a pas « {read} »."
                        yield Fault((*place, str(read)), reason, _close(str(read), OF_CLIENT))
            elif (answers := answers_of(source)) is not None:
                yield from _answers(place, source, taken, answers)


def _answers(place: tuple[str, ...], source: str, taken: list[Any], answers: Answers) -> Iterator[Fault]:
    """What is read in the answers of a modèle: « form.field », « collection.statut.field » (of a line,
    « collection.field »), « evenements.key »."""
    for read in taken:
        where = (*place, str(read))
        form, _, name = str(read).rpartition(".")
        if form not in answers:
            reason = f"« {source} » n’a ni formulaire, ni lignes « {form or read} »."
            yield Fault(where, reason, _close(form or str(read), answers))
            continue
        fields = properties_of(answers[form])
        if name not in fields:
            reason = f"« {form} » de « {source} » n’a pas de champ « {name} »."
            yield Fault(where, reason, _close(name, fields))
        elif fields[name].get("x-sensible"):
            reason = f"« {read} » de « {source} » est sensible : il n’est repris nulle part."
            yield Fault(where, reason, "Retirez-le : la personne le redonnera.")


def line_of(text: str, place: tuple[str, ...]) -> int:
    """The line of a place in a form's file: a field, its key, a source, then what is read. Counted from 1."""
    at = 0
    for rank, word in enumerate(place):
        found = re.compile(f'"{re.escape(word)}"' + r"\s*:" * (rank < _KEYS)).search(text, at)
        at = found.start() if found else at
    return text.count("\n", 0, at) + 1


def _close(name: str, known: Iterable[str]) -> str:
    known = list(known)
    none = "Il n’en a aucun : retirez cette source."
    return meant(name, known, f"Existent : {', '.join(known[:20])}." if known else none)
