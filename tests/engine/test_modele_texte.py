"""Editing a modèle's text: only the lines concerned change; comments and order are kept (MOD-02, MOD-03)."""

from __future__ import annotations

import difflib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activities.modele_texte import EditError, Op, applied, edit
from cli.paths import ROOT
from workflows.engine.findings import ModeleError
from workflows.engine.loading import known_keys, read_yaml

SMALL = """# En-tête
modele: essai  # la clé
statuts:
  a_faire: {libelle: À traiter, couleur: gris}

# Les étapes, dans l'ordre.
etapes:
  # La première.
  - cle: un
    titre: "Un : début"
    pieces:
      - cle: rib
        formats: [pdf, jpg]
    # Fin de la première.

  # Préparation.
  - parallele: deux
    branches:
      - - cle: a
          titre: A
        - cle: b
          description: >-
            Une phrase
            pliée.
      - - cle: c

  - cle: trois  # dernière
    titre: Trois
"""


def changed(before: str, after: str) -> list[str]:
    """Lines that differ, signs first."""
    found = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return [line for line in found if line[0] in "+-" and not line.startswith(("---", "+++"))]


@pytest.mark.parametrize(
    ("op", "difference"),
    [
        (
            Op("poser", ("etapes", 0, "titre"), "Premier : vrai"),
            ['-    titre: "Un : début"', "+    titre: 'Premier : vrai'"],
        ),
        (Op("poser", ("modele",), "autre"), ["-modele: essai  # la clé", "+modele: autre  # la clé"]),
        (
            Op("poser", ("statuts", "a_faire", "couleur"), "vert"),
            [
                "-  a_faire: {libelle: À traiter, couleur: gris}",
                "+  a_faire: {libelle: À traiter, couleur: vert}",
            ],
        ),
        (
            Op("poser", ("statuts", "fini"), {"libelle": "Fini, oui", "couleur": "vert"}),
            ["+  fini: {libelle: 'Fini, oui', couleur: vert}"],
        ),
        (Op("poser", ("portail", "visible"), False), ["+portail:", "+  visible: false"]),
        (Op("poser", ("etapes", 2, "icone"), "flag"), ["+    icone: flag"]),
        (
            Op("retirer", ("etapes", 0)),
            [
                "-  # La première.",
                "-  - cle: un",
                '-    titre: "Un : début"',
                "-    pieces:",
                "-      - cle: rib",
                "-        formats: [pdf, jpg]",
                "-    # Fin de la première.",
                "-",
            ],
        ),
        (
            Op("retirer", ("etapes", 0, "pieces", 0)),
            ["-    pieces:", "-      - cle: rib", "-        formats: [pdf, jpg]"],
        ),
        (
            Op("inserer", ("etapes", 3), {"cle": "quatre", "titre": "Q"}),
            ["+", "+  - cle: quatre", "+    titre: Q"],
        ),
        (
            Op("inserer", ("etapes", 2, "taches", 0), {"cle": "t", "checklist": ["Un point", "Deux"]}),
            [
                "+    taches:",
                "+      - cle: t",
                "+        checklist:",
                "+          - Un point",
                "+          - Deux",
            ],
        ),
        (
            Op("inserer", ("etapes", 0, "pieces", 0, "formats", 1), "png"),
            ["-        formats: [pdf, jpg]", "+        formats: [pdf, png, jpg]"],
        ),
        (
            Op("deplacer", ("etapes", 1, "branches", 0, 1), vers=("etapes", 1, "branches", 0, 0)),
            [
                "-      - - cle: a",
                "-          titre: A",
                "-        - cle: b",
                "+      - - cle: b",
                "+        - cle: a",
                "+          titre: A",
            ],
        ),
    ],
)
def test_only_what_is_asked(op: Op, difference: list[str]) -> None:
    # Top-level blank lines are of the layout.
    found = [line for line in changed(SMALL, edit(SMALL, op, known_keys)) if line != "+" or "+" in difference]
    assert sorted(found) == sorted(difference)


