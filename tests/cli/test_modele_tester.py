"""`elaska modele tester`: expectations, failures with their line, coverage; every shipped modèle's own scenarios."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.errors import Refusal
from cli.modele import main

ROOT = Path(__file__).parent.parent.parent
SHIPPED = sorted(path.stem for path in (ROOT / "process_templates").glob("*.yaml"))
COMPLETE = (
    "abonnement_fournisseur",
    "abonnement_veille",
    "accident_travail",
    "arret_travail",
    "audit_organisationnel",
    "credit",
    "dettes",
    "dossier_subvention",
    "embauche",
    "optimisation_abonnements",
    "recouvrement",
    "recouvrement_amiable",
    "soumission_banque",
    "sortie_salarie",
)
"""Modèles of which each étape, branch, reminder, deadline and document happens in a scenario."""
MODELE = """\
modele: visite
titre: Visite
categorie: social
reference: VIS
clients: [entreprise]
nom: '"Visite"'
roles:
  conseiller: {libelle: Conseiller, cote: cabinet}
  gerant: {libelle: Gérant, cote: client}
formulaires: {fiche: fiche}
calculs:
  grande: {valeur: fiche.salaries > 10}
etapes:
  - cle: preparation
    titre: Préparation
    formulaires: [{nom: fiche, par: gerant}]
    pieces: [{cle: plan, titre: Plan, de: gerant}]
    relances:
      - {cle: plan, quand: entree + 2j à 09:00, tant_que: pieces, repeter: 2j, maximum: 2, courriel: relance, a: gerant}
    echeance: entree + 5j
    retard: {message: En retard., a: conseiller}
  - cle: etude
    titre: Étude
    si: calculs.grande
    taches: [{cle: etudier, titre: Étudier, pour: conseiller}]
  - cle: visite
    titre: Visite
    taches: [{cle: visiter, titre: Visiter, pour: conseiller}]
"""
PLAYED = """\
titre: Une petite visite
debut: 2026-03-02
donnees:
  fiche: {salaries: 3}
delais: {gerant: 3j}
evenements:
  - apres: 50h
    attendu:
      etapes: {preparation: en_cours}
      pieces: [plan]
      attend: [gerant]
      relances: {plan: 1}
      courriels: {relance: 1}
  - apres: 3j
    commande: {type: AddTache, titre: Appeler, pour: conseiller}
    attendu: {taches: [Appeler]}
