"""Only `store/session.py` commits: a function that takes a session is always part of its caller's transaction."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("workflows", "activities", "api", "store", "rules", "demo", "bench", "cli")
# The session's owner; Alembic's lock is on a connection of its own, outside any session.
ALLOWED = {"store/session.py", "store/migrer.py"}
NAMES = {"commit"}


def commits(source: str) -> list[int]:
    """Lines that call `….commit()`, or take the method without calling it."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute) and node.attr in NAMES
    ]


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("session.commit()", [1]),
        ("async def f(s):\n    await s.commit()", [2]),
        ("async def f(s):\n    done = s.commit\n    await done()", [2]),
        ("self.session.sync_session.commit()", [1]),
        ("commit()\ncommit = 1\n'session.commit()'", []),
        ("await_ = session.flush()", []),
    ],
)
def test_the_check_itself(source: str, lines: list[int]) -> None:
    assert commits(source) == lines


def test_nobody_else_commits() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if str(path.relative_to(ROOT)) not in ALLOWED
        for line in commits(path.read_text())
    ]
    assert found == []


def test_the_owner_still_commits() -> None:
    assert commits((ROOT / "store/session.py").read_text())
