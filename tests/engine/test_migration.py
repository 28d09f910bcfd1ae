"""Migration by example: what is refused, what is kept, what comes back, and the difference between two versions."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.migrations import essai, version
from tests.engine.monde import Monde
from workflows.engine.commands import Refusal

FICHE: dict[str, Any] = {
    "type": "object",
    "title": "Fiche",
    "properties": {"nom": {"type": "string", "maxLength": 20}, "age": {"type": "integer"}},
    "required": ["nom"],
}
STRICT = FICHE | {"required": ["nom", "age"]}


def etape(cle: str, **fields: Any) -> dict[str, Any]:
    return {"cle": cle, "titre": cle.title(), "terminee": "manuelle", **fields}


def modele(*etapes: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "modele": "essai",
        "titre": "Essai",
        "categorie": "test",
        "reference": "ESS",
        "clients": ["entreprise"],
        "nom": '"Dossier"',
        "roles": {
            "conseiller": {"libelle": "Conseiller", "cote": "cabinet"},
            "manager": {"libelle": "Manager", "cote": "client"},
        },
        "formulaires": {"fiche": "fiche"},
        "etapes": list(etapes),
    } | fields


def opened(program: Any, *validated: str, **donnees: Any) -> Monde:
    monde = Monde(program)
    monde.open(**(donnees or {"fiche": {"nom": "Zoé"}}))
    for cle in validated:
        monde.send("ValidateEtape", etape=cle)
    return monde


ABC = version(modele(etape("a"), etape("b"), etape("c")), {"fiche": FICHE})


def test_a_version_that_lost_the_current_etape_asks_where_it_goes() -> None:
    target = version(modele(etape("a"), etape("b_bis", titre="B"), etape("c")), {"fiche": FICHE})
    monde = opened(ABC, "a")
    found = essai(monde, target)
    assert found.issue == "correspondance"
    assert [lost.etape for lost in found.a_placer] == ["b"]
    assert found.a_placer[0].suggestions[0] == "b_bis" and "c" in found.a_placer[0].suggestions
    with pytest.raises(Refusal) as refused:
        monde.migrate(target)
    assert refused.value.code == "correspondance_requise"
    assert refused.value.errors[0][0] == "/correspondance/b"
    monde.migrate(target, correspondance={"b": "b_bis"})
    assert [etape.cle for etape in monde.state.active] == ["b_bis"]


def test_an_etape_given_up_goes_on_to_the_next() -> None:
    target = version(modele(etape("a"), etape("c")), {"fiche": FICHE})
    monde = opened(ABC, "a")
    found = essai(monde, target, correspondance={"b": None})
    assert found.issue == "bonne" and found.etapes_apres == ("C",)
    assert any("Abandonnées" in remark for remark in found.remarques)


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({"correspondance": {"zzz": "a"}}, "/correspondance/zzz"),
        ({"correspondance": {"b": "zzz"}}, "/correspondance/b"),
        ({"rattraper": ["zzz"]}, "/rattraper"),
        ({"formulaires": {"fiche": "zzz"}}, "/formulaires/fiche"),
    ],
)
def test_a_correspondence_to_nothing_is_refused(asked: dict[str, Any], pointer: str) -> None:
    target = version(modele(etape("a"), etape("b"), etape("d")), {"fiche": FICHE})
    with pytest.raises(Refusal) as refused:
        opened(ABC, "a").migrate(target, **asked)
    assert refused.value.code == "correspondance_inconnue"
    assert refused.value.errors[0][0] == pointer


def test_another_modele_the_same_version_an_old_reading_and_a_client_are_refused() -> None:
    monde = opened(ABC)
    other = version(modele(etape("a"), modele="autre"), {"fiche": FICHE})
    newer = version(modele(etape("a"), etape("b")), {"fiche": FICHE})
    for target, asked, code in (
        (other, {}, "autre_modele"),
        (ABC, {}, "sans_changement"),
        (newer, {"depuis": "0" * 64}, "version_perimee"),
        (newer, {"par": "manager"}, "interdit"),
        (newer, {"retour": True}, "retour_impossible"),
    ):
        with pytest.raises(Refusal) as refused:
            monde.migrate(target, **asked)
        assert refused.value.code == code
    monde.send("Cancel", motif="fini")
    assert essai(monde, newer).issue == "inutile"


def test_what_a_passed_etape_never_collected_blocks() -> None:
    """The condition of an étape to come reads a form that this démarche will never be asked."""
    target = version(
        modele(
            etape("a", formulaires=[{"nom": "plus", "par": "conseiller"}]),
            etape("b"),
            etape("c", si="plus.age > 3"),
            formulaires={"fiche": "fiche", "plus": "plus"},
        ),
        {"fiche": FICHE, "plus": STRICT},
    )
    monde = opened(ABC, "a")
    found = essai(monde, target)
    assert found.issue == "bloquee"
    assert "Étape « C »" in found.raisons[0] and "n'a pas rempli" in found.raisons[0]
    with pytest.raises(Refusal) as refused:
        monde.migrate(target)
    assert refused.value.code == "migration_bloquee"
    # One that has not passed it yet will be asked.
    assert essai(opened(ABC), target).issue == "bonne"


def test_an_answer_that_is_missing_in_the_new_form_blocks_what_reads_it() -> None:
    target = version(modele(etape("a"), etape("b"), etape("c", si="fiche.age > 3")), {"fiche": STRICT})
    monde = opened(ABC, "a")
    found = essai(monde, target)
    assert found.issue == "bloquee" and "fiche.age" in found.raisons[0]
    assert essai(opened(ABC, "a", fiche={"nom": "Zoé", "age": 4}), target).issue == "bonne"


def test_answers_that_no_longer_fit_are_told_and_kept() -> None:
    target = version(modele(etape("a"), etape("b"), etape("c")), {"fiche": STRICT})
    monde = opened(ABC, "a")
    found = essai(monde, target)
    assert found.issue == "bonne"
    assert [(d.formulaire, d.champ) for d in found.donnees] == [("fiche", "/age")]
    monde.migrate(target)
    assert monde.state.donnees == {"fiche": {"nom": "Zoé"}}


def test_a_form_that_is_gone_is_set_aside_and_comes_back() -> None:
    target = version(modele(etape("a"), etape("b"), formulaires={}))
    monde = opened(ABC, "a")
    found = essai(monde, target)
    assert found.issue == "bonne" and any("mises de côté" in remark for remark in found.remarques)
    monde.migrate(target)
    assert monde.state.donnees == {}
    assert monde.state.retires.donnees == {"fiche": {"nom": "Zoé"}}
    monde.migrate(ABC, retour=True)
    assert monde.state.donnees == {"fiche": {"nom": "Zoé"}}


def test_a_form_that_changed_name_keeps_its_answers() -> None:
    target = version(modele(etape("a"), etape("b"), formulaires={"dossier": "fiche"}), {"dossier": FICHE})
    monde = opened(ABC)
    monde.migrate(target, formulaires={"fiche": "dossier"})
    assert monde.state.donnees == {"dossier": {"nom": "Zoé"}}
    monde.migrate(ABC, retour=True)
    assert monde.state.donnees == {"fiche": {"nom": "Zoé"}}


def test_there_and_back() -> None:
    """Undo is a migration like any other: the démarche stands where it stood."""
    target = version(modele(etape("a"), etape("x"), etape("bb"), etape("c")), {"fiche": FICHE})
    monde = opened(ABC, "a")
    monde.send("AddTache", titre="À la main", obligatoire=True)
    before = monde.state
    monde.migrate(target, correspondance={"b": "bb"})
    assert monde.state.etapes["x"].statut == "passee"
    assert monde.state.taches[next(iter(before.taches))].etape == "bb"
    found = essai(monde, ABC, retour=True)
    assert found.issue == "bonne"
    monde.migrate(ABC, retour=True)
    assert monde.state.etapes == before.etapes
    assert monde.state.taches == before.taches
    assert monde.state.modele_sha == ABC.sha


def test_what_a_version_took_away_is_to_be_done_again_on_the_way_back() -> None:
    """A task and a pièce that the other version had not are asked again: the étape is not over without them."""
    held = {"terminee": "automatique", "taches": [{"cle": "lire", "titre": "Lire", "pour": "conseiller"}]}
    held["pieces"] = [{"cle": "rib", "titre": "RIB", "de": "manager"}]
    first = version(modele(etape("a", **held), etape("b")), {"fiche": FICHE})
    other = version(modele(etape("visite"), etape("b")), {"fiche": FICHE})
    monde = opened(first)
    monde.migrate(other, correspondance={"a": "visite"})
    assert {tache.statut for tache in monde.state.taches.values()} == {"annulee"}
    assert {piece.statut for piece in monde.state.pieces.values()} == {"sans_objet"}
    assert essai(monde, first, retour=True).issue == "bonne"
    monde.migrate(first, retour=True)
    assert monde.state.etapes["a"].statut == "en_cours"
    assert [tache.cle for tache in monde.state.taches.values() if tache.open] == ["lire"]
    assert [piece.statut for piece in monde.state.pieces.values()] == ["manquant"]


def test_a_new_etape_behind_can_be_caught_up() -> None:
    target = version(modele(etape("a"), etape("x"), etape("b"), etape("c")), {"fiche": FICHE})
    monde = opened(ABC, "a")
    assert essai(monde, target).etapes_apres == ("B",)
    assert essai(monde, target, rattraper=["x"]).etapes_apres == ("X", "B")
    monde.migrate(target, rattraper=["x"])
    monde.send("ValidateEtape", etape="b")
    assert [etape.cle for etape in monde.state.active] == ["x"]
    monde.send("ValidateEtape", etape="x")
    assert [etape.cle for etape in monde.state.active] == ["c"]


def test_a_suspended_demarche_must_be_able_to_resume() -> None:
    target = version(modele(etape("a"), etape("n", si="fiche.age > 3"), etape("b")), {"fiche": STRICT})
    monde = opened(ABC)
    monde.send("Suspend", motif="congés")
    assert essai(monde, target).issue == "bloquee"
    fine = version(modele(etape("a"), etape("b"), etape("c"), etape("d")), {"fiche": FICHE})
    assert essai(monde, fine).issue == "bonne"
    monde.migrate(fine)
    monde.send("Resume")
    assert [etape.cle for etape in monde.state.active] == ["a"]


def test_the_persons_the_version_lost_hand_over() -> None:
    """A participant who is gone loses their access; what they owed falls to the client's side."""
    people = {"invite": {"libelle": "Invité", "nom": "fiche.nom", "email": '"z@exemple.fr"'}}
    source = version(
        modele(
            etape(
                "a",
                pieces=[{"cle": "cni", "titre": "Carte", "de": "invite"}],
                taches=[{"cle": "lire", "titre": "Lire", "pour": "invite"}],
                automatisations=[{"quand": "entree", "inviter": "invite", "courriel": "mail"}],
            ),
            participants=people,
        ),
        {"fiche": FICHE},
    )
    target = version(
        modele(
            etape(
                "a",
                pieces=[{"cle": "cni", "titre": "Carte", "de": "manager"}],
                taches=[{"cle": "lire", "titre": "Lire", "pour": "manager"}],
            )
        ),
        {"fiche": FICHE},
    )
    monde = opened(source)
    monde.send("AddPiece", titre="À la main", de="invite")
    monde.migrate(target)
    assert monde.state.participants == {}
    assert {piece.de for piece in monde.state.pieces.values()} == {"manager"}
    assert {tache.pour for tache in monde.state.taches.values()} == {"manager"}
    assert "LinkRevoked" in monde.types(monde.journal)
    monde.migrate(source, retour=True)
    assert monde.state.participants["invite"].revoked


