"""`pour_chaque` for real (DESIGN rule 7): children are ordinary démarches; the outbox carries what passes between."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio
import sqlalchemy as sa
from sqlmodel import col

from activities.changement import Demande, compare, essais
from activities.famille import KIND
from store import outbox
from store.demarche import Demarche
from store.outbox import Sortie
from store.session import session_scope
from tests.modeles_essai import essai
from tests.relaying import drain
from tests.workflow.conftest import Pile
from workflows.client import Demarches
from workflows.engine.bundle import digest
from workflows.engine.difference import Portee
from workflows.engine.modele import Bundle
from workflows.engine.state import DemarcheState, Placement
from workflows.engine.verdict import Verdict
from workflows.relais import Relay

FORM = {"type": "object", "properties": {"nom": {"type": "string"}, "prix": {"type": "integer"}}}
FORM |= {"required": ["nom", "prix"]}
RESULT = {"type": "object", "properties": {"prix": {"type": "integer"}}, "required": ["prix"]}
ROLES = {"conseiller": {"libelle": "Conseiller", "cote": "cabinet"}}


def child() -> dict[str, Any]:
    etape = {"cle": "suite", "titre": "Suite", "formulaires": [{"nom": "resultat", "par": "conseiller"}]}
    fields: dict[str, Any] = {
        "modele": "contrat",
        "enfant": True,
        "nom": "contrat.nom",
        "roles": ROLES,
        "formulaires": {"contrat": "contrat", "resultat": "resultat"},
        "sorties": {"gain": "contrat.prix - resultat.prix"},
        "etapes": [etape],
    }
    return essai(**fields) | {"forms": {"contrat": FORM, "resultat": RESULT}}


def parent(**node: Any) -> dict[str, Any]:
    made: dict[str, Any] = {
        "pour_chaque": "contrats_a_revoir",
        "titre": "Contrats",
        "dans": "contrats",
        "enfant": "contrat",
        "donnees": {"contrat": "ligne"},
    }
    collection = {"libelle": "Contrats", "singulier": "contrat", "formulaire": "contrat", "nom": "ligne.nom"}
    etapes = [made | node, {"cle": "fin", "titre": "Fin", "terminee": "manuelle"}]
    etapes.insert(0, {"cle": "choix", "titre": "Choix", "terminee": "manuelle"})
    bundle = essai(modele="revue", roles=ROLES, collections={"contrats": collection}, etapes=etapes)
    return bundle | {"lignes": {"contrats": FORM}, "enfants": {"contrat": child()}}


class Revue:
    """A démarche with two contracts, and the relay between it and its children."""

    def __init__(self, pile: Pile, demarche_id: uuid.UUID) -> None:
        self.pile, self.id = pile, demarche_id
        self.relay = Relay(pile.demarches, pile.bureau.keyring)

    async def settle(self) -> None:
        await drain(self.relay)

    async def state(self) -> DemarcheState:
        return await self.pile.bureau.state(self.id)

    async def children(self) -> dict[str, DemarcheState]:
        """States of the children that exist, by name of their line."""
        rows = [row for row in await self.pile.bureau.rows(Demarche) if row["parent_id"] == self.id]
        found = [await self.pile.bureau.state(row["id"]) for row in rows]
        return {state.donnees["contrat"]["nom"]: state for state in found}

    async def told(self) -> dict[str, str]:
        return {e.titre: e.cycle for e in (await self.state()).enfants.values()}

    async def finish(self, nom: str, prix: int) -> None:
        of = uuid.UUID((await self.children())[nom].demarche_id)
        await self.pile.send(of, "SubmitForm", formulaire="resultat", donnees={"prix": prix})


async def begun(pile: Pile, **node: Any) -> Revue:
    normal = Bundle.model_validate(child())
    await pile.bureau.publish(normal.model_dump(mode="json"))
    whole = Bundle.model_validate(parent(**node))
    sha = await pile.bureau.publish(whole.model_dump(mode="json"))
    assert digest(whole) == sha
    revue = Revue(pile, await pile.open())
    for nom, prix in (("Orange", 300), ("EDF", 900)):
        await pile.send(revue.id, "AddLigne", collection="contrats", donnees={"nom": nom, "prix": prix})
    await pile.send(revue.id, "ValidateEtape", etape="choix")
    return revue


@pytest_asyncio.fixture(loop_scope="session")
async def revue(pile: Pile) -> AsyncIterator[Revue]:
    made = await begun(pile)
    await made.settle()
    yield made


async def test_children_are_ordinary_demarches_that_report(revue: Revue) -> None:
    children = await revue.children()
    parent_state = await revue.state()
    assert set(children) == {"Orange", "EDF"}
    assert children["EDF"].reference == f"{parent_state.reference}-2"
    assert children["EDF"].equipe[0].user_id == parent_state.equipe[0].user_id
    await revue.finish("Orange", 250)
    await revue.settle()
    assert await revue.told() == {"Orange": "terminee", "EDF": "ouverte"}
    assert [e.sorties for e in (await revue.state()).enfants.values()] == [{"gain": 50}, {}]
    await revue.finish("EDF", 700)
    await revue.settle()
    state = await revue.state()
    assert state.etapes["contrats_a_revoir"].statut == "valide"
    assert state.etapes["fin"].statut == "en_cours"


async def test_children_follow_their_parent(revue: Revue) -> None:
    async def cycles() -> dict[str, str]:
        await revue.settle()
        return {nom: state.cycle for nom, state in (await revue.children()).items()}

    await revue.pile.send(revue.id, "Suspend", motif="pause")
    assert await cycles() == {"Orange": "suspendue", "EDF": "suspendue"}
    await revue.pile.send(revue.id, "Resume")
    assert await cycles() == {"Orange": "ouverte", "EDF": "ouverte"}
    first = next(iter((await revue.state()).collections["contrats"]))
    await revue.pile.send(revue.id, "RemoveLigne", collection="contrats", ligne=first, motif="x")
    assert await cycles() == {"Orange": "annulee", "EDF": "ouverte"}
    await revue.pile.send(revue.id, "SendBack", etape="choix", motif="à revoir")
    assert await cycles() == {"Orange": "annulee", "EDF": "annulee"}
    await revue.pile.send(revue.id, "ValidateEtape", etape="choix")
    await revue.settle()
    await revue.pile.send(revue.id, "Cancel", motif="fini")
    await revue.settle()
    rows = [row for row in await revue.pile.bureau.rows(Demarche) if row["parent_id"] == revue.id]
    assert {row["cycle"] for row in rows} == {"annulee"} and len(rows) == 3


async def test_a_closed_parent_tolerates_what_its_children_say(pile: Pile) -> None:
    revue = await begun(pile, jonction={"au_moins": 1}, reste="laisser")
    await revue.settle()
    await revue.finish("Orange", 1)
    await revue.settle()
    await pile.send(revue.id, "ValidateEtape", etape="fin")
    assert (await revue.state()).cycle == "terminee"
    await revue.finish("EDF", 1)
    await revue.settle()
    assert (await revue.children())["EDF"].cycle == "terminee", "left alone, it goes on to its end"
    refused = [row["refus"] for row in await pile.bureau.rows(Sortie, revue.id) if row["refus"]]
    assert refused == ["demarche_close"] * len(refused) and refused


async def test_delivered_twice_counts_once(revue: Revue) -> None:
    """A relay killed after it delivered, before it wrote that down: every row goes again."""
    before = {nom: state.seq for nom, state in (await revue.children()).items()}
    seq = (await revue.state()).seq
    async with session_scope() as session:
        await session.exec(
            sa.update(Sortie).where(col(Sortie.kind) == KIND).values(relayed_at=None, refus=None)
        )
    await revue.settle()
    assert {nom: state.seq for nom, state in (await revue.children()).items()} == before
    assert (await revue.state()).seq == seq


async def test_a_child_that_cannot_open_is_told_to_its_parent(pile: Pile) -> None:
    revue = await begun(pile)
    wanted = next(iter((await revue.state()).enfants.values()))
    other = await pile.bureau.publish(essai())  # not the modèle of a child
    async with session_scope() as session:
        cipher = await pile.bureau.keyring.load(session, pile.bureau.client_id)
        (row,) = await outbox.pending(session, uuid.UUID(wanted.id), 10)
        wrong = outbox.read(row, cipher) | {"sha": other}
        await session.delete(row)
        await session.flush()
        await outbox.enqueue(session, cipher, uuid.UUID(wanted.id), KIND, wrong, row.id)
    await revue.settle()
    known = (await revue.state()).enfants[wanted.id]
    assert known.cycle == "refusee" and known.motif
    assert (await revue.state()).etapes["contrats_a_revoir"].statut == "en_cours", "a person decides"


async def test_temporal_is_disposable_for_a_family(revue: Revue, pile: Pile) -> None:
    """Their workflows are gone: each is started again from PostgreSQL, and they go on together."""
    ids = [revue.id, *(uuid.UUID(state.demarche_id) for state in (await revue.children()).values())]
    for id_ in ids:
        await pile.handle(id_).terminate()
    fresh = Demarches(pile.client)
    for id_ in ids:
        state = await pile.bureau.state(id_)
        assert await fresh.restart(pile.bureau.client_id, id_, state.modele_sha, state.seq)
    for nom in ("Orange", "EDF"):
        await revue.finish(nom, 1)
    await revue.settle()
    assert (await revue.state()).etapes["contrats_a_revoir"].statut == "valide"


async def _next_version(pile: Pile, *etapes: dict[str, Any]) -> str:
    """Publish another version of both modèles; the child's has these étapes."""
    made = child()
    made["modele"]["etapes"] = list(etapes)
    normal = Bundle.model_validate(made)
    await pile.bureau.publish(normal.model_dump(mode="json"))
    whole = Bundle.model_validate(parent() | {"enfants": {"contrat": made}})
    return await pile.bureau.publish(whole.model_dump(mode="json"))


