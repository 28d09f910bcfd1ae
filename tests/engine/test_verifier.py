"""The check before publishing, on a corpus: each faulty modèle says in its comments what must be found, and where.

`# erreur: code` or `# avertissement: code` ends the faulty line; `# ailleurs: niveau code fichier:ligne` at the top
stands for what is found in another file. Nothing else may be reported.
`# dit: raison → remède` is what the person reads.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from activities.model_sources import MODELS
from activities.rules_port import RULES
from workflows.engine.bundle import contents, digest, from_folder
from workflows.engine.findings import Finding, ModeleError
from workflows.engine.loading import load
from workflows.engine.modele import Bundle
from workflows.engine.verifier import verify

HERE = Path(__file__).parent
ROOT = HERE / "modeles_racine"
REPOSITORY = HERE.parent.parent
FAULTY = sorted((HERE / "modeles_fautifs").glob("*.yaml"))
RIGHT = sorted((HERE / "modeles_justes").glob("*.yaml"))

Found = tuple[str, str, str, int]
"""Level, code, file (empty for the modèle itself), line."""


def expected(file: Path) -> list[Found]:
    found: list[Found] = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if mark := re.search(r"# (erreur|avertissement): (\w+)$", line):
            found.append((mark[1], mark[2], "", number))
        if mark := re.match(r"# ailleurs: (\w+) (\w+) (\S+):(\d+)$", line):
            found.append((mark[1], mark[2], mark[3], int(mark[4])))
    return found


def said(finding: Finding) -> str:
    """Reason and remedy, without regard to the kind of spaces."""
    return " ".join(f"{finding.reason} → {finding.remedy}".split())


def findings_of(file: Path) -> list[Finding]:
    try:
        return verify(from_folder(ROOT, file), RULES.functions, MODELS, RULES.readings)
    except ModeleError as error:
        return list(error.findings)


@pytest.mark.parametrize("file", FAULTY, ids=lambda file: file.stem)
def test_faulty_modeles(file: Path) -> None:
    findings = findings_of(file)
    found = [(f.level, f.code, "" if f.file.endswith(file.name) else f.file, f.line) for f in findings]
    assert expected(file), "the file says nothing of what is wrong in it"
    # One mistake is told once.
    assert sorted(found) == sorted(expected(file)), "\n".join(str(finding) for finding in findings)
    told = re.findall(r"(?m)^# dit: (.*)$", file.read_text(encoding="utf-8"))
    assert {" ".join(line.split()) for line in told} <= {said(finding) for finding in findings}
    for finding in findings:
        assert finding.reason[0].isupper() or finding.reason[0] == "«"
        assert finding.reason.endswith((".", "»)", ")")), finding.reason


@pytest.mark.parametrize("file", RIGHT, ids=lambda file: file.stem)
def test_right_modeles(file: Path) -> None:
    assert [str(finding) for finding in findings_of(file)] == []


@pytest.mark.parametrize(
    "file", sorted((REPOSITORY / "process_templates").glob("*.yaml")), ids=lambda file: file.stem
)
def test_delivered_modeles_may_be_published(file: Path) -> None:
    findings = verify(from_folder(REPOSITORY, file), RULES.functions, MODELS, RULES.readings)
    assert [str(finding) for finding in findings if finding.level == "erreur"] == []


def test_forms_of_claims_and_loans_are_what_their_calculations_take() -> None:
    resolved = from_folder(REPOSITORY, HERE / "modele_courtage.yaml")
    findings = verify(resolved, RULES.functions, MODELS, RULES.readings)
    assert [str(finding) for finding in findings] == []


NAMED = {
    "références inconnues": {
        "personne_inconnue",
        "formulaire_inconnu",
        "collection_inconnue",
        "statut_inconnu",
    },
    "erreurs de type": {"type", "expression_type", "expression_type_du_resultat"},
    "données lues trop tôt": {"donnee_pas_encore_la", "document_trop_tot"},
    "étapes jamais atteintes": {"etape_jamais_atteinte"},
    "jonctions mortes": {"jonction_morte"},
    "boucles sans personne": {"boucle_sans_personne"},
    "échéances que personne ne suit": {"echeance_sans_suite"},
    "rôles sans titulaire": {"role_sans_titulaire"},
    "relances simultanées": {"relances_simultanees"},
    "demandes dans une étape cachée": {"demande_dans_etape_cachee"},
}
"""What the check must find, as people say it → codes of the findings."""
ELSEWHERE = {"fichier_absent", "fichier_trop_gros", "fichier_vide", "encodage", "trop_complexe"}
"""Refused before anything is read: `test_unreadable_files`, `test_a_file_that_is_not_there`."""


def marked() -> set[str]:
    return {code for file in FAULTY for _, code, _, _ in expected(file)}


def codes() -> set[str]:
    """Every code of a finding that the check may report, as its source writes them."""
    places = {"error": 0, "warn": 0, "_report": 0, "report": 1, "_error": 3, "_refusal": 1, "Finding": 4}
    engine = REPOSITORY / "workflows" / "engine"
    found: set[str] = set()
    for file in (*(engine / "verifier").glob("*.py"), engine / "bundle.py", engine / "loading.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
                code = node.args[places[name]] if name in places and len(node.args) > places[name] else None
                found |= (
                    {code.value} if isinstance(code, ast.Constant) and isinstance(code.value, str) else set()
                )
    return found


def test_the_corpus_is_large_and_holds_every_kind_of_fault() -> None:
    assert len(FAULTY) >= 60
    assert len(RIGHT) >= 20
    assert [kind for kind, wanted in NAMED.items() if not wanted <= marked()] == []


def test_every_finding_has_a_faulty_modele() -> None:
    assert {"jonction_morte", "enfant_illisible", "alias"} <= codes()
    assert sorted(codes() - marked() - ELSEWHERE) == []


def test_a_remedy_for_nearly_everything() -> None:
    findings = [finding for file in FAULTY for finding in findings_of(file)]
    without = [str(finding) for finding in findings if not finding.remedy]
    assert len(without) <= 3, without


def test_every_part_is_pinned() -> None:
    resolved = from_folder(ROOT, HERE / "modeles_justes" / "simple.yaml")
    assert set(resolved.bundle.forms) == {"fiche", "suite"}
    assert set(resolved.bundle.mails) == {"accuse", "invitation", "relance"}
    assert set(resolved.bundle.documents) == {"lettre.html.j2"}


def test_a_bundle_is_named_by_its_contents() -> None:
    first = from_folder(ROOT, HERE / "modeles_justes" / "simple.yaml").bundle
    assert digest(first) == digest(from_folder(ROOT, HERE / "modeles_justes" / "simple.yaml").bundle)
    again = Bundle.model_validate(contents(first))
    assert again == first
    assert digest(again) == digest(first)
    for change in (
        {"mails": {**first.mails, "relance": "autre"}},
        {"documents": {**first.documents, "lettre.html.j2": "autre"}},
        {"forms": {**first.forms, "suite": {}}},
        {"modele": first.modele.model_copy(update={"titre": "Autre"})},
    ):
        assert digest(first.model_copy(update=change)) != digest(first)


def test_all_errors_of_form_at_once() -> None:
    with pytest.raises(ModeleError) as caught:
        load("modele: Essai\ntitre: 3\nreference: e\nclients: [entreprise]\n", "x.yaml")
    first = caught.value.findings[0]
    assert (first.code, first.line) == ("cle_manquante", 1)
    assert all(f"{key}: …" in first.remedy for key in ("categorie", "nom", "roles", "etapes"))
    assert {f.code for f in caught.value.findings} == {"cle_manquante", "cle_invalide", "type", "valeur"}
    assert (caught.value.file, caught.value.line) == ("x.yaml", 1)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "fichier_vide"),
        ("# Rien encore.\n", "fichier_vide"),
        (b"\xff\xfe\x00", "encodage"),
        ("[1, 2]", "yaml"),
        ("a: 1\n---\nb: 2\n", "yaml"),
        ("? [a]\n: b\n", "yaml"),
        ("a: {b: [c\n", "yaml"),
        ("a: 1\na: 2\n", "cle_en_double"),
        ("a: &x 1\n", "alias"),
        ("a: *x\n", "alias"),
        ("a: !secret 1\n", "balise"),
        ("a: " + "[" * 100 + "]" * 100, "trop_complexe"),
        ("a:\n" + "- 1\n" * 30_000, "trop_complexe"),
        ("a: " + "x" * 1_000_001, "fichier_trop_gros"),
    ],
)
def test_unreadable_files(text: str | bytes, code: str) -> None:
    with pytest.raises(ModeleError) as caught:
        load(text, "x.yaml")
    assert [finding.code for finding in caught.value.findings] == [code]


def test_a_bomb_of_aliases_is_refused_before_it_is_built() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    with pytest.raises(ModeleError) as caught:
        load("\n".join(lines), "bombe.yaml")
    assert (caught.value.line, caught.value.findings[0].code) == (1, "alias")


def test_yes_and_no_are_words_and_dates_are_text() -> None:
    with pytest.raises(ModeleError) as caught:
        load("modele: essai\ntitre: Non\ndescription: 2026-01-02\nportail: {visible: oui}\n", "x.yaml")
    assert not any("titre" in f.reason and f.code == "type" for f in caught.value.findings)
    assert any("true (oui)" in f.reason for f in caught.value.findings)


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(ModeleError, match="ne peut pas être lu"):
        from_folder(ROOT, ROOT / "absent.yaml")