def test_a_demande_needs_a_version_that_still_has_one() -> None:
    source = version(modele(etape("a"), demande={"formulaire": "fiche"}), {"fiche": FICHE})
    target = version(modele(etape("a"), etape("b")), {"fiche": FICHE})
    monde = Monde(source)
    monde.open("demande", fiche={"nom": "Zoé"})
    found = essai(monde, target)
    assert found.issue == "bloquee" and "demande" in found.raisons[0]


def test_a_demarche_that_would_end_at_once_is_told() -> None:
    target = version(modele(etape("a")), {"fiche": FICHE})
    monde = opened(ABC, "a", "b")
    found = essai(monde, target, correspondance={"c": None})
    assert found.issue == "bonne" and found.se_termine
    assert found.remarques[0] == "La démarche se terminerait aussitôt."


def test_a_deadline_put_off_is_told_again_when_missed_anew() -> None:
    late = {"message": "En retard.", "a": "conseiller"}
    source = version(modele(etape("a", echeance="entree + 2j", retard=late)), {"fiche": FICHE})
    target = version(modele(etape("a", echeance="entree + 9j", retard=late)), {"fiche": FICHE})
    same = version(modele(etape("a", titre="Autre", echeance="entree + 1j", retard=late)), {"fiche": FICHE})
    monde = opened(source)
    monde.later(days=4)
    assert "EtapeOverdue" in monde.types(monde.journal)
    other = monde.copy()
    other.migrate(same)
    assert other.state.timers == {}, "told once, for a deadline that is still missed"
    monde.migrate(target)
    assert "EtapeOverdue" in monde.types(monde.later(days=8))


