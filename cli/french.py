"""The command line in French: typer has its own words (usage, options, errors) in English only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from typer import exceptions, rich_utils
from typer.core import TyperCommand, TyperGroup, TyperOption

from cli.errors import Refusal

if TYPE_CHECKING:
    from typer._click.core import Command, Context

MESSAGES: Mapping[str, str] = {
    "NoSuchOption": "Option inconnue : {option_name}",
    "MissingParameter": "Il manque une valeur obligatoire.",
    "BadOptionUsage": "L'option {option_name} est mal utilisée.",
    "BadParameter": "Une valeur n'est pas acceptée.",
}


def name_panels() -> None:
    """Titles of the help's panels."""
    rich_utils.OPTIONS_PANEL_TITLE = "Options"
    rich_utils.COMMANDS_PANEL_TITLE = "Commandes"
    rich_utils.ARGUMENTS_PANEL_TITLE = "Arguments"
    rich_utils.ERRORS_PANEL_TITLE = "Erreur"
    rich_utils.DEFAULT_STRING = "[par défaut : {}]"
    rich_utils.REQUIRED_LONG_STRING = "[obligatoire]"


class FrenchCommand(TyperCommand):
    """A command whose help option speaks French."""

    def get_help_option(self, ctx: Context) -> TyperOption | None:
        return translated(super().get_help_option(ctx))


class FrenchGroup(TyperGroup):
    """A table of commands whose help option speaks French."""

    def get_help_option(self, ctx: Context) -> TyperOption | None:
        return translated(super().get_help_option(ctx))

    def resolve_command(self, ctx: Context, args: list[str]) -> tuple[str | None, Command | None, list[str]]:
        if args and args[0] not in self.commands:
            raise Refusal(f"Commande inconnue : « {args[0]} ».\n  Commandes : {', '.join(self.commands)}")
        return super().resolve_command(ctx, args)


def translated(option: TyperOption | None) -> TyperOption | None:
    if option is not None:
        option.help = "Affiche cette aide."
    return option


def explain(error: exceptions.TyperException) -> str:
    """A usage error, for the person who typed the command."""
    kind = type(error).__name__
    if kind in MESSAGES:
        text = MESSAGES[kind].format_map(vars(error))
    elif kind == "UsageError":
        text = "Il y a un argument de trop."
    else:
        text = str(error)
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "elaska"
    return f"{text}\n  Aide : {path} --help"
