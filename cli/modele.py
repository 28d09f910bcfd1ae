"""`elaska modele`: check, play and draw a modèle, without a database or a server."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.console import err, out
from cli.errors import Refusal
from cli.french import FrenchCommand, FrenchGroup
from cli.paths import DEFAULT_DATA, ROOT

SCHEMA = ROOT / "process_templates" / "modele.schema.json"

app = typer.Typer(
    help="Contrôle, simule ou dessine un modèle.",
    cls=FrenchGroup,
    options_metavar="[OPTIONS]",
    subcommand_metavar="COMMANDE …",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "--aide"], "max_content_width": 110},
)
Modele = Annotated[
    Path, typer.Argument(help="Fichier du modèle, ou son nom (« embauche »).", show_default=False)
]
Racine = Annotated[Path, typer.Option("--racine", help="Dossier qui contient forms/ et documents/.")]


@app.command(cls=FrenchCommand)
def verifier(
    fichiers: Annotated[
        list[Path], typer.Argument(help="Fichiers des modèles, ou leurs noms.", show_default=False)
    ],
    racine: Racine = ROOT,
) -> None:
    """Dit tout ce qui est à corriger : fichier, ligne, pourquoi, que faire. Sort en échec s'il y a une erreur."""
    from cli.modele_verifier import run

    raise typer.Exit(run([find(fichier, racine) for fichier in fichiers], racine))


@app.command(cls=FrenchCommand)
def simuler(
    modele: Modele,
    scenario: Annotated[
        Path | None,
        typer.Option("--scenario", help="Fichier du scénario ; inventé d'après les formulaires sinon."),
    ] = None,
    jusqu_a: Annotated[str, typer.Option("--jusqu-a", help="Durée au plus : 3sem, 6mois, 1an.")] = "1an",
    racine: Racine = ROOT,
) -> None:
    """Joue une démarche jusqu'à sa fin, en temps virtuel, et affiche son journal."""
    from cli.modele_simuler import run

    raise typer.Exit(run(find(modele, racine), racine, scenario, jusqu_a))


@app.command(cls=FrenchCommand)
def tester(
    fichiers: Annotated[
        list[Path], typer.Argument(help="Fichiers des modèles, ou leurs noms.", show_default=False)
    ],
    couverture: Annotated[
        int,
        typer.Option("--couverture", min=0, max=100, help="Sort en échec au-dessous de ce pourcentage."),
    ] = 0,
    jusqu_a: Annotated[str, typer.Option("--jusqu-a", help="Durée au plus : 3sem, 6mois, 1an.")] = "1an",
    en_json: Annotated[bool, typer.Option("--json", help="Résultat en JSON.")] = False,
    racine: Racine = ROOT,
) -> None:
    """Joue les scénarios d'un modèle, contrôle ce qu'ils attendent et nomme ce qu'aucun n'atteint."""
    from cli.modele_simuler import duration
    from cli.modele_tester import run

    files = [find(fichier, racine) for fichier in fichiers]
    until = duration(jusqu_a)
    raise typer.Exit(run(files, racine, threshold=couverture, until=until, as_json=en_json))


@app.command(cls=FrenchCommand)
def graphe(
    modele: Modele,
    sortie: Annotated[
        Path | None, typer.Option("--sortie", "-o", help="Fichier SVG à écrire ; la sortie standard sinon.")
    ] = None,
    racine: Racine = ROOT,
) -> None:
    """Dessine les étapes d'un modèle, en SVG."""
    from cli.modele_graphe import run

    raise typer.Exit(run(find(modele, racine), racine, sortie))


@app.command(cls=FrenchCommand)
def publier(
    fichiers: Annotated[
        list[Path], typer.Argument(help="Fichiers des modèles, ou leurs noms.", show_default=False)
    ],
    racine: Racine = ROOT,
    donnees: Annotated[
        Path, typer.Option("--donnees", help="Dossier des données.", show_default=False)
    ] = DEFAULT_DATA,
) -> None:
    """Contrôle des modèles puis les publie : une version neuve si leurs fichiers ont changé."""
    from cli.modele_publier import run

    raise typer.Exit(run([find(fichier, racine) for fichier in fichiers], racine, donnees))


