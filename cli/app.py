"""The table of commands: their names, options and help texts. The work is in one module per command."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli import modele
from cli.french import FrenchCommand, FrenchGroup, name_panels
from cli.paths import DEFAULT_DATA, DEMO_DATA

name_panels()

app = typer.Typer(
    help="eLaska : moteur de démarches, console et portail client d'un cabinet de conseil.",
    cls=FrenchGroup,
    options_metavar="[OPTIONS]",
    subcommand_metavar="COMMANDE …",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "--aide"], "max_content_width": 110},
)
app.add_typer(modele.app, name="modele")
PASS_THROUGH = {"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []}

Data = Annotated[Path, typer.Option("--donnees", help="Dossier des données.", show_default=False)]
Port = Annotated[
    int | None, typer.Option("--port", min=1, max=65535, help="Port de la console et du portail.")
]
TemporalUi = Annotated[bool, typer.Option("--temporal-ui", help="Ouvre aussi l'interface de Temporal.")]


@app.command(cls=FrenchCommand)
def up(
    donnees: Data = DEFAULT_DATA,
    port: Port = None,
    temporal_ui: TemporalUi = False,
    seulement: Annotated[
        list[str] | None,
        typer.Option("--seulement", help="Ne démarre que ce service (api, worker …) ; peut être répété."),
    ] = None,
) -> None:
    """Démarre eLaska, sans données de démonstration. Ctrl-C arrête tout.

    Les réglages viennent des variables ELASKA_… ; une base de données, un serveur Temporal ou un serveur de
    courriel donnés par ces variables remplacent ceux que la commande démarre elle-même.
    """
    from cli.up import run

    run(donnees, port=port, temporal_ui=temporal_ui, only=seulement or [])


@app.command(cls=FrenchCommand)
def demo(
    donnees: Data = DEMO_DATA,
    port: Port = None,
    temporal_ui: TemporalUi = False,
    verifier: Annotated[
        bool,
        typer.Option("--verifier", help="Joue l'histoire de l'embauche sur une pile jetable, puis s'arrête."),
    ] = False,
    effacer: Annotated[
        bool, typer.Option("--effacer", help="Repart de données de démonstration neuves.")
    ] = False,
) -> None:
    """Démarre eLaska avec un cabinet de démonstration, ses comptes et ses courriels."""
    from cli.demo import run, verify

    if verifier:
        raise typer.Exit(verify())
    run(donnees, port=port, temporal_ui=temporal_ui, fresh=effacer)


@app.command(cls=FrenchCommand)
def test(
    etapes: Annotated[
        list[str] | None,
        typer.Argument(
            help="style, types, imports, client, modeles, ecrans, python, navigateur ; toutes si rien n'est dit."
        ),
    ] = None,
    pytest: Annotated[
        str, typer.Option("--pytest", help="Options de plus pour pytest, par exemple « -k dossier -x ».")
    ] = "",
) -> None:
    """Lance tous les contrôles et tous les tests, ou seulement les étapes nommées."""
    from cli.checks import run

    raise typer.Exit(run(etapes or [], pytest))


@app.command(cls=FrenchCommand)
def client() -> None:
    """Réécrit la description de l'API et le client des écrans qui en découle."""
    from cli.client import write_both

    write_both()


@app.command(cls=FrenchCommand, context_settings=PASS_THROUGH)
def bench(ctx: typer.Context, nom: Annotated[str, typer.Argument(help="Nom de la mesure.")] = "") -> None:
    """Lance une mesure : « elaska bench NOM [--json] [--long] » ; sans nom, en donne la liste."""
    from cli.bench import run

    raise typer.Exit(run(nom, ctx.args))


@app.command(cls=FrenchCommand)
def compte(
    email: Annotated[str, typer.Argument(help="Adresse de la personne.", show_default=False)],
    prenom: Annotated[str, typer.Option("--prenom", help="Prénom.")] = "",
    nom: Annotated[str, typer.Option("--nom", help="Nom.")] = "",
    role: Annotated[str, typer.Option("--role", help="conseiller, responsable ou admin.")] = "admin",
    donnees: Data = DEFAULT_DATA,
) -> None:
    """Crée un compte du cabinet, ou rétablit celui d'une personne qui a perdu son mot de passe ou son téléphone.

    Le mot de passe est demandé au clavier (ou lu sur l'entrée standard). eLaska peut tourner ou non.
    """
    from cli.compte import run

    run(donnees, email=email, prenom=prenom, nom=nom, role=role)


@app.command(cls=FrenchCommand)
def migrer(donnees: Data = DEFAULT_DATA) -> None:
    """Met la base de données au schéma de cette version, sans démarrer le reste."""
    from cli.migrer import run

    run(donnees)


@app.command(cls=FrenchCommand)
def reconstruire(donnees: Data = DEFAULT_DATA) -> None:
    """Recrée dans Temporal les démarches en cours à partir de PostgreSQL (après la perte de sa base)."""
    from cli.reconstruire import run

    run(donnees)
