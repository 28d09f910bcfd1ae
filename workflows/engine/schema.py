"""The JSON Schema of the language, for editors: completion and checks while a modèle is being written."""

from __future__ import annotations

import json
from typing import Any

from workflows.engine.modele import Modele
from workflows.engine.schema_help import HELP


def schema() -> dict[str, Any]:
    """JSON Schema (2020-12) generated from the classes of the language, with French descriptions."""
    generated = Modele.model_json_schema(mode="validation")
    definitions: dict[str, dict[str, Any]] = generated.pop("$defs", {})
    for name, definition in [*definitions.items(), ("Modele", generated)]:
        _describe(name, definition)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Modèle de démarche eLaska",
        **{key: value for key, value in generated.items() if key != "title"},
        "$defs": definitions,
    }


def text() -> str:
    """The schema as written in `process_templates/modele.schema.json`."""
    return json.dumps(schema(), ensure_ascii=False, indent=2) + "\n"


def _describe(name: str, definition: dict[str, Any]) -> None:
    """Replace what pydantic took from the code, which is in English, by help for the administrator."""
    definition.pop("title", None)
    definition.pop("description", None)
    for key, value in definition.get("properties", {}).items():
        value.pop("title", None)
        value.pop("description", None)
        value["description"] = HELP.get(f"{name}.{key}", HELP.get(key, ""))
