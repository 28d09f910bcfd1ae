"""Every document proofread on the data of its scenarios: no hole, no raw value, no page signed alone."""

from __future__ import annotations

import io
from html import escape
from typing import Any

import pikepdf
import pytest

from activities.mail import render_mail
from activities.pdf import render_document, render_html
from tests.documents.exemples import DOCUMENTS, modele
from tests.documents.lecture import pages
from tests.documents.relecture import faults, signed_alone
from tests.documents.scenarios import asked, documents
from tests.documents.test_pdf import PLAYED
from tests.documents.test_sans_python import Produced, produced

OTHERS = {
    "embauche": ("cdi", "retards"),
    "recouvrement": ("particulier", "plan", "judiciaire", "pieces_tardives", "penalites_abandonnees"),
    "recouvrement_amiable": ("lent", "plan_non_tenu", "paye"),
    "optimisation_abonnements": ("globale", "ajustement", "nouvelle_analyse"),
}
ALL: Produced = produced() | {
    key: made for cle, names in OTHERS.items() for key, made in documents(cle, names)
}


@pytest.mark.parametrize("key", sorted(ALL), ids=lambda key: "-".join(key))
def test_every_document_is_proofread(
    key: tuple[str, str], partials: dict[str, str], contexte: dict[str, Any]
) -> None:
    source, data = ALL[key]
    told = {**contexte, "lien_paiement": "https://portail.exemple.fr/payer/abc", **data}
    html = render_html(modele(source), partials, told)
    assert faults(html) == []
    assert html.count("data:image/svg+xml;base64,") == 1, "the QR code of the dossier"
    written = render_document(modele(source), partials, told)
    assert not signed_alone(html, pages(written))
    with pikepdf.open(io.BytesIO(written)) as pdf:
        assert str(pdf.Root.Lang) == "fr"
        assert contexte["reference_dossier"] in str(pdf.docinfo["/Title"])
        assert bool(pdf.Root.MarkInfo.Marked), "tagged for screen readers"


def test_none_is_left_out() -> None:
    """Those of the folders whose documents are laid out on an example only are proofread there."""
    made = {source for source, _ in ALL.values()}
    shipped = {
        path.relative_to(DOCUMENTS).as_posix()
        for path in DOCUMENTS.glob("*/*.html.j2")
        if not path.name.startswith("_") and path.parent.name != "exports"
    }
    assert shipped - made == {"commun/lettre.html.j2", "embauche/synthese.html.j2"}
    assert not {path for path in made if path.partition("/")[0] in PLAYED} - shipped


@pytest.mark.parametrize(
    ("html", "kind"),
    [
        ("<p>né le None</p>", "une valeur absente est imprimée"),
        ("<td>le 2026-03-12</td>", "une date n’est pas en français"),
        ("<td>1234.5 €</td>", "un montant n’est pas en français"),
        ("<td>123450 €</td>", "un montant n’est pas en français"),
        ("<h2>Témoins</h2>\n<h2>Suites</h2><p>Aucune.</p>", "un titre ne titre rien"),
        ('<h2>Suites</h2>\n<div class="signatures">', "un titre ne titre rien"),
        ("<p> </p>", "un élément est vide"),
        ("<table><tbody>\n</tbody></table>", "un élément est vide"),
        ("<li>Référence\u00a0: </li>", "un libellé n’a pas de valeur"),
        ("<p>Pour la raison suivante\u00a0:</p></div>", "un libellé n’a pas de valeur"),
        ("<p>Atelier Morel · </p>", "un séparateur ne sépare rien"),
        ("<p>demeurant , à Lyon</p>", "un séparateur ne sépare rien"),
    ],
)
def test_the_check_itself(html: str, kind: str) -> None:
    assert [each.partition(" : ")[0] for each in faults(html)] == [kind]


def test_what_is_well_written_passes() -> None:
    html = (
        "<h2>Sommes</h2><p>Vous devez\u00a0:</p>\n<table><tbody><tr><td>Facture</td><td></td>"
        "<td>1\u00a0234,50\u00a0€</td></tr></tbody></table><p>Le 12/03/2026 · dossier EMB-2026-0012</p>"
    )
    assert faults(html) == []


def test_a_page_signed_alone_is_seen() -> None:
    html = (
        '<footer>Dossier 12</footer><p>Le mandat dure six mois.</p><div class="signatures">Le mandant</div>'
    )
    assert signed_alone(html, ["Le mandat dure six mois. Dossier 12", "Le mandant Dossier 12 Page 2 / 2"])
    assert not signed_alone(html, ["Le mandat", "dure six mois. Le mandant Dossier 12 Page 2 / 2"])
    assert not signed_alone(html, ["Le mandant Dossier 12 Page 1 / 1"])


@pytest.mark.parametrize("count", [14, 16, 18, 20, 26])
def test_a_long_table_says_its_total_once_under_a_line(
    count: int, partials: dict[str, str], contexte: dict[str, Any]
) -> None:
    """A formal notice for many invoices: a total repeated at each foot would be read as that of the page."""
    source, data = ALL["recouvrement_judiciaire", "mise_en_demeure"]
    compte = data["lectures"]["compte"]
    data = data | {"lectures": {"compte": compte | {"factures": compte["factures"] * count}}}
    written = pages(render_document(modele(source), partials, {**contexte, **data}))
    [total] = [page for page in written if "Total à régler" in page]
    assert " ".join(written).count("Total à régler") == 1
    assert "F-2025-090" in total
    assert all("Échéance" in page for page in written if "F-2025-090" in page)


RECIPIENT = {"prenom": "Camille", "lien_acces": "https://portail.exemple.fr/lien/abc"}
LATE = {
    "accident_travail": ("retards",),
    "arret_travail": ("retards",),
    "dossier_subvention": ("retards", "silence"),
    "sinistre_dommages": ("retards",),
    "sinistre_prevoyance": ("retards",),
    "sortie_salarie": ("silence",),
}
"""Scenarios in which people are reminded again and again."""


def test_mails_are_proofread_and_true_on_the_day_they_leave(contexte: dict[str, Any]) -> None:
    """A reminder may leave after the day by which it was expected: it does not ask for anything « avant » that day."""
    late = set()
    for cle, names in LATE.items():
        for _, bundle, step, params in asked(cle, names, "courriel"):
            model, told = (
                params["model"],
                {"titre_demarche": step.state.titre, "pieces": []} | params["variables"],
            )
            mail = render_mail(bundle.mails[model], bundle.mails, {**contexte, **RECIPIENT, **told})
            paragraphs = "".join(f"<p>{escape(each)}</p>" for each in mail.text.split("\n\n"))
            assert not [each for each in faults(paragraphs) if not each.startswith("un libellé")], model
            due = told.get("echeance")
            if due is not None and str(due)[:10] < step.at.date().isoformat():
                late.add(model)
                assert " avant" not in mail.text, model
    assert late == {"action_demandee", "relance_pieces", "tache_assignee"}
