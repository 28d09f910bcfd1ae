"""Collections as readers see them: who reads, who may change, what is masked, totals; and records for `rules/`."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import NotRequired, TypedDict

import pytest
from ruamel.yaml import YAML

from activities.rules_port import RULES
from tests.engine.monde import USERS, Monde, program_of
from workflows.engine.bundle import from_folder
from workflows.engine.expressions import ExpressionError, compile_expression, declare, evaluate, line_shape
from workflows.engine.program import Program
from workflows.engine.simulation import Scenario, Simulation
from workflows.engine.view import CollectionView, Reader, view
from workflows.engine.wording import describe, famille, objet

HERE = Path(__file__).parent
FACTURE = {"numero": "F1", "montant": 120000, "echeance": "2026-03-20", "iban": "FR1420041010050500013M02606"}
STAFF = Reader(kind="staff", id=USERS["conseiller"])
CLIENT = Reader(kind="client", id=USERS["manager"])
STRANGER = Reader(kind="participant", id="x", key="inconnu")


def program() -> Program:
    file = HERE / "modeles_justes" / "collections.yaml"
    return Program(from_folder(HERE / "modeles_racine", file).bundle, RULES, "0" * 64)


@pytest.fixture
def monde() -> Monde:
    made = Monde(program())
    made.open()
    made.send("AddLigne", "manager", collection="factures", donnees=FACTURE)
    paid = {"facture": "F1", "montant": 20000, "recu_le": "2026-03-02"}
    made.send("AddLigne", collection="paiements", donnees=paid)
    return made


def seen(monde: Monde, reader: Reader) -> dict[str, CollectionView]:
    return {found.cle: found for found in view(monde.program, monde.state, reader).collections}


def test_who_reads_and_who_may_change(monde: Monde) -> None:
    staff, client = seen(monde, STAFF), seen(monde, CLIENT)
    assert set(staff) == set(client) == {"factures", "paiements"}
    assert seen(monde, STRANGER) == {}
    assert staff["paiements"].gerable and not client["paiements"].gerable
    assert client["factures"].gerable
    mine = {statut.cle: statut.a_moi for statut in client["factures"].statuts}
    assert mine == {"a_payer": True, "payee": False}
    monde.send("Suspend", motif="x")
    assert not seen(monde, STAFF)["factures"].gerable


def test_columns_lines_and_totals(monde: Monde) -> None:
    found = seen(monde, CLIENT)["factures"]
    assert [(c.cle, c.libelle, c.format) for c in found.colonnes] == [
        ("numero", "Numéro", "texte"),
        ("montant", "Montant TTC", "montant"),
        ("reste", "Reste dû", "montant"),
    ]
    (line,) = found.lignes
    assert (line.nom, line.statut_libelle, line.couleur, line.version) == ("F1", "À payer", "ambre", 1)
    assert line.calcule == {"paye": 20000, "reste": 100000}
    assert [(t.libelle, t.valeur, t.format) for t in found.totaux] == [("Reste dû", 100000, "montant")]


def test_sensitive_answers_are_masked_for_who_may_not_change_them(monde: Monde) -> None:
    assert seen(monde, CLIENT)["factures"].lignes[0].donnees["iban"] == FACTURE["iban"]
    monde.send("Cancel", motif="x")
    assert seen(monde, CLIENT)["factures"].lignes[0].donnees["iban"] == "•••• 606"


def test_the_journal_says_it_in_words_and_to_whom() -> None:
    monde = Monde(program())
    monde.open()
    (added, *_) = monde.send("AddLigne", "manager", collection="factures", donnees=FACTURE)
    line = describe(added, monde.program.modele, monde.state)
    assert (line.titre, line.detail) == ("Ajout : F1", "Factures")
    assert (added.audience, famille(added.fact)) == (("client",), "dossier")
    id_ = next(iter(monde.state.collections["factures"]))
    assert objet(added.fact) == f"ligne:{id_}"
    changed = monde.send("ChangeLigne", collection="factures", ligne=id_, donnees=FACTURE | {"montant": 5})[0]
    line = describe(changed, monde.program.modele, monde.state)
    assert (line.titre, line.detail) == ("Modification : F1", "Factures · montant")
    paid = monde.send("SetLigneStatut", collection="factures", ligne=id_, statut="payee")[0]
    assert describe(paid, monde.program.modele, monde.state).titre == "F1 : Payée"
    gone = monde.send("RemoveLigne", collection="factures", ligne=id_, motif="Saisie par erreur")[0]
    line = describe(gone, monde.program.modele, monde.state)
    assert (line.titre, line.detail) == ("Retrait : F1", "Saisie par erreur")


def test_an_id_is_used_once(monde: Monde) -> None:
    monde.send("AddLigne", collection="factures", donnees=FACTURE, ligne="a")
    assert (
        monde.refusal("AddLigne", collection="factures", donnees=FACTURE, ligne="a").code == "ligne_existante"
    )


def test_the_simulator_fills_what_is_asked() -> None:
    scenario = Scenario(lignes={"factures": ({"numero": "F1", "montant": 9, "echeance": "J+10"},)})
    simulation = Simulation(program(), scenario, date(2026, 3, 2))
    assert [step.refusal for step in simulation.run() if step.refusal] == []
    assert simulation.ending == "terminee"
    assert [line.nom for line in simulation.state.collections["factures"].values()] == ["F1"]


class Ligne(TypedDict):
    montant: int
    echeance: date
    note: NotRequired[str]


def en_retard(lignes: list[Ligne], au: date) -> list[Ligne]:
    """A calculation of `rules/` takes lines as records, with real dates."""
    return [ligne for ligne in lignes if ligne["echeance"] < au]


SCHEMA = {
    "type": "object",
    "properties": {
        "numero": {"type": "string"},
        "montant": {"type": "integer"},
        "echeance": {"type": "string", "format": "date"},
        "note": {"type": "string"},
    },
    "required": ["numero", "montant", "echeance"],
}
LINES = [
    {"id": "a", "numero": "F1", "montant": 3, "echeance": "2026-01-02"},
    {"id": "b", "numero": "F2", "montant": 4, "echeance": "2026-03-02", "note": "x"},
]


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("size(factures)", 2),
        ("somme(factures.map(f, f.montant))", 7),
        ("somme(factures.filter(f, f.montant > 9).map(f, f.montant))", 0),
        ('en_retard(factures, date("2026-02-01")).map(f, f.montant)', [3]),
        ('size(en_retard(factures.filter(f, f.montant > 3), date("2026-02-01")))', 0),
        ('factures.exists(f, has(f.note) && f.note == "x")', True),
        ('factures.filter(f, f.id == "b").map(f, f.numero)', ["F2"]),
        ("ligne.montant * 2", 6),
        ("plus_tot(factures.map(f, f.echeance))", date(2026, 1, 2)),
        ("plus_tard(factures.filter(f, f.montant < 4).map(f, f.echeance))", date(2026, 1, 2)),
    ],
)
def test_expressions_on_lines(source: str, value: object) -> None:
    shape = line_shape(SCHEMA, "factures", ())
    types = declare({}, {}, {"en_retard": en_retard}, {"factures": shape}, "factures")
    assert evaluate(compile_expression(source, types), {"factures": LINES, "ligne": LINES[0]}) == value


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("factures.map(f, f.total)", "champ_inconnu"),
        ("factures.exists(f, f.note == 'x')", "peut_manquer"),
        ("somme(factures)", "type"),
        ("plus_tot(factures.map(f, f.montant))", "type"),
        ('en_retard(autres, date("2026-02-01"))', "type"),
        ("ligne.statut", "champ_inconnu"),
    ],
)
def test_expressions_that_do_not_suit_lines(source: str, code: str) -> None:
    other = line_shape({"type": "object", "properties": {"montant": {"type": "string"}}}, "autres", ())
    lines = {"factures": line_shape(SCHEMA, "factures", ()), "autres": other}
    types = declare({}, {}, {"en_retard": en_retard}, lines, "factures")
    with pytest.raises(ExpressionError) as caught:
        compile_expression(source, types)
    assert caught.value.code == code


def test_a_form_may_not_take_the_names_every_line_has() -> None:
    with pytest.raises(ExpressionError, match="statut"):
        line_shape({"type": "object", "properties": {"statut": {"type": "string"}}}, "factures", ())


def test_no_earliest_date_of_nothing() -> None:
    types = declare({}, {}, {}, {"factures": line_shape(SCHEMA, "factures", ())})
    expression = compile_expression("plus_tot(factures.map(f, f.echeance))", types)
    with pytest.raises(ExpressionError, match=r"liste est vide ; testez d’abord size"):
        evaluate(expression, {"factures": []})


def test_children_are_shown_with_their_line_and_their_etape() -> None:
    """EnfantView: as last reported; the client sees what is shown of the étape, a stranger nothing."""
    case = YAML(typ="safe", pure=True).load((HERE / "corpus" / "enfants.yaml").read_text(encoding="utf-8"))
    monde = Monde(program_of(case["modele"], None, case["lignes"], case["enfants"]))
    monde.open()
    monde.send("AddLigne", collection="contrats", donnees={"fournisseur": "EDF", "prix": 900})
    (line,) = monde.state.collections["contrats"]
    monde.send("SetLigneStatut", collection="contrats", ligne=line, statut="accepte")
    monde.send("ValidateEtape", etape="choix")
    (child,) = monde.state.enfants
    told = {
        "seq": 4,
        "titre": "EDF",
        "statut": "attente",
        "statut_libelle": "Attente d'EDF",
        "cycle": "ouverte",
    }
    monde.send(
        "ReportEnfant", "systeme", enfant=child, rapport=told | {"progression": 40, "couleur": "violet"}
    )
    shown = view(monde.program, monde.state, STAFF)
    (found,) = next(etape for etape in shown.etapes if etape.cle == "realisation").enfants
    assert (found.demarche_id, found.reference) == (child, "EMB-2026-0001-1")
    assert (found.titre, found.statut_libelle, found.couleur, found.progression) == (
        "EDF",
        "Attente d'EDF",
        "violet",
        40,
    )
    assert shown.collections[0].lignes[0].enfant == found
    for etape in view(monde.program, monde.state, STRANGER).etapes:
        assert etape.enfants == ()


def test_a_child_says_what_became_of_the_line_it_gave() -> None:
    """CRE-08: two banks have made an offer; the one that was accepted is told from the other, to who reads offers."""
    case = YAML(typ="safe", pure=True).load(
        (HERE / "corpus" / "enfants_ajoutent.yaml").read_text(encoding="utf-8")
    )
    monde = Monde(program_of(case["modele"], None, case["lignes"], case["enfants"]))
    monde.open()
    for nom in ("Nord", "Sud"):
        monde.send("AddLigne", collection="banques", donnees={"nom": nom})
    monde.send("ValidateEtape", etape="choix")
    for rank, child in enumerate(list(monde.state.enfants), start=3):
        told = {"seq": 5, "titre": "", "statut": "terminee", "cycle": "terminee", "progression": 100}
        given = told | {"sorties": {"offre": {"taux": rank}}}
        monde.send("ReportEnfant", "systeme", enfant=child, rapport=given)
    monde.send("SetLigneStatut", collection="offres", ligne=list(monde.state.enfants)[1], statut="acceptee")

    shown = view(monde.program, monde.state, STAFF)
    children = next(etape for etape in shown.etapes if etape.cle == "soumission").enfants
    assert [enfant.suite and enfant.suite.libelle for enfant in children] == ["Reçue", "Acceptée"]
    banques = next(found for found in shown.collections if found.cle == "banques")
    assert [line.enfant for line in banques.lignes] == list(children)
    # The client does not read this collection: nothing of it is said.
    for etape in view(monde.program, monde.state, CLIENT).etapes:
        assert all(enfant.suite is None for enfant in etape.enfants)
