"""Children follow their parent: its conseiller, its clock, its version; and it says whom they await."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.engine.migrations import version
from tests.engine.monde import NAMES, USERS, Monde, actor, paris
from tests.engine.test_hasard import QUIET
from workflows.engine.commands import COMMAND, MigrateDemarche, Refusal
from workflows.engine.decide import decide
from workflows.engine.enfants import letter, report
from workflows.engine.facts import Event
from workflows.engine.program import Program
from workflows.engine.state import SYSTEM, DemarcheState
from workflows.engine.verdict import Verdict, verdict
from workflows.engine.view import Reader, view
from workflows.engine.waiting import of_children, turn_of, waits

ROLES = {
    "conseiller": {"libelle": "Conseiller", "cote": "cabinet"},
    "manager": {"libelle": "Manager", "cote": "client"},
}
COMMON = {"categorie": "test", "reference": "ESS", "clients": ["entreprise"], "roles": ROLES}
LINE: dict[str, Any] = {
    "type": "object",
    "properties": {"nom": {"type": "string", "maxLength": 20}},
    "required": ["nom"],
}


def child(*etapes: dict[str, Any]) -> dict[str, Any]:
    first = {
        "cle": "lettre",
        "titre": "Lettre",
        "taches": [{"cle": "t", "titre": "Écrire", "pour": "conseiller"}],
    }
    second = {
        "cle": "accord",
        "titre": "Accord",
        "taches": [{"cle": "a", "titre": "Signer", "pour": "manager"}],
    }
    modele = COMMON | {
        "modele": "petit",
        "titre": "Petit",
        "enfant": True,
        "nom": "contrat.nom",
        "formulaires": {"contrat": "contrat"},
        "etapes": list(etapes) or [first, second],
    }
    return {"modele": modele, "forms": {"contrat": LINE}}


def parent(petit: dict[str, Any]) -> Program:
    modele = COMMON | {
        "modele": "essai",
        "titre": "Essai",
        "nom": '"Essai"',
        "collections": {
            "contrats": {
                "libelle": "Contrats",
                "singulier": "contrat",
                "formulaire": "c",
                "nom": "ligne.nom",
                "voient": ["manager"],
            }
        },
        "etapes": [
            {
                "pour_chaque": "suivi",
                "titre": "Suivi",
                "dans": "contrats",
                "enfant": "petit",
                "donnees": {"contrat": "ligne"},
                "jonction": {"au_moins": 5},
            }
        ],
    }
    return version(modele, {}, {"contrats": LINE}, {"petit": petit})


class Famille:
    """A parent and its children: what passes between them is delivered at once, as the relay does."""

    def __init__(self, program: Program) -> None:
        self.monde = Monde(program)
        self.enfants: dict[str, tuple[Program, DemarcheState]] = {}
        self.refus: list[str] = []
        self._count = 0
        self.deliver(self.monde.open())

    def deliver(self, events: list[Event]) -> None:
        for event in events:
            written = letter(self.monde.state, event.fact)
            if written is not None:
                self.send(*written)

    def send(self, to: str, command: dict[str, Any]) -> None:
        """A command to a child, and its report to the parent."""
        self._count += 1
        known = {**self.monde.program.enfants}
        towards = next((p for p in known.values() if p.sha == command.get("vers")), None)
        opened = next((p for p in known.values() if p.sha == command.pop("sha", None)), None)
        program, state = self.enfants.get(to) or (opened, DemarcheState(demarche_id=to))
        assert program is not None
        asked = COMMAND.validate_python({"id": f"enfant/{self._count}", "actor": SYSTEM} | command)
        try:
            decision = decide(program, state, asked, self.monde.now, towards=towards)
        except Refusal as refusal:
            self.refus.append(refusal.code)
            return
        self.enfants[to] = (towards or program, decision.state)
        told = decision.state.rapport
        if told is not None and told != state.rapport and self.monde.state.open:
            answer = report(to, told)
            self.deliver(self.monde.send(par="systeme", type=answer.pop("type"), **answer))

    @property
    def first(self) -> DemarcheState:
        return next(iter(self.enfants.values()))[1]

    def essai(self, target: Program, **asked: Any) -> Verdict:
        command = MigrateDemarche.model_validate(
            {"id": "essai", "actor": actor("conseiller"), "vers": target.sha, **asked}
        )
        monde = self.monde
        return verdict(monde.program, target, monde.state, command, monde.now, self.enfants)


@pytest.fixture
def famille() -> Famille:
    famille = Famille(parent(child()))
    famille.deliver(famille.monde.send("AddLigne", collection="contrats", donnees={"nom": "Orange"}))
    return famille


def membre(role: str, who: str) -> dict[str, str]:
    return {"role": role, "user_id": USERS[who], "nom": NAMES[who], "libelle": role}


def shown_children(famille: Famille, kind: Literal["client", "staff"] = "client") -> list[str]:
    """What a reader of the parent sees of its children: in its étape, in its collection."""
    seen = view(famille.monde.program, famille.monde.state, Reader(kind=kind, id=USERS["manager"]))
    lines = [line.enfant for collection in seen.collections for line in collection.lignes]
    return [e.titre for etape in seen.etapes for e in etape.enfants] + [e.titre for e in lines if e]


def test_a_child_off_the_portal_is_not_told_to_the_client_by_its_parent(famille: Famille) -> None:
    """MOD-08: its parent says neither its name, nor its status, nor whom it awaits."""
    assert shown_children(famille) == ["Orange"] * 2
    alone = child({"cle": "lettre", "titre": "Lettre", "terminee": "manuelle"})
    famille = Famille(parent(alone))
    famille.deliver(famille.monde.send("AddLigne", collection="contrats", donnees={"nom": "Orange"}))
    id_ = famille.first.demarche_id
    hide = {"type": "SetPortail", "actor": actor("conseiller"), "visible": False}
    famille.send(id_, hide)
    assert shown_children(famille) == [] and shown_children(famille, "staff") == ["Orange"] * 2
    seen = view(famille.monde.program, famille.monde.state, Reader(kind="client", id=USERS["manager"]))
    assert seen.attendu is None
    famille.send(id_, hide | {"visible": True})
    assert shown_children(famille) == ["Orange"] * 2


def test_a_child_that_its_modele_hides_is_never_told_to_the_client() -> None:
    petit = child({"cle": "lettre", "titre": "Lettre", "terminee": "manuelle"})
    petit["modele"] |= {"portail": {"visible": False}}
    famille = Famille(parent(petit))
    said = famille.monde.send("AddLigne", collection="contrats", donnees={"nom": "Orange"})
    # Before its first report as after it.
    assert shown_children(famille) == [] and shown_children(famille, "staff") == ["Orange"] * 2
    assert [event.audience for event in said if event.fact.type == "EnfantRequested"] == [()]
    famille.deliver(said)
    assert shown_children(famille) == []
    famille.send(famille.first.demarche_id, {"type": "ValidateEtape", "etape": "lettre"})
    ended = [event.audience for event in famille.monde.journal if event.fact.type == "EnfantEnded"]
    assert famille.first.cycle == "terminee" and ended == [()]


def test_the_parent_says_whom_its_children_await(famille: Famille) -> None:
    monde = famille.monde
    assert waits(monde.program, monde.state) == []
    side, wait = turn_of(of_children(monde.program, monde.state))
    assert (side, wait and wait.nom, wait and wait.label) == (
        "cabinet",
        NAMES["conseiller"],
        "«\N{NO-BREAK SPACE}Orange\N{NO-BREAK SPACE}»",
    )
    id_ = next(iter(famille.first.taches))
    famille.send(famille.first.demarche_id, {"type": "CompleteTache", "tache": id_})
    seen = view(monde.program, monde.state, Reader(kind="staff", id=USERS["conseiller"]))
    assert (seen.turn, seen.etapes[0].turn) == ("client", "client")


def test_a_new_conseiller_reaches_the_open_children(famille: Famille) -> None:
    famille.deliver(famille.monde.send("Reassign", membre=membre("conseiller", "autre")))
    holder = famille.first.holder("conseiller")
    assert holder is not None and holder.user_id == USERS["autre"]
    [tache] = famille.first.taches.values()
    assert tache.assignee is not None and tache.assignee.nom == NAMES["autre"]
    assert famille.refus == []


def test_a_child_given_to_someone_else_keeps_them(famille: Famille) -> None:
    famille.send(
        famille.first.demarche_id, {"type": "Reassign", "membre": membre("conseiller", "remplacant")}
    )
    famille.deliver(famille.monde.send("Reassign", membre=membre("conseiller", "autre")))
    assert famille.refus == ["confie_a_un_autre"]
    holder = famille.first.holder("conseiller")
    assert holder is not None and holder.user_id == USERS["remplacant"]


def test_the_moved_clock_reaches_the_open_children(famille: Famille) -> None:
    def moved(to: str) -> dict[str, Any]:
        return {"virtual": paris(to), "real": paris("2026-03-02 09:00"), "factor": 1.0}

    famille.deliver(famille.monde.send("SetHorloge", "systeme", horloge=moved("2026-06-01 09:00")))
    assert famille.first.horloge == famille.monde.state.horloge is not None
    famille.send(famille.first.demarche_id, {"type": "SetHorloge", "horloge": moved("2026-07-01 09:00")})
    famille.deliver(famille.monde.send("SetHorloge", "systeme", horloge=moved("2026-06-15 09:00")))
    assert famille.refus == ["horloge_en_arriere"], "a child moved further does not go back"


def test_children_migrate_with_their_parent(famille: Famille) -> None:
    again = child()
    again["modele"]["etapes"] = [
        *again["modele"]["etapes"],
        {"cle": "fin", "titre": "Fin", "terminee": "manuelle"},
    ]
    target = parent(again)
    assert famille.essai(target).issue == "bonne"
    events = famille.monde.migrate(target)
    famille.deliver(events)
    assert famille.refus == []
    assert famille.first.modele_sha == target.enfants["petit"].sha
    assert "fin" in famille.first.etapes


COURRIER: dict[str, Any] = {
    "cle": "courrier",
    "titre": "Lettre au fournisseur",
    "taches": [{"cle": "t", "titre": "Écrire", "pour": "conseiller"}],
}


def test_an_etape_that_a_child_loses_is_placed_from_its_parent(famille: Famille) -> None:
    """MOD-09: the question names the child's modèle, and its answer goes to each child."""
    target = parent(child(COURRIER))
    found = famille.essai(target)
    assert (found.issue, [(p.enfant, p.etape, p.suggestions[:1]) for p in found.a_placer]) == (
        "correspondance",
        [("petit", "lettre", ("courrier",))],
    )
    placed = {"petit": {"correspondance": {"lettre": "courrier"}}}
    assert famille.essai(target, enfants=placed).issue == "bonne"
    first = famille.monde.program
    famille.deliver(famille.monde.migrate(target, enfants=placed))
    assert famille.refus == []
    assert famille.first.modele_sha == target.enfants["petit"].sha
    assert [etape.cle for etape in famille.first.active] == ["courrier"]
    # One more opened since then has nothing to undo; a return places it where it can.
    famille.deliver(famille.monde.send("AddLigne", collection="contrats", donnees={"nom": "EDF"}))
    assert [p.etape for p in famille.essai(first, retour=True).a_placer] == ["courrier"]
    back = {"petit": {"correspondance": {"courrier": "lettre"}}}
    assert famille.essai(first, retour=True, enfants=back).issue == "bonne"
    famille.deliver(famille.monde.migrate(first, retour=True, enfants=back))
    assert famille.refus == []
    for _, state in famille.enfants.values():
        assert [etape.cle for etape in state.active] == ["lettre"]


