"""What a form takes over before anybody has filled it: from the record of its client (CPR-06), from the démarche
that led to this one (PRV-12), or from its own démarche (CRE-24).

A field says it with `x-reprend`: source → what it takes. A source is `client`, or the key of a modèle, its own
included. A list names what is read there (« form.field », « collection.statut.field » of the last line of that status,
« evenements.key » the day it came; of a client `nom`, `type`, `siren`, `siret`, `email`, `telephone`, `adresse`), texts
being joined by a space; anything else is the value itself. An empty one says that nothing is taken, not even the answer
to a field of the same name elsewhere in the démarche. Sensitive fields take over nothing. Whoever fills the form may
change it all.
"""

from collections.abc import Mapping
from typing import Any

from store.tiers import Tiers, TypeTiers
from workflows.engine.namespaces import EVENEMENTS
from workflows.engine.program import PARIS
from workflows.engine.state import DemarcheState
from workflows.engine.verifier.reprises import CLIENT, KEY
from workflows.engine.view.paths import properties_of

Answers = Mapping[str, Mapping[str, Any]]
"""What was answered: by form, and beside them what `answers_of` adds."""

SIREN_DIGITS = 9


def of_client(schema: Mapping[str, Any], tiers: Tiers) -> dict[str, Any]:
    """What the record of a firm or an association already tells; a person's own identity is never guessed."""
    if tiers.type == TypeTiers.PARTICULIER:
        return {}
    known = {
        "nom": tiers.nom,
        "type": tiers.type.value,
        "siret": tiers.siret,
        "siren": tiers.siret[:SIREN_DIGITS] if tiers.siret else None,
        "email": tiers.email,
        "telephone": tiers.telephone,
        "adresse": tiers.adresse,
    }
    return _taken(schema, CLIENT, known)


def answers_of(state: DemarcheState) -> Answers:
    """The answers of a démarche, its lines by status and the days of its events: all that the firm may take over."""
    lignes = {
        f"{collection}.{ligne.statut}": ligne.donnees
        for collection, lines in state.collections.items()
        for ligne in lines.values()
        if ligne.statut is not None
    }
    return {**state.donnees, **lignes, EVENEMENTS: _days(state)}


def _days(state: DemarcheState) -> dict[str, str]:
    """The civil day of each event that came."""
    came = {cle: known for cle, known in state.evenements.items() if known.statut == "recu"}
    return {
        cle: (known.survenu_le or known.received_at.astimezone(PARIS).date()).isoformat()
        for cle, known in came.items()
        if known.received_at is not None
    }


def of_demarche(schema: Mapping[str, Any], modele: str, donnees: Answers) -> dict[str, Any]:
    """What the answers of a démarche of `modele` already tell."""
    known = {f"{form}.{field}": value for form, given in donnees.items() for field, value in given.items()}
    return _taken(schema, modele, known)


def _taken(schema: Mapping[str, Any], source: str, known: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field, definition in properties_of(schema).items():
        asked = definition.get(KEY, {}).get(source)
        if asked is None or definition.get("x-sensible"):
            continue
        if not isinstance(asked, list):
            found[field] = asked
            continue
        values = [known[path] for path in asked if known.get(path) is not None]
        if values:
            found[field] = values[0] if len(values) == 1 else " ".join(str(value) for value in values)
    return found