def test_the_calculations_and_the_name_follow() -> None:
    target = version(modele(etape("a"), etape("b"), nom='"Dossier de " + fiche.nom'), {"fiche": FICHE})
    monde = opened(ABC)
    monde.migrate(target)
    assert monde.state.titre == "Dossier de Zoé"


def test_a_task_that_now_follows_what_there_is_to_do_is_asked_ended_and_asked_again() -> None:
    """MOD-09: with the version that follows it, one done by hand too early comes back, one without object ends."""
    task = {"cle": "rendre", "titre": "Rendre", "pour": "conseiller"}
    before = version(modele(etape("a", taches=[task])), {"fiche": FICHE})
    followed = {**task, "tant_que": "has(fiche.age) && fiche.age > 0"}
    after = version(modele(etape("a", taches=[followed])), {"fiche": FICHE})

    def tasks(monde: Monde) -> list[str]:
        return [tache.statut for tache in monde.state.taches.values()]

    early = opened(before, fiche={"nom": "Zoé", "age": 3})
    early.send("CompleteTache", tache=next(iter(early.state.taches)))
    assert essai(early, after).issue == "bonne"
    early.migrate(after)
    assert tasks(early) == ["termine", "a_faire"]

    empty = opened(before, fiche={"nom": "Zoé", "age": 0})
    empty.migrate(after)
    assert tasks(empty) == ["termine"]
    empty.migrate(before, retour=True)
    assert tasks(empty) == ["termine"], "done is done"