async def _verdict(revue: Revue, vers: str, **enfants: Placement) -> Verdict:
    demande = Demande(vers, {}, {}, enfants=enfants)
    found = [one async for one in essais(revue.pile.bureau.keyring, "revue", demande, ids=[revue.id])]
    return found[0].verdict


async def test_children_migrate_with_their_parent(revue: Revue, pile: Pile) -> None:
    """Issue 3, section 3: the verdict reads the children; the migration takes them along."""
    suite = child()["modele"]["etapes"][0]
    lost = await _next_version(pile, {"cle": "autre", "titre": "Autre", "terminee": "manuelle"})
    stopped = await _verdict(revue, lost)
    assert stopped.issue == "correspondance"
    assert [(place.enfant, place.etape) for place in stopped.a_placer] == [("contrat", "suite")]
    placed = Placement(correspondance={"suite": "autre"})
    assert (await _verdict(revue, lost, contrat=placed)).issue == "bonne"
    await pile.send(revue.id, "MigrateDemarche", vers=lost, enfants={"contrat": placed.model_dump()})
    await revue.settle()
    assert [[e.cle for e in s.active] for s in (await revue.children()).values()] == [["autre"]] * 2
    first = (await revue.state()).migrations[-1].depuis
    await pile.send(revue.id, "MigrateDemarche", vers=first, retour=True)
    await revue.settle()
    assert [[e.cle for e in s.active] for s in (await revue.children()).values()] == [["suite"]] * 2
    more = await _next_version(pile, suite, {"cle": "fin", "titre": "Fin", "terminee": "manuelle"})
    assert (await _verdict(revue, more)).issue == "bonne"
    await pile.send(revue.id, "MigrateDemarche", vers=more)
    await revue.settle()
    children = await revue.children()
    assert {len(state.etapes) for state in children.values()} == {2}
    assert len({state.modele_sha for state in children.values()}) == 1


