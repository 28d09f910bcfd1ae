"""Dashboards « Courtage », « Sinistres », « Suivi des Aides et Subventions », « Recouvrement » (CRE-03, SIN-22, ASO-02,
ASO-03, REC-31)."""

from __future__ import annotations

from datetime import date

from api.routes.tableaux import claim_of, credit_of, grant_of, loss_of
from rules.tableaux import Part, Periode, production, recouvrements, sinistres, subventions
from tests.api.conftest import Cabinet, ok
from tests.engine.test_metiers import play

ANNEE = Periode(date(2026, 1, 1), date(2027, 12, 31))


def test_what_a_loan_counts_for_from_its_own_story() -> None:
    """An offer accepted, one file lost, one given up."""
    files = [play("credit", name)[0] for name in ("credit_immobilier", "credit_regroupement", "credit_bail")]
    found = production([credit_of(one.program, one.state) for one in files], ANNEE)
    assert (found.total, found.honoraires) == (20_000_000, 180_000)
    assert found.par_banque == (Part("Banque Azur", 1, 20_000_000),)
    assert (found.refuses, found.abandonnes) == (1, 1)


def test_what_a_grant_counts_for_from_its_own_story() -> None:
    files = [
        play("dossier_subvention", f"dossier_subvention_{end}")[0]
        for end in ("obtenue", "rectifiee", "refusee")
    ]
    read = [grant_of(one.program, one.state) for one in files]
    found = subventions(read, ANNEE)
    assert (found.obtenues, found.rectifiees, found.refusees) == (1, 1, 1)
    assert found.vote == sum(one.vote for one in read) > 0
    assert found.paye > 0
    assert all(part.nom for part in (*found.par_financeur, *found.par_domaine))


def test_what_a_claim_counts_for_from_its_own_story() -> None:
    """One paid, one given up with everything still due: that debt is pursued no more."""
    paid, lost = (
        play("recouvrement_amiable", f"recouvrement_amiable_{end}")[0] for end in ("paye", "abandon")
    )
    read = [
        claim_of(nom, one.program, one.state, date(2026, 12, 31))
        for nom, one in (("Aubert", paid), ("Benali", lost))
    ]
    found = recouvrements(read, ANNEE)
    assert (read[0].reste_du, read[0].ouvert) == (0, False)
    assert (read[1].reste_du, read[1].en_retard, read[1].ouvert) == (240_000, 240_000, False)
    assert (found.recupere, found.reglements) == (300_000, 1)
    assert (found.dossiers, found.encours, found.par_client) == (0, 0, ())


def test_what_a_loss_counts_for_from_its_own_story() -> None:
    """SIN-22: number of claims by type of risk, those of provident contracts among them."""
    stories = (
        ("sinistre_dommages", "sinistre_dommages_expertise"),
        ("sinistre_dommages", "sinistre_dommages_refus"),
        ("sinistre_prevoyance", "sinistre_prevoyance_rente"),
    )
    files = [play(modele, scenario)[0] for modele, scenario in stories]
    found = sinistres([loss_of(one.program, one.state) for one in files], ANNEE)
    assert (found.dossiers, found.en_cours, found.clos) == (3, 0, 3)
    assert sum(part.nombre for part in found.par_risque) == 3
    assert "Prévoyance" in {part.nom for part in found.par_risque}
    assert found.indemnise == sum(part.montant for part in found.par_risque) == 540_000
    before = sinistres(
        [loss_of(one.program, one.state) for one in files], Periode(date(2025, 1, 1), date(2025, 12, 31))
    )
    assert (before.dossiers, before.indemnise, before.par_risque) == (0, 0, ())


async def test_an_empty_year_and_a_period_in_disorder(cabinet: Cabinet) -> None:
    for nom in ("courtage", "sinistres", "subventions", "recouvrement"):
        path = f"/api/tableaux/{nom}"
        found = await ok(cabinet.staff.get(f"{path}?debut=2019-01-01"))
        assert (found["debut"], found["fin"], found["dossiers"]) == ("2019-01-01", "2019-12-31", 0)
        assert found["incomplet"] is False
        refused = await cabinet.staff.get(f"{path}?debut=2026-02-01&fin=2026-01-01")
        assert (refused.status_code, refused.json()["code"]) == (422, "periode_invalide")
        assert (await cabinet.client.get(path)).status_code == 403