def test_a_return_takes_the_children_back_without_a_question(famille: Famille) -> None:
    first = famille.monde.program
    target = parent(child(COURRIER))
    placed = {"petit": {"correspondance": {"lettre": "courrier", "jamais_vue": None}}}
    famille.deliver(famille.monde.migrate(target, enfants=placed))
    assert famille.essai(first, retour=True).issue == "bonne"
    famille.deliver(famille.monde.migrate(first, retour=True))
    assert famille.refus == []
    assert [etape.cle for etape in famille.first.active] == ["lettre"]


@pytest.mark.parametrize(
    ("enfants", "where"),
    [
        ({"absent": {"correspondance": {"lettre": "courrier"}}}, "/enfants/absent"),
        ({"petit": {"correspondance": {"lettre": "rien"}}}, "/enfants/petit/correspondance/lettre"),
    ],
)
def test_a_place_that_does_not_exist_is_refused(famille: Famille, enfants: Any, where: str) -> None:
    target = parent(child(COURRIER))
    refused = famille.monde.refusal("MigrateDemarche", towards=target, vers=target.sha, enfants=enfants)
    assert (refused.code, refused.errors[0][0]) == ("correspondance_inconnue", where)
    assert famille.essai(target, enfants=enfants).issue == "bloquee"


def test_a_parent_whose_child_cannot_follow_is_blocked(famille: Famille) -> None:
    stuck = child(
        {"cle": "lettre", "titre": "Lettre", "terminee": "manuelle"},
        {"cle": "lue", "titre": "Lue", "si": "absente.nom.size() > 3"},
    )
    stuck["modele"]["formulaires"] |= {"absente": "absente"}
    stuck["forms"]["absente"] = LINE
    found = famille.essai(parent(stuck))
    assert found.issue == "bloquee"
    assert (
        "«\N{NO-BREAK SPACE}Orange\N{NO-BREAK SPACE}» (EMB-2026-0001-1)" in found.raisons[0]
        and "absente.nom" in found.raisons[0]
    )


