"""`elaska modele`: what each command prints, and the code it leaves with."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from cli.errors import Refusal
from cli.modele import find, main

ROOT = Path(__file__).parent.parent.parent
CORPUS = ROOT / "tests" / "engine"
PARTS = ["--racine", str(CORPUS / "modeles_racine")]


def test_a_right_modele(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verifier", str(CORPUS / "modeles_justes" / "simple.yaml"), *PARTS]) == 0
    said = capsys.readouterr().out
    assert "simple.yaml peut être publié" in said
    assert "4 étapes, 2 formulaires, 3 courriels, 1 modèle de document" in said


def test_a_faulty_modele(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verifier", str(CORPUS / "modeles_fautifs" / "acteur_inconnu.yaml"), *PARTS]) == 1
    said = capsys.readouterr().out
    assert "acteur_inconnu.yaml:58:" in said
    assert "« consieller » n’est ni un rôle ni un participant" in said
    assert "Vouliez-vous dire « conseiller » ?" in said


def test_several_files_one_of_them_faulty(capsys: pytest.CaptureFixture[str]) -> None:
    right = str(CORPUS / "modeles_justes" / "simple.yaml")
    wrong = str(CORPUS / "modeles_fautifs" / "alias.yaml")
    assert main(["verifier", right, wrong, *PARTS]) == 1
    assert "simple.yaml peut être publié" in capsys.readouterr().out


def test_the_delivered_modele_by_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verifier", "embauche"]) == 0
    assert "embauche.yaml peut être publié" in capsys.readouterr().out


def test_a_name_that_is_not_there() -> None:
    with pytest.raises(Refusal, match=r"Modèles connus : .*embauche"):
        find(Path("embauches"), ROOT)


def test_simuler(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simuler", "embauche"]) == 0
    said = capsys.readouterr().out
    assert "La démarche est terminée" in said
    assert "Pièce refusée : Carte nationale d'identité" in said


def test_simuler_with_a_limit(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simuler", "embauche", "--scenario", "embauche_silence", "--jusqu-a", "2sem"]) == 0
    assert "Durée atteinte" in capsys.readouterr().out
    with pytest.raises(Refusal, match="Durée illisible"):
        main(["simuler", "embauche", "--jusqu-a", "longtemps"])


def test_simuler_names_the_scenarios_of_its_own_modele() -> None:
    with pytest.raises(Refusal, match=r"embauche_cdi") as caught:
        main(["simuler", "embauche", "--scenario", "inconnu"])
    assert "recouvrement" not in str(caught.value)


def test_simuler_a_faulty_modele() -> None:
    with pytest.raises(Refusal, match="Contrôlez d'abord"):
        main(["simuler", str(CORPUS / "modeles_fautifs" / "alias.yaml"), *PARTS])


def test_graphe(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["graphe", "embauche"]) == 0
    assert ElementTree.fromstring(capsys.readouterr().out).tag.endswith("svg")
    assert main(["graphe", "embauche", "-o", str(tmp_path / "embauche.svg")]) == 0
    assert ElementTree.parse(tmp_path / "embauche.svg").getroot().tag.endswith("svg")
    with pytest.raises(Refusal, match="ne peut pas être écrit"):
        main(["graphe", "embauche", "-o", str(tmp_path / "absent" / "embauche.svg")])


def test_schema_is_fresh(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "--controle"]) == 0
    assert "à jour" in capsys.readouterr().out


def test_the_real_command_leaves_with_the_right_code() -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "cli", "modele", *arguments]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)

    assert run("verifier", str(CORPUS / "modeles_justes" / "simple.yaml"), *PARTS).returncode == 0
    faulty = run("verifier", str(CORPUS / "modeles_fautifs" / "alias.yaml"), *PARTS)
    assert (faulty.returncode, "alias.yaml" in faulty.stdout) == (1, True)
    assert run("verifier", "rien").returncode == 1
    assert run("dessiner").returncode != 0
