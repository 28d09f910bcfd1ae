"""The étapes of one démarche, arranged otherwise than in its modèle (MOD-13): those that the firm added there, those
that it moved. What comes out is a modèle like any other: nothing else in the engine knows the difference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from workflows.engine.modele import Etape, Modele, Parallele, PourChaque
from workflows.engine.state import EtapeState, PlaceEtape


@dataclass
class _Block:
    """A parallel block whose branches may gain or lose étapes."""

    node: Parallele
    branches: list[list[Etape]]


_Nodes = list[_Block | Etape]


def arranged(modele: Modele, places: Iterable[PlaceEtape]) -> Modele:
    """`modele` with its étapes where one démarche has them."""
    nodes: _Nodes = [
        _Block(node, [list(branch) for branch in node.branches]) if isinstance(node, Parallele) else node
        for node in modele.etapes
    ]
    for place in places:
        if place.ajoutee is not None:
            etape: Etape | None = Etape(
                cle=place.etape,
                titre=place.ajoutee.titre,
                description=place.ajoutee.description,
                responsable=place.ajoutee.responsable,
                terminee="manuelle",
            )
        else:
            etape = _known(nodes, place.etape)
        if etape is None:
            continue  # an étape that this version of the modèle does not have
        _put(nodes, etape, place)
    return modele.model_copy(update={"etapes": tuple(_closed(nodes))})


def stops(modele: Modele) -> list[str]:
    """Everything that an étape may be placed after, in order: each étape, and each block once it is over."""
    found: list[str] = []
    for node in modele.etapes:
        if isinstance(node, Parallele):
            found += [etape.cle for branch in node.branches for etape in branch]
            found.append(node.parallele)
        else:
            found.append(node.cle)
    return found


def branches(modele: Modele) -> Iterator[tuple[tuple[Etape, ...], ...]]:
    """The modèle's nodes in order, each as its branches; a lone étape is one branch of one."""
    for node in modele.etapes:
        yield node.branches if isinstance(node, Parallele) else ((node,),)


def behind(modele: Modele, started: Iterable[str]) -> set[str]:
    """Étapes after which, on the same way, another one has already begun."""
    begun = set(started)
    found: set[str] = set()
    later = False
    for node in reversed(list(branches(modele))):
        here = False
        for branch in node:
            ahead = later
            for etape in reversed(branch):
                if ahead:
                    found.add(etape.cle)
                if etape.cle in begun:
                    ahead = here = True
        later = later or here
    return found


def begun(etapes: Mapping[str, EtapeState]) -> set[str]:
    """Keys of those that are under way, over, or were once."""
    return {cle for cle, etape in etapes.items() if not ahead(etape)}


def ahead(etape: EtapeState) -> bool:
    """Nothing was ever done in it: it may still take another place."""
    return etape.statut == "a_faire" and not etape.visit


def _known(nodes: _Nodes, cle: str) -> Etape | None:
    return next((each for _, each in _walk(nodes) if isinstance(each, Etape) and each.cle == cle), None)


def _walk(nodes: _Nodes) -> Iterable[tuple[list[Etape] | _Nodes, _Block | Etape]]:
    """Everything that has a place, with the list it stands in."""
    for node in list(nodes):
        yield nodes, node
        if isinstance(node, _Block):
            for branch in node.branches:
                for etape in list(branch):
                    yield branch, etape


def _name(node: _Block | Etape) -> str:
    return node.node.parallele if isinstance(node, _Block) else node.cle


def _put(nodes: _Nodes, etape: Etape, place: PlaceEtape) -> None:
    """After the nearest of what it came after; where it is now when nothing of it is left."""
    homes = {_name(each): (home, each) for home, each in _walk(nodes) if _name(each) != etape.cle}
    after = next((cle for cle in place.apres if cle in homes), None)
    before = next((cle for cle in place.avant if cle in homes), None) if place.apres else None
    if after is None and before is None and place.apres and place.ajoutee is None:
        return
    for home, each in _walk(nodes):
        if each is etape:
            home.remove(etape)
    beside = after or before
    if beside is not None:
        home, each = homes[beside]
        if home is not nodes and isinstance(etape, PourChaque):
            # A branch holds plain étapes only: after the whole block.
            home, each = (
                nodes,
                next(
                    block
                    for block in nodes
                    if isinstance(block, _Block) and any(home is b for b in block.branches)
                ),
            )
        home.insert(home.index(each) + (after is not None), etape)  # type: ignore[arg-type]
    elif place.apres:
        nodes.append(etape)
    else:
        nodes.insert(0, etape)


def _closed(nodes: _Nodes) -> Iterable[Parallele | Etape]:
    """A block left with one branch is no block any more."""
    for node in nodes:
        if isinstance(node, _Block):
            branches = tuple(tuple(branch) for branch in node.branches if branch)
            if len(branches) > 1:
                yield node.node.model_copy(update={"branches": branches})
            else:
                yield from (etape for branch in branches for etape in branch)
        else:
            yield node