def renamed(target: Program, **changes: Any) -> Program:
    """The parent's étape under another key."""
    contents = target.bundle.model_dump(mode="json")
    [etape] = contents["modele"]["etapes"]
    etape |= {"cle": "realisation", "pour_chaque": "realisation"} | changes
    return version(
        contents["modele"], contents["forms"], contents["lignes"], {"petit": contents["enfants"]["petit"]}
    )


def test_an_etape_renamed_while_its_children_are_open_takes_them_along(famille: Famille) -> None:
    """MOD-09: asked where it goes, it keeps its children, theirs answers, and takes them back on a return."""
    first, child_id = famille.monde.program, next(iter(famille.enfants))
    target = renamed(first)
    found = famille.essai(target)
    assert (found.issue, [(p.etape, p.suggestions[:1]) for p in found.a_placer]) == (
        "correspondance",
        [("suivi", ("realisation",))],
    )
    placed = {"suivi": "realisation"}
    assert famille.essai(target, correspondance=placed).issue == "bonne"
    famille.deliver(famille.monde.migrate(target, correspondance=placed))
    assert famille.monde.state.enfants[child_id].noeud == "realisation"
    assert list(famille.enfants) == [child_id], "none is opened twice, none is given up"
    # It still answers to its parent, and the étape still opens others.
    famille.deliver(famille.monde.send("AddLigne", collection="contrats", donnees={"nom": "EDF"}))
    assert len(famille.enfants) == 2
    tache = next(iter(famille.first.taches.values()))
    famille.send(
        child_id, {"type": "CompleteTache", "tache": tache.id, "actor": actor("conseiller").model_dump()}
    )
    assert famille.monde.state.enfants[child_id].progression > 0
    assert famille.essai(first, retour=True).issue == "bonne"
    famille.deliver(famille.monde.migrate(first, retour=True))
    assert {enfant.noeud for enfant in famille.monde.state.enfants.values()} == {"suivi"}
    assert famille.refus == [] and len(famille.enfants) == 2


