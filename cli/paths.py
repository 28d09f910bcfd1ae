"""Where things are: the source tree, the environment's programs, the default data folders."""

from __future__ import annotations

import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".elaska"
DEFAULT_DATA = HOME / "donnees"
DEMO_DATA = HOME / "demo"
UI = ROOT / "ui"
UI_DIST = UI / "dist"


def program(name: str) -> Path:
    """Path of a program that a wheel put in the environment's `bin` folder."""
    return Path(sysconfig.get_path("scripts")) / name
