"""`elaska demo`: the same services with a demonstration firm; `--verifier` plays the story on a throwaway stack."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from cli.console import out, say
from cli.errors import Refusal
from cli.foreground import Interruption, hold
from cli.services.folder_lock import FolderLock
from cli.stack import Stack
from cli.system_libraries import require_pdf_libraries

LOADED = "demonstration-chargee"


def run(data: Path, *, port: int | None, temporal_ui: bool, fresh: bool) -> None:
    """Start everything, load the demonstration data the first time, print the logins and wait."""
    require_pdf_libraries()
    if fresh:
        erase(data)
    interruption = Interruption()
    interruption.install()
    stack = Stack(
        data,
        random_ports=False,
        asked={} if port is None else {"api": port},
        demo_clock=True,
        temporal_ui=temporal_ui,
        say=say,
    )
    with stack:
        load(stack)
        out.print(
            f"\n[bold]eLaska est prêt[/bold]\n  Portail   {stack.base_url}\n  Console   {stack.base_url}/console"
        )
        out.print(f"  Courriels {stack.mail_url}\n")
        print_logins()
        out.print("Ctrl-C arrête tout.\n")
        hold(stack, interruption)
    out.print("Tout est arrêté.")


def erase(data: Path) -> None:
    """Remove a demonstration folder that no stack uses."""
    if not data.exists():
        return
    if any(data.iterdir()) and not (data / "secrets.env").exists():
        raise Refusal(f"{data} n'est pas un dossier de données d'eLaska : rien n'a été effacé.")
    lock = FolderLock(data)
    lock.acquire()
    try:
        shutil.rmtree(data)
    finally:
        lock.release()


def load(stack: Stack) -> None:
    """Load the demonstration data, once per data folder."""
    stamp = stack.folder / LOADED
    if stamp.exists() or find_spec("demo.donnees") is None:
        return
    say("Chargement des données de démonstration…")
    done = subprocess.run(
        [sys.executable, "-m", "demo.donnees"], env=programs_env(stack), stdin=subprocess.DEVNULL, check=False
    )
    if done.returncode:
        raise Refusal("Les données de démonstration n'ont pas pu être chargées (détail ci-dessus).")
    stamp.touch()


def programs_env(stack: Stack) -> dict[str, str]:
    """Environment of the programs that act on a stack from outside, as people do."""
    return {**stack.env, "ELASKA_BASE_URL": stack.base_url, "ELASKA_MAIL_URL": stack.mail_url}


def print_logins() -> None:
    """The accounts of the demonstration, told by the module that creates them."""
    if find_spec("demo.donnees") is None:
        return
    subprocess.run([sys.executable, "-m", "demo.donnees", "--comptes"], stdin=subprocess.DEVNULL, check=False)


def verify() -> int:
    """Play the story through HTTP on a throwaway stack; returns the story's exit code."""
    require_pdf_libraries()
    with tempfile.TemporaryDirectory(prefix="elaska-verifier-") as folder:
        Path(folder).chmod(0o711)
        with Stack(Path(folder) / "donnees", demo_clock=True, build_ui=False, say=say) as stack:
            done = subprocess.run(
                [sys.executable, "-m", "demo.histoire"],
                env=programs_env(stack),
                stdin=subprocess.DEVNULL,
                check=False,
            )
            if done.returncode:
                keep = Path(tempfile.mkdtemp(prefix="elaska-journaux-"))
                shutil.copytree(stack.logs, keep, dirs_exist_ok=True)
                say(f"Journaux des services : {keep}")
            return done.returncode