@pytest.mark.parametrize(
    ("correspondance", "why"),
    [
        ({"suivi": None}, "n'a plus de place"),
        ({"suivi": "bilan"}, "n'ouvre pas les mêmes"),
    ],
)
def test_open_children_never_lose_their_etape(
    famille: Famille, correspondance: dict[str, str | None], why: str
) -> None:
    target = renamed(famille.monde.program)
    contents = target.bundle.model_dump(mode="json")
    contents["modele"]["etapes"].append({"cle": "bilan", "titre": "Bilan", "terminee": "manuelle"})
    target = version(contents["modele"], {}, contents["lignes"], {"petit": contents["enfants"]["petit"]})
    found = famille.essai(target, correspondance=correspondance)
    assert found.issue == "bloquee" and why in found.raisons[0]


def test_an_etape_left_behind_with_open_children_is_asked_about_too() -> None:
    """« reste: laisser »: the étape is over, its children are not."""
    program = renamed(
        parent(child()), cle="suivi", pour_chaque="suivi", jonction={"quand": "true"}, reste="laisser"
    )
    contents = program.bundle.model_dump(mode="json")
    contents["modele"]["etapes"].append({"cle": "bilan", "titre": "Bilan", "terminee": "manuelle"})
    contents["modele"]["etapes"].insert(0, {"cle": "debut", "titre": "Début", "terminee": "manuelle"})
    famille = Famille(
        version(contents["modele"], {}, contents["lignes"], {"petit": contents["enfants"]["petit"]})
    )
    famille.deliver(famille.monde.send("AddLigne", collection="contrats", donnees={"nom": "Orange"}))
    famille.deliver(famille.monde.send("ValidateEtape", etape="debut"))
    assert [etape.cle for etape in famille.monde.state.active] == ["bilan"]
    contents["modele"]["etapes"][1] |= {"cle": "realisation", "pour_chaque": "realisation"}
    target = version(contents["modele"], {}, contents["lignes"], {"petit": contents["enfants"]["petit"]})
    assert [p.etape for p in famille.essai(target).a_placer] == ["suivi"]
    famille.deliver(famille.monde.migrate(target, correspondance={"suivi": "realisation"}))
    assert [e.noeud for e in famille.monde.state.enfants.values()] == ["realisation"]
    assert famille.monde.state.enfants[next(iter(famille.enfants))].cycle == "ouverte"


