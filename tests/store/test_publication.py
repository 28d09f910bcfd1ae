"""Publishing modèles from files: a version by content; an error leaves the former one (MOD-02, MOD-09)."""

import shutil
from pathlib import Path

import pytest

from activities.publication import ROOT, publish_file, publish_folder
from store import modele as store_modele
from store.session import session_scope
from tests.conftest import Database
from workflows.engine.findings import ModeleError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of what an administrator edits."""
    for name in ("process_templates", "forms", "services", "documents"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


async def versions() -> list[tuple[str, int]]:
    async with session_scope() as session:
        return [(row.cle, row.version) for row in await store_modele.catalogue(session)]


async def test_a_version_by_content(database: Database, folder: Path) -> None:
    published, wrong = await publish_folder(folder)
    assert wrong == []
    assert all(done.version == 1 for done in published)
    # Read before it, its parent had brought this child.
    assert [done.cle for done in published if not done.nouvelle] == ["soumission_banque"]
    again, _ = await publish_folder(folder)
    assert [(done.version, done.nouvelle) for done in again] == [(1, False)] * len(published)
    # A form it uses is part of it.
    form = folder / "forms" / "embauche_registre.schema.json"
    form.write_text(
        form.read_text(encoding="utf-8").replace("Matricule", "Matricule interne"), encoding="utf-8"
    )
    done = await publish_file(folder / "process_templates" / "embauche.yaml", folder)
    assert (done.version, done.nouvelle) == (2, True)


async def test_an_error_publishes_nothing(database: Database, folder: Path) -> None:
    await publish_folder(folder)
    before = await versions()
    file = folder / "process_templates" / "embauche.yaml"
    file.write_text(
        file.read_text(encoding="utf-8").replace("pour: manager", "pour: personne"), encoding="utf-8"
    )
    with pytest.raises(ModeleError) as error:
        await publish_file(file, folder)
    assert error.value.line > 0
    assert "personne" in str(error.value)
    _, wrong = await publish_folder(folder)
    assert len(wrong) == 1
    assert await versions() == before
