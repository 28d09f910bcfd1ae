"""Étapes added, moved and taken away, pièces renamed and moved, in one démarche: its modèle stays as it is (MOD-13)."""

from __future__ import annotations

from typing import Any

from tests.engine.migrations import essai, version
from tests.engine.monde import Monde
from tests.engine.test_migration import ABC, FICHE, etape, modele, opened
from workflows.engine.view import Reader, view

CLIENT = Reader(kind="client", id="manager")
STAFF = Reader(kind="staff", id="conseiller")


def names(monde: Monde, reader: Reader = STAFF) -> list[str]:
    return [one.titre for one in view(monde.program, monde.state, reader).etapes]


def key(monde: Monde, titre: str) -> str:
    return next(one.cle for one in monde.state.etapes.values() if one.titre == titre)


def add(monde: Monde, titre: str, apres: str | None, **fields: Any) -> str:
    monde.send("AddEtape", titre=titre, apres=apres, **fields)
    return key(monde, titre)


def blocked(*branches: list[dict[str, Any]]) -> dict[str, Any]:
    return {"parallele": "bloc", "titre": "Ensemble", "branches": list(branches)}


def test_an_added_etape_is_done_in_its_turn_and_the_modele_stays() -> None:
    monde = opened(ABC, "a")
    cle = add(monde, "Visite sur place", "b", responsable="conseiller", description="Nous passons vous voir.")
    assert names(monde) == names(monde, CLIENT) == ["A", "B", "Visite sur place", "C"]
    assert list(monde.state.etapes) == ["a", "b", cle, "c"] and "a" in monde.program.etapes
    assert list(monde.program.etapes) == ["a", "b", "c"]
    monde.send("ValidateEtape", etape="b")
    assert [one.cle for one in monde.state.active] == [cle]
    awaited = view(monde.program, monde.state, STAFF).attendu
    assert awaited is not None and (awaited.side, awaited.etape) == ("cabinet", cle)
    monde.send("ValidateEtape", etape=cle)
    monde.send("ValidateEtape", etape="c")
    assert monde.state.cycle == "terminee"


def test_an_added_etape_can_be_named_hidden_passed_and_gone_back_to() -> None:
    monde = opened(ABC, "a")
    cle = add(monde, "Visite", "b")
    monde.send("AdjustEtape", etape=cle, titre="Visite du local", visible=False)
    assert names(monde) == ["A", "B", "Visite du local", "C"] and names(monde, CLIENT) == ["A", "B", "C"]
    monde.send("SkipEtape", etape=cle, motif="Sans objet.")
    monde.send("ValidateEtape", etape="b")
    assert [one.cle for one in monde.state.active] == ["c"]
    monde.send("SendBack", etape=cle, motif="Finalement si.")
    assert [one.cle for one in monde.state.active] == [cle]


def test_pieces_and_tasks_by_hand_belong_to_it() -> None:
    monde = opened(ABC, "a")
    cle = add(monde, "Visite", "b")
    monde.send("ValidateEtape", etape="b")
    assert [one.cle for one in monde.state.active] == [cle]
    monde.send("AddPiece", titre="Plan du local", de="manager", etape=cle)
    assert "Plan du local" in monde.refusal("ValidateEtape", etape=cle).detail


def test_an_etape_not_begun_moves_and_what_has_begun_stays() -> None:
    monde = opened(ABC)
    monde.send("MoveEtape", etape="c", apres="a")
    assert names(monde) == ["A", "C", "B"]
    assert monde.refusal("MoveEtape", etape="c", apres="a").code == "sans_changement"
    assert monde.refusal("MoveEtape", etape="a", apres="b").code == "etape_commencee"
    assert monde.refusal("MoveEtape", etape="b").code == "place_depassee"
    assert monde.refusal("AddEtape", titre="Avant tout").code == "place_depassee"
    assert monde.refusal("MoveEtape", etape="b", apres="zzz").code == "etape_inconnue"
    assert monde.refusal("MoveEtape", "manager", etape="b", apres="a").code == "interdit"
    monde.send("ValidateEtape", etape="a")
    assert [one.cle for one in monde.state.active] == ["c"]