def test_a_child_that_has_ended_holds_nobody_back(famille: Famille) -> None:
    famille.send(famille.first.demarche_id, {"type": "Cancel", "motif": "Plus besoin."})
    lost = parent(child({"cle": "autre", "titre": "Autre", "terminee": "manuelle"}))
    assert famille.essai(lost).issue == "bonne"


TASK = {"cle": "t", "titre": "Faire", "pour": "conseiller"}
ETAPES: tuple[dict[str, Any], ...] = (
    {"cle": "lettre", "titre": "Lettre", "taches": [{"cle": "t", "titre": "Écrire", "pour": "conseiller"}]},
    {"cle": "accord", "titre": "Accord", "taches": [{"cle": "a", "titre": "Signer", "pour": "manager"}]},
    {
        "cle": "lettre",
        "titre": "Lettre relue",
        "taches": [{"cle": "relire", "titre": "Relire", "pour": "conseiller"}],
    },
    {"cle": "vide", "titre": "Vide"},
    {"cle": "attente", "titre": "Attente", "attendre": "entree + 3j"},
    {"cle": "condition", "titre": "Condition", "si": 'contrat.nom == "EDF"', "taches": [TASK]},
    {"cle": "lue", "titre": "Lue", "si": "suite.nom.size() > 3", "taches": [TASK]},
    {"cle": "suite", "titre": "Suite", "formulaires": [{"nom": "suite", "par": "manager"}]},
    {"cle": "fin", "titre": "Fin", "terminee": "manuelle"},
)


@settings(QUIET, max_examples=60, phases=[Phase.explicit, Phase.generate])
@given(
    st.lists(st.sampled_from(ETAPES), min_size=1, max_size=5, unique_by=lambda e: e["cle"]),
    st.booleans(),
    st.data(),
)
def test_no_migration_declared_fine_leaves_a_child_stuck(
    etapes: list[dict[str, Any]], advanced: bool, data: st.DataObject
) -> None:
    """Whatever the child's next version: a fine verdict of the parent means that each child follows, and goes on."""
    before, after = child(), child(*etapes)
    for one in (before, after):
        one["modele"]["formulaires"] = {"contrat": "contrat", "suite": "suite"}
        one["forms"]["suite"] = LINE
    famille = Famille(parent(before))
    for nom in ("Orange", "EDF"):
        famille.deliver(famille.monde.send("AddLigne", collection="contrats", donnees={"nom": nom}))
    if advanced:
        id_ = next(iter(famille.first.taches))
        famille.send(famille.first.demarche_id, {"type": "CompleteTache", "tache": id_})
    target = parent(after)
    found = famille.essai(target)
    if target.sha == famille.monde.program.sha:
        return
    places: dict[str, Any] = {}
    if found.issue == "correspondance":
        where = {lost.etape: data.draw(st.sampled_from((*lost.suggestions, None))) for lost in found.a_placer}
        places = {"petit": {"correspondance": where}}
        found = famille.essai(target, enfants=places)
    if found.issue == "bloquee":
        assert "ne peut pas suivre" in found.raisons[0]
        return
    assert found.issue == "bonne"
    famille.deliver(famille.monde.migrate(target, enfants=places))
    assert famille.refus == []
    for program, state in famille.enfants.values():
        assert program.sha == state.modele_sha == target.enfants["petit"].sha
        if state.open:
            assert state.timers or waits(program, state), "someone or something is awaited"
