"""Étapes added, moved and taken away, pièces renamed and moved, in one démarche: its modèle stays as it is (MOD-13)."""

from __future__ import annotations

from typing import Any

from tests.engine.migrations import essai, version
from tests.engine.monde import Monde
from tests.engine.test_migration import ABC, FICHE, etape, modele, opened
from workflows.engine.view import Reader, view
from workflows.engine.wording import describe

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


SAID = version(
    modele(
        etape(
            "a",
            echeance="entree + 2j",
            retard={"message": "En retard.", "a": "manager", "courriel": "retard", "sms": "En retard."},
            alertes=[
                {
                    "cle": "veille",
                    "quand": "entree + 1j",
                    "message": "Demain",
                    "a": "manager",
                    "courriel": "x",
                }
            ],
            automatisations=[{"quand": "sortie", "a": "manager", "courriel": "merci", "sms": "Merci."}],
        ),
        etape("b"),
        cloture="cloture",
    ),
    {"fiche": FICHE},
)


def sent_out(monde: Monde) -> list[str]:
    """Mails and SMS asked for, each by its label."""
    return [effet.label for effet in monde.state.effets.values() if effet.kind in ("courriel", "sms")]


def test_no_mail_and_no_sms_leaves_for_who_does_not_see_the_demarche() -> None:
    hidden, shown_ = opened(SAID), opened(SAID)
    hidden.send("SetPortail", visible=False)
    for monde in (hidden, shown_):
        monde.later(days=10)
        for cle in ("a", "b"):
            monde.send("ValidateEtape", etape=cle)
        assert monde.state.cycle == "terminee"
    assert len(sent_out(shown_)) == 6 and sent_out(hidden) == []
    assert "EtapeOverdue" in {event.fact.type for event in hidden.journal}


def test_a_person_writes_to_the_client_once_the_demarche_is_shown() -> None:
    monde = opened(ABC)
    monde.send("SetPortail", visible=False)
    letter = {"a": "manager", "objet": "Bonjour", "texte": "Un mot."}
    for asked in (("WriteCourriel", letter), ("WriteSms", {"a": "manager", "texte": "Un mot."})):
        refused = monde.refusal(asked[0], **asked[1])
        assert refused.code == "demarche_hors_portail" and "montrez-la-lui" in refused.detail
    monde.send("SetPortail", visible=True)
    monde.send("WriteCourriel", **letter)
    assert sent_out(monde) == ["Email envoyé à Manon Ager"]


def test_a_reminder_that_cannot_leave_says_so() -> None:
    relance = {"cle": "r", "a": "manager", "courriel": "relance", "quand": "entree + 1j"}
    program = version(modele(etape("a", relances=[relance]), etape("b")), {"fiche": FICHE})
    monde = opened(program)
    monde.send("SetPortail", visible=False)
    said = [event for event in monde.later(days=30) if event.fact.type == "RelanceSent"]
    assert len(said) == 1 and sent_out(monde) == []
    assert "Rien n'est parti" in str(describe(said[0], monde.program.modele, monde.state))


def test_what_was_owed_before_a_modele_hides_it_stops_no_command() -> None:
    """A version that hides the démarche while the client owes something: the firm goes on, and asks nothing more."""
    monde = opened(ABC)
    monde.send("AddPiece", titre="Bail", de="manager", obligatoire=False)
    monde.migrate(version(modele(etape("a"), etape("b"), portail={"visible": False}), {"fiche": FICHE}))
    assert not monde.program.on_portal(monde.state)
    monde.send("AdjustEtape", etape="b", titre="Suite")
    assert monde.refusal("AddPiece", titre="RIB", de="manager").code == "demarche_hors_portail"
    monde.send("ValidateEtape", etape="a")