def test_an_etape_does_not_go_before_the_answers_it_reads() -> None:
    program = version(
        modele(
            etape("a"),
            etape("b", formulaires=[{"nom": "fiche", "par": "conseiller"}]),
            etape("c", si='fiche.nom == "Zoé"'),
        ),
        {"fiche": FICHE},
    )
    monde = Monde(program)
    monde.open()
    refused = monde.refusal("MoveEtape", etape="c", apres="a")
    assert refused.code == "ordre_impossible" and "« C »" in refused.detail and "« Fiche »" in refused.detail


def test_places_inside_and_after_a_parallel_block() -> None:
    monde = opened(
        version(modele(etape("a"), blocked([etape("b")], [etape("c")]), etape("d")), {"fiche": FICHE})
    )
    inside = add(monde, "Dedans", "b")
    after = add(monde, "Dehors", "bloc")
    assert names(monde) == ["A", "B", "Dedans", "C", "Dehors", "D"]
    monde.send("ValidateEtape", etape="a")
    assert {one.cle for one in monde.state.active} == {"b", "c"}
    monde.send("ValidateEtape", etape="b")
    monde.send("ValidateEtape", etape="c")
    assert {one.cle for one in monde.state.active} == {inside}
    monde.send("ValidateEtape", etape=inside)
    assert {one.cle for one in monde.state.active} == {after}


def test_a_block_left_with_one_branch_is_a_plain_way() -> None:
    monde = opened(
        version(modele(etape("a"), blocked([etape("b")], [etape("c")]), etape("d")), {"fiche": FICHE})
    )
    monde.send("MoveEtape", etape="c", apres="d")
    assert names(monde) == ["A", "B", "D", "C"]
    assert {one.parallele for one in view(monde.program, monde.state, STAFF).etapes} == {None}


def test_moves_add_up_in_their_order() -> None:
    monde = opened(version(modele(*(etape(cle) for cle in "abcde")), {"fiche": FICHE}))
    monde.send("MoveEtape", etape="e", apres="a")
    x = add(monde, "X", "e")
    monde.send("MoveEtape", etape="e", apres="d")
    monde.send("MoveEtape", etape="c", apres=x)
    assert names(monde) == ["A", "X", "C", "B", "D", "E"] and list(monde.state.etapes) == [
        "a",
        x,
        "c",
        "b",
        "d",
        "e",
    ]


def test_what_was_added_here_can_be_taken_away_until_it_begins() -> None:
    monde = opened(ABC)
    first = add(monde, "Visite", "a")
    second = add(monde, "Relecture", first)
    monde.send("RemoveEtape", etape=first)
    assert names(monde) == ["A", "Relecture", "B", "C"]
    monde.send("ValidateEtape", etape="a")
    assert monde.refusal("RemoveEtape", etape=second).code == "etape_commencee"
    assert monde.refusal("RemoveEtape", etape="b").code == "etape_du_modele"


def test_what_was_arranged_follows_a_migration_and_its_return() -> None:
    monde = opened(ABC, "a")
    source = monde.program
    cle = add(monde, "Visite", "b")
    monde.send("MoveEtape", etape="c", apres="b")
    assert names(monde) == ["A", "B", "C", "Visite"]
    target = version(modele(etape("a"), etape("b_bis", titre="B2"), etape("n"), etape("c")), {"fiche": FICHE})
    assert essai(monde, target, correspondance={"b": "b_bis"}).issue == "bonne"
    monde.migrate(target, correspondance={"b": "b_bis"})
    assert names(monde) == ["A", "B2", "C", "Visite", "N"]
    monde.migrate(source, correspondance={"b_bis": "b"})
    assert names(monde) == ["A", "B", "C", "Visite"]
    monde.send("ValidateEtape", etape="b")
    monde.send("ValidateEtape", etape="c")
    assert [one.cle for one in monde.state.active] == [cle]


def test_an_added_etape_under_way_goes_through_a_migration() -> None:
    monde = opened(ABC)
    cle = add(monde, "Visite", "a")
    monde.send("ValidateEtape", etape="a")
    target = version(modele(etape("z"), etape("b")), {"fiche": FICHE})
    found = essai(monde, target)
    assert found.issue == "bonne", found
    monde.migrate(target)
    assert [one.cle for one in monde.state.active] == [cle]
    monde.send("ValidateEtape", etape=cle)


