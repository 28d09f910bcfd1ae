"""Checks, before anything starts, the system libraries that a wheel cannot bring: those of WeasyPrint (PDF)."""

from __future__ import annotations

import ctypes
import sys

from cli.errors import Refusal

WEASYPRINT = (
    "libgobject-2.0.so.0",
    "libpango-1.0.so.0",
    "libpangoft2-1.0.so.0",
    "libharfbuzz.so.0",
    "libfontconfig.so.1",
)
APT_LINE = (
    "apt-get install -y --no-install-recommends "
    "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core"
)


def require_pdf_libraries() -> None:
    """Raises Refusal, with the line to type, when PDF documents could not be made on this machine."""
    if sys.platform != "linux":
        return
    missing = [name for name in WEASYPRINT if not loads(name)]
    if missing:
        raise Refusal(
            "Il manque les bibliothèques qui produisent les documents PDF "
            f"({', '.join(missing)}).\n  Installez-les, puis relancez :\n\n    {APT_LINE}"
        )


def loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True
