"""Who may do what: the one authorisation function, deny by default (SEC-15, SEC-16), and how routes declare it.

The native roles say what each may do; an administrator grants or withdraws some of it (`CONFIGURABLE`), and closes
types of démarches, by role or by person. What they chose comes with the session.

A route either depends on `rule(Action.X)` / `rule(Action.X, target=loader)`, or on `public("reason")`. Both are
recorded on the route; tests/rules_of_code/test_routes_have_rules.py refuses a route with neither.
"""

import uuid
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Literal

from fastapi import Depends, FastAPI, Request
from fastapi.routing import RouteContext, iter_route_contexts

from api import traces
from api.problems import Problem, not_found
from store.droit import NATIFS, Droits
from store.utilisateur import STAFF, Role

Kind = Literal["staff", "client", "participant"]


class Action(StrEnum):
    """Everything that can be asked of the API."""

    MOI_LIRE = "moi.lire"
    MOI_MODIFIER = "moi.modifier"
    SESSION_FERMER = "session.fermer"
    NOTIFICATION_LIRE = "notification.lire"
    NOTIFICATION_MARQUER = "notification.marquer"
    CABINET_LIRE = "cabinet.lire"
    EQUIPE_LIRE = "equipe.lire"
    PHOTO_REGLER = "photo.regler"
    PHOTO_VOIR = "photo.voir"
    TIERS_LISTER = "tiers.lister"
    TIERS_LIRE = "tiers.lire"
    TIERS_CREER = "tiers.creer"
    ACCES_GERER = "acces.gerer"
    ABONNEMENT_REGLER = "abonnement.regler"
    BROUILLON_LISTER = "brouillon.lister"
    BROUILLON_LIRE = "brouillon.lire"
    BROUILLON_ECRIRE = "brouillon.ecrire"
    MODELE_LIRE = "modele.lire"
    MODELE_ECRIRE = "modele.ecrire"
    MODELE_PUBLIER = "modele.publier"
    MODELE_MIGRER = "modele.migrer"
    MODELE_MESURER = "modele.mesurer"
    DEMARCHE_LISTER = "demarche.lister"
    DEMARCHE_OUVRIR = "demarche.ouvrir"
    DEMARCHE_LIRE = "demarche.lire"
    DEMARCHE_REVOIR = "demarche.revoir"
    DEMARCHE_TOUTES = "demarche.toutes"
    DEMARCHE_COMMANDER = "demarche.commander"
    DEMARCHE_PILOTER = "demarche.piloter"
    DEMARCHE_ANNULER = "demarche.annuler"
    DEMANDE_DECIDER = "demande.decider"
    PRIX_FIXER = "prix.fixer"
    EQUIPE_CONFIER = "equipe.confier"
    PARTICIPANT_INVITER = "participant.inviter"
    TACHE_AJOUTER = "tache.ajouter"
    ACTION_REPONDRE = "action.repondre"
    TRAVAIL_LIRE = "travail.lire"
    ATTENTE_LIRE = "attente.lire"
    CONSEILLER_LIRE = "conseiller.lire"
    DOCUMENT_LISTER = "document.lister"
    MODELE_LISTER = "modele.lister"
    FLUX_LIRE = "flux.lire"
    JOURNAL_LIRE = "journal.lire"
    JOURNAL_VISIBILITE = "journal.visibilite"
    COMMENTER = "journal.commenter"
    FORMULAIRE_REMPLIR = "formulaire.remplir"
    TACHE_TERMINER = "tache.terminer"
    PIECE_DEPOSER = "piece.deposer"
    PIECE_AJOUTER = "piece.ajouter"
    PIECE_VALIDER = "piece.valider"
    LIGNE_GERER = "ligne.gerer"
    FICHIER_LIRE = "fichier.lire"
    TELEVERSER = "fichier.televerser"
    CLIENT_NOTIFIER = "client.notifier"
    GED_LIRE = "ged.lire"
    GED_DEPOSER = "ged.deposer"
    GED_CLASSER = "ged.classer"
    COFFRE_OUVRIR = "coffre.ouvrir"
    AUDIT_LIRE = "audit.lire"
    PAIEMENT_LIEN = "paiement.lien"
    PLATEFORME_REGLER = "plateforme.regler"
    COURRIEL_REGLER = "courriel.regler"
    CABINET_REGLER = "cabinet.regler"
    BADGE_REGLER = "badge.regler"
    DROITS_REGLER = "droits.regler"
    PLAN_LIRE = "plan.lire"
    PLAN_REGLER = "plan.regler"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is asking. A participant sees one démarche; a client user, those of their tiers."""

    kind: Kind
    id: uuid.UUID
    name: str
    role: Role | Literal["participant"]
    tiers_ids: frozenset[uuid.UUID] = frozenset()
    demarche_id: uuid.UUID | None = None
    participant_key: str | None = None
    droits: Droits = NATIFS

    @property
    def key(self) -> str:
        """The actor in a row: `utilisateur/<id>` or `lien/<id>`."""
        return f"{'lien' if self.kind == 'participant' else 'utilisateur'}/{self.id}"

    @property
    def supervises(self) -> bool:
        """Whether this person sees all the firm's démarches."""
        return permits(self, Action.DEMARCHE_TOUTES)

    def knows(self, modele: str | None) -> bool:
        """Whether the démarches of this modèle exist for this person."""
        return modele not in self.droits.caches