@app.command(cls=FrenchCommand)
def migrer(
    modele: Annotated[str, typer.Argument(help="Clé du modèle (« embauche »).", show_default=False)],
    essai: Annotated[
        bool, typer.Option("--essai", help="Dit le verdict de chaque démarche, sans rien changer.")
    ] = False,
    vers: Annotated[
        int | None, typer.Option("--vers", help="Numéro de la version visée ; la dernière sinon.")
    ] = None,
    correspondance: Annotated[
        list[str] | None,
        typer.Option(
            "--correspondance",
            help="Où va une étape disparue : ancienne=nouvelle ; « ancienne= » l'abandonne ; "
            "modele.ancienne=nouvelle pour les démarches ouvertes par celles-ci.",
        ),
    ] = None,
    formulaire: Annotated[
        list[str] | None,
        typer.Option(
            "--formulaire",
            help="Nom nouveau d'un formulaire qui garde ses réponses : ancien=nouveau ; modele.ancien=nouveau "
            "pour les démarches ouvertes par celles-ci.",
        ),
    ] = None,
    rattraper: Annotated[
        list[str] | None,
        typer.Option("--rattraper", help="Étape ajoutée avant l'endroit atteint, à faire tout de même."),
    ] = None,
    retour: Annotated[
        bool, typer.Option("--retour", help="Revient à la version d'avant la dernière migration.")
    ] = False,
    donnees: Annotated[
        Path, typer.Option("--donnees", help="Dossier des données.", show_default=False)
    ] = DEFAULT_DATA,
) -> None:
    """Fait suivre une version à toutes les démarches en cours, avec un verdict pour chacune."""
    from cli.modele_migrer import run

    raise typer.Exit(
        run(
            modele,
            donnees,
            essai=essai,
            retour=retour,
            vers=vers,
            pairs=correspondance or [],
            formulaires=formulaire or [],
            rattraper=rattraper or [],
        )
    )


@app.command(cls=FrenchCommand)
def rejouer(
    modele: Modele,
    derniers: Annotated[
        int, typer.Option("--derniers", min=1, max=200, help="Nombre de démarches réelles à rejouer.")
    ] = 20,
    racine: Racine = ROOT,
    donnees: Annotated[
        Path, typer.Option("--donnees", help="Dossier des données.", show_default=False)
    ] = DEFAULT_DATA,
) -> None:
    """Et si les dernières démarches réelles avaient suivi ces fichiers ? Chemin, durée, données manquantes."""
    from cli.modele_rejouer import run

    fichier = find(modele, racine).resolve()
    raise typer.Exit(run(donnees, fichier=str(fichier), racine=str(racine.resolve()), derniers=derniers))


@app.command(cls=FrenchCommand)
def scenario(
    reference: Annotated[
        str, typer.Argument(help="Référence de la démarche (« EMB-2026-0012 »).", show_default=False)
    ],
    sortie: Annotated[
        Path | None,
        typer.Option("--sortie", "-o", help="Fichier à écrire ; la sortie standard sinon."),
    ] = None,
    donnees: Annotated[
        Path, typer.Option("--donnees", help="Dossier des données.", show_default=False)
    ] = DEFAULT_DATA,
) -> None:
    """Fait d'une démarche réelle un scénario qui ne nomme personne."""
    from cli.modele_rejouer import run

    raise typer.Exit(run(donnees, reference=reference, sortie=str(sortie.resolve()) if sortie else None))


@app.command(cls=FrenchCommand)
def schema(
    controle: Annotated[
        bool, typer.Option("--controle", help="N'écrit rien : échoue si le fichier n'est pas à jour.")
    ] = False,
) -> None:
    """Écrit le schéma JSON du langage, que les éditeurs de texte emploient pour compléter et contrôler."""
    from workflows.engine.schema import text

    if not controle:
        SCHEMA.write_text(text(), encoding="utf-8")
        err.print(f"Écrit : {SCHEMA.relative_to(ROOT)}")
    elif not SCHEMA.exists() or SCHEMA.read_text(encoding="utf-8") != text():
        raise Refusal(f"{SCHEMA.name} n'est pas à jour : lancez « elaska modele schema ».")
    else:
        out.print("Le schéma est à jour.")


def find(name: Path, root: Path) -> Path:
    """The file that someone means by a path or by a bare name. Raises Refusal."""
    for candidate in (name, root / "process_templates" / f"{name}.yaml"):
        if candidate.is_file():
            return candidate
    known = ", ".join(sorted(path.stem for path in (root / "process_templates").glob("*.yaml")))
    raise Refusal(f"« {name} » n'existe pas.\n  Modèles connus : {known or 'aucun'}.")


def main(arguments: list[str]) -> int:
    """Run the command; returns its exit code."""
    return int(app(args=arguments or ["--help"], prog_name="elaska modele", standalone_mode=False) or 0)
