"""What a field proposes (`x-parmi`), checked: pièces that are asked for, or a field of a collection."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from workflows.engine.branches import PARMI
from workflows.engine.findings import Finding
from workflows.engine.meant import meant
from workflows.engine.namespaces import PIECES
from workflows.engine.verifier.context import Context
from workflows.engine.verifier.reprises import line_of
from workflows.engine.view.paths import properties_of


def check(context: Context) -> None:
    """Findings in the files of the forms of a modèle."""
    around = context.resolved.around
    if around is None:
        return
    for kind, schemas in (("formulaire", context.bundle.forms), ("ligne", context.bundle.lignes)):
        for alias, schema in schemas.items():
            file = context.resolved.files.get(f"{kind}:{alias}")
            if file is None:
                continue  # a service's answer
            for field, reason, remedy in _faults(context, schema):
                line = line_of(around.text(file), (field, PARMI))
                context.findings.append(
                    Finding(file, line, 1, "erreur", "proposition_inconnue", reason, remedy)
                )


def _faults(context: Context, schema: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Field, reason, remedy of each proposal that nothing would fill."""
    for field, definition in properties_of(schema).items():
        if PARMI not in definition:
            continue
        source = str(definition[PARMI])
        collection, _, read = source.partition(".")
        lines = context.bundle.lignes
        if source == PIECES:
            if not any(context.modele.pieces()):
                reason = f"« {field} » propose les pièces validées, et ce modèle n’en demande aucune."
                yield field, reason, f"Ajoutez une pièce à une étape, ou retirez « {PARMI} »."
        elif collection not in lines:
            reason = (
                f"« {field} » propose « {source} », qui n’est ni « {PIECES} » ni une collection du modèle."
            )
            yield field, reason, _close(collection, (PIECES, *lines))
        elif read not in (known := properties_of(lines[collection])):
            reason = f"Les lignes de « {collection} » n’ont pas de champ « {read} »."
            yield field, reason, _close(read, known)
        elif known[read].get("x-sensible"):
            reason = f"« {source} » est sensible : il n’est proposé nulle part."
            yield field, reason, "Proposez un autre champ : la personne redonnera celui-ci."


def _close(name: str, known: Iterable[str]) -> str:
    names = [*known]
    return meant(name, names, f"Existent : {', '.join(names[:20])}.")