@dataclass(frozen=True, slots=True)
class Target:
    """What is asked about. `client_id` is the tiers it belongs to; `conseiller_id` that tiers's own adviser.

    `assignee` is whose turn an item is: a user's id, or a participant's key. `owner_id` is the user to whom alone
    the object belongs (a draft). `client_visible` is False for what the firm keeps to itself. `modele`: of a démarche.
    """

    client_id: uuid.UUID | None = None
    conseiller_id: uuid.UUID | None = None
    demarche_id: uuid.UUID | None = None
    team_user_ids: frozenset[uuid.UUID] = frozenset()
    assignee: uuid.UUID | str | None = None
    owner_id: uuid.UUID | None = None
    client_visible: bool = True
    modele: str | None = None


_STAFF = frozenset(STAFF)
_SUPERVISION = frozenset({Role.RESPONSABLE, Role.ADMIN})
_ADMIN = frozenset({Role.ADMIN})
_USERS = _STAFF | {Role.CLIENT}
_CLIENT = frozenset({Role.CLIENT})
_EVERYBODY = _USERS | {"participant"}

# Who may ever do it; what object they may do it on is for `authorise`.
ROLES: dict[Action, frozenset[str]] = {
    Action.MOI_LIRE: _EVERYBODY,
    Action.MOI_MODIFIER: _USERS,
    Action.SESSION_FERMER: _EVERYBODY,
    Action.NOTIFICATION_LIRE: _USERS,
    Action.NOTIFICATION_MARQUER: _USERS,
    Action.CABINET_LIRE: _EVERYBODY,
    Action.EQUIPE_LIRE: _STAFF,
    Action.PHOTO_REGLER: _STAFF,
    Action.PHOTO_VOIR: _EVERYBODY,
    Action.TIERS_LISTER: _STAFF,
    Action.TIERS_LIRE: _USERS,
    Action.TIERS_CREER: _STAFF,
    Action.ACCES_GERER: _STAFF,
    Action.ABONNEMENT_REGLER: _STAFF,
    Action.BROUILLON_LISTER: _USERS,
    Action.BROUILLON_LIRE: _USERS,
    Action.BROUILLON_ECRIRE: _USERS,
    Action.MODELE_LIRE: _USERS,
    Action.MODELE_ECRIRE: _ADMIN,
    Action.MODELE_PUBLIER: _ADMIN,
    Action.MODELE_MIGRER: _SUPERVISION,
    Action.MODELE_MESURER: _SUPERVISION,
    Action.DEMARCHE_LISTER: _USERS,
    Action.DEMARCHE_OUVRIR: _USERS,
    Action.DEMARCHE_LIRE: _EVERYBODY,
    Action.DEMARCHE_REVOIR: _STAFF,
    Action.DEMARCHE_TOUTES: _SUPERVISION,
    Action.DEMARCHE_COMMANDER: _STAFF,
    Action.DEMARCHE_PILOTER: _STAFF,
    Action.DEMARCHE_ANNULER: _USERS,
    Action.DEMANDE_DECIDER: _STAFF,
    Action.PRIX_FIXER: _STAFF,
    Action.EQUIPE_CONFIER: _STAFF,
    Action.PARTICIPANT_INVITER: _STAFF,
    Action.TACHE_AJOUTER: _USERS,
    Action.ACTION_REPONDRE: _EVERYBODY,
    Action.TRAVAIL_LIRE: _STAFF,
    Action.ATTENTE_LIRE: _CLIENT,
    Action.CONSEILLER_LIRE: _CLIENT,
    Action.DOCUMENT_LISTER: _CLIENT,
    Action.MODELE_LISTER: _STAFF,
    Action.FLUX_LIRE: _EVERYBODY,
    Action.JOURNAL_LIRE: _USERS,
    Action.JOURNAL_VISIBILITE: _STAFF,
    Action.COMMENTER: _USERS,
    Action.FORMULAIRE_REMPLIR: _EVERYBODY,
    Action.TACHE_TERMINER: _EVERYBODY,
    Action.PIECE_DEPOSER: _EVERYBODY,
    Action.PIECE_AJOUTER: _CLIENT,
    Action.PIECE_VALIDER: _STAFF,
    Action.LIGNE_GERER: _EVERYBODY,
    Action.FICHIER_LIRE: _EVERYBODY,
    Action.TELEVERSER: _EVERYBODY,
    Action.CLIENT_NOTIFIER: _STAFF,
    Action.GED_LIRE: _USERS,
    Action.GED_DEPOSER: _USERS,
    Action.GED_CLASSER: _STAFF,
    Action.COFFRE_OUVRIR: _CLIENT,
    Action.AUDIT_LIRE: _SUPERVISION,
    Action.PAIEMENT_LIEN: _STAFF,
    Action.PLATEFORME_REGLER: _ADMIN,
    Action.COURRIEL_REGLER: _ADMIN,
    Action.CABINET_REGLER: _ADMIN,
    Action.BADGE_REGLER: _ADMIN,
    Action.DROITS_REGLER: _ADMIN,
    Action.PLAN_LIRE: _STAFF,
    Action.PLAN_REGLER: _STAFF,
}

