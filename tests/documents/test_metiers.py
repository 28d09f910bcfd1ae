"""Documents of recouvrement and of optimisation: what each must say, and that it lays out (REC-15, REC-22, OPT-12)."""

from __future__ import annotations

from typing import Any

import pytest

from activities.pdf import render_document, render_html
from activities.qr import qr_svg_uri
from tests.documents.exemples import COMPTE, modele

RECOUVREMENT = ("mise_en_demeure", "penalites", "plan", "relance", "situation")
ABONNEMENTS = ("mandat", "proposition", "resiliation")


def texte(chemin: str, partials: dict[str, str], contexte: dict[str, Any]) -> str:
    html = render_html(modele(chemin), partials, contexte)
    return html.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize("nom", RECOUVREMENT)
def test_recovery_documents_lay_out(nom: str, partials: dict[str, str], contexte: dict[str, Any]) -> None:
    pdf = render_document(modele(f"recouvrement/{nom}.html.j2"), partials, contexte)
    assert pdf.startswith(b"%PDF")


@pytest.mark.parametrize("nom", ABONNEMENTS)
def test_subscription_documents_lay_out(nom: str, partials: dict[str, str], contexte: dict[str, Any]) -> None:
    pdf = render_document(modele(f"abonnements/{nom}.html.j2"), partials, contexte)
    assert pdf.startswith(b"%PDF")


@pytest.mark.parametrize("nom", ["mise_en_demeure", "penalites", "plan", "relance"])
def test_letters_to_the_debtor_lead_to_the_payment_page(
    nom: str, partials: dict[str, str], contexte: dict[str, Any]
) -> None:
    """They go to someone without an account (REC-28); the creditor's statement leads to the dossier."""
    payer = "https://portail.exemple.fr/payer/abc"
    contexte["lien_paiement"] = payer
    html = render_html(modele(f"recouvrement/{nom}.html.j2"), partials, contexte)
    assert qr_svg_uri(payer) in html and qr_svg_uri(contexte["lien_portail"]) not in html
    assert payer in html and "sur le portail" not in html
    releve = render_html(modele("recouvrement/situation.html.j2"), partials, contexte)
    assert qr_svg_uri(contexte["lien_portail"]) in releve and qr_svg_uri(payer) not in releve


def test_a_formal_notice_says_what_the_law_asks(partials: dict[str, str], contexte: dict[str, Any]) -> None:
    lettre = texte("recouvrement/mise_en_demeure.html.j2", partials, contexte)
    for attendu in (
        "Menuiserie Aubert SARL",
        "Atelier Morel SARL",
        "F-2025-131",
        "Nous vous mettons en demeure de payer",
        "quinze jours",
        "L441-10",
        "indemnité forfaitaire",
        "juridiction compétente",
    ):
        assert attendu in lettre
    # Not due yet: nobody is put on notice for it. Paid late: named for its penalties and its 40 €, not asked again.
    assert "F-2025-160" not in lettre
    assert lettre.count("F-2025-118") == 1
    assert "40 € par facture en retard ou réglée en retard : F-2025-118 (réglée), F-2025-131" in lettre
    assert "factures réglées en retard comprises" in lettre
    assert lettre.count("2 071,03 €") == 2


def test_no_penalty_is_written_where_none_is_claimed(
    partials: dict[str, str], contexte: dict[str, Any]
) -> None:
    contexte["lectures"] = {"compte": COMPTE | {"penalites_reclamees": False, "a_payer": COMPTE["reste_du"]}}
    lettre = texte("recouvrement/relance.html.j2", partials, contexte)
    assert "Pénalités" not in lettre
    assert "Indemnité" not in lettre
    # Nor is an invoice asked for before its day.
    assert "F-2025-160" not in lettre and lettre.count("1 480,00 €") == 2


def test_a_private_debtor_reads_of_legal_interest_only(
    partials: dict[str, str], contexte: dict[str, Any]
) -> None:
    contexte["creance"]["nature_debiteur"] = "particulier"
    lettre = texte("recouvrement/mise_en_demeure.html.j2", partials, contexte)
    assert "L441-10" not in lettre
    assert "1231-6" in lettre


def test_the_statement_says_payments_fees_and_balance(
    partials: dict[str, str], contexte: dict[str, Any]
) -> None:
    releve = texte("recouvrement/situation.html.j2", partials, contexte)
    for attendu in (
        "13 440,50 €",
        "11 000,00 €",
        "2 440,50 €",
        "Commission de 8 %",
        "880,00 €",
        "10 030,00 €",
    ):
        assert attendu in releve
    assert "F-2025-118, F-2025-131" in releve


def test_what_pays_the_penalties_is_not_called_an_overpayment(
    partials: dict[str, str], contexte: dict[str, Any]
) -> None:
    paid = COMPTE["reglements"] + [
        {"recu_le": "2025-09-20", "moyen": "cheque", "montant": 21_975, "garde": 21_975, "imputation": ""}
    ]
    for overpaid, wording in ((0, "Pénalités et indemnités"), (21_975, "Trop-perçu")):
        contexte["lectures"] = {"compte": COMPTE | {"reglements": paid, "trop_percu": overpaid}}
        releve = texte("recouvrement/situation.html.j2", partials, contexte)
        assert f"<td>{wording}</td>" in releve


def test_what_was_given_back_is_on_the_statement(partials: dict[str, str], contexte: dict[str, Any]) -> None:
    """REC-22: taken off what is recovered, under its own words."""
    paid = COMPTE["reglements"] + [
        {"recu_le": "2025-09-20", "moyen": "cheque", "montant": 21_975, "garde": 0, "imputation": ""},
        {
            "recu_le": "2025-09-22",
            "moyen": "virement",
            "montant": -21_975,
            "garde": 0,
            "imputation": "Rendu au débiteur",
        },
    ]
    contexte["lectures"] = {"compte": COMPTE | {"reglements": paid}}
    releve = texte("recouvrement/situation.html.j2", partials, contexte)
    assert "<td>Trop-perçu</td>" in releve and "<td>Rendu au débiteur</td>" in releve
    assert "-219,75 €" in releve.replace("\N{NO-BREAK SPACE}", " ")


def test_a_table_that_stops_is_named_on_the_statement(
    partials: dict[str, str], contexte: dict[str, Any]
) -> None:
    contexte["lectures"] = {
        "compte": COMPTE | {"penalites": None, "refus": "La table X ne donne pas de valeur."}
    }
    releve = texte("recouvrement/situation.html.j2", partials, contexte)
    assert "non calculées" in releve
    assert "La table X" in releve


def test_the_proposal_shows_the_810_euros_and_the_global_saving(
    partials: dict[str, str], contexte: dict[str, Any]
) -> None:
    proposition = texte("abonnements/proposition.html.j2", partials, contexte)
    for attendu in (
        "5 120,00 €",
        "4 310,00 €",
        "810,00 €",
        "0,21 €",
        "930,00 €",
        "ÉCONOMIE ANNUELLE",
        "totale",
    ):
        assert attendu in proposition


def test_energy_is_never_terminated_before_the_change(
    partials: dict[str, str], contexte: dict[str, Any]
) -> None:
    assert "L224-14" in texte("abonnements/resiliation.html.j2", partials, contexte)
    contexte["offre"] |= {"type": "internet"}
    assert "L224-39" in texte("abonnements/resiliation.html.j2", partials, contexte)
