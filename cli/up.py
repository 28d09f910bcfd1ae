"""`elaska up`: the services, on lasting data, until Ctrl-C."""

from __future__ import annotations

import os
from pathlib import Path

from cli.console import out, say
from cli.errors import Refusal
from cli.foreground import Interruption, hold
from cli.stack import ORDER, Service, Stack
from cli.system_libraries import require_pdf_libraries


def settings_given() -> dict[str, str]:
    """Settings that the environment already holds: they win over those of the embedded services."""
    return {name: value for name, value in os.environ.items() if name.startswith("ELASKA_") and value}


def port_number(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise Refusal(f"ELASKA_API_PORT n'est pas un numéro de port : « {text} ».")
    return int(text)


def chosen(only: list[str]) -> list[Service]:
    """Services to start: those named, else all."""
    unknown = [name for name in only if name not in ORDER]
    if unknown:
        raise Refusal(f"Service inconnu : {', '.join(unknown)}. Services : {', '.join(ORDER)}.")
    return [name for name in ORDER if not only or name in only]


def require_elsewhere(services: list[Service], given: dict[str, str]) -> None:
    """Refuse to start a service whose database or Temporal server is neither started nor given."""
    if not {"worker", "api"} & set(services):
        return
    for service, setting in (("postgres", "ELASKA_DATABASE_URL"), ("temporal", "ELASKA_TEMPORAL_ADDRESS")):
        if service not in services and setting not in given:
            raise Refusal(f"« {service} » n'est pas démarré ici : indiquez où il tourne par {setting}.")


def run(data: Path, *, port: int | None, temporal_ui: bool, only: list[str]) -> None:
    """Start everything, or only the named services, and wait. Raises Refusal when it cannot start."""
    services = chosen(only)
    given = settings_given()
    require_elsewhere(services, given)
    require_pdf_libraries()
    if port is None and "ELASKA_API_PORT" in given:
        port = port_number(given["ELASKA_API_PORT"])
    interruption = Interruption()
    interruption.install()
    stack = Stack(
        data,
        services=services,
        random_ports=False,
        asked={} if port is None else {"api": port},
        external=given,
        public_url=given.get("ELASKA_PUBLIC_URL"),
        temporal_ui=temporal_ui,
        say=say,
    )
    with stack:
        if "api" in stack.services:
            out.print(
                f"\n[bold]eLaska est prêt[/bold]\n  Portail {stack.base_url}\n  Console {stack.base_url}/console"
            )
        else:
            out.print(f"\n[bold]eLaska est prêt[/bold] : {', '.join(stack.services)}")
        if "courriels" in stack.services:
            out.print(f"Aucun serveur de messagerie n'est réglé : les messages restent sur {stack.mail_url}")
        if "postgres" in stack.services:
            out.print("Premier compte du cabinet : ./elaska compte ADRESSE --prenom PRÉNOM --nom NOM")
        out.print(f"Données : {stack.folder} ; journaux : {stack.logs}\nCtrl-C arrête tout.\n")
        hold(stack, interruption)
    out.print("Tout est arrêté.")