# What leading one démarche takes.
_LEADING = (
    Action.DEMANDE_DECIDER,
    Action.DEMARCHE_COMMANDER,
    Action.DEMARCHE_PILOTER,
    Action.DEMARCHE_ANNULER,
    Action.PIECE_VALIDER,
    Action.PRIX_FIXER,
    Action.EQUIPE_CONFIER,
    Action.PARTICIPANT_INVITER,
    Action.PAIEMENT_LIEN,
    Action.JOURNAL_VISIBILITE,
)
# What an administrator may grant to the firm's other people, or withdraw from them. Setting the rights stays theirs.
CONFIGURABLE = (
    Action.DEMARCHE_TOUTES,
    Action.TIERS_CREER,
    Action.ACCES_GERER,
    Action.DEMARCHE_OUVRIR,
    *_LEADING,
    Action.GED_CLASSER,
    Action.PLAN_REGLER,
    Action.MODELE_MESURER,
    Action.MODELE_MIGRER,
    Action.AUDIT_LIRE,
    Action.MODELE_ECRIRE,
    Action.MODELE_PUBLIER,
    Action.COURRIEL_REGLER,
    Action.PLATEFORME_REGLER,
    Action.CABINET_REGLER,
    Action.BADGE_REGLER,
)
# What may still be done with a démarche whose modèle is open to reading only.
READING = frozenset({Action.DEMARCHE_LIRE, Action.DEMARCHE_REVOIR, Action.JOURNAL_LIRE, Action.FICHIER_LIRE})