def test_a_move_takes_its_comments_along() -> None:
    moved = edit(SMALL, Op("deplacer", ("etapes", 0), vers=("etapes", 2)))
    assert moved.index("cle: trois") < moved.index("# La première.") < moved.index("cle: un")
    assert moved.index("cle: un") < moved.index("# Fin de la première.")
    assert moved.index("# Préparation.") < moved.index("parallele: deux")
    assert edit(moved, Op("deplacer", ("etapes", 2), vers=("etapes", 0))).split() == SMALL.split()
    across = edit(SMALL, Op("deplacer", ("etapes", 1, "branches", 0, 1), vers=("etapes", 2)))
    assert "\n  - cle: b\n    description: >-\n      Une phrase\n      pliée.\n" in across


def test_etapes_move_between_branches() -> None:
    alone = edit(SMALL, Op("deplacer", ("etapes", 1, "branches", 0, 1), vers=("etapes", 1, "branches", 1)))
    assert (
        "      - - cle: b\n          description: >-\n            Une phrase\n            pliée.\n" in alone
    )
    # The last of a branch takes the branch away.
    gone = edit(SMALL, Op("deplacer", ("etapes", 1, "branches", 1, 0), vers=("etapes", 1, "branches", 0, 0)))
    assert [
        [each["cle"] for each in branch] for branch in read_yaml(gone, "")[0]["etapes"][1]["branches"]
    ] == [["c", "a", "b"]]
    # In and out again, the text is what it was.
    inside = edit(SMALL, Op("deplacer", ("etapes", 0), vers=("etapes", 0, "branches", 1)))
    assert "      # La première.\n      - - cle: un\n" in inside
    out = edit(inside, Op("deplacer", ("etapes", 0, "branches", 1, 0), vers=("etapes", 0)))
    assert out.split() == SMALL.split()


def test_what_is_refused() -> None:
    for op in (
        Op("poser", ("etapes", 9, "titre"), "x"),
        Op("retirer", ("rien",)),
        Op("inserer", ("modele", 0), "x"),
        Op("deplacer", ("etapes", 1, "branches", 1, 0), vers=("rien", 0)),
    ):
        with pytest.raises(EditError):
            edit(SMALL, op)
    with pytest.raises(ModeleError):
        edit("modele: [", Op("poser", ("modele",), "x"))


def test_windows_line_ends_stay() -> None:
    text = SMALL.replace("\n", "\r\n")
    assert edit(text, Op("poser", ("modele",), "autre")) == text.replace("essai", "autre", 1)


def places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    here = [path] if path else []
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return here + [found for key, value in items for found in places(value, (*path, key))]


VALUES = [
    "Un titre : deux",
    "- tiret",
    "l'été # non",
    3,
    True,
    "a\nb\n",
    "",
    "null",
    ["pdf"],
    {"cle": "x", "l": ["a b"]},
]
REAL = (ROOT / "process_templates" / "soumission_banque.yaml").read_text(encoding="utf-8")


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_whatever_is_done_the_text_says_it(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from([SMALL, REAL]))
    held, _ = read_yaml(text, "")
    path = data.draw(st.sampled_from(places(held)))
    genre = data.draw(st.sampled_from(["poser", "retirer", "inserer"]))
    op = Op(genre, path, data.draw(st.sampled_from(VALUES)) if genre != "retirer" else None)
    try:
        after = edit(text, op, known_keys)
    except EditError:
        return
    assert read_yaml(after, "")[0] == applied(held, op)
    if genre != "retirer":
        kept = [line.strip() for line in after.splitlines()]
        lost = [
            line for line in text.splitlines() if line.strip().startswith("#") and line.strip() not in kept
        ]
        inside = genre == "poser" and len(path) < 4
        assert inside or not lost
