"""`python -m cli.lock`: compiles both lock files from pyproject.toml, with versions and hashes, without addresses.

Versions already locked are kept unless `--upgrade` is given.
"""

from __future__ import annotations

import subprocess
import sys

from cli.paths import ROOT, program

# One lock for every Python and every system that we support.
COMMON = (
    "--universal",
    "--python-version",
    "3.11",
    "--generate-hashes",
    "--no-annotate",
    "--no-header",
    "--quiet",
)
NO_ADDRESS = ("--no-emit-index-url", "--no-emit-find-links")


def compile_locks(arguments: list[str]) -> None:
    """Write requirements.lock, then requirements-dev.lock, which only adds to it."""
    uv = [str(program("uv")), "pip", "compile", *COMMON, *NO_ADDRESS, *arguments, "pyproject.toml"]
    subprocess.run([*uv, "-o", "requirements.lock"], cwd=ROOT, check=True)
    development = ["--group", "pyproject.toml:dev", "-c", "requirements.lock", "-o", "requirements-dev.lock"]
    subprocess.run([*uv, *development], cwd=ROOT, check=True)


if __name__ == "__main__":
    compile_locks(sys.argv[1:])