# What can be asked about one démarche as a whole: its reader is told which of them they may ask, so that screens offer
# no other. Whatever concerns one item of it also depends on whose turn that item is.
OF_DEMARCHE = (
    *_LEADING,
    Action.TACHE_AJOUTER,
    Action.TACHE_TERMINER,
    Action.FORMULAIRE_REMPLIR,
    Action.PIECE_DEPOSER,
    Action.LIGNE_GERER,
    Action.COMMENTER,
)

# Asked about one object: a route that declares one of them must also say how the object is found.
PER_OBJECT = frozenset(
    {
        Action.TIERS_LIRE,
        Action.BROUILLON_LIRE,
        Action.BROUILLON_ECRIRE,
        Action.DEMARCHE_OUVRIR,
        Action.DEMARCHE_LIRE,
        Action.DEMARCHE_REVOIR,
        Action.DEMARCHE_COMMANDER,
        Action.DEMARCHE_PILOTER,
        Action.DEMARCHE_ANNULER,
        Action.DEMANDE_DECIDER,
        Action.PRIX_FIXER,
        Action.EQUIPE_CONFIER,
        Action.PARTICIPANT_INVITER,
        Action.TACHE_AJOUTER,
        Action.ACTION_REPONDRE,
        Action.JOURNAL_LIRE,
        Action.JOURNAL_VISIBILITE,
        Action.COMMENTER,
        Action.FORMULAIRE_REMPLIR,
        Action.TACHE_TERMINER,
        Action.PIECE_DEPOSER,
        Action.PIECE_AJOUTER,
        Action.PIECE_VALIDER,
        Action.LIGNE_GERER,
        Action.FICHIER_LIRE,
        Action.TELEVERSER,
        Action.CLIENT_NOTIFIER,
        Action.GED_LIRE,
        Action.GED_DEPOSER,
        Action.ACCES_GERER,
        Action.ABONNEMENT_REGLER,
        Action.GED_CLASSER,
        Action.PAIEMENT_LIEN,
    }
)

# What a client or a participant does only to what is assigned to them.
OWN_ITEM = frozenset(
    {
        Action.TACHE_TERMINER,
        Action.FORMULAIRE_REMPLIR,
        Action.PIECE_DEPOSER,
        Action.LIGNE_GERER,
        Action.ACTION_REPONDRE,
    }
)


def forbidden() -> Problem:
    return Problem(403, "non_autorise", "Votre rôle ne permet pas cette action.")


def permits(actor: Actor, action: Action) -> bool:
    """Whether this person may ever do it: their native role, corrected by what was granted or withdrawn."""
    native = actor.role in ROLES.get(action, frozenset())
    if actor.kind != "staff" or action not in CONFIGURABLE:
        return native
    return (native or action in actor.droits.accordes) and action not in actor.droits.retires


def authorise(actor: Actor, action: Action, target: Target | None = None) -> None:
    """Return when the actor may do it; else raise a Problem.

    404 when the actor may not even know that the object exists, 403 when they see it but may not do this.
    Without a target the answer is for the role alone, and an action of `PER_OBJECT` is refused.
    """
    allowed = permits(actor, action)
    if target is None:
        if not allowed or action in PER_OBJECT:
            raise forbidden()
        return
    if not _sees(actor, target):
        raise not_found()
    if not allowed:
        raise forbidden()
    if target.modele in actor.droits.lecture and action not in READING:
        raise Problem(403, "lecture_seule", "Ce type de démarche vous est ouvert en lecture seulement.")
    if action in OWN_ITEM and actor.kind != "staff" and not _is_assigned(actor, target):
        raise forbidden()


def permitted(actor: Actor, target: Target) -> list[Action]:
    """What this person may ask about one démarche: the answer of `authorise` to each of `OF_DEMARCHE`."""
    found = []
    for action in OF_DEMARCHE:
        with suppress(Problem):
            authorise(actor, action, target)
            found.append(action)
    return found


