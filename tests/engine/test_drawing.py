"""The drawing of a modèle: well-formed, complete, without overlap, whatever the modèle holds (MOD-03)."""

from __future__ import annotations

import re
import string
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import ImageFont

from workflows.engine.drawing import draw, in_words
from workflows.engine.letters import width as letters_width
from workflows.engine.loading import load
from workflows.engine.modele import Modele
from workflows.engine.moment import Moment

HERE = Path(__file__).parent
FILES = [
    *sorted((HERE.parent.parent / "process_templates").glob("*.yaml")),
    *sorted((HERE / "modeles_justes").glob("*.yaml")),
]
SVG = "{http://www.w3.org/2000/svg}"


def read(file: Path) -> Modele:
    return load(file.read_bytes(), file.name).modele


def boxes(root: ElementTree.Element) -> dict[str, tuple[float, float, float, float]]:
    return {
        rect.attrib["data-cle"]: (
            float(rect.attrib["x"]),
            float(rect.attrib["y"]),
            float(rect.attrib["width"]),
            float(rect.attrib["height"]),
        )
        for rect in root.iter(f"{SVG}rect")
        if rect.get("class") == "etape"
    }


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_etape_once_and_none_over_another(file: Path) -> None:
    modele = read(file)
    root = ElementTree.fromstring(draw(modele))
    found = boxes(root)
    assert list(found) == list(modele.all_etapes)
    places = list(found.values())
    for index, (x, y, width, height) in enumerate(places):
        assert x >= 0
        assert x + width <= float(root.attrib["width"])
        assert y + height <= float(root.attrib["height"])
        for other_x, other_y, other_width, other_height in places[index + 1 :]:
            apart = x + width <= other_x or other_x + other_width <= x
            assert apart or y + height <= other_y or other_y + other_height <= y


@cache
def font(name: str) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(name, 1000)


def drawn(text: ElementTree.Element) -> float:
    """Width in the widest of the fonts named, the one a bare server draws with."""
    mono = "mono" in text.attrib["font-family"]
    bold = int(text.attrib["font-weight"]) >= 600
    name = "DejaVuSansMono.ttf" if mono else "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return font(name).getlength(text.text or "") * float(text.attrib["font-size"]) / 1000


@pytest.mark.parametrize("statuts", [False, True], ids=["modele", "demarche"])
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_line_goes_out_of_its_box(file: Path, statuts: bool) -> None:
    """Neither a title, a condition nor a name: each is within its étape, or its picture."""
    modele = read(file)
    notes = dict.fromkeys(modele.all_etapes, "12 passages · 3 jours et 4 heures en médiane, dont le client")
    places = dict.fromkeys(modele.all_etapes, "en_cours") if statuts else None
    root = ElementTree.fromstring(draw(modele, statuts=places, notes=notes))
    within = {text: group for group in root.iter(f"{SVG}g") for text in group.findall(f"{SVG}text")}
    for text in root.iter(f"{SVG}text"):
        x, long = float(text.attrib["x"]), drawn(text)
        start = x - long / 2 if text.get("text-anchor") == "middle" else x
        left, right = 0.0, float(root.attrib["width"])
        if text in within:
            rect = within[text].find(f"{SVG}rect")
            assert rect is not None
            left = float(rect.attrib["x"])
            right = left + float(rect.attrib["width"])
        assert left + 10 <= start
        assert start + long <= right - 10, text.text


def test_a_number_stays_with_what_it_counts() -> None:
    """« 2 relances », « à 17:00 »: not cut between two lines, and a line never begins by a separator."""
    for file in FILES:
        for text in ElementTree.fromstring(draw(read(file))).iter(f"{SVG}text"):
            if "mono" not in text.attrib["font-family"]:
                assert not re.search(r"(?<!:)\b\d{1,2}$|», à$|^·", (text.text or "").strip()), text.text


def test_it_says_who_acts_and_what_is_held() -> None:
    root = ElementTree.fromstring(draw(read(HERE.parent.parent / "process_templates" / "embauche.yaml")))
    text = " ".join(element.text or "" for element in root.iter(f"{SVG}text"))
    for expected in ("Embauche d'un salarié", "Futur salarié", "3\xa0pièces", "En parallèle", "Seulement si"):
        assert expected in text
    assert root.attrib["role"] == "img"
    assert root.findtext(f"{SVG}title") == "Embauche d'un salarié"


def test_the_same_modele_the_same_drawing() -> None:
    modele = read(FILES[0])
    assert draw(modele) == draw(modele)


def test_texts_cannot_break_the_picture() -> None:
    modele = read(HERE / "modeles_justes" / "simple.yaml")
    nasty = "<script>alert(1)</script> & \"'" + "x" * 300
    etape = modele.etapes[0].model_copy(update={"titre": nasty})
    changed = modele.model_copy(update={"titre": nasty, "etapes": (etape, *modele.etapes[1:])})
    root = ElementTree.fromstring(draw(changed))
    assert not list(root.iter(f"{SVG}script"))
    assert len(boxes(root)) == len(modele.all_etapes)


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("entree + 3jo", "3\xa0jours ouvrés après l’entrée dans l’étape"),
        ("ouverture + 1sem", "1\xa0semaine après l’ouverture du dossier"),
        (
            "declaration.date_entree - 1jo à 17:00",
            "1\xa0jour ouvré avant «\xa0Date d’entrée\xa0», à\xa017:00",
        ),
        ("calculs.fin_essai", "«\xa0fin essai\xa0»"),
    ],
)
def test_moments_in_words(moment: str, words: str) -> None:
    assert in_words(Moment.parse(moment), {"declaration.date_entree": "Date d’entrée"}) == words


def test_a_demarche_shows_where_it_stands() -> None:
    """Each étape by its own status, in words too for who does not see colours."""
    modele = read(HERE.parent.parent / "process_templates" / "embauche.yaml")
    first, second, third, *others = modele.all_etapes
    statuts = {first: "valide", second: "passee", third: "en_cours", **dict.fromkeys(others, "a_faire")}
    statuts[others[-1]] = "sans_objet"
    root = ElementTree.fromstring(draw(modele, statuts=statuts))
    drawn = {r.attrib["data-cle"]: r for r in root.iter(f"{SVG}rect") if r.get("class") == "etape"}
    assert {cle: rect.attrib["data-statut"] for cle, rect in drawn.items()} == statuts
    widths = {cle: float(rect.attrib["stroke-width"]) for cle, rect in drawn.items()}
    assert max(widths, key=lambda cle: widths[cle]) == third
    text = [element.text for element in root.iter(f"{SVG}text")]
    assert [text.count(word) for word in ("Validée", "Passée", "En cours", "Sans objet")] == [1, 1, 1, 1]
    assert text.count("À faire") == len(others) - 1
    said = root.findtext(f"{SVG}desc") or ""
    etape = modele.all_etapes[third]
    assert f"{etape.libelle_interne or etape.titre} (en cours)" in said
    assert 'data-statut="' not in draw(modele)


def test_widths_are_those_of_the_fonts() -> None:
    """Never under what is drawn, for each letter of French, and close to it."""
    letters = string.printable[:95] + "éèêëàâäçùûüîïôöœŒÉÈÊÀÇÎÔ«»’“”…–—€\xa0\u202f"
    for bold, name in ((False, "DejaVuSans.ttf"), (True, "DejaVuSans-Bold.ttf")):
        for letter in letters:
            assert 0 <= letters_width(letter, 1000, bold=bold) - font(name).getlength(letter) < 60, letter
