"""What changes from one version of a modèle to the next, in words, and where running démarches stand about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from workflows.engine.modele import Bundle, Etape, Modele
from workflows.engine.state import DemarcheState
from workflows.engine.view.paths import properties_of

Nature = Literal["ajout", "retrait", "changement", "deplacement"]
_LISTS = {
    "formulaires": ("nom", "formulaire"),
    "taches": ("cle", "tâche"),
    "pieces": ("cle", "pièce"),
    "relances": ("cle", "relance"),
    "alertes": ("cle", "alerte"),
    "actions_client": ("cle", "action client"),
    "evenements": ("cle", "événement"),
    "collections": ("nom", "collection"),
}
"""Lists of an étape whose items have a key."""
_PARTS = {
    "statuts": "statut",
    "roles": "rôle",
    "participants": "participant",
    "formulaires": "formulaire",
    "collections": "collection",
    "faits": "fait",
    "etiquettes": "étiquette",
    "calculs": "calcul",
    "documents": "document",
}
_GENERAL = "général"
_MAX = 60


@dataclass(frozen=True)
class Changement:
    """One line of the difference. `etape`: the étape it is about, of the démarches that this one opens from the
    modèle `enfant`, if any; `sujet`: what it is about in words."""

    nature: Nature
    sujet: str
    etape: str | None = None
    details: tuple[str, ...] = ()
    enfant: str | None = None


@dataclass(frozen=True)
class Portee:
    """Running démarches about a changed étape: how many have not reached it, are in it, have passed it. `enfant`: the
    modèle of those counted, when they are the ones that a démarche opened."""

    etape: str
    titre: str
    avant: int
    dedans: int
    apres: int
    enfant: str | None = None


def difference(old: Bundle, new: Bundle) -> list[Changement]:
    """Every change, étapes first, in the order of the new version; then those of the démarches it opens."""
    return [
        *_etapes(old.modele, new.modele),
        *_parts(old.modele, new.modele),
        *_files(old, new),
        *_enfants(old, new),
    ]


Running = Mapping[str | None, Sequence[DemarcheState]]
"""Open démarches of a modèle, and those that they opened, by the modèle of these."""


def blast_radius(changes: Iterable[Changement], old: Bundle, new: Bundle, running: Running) -> list[Portee]:
    """Where the running démarches stand about each changed étape. One that a démarche does not have counts by its
    place: those that have begun a later étape have passed it."""
    found = []
    touched = dict.fromkeys((change.enfant, change.etape) for change in changes if change.etape is not None)
    for enfant, cle in touched:
        before, after = ((one.enfants[enfant] if enfant else one).modele for one in (old, new))
        modele = after if cle in after.all_etapes else before
        places = [_place(cle, modele, state) for state in running.get(enfant, ())]
        found.append(
            Portee(
                cle,
                modele.all_etapes[cle].titre,
                places.count("avant"),
                places.count("dedans"),
                places.count("apres"),
                enfant,
            )
        )
    return found


def _place(cle: str, modele: Modele, state: DemarcheState) -> Literal["avant", "dedans", "apres"]:
    known = state.etapes.get(cle)
    if known is not None:
        if known.statut == "en_cours":
            return "dedans"
        return "avant" if known.statut == "a_faire" else "apres"
    order = list(modele.all_etapes)
    later = order[order.index(cle) + 1 :]
    begun = any(state.etapes[key].statut != "a_faire" for key in later if key in state.etapes)
    return "apres" if begun else "avant"


def _etapes(old: Modele, new: Modele) -> Iterator[Changement]:
    before, after = old.all_etapes, new.all_etapes
    kept = [cle for cle in after if cle in before]
    moved = _moved(kept, [cle for cle in before if cle in after])
    for cle, etape in after.items():
        if cle not in before:
            yield Changement("ajout", f"étape « {etape.titre} »", cle, tuple(_contents(etape)))
            continue
        details = tuple(_fields(before[cle], etape))
        if cle in moved:
            yield Changement("deplacement", f"étape « {etape.titre} »", cle, details)
        elif details:
            yield Changement("changement", f"étape « {etape.titre} »", cle, details)
    for cle, etape in before.items():
        if cle not in after:
            yield Changement("retrait", f"étape « {etape.titre} »", cle, tuple(_contents(etape)))


def _moved(new: list[str], old: list[str]) -> set[str]:
    """Étapes whose neighbour before them is another one: the fewest that explain the new order."""
    moved: set[str] = set()
    rest = list(old)
    for cle in new:
        if rest and rest[0] == cle:
            rest.pop(0)
        else:
            moved.add(cle)
            rest.remove(cle)
    return moved


def _contents(etape: Etape) -> Iterator[str]:
    for field, (key, word) in _LISTS.items():
        for item in getattr(etape, field):
            yield f"{word} « {_title(item.model_dump(), key)} »"


def _fields(old: Etape, new: Etape) -> Iterator[str]:
    before, after = old.model_dump(mode="json"), new.model_dump(mode="json")
    for field, value in after.items():
        if field in _LISTS:
            key, word = _LISTS[field]
            yield from _items(word, key, before[field], value)
        elif before[field] != value:
            yield _change(field, before[field], value)


def _items(word: str, key: str, old: list[dict[str, Any]], new: list[dict[str, Any]]) -> Iterator[str]:
    before = {item[key]: item for item in old}
    after = {item[key]: item for item in new}
    for cle, item in after.items():
        if cle not in before:
            yield (
                f"{word} « {_title(item, key)} » ajoutée"
                if word in _FEMININE
                else (f"{word} « {_title(item, key)} » ajouté")
            )
        elif before[cle] != item:
            changes = " ; ".join(
                _change(field, before[cle].get(field), value)
                for field, value in item.items()
                if before[cle].get(field) != value
            )
            yield f"{word} « {_title(item, key)} » : {changes}"
    for cle, item in before.items():
        if cle not in after:
            yield f"{word} « {_title(item, key)} » retiré{'e' if word in _FEMININE else ''}"


_FEMININE = ("tâche", "pièce", "relance", "alerte", "action client", "collection")


_NAMES = {
    "a": "destinataire",
    "categorie": "catégorie",
    "controles": "contrôles",
    "de": "fournie par",
    "echeance": "échéance",
    "etalement": "étalement",
    "icone": "icône",
    "libelle": "libellé",
    "libelle_interne": "nom pour le cabinet",
    "maximum": "nombre au plus",
    "par": "rempli par",
    "priorite": "priorité",
    "repeter": "répétition",
    "si": "condition",
    "tache": "tâche",
    "terminee": "fin de l’étape",
    "visible": "montrée au client",
}
"""Keys that are not French words as they are written."""


def _title(item: Mapping[str, Any], key: str) -> str:
    return str(item.get("titre") or item.get("message") or item[key])


def _change(field: str, old: Any, new: Any) -> str:
    name = _NAMES.get(field, field.replace("_", " "))
    if isinstance(old, dict | list) or isinstance(new, dict | list):
        told = "ajout" if not old else "retrait" if not new else "changement"
        return f"{name} : {told}"
    return f"{name} : {_shown(old)} → {_shown(new)}"


def _shown(value: Any) -> str:
    if value is None:
        return "rien"
    if isinstance(value, bool):
        return "oui" if value else "non"
    text = str(value)
    return text if len(text) <= _MAX else f"{text[: _MAX - 1]}…"


def _parts(old: Modele, new: Modele) -> Iterator[Changement]:
    before, after = old.model_dump(mode="json"), new.model_dump(mode="json")
    for field, word in _PARTS.items():
        for cle, value in after[field].items():
            if cle not in before[field]:
                yield Changement("ajout", f"{word} « {cle} »")
            elif before[field][cle] != value:
                yield Changement("changement", f"{word} « {cle} »", None, _inside(before[field][cle], value))
        for cle in before[field]:
            if cle not in after[field]:
                yield Changement("retrait", f"{word} « {cle} »")
    ignored = {*_PARTS, "etapes"}
    details = tuple(
        _change(field, before.get(field), value)
        for field, value in after.items()
        if field not in ignored and before.get(field) != value
    )
    if details:
        yield Changement("changement", _GENERAL, None, details)


def _inside(old: Any, new: Any) -> tuple[str, ...]:
    if not isinstance(old, dict) or not isinstance(new, dict):
        return (f"{_shown(old)} → {_shown(new)}",)
    return tuple(
        _change(field, old.get(field), value) for field, value in new.items() if old.get(field) != value
    )


def _files(old: Bundle, new: Bundle) -> Iterator[Changement]:
    for word, before, after in (
        ("champs du formulaire", old.forms, new.forms),
        ("champs d'une ligne de", old.lignes, new.lignes),
    ):
        for alias in after:
            if alias in before and before[alias] != after[alias]:
                # A branch may give a field another title, or ask for it in other cases.
                details = tuple(_schema(before[alias], after[alias])) or (
                    "conditions de ses champs modifiées",
                )
                yield Changement("changement", f"{word} « {alias} »", None, details)
    for word, old_texts, new_texts in (
        ("courriel", old.mails, new.mails),
        ("modèle de document", old.documents, new.documents),
    ):
        for name in new_texts:
            if name not in old_texts:
                yield Changement("ajout", f"{word} « {name} »")
            elif old_texts[name] != new_texts[name]:
                yield Changement("changement", f"{word} « {name} »", None, ("texte modifié",))
        for name in old_texts:
            if name not in new_texts:
                yield Changement("retrait", f"{word} « {name} »")


def _enfants(old: Bundle, new: Bundle) -> Iterator[Changement]:
    """A child's étapes are its own: none of the parent's is touched by what changes in them."""
    for cle, child in new.enfants.items():
        title = f"démarches « {child.modele.titre} »"
        if cle not in old.enfants:
            yield Changement("ajout", title)
            continue
        for change in difference(old.enfants[cle], child):
            yield replace(change, sujet=f"{change.sujet}, {title}", enfant=cle)
    for cle, child in old.enfants.items():
        if cle not in new.enfants:
            yield Changement("retrait", f"démarches « {child.modele.titre} »")


def _schema(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    before, after = properties_of(old), properties_of(new)
    for name in after:
        title = after[name].get("title", name)
        if name not in before:
            yield f"champ « {title} » ajouté{', obligatoire' if name in new.get('required', ()) else ''}"
        elif before[name] != after[name]:
            yield f"champ « {title} » modifié"
    for name in before:
        if name not in after:
            yield f"champ « {before[name].get('title', name)} » retiré"
    for name in new.get("required", ()):
        if name in before and name not in old.get("required", ()):
            yield f"champ « {after.get(name, {}).get('title', name)} » désormais obligatoire"
    for name in old.get("required", ()):
        if name in after and name not in new.get("required", ()):
            yield f"champ « {after[name].get('title', name)} » désormais facultatif"