def _sees(actor: Actor, target: Target) -> bool:
    if not actor.knows(target.modele):
        return False
    if target.owner_id is not None and (target.owner_id != actor.id or target.client_id is None):
        return target.owner_id == actor.id
    if actor.kind == "staff":
        return actor.supervises or actor.id in target.team_user_ids or actor.id == target.conseiller_id
    if not target.client_visible:
        return False
    if actor.kind == "client":
        return target.client_id is not None and target.client_id in actor.tiers_ids
    if target.demarche_id is None or target.demarche_id != actor.demarche_id:
        return False
    return target.assignee is None or _is_assigned(actor, target)


def _is_assigned(actor: Actor, target: Target) -> bool:
    """A client user may act for any of their tiers's people: what is awaited of the client is awaited of each."""
    if actor.kind == "participant":
        return target.assignee == actor.participant_key
    return target.assignee in (actor.id, "client")


@dataclass(frozen=True, slots=True)
class RouteRule:
    """What a route declared. `reason` is set for a public route, `action` for any other."""

    action: Action | None = None
    has_target: bool = False
    reason: str | None = None


async def current_actor(request: Request) -> Actor:
    """The person behind the session cookie. Raises 401 without one, 403 for a missing or wrong CSRF token."""
    return await request.app.state.authenticate(request)  # type: ignore[no-any-return]


CurrentActor = Annotated[Actor, Depends(current_actor)]


def rule(action: Action, target: Callable[..., Awaitable[Target]] | None = None) -> Any:
    """A dependency that lets the route's caller through, or answers 401, 403 or 404; gives the Actor.

    `target` is itself a dependency: it loads the object from the path and raises `not_found()`.
    """
    if target is None:

        async def check(actor: CurrentActor, request: Request) -> Actor:
            authorise(actor, action)
            _known(actor, request)
            return actor

        return _recorded(check, RouteRule(action))

    async def check_target(
        actor: CurrentActor, request: Request, found: Annotated[Target, Depends(target)]
    ) -> Actor:
        await require(request, actor, action, found)
        _known(actor, request)
        return actor

    return _recorded(check_target, RouteRule(action, has_target=True))


async def require(request: Request, actor: Actor, action: Action, target: Target) -> None:
    """What `authorise` says of this object, a refusal being told."""
    try:
        authorise(actor, action, target)
    except Problem as problem:
        await _told(request, actor, action, target, problem)
        raise


async def _told(request: Request, actor: Actor, action: Action, target: Target, problem: Problem) -> None:
    """Somebody asked for what is another's, or more than is theirs to do: a line of the access log (SEC-17)."""
    objet = ("demarche", target.demarche_id) if target.demarche_id else ("tiers", target.client_id)
    if objet[1] is None:
        objet = ("compte", target.owner_id)
    await traces.once(
        request,
        acteur=actor.key,
        action="acces.refuser",
        objet_type=objet[0],
        objet_id=objet[1],
        client_id=target.client_id,
        code=problem.code,
        quoi=str(action),
    )


def _known(actor: Actor, request: Request) -> None:
    """A modèle named in the path does not exist for those to whom it is closed."""
    if not actor.knows(request.path_params.get("modele")):
        raise not_found("Ce modèle")


def public(reason: str) -> Any:
    """A dependency that lets everybody through, and says why that is right."""

    async def check() -> None:
        return None

    return _recorded(check, RouteRule(reason=reason))


def _recorded(dependency: Callable[..., Any], declared: RouteRule) -> Any:
    dependency.__dict__["elaska_rule"] = declared
    return dependency


def routes_of(app: FastAPI) -> list[RouteContext]:
    """Every route of the application, those of its routers included."""
    return list(iter_route_contexts(app.routes))


def rule_of(route: RouteContext) -> RouteRule | None:
    """What the route declared; None when it declared nothing."""
    dependant = getattr(route, "dependant", None)
    for dependency in getattr(dependant, "dependencies", []):
        declared = getattr(dependency.call, "elaska_rule", None)
        if isinstance(declared, RouteRule):
            return declared
    return None
