"""What readers are shown of the modèle's own: tabs, figures, column of the board, badge, pack, outside events."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from store.projection import demarche_row
from tests.engine.monde import CLIENT_ID, USERS, Monde, program_of
from workflows.engine.view import DemarcheView, Reader, view
from workflows.engine.view.fields import field_view
from workflows.engine.view.paths import properties_of, titled
from workflows.engine.waiting import waits

ABONNEMENT = Path(__file__).parents[2] / "forms" / "optimisation_abonnement.schema.json"
MODELE: dict[str, Any] = {
    "modele": "essai",
    "titre": "Essai",
    "categorie": "test",
    "reference": "ESS",
    "clients": ["entreprise"],
    "nom": '"Essai"',
    "prix": {"pack": "Pack Sérénité"},
    "roles": {
        "conseiller": {"libelle": "Conseiller", "cote": "cabinet"},
        "manager": {"libelle": "Manager", "cote": "client"},
        "banque": {"libelle": "Banque", "cote": "tiers"},
    },
    "formulaires": {"fiche": "fiche"},
    "collections": {
        "factures": {
            "libelle": "Factures",
            "singulier": "facture",
            "formulaire": "facture",
            "nom": "ligne.numero",
        }
    },
    "colonnes": {"instruction": "Instruction", "clos": "Clos"},
    "onglets": [
        {
            "cle": "creances",
            "libelle": "Créances",
            "si": "size(factures) > 0",
            "collections": ["factures"],
            "calculs": ["part", "total", "duree", "reliquat"],
            "voient": ["manager"],
        },
        {"cle": "interne", "libelle": "Interne", "si": "fiche.suivi", "formulaires": ["fiche"]},
    ],
    "calculs": {
        "part": {"valeur": "20 + 5", "format": "pourcentage"},
        "total": {"valeur": "somme(factures.map(f, f.montant))", "format": "montant", "libelle": "Total dû"},
        "duree": {"valeur": "12 * 2", "unite": "mois"},
        "reliquat": {"valeur": "size(factures) - 1", "si": "size(factures) > 1"},
    },
    "compteurs": [
        {
            "cle": "du",
            "libelle": "Dû",
            "valeur": "somme(factures.map(f, f.montant))",
            "format": "montant",
            "voient": ["manager"],
        },
        {"cle": "tard", "libelle": "Plus tard", "valeur": "fiche.nombre"},
    ],
    "etapes": [
        {
            "cle": "a",
            "titre": "A",
            "terminee": "manuelle",
            "colonne": "instruction",
            "badge_client": {"libelle": "En cours d'étude", "couleur": "ambre"},
            "evenements": [
                {"cle": "vu", "titre": "Vu", "a_faire": "Voir", "de": "banque"},
                {"cle": "cache", "titre": "Caché", "de": "banque", "visible_client": False},
            ],
        },
        {"cle": "cote", "titre": "À côté", "non_bloquante": True, "terminee": "manuelle"},
        {"cle": "b", "titre": "B", "terminee": "manuelle"},
        {
            "cle": "c",
            "titre": "C",
            "colonne": "clos",
            "terminee": "manuelle",
            "evenements": [{"cle": "loin", "titre": "Loin", "de": "banque"}],
        },
    ],
}
FORMS: dict[str, Any] = {
    "fiche": {
        "type": "object",
        "properties": {"suivi": {"type": "boolean"}, "nombre": {"type": "integer"}},
        "required": ["suivi", "nombre"],
    }
}
LINES: dict[str, Any] = {
    "factures": {
        "type": "object",
        "properties": {"numero": {"type": "string"}, "montant": {"type": "integer"}},
        "required": ["numero", "montant"],
    }
}
STAFF = Reader(kind="staff", id=USERS["conseiller"])
CLIENT = Reader(kind="client", id=CLIENT_ID)


def monde() -> Monde:
    made = Monde(program_of(MODELE, FORMS, LINES))
    made.open()
    return made


def seen(made: Monde, reader: Reader = STAFF) -> DemarcheView:
    return view(made.program, made.state, reader)


def test_tabs_come_when_their_condition_can_be_told_and_holds() -> None:
    made = monde()
    assert seen(made).onglets == ()
    made.send("AddLigne", collection="factures", donnees={"numero": "F1", "montant": 1200})
    assert [tab.cle for tab in seen(made).onglets] == ["creances"]
    assert seen(made).onglets[0].collections == ("factures",)
    assert [tab.cle for tab in seen(made, CLIENT).onglets] == ["creances"]


def test_calculations_of_a_tab_say_how_they_are_shown() -> None:
    made = monde()
    made.send("AddLigne", collection="factures", donnees={"numero": "F1", "montant": 1200})
    (tab,) = seen(made).onglets
    assert [(c.libelle, c.valeur, c.format, c.unite) for c in tab.calculs] == [
        ("Part", 25, "pourcentage", None),
        ("Total dû", 1200, "montant", None),
        ("Duree", 24, "nombre", "mois"),
    ]
    made.send("AddLigne", collection="factures", donnees={"numero": "F2", "montant": 300})
    assert [c.libelle for c in seen(made).onglets[0].calculs] == ["Part", "Total dû", "Duree", "Reliquat"]


def test_figures_are_computed_when_read_and_empty_when_unknown() -> None:
    made = monde()
    made.send("AddLigne", collection="factures", donnees={"numero": "F1", "montant": 1200})
    made.send("AddLigne", collection="factures", donnees={"numero": "F2", "montant": 300})
    assert [(c.cle, c.valeur, c.format) for c in seen(made).chiffres] == [
        ("du", 1500, "montant"),
        ("tard", None, "nombre"),
    ]
    assert [c.cle for c in seen(made, CLIENT).chiffres] == ["du"]


def test_the_column_stays_where_it_was_and_the_badge_goes_with_its_etape() -> None:
    made = monde()
    first, own = seen(made), seen(made, CLIENT)
    assert first.colonne is not None and first.colonne.libelle == "Instruction"
    assert own.colonne is None and own.badge is not None and own.badge.libelle == "En cours d'étude"
    assert own.etapes[0].badge == own.badge
    for cle in ("vu", "cache"):
        made.send("RecordEvenement", evenement=cle)
    made.send("ValidateEtape", etape="a")
    after = seen(made)
    assert after.etape_rang == 3, "an étape beside is not where the démarche stands"
    assert after.badge is None and after.colonne is not None and after.colonne.cle == "instruction"
    made.send("ValidateEtape", etape="b")
    last = seen(made)
    assert last.colonne is not None and last.colonne.cle == "clos"


def test_a_list_counts_the_etapes_as_the_client_sees_them() -> None:
    """An étape kept from the client is not counted, in their list as in the démarche."""
    hidden = [etape | {"visible": etape["cle"] != "cote"} for etape in MODELE["etapes"]]
    made = Monde(program_of(MODELE | {"etapes": hidden}, FORMS, LINES))
    made.open()
    for cle in ("vu", "cache"):
        made.send("RecordEvenement", evenement=cle)
    made.send("ValidateEtape", etape="a")
    own = seen(made, CLIENT)
    row = demarche_row(made.program, made.state, made.state.opened_at, waits(made.program, made.state))
    assert (row["etape_rang"], row["etapes_total"]) == (own.etape_rang, own.etapes_total) == (2, 3)
    assert seen(made).etapes_total == 4


def test_nobody_is_told_of_what_the_answers_already_rule_out() -> None:
    """Until the form that its condition reads is filled, an étape may come; answered, it is known that it will not."""
    etapes = [
        etape
        | ({"formulaires": [{"nom": "fiche", "par": "conseiller"}]} if etape["cle"] == "a" else {})
        | ({"si": "fiche.suivi"} if etape["cle"] == "b" else {})
        | ({"si": "size(factures) > 0"} if etape["cle"] == "c" else {})
        for etape in MODELE["etapes"]
    ]
    made = Monde(program_of(MODELE | {"etapes": etapes}, FORMS, LINES))
    made.open()
    assert [etape.cle for etape in seen(made, CLIENT).etapes] == ["a", "cote", "b", "c"]
    made.send("SubmitForm", formulaire="fiche", donnees={"suivi": False, "nombre": 1})
    own = seen(made, CLIENT)
    # Lines may still be added: « c » may come.
    assert [etape.cle for etape in own.etapes] == ["a", "cote", "c"]
    row = demarche_row(made.program, made.state, made.state.opened_at, waits(made.program, made.state))
    assert row["etapes_total"] == own.etapes_total == 3
    assert [etape.cle for etape in seen(made).etapes] == ["a", "cote", "c"]


def test_the_date_watched_is_told_as_long_as_it_is_ahead_and_the_demarche_open() -> None:
    fiche = FORMS["fiche"]["properties"] | {"echeance": {"type": "string", "format": "date"}}
    forms = {"fiche": FORMS["fiche"] | {"properties": fiche}}
    etapes = [{**MODELE["etapes"][2], "formulaires": [{"nom": "fiche", "par": "conseiller"}]}]
    kept = {key: value for key, value in MODELE.items() if key not in ("colonnes", "onglets", "compteurs")}
    made = Monde(program_of(kept | {"surveille": "fiche.echeance", "etapes": etapes}, forms, LINES))
    made.open()

    def told(day: date | None) -> date | None:
        return view(made.program, made.state, CLIENT, day).prochaine_echeance

    due = date(2026, 12, 1)
    assert told(due) is None, "not known yet"
    made.send("SubmitForm", formulaire="fiche", donnees={"suivi": True, "nombre": 1, "echeance": str(due)})
    assert (told(None), told(due), told(date(2026, 12, 2))) == (due, due, None)
    made.send("ValidateEtape", etape="b")
    assert made.state.cycle == "terminee"
    assert told(due) is None


def test_the_pack_takes_the_place_of_a_price() -> None:
    own = seen(monde(), CLIENT)
    assert (own.prix, own.prix_pack) == (None, "Pack Sérénité")


def test_outside_events_are_recorded_by_the_firm_and_read_by_those_who_may() -> None:
    made = monde()
    assert [(e.cle, e.statut, e.enregistrable) for e in seen(made).evenements] == [
        ("vu", "attendu", True),
        ("cache", "attendu", True),
        ("loin", "a_venir", True),
    ]
    assert [(e.cle, e.enregistrable) for e in seen(made, CLIENT).evenements] == [("vu", False)]
    assert [w.label for w in seen(made, CLIENT).attentes] == ["Voir"], "told as something to do"
    assert seen(made, CLIENT).turn == "tiers"
    made.send("RecordEvenement", evenement="vu", survenu_le="2026-03-01")
    known = seen(made, CLIENT).evenements[0]
    assert (known.statut, str(known.survenu_le), known.par) == ("recu", "2026-03-01", "Claire Conseil")


def test_failures_of_a_document_do_not_pile_up() -> None:
    """One that was asked for again is of no more use; the client never sees any."""
    documents = {"releve": {"titre": "Relevé", "modele": "releve.html", "visible": ["titulaire"]}}
    made = Monde(program_of(MODELE | {"documents": documents}, FORMS, LINES))
    made.open()
    for _ in range(2):
        made.send("GenerateDocument", document="releve")
        made.effects("failed", "document")
        (failed,) = seen(made).documents
        assert failed.statut == "echec"
    assert seen(made, CLIENT).documents == ()
    made.send("GenerateDocument", document="releve")
    made.effects(kind="document")
    (done,) = seen(made).documents
    assert done.statut == "disponible"


def test_a_document_made_per_line_may_be_made_for_one_of_them() -> None:
    """OPT-05, DET-21: the firm chooses the line; nothing is offered as long as no line has a file."""
    documents = {
        "releve": {"titre": "Relevé", "modele": "releve.html"},
        "lettre": {
            "titre": "Lettre",
            "modele": "lettre.html",
            "pour_chaque": "factures",
            "si": "ligne.montant > 100",
        },
    }
    made = Monde(program_of(MODELE | {"documents": documents}, FORMS, LINES))
    made.open()
    for numero, montant in (("F-1", 50), ("F-2", 150), ("F-3", 250)):
        before = seen(made).documents_possibles
        made.send("AddLigne", collection="factures", donnees={"numero": numero, "montant": montant})
    assert [(each.cle, len(each.lignes)) for each in before] == [("releve", 0), ("lettre", 1)]
    releve, lettre = seen(made).documents_possibles
    assert (releve.collection, releve.lignes) == (None, ())
    assert (lettre.collection, [ligne.nom for ligne in lettre.lignes]) == ("Factures", ["F-2", "F-3"])
    made.send("GenerateDocument", document="lettre", ligne=lettre.lignes[1].id)
    assert [document.ligne for document in made.state.documents.values()] == [lettre.lignes[1].id]
    assert seen(made, CLIENT).documents_possibles == ()
    made.send("RemoveLigne", collection="factures", ligne=lettre.lignes[0].id, motif="x")
    made.send("RemoveLigne", collection="factures", ligne=lettre.lignes[1].id, motif="x")
    assert [each.cle for each in seen(made).documents_possibles] == ["releve"]


def test_the_answers_of_a_list_are_shown_one_by_one_and_masked_with_it() -> None:
    comptes = {"type": "array", "title": "Comptes", "items": {"type": "string"}, "x-sensible": True}
    seen_by_all = field_view("fiche.comptes", comptes, ["FR7630006000", "FR7630007111"])
    assert [(part.champ, part.libelle) for part in seen_by_all.parties] == [
        ("fiche.comptes/0", "Comptes (1)"),
        ("fiche.comptes/1", "Comptes (2)"),
    ]
    assert "FR7630" not in str(seen_by_all)
    choix = {"type": "array", "items": {"type": "string", "enum": ["a"], "x-libelles": {"a": "Électricité"}}}
    assert (view_of := field_view("fiche.choix", choix, ["a"])).valeur == ["Électricité"]
    assert view_of.parties == ()


def test_an_hour_says_that_it_is_one() -> None:
    """So that it is read « 9 h », as elsewhere."""
    heure = {"type": "string", "title": "Heure d'entrée", "format": "heure"}
    assert field_view("fiche.heure", heure, "09:00").nature == "heure"


def test_an_answer_is_read_under_the_title_that_the_others_give_it() -> None:
    schema = json.loads(ABONNEMENT.read_text(encoding="utf-8"))

    def title(**answers: str) -> str:
        return str(titled(schema, answers)["prix"]["title"])

    assert title(type="gaz", periodicite="mois") == "Prix de l'abonnement (€/mois ou €/an)"
    assert title(type="internet") == "Prix mensuel"
    assert title(type="internet", periodicite="an") == "Prix annuel"
    assert list(titled(schema, {})) == list(properties_of(schema))
