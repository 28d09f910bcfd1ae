"""At every étape of the embauche, every operation, with open tasks, an armed reminder, a document made and mails
queued: what becomes of each (docs/operations-sur-une-demarche.md says it to the firm).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from tests.engine.monde import USERS, Monde, embauche
from tests.engine.parcours import DECLARATION, ETAPES, FILE, REGISTRE, SALARIE, do, ready_until
from workflows.engine.commands import Refusal
from workflows.engine.facts import Event, Noticed
from workflows.engine.program import PARIS
from workflows.engine.state import Membre, Timer
from workflows.engine.view import Reader, view
from workflows.engine.view.fields import label_of
from workflows.engine.waiting import waits
from workflows.engine.wording import describe, famille

IN_DOSSIER = [etape for etape in ETAPES if etape != "demande"]
BLOCK = ("dpae", "contrat", "arrivee_materielle")
BY_HAND, PIECE, ACTION = "Vérifier le titre de séjour", "Copie du diplôme", "Confirmez-vous l'horaire ?"
MOTIF = "Le client l'a demandé."


@dataclass
class Before:
    """What is there when the operation comes."""

    open_taches: dict[str, str | None]
    """Id → étape."""
    timers: dict[str, Timer]
    documents: dict[str, str | None]
    """Id → why it was already outdated."""
    etape_mails: set[str]
    other_mails: set[str]


def busy(etape: str) -> tuple[Monde, Before]:
    """A démarche at an étape, with one of everything pending, made by the étape or by hand."""
    monde = ready_until(etape)
    if etape == "demande":
        monde.send("RequestInformation", message=ACTION)
    else:
        monde.send("AddTache", titre=BY_HAND, etape=etape)
        monde.send("AddPiece", titre=PIECE, de="manager", etape=etape)
        monde.send("RequestAction", nature="commentaire", message=ACTION, a="manager")
    state = monde.state
    mails = [effect for effect in state.effets.values() if effect.kind == "courriel"]
    before = Before(
        {t.id: t.etape for t in state.taches.values() if t.open},
        dict(state.timers),
        {d.id: d.perime for d in state.documents.values()},
        {m.id for m in mails if m.etape == etape},
        {m.id for m in mails if m.etape != etape},
    )
    if etape != "demande":
        assert before.open_taches and before.documents and before.etape_mails and before.other_mails
        armed = {timer.etape for timer in before.timers.values()}
        assert etape in armed or etape in ("declaration", "affiliations", "visite_medicale", "termine")
    else:
        assert before.other_mails
    return monde, before


def traced(monde: Monde, events: list[Event], fact: str, motif: str | None = MOTIF) -> None:
    """The operation is one line of the timeline, with its reason."""
    event = next(e for e in events if e.fact.type == fact)
    line = describe(event, monde.program.modele, monde.state)
    assert famille(event.fact) != "systeme" and line.titre != fact
    if motif is not None:
        assert line.detail == motif


def documents(monde: Monde) -> dict[str, str | None]:
    return {d.id: d.perime for d in monde.state.documents.values()}


def open_taches(monde: Monde) -> set[str]:
    return {t.id for t in monde.state.taches.values() if t.open}


READERS = (
    Reader(kind="staff", id=USERS["conseiller"]),
    Reader(kind="client", id=USERS["manager"]),
    Reader(kind="participant", id="p", key="futur_salarie"),
)


def asked(monde: Monde) -> set[str]:
    """What the screens of the adviser, of the client and of the future employee ask of each."""
    seen = [view(monde.program, monde.state, reader) for reader in READERS]
    forms = {form.nom for each in seen for etape in each.etapes for form in etape.formulaires if form.a_moi}
    items = {tache.id for each in seen for tache in each.taches if tache.a_moi}
    items |= {piece.id for each in seen for piece in each.pieces if piece.a_moi}
    items |= {action.id for each in seen for action in each.actions if action.a_moi}
    return forms | items


@pytest.mark.parametrize("etape", ETAPES)
def test_suspend_then_resume(etape: str) -> None:
    """DOS: tasks freeze, reminders stop then are shifted, documents stay, mails wait."""
    monde, before = busy(etape)
    expected = asked(monde)
    events = monde.send("Suspend", motif=MOTIF)
    traced(monde, events, "DemarcheSuspended")
    assert expected and not asked(monde), "no screen asks anything of anybody"
    assert open_taches(monde) == set(before.open_taches)
    assert monde.state.timers == {} and monde.waiting() == []
    assert documents(monde) == before.documents
    assert {e.id for e in monde.state.effets.values() if e.held} == before.etape_mails | before.other_mails
    assert monde.later(days=10) == [] and monde.effects() == []
    task = next(iter(before.open_taches), "")
    for name, fields in (("CompleteTache", {"tache": task}), ("AddTache", {"titre": "x"})):
        assert monde.refusal(name, **fields).code == "demarche_suspendue"

    traced(monde, monde.send("Resume"), "DemarcheResumed", None)
    assert asked(monde) == expected
    assert open_taches(monde) == set(before.open_taches)
    assert documents(monde) == before.documents
    assert not any(e.held for e in monde.state.effets.values())
    assert {e.id for e in monde.state.effets.values()} == before.etape_mails | before.other_mails
    for key, timer in before.timers.items():
        now_armed = monde.state.timers.get(key)
        from_entry = "pieces_manquantes" in key
        if key == "demande/relance":
            assert now_armed and now_armed.at >= timer.at + timedelta(days=10)
        elif from_entry:
            assert now_armed and now_armed.at == timer.at + timedelta(days=10)
        elif now_armed is not None:
            assert now_armed.at == timer.at, "a date of the dossier does not move"
        else:
            assert timer.at <= monde.now, "only what fell during the suspension is gone"
    said = monde.later(days=1)
    assert not [e for e in said if e.fact.type == "RelanceSent"], "nobody is chased at once on resuming"
    monde.effects()
    assert not monde.state.effets


@pytest.mark.parametrize("etape", ETAPES)
@pytest.mark.parametrize("suspended", [False, True], ids=["en cours", "suspendue"])
def test_cancel(etape: str, suspended: bool) -> None:
    monde, before = busy(etape)
    if suspended:
        monde.send("Suspend", motif="attente")
    made = documents(monde)
    events = monde.send("Cancel", motif=MOTIF)
    traced(monde, events, "DemarcheCancelled")
    state = monde.state
    assert state.cycle == "annulee" and state.motif == MOTIF
    assert all(state.taches[id_].statut == "annulee" for id_ in before.open_taches)
    assert state.timers == {} and monde.waiting() == []
    assert not asked(monde)
    shown = view(monde.program, state, READERS[1])
    assert not {etape.statut for etape in shown.etapes} & {"a_faire", "en_cours"}
    assert not any(piece.statut == "manquant" for piece in shown.pieces)
    assert documents(monde) == made
    assert not state.effets
    cancelled = {e.fact.effect for e in events if e.fact.type == "EffectCancelled"}
    assert cancelled == before.etape_mails | before.other_mails
    assert all(p.revoked for p in state.participants.values())
    assert not any(a.statut == "attente_client" for a in state.actions.values())
    assert monde.later(days=400) == []
    for name, fields in (("Cancel", {"motif": "x"}), ("Resume", {}), ("AddTache", {"titre": "x"})):
        assert monde.refusal(name, **fields).code in ("demarche_close", "non_suspendue")


def _target(etape: str) -> str:
    if etape == "informations_salarie":
        return "declaration"
    if etape in BLOCK:
        return "informations_salarie"
    return "contrat" if etape == "affiliations" else IN_DOSSIER[IN_DOSSIER.index(etape) - 1]


def _redone(target: str) -> set[str]:
    order = IN_DOSSIER[IN_DOSSIER.index(target) :]
    return {cle for cle in order if target not in BLOCK or cle not in BLOCK or cle == target}


@pytest.mark.parametrize("etape", [e for e in IN_DOSSIER if e != "declaration"])
def test_send_back(etape: str) -> None:
    monde, before = busy(etape)
    target = _target(etape)
    done_before = {c for c, e in monde.state.etapes.items() if e.statut in ("valide", "passee")}
    visits = {c: e.visit for c, e in monde.state.etapes.items()}
    entered = {c for c, e in monde.state.etapes.items() if e.statut != "a_faire"}
    events = monde.send("SendBack", etape=target, motif=MOTIF)
    traced(monde, events, "SentBack")
    state, redone = monde.state, _redone(target)
    assert [e.cle for e in state.active] == [target]
    assert state.etapes[target].visit == visits[target] + 1
    for cle in done_before - redone:
        assert state.etapes[cle].statut in ("valide", "passee"), f"{cle} does not depend on {target}"
    for id_, where in before.open_taches.items():
        tache = state.taches[id_]
        dropped = tache.cle is not None and where in redone & entered
        assert tache.statut == ("annulee" if dropped else "a_faire"), tache.titre
    by_key = monde.program.etapes
    for cle in redone:
        for model in by_key[cle].taches:
            if model.creation == "ouverture" and (model.si is None or "cdi" in model.si):
                again = [t for t in state.taches.values() if t.cle == model.cle and t.open]
                assert len(again) == 1, f"« {model.titre} » is to be done again, once"
    assert {timer.etape for timer in state.timers.values()} <= {target}
    for id_, why in documents(monde).items():
        outdated = state.documents[id_].etape in redone
        assert bool(why) == (outdated or before.documents[id_] is not None)
    cancelled = {e.fact.effect for e in events if e.fact.type == "EffectCancelled"}
    assert cancelled == before.etape_mails and before.other_mails <= set(state.effets)
    assert all(p.statut == "valide" for p in state.pieces.values() if p.versions), (
        "what was given stays given"
    )
    if target == "informations_salarie":
        assert "informations_salarie/2/pieces_manquantes" not in state.timers, "nothing is missing any more"
        assert any(w.startswith("formulaire") for w in monde.waiting())
        monde.send("SubmitForm", "futur_salarie", formulaire="salarie", donnees=SALARIE)
        assert {e.cle for e in monde.state.active} == set(BLOCK)


def test_send_back_from_the_first_etape_or_the_demande() -> None:
    monde, _ = busy("declaration")
    assert monde.refusal("SendBack", etape="declaration", motif="x").code == "renvoi_impossible"
    monde, _ = busy("demande")
    assert monde.refusal("SendBack", etape="declaration", motif="x").code == "demande_en_cours"


@pytest.mark.parametrize("etape", [e for e in IN_DOSSIER if e != "declaration"])
def test_skip(etape: str) -> None:
    monde, before = busy(etape)
    made = documents(monde)
    events = monde.send("SkipEtape", etape=etape, motif=MOTIF)
    traced(monde, events, "EtapeSkipped")
    state = monde.state
    assert state.etapes[etape].statut == "passee" and state.etapes[etape].motif == MOTIF
    for id_, where in before.open_taches.items():
        assert state.taches[id_].open == (where != etape and state.open), state.taches[id_].titre
    assert all(t.motif for t in state.taches.values() if t.statut == "annulee")
    assert all(p.statut == "sans_objet" for p in state.pieces.values() if p.etape == etape and not p.versions)
    assert not any(timer.etape == etape for timer in state.timers.values())
    for key, timer in before.timers.items():
        if timer.etape != etape:
            assert state.timers[key] == timer, "the other étapes keep their reminders"
    assert documents(monde) == made
    cancelled = {e.fact.effect for e in events if e.fact.type == "EffectCancelled"}
    assert cancelled == before.etape_mails and before.other_mails <= set(state.effets)
    assert monde.refusal("SkipEtape", etape=etape, motif="x").code in ("etape_finie", "demarche_close")


@pytest.mark.parametrize("etape", [e for e in IN_DOSSIER if e != "declaration"])
def test_adjust(etape: str) -> None:
    """MOD-13: its name and its date here, and nothing else."""
    monde, before = busy(etape)
    made, mails = documents(monde), set(monde.state.effets)
    events = monde.send("AdjustEtape", etape=etape, titre="Autre nom", due_at=monde.now + timedelta(days=400))
    traced(monde, events, "EtapeAdjusted", None)
    state = monde.state
    assert state.etapes[etape].titre == "Autre nom" and state.etapes[etape].statut == "en_cours"
    assert all(state.taches[id_].open for id_ in before.open_taches)
    for key, timer in before.timers.items():
        if not key.endswith("/echeance"):
            assert state.timers[key] == timer
    assert documents(monde) == made and set(state.effets) == mails


def test_skip_refused_in_the_demande() -> None:
    monde, _ = busy("demande")
    assert monde.refusal("SkipEtape", etape="declaration", motif="x").code == "demande_en_cours"


@pytest.mark.parametrize("etape", ETAPES)
@pytest.mark.parametrize("what", ["tache", "piece"])
def test_add(etape: str, what: str) -> None:
    """TCH-09, GED-10: nothing else moves; what is compulsory keeps the étape open until it is done."""
    monde, before = busy(etape)
    fields: dict[str, Any]
    command, fields = (
        ("AddTache", {"titre": "Ajoutée", "pour": "conseiller"})
        if what == "tache"
        else ("AddPiece", {"titre": "Ajoutée", "de": "manager"})
    )
    fields |= {"obligatoire": True, "etape": etape}
    if etape == "demande":
        assert monde.refusal(command, **fields).code == "demande_en_cours"
        return
    made, armed, mails = documents(monde), dict(monde.state.timers), set(monde.state.effets)
    events = monde.send(command, **fields)
    traced(monde, events, "TacheCreated" if what == "tache" else "PieceRequested", None)
    assert set(before.open_taches) <= open_taches(monde)
    assert monde.state.timers == armed and documents(monde) == made and mails <= set(monde.state.effets)
    assert f"{what} Ajoutée" in " ".join(monde.waiting())
    if monde.program.etapes[etape].terminee == "manuelle":
        assert "Ajoutée" in monde.refusal("ValidateEtape", etape=etape).detail
    inactive = next(c for c, e in monde.state.etapes.items() if e.statut != "en_cours")
    assert monde.refusal(command, **(fields | {"etape": inactive})).code == "etape_inactive"


def test_more_people_of_the_firm() -> None:
    """EQP-04: a role of their own, tasks given to them by name, which go back to the role when they leave."""
    monde, _ = busy(ETAPES[-1])
    user = USERS["autre"]
    assert monde.refusal("RemoveRenfort", user_id=user).code == "hors_equipe"
    armed = dict(monde.state.timers)
    for libelle in ("Expert fiscal", "Chef de mission"):
        joined = {"user_id": user, "nom": "Nouvelle Personne", "libelle": libelle}
        events = monde.send("AddRenfort", **joined)
        traced(monde, events, "RenfortJoined", None)
        assert user in next(e.fact for e in events if isinstance(e.fact, Noticed)).to
    assert monde.refusal("AddRenfort", **joined).code == "sans_changement"
    assert [(m.user_id, m.libelle) for m in monde.state.renforts] == [(user, "Chef de mission")]
    events = monde.send("AddTache", titre="Relire", pour="conseiller", user_id=user)
    tache = next(t for t in monde.state.taches.values() if t.titre == "Relire")
    assert tache.assignee and tache.assignee.user_id == user
    assert next(e.fact for e in events if isinstance(e.fact, Noticed)).to == (user,)
    traced(monde, monde.send("RemoveRenfort", user_id=user), "RenfortLeft", None)
    assert not monde.state.renforts and monde.state.timers == armed
    assert monde.state.taches[tache.id].assignee == monde.state.holder("conseiller")


@pytest.mark.parametrize("etape", ETAPES)
@pytest.mark.parametrize("role", ["conseiller", "manager"])
def test_reassign(etape: str, role: str) -> None:
    """EQP-03: the tasks of the former holder follow; reminders, documents and mails are kept."""
    monde, before = busy(etape)
    made, armed, mails = documents(monde), dict(monde.state.timers), set(monde.state.effets)
    new = "autre" if role == "conseiller" else "remplacant"
    membre = Membre(role=role, user_id=USERS[new], nom="Nouvelle Personne", libelle=role)
    events = monde.send("Reassign", membre=membre)
    traced(monde, events, "MembreAssigned", None)
    for id_ in before.open_taches:
        tache = monde.state.taches[id_]
        assert tache.assignee and (tache.assignee.user_id == USERS[new]) == (tache.pour == role)
    assert open_taches(monde) == set(before.open_taches)
    assert monde.state.timers == armed and documents(monde) == made and set(monde.state.effets) == mails
    # A mail says its role, so that it goes to whoever holds it when it leaves.
    assert all(monde.params[id_]["to"]["role"] == "manager" for id_ in before.other_mails)
    assert monde.refusal("Reassign", membre=membre).code == "sans_changement"


def test_reassign_leaves_what_was_given_to_someone_by_name() -> None:
    monde, _ = busy("dpae")
    third = Membre(role="comptable", user_id=USERS["autre"], nom="Omar Autre", libelle="Comptable")
    monde.send("Reassign", membre=third)
    given = monde.tache("dpae")
    monde.send("AssignTache", tache=given, pour="conseiller", user_id=USERS["autre"])
    fourth = Membre(role="conseiller", user_id=USERS["remplacant"], nom="Rémi Plaçant", libelle="Conseiller")
    monde.send("Reassign", membre=fourth)
    assert monde.state.taches[given].assignee.user_id == USERS["autre"]  # type: ignore[union-attr]
    assert monde.state.taches[monde.tache("contrat_cdi")].assignee == fourth


@pytest.mark.parametrize("etape", ETAPES)
def test_change_the_hire_date(etape: str) -> None:
    """EMB-08: due dates, reminders and calculations follow; documents already made are to be made again."""
    monde, before = busy(etape)
    date = {"champ": "declaration.date_entree", "valeur": "2026-06-15", "motif": MOTIF}
    if etape == "demande":
        assert monde.refusal("ChangeDonnee", **date).code == "demande_en_cours"
        return
    dues = {t.id: t.due_at for t in monde.state.taches.values() if t.open}
    events = monde.send("ChangeDonnee", **date)
    traced(monde, events, "DonneeChanged")
    changed = next(e for e in events if e.fact.type == "DonneeChanged")
    line = describe(changed, monde.program.modele, monde.state, partial(label_of, monde.program))
    assert line.titre == "Date modifiée\u00a0: Date d'entrée, désormais le 15/06/2026"
    state = monde.state
    assert open_taches(monde) == set(before.open_taches)
    for id_ in before.open_taches:
        tache = state.taches[id_]
        assert tache.due_at == dues[id_] if tache.cle is None else tache.due_at != dues[id_]
    for key, timer in before.timers.items():
        if "pieces_manquantes" not in key:
            assert state.timers[key].at > timer.at, key
    assert all(documents(monde).values()), "what says the former date is to be made again"
    assert before.etape_mails | before.other_mails <= set(state.effets)
    assert state.calculs["fin_essai"] == "2026-08-14"
    assert DECLARATION["date_entree"] == "2026-03-23"


def test_a_moved_trial_end_raises_its_alert_again() -> None:
    """EMB-08: the alert of ten days before fires, and fires again for another end."""
    monde = ready_until("periode_essai")
    said = monde.wait("2026-05-12 10:00")
    assert [e.fact.alerte for e in said if e.fact.type == "AlerteRaised"] == ["fin_essai", "fin_essai_client"]
    monde.send("ChangeDonnee", champ="declaration.date_entree", valeur="2026-06-15", motif="arrivée reportée")
    said = monde.wait("2026-08-04 10:00")
    assert "fin_essai" in [e.fact.alerte for e in said if e.fact.type == "AlerteRaised"]


def test_an_etape_entered_too_late_still_raises_its_alerts() -> None:
    """EMB-08: the trial period is over when the étape begins; the alarm is not swallowed."""
    monde = ready_until("arrivee")
    monde.wait("2026-07-01 09:00")
    monde.send("SubmitForm", formulaire="registre", donnees=REGISTRE)
    assert [e.cle for e in monde.state.active] == ["periode_essai"]
    said = monde.later(minutes=1)
    assert "fin_essai" in [e.fact.alerte for e in said if e.fact.type == "AlerteRaised"]
    do(monde, "decision_essai")
    assert [e.cle for e in monde.state.active] == ["termine"]


@pytest.mark.parametrize("during", ["prepared", "failed"])
def test_a_document_being_made_when_the_date_changes_is_to_be_made_again(during: str) -> None:
    monde = ready_until("dpae")
    monde.send("GenerateDocument", document="contrat")
    monde.send("ChangeDonnee", champ="declaration.date_entree", valeur="2026-06-15", motif="report")
    monde.effects("done" if during == "prepared" else "failed", "document")
    do_again = list(monde.state.documents.values())[-1]
    assert do_again.perime or do_again.statut == "echec"
    id_ = monde.tache("contrat_cdi")
    for item in range(2):
        monde.send("TickTache", tache=id_, item=item, fait=True)
    assert monde.refusal("CompleteTache", tache=id_).code == "document_attendu"
    monde.send("GenerateDocument", document="contrat")
    monde.effects(kind="document")
    monde.send("CompleteTache", tache=id_)


def test_suspended_before_the_dossier_does_not_shift_the_dossier() -> None:
    monde = ready_until("demande")
    monde.send("Suspend", motif="congés")
    monde.later(days=30)
    monde.send("Resume")
    assert monde.state.shift == 0


def test_a_revoked_participant_is_no_longer_written_to() -> None:
    monde = ready_until("informations_salarie")
    monde.send("RevokeLink", participant="futur_salarie")
    assert not [e for e in monde.later(days=30) if e.fact.type in ("RelanceSent", "LinkRenewed")]
    monde.send("InviteParticipant", participant="futur_salarie")
    assert [e for e in monde.later(days=5) if e.fact.type == "RelanceSent"]


@pytest.mark.parametrize(
    ("prenom", "titre"),
    [
        ("Adrien", "Embauche d'Adrien Martin"),
        ("Éloïse", "Embauche d'Éloïse Martin"),
        ("Yves", "Embauche d'Yves Martin"),
        ("Yanis", "Embauche de Yanis Martin"),
        ("Hugo", "Embauche de Hugo Martin"),
    ],
)
def test_titles_elide_as_french_does(prenom: str, titre: str) -> None:
    monde = Monde(embauche())
    monde.open("demande", "manager", declaration={**DECLARATION, "prenom": prenom})
    assert monde.state.titre == titre


def test_a_document_that_nobody_asked_for_is_checked_like_any_other() -> None:
    """GED-05: it holds nothing up, and its deposit alone is told."""
    monde = ready_until("dpae")
    for who in ("conseiller", "futur_salarie"):
        with pytest.raises(Refusal, match="réservé au client"):
            monde.send("OfferPiece", who, titre="Diplôme", files=[FILE])
    events = monde.send("OfferPiece", "manager", titre="Diplôme", files=[FILE])
    told = [
        describe(e, monde.program.modele, monde.state).titre for e in events if famille(e.fact) == "piece"
    ]
    assert told == ["Pièce déposée\N{NO-BREAK SPACE}: Diplôme"]
    piece = next(p for p in monde.state.pieces.values() if p.titre == "Diplôme")
    assert (piece.de, piece.libre, piece.obligatoire, piece.etape) == ("manager", True, False, None)
    assert any(w.kind == "validation" and w.id == piece.id for w in waits(monde.program, monde.state))
    monde.send("ValidatePiece", piece=piece.id)
    assert piece.id not in {w.id for w in waits(monde.program, monde.state)}


def test_the_end_is_told_from_what_remains() -> None:
    """DOS-06: the last date that the étapes still to do name; none once it is over, or while it does not move."""
    monde = ready_until("dpae")

    def end() -> str | None:
        seen = view(monde.program, monde.state, Reader(kind="staff", id=USERS["conseiller"]))
        return seen.fin_prevue.astimezone(PARIS).date().isoformat() if seen.fin_prevue else None

    # Hired on 23/03/2026: the visit is due three months later, after the end of the trial.
    assert end() == "2026-06-23"
    monde.send("Suspend", motif=MOTIF)
    assert end() is None
    monde.send("Resume")
    assert end() == "2026-06-23"
    late = ready_until("periode_essai")
    seen = view(late.program, late.state, Reader(kind="staff", id=USERS["conseiller"]))
    assert (
        seen.fin_prevue is not None and seen.fin_prevue.astimezone(PARIS).date().isoformat() == "2026-05-23"
    )
    monde.send("Cancel", motif=MOTIF)
    assert end() is None
