"""Joins that nothing satisfies: an étape, a branch or a join that waits for what only comes after it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from workflows.engine.expressions import Expression, ExpressionError, compile_expression, conjuncts
from workflows.engine.modele import AuMoins, Etape, Parallele, PourChaque, Quand
from workflows.engine.placed import Place
from workflows.engine.verifier.context import Context
from workflows.engine.verifier.names import STATUTS

_CHILD_STATUS = re.compile(r"""\.statut\s*==\s*(["'])(?P<statut>\w+)\1""")
_PRESENT = re.compile(r"^has\((\w+)\.\w+\)$")


@dataclass(frozen=True)
class Waited:
    """Something without which an étape does not end: a form, or the children of an étape."""

    name: str
    providers: frozenset[str]
    """Étapes that must have begun for it to come."""
    place: Place


def check(context: Context) -> None:
    """Every étape that waits for data of the démarche itself."""
    for etape, place in context.etapes:
        if isinstance(etape, PourChaque):
            _check_join(context, etape, place)
    waited = {etape.cle: list(_waited(context, etape, place)) for etape, place in context.etapes}
    begun, ended = _played(context, waited)
    for etape, _ in context.etapes:
        if etape.cle not in begun or etape.cle in ended:
            continue  # never begun: because of another, which is named
        for one in waited[etape.cle]:
            if not one.providers & begun:
                context.error(
                    "jonction_morte",
                    one.place,
                    f"« {etape.cle} » attend « {one.name} », qui n’est demandé qu’une fois cette étape finie : "
                    "la démarche n’irait jamais plus loin.",
                    f"Demandez « {one.name} » dans cette étape ou avant, ou retirez cette condition.",
                )


def _played(context: Context, waited: dict[str, list[Waited]]) -> tuple[set[str], set[str]]:
    """Étapes that can begin, and those that can end, taking all that people may give as given."""
    begun: set[str] = set()
    ended: set[str] = set()
    size = -1
    while size != len(begun) + len(ended):
        size = len(begun) + len(ended)
        for node in context.modele.etapes:
            branches = node.branches if isinstance(node, Parallele) else ((node,),)
            # A list, not a generator: every branch moves even when an earlier one waits.
            over = [_go(branch, waited, begun, ended) for branch in branches]
            if not all(over):
                break
    return begun, ended


def _go(branch: tuple[Etape, ...], waited: dict[str, list[Waited]], begun: set[str], ended: set[str]) -> bool:
    """One branch moves as far as it can; true when what follows may begin."""
    for etape in branch:
        begun.add(etape.cle)
        if all(one.providers & begun for one in waited[etape.cle]):
            ended.add(etape.cle)
        elif not etape.beside and etape.si is None:
            return False
    return True


def _waited(context: Context, etape: Etape, place: Place) -> Iterator[Waited]:
    if isinstance(etape, PourChaque) and isinstance(etape.jonction, Quand):
        yield from _of(context, etape.jonction.quand, (*place, "jonction", "quand"))
    for index, evenement in enumerate(etape.evenements):
        ends = evenement.sinon is not None and evenement.sinon.suite == "continuer"
        free = not evenement.obligatoire or evenement.si is not None or ends or evenement.piece is not None
        if evenement.recu_si is not None and not free:
            yield from _of(context, evenement.recu_si, (*place, "evenements", index, "recu_si"))


def _of(context: Context, source: str, place: Place) -> Iterator[Waited]:
    """What a condition cannot do without."""
    expression = _compiled(context, source)
    if expression is None:
        return
    needed = {need.partition(".")[0] for need in expression.needs}
    needed |= {found[1] for part in conjuncts(source) if (found := _PRESENT.match(part))}
    asked = _asked(context)
    for form in sorted(needed & set(context.modele.formulaires)):
        if asked.get(form):
            yield Waited(form, frozenset(asked[form]), place)
    for etape, _ in context.etapes:
        # A child must have been opened; `all` holds for none of them.
        if isinstance(etape, PourChaque) and f"enfants.{etape.cle}.exists(" in source:
            yield Waited(f"enfants.{etape.cle}", frozenset({etape.cle}), place)


def _asked(context: Context) -> dict[str, set[str]]:
    """Étapes that ask for each form; nothing for a form that comes otherwise: a demande, a parent, a fact."""
    found: dict[str, set[str]] = {}
    for etape, _ in context.etapes:
        for form in etape.formulaires:
            found.setdefault(form.nom, set()).add(etape.cle)
        for evenement in etape.evenements:
            if evenement.formulaire is not None:
                # An event counts even when it comes before its étape.
                found[evenement.formulaire] = set()
    given = {fait.formulaire for fait in context.modele.faits.values() if fait.formulaire}
    if context.modele.demande is not None:
        given.add(context.modele.demande.formulaire)
    return {form: etapes for form, etapes in found.items() if form not in given}


def _check_join(context: Context, node: PourChaque, place: Place) -> None:
    """A join that no number of children, and no status of theirs, satisfies."""
    if isinstance(node.jonction, AuMoins):
        fewest = (
            context.modele.collections[node.dans].minimum if node.dans in context.modele.collections else 0
        )
        if node.appartenance == "figee" and (fewest < node.jonction.au_moins or node.membres is not None):
            context.warn(
                "jonction_incertaine",
                (*place, "jonction", "au_moins"),
                f"Rien n’assure qu’il y aura {node.jonction.au_moins} lignes à l’entrée de « {node.cle} », et les "
                "suivantes ne comptent pas : elle pourrait ne jamais finir.",
                f"Écrivez « appartenance: vivante », ou « minimum: {node.jonction.au_moins} » sur « {node.dans} ».",
            )
        return
    child = context.bundle.enfants.get(node.enfant)
    if not isinstance(node.jonction, Quand) or child is None:
        return
    known = {*child.modele.statuts, *STATUTS}
    for found in _CHILD_STATUS.finditer(node.jonction.quand):
        if found["statut"] not in known:
            context.error(
                "jonction_morte",
                (*place, "jonction", "quand"),
                f"Aucun enfant n’a jamais le statut « {found['statut']} » : cette jonction ne se ferait pas.",
                context.close(found["statut"], known),
            )


def _compiled(context: Context, source: str) -> Expression | None:
    try:
        return compile_expression(source, context.types, "booleen")
    except ExpressionError:
        return None  # already said
