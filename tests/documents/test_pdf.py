"""The hiring documents: what they say, that they render from little data, that they load nothing."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from activities.pdf import render_document, render_html
from activities.templating import ModelError, variables_of
from activities.variables import DOCUMENT
from tests.documents.exemples import CDD, CDI, DOCUMENTS, SALARIE, modele

# These read collections and several forms: they are laid out on the data of their scenarios (test_sans_python).
PLAYED = {"accident", "arret", "audit", "credit", "dettes", "exports", "sinistre", "sortie", "subvention"}
NOMS = sorted(
    chemin.relative_to(DOCUMENTS).as_posix()
    for chemin in DOCUMENTS.rglob("*.html.j2")
    if not chemin.name.startswith("_") and chemin.parent.name not in PLAYED
)


def texte(nom: str, partials: dict[str, str], contexte: dict[str, Any]) -> str:
    return " ".join(render_html(modele(nom), partials, contexte).replace("&#39;", "'").split())


def test_the_five_documents_are_there() -> None:
    assert {Path(nom).name.split(".")[0] for nom in NOMS} >= {
        "contrat_cdi",
        "contrat_cdd",
        "confirmation_essai",
        "rupture_essai",
        "synthese",
    }


@pytest.mark.parametrize("nom", NOMS)
class TestEveryDocument:
    def test_reads_known_names_only(self, nom: str, partials: dict[str, str]) -> None:
        espaces = {"declaration", "salarie", "calculs", "creance", "plan", "offre", "compte"}
        assert variables_of(modele(nom), partials) <= set(DOCUMENT) | espaces

    def test_is_a_pdf_with_a_title_and_a_language(
        self, nom: str, partials: dict[str, str], contexte: dict[str, Any]
    ) -> None:
        if "cdd" in nom:
            contexte["declaration"] = dict(CDD)
        with pikepdf.open(io.BytesIO(render_document(modele(nom), partials, contexte))) as pdf:
            assert 1 <= len(pdf.pages) <= 4
            assert str(pdf.Root.Lang) == "fr"
            assert "EMB-2026-0012" in str(pdf.docinfo["/Title"])
            assert bool(pdf.Root.MarkInfo.Marked), "tagged for screen readers"

    def test_needs_only_the_required_fields(
        self, nom: str, partials: dict[str, str], contexte: dict[str, Any]
    ) -> None:
        contexte["declaration"] = {
            cle: valeur for cle, valeur in (CDD if "cdd" in nom else CDI).items() if cle not in {"manager"}
        }
        del contexte["salarie"], contexte["calculs"]
        assert "None" not in texte(nom, partials, contexte)

    def test_carries_the_qr_code_of_the_dossier(
        self, nom: str, partials: dict[str, str], contexte: dict[str, Any]
    ) -> None:
        if "cdd" in nom:
            contexte["declaration"] = dict(CDD)
        assert texte(nom, partials, contexte).count("data:image/svg+xml;base64,") == 1

    def test_values_cannot_add_markup(
        self, nom: str, partials: dict[str, str], contexte: dict[str, Any]
    ) -> None:
        base = CDD if "cdd" in nom else CDI
        mechant = "<img src='http://mechant.exemple/x'>"
        intacts = {"nature_contrat", "categorie", "motif_cdd", "temps_travail"}
        contexte["declaration"] = {
            cle: mechant
            if isinstance(valeur, str) and cle not in intacts and not cle.startswith(("date", "heure"))
            else valeur
            for cle, valeur in base.items()
        }
        contexte["salarie"] = {"prenom": mechant, "adresse_personnelle": f"a\n{mechant}"}
        contexte["nom_client"] = contexte["client"]["nom"] = contexte["cabinet"]["adresse"] = mechant
        html = render_html(modele(nom), partials, contexte)
        assert "<img src='http" not in html
        assert "&amp;lt;" not in html, "escaped twice"


class TestContratCdi:
    def test_says_what_the_law_asks(self, partials: dict[str, str], contexte: dict[str, Any]) -> None:
        dit = texte("embauche/contrat_cdi.html.j2", partials, contexte)
        for attendu in (
            "Contrat de travail à durée indéterminée",
            "Atelier Morel SARL",
            "732 829 320 00074",
            "Madame Camille Durand",
            "nom de naissance : Lefèvre",
            "née le 3 octobre 1995 à Lyon 3e (France)",
            "2 95 10 99 126 111 93",
            "mardi 1er décembre 2026",
            "d’Assistante commerciale",
            "« employé »",
            "dimanche 31 janvier 2027",
            "2 150,00 €",
            "8 avenue de la Gare, 69100 Villeurbanne",
            "35 heures par semaine",
            "8 h 30",
            "trois mois qui suivent la prise de poste",
        ):
            assert attendu in dit

    def test_without_trial(self, partials: dict[str, str], contexte: dict[str, Any]) -> None:
        contexte["declaration"]["periode_essai"] = False
        assert "ne comporte pas de période d’essai" in texte(
            "embauche/contrat_cdi.html.j2", partials, contexte
        )

    def test_visit_before_night_work(self, partials: dict[str, str], contexte: dict[str, Any]) -> None:
        contexte["declaration"]["travail_de_nuit"] = True
        assert "avant l’affectation au poste" in texte("embauche/contrat_cdi.html.j2", partials, contexte)


class TestContratCdd:
    @pytest.fixture
    def cdd(self, contexte: dict[str, Any]) -> dict[str, Any]:
        return contexte | {"declaration": dict(CDD), "calculs": {"fin_essai": "2026-12-10"}}

    def test_says_what_the_law_asks(self, partials: dict[str, str], cdd: dict[str, Any]) -> None:
        dit = texte("embauche/contrat_cdd.html.j2", partials, cdd)
        for attendu in (
            "remplacement d’un salarié absent",
            "Sarah Petit, vendeuse",
            "dimanche 14 février 2027",
            "jeudi 10 décembre 2026",
            "17,5 heures par semaine",
            "heures complémentaires",
            "10 % de sa rémunération totale brute",
            "sous la responsabilité d’Alice O'Brien",
            "Rupture anticipée",
        ):
            assert attendu in dit

    def test_seasonal_contract_has_no_end_of_contract_allowance(
        self, partials: dict[str, str], cdd: dict[str, Any]
    ) -> None:
        cdd["declaration"] |= {"motif_cdd": "saisonnier"}
        assert "n’ouvre pas droit à l’indemnité" in texte("embauche/contrat_cdd.html.j2", partials, cdd)

    def test_too_short_for_a_trial(self, partials: dict[str, str], cdd: dict[str, Any]) -> None:
        cdd["calculs"] = {"fin_essai": "2026-11-30"}
        assert "ne comporte pas de période d’essai" in texte("embauche/contrat_cdd.html.j2", partials, cdd)


def test_every_legal_motive_of_the_form_has_its_wording(
    partials: dict[str, str], contexte: dict[str, Any]
) -> None:
    schema = json.loads((DOCUMENTS.parent / "forms" / "embauche_declaration.schema.json").read_text("utf-8"))
    cdd = next(c["then"]["properties"] for c in schema["allOf"] if "motif_cdd" in c["then"]["properties"])
    for motif in cdd["motif_cdd"]["enum"]:
        contexte["declaration"] = CDD | {"motif_cdd": motif}
        assert "(article L. 1242-" in texte("embauche/contrat_cdd.html.j2", partials, contexte)


def test_letters_of_the_trial_period(partials: dict[str, str], contexte: dict[str, Any]) -> None:
    dit = texte("embauche/rupture_essai.html.j2", partials, contexte).replace("\u00a0", " ")
    assert "engagée par" in dit
    assert "dimanche 31 janvier 2027" in dit
    assert "L. 1221-25" in dit
    assert "vous confirmer dans vos fonctions" in texte(
        "embauche/confirmation_essai.html.j2", partials, contexte
    )


def test_gender_is_neutral_when_unknown(partials: dict[str, str], contexte: dict[str, Any]) -> None:
    contexte["salarie"] = SALARIE | {"genre": "non_precise"}
    dit = texte("embauche/rupture_essai.html.j2", partials, contexte)
    assert "engagé(e)" in dit
    assert "Madame" not in dit


def test_summary(partials: dict[str, str], contexte: dict[str, Any]) -> None:
    dit = texte("embauche/synthese.html.j2", partials, contexte)
    for attendu in (
        "Madame Camille Durand",
        "03/10/1995",
        "01/12/2026 à 8 h 30",
        "31/01/2027",
        "Sophie Lambert",
    ):
        assert attendu in dit


class TestRendering:
    SOURCE = "<html lang='fr'><head><title>t</title></head><body><p>{{ a }}</p></body></html>"

    def test_the_same_inputs_give_the_same_bytes(self) -> None:
        assert render_document(self.SOURCE, {}, {"a": "x"}) == render_document(self.SOURCE, {}, {"a": "x"})

    def test_qr_code_is_added_when_the_model_forgets_it(self) -> None:
        html = render_html(self.SOURCE, {}, {"a": "x", "lien_portail": "https://exemple.fr/d/1"})
        assert html.count("data:image/svg+xml") == 1
        assert html.endswith("</p></body></html>")

    @pytest.mark.parametrize(
        "balise",
        [
            "<img src='http://127.0.0.1:9/x.png'>",
            "<img src='file:///etc/passwd'>",
            "<link rel='stylesheet' href='https://exemple.fr/x.css'>",
            "<style>@import url(file:///etc/hostname);</style>",
            "<style>body{background:url(ftp://exemple.fr/x)}</style>",
        ],
    )
    def test_nothing_is_loaded(self, balise: str) -> None:
        with pytest.raises(ModelError, match="charger"):
            render_document(
                f"<html lang='fr'><head><title>t</title></head><body>{balise}</body></html>", {}, {}
            )

    def test_a_missing_system_library_is_named(self, tmp_path: Path) -> None:
        """Import fails as it does on a machine without Pango: OSError raised by the package itself."""
        (tmp_path / "weasyprint.py").write_text("raise OSError(\"cannot load library 'libpango-1.0-0'\")")
        essai = (
            "from activities.pdf import render_document, PdfUnavailableError\n"
            "try: render_document('<p>x</p>', {}, {})\n"
            "except PdfUnavailableError as error: print(error)"
        )
        sortie = subprocess.run(
            [sys.executable, "-c", essai],
            env={"PYTHONPATH": f"{tmp_path}:{DOCUMENTS.parent}"},
            capture_output=True,
            text=True,
            check=True,
        )
        assert "apt-get install" in sortie.stdout
