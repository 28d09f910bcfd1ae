"""Documents of the démarches written as files only: what each says, on the data of the scenarios that produce them."""

from __future__ import annotations

from functools import cache
from typing import Any

from activities.pdf import render_html
from tests.documents.exemples import DOCUMENTS, modele
from tests.documents.scenarios import documents
from tests.documents.test_pdf import PLAYED

SCENARIOS = {
    "sortie_salarie": ("rupture_conventionnelle", "faute_lourde", "fin_de_cdd"),
    "arret_travail": ("court", "prolonge"),
    "accident_travail": ("avec_arret", "enquete"),
    "audit_organisationnel": ("complet",),
    "dossier_subvention": ("obtenue", "rectifiee"),
    "sinistre_dommages": ("expertise", "refus", "catastrophe"),
    "sinistre_prevoyance": ("rente", "refus"),
    "dettes": ("plan", "surendettement"),
    "credit": ("immobilier", "professionnel", "regroupement", "createur", "bail"),
}
Produced = dict[tuple[str, str], tuple[str, dict[str, Any]]]
"""Source of each document and what it is given, by « scenario » and document."""


@cache
def produced() -> Produced:
    return {key: made for cle, names in SCENARIOS.items() for key, made in documents(cle, names)}


def _texte(scenario: str, document: str, partials: dict[str, str], contexte: dict[str, Any]) -> str:
    source, data = produced()[scenario, document]
    html = render_html(modele(source), partials, {**contexte, **data})
    return html.replace("\u00a0", " ").replace("\u202f", " ")


def test_every_document_of_these_demarches_is_produced_by_a_scenario() -> None:
    made = {source for source, _ in produced().values()}
    assert {
        chemin.relative_to(DOCUMENTS).as_posix()
        for folder in PLAYED - {"exports"}
        for chemin in (DOCUMENTS / folder).glob("*.html.j2")
        if not chemin.name.startswith("_")
    } <= made


def test_a_work_certificate_says_portability(partials: dict[str, str], contexte: dict[str, Any]) -> None:
    """C. trav. D1234-6, CSS L911-8."""
    certificat = _texte("sortie_salarie_rupture_conventionnelle", "certificat", partials, contexte)
    for attendu in (
        "2 janvier 2023",
        "31 décembre 2026",
        "Vendeuse",
        "12 mois",
        "31 décembre 2027",
        "L911-8",
    ):
        assert attendu in certificat
    assert "L911-8" not in _texte("sortie_salarie_faute_lourde", "certificat", partials, contexte)


def test_a_receipt_lists_every_sum(partials: dict[str, str], contexte: dict[str, Any]) -> None:
    """C. trav. L1234-20, D1234-7: inventory, two copies, six months. A deduction lowers the total."""
    recu = _texte("sortie_salarie_rupture_conventionnelle", "solde", partials, contexte)
    assert "deux exemplaires" in recu
    assert "six mois" in recu
    for attendu in ("1 800,00 €", "960,00 €", "− 200,00 €", "2 560,00 €"):
        assert attendu in recu


def test_an_employer_of_eleven_sends_electronically(
    partials: dict[str, str], contexte: dict[str, Any]
) -> None:
    assert "R1234-9" in _texte("sortie_salarie_fin_de_cdd", "attestation", partials, contexte)
    assert "R1234-9" not in _texte("sortie_salarie_faute_lourde", "attestation", partials, contexte)


def test_a_salary_statement(partials: dict[str, str], contexte: dict[str, Any]) -> None:
    """RH-24: period, waiting days, reference salaries."""
    attestation = _texte("arret_travail_court", "attestation", partials, contexte)
    for attendu in ("12 jours", "26/11/2026", "30/11/2026", "Octobre 2026", "2 210,00 €", "à l’employeur"):
        assert attendu in attestation
    assert "Maintien légal" not in _texte("arret_travail_prolonge", "attestation", partials, contexte)


def test_an_accident_and_its_reservations(partials: dict[str, str], contexte: dict[str, Any]) -> None:
    declaration = _texte("accident_travail_avec_arret", "declaration", partials, contexte)
    for attendu in ("Main gauche", "10 h 15", "Paul Lemaire", "21/12/2026"):
        assert attendu in declaration
    reserves = _texte("accident_travail_enquete", "reserves", partials, contexte)
    assert "R441-6" in reserves
    assert "alarme activée" in reserves


def test_an_audit_report_names_nobody_met(partials: dict[str, str], contexte: dict[str, Any]) -> None:
    rapport = _texte("audit_organisationnel_complet", "rapport", partials, contexte)
    assert "Trois circuits de commande" in rapport
    assert "Un cahier de commandes unique" in rapport
    assert "Anne Martin" not in rapport
    assert "Porte tout" not in rapport


def test_a_grant_application_shows_two_balanced_columns(
    partials: dict[str, str], contexte: dict[str, Any]
) -> None:
    """CRA-06, CRA-07."""
    dossier = _texte("dossier_subvention_obtenue", "dossier", partials, contexte)
    assert dossier.count("50 000,00 €") >= 3
    assert "Ressources qui manquent" not in dossier
    assert "30 000,00 €" in _texte("dossier_subvention_obtenue", "compte_rendu", partials, contexte)


def test_the_mandate_to_look_for_a_loan(partials: dict[str, str], contexte: dict[str, Any]) -> None:
    """CRE-21; nothing may be paid before the loan (CMF, L519-6)."""
    said = _texte("credit_immobilier", "mandat", partials, contexte)
    for expected in (
        "Mandat de Recherche",
        "12 rue des Lilas, Lyon",
        "1 800,00 €",
        "6 mois",
        "Aucun versement",
    ):
        assert expected in said
    assert "sans honoraires" in _texte("credit_regroupement", "mandat", partials, contexte)


def test_the_file_that_banks_read(partials: dict[str, str], contexte: dict[str, Any]) -> None:
    said = _texte("credit_immobilier", "dossier", partials, contexte)
    for expected in ("Inès Martel", "205 000,00 €", "20 000,00 €"):
        assert expected in said
    assert "Les Amis du Lac" in _texte("credit_professionnel", "dossier", partials, contexte)
    said = _texte("credit_createur", "dossier", partials, contexte)
    assert "Création d’entreprise" in said and "62 000,00 €" in said and "SIREN" not in said