def test_an_added_etape_keeps_its_place_in_a_migration() -> None:
    """It has a key of its own: no étape of the version is given its state, nor takes its place."""
    monde = opened(ABC, "a")
    cle = add(monde, "Visite", "b")
    target = version(modele(etape("a"), etape("b"), etape("d")), {"fiche": FICHE})
    for asked in ({cle: "d"}, {cle: None}, {"c": cle}):
        refused = monde.refusal("MigrateDemarche", towards=target, vers=target.sha, correspondance=asked)
        assert refused.code == "etape_ajoutee" and "Visite" in refused.detail


def test_only_the_firm_ends_an_added_etape() -> None:
    refused = opened(ABC, "a").refusal("AddEtape", titre="Visite", apres="a", responsable="manager")
    assert refused.code == "role_du_client"


PIECES = version(
    modele(
        etape(
            "a",
            pieces=[
                {"cle": "rib", "titre": "RIB", "de": "manager"},
                {"cle": "bail", "titre": "Bail", "de": "manager"},
            ],
        ),
        etape("b"),
    ),
    {"fiche": FICHE},
)


def shown(monde: Monde) -> list[str]:
    return [piece.titre for piece in view(monde.program, monde.state, CLIENT).pieces]


def test_a_piece_is_renamed_and_moved_here_only() -> None:
    monde = opened(PIECES)
    monde.send(
        "EditPiece",
        piece="rib",
        titre="RIB du compte professionnel",
        description="Celui de la banque Populis.",
    )
    monde.send("MovePiece", piece="rib", apres="bail")
    assert shown(monde) == ["Bail", "RIB du compte professionnel"]
    assert monde.refusal("MovePiece", piece="rib", apres="bail").code == "sans_changement"
    assert monde.refusal("MovePiece", piece="rib", apres="rib").code == "sans_changement"
    assert monde.refusal("EditPiece", piece="bail", titre="Bail").code == "sans_changement"
    assert monde.refusal("EditPiece", "manager", piece="bail", titre="Autre").code == "interdit"
    monde.send("MovePiece", piece="rib")
    assert shown(monde) == ["RIB du compte professionnel", "Bail"]
    same = version(
        modele(etape("a", pieces=[{"cle": "rib", "titre": "RIB", "de": "manager"}]), etape("b")),
        {"fiche": FICHE},
    )
    monde.migrate(same)
    assert shown(monde)[0] == "RIB du compte professionnel"


def test_a_demarche_leaves_the_portal_and_comes_back() -> None:
    monde = opened(ABC)
    assert view(monde.program, monde.state, STAFF).au_portail
    monde.send("SetPortail", visible=False)
    assert monde.refusal("SetPortail", visible=False).code == "sans_changement"
    assert not view(monde.program, monde.state, STAFF).au_portail
    # Nothing is announced to who does not see it, and nothing is asked of them.
    said = monde.send("ValidateEtape", etape="a")
    assert "Noticed" not in {event.fact.type for event in said}
    assert monde.refusal("AddPiece", titre="Bail", de="manager").code == "demarche_hors_portail"
    assert monde.refusal("SetPortail", "manager", visible=True).code == "interdit"
    monde.send("SetPortail", visible=True)
    assert monde.state.au_portail is None
    monde.send("AddPiece", titre="Bail", de="manager")


def test_what_the_client_owes_is_never_hidden() -> None:
    refused = opened(PIECES).refusal("SetPortail", visible=False)
    assert refused.code == "demarche_attend_le_client" and "\u00a0A\u00a0" in refused.detail


def test_a_demarche_hidden_by_its_modele_is_shown_here_and_a_migration_keeps_it() -> None:
    hidden = version(modele(etape("a"), etape("b"), portail={"visible": False}), {"fiche": FICHE})
    monde = opened(hidden)
    assert not monde.program.on_portal(monde.state)
    monde.send("SetPortail", visible=True)
    monde.migrate(version(modele(etape("a"), etape("c"), portail={"visible": False}), {"fiche": FICHE}))
    assert monde.program.on_portal(monde.state)