attendu:
  cycle: terminee
  etapes: {etude: sans_objet}
  atteintes: [preparation, visite]
  non_atteintes: [etude]
  retards: []
  relances: {preparation.plan: 1}
  valeurs: {fiche.salaries: 3, calculs.grande: false, fiche.salaries + 1: 4}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with one modèle, its form and its mail."""
    for folder in ("process_templates/scenarios", "forms", "documents/courriels"):
        (tmp_path / folder).mkdir(parents=True)
    form = {
        "type": "object",
        "title": "Fiche",
        "properties": {"salaries": {"type": "integer", "title": "Salariés"}},
        "required": ["salaries"],
        "additionalProperties": False,
    }
    (tmp_path / "forms" / "fiche.schema.json").write_text(json.dumps(form), "utf-8")
    (tmp_path / "process_templates" / "visite.yaml").write_text(MODELE, "utf-8")
    source = ROOT / "tests" / "engine" / "modeles_racine" / "documents"
    for file in source.rglob("*"):
        if file.is_file():
            copy = tmp_path / "documents" / file.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(file.read_bytes())
    return tmp_path


def write(root: Path, text: str, name: str = "visite_petite") -> None:
    (root / "process_templates" / "scenarios" / f"{name}.yaml").write_text(text, "utf-8")


def play(root: Path, *options: str) -> int:
    return main(["tester", "visite", "--racine", str(root), *options])


def said(capsys: pytest.CaptureFixture[str]) -> str:
    return " ".join(capsys.readouterr().out.split())


def line_of(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


def test_what_is_expected_is_found(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(root, PLAYED)
    assert play(root) == 0
    told = said(capsys)
    assert "✓ visite_petite Une petite visite" in told
    assert "étapes 2/3, branches 1/2, relances 1/1, sorties d'échéance 0/1" in told


def test_what_no_scenario_reaches_is_named_with_its_line(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(root, PLAYED)
    assert play(root, "--couverture", "100") == 1
    told = said(capsys)
    for part, lacking in (
        ("- cle: etude", "étape « etude » jamais atteinte"),
        ("si: calculs.grande", "condition de l’étape « etude » jamais vraie : calculs.grande"),
        ("retard:", "retard de l’étape « preparation » : jamais atteint"),
    ):
        assert f"process_templates/visite.yaml:{line_of(MODELE, part)} : {lacking}" in told
    assert "Couverture demandée : 100 %" in told
    write(root, PLAYED.replace("salaries: 3}", "salaries: 30}").split("evenements:")[0], "visite_grande")
    silent = "debut: 2026-03-02\nsilence: [gerant]\nattendu: {cycle: ouverte, retards: [preparation]}\n"
    write(root, silent, "visite_silence")
    assert play(root, "--couverture", "100") == 0


@pytest.mark.parametrize(
    ("change", "line", "expected", "found"),
    [
        (("cycle: terminee", "cycle: annulee"), "cycle:", "« annulee »", "« terminee »"),
        (("pieces: [plan]", "pieces: []"), "pieces:", "rien", "plan"),
        (("attend: [gerant]", "attend: [conseiller]"), "attend:", "conseiller", "gerant"),
        (("courriels: {relance: 1}", "courriels: {relance: 2}"), "courriels:", "2", "1"),
        (("retards: []", "retards: [visite]"), "retards:", "visite", "rien"),
        (("{etude: sans_objet}", "{etude: valide}"), "etude: sans_objet", "valide", "sans_objet"),
        (("non_atteintes: [etude]", "non_atteintes: [visite]"), "non_atteintes", "non atteinte", "le 06/03/2026"),
        (("[preparation, visite]", "[etude]"), "  atteintes:", "atteinte", "preparation, visite"),
        (("preparation.plan: 1", "preparation.plan: 2"), "preparation.plan", "2", "1"),
        (("+ 1: 4", "+ 1: 5"), "valeurs", "5", "4"),
        (("grande: false", "grande: true"), "valeurs", "true", "false"),
        (("taches: [Appeler]", "taches: [Appeler, etudier]"), "taches:", "Appeler, etudier", "Appeler"),
    ],
)  # fmt: skip
def test_a_failure_says_where_what_and_what_to_do(
    root: Path,
    capsys: pytest.CaptureFixture[str],
    change: tuple[str, str],
    line: str,
    expected: str,
    found: str,
) -> None:
    assert change[0] in PLAYED
    write(root, PLAYED.replace(*change))
    number = line_of(PLAYED, line)
    assert play(root, "--json") == 1
    (scenario,) = json.loads(capsys.readouterr().out)["modeles"][0]["scenarios"]
    failure = scenario["echecs"][0]
    assert (failure["fichier"], failure["ligne"]) == (
        "process_templates/scenarios/visite_petite.yaml",
        number,
    )
    assert failure["attendu"] == expected
    assert found in failure["trouve"]
    assert failure["remede"]
    assert play(root) == 1
    assert f"visite_petite.yaml:{number}" in capsys.readouterr().out


def test_a_scenario_must_come_to_its_end(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(root, "debut: 2026-03-02\nsilence: [gerant]\n")
    assert play(root) == 1
    assert "plus rien n’avance, on attend « Préparation » (Gérant)" in said(capsys)


def test_a_refused_command_and_an_event_that_never_comes(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    refused = 'debut: 2026-03-02\ndonnees:\n  fiche: {salaries: "trois"}\n'
    write(root, refused)
    assert play(root) == 1
    told = said(capsys)
    assert "visite_petite.yaml:3 : commande SubmitForm" in told
    assert "/salaries" in told
    late = PLAYED + "".join(["  titre: Visite\n"])
    late = late.replace(
        "attendu:\n  cycle", "  - {apres: 90j, commande: {type: Cancel, motif: x}}\nattendu:\n  cycle"
    )
    write(root, late)
    assert play(root) == 1
    assert f"visite_petite.yaml:{line_of(late, '90j')} : évènement" in said(capsys)


UNREADABLE = {
    "titre: x\nsilences: [gerant]\n": (
        2,
        "« silences » n’est pas une clé connue ici. → Vouliez-vous dire « silence »",
    ),
    "titre: x\nsilence: [gérant]\n": (2, "« gérant » n’est pas un rôle ni un participant de ce modèle."),
    "titre: x\nreponses: {tache.relir: 2j}\n": (
        2,
        "« tache.relir » n’est pas une chose que demande une étape de ce modèle.",
    ),
    "EVENEMENT, commande: {type: Suspendre, motif: x}}": (2, "« Suspendre » n’est pas une commande connue."),
    "EVENEMENT, commande: {type: Suspend, raison: x}}": (
        2,
        "« raison » n’est pas un champ de la commande Suspend.",
    ),
    "EVENEMENT, commande: {type: Suspend}}": (2, "Il manque « motif » à la commande Suspend."),
    "EVENEMENT, commande: {type: Tick}}": (2, "« Tick » ne se commande pas dans un scénario"),
    "EVENEMENT, commande: {motif: x}}": (2, "Il manque le « type » de la commande."),
    "EVENEMENT}": (2, "un évènement a une « commande », un « attendu », ou les deux"),
    "evenements:\n  - {apres: demain, attendu: {}}": (2, "délai illisible « demain »"),
    "evenements:\n  - {apres: 2 jours, attendu: {}}": (2, "Écrivez « 2j »."),
    "attendu: {statut: fini}": (1, "« fini » n’est pas un statut de ce modèle."),
    "attendu:\n  relances: {visite.plan: 1}": (2, "« visite.plan » n’est pas une relance de ce modèle."),
    "attendu:\n  valeurs: {fiche.salarie: 1}": (
        2,
        "« salarie » n’est pas une donnée de « fiche » de ce modèle.",
    ),
    "attendu:\n  valeurs: {'fiche.salaries +': 1}": (2, "→"),
    "attendu:\n  etapes: {visite: fini}": (
        2,
        "Valeurs possibles : a_faire, en_cours, valide, passee, sans_objet",
    ),
    "debut: 9999-12-31": (1, "le début doit être entre 2000 et 2100"),
    "titre: [x\nattendu: {}\n": (1, "→"),
    "- a\n- b\n": (1, "suite de « clé: valeur »"),
}
"""Text of a scenario → line and reason of its refusal."""


@pytest.mark.parametrize("text", UNREADABLE)
def test_a_scenario_that_cannot_be_read_says_where(root: Path, text: str) -> None:
    line, reason = UNREADABLE[text]
    write(root, text.replace("EVENEMENT", "evenements:\n  - {apres: 1j"))
    for command in ("tester", "simuler"):
        with pytest.raises(Refusal) as caught:
            main([command, "visite", "--racine", str(root)])
        told = " ".join(str(caught.value).split())
        assert f"process_templates/scenarios/visite_petite.yaml:{line}:" in told
        assert reason in told


CIRCLE = """\
  - cle: controle
    titre: Contrôle
    evenements:
      - cle: avis
        titre: Avis
        de: gerant
        echeance: entree + 1j
        sinon: {message: Sans avis., a: conseiller, retour: visite}
