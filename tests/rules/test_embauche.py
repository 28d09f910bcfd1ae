"""Hiring law: every worked example of the business rules, section 4, and the edges of each article."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import embauche
from rules.delais import Unite
from rules.embauche import Auteur, Categorie, Duree, Nature
from rules.erreurs import DonneeIncoherenteError, RegleError

ENTREE = date(2026, 12, 1)


class TestDpae:
    def test_window_opens_eight_days_before(self) -> None:
        assert embauche.ouverture_dpae(ENTREE) == date(2026, 11, 23)
        assert embauche.limite_dpae(ENTREE) == ENTREE

    def test_prudent_day_and_last_day_to_post_it(self) -> None:
        assert embauche.veille_ouvree(ENTREE) == date(2026, 11, 30)
        assert embauche.veille_ouvree(date(2026, 11, 12)) == date(2026, 11, 10)
        assert embauche.limite_dpae_par_courrier(date(2026, 11, 23)) == date(2026, 11, 21)


class TestRemiseDuContrat:
    @pytest.mark.parametrize(
        ("entree", "limite"),
        [(date(2026, 11, 10), date(2026, 11, 13)), (date(2026, 11, 6), date(2026, 11, 9))],
    )
    @pytest.mark.parametrize("nature", [Nature.CDD, Nature.INTERIM])
    def test_two_jours_ouvrables(self, nature: Nature, entree: date, limite: date) -> None:
        assert embauche.limite_remise_contrat(nature, entree) == limite

    def test_information_for_a_cdi(self) -> None:
        assert embauche.limite_remise_contrat(Nature.CDI, ENTREE) == date(2026, 12, 8)
        assert embauche.limite_informations_complementaires(ENTREE) == date(2027, 1, 1)


class TestVisite:
    def test_before_three_months(self) -> None:
        assert embauche.limite_visite(ENTREE) == date(2027, 3, 1)

    @pytest.mark.parametrize(
        ("naissance", "nuit", "renforce", "avant"),
        [
            (date(1990, 5, 4), False, False, False),
            (date(1990, 5, 4), True, False, True),
            (date(1990, 5, 4), False, True, True),
            (date(2008, 12, 2), False, False, True),
            (date(2008, 12, 1), False, False, False),
        ],
    )
    def test_before_the_first_day(self, naissance: date, nuit: bool, renforce: bool, avant: bool) -> None:
        resultat = embauche.visite_avant_affectation(
            naissance, ENTREE, travail_de_nuit=nuit, suivi_renforce=renforce
        )
        assert resultat is avant


class TestEssaiCdi:
    @pytest.mark.parametrize(
        ("categorie", "fin", "fin_renouvelee"),
        [
            (Categorie.OUVRIER, date(2027, 1, 31), date(2027, 3, 31)),
            (Categorie.EMPLOYE, date(2027, 1, 31), date(2027, 3, 31)),
            (Categorie.TECHNICIEN, date(2027, 2, 28), date(2027, 5, 31)),
            (Categorie.AGENT_DE_MAITRISE, date(2027, 2, 28), date(2027, 5, 31)),
            (Categorie.CADRE, date(2027, 3, 31), date(2027, 7, 31)),
        ],
    )
    def test_by_category(self, categorie: Categorie, fin: date, fin_renouvelee: date) -> None:
        assert embauche.fin_periode_essai(Nature.CDI, categorie, ENTREE, None) == fin
        assert embauche.fin_essai_cdi_renouvele(categorie, ENTREE) == fin_renouvelee

    def test_category_is_required(self) -> None:
        with pytest.raises(DonneeIncoherenteError, match="catégorie"):
            embauche.fin_periode_essai(Nature.CDI, None, ENTREE, None)


class TestEssaiCdd:
    def test_ten_weeks_give_ten_days(self) -> None:
        debut = date(2026, 12, 7)
        fin = debut + timedelta(weeks=10, days=-1)
        assert embauche.fin_essai_cdd(debut, fin) == date(2026, 12, 16)

    def test_a_last_week_that_stops_on_friday_counts(self) -> None:
        assert embauche.semaines_de_contrat(date(2026, 12, 7), date(2027, 2, 12)) == 10
        assert embauche.semaines_de_contrat(date(2026, 12, 7), date(2027, 2, 13)) == 10
        assert embauche.semaines_de_contrat(date(2026, 12, 7), date(2027, 2, 11)) == 9

    def test_up_to_six_months_two_weeks_at_most(self) -> None:
        assert embauche.fin_essai_cdd(ENTREE, date(2027, 5, 31)) == date(2026, 12, 14)

    def test_beyond_six_months_one_month_at_most(self) -> None:
        assert embauche.fin_essai_cdd(ENTREE, date(2027, 11, 30)) == date(2026, 12, 31)

    def test_just_beyond_six_months_one_day_a_week(self) -> None:
        # 26 whole weeks: the weekly rule is stricter than the month.
        assert embauche.fin_essai_cdd(ENTREE, date(2027, 6, 1)) == ENTREE + timedelta(days=25)

    def test_less_than_a_week_gives_no_trial(self) -> None:
        assert embauche.fin_essai_cdd(date(2026, 12, 7), date(2026, 12, 9)) == date(2026, 12, 6)

    def test_end_date_is_required_and_follows_the_start(self) -> None:
        with pytest.raises(DonneeIncoherenteError, match="date de fin"):
            embauche.fin_periode_essai(Nature.CDD, None, ENTREE, None)
        with pytest.raises(DonneeIncoherenteError):
            embauche.fin_essai_cdd(ENTREE, date(2026, 11, 30))


class TestEssaiInterim:
    @pytest.mark.parametrize(
        ("fin", "dernier_jour"),
        [
            (date(2026, 12, 31), date(2026, 12, 2)),
            (date(2027, 1, 1), date(2026, 12, 3)),
            (date(2027, 1, 31), date(2026, 12, 3)),
            (date(2027, 2, 1), date(2026, 12, 5)),
        ],
    )
    def test_two_three_or_five_days(self, fin: date, dernier_jour: date) -> None:
        assert embauche.fin_periode_essai(Nature.INTERIM, None, ENTREE, fin) == dernier_jour


class TestPrevenance:
    @pytest.mark.parametrize(
        ("rupture", "employeur", "salarie"),
        [
            (date(2026, 12, 1), Duree(1, Unite.JOURS), Duree(1, Unite.JOURS)),
            (date(2026, 12, 7), Duree(1, Unite.JOURS), Duree(1, Unite.JOURS)),
            (date(2026, 12, 8), Duree(2, Unite.JOURS), Duree(2, Unite.JOURS)),
            (date(2026, 12, 31), Duree(2, Unite.JOURS), Duree(2, Unite.JOURS)),
            (date(2027, 1, 1), Duree(2, Unite.SEMAINES), Duree(2, Unite.JOURS)),
            (date(2027, 2, 28), Duree(2, Unite.SEMAINES), Duree(2, Unite.JOURS)),
            (date(2027, 3, 1), Duree(1, Unite.MOIS), Duree(2, Unite.JOURS)),
        ],
    )
    def test_by_presence(self, rupture: date, employeur: Duree, salarie: Duree) -> None:
        assert embauche.prevenance(ENTREE, rupture, Auteur.EMPLOYEUR) == employeur
        assert embauche.prevenance(ENTREE, rupture, Auteur.SALARIE) == salarie

    def test_before_the_hire_is_refused(self) -> None:
        with pytest.raises(RegleError):
            embauche.prevenance(ENTREE, date(2026, 11, 30), Auteur.EMPLOYEUR)

    def test_end_of_notice(self) -> None:
        assert embauche.fin_de_prevenance(ENTREE, date(2027, 1, 10), Auteur.EMPLOYEUR) == date(2027, 1, 24)

    def test_last_day_to_end_the_trial_of_a_manager(self) -> None:
        # From 1 March the notice is one month and would run past 31 March.
        assert embauche.derniere_date_de_rupture(ENTREE, date(2027, 3, 31)) == date(2027, 2, 28)

    def test_last_day_to_end_the_trial_of_an_employee(self) -> None:
        assert embauche.derniere_date_de_rupture(ENTREE, date(2027, 1, 31)) == date(2027, 1, 17)

    def test_a_trial_too_short_for_any_notice(self) -> None:
        assert embauche.derniere_date_de_rupture(ENTREE, ENTREE) == ENTREE
        assert embauche.derniere_date_de_rupture(ENTREE, date(2026, 11, 30)) == ENTREE

    @given(st.dates(date(2020, 1, 1), date(2090, 1, 1)), st.integers(1, 250))
    def test_notice_never_prolongs_the_trial(self, debut: date, duree: int) -> None:
        fin = debut + timedelta(days=duree)
        dernier = embauche.derniere_date_de_rupture(debut, fin)
        assert debut <= dernier <= fin
        if dernier > debut:
            assert embauche.fin_de_prevenance(debut, dernier, Auteur.EMPLOYEUR) <= fin


@given(st.dates(date(2020, 1, 1), date(2090, 1, 1)), st.integers(0, 1200))
def test_trial_of_a_cdd_stays_within_the_law(debut: date, duree: int) -> None:
    fin = debut + timedelta(days=duree)
    essai = (embauche.fin_essai_cdd(debut, fin) - debut).days + 1
    assert 0 <= essai <= 31
    assert essai <= (duree + 1 + 2) // 7
