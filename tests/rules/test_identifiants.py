"""French identifiers: what is accepted, and the sentence for what is not."""

from datetime import date

import pytest

from rules import identifiants


class TestNir:
    @pytest.mark.parametrize(
        "numero",
        ["295109912611193", "2 95 10 99 126 111 93", "253072B07300470", "253072a07300443"],
    )
    def test_accepted(self, numero: str) -> None:
        assert identifiants.verifier_nir(numero) is None

    @pytest.mark.parametrize(
        ("numero", "extrait"),
        [
            ("295109912611199", "clé"),
            ("2951099126111", "15 caractères"),
            ("", "15 caractères"),
            ("253072C07300443", "2A ou 2B"),
            ("29510991261119X", "chiffres"),
            ("995109912611134", "commence par"),
            ("295159912611176", "mois de naissance"),
        ],
    )
    def test_refused_with_its_reason(self, numero: str, extrait: str) -> None:
        raison = identifiants.verifier_nir(numero)
        assert raison is not None
        assert extrait in raison

    def test_coherent_with_the_person(self) -> None:
        nir = "295109912611193"
        assert identifiants.verifier_nir(nir, date_naissance=date(1995, 10, 3), genre="femme") is None
        assert identifiants.verifier_nir(nir, genre="non_precise") is None

    @pytest.mark.parametrize(
        ("naissance", "genre", "extrait"),
        [
            (date(1995, 10, 3), "homme", "genre"),
            (date(1994, 10, 3), "femme", "année"),
            (date(1995, 11, 3), "femme", "mois"),
        ],
    )
    def test_incoherent_with_the_person(self, naissance: date, genre: str, extrait: str) -> None:
        raison = identifiants.verifier_nir("295109912611193", date_naissance=naissance, genre=genre)
        assert raison is not None
        assert extrait in raison

    def test_fictitious_month_says_nothing_about_birth(self) -> None:
        assert identifiants.verifier_nir("295309912611125", date_naissance=date(1995, 1, 1)) is None


class TestIban:
    @pytest.mark.parametrize(
        "iban", ["FR7630006000011234567890189", "FR76 3000 6000 0112 3456 7890 189", "DE89370400440532013000"]
    )
    def test_accepted(self, iban: str) -> None:
        assert identifiants.verifier_iban(iban) is None

    @pytest.mark.parametrize(
        ("iban", "extrait"),
        [
            ("FR7630006000011234567890188", "contrôle"),
            ("FR76 3000 6000", "27 caractères"),
            ("ZZ7630006000011234567890189", "pays"),
            ("bonjour", "deux lettres"),
            ("", "deux lettres"),
            ("FR0630006000011234567890188", "clé RIB"),
        ],
    )
    def test_refused_with_its_reason(self, iban: str, extrait: str) -> None:
        raison = identifiants.verifier_iban(iban)
        assert raison is not None
        assert extrait in raison


class TestSirenSiret:
    def test_accepted(self) -> None:
        assert identifiants.verifier_siren("732829320") is None
        assert identifiants.verifier_siret("732 829 320 00074") is None
        assert identifiants.verifier_siret("35600000049837") is None, "La Poste has its own key"

    @pytest.mark.parametrize(
        ("numero", "extrait"),
        [("73282932000075", "clé"), ("732829320", "14 chiffres"), ("7328293200007A", "chiffres")],
    )
    def test_siret_refused(self, numero: str, extrait: str) -> None:
        raison = identifiants.verifier_siret(numero)
        assert raison is not None
        assert extrait in raison

    def test_siren_refused(self) -> None:
        assert "clé" in (identifiants.verifier_siren("732829321") or "")


class TestTelephone:
    @pytest.mark.parametrize(
        ("saisi", "e164"),
        [
            ("06 12 34 56 78", "+33612345678"),
            ("+33 1 42 68 53 00", "+33142685300"),
            ("0692 12 34 56", "+262692123456"),
            ("+596696123456", "+596696123456"),
        ],
    )
    def test_accepted(self, saisi: str, e164: str) -> None:
        assert identifiants.verifier_telephone_fr(saisi) is None
        assert identifiants.telephone_e164(saisi) == e164

    @pytest.mark.parametrize("saisi", ["", "123", "06 12 34 56 7", "+49 151 12345678", "pas un numéro"])
    def test_refused(self, saisi: str) -> None:
        assert "numéro français" in (identifiants.verifier_telephone_fr(saisi) or "")


class TestEmail:
    @pytest.mark.parametrize(
        "saisi", ["contact@exemple.fr", "o'neil+paie@sous-domaine.exemple.co.uk", "a.b_c@x1.fr"]
    )
    def test_accepted(self, saisi: str) -> None:
        assert identifiants.verifier_email(saisi) is None

    @pytest.mark.parametrize(
        "saisi",
        [
            "",
            "sophie",
            "sophie@exemple",
            "sophie@exemple.fr.",
            "x@y..fr",
            ".x@y.fr",
            "x.@y.fr",
            "x@-y.fr",
            "sophie@exemplé.fr",
            "hélène@exemple.fr",
            "a@b@c.fr",
            "a@b.fr, c@d.fr",
            "<a@b.fr>",
            "a@b.fr\n",
        ],
    )
    def test_refused(self, saisi: str) -> None:
        assert identifiants.verifier_email(saisi) is not None