async def test_the_blast_radius_counts_the_children_of_these_demarches(revue: Revue, pile: Pile) -> None:
    """One of the two contracts is over by then; those of a démarche of another version would go the same way."""
    await revue.finish("EDF", 600)
    await revue.settle()
    elsewhere = await begun(pile, titre="Autres contrats")
    await elsewhere.settle()
    state = await revue.state()
    suite = child()["modele"]["etapes"][0]
    more = await _next_version(pile, suite | {"titre": "Suites"})
    changes, reach = await compare(pile.bureau.keyring, state.modele, state.modele_sha, more)
    assert [(one.enfant, one.etape, one.details) for one in changes] == [
        ("contrat", "suite", ("titre\u00a0: Suite → Suites",))
    ]
    assert reach == [Portee("suite", "Suites", 0, 3, 0, "contrat")]


async def test_a_new_conseiller_reaches_the_children(revue: Revue) -> None:
    former = (await revue.state()).equipe[0]
    taken = former.model_copy(update={"user_id": str(revue.pile.bureau.users["autre"]), "nom": "Omar Autre"})
    await revue.pile.send(revue.id, "Reassign", membre=taken.model_dump())
    await revue.settle()
    assert {state.equipe[0].nom for state in (await revue.children()).values()} == {"Omar Autre"}
