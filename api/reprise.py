"""What a form takes over before anybody has filled it: from the record of its client (CPR-06), and from the démarche
that led to this one (PRV-12).

A field says it with `x-reprend`: source → what it takes. A source is `client`, or the key of a modèle. A list names
what is read there (« form.field »; of a client `nom`, `siren`, `siret`, `email`, `telephone`, `adresse`), texts being
joined by a space; anything else is the value itself. An empty one says that nothing is taken, not even the answer to a
field of the same name elsewhere in the démarche. Sensitive fields take over nothing. Whoever fills the form may
change it all.
"""

from collections.abc import Mapping
from typing import Any

from store.tiers import Tiers, TypeTiers
from workflows.engine.verifier.reprises import CLIENT, KEY
from workflows.engine.view.paths import properties_of

SIREN_DIGITS = 9


def of_client(schema: Mapping[str, Any], tiers: Tiers) -> dict[str, Any]:
    """What the record of a firm or an association already tells; a person's own identity is never guessed."""
    if tiers.type == TypeTiers.PARTICULIER:
        return {}
    known = {
        "nom": tiers.nom,
        "siret": tiers.siret,
        "siren": tiers.siret[:SIREN_DIGITS] if tiers.siret else None,
        "email": tiers.email,
        "telephone": tiers.telephone,
        "adresse": tiers.adresse,
    }
    return _taken(schema, CLIENT, known)


def of_demarche(
    schema: Mapping[str, Any], modele: str, donnees: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
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
