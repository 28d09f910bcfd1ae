"""The hiring forms as files: nothing of the specification dropped, and the story's wrong inputs refused."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rules.validation import check_schema, validate_form

FORMS = Path(__file__).parents[2] / "forms"
TODAY = date(2026, 11, 22)
NOMS = sorted(chemin.name.removesuffix(".schema.json") for chemin in FORMS.glob("*.schema.json"))

TITRES_DECLARATION = {
    "Prénom",
    "Nom d'usage",
    "Genre",
    "Date de naissance",
    "Lieu de naissance",
    "Pays de naissance",
    "Nationalité",
    "Email personnel",
    "Téléphone portable personnel",
    "Adresse personnelle",
    "Entité d'appartenance",
    "Service",
    "Fonction",
    "Intitulé du poste",
    "Manager",
    "Email professionnel",
    "Adresse professionnelle",
    "Contrat",
    "Date d'entrée",
    "Date de début",
    "Période d'essai",
    "NIR",
}
"""Labels of the specification, « Formulaire client, champs » and RH-11 to RH-15."""


def lire(nom: str) -> Any:
    return json.loads((FORMS / nom).read_text(encoding="utf-8"))


def champs(schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    trouves = dict(schema.get("properties", {}))
    for condition in schema.get("allOf", []):
        for nom, champ in condition["then"].get("properties", {}).items():
            # A branch may only rename a field.
            trouves[nom] = trouves.get(nom, {}) | champ
    return trouves


DECLARATION = lire("embauche_declaration.schema.json")
SALARIE = lire("embauche_salarie.schema.json")

CDI: dict[str, Any] = {
    "prenom": "Camille",
    "nom_usage": "Durand",
    "date_naissance": "1995-10-03",
    "email_personnel": "camille.durand@exemple.fr",
    "intitule_poste": "Assistante commerciale",
    "adresse_professionnelle": "8 avenue de la Gare, 69100 Villeurbanne",
    "nature_contrat": "cdi",
    "categorie": "employe",
    "date_entree": "2026-12-01",
    "heure_entree": "08:30",
    "temps_travail": "temps_plein",
    "salaire_brut_mensuel": 215000,
}
CDD: dict[str, Any] = {cle: valeur for cle, valeur in CDI.items() if cle != "categorie"} | {
    "nature_contrat": "cdd",
    "motif_cdd": "accroissement_activite",
    "precision_motif": "Commandes de fin d'année",
    "date_fin": "2027-02-14",
}
PERSONNE: dict[str, Any] = {
    "prenom": "Camille",
    "nom_naissance": "Durand",
    "nom_usage": "Durand",
    "genre": "femme",
    "date_naissance": "1995-10-03",
    "lieu_naissance": "Lyon 3e",
    "pays_naissance": "France",
    "nationalite": "Française",
    "nir": "2 95 10 99 126 111 93",
    "email_personnel": "camille.durand@exemple.fr",
    "telephone_portable": "06 12 34 56 78",
    "adresse_personnelle": "12 rue des Lilas, 69003 Lyon",
    "iban": "FR76 3000 6000 0112 3456 7890 189",
}


def errors(schema: dict[str, Any], data: dict[str, Any]) -> dict[str, str]:
    return {error.pointer: error.detail for error in validate_form(schema, data, TODAY)}


@pytest.mark.parametrize("nom", NOMS)
class TestEveryForm:
    def test_schema_is_sound(self, nom: str) -> None:
        check_schema(lire(f"{nom}.schema.json"))

    def test_keys_are_plain_and_fields_have_a_title_and_a_bound(self, nom: str) -> None:
        for cle, champ in champs(lire(f"{nom}.schema.json")).items():
            assert cle.isascii()
            assert cle == cle.lower()
            assert champ["title"]
            assert champ["type"] != "string" or "maxLength" in champ or "enum" in champ

    def test_steps_show_every_field_once(self, nom: str) -> None:
        interface = lire(f"{nom}.ui.json")
        montres = [champ for etape in interface["ui:etapes"] for champ in etape["champs"]]
        assert sorted(montres) == sorted(champs(lire(f"{nom}.schema.json")))
        assert interface["ui:order"] == montres

    def test_labels_of_choices_agree(self, nom: str) -> None:
        interface = lire(f"{nom}.ui.json")
        for cle, champ in champs(lire(f"{nom}.schema.json")).items():
            if "enum" in champ:
                assert list(champ["x-libelles"]) == champ["enum"]
                assert interface[cle]["ui:enumNames"] == list(champ["x-libelles"].values())

    def test_identifiers_are_marked_sensitive(self, nom: str) -> None:
        for champ in champs(lire(f"{nom}.schema.json")).values():
            assert champ.get("x-sensible", False) is (champ.get("format") in {"nir", "iban"})


def test_no_field_of_the_specification_is_dropped() -> None:
    titres = {champ["title"].replace("\u00a0", " ") for champ in champs(DECLARATION).values()}
    assert titres >= TITRES_DECLARATION
    registre = {champ["title"] for champ in champs(lire("embauche_registre.schema.json")).values()}
    assert registre == {"Matricule", "Type", "N° du doc"}


def test_steps_of_the_declaration() -> None:
    etapes = lire("embauche_declaration.ui.json")["ui:etapes"]
    assert [etape["titre"] for etape in etapes] == ["Salarié", "Poste", "Contrat", "Récapitulatif"]


class TestDeclaration:
    @pytest.mark.parametrize("data", [CDI, CDD])
    def test_a_good_one_passes(self, data: dict[str, Any]) -> None:
        assert errors(DECLARATION, data) == {}

    def test_an_empty_one_asks_for_what_is_needed(self) -> None:
        assert set(errors(DECLARATION, {})) == {f"/{nom}" for nom in DECLARATION["required"]}

    def test_hire_date_in_the_past(self) -> None:
        assert errors(DECLARATION, CDI | {"date_entree": "2026-11-20"}) == {
            "/date_entree": "La date d'embauche ne peut pas être dans le passé."
        }

    def test_wrong_nir_key(self) -> None:
        trouves = errors(DECLARATION, CDI | {"nir": "295109912611199"})
        assert list(trouves) == ["/nir"]
        assert "clé" in trouves["/nir"]

    @pytest.mark.parametrize("naissance", ["1895-10-03", "2030-01-01", "1995-02-30", "2015-01-01"])
    def test_impossible_birth_date(self, naissance: str) -> None:
        assert list(errors(DECLARATION, CDI | {"date_naissance": naissance})) == ["/date_naissance"]

    def test_cdd_asks_for_its_motive_and_end(self) -> None:
        data = {cle: valeur for cle, valeur in CDD.items() if cle not in {"motif_cdd", "date_fin"}}
        del data["precision_motif"]
        assert set(errors(DECLARATION, data)) == {"/motif_cdd", "/date_fin"}

    def test_cdd_replacing_someone_names_the_person(self) -> None:
        data = CDD | {"motif_cdd": "remplacement_absence"}
        assert set(errors(DECLARATION, data)) == {"/personne_remplacee", "/precision_motif"}
        del data["precision_motif"]
        assert errors(DECLARATION, data | {"personne_remplacee": "Sarah Petit, vendeuse"}) == {}

    def test_cdd_ends_after_it_starts(self) -> None:
        assert list(errors(DECLARATION, CDD | {"date_fin": "2026-11-30"})) == ["/date_fin"]
        assert list(errors(DECLARATION, CDD | {"date_fin": "2206-11-30"})) == ["/date_fin"]

    def test_motive_is_a_legal_one(self) -> None:
        data = CDD | {"motif_cdd": "essayer_avant_cdi"}
        assert errors(DECLARATION, data)["/motif_cdd"] == "Choisissez une des valeurs proposées."

    def test_cdi_asks_for_its_category_and_knows_no_end(self) -> None:
        data = {cle: valeur for cle, valeur in CDI.items() if cle != "categorie"}
        assert errors(DECLARATION, data) == {"/categorie": "Ce champ est obligatoire."}
        assert list(errors(DECLARATION, CDI | {"date_fin": "2027-01-01"})) == ["/date_fin"]

    def test_part_time_asks_for_its_hours(self) -> None:
        data = CDI | {"temps_travail": "temps_partiel"}
        assert list(errors(DECLARATION, data)) == ["/heures_hebdomadaires"]
        assert errors(DECLARATION, data | {"heures_hebdomadaires": 17.5}) == {}

    @pytest.mark.parametrize("heure", ["8h30", "24:00", "08:60", ""])
    def test_hour_of_entry(self, heure: str) -> None:
        assert list(errors(DECLARATION, CDI | {"heure_entree": heure})) == ["/heure_entree"]

    def test_salary_is_a_whole_number_of_cents(self) -> None:
        assert list(errors(DECLARATION, CDI | {"salaire_brut_mensuel": 2150.5})) == ["/salaire_brut_mensuel"]
        assert list(errors(DECLARATION, CDI | {"salaire_brut_mensuel": 0})) == ["/salaire_brut_mensuel"]

    def test_unknown_field(self) -> None:
        assert list(errors(DECLARATION, CDI | {"admin": True})) == ["/admin"]


class TestSalarie:
    def test_a_good_one_passes(self) -> None:
        assert errors(SALARIE, PERSONNE) == {}

    def test_nir_and_iban_are_required(self) -> None:
        data = {cle: valeur for cle, valeur in PERSONNE.items() if cle not in {"nir", "iban"}}
        assert set(errors(SALARIE, data)) == {"/nir", "/iban"}

    def test_nir_agrees_with_the_person(self) -> None:
        assert list(errors(SALARIE, PERSONNE | {"genre": "homme"})) == ["/nir"]
        assert list(errors(SALARIE, PERSONNE | {"date_naissance": "1995-11-03"})) == ["/nir"]

    def test_wrong_iban(self) -> None:
        assert list(errors(SALARIE, PERSONNE | {"iban": "FR7630006000011234567890188"})) == ["/iban"]
