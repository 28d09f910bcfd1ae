"""The JSON Schema of the language: up to date, helpful, and of one mind with the loader."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from workflows.engine.schema import schema, text

HERE = Path(__file__).parent
FILE = HERE.parent.parent / "process_templates" / "modele.schema.json"
FORM_ERRORS = ("cle_inconnue", "cle_manquante", "valeur_hors_liste", "nom_accentue")


def test_the_file_is_up_to_date() -> None:
    assert FILE.read_text(encoding="utf-8") == text(), "lancez « elaska modele schema »"


def test_it_is_a_schema_with_help_for_every_key() -> None:
    Draft202012Validator.check_schema(schema())
    described = schema()
    without = [
        f"{name}.{key}"
        for name, definition in [("Modele", described), *described["$defs"].items()]
        for key, value in definition.get("properties", {}).items()
        if not value.get("description")
    ]
    assert without == []


def keys() -> set[str]:
    described = schema()
    return {key for part in (described, *described["$defs"].values()) for key in part.get("properties", {})}


def unsaid(guide: str, known: set[str]) -> list[str]:
    """Keys that a guide neither names as code (`si`, `portail.visible`) nor writes in an example (« si: … »)."""
    examples = "\n".join(re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL))
    named = "\n".join(re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", guide, flags=re.DOTALL)))
    return sorted(
        key
        for key in known
        if not re.search(rf"(?m)(^|[{{,.\s]){key}($|[:,.}}\s])", named)
        and not re.search(rf"(?m)(^|[{{,\s-]){key}:", examples)
    )


def test_the_guide_speaks_of_every_key() -> None:
    assert unsaid((HERE.parent.parent / "docs" / "modeles.md").read_text(encoding="utf-8"), keys()) == []


def test_a_word_of_a_sentence_says_nothing_of_a_key() -> None:
    guide = "Le prix du pack, si besoin : `du` et `relances.si`.\n```yaml\n- {cle: a, titre: A}\n```\n"
    assert unsaid(guide, {"prix", "pack", "du", "si", "cle", "titre", "a"}) == ["a", "pack", "prix"]


@pytest.mark.parametrize(
    "file",
    [*(HERE / "modeles_justes").glob("*.yaml"), *(HERE.parent.parent / "process_templates").glob("*.yaml")],
    ids=lambda file: file.stem,
)
def test_right_modeles_follow_it(file: Path) -> None:
    data = json.loads(json.dumps(YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))))
    assert [error.message for error in Draft202012Validator(schema()).iter_errors(data)] == []


@pytest.mark.parametrize("name", FORM_ERRORS)
def test_an_editor_sees_errors_of_form(name: str) -> None:
    source = (HERE / "modeles_fautifs" / f"{name}.yaml").read_text(encoding="utf-8")
    data = json.loads(json.dumps(YAML(typ="safe", pure=True).load(source)))
    assert list(Draft202012Validator(schema()).iter_errors(data))