"""


def test_a_scenario_that_never_ends_is_stopped(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "process_templates" / "visite.yaml").write_text(MODELE + CIRCLE, "utf-8")
    text = "debut: 2026-03-02\ndelais: {controle: 9j}\ndonnees: {fiche: {salaries: 3}}\nevenements: []\n"
    write(root, text)
    assert play(root) == 1
    told = said(capsys)
    assert "visite_petite.yaml:4 : la fin" in told
    assert "la démarche tourne en rond" in told and "est reprise plus de 60 fois" in told
    assert main(["simuler", "visite", "--racine", str(root)]) == 1
    assert "tourne en rond : l'étape" in said(capsys)


def test_simuler_says_who_is_awaited_at_each_stop_and_at_the_end(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(root, "debut: 2026-03-02\nsilence: [gerant]\nevenements:\n  - {apres: 2j, attendu: {}}\n")
    main(["simuler", "visite", "--racine", str(root)])
    told = said(capsys)
    assert "Arrêt du 04/03/2026 à 10:00" in told
    assert "• Gérant : « Plan », depuis le 02/03/2026 (2 j)" in told
    assert "Plus rien n'avance. On attend : • Gérant : « Préparation », depuis le 02/03/2026" in told


def test_a_modele_without_scenarios(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert play(root) == 0
    assert "Aucun scénario" in capsys.readouterr().out
    assert play(root, "--couverture", "1") == 1


def test_every_shipped_modele_does_what_its_scenarios_expect(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["tester", *SHIPPED, "--json"])
    found = {one["modele"]: one for one in json.loads(capsys.readouterr().out)["modeles"]}
    faults = [fault for one in found.values() for played in one["scenarios"] for fault in played["echecs"]]
    assert (code, faults) == (0, [])
    unchecked = [
        played["fichier"]
        for cle in COMPLETE
        for played in found[cle]["scenarios"]
        if not played["verifications"]
    ]
    assert unchecked == []
    assert {cle: found[cle]["couverture"]["manques"] for cle in COMPLETE} == {cle: [] for cle in COMPLETE}
