"""`elaska up`: the services, on lasting data, until Ctrl-C."""

from __future__ import annotations

import os
from pathlib import Path

from cli.console import out, say
from cli.errors import Refusal
from cli.foreground import Interruption, hold
from cli.stack import Stack
from cli.system_libraries import require_pdf_libraries


def settings_given() -> dict[str, str]:
    """Settings that the environment already holds: they win over those of the embedded services."""
    return {name: value for name, value in os.environ.items() if name.startswith("ELASKA_") and value}


def port_number(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise Refusal(f"ELASKA_API_PORT n'est pas un numéro de port : « {text} ».")
    return int(text)


def run(data: Path, *, port: int | None, temporal_ui: bool) -> None:
    """Start everything and wait. Raises Refusal when it cannot start."""
    require_pdf_libraries()
    given = settings_given()
    if port is None and "ELASKA_API_PORT" in given:
        port = port_number(given["ELASKA_API_PORT"])
    interruption = Interruption()
    interruption.install()
    stack = Stack(
        data,
        random_ports=False,
        asked={} if port is None else {"api": port},
        external=given,
        public_url=given.get("ELASKA_PUBLIC_URL"),
        temporal_ui=temporal_ui,
        say=say,
    )
    with stack:
        out.print(
            f"\n[bold]eLaska est prêt[/bold] : {stack.base_url} (portail), {stack.base_url}/console (console)"
        )
        if "courriels" in stack.services:
            out.print(f"Aucun serveur de courriel n'est réglé : les messages restent sur {stack.mail_url}")
        out.print(f"Données : {stack.folder} ; journaux : {stack.logs}\nCtrl-C arrête tout.\n")
        hold(stack, interruption)
    out.print("Tout est arrêté.")
