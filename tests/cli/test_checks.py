"""`elaska test`: a test that fails by accident of timing is tried once more, and named; no other failure passes."""

from pathlib import Path

import pytest

from cli.checks import MOST_TRIED_AGAIN, run_pytest

ONCE = """
from pathlib import Path

def test_{n}():
    already = Path(__file__).with_suffix(".{n}")
    failed_before = already.exists()
    already.touch()
    assert failed_before
"""
NEVER = "def test_never():\n    assert False\n"


def project(folder: Path, source: str) -> str:
    """A small project of its own; answers the options that run it."""
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n    navigateur\n", encoding="utf-8")
    (folder / "test_sample.py").write_text(source, encoding="utf-8")
    return f"-q -c {folder}/pytest.ini --rootdir {folder} {folder}/test_sample.py"


def test_an_unstable_test_is_tried_again_and_named(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run_pytest({"python"}, None, project(tmp_path, ONCE.format(n=1))) == 0
    assert "Tests instables" in (said := capfd.readouterr().err)
    assert "test_1" in said


@pytest.mark.parametrize(
    "source",
    [NEVER, ONCE.format(n=1) + NEVER, "\n".join(ONCE.format(n=n) for n in range(MOST_TRIED_AGAIN + 1))],
    ids=["always", "one of two", "too many"],
)
def test_what_really_fails_still_fails(tmp_path: Path, source: str) -> None:
    assert run_pytest({"python"}, None, project(tmp_path, source)) == 1


def test_no_test_at_all_is_a_failure(tmp_path: Path) -> None:
    assert run_pytest({"python"}, None, project(tmp_path, "")) != 0
