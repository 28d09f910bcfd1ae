"""Every operation × every kind of person × own and foreign object → the expected status (SEC-15, SEC-16).

Objects are a tiers and an embauche of it, opened by the engine. Each call goes to the same démarche in whatever state
the calls before left it: a refusal of the engine (409, 422) comes after the rights.

The table is by operationId. An operation of the OpenAPI document without a line here fails the test, and so does a
line whose operation is gone. 2xx is written 200; a client error that only a permitted caller can meet counts as
« allowed » (409, 410, 412, 422, 415), because it is not an answer about rights.
"""

import json
import uuid
from dataclasses import dataclass, field
from typing import Any

import pytest_asyncio

from store.utilisateur import Role
from tests.api.conftest import Cabinet, key, ok, png
from tests.people import Browser, People

ROLES = ("anonyme", "conseiller", "responsable", "admin", "client", "participant")
ALLOWED = {200, 201, 202, 204, 409, 410, 412, 415, 422}
Statuses = tuple[int, int, int, int, int, int]

ADMIN: Statuses = (401, 403, 403, 200, 403, 403)
EVERYBODY: Statuses = (401, 200, 200, 200, 200, 200)
USERS: Statuses = (401, 200, 200, 200, 200, 403)
STAFF: Statuses = (401, 200, 200, 200, 403, 403)
ADMINS: Statuses = (401, 403, 403, 200, 403, 403)
SUPERVISORS: Statuses = (401, 404, 200, 200, 404, 404)
OF_TIERS: Statuses = (401, 200, 200, 200, 200, 404)
PUBLIC: Statuses = (200, 200, 200, 200, 200, 200)
CLIENTS: Statuses = (401, 403, 403, 403, 200, 403)
# On a foreign démarche, an adviser, a client and a participant do not even learn that it exists.
HIDDEN: Statuses = SUPERVISORS


@dataclass(frozen=True)
class Line:
    """`own` and `foreign` follow the order of ROLES. `{tiers}` in `query` or the path is the object asked about."""

    own: Statuses
    foreign: Statuses | None = None
    query: str = ""
    body: Any = None
    path: dict[str, str] = field(default_factory=dict)
    files: bool = False
    stream: bool = False


def staff_only(body: Any = None, **path: str) -> Line:
    """A command of the firm on a démarche."""
    return Line(STAFF, HIDDEN, body=body, path={"demarche_id": "{demarche}"} | path)


def of_demarche(
    own: Statuses, body: Any = None, *, files: bool = False, query: str = "", **path: str
) -> Line:
    return Line(own, HIDDEN, query, body, {"demarche_id": "{demarche}"} | path, files)


def of_client(*, files: bool = False) -> Line:
    """What only a client does on a démarche; the firm sees it."""
    foreign = (401, 404, 403, 403, 404, 404)
    return Line(CLIENTS, foreign, path={"demarche_id": "{demarche}"}, files=files)


MOTIF = {"motif": "Contrôle."}
# What falls to one person: a participant does not learn of the others' items, the client sees them.
FIRM_S: Statuses = (401, 200, 200, 200, 404, 404)
CLIENT_S: Statuses = (401, 200, 200, 200, 200, 404)
PARTICIPANT_S: Statuses = (401, 200, 200, 200, 403, 200)

NOBODY = str(uuid.UUID(int=1))
# A document that does not exist: those who may not file away are told so first.
NONE: Statuses = (401, 404, 404, 404, 404, 404)
STAFF_NONE: Statuses = (401, 404, 404, 404, 403, 404)


def of_ged(own: Statuses, body: Any = None, **path: str) -> Line:
    """An operation on the documents of a client: a participant does not learn that they exist."""
    own = (*own[:5], 404)
    foreign = (401, 404, own[2], own[3], 404, 404)
    return Line(own, foreign, body=body, path={"tiers_id": "{tiers}"} | path)


NO_UPLOAD = Line((401, 404, 404, 404, 404, 404), path={"televersement_id": str(uuid.UUID(int=1))})
UNKNOWN_TOKEN = "x" * 43

TABLE: dict[str, Line] = {
    "is_alive": Line(PUBLIC),
    "is_ready": Line(PUBLIC),
    "login": Line((401, 401, 401, 401, 401, 401), body={"email": "{unique}@exemple.fr", "mot_de_passe": "x"}),
    "login_totp": Line((401, 401, 401, 401, 401, 401), body={"code": "000000"}),
    "ask_password_link": Line(PUBLIC, body={"email": "{unique}@exemple.fr"}),
    "read_access_link": Line((404, 404, 404, 404, 404, 404), path={"jeton": "inconnu"}),
    "choose_password": Line(
        (404, 404, 404, 404, 404, 404), path={"jeton": "inconnu"}, body={"mot_de_passe": "x"}
    ),
    "use_link": Line((404, 404, 404, 404, 404, 404), path={"token": "inconnu"}),
    "ask_new_link": Line((404, 404, 404, 404, 404, 404), path={"token": "inconnu"}),
    "read_payment_page": Line((404, 404, 404, 404, 404, 404), path={"jeton": UNKNOWN_TOKEN}),
    "begin_payment": Line(
        (404, 404, 404, 404, 404, 404), path={"jeton": UNKNOWN_TOKEN}, body={"montant": 1000}
    ),
    "read_payment": Line(
        (404, 404, 404, 404, 404, 404), path={"jeton": UNKNOWN_TOKEN, "paiement_id": str(uuid.UUID(int=1))}
    ),
    # No provider is configured here: the address does not exist.
    "receive_payment_event": Line((404, 404, 404, 404, 404, 404), body={}),
    "make_payment_link": staff_only({}),
    "receive_signature_event": Line((404, 404, 404, 404, 404, 404), body={}),
    "list_signatures": staff_only(),
    # No service is configured here either: staff are told to have it signed by hand.
    "request_signature": staff_only(document="inconnu"),
    "logout": Line(EVERYBODY),
    "read_me": Line(EVERYBODY),
    "read_my_qr": Line(EVERYBODY),
    "change_password": Line(USERS, body={"actuel": "x", "nouveau": "y"}),
    "list_notifications": Line(USERS),
    "mark_notifications_read": Line(USERS, body={}),
    "read_preferences": Line(USERS),
    "write_preferences": Line(USERS, body={}),
    "add_device": Line(USERS, body={}),
    "remove_device": Line((401, 404, 404, 404, 404, 403), path={"appareil_id": str(uuid.UUID(int=0))}),
    "read_cabinet": Line(EVERYBODY),
    "list_staff": Line(STAFF),
    "write_my_photo": Line(STAFF),
    "remove_my_photo": Line(STAFF),
    "read_photo": Line((401, 404, 404, 404, 404, 404), path={"user_id": NOBODY}),
    "list_tiers": Line(STAFF),
    "create_tiers": Line((401, 422, 422, 422, 403, 403), body={}),
    "read_tiers": Line(OF_TIERS, SUPERVISORS, path={"tiers_id": "{tiers}"}),
    "list_access": of_ged(STAFF),
    "invite_person": of_ged(STAFF, {}),
    "send_access_link": of_ged(STAFF_NONE, utilisateur_id=NOBODY),
    "withdraw_access": of_ged(STAFF_NONE, utilisateur_id=NOBODY),
    "list_drafts": Line(USERS),
    "read_draft": Line(
        (401, 404, 404, 404, 404, 404),
        (401, 404, 404, 404, 404, 404),
        "tiers={tiers}",
        path={"modele": "embauche"},
    ),
    "save_draft": Line(OF_TIERS, SUPERVISORS, "tiers={tiers}", {"data": {}}, {"modele": "embauche"}),
    "delete_draft": Line(OF_TIERS, SUPERVISORS, "tiers={tiers}", path={"modele": "embauche"}),
    "read_adviser": Line(CLIENTS),
    "read_platform": Line(ADMINS),
    "write_platform": Line(ADMINS, body={"actif": False, "url": ""}),
    "try_platform": Line(ADMINS),
    "list_deliveries": Line(ADMINS),
    "list_mail_models": Line(ADMINS),
    "read_mail_model": Line(ADMINS, path={"cle": "relance_pieces"}),
    "write_mail_model": Line(ADMIN, body={}, path={"cle": "relance_pieces"}),
    "list_mail_versions": Line(ADMINS, path={"cle": "relance_pieces"}),
    "restore_mail_model": Line(ADMINS, query="version=0", path={"cle": "relance_pieces"}),
    "preview_mail_model": Line(ADMIN, body={}, path={"cle": "relance_pieces"}),
    "try_mail_model": Line(ADMIN, body={}, path={"cle": "relance_pieces"}),
    "list_export_models": Line(ADMINS),
    "read_export_model": Line(ADMINS, path={"genre": "taches"}),
    "write_export_model": Line(ADMIN, body={}, path={"genre": "taches"}),
    "list_export_versions": Line(ADMINS, path={"genre": "taches"}),
    "restore_export_model": Line(ADMINS, query="version=0", path={"genre": "taches"}),
    "preview_export_model": Line(ADMIN, body={}, path={"genre": "taches"}),
    "read_firm_settings": Line(ADMINS),
    "read_firm_paper": Line(ADMINS),
    "write_firm_settings": Line(ADMINS, body={"nom": "Cabinet"}),
    "write_firm_logo": Line(ADMIN, body={}),
    "remove_firm_logo": Line(ADMINS),
    "list_badges": Line(ADMINS),
    "write_badge": Line(ADMIN, body={}, path={"objet": "piece", "cle": "recu"}),
    "list_columns": Line(ADMINS),
    "write_columns": Line(ADMINS, body={}),
    "restore_columns": Line(ADMINS),
    "restore_badge": Line(ADMINS, path={"objet": "piece", "cle": "recu"}),
    "list_plans": Line(STAFF),
    "add_plan": Line((401, 422, 422, 422, 403, 403), body={}),
    "change_plan": Line((401, 422, 422, 422, 403, 403), body={}, path={"plan_id": NOBODY}),
    "remove_plan": Line((401, 404, 404, 404, 403, 403), path={"plan_id": NOBODY}),
    "read_rights": Line(ADMINS),
    "write_rights": Line(ADMINS, body={}, path={"sujet": "conseiller"}),
    "read_audit": Line((401, 403, 200, 200, 403, 403)),
    "read_demarche_actions": Line((401, 403, 200, 200, 403, 403), HIDDEN, path={"demarche_id": "{demarche}"}),
    "check_audit_chain": Line((401, 403, 200, 200, 403, 403)),
    "list_catalogue": Line(USERS, (401, 404, 200, 200, 404, 403), "tiers={tiers}"),
    "read_catalogue": Line(
        USERS, (401, 404, 200, 200, 404, 403), "tiers={tiers}", path={"modele": "embauche"}
    ),
    "list_modeles": Line(STAFF),
    "read_board": Line(STAFF, query="modele=embauche"),
    "read_diagram": Line(STAFF, path={"modele": "embauche"}),
    "read_brokerage": Line(STAFF),
    "read_claims": Line(STAFF),
    "read_losses": Line(STAFF),
    "read_grants": Line(STAFF),
    "measure_modele": Line((401, 403, 200, 200, 403, 403), path={"modele": "embauche"}),
    "draw_modele_map": Line((401, 403, 200, 200, 403, 403), path={"modele": "embauche"}),
    "export_event_log": Line((401, 403, 200, 200, 403, 403), path={"modele": "embauche"}),
    "list_modele_files": Line(ADMIN),
    "create_modele": Line(ADMIN, body={}),
    "restore_modele_file": Line(ADMIN, path={"modele": "embauche"}),
    "read_modele_draft": Line(ADMIN, path={"modele": "embauche"}),
    "edit_modele_draft": Line(ADMIN, path={"modele": "embauche"}, body={}),
    "restore_modele_draft": Line(ADMIN, path={"modele": "embauche"}, body={}),
    "drop_modele_draft": Line(ADMIN, path={"modele": "embauche"}),
    "save_modele_files": Line(ADMIN, path={"modele": "embauche"}, body={}),
    "publish_modele_draft": Line(ADMIN, path={"modele": "embauche"}),
    "compare_modele_draft": Line(ADMIN, path={"modele": "embauche"}),
    "draw_modele_draft": Line(ADMIN, path={"modele": "embauche"}),
    "replay_on_modele_draft": Line(ADMIN, path={"modele": "embauche"}),
    "read_scenario_of_demarche": Line(
        (401, 403, 403, 404, 403, 403), path={"modele": "embauche", "reference": "EMB-2026-9999"}
    ),
    "add_scenario_of_demarche": Line(
        (401, 403, 403, 404, 403, 403), path={"modele": "embauche", "reference": "EMB-2026-9999"}, body={}
    ),
    "try_modele_draft": Line(ADMIN, path={"modele": "embauche"}, body={"scenario": "?"}),
    "list_versions": Line(STAFF, path={"modele": "embauche"}),
    # Versions that were never published: the answer is about rights all the same.
    "compare_versions": Line(
        (401, 404, 404, 404, 403, 403), query=f"de={'0' * 64}&a={'1' * 64}", path={"modele": "embauche"}
    ),
    "try_migration": Line((401, 403, 200, 200, 403, 403), body={}, path={"modele": "embauche"}),
    "migrate": Line(
        (401, 403, 200, 200, 403, 403),
        body={"demarches": ["00000000-0000-4000-8000-000000000000"]},
        path={"modele": "embauche"},
    ),
    "list_demarches": Line(USERS),
    "open_demarche": Line(
        OF_TIERS,
        HIDDEN,
        body={"modele": "embauche", "tiers_id": "{tiers}", "donnees": {"declaration": {}}},
    ),
    "read_demarche": of_demarche(EVERYBODY),
    "read_demarche_qr": of_demarche(EVERYBODY),
    "read_past_view": staff_only(),
    "read_demarche_diagram": staff_only(),
    "read_journal": of_demarche(USERS),
    "read_mail": Line(
        (401, 404, 404, 404, 404, 403),
        (401, 404, 404, 404, 404, 404),
        path={"demarche_id": "{demarche}", "ligne": "999999999"},
    ),
    "read_tiers_journal": Line(OF_TIERS, SUPERVISORS, path={"tiers_id": "{tiers}"}),
    "ask_export": of_demarche(USERS, {"genre": "taches"}),
    "list_exports": of_demarche(USERS),
    "fetch_export": Line(
        (401, 404, 404, 404, 404, 403),
        (401, 404, 404, 404, 404, 404),
        path={"demarche_id": "{demarche}", "export_id": str(uuid.UUID(int=7))},
    ),
    "add_comment": of_demarche(USERS, {"texte": "Bonjour"}),
    "add_call": staff_only(
        {"avec": "Zoé Martin", "debut": "2026-03-12T14:05:00+01:00", "duree_min": 0, "texte": "Point."}
    ),
    "write_sms": staff_only({"a": "manager", "texte": ""}),
    "write_mail": staff_only({"a": "manager", "objet": "", "texte": "Bonjour"}),
    "write_notification": staff_only({"texte": ""}),
    "set_visibility": Line(
        (401, 404, 404, 404, 403, 403),
        (401, 404, 404, 404, 404, 404),
        body={"visible": True},
        path={"demarche_id": "{demarche}", "ligne": "999999999"},
    ),
    "read_form": of_demarche(PARTICIPANT_S, nom="salarie"),
    "save_form_draft": of_demarche(PARTICIPANT_S, {"donnees": {}}, nom="salarie"),
    "submit_form": of_demarche(CLIENT_S, {"donnees": {}}, nom="declaration"),
    "request_correction": staff_only(
        {"champs": [{"champ": "inconnu", "etat": "incorrect", "mot": "Contrôle."}]}, nom="declaration"
    ),
    "accept_correction": staff_only({}, nom="declaration"),
    "take_demande": staff_only(),
    "request_information": staff_only({"message": "Quand ?"}),
    "validate_demande": staff_only({}),
    "refuse_demande": staff_only(MOTIF),
    "change_date": staff_only({"champ": "declaration.date_entree", "valeur": "2020-01-06", **MOTIF}),
    "suspend_demarche": staff_only(MOTIF),
    "resume_demarche": staff_only(),
    # The engine refuses the client's once it is a dossier, with the same answer as a lack of rights.
    "cancel_demarche": of_demarche((401, 422, 422, 422, 422, 403), {}),
    "set_price": staff_only({"montant": 100}),
    "set_priority": staff_only({"priorite": "urgente"}),
    "set_clock": staff_only({"facteur": 1}),
    "validate_etape": staff_only({}, cle="dpae"),
    "adjust_etape": staff_only({"titre": "Contrôle"}, cle="dpae"),
    "set_portail": staff_only({"visible": True}),
    "add_etape": staff_only({"titre": "Contrôle", "apres": "dpae"}),
    "move_etape": staff_only({"apres": "dpae"}, cle="dpae"),
    "remove_etape": staff_only(cle="dpae"),
    "skip_etape": staff_only({"motif": "Contrôle.", "visit": 99}, cle="dpae"),
    "send_back": staff_only(MOTIF, cle="dpae"),
    "add_tache": of_demarche(USERS, {"titre": "À faire"}),
    "start_tache": of_demarche(FIRM_S, tache="{tache_cabinet}"),
    "move_tache": staff_only({"statut": "en_cours"}, tache="{tache_cabinet}"),
    "edit_tache": staff_only({"priorite": "urgente"}, tache="{tache_cabinet}"),
    "attach_to_tache": of_demarche(CLIENT_S, files=True, tache="{tache_client}"),
    "tick_tache": of_demarche(CLIENT_S, {"fait": True}, tache="{tache_client}", item="0"),
    "complete_tache": of_demarche(CLIENT_S, {}, tache="{tache_client}"),
    "reopen_tache": staff_only(MOTIF, tache="{tache_client}"),
    "cancel_tache": staff_only({**MOTIF, "surprise": 1}, tache="{tache_client}"),
    "qualify_tache": staff_only({}, tache="{tache_client}"),
    "assign_tache": staff_only({"pour": "manager"}, tache="{tache_client}"),
    "reschedule_tache": staff_only({"due_at": "2027-03-01T12:00:00Z"}, tache="{tache_client}"),
    "add_piece": staff_only({"titre": "Permis", "de": "manager"}),
    "describe_uploads": Line(PUBLIC),
    "announce_piece_file": of_demarche(PARTICIPANT_S, piece="cni"),
    "announce_action_file": of_demarche(CLIENT_S, action="{action}"),
    "announce_task_file": of_demarche(CLIENT_S, tache="{tache_client}"),
    # Nobody has begun it: what its owner may do is in test_televersements.py.
    "read_upload_offset": NO_UPLOAD,
    "read_upload": NO_UPLOAD,
    "continue_upload": NO_UPLOAD,
    "abandon_upload": NO_UPLOAD,
    "open_vault": Line(CLIENTS, body={"mot_de_passe": "x"}),
    "close_vault": Line(CLIENTS),
    "set_subscription": of_ged(STAFF, {"prestations_incluses": None}),
    "list_writings": Line(
        (401, 200, 200, 200, 403, 404), (401, 404, 200, 200, 404, 404), path={"tiers_id": "{tiers}"}
    ),
    "notify_client": Line(
        (401, 200, 200, 200, 403, 404),
        (401, 404, 200, 200, 404, 404),
        body={"texte": "Le cabinet ferme tôt jeudi."},
        path={"tiers_id": "{tiers}"},
    ),
    "read_tree": Line(OF_TIERS, SUPERVISORS, path={"tiers_id": "{tiers}"}),
    "add_folder": of_ged(STAFF, {"nom": "Fiscal {unique}"}),
    "add_year": of_ged(STAFF, {"annee": 2026}),
    "change_folder": of_ged(STAFF_NONE, {"nom": "Social"}, dossier_id=NOBODY),
    "remove_folder": of_ged(STAFF_NONE, dossier_id=NOBODY),
    "announce_client_file": of_ged(OF_TIERS),
    "add_document": of_ged(OF_TIERS, {"nom": "Bilan", "televersement": NOBODY}),
    "read_document": of_ged(NONE, document_id=NOBODY),
    "change_document": of_ged(STAFF_NONE, {"nom": "Bilan"}, document_id=NOBODY),
    "withdraw_document": of_ged(STAFF_NONE, document_id=NOBODY),
    "add_version": of_ged(NONE, {"televersement": NOBODY}, document_id=NOBODY),
    "restore_version": of_ged(STAFF_NONE, document_id=NOBODY, numero="1"),
    "comment_document": of_ged(NONE, {"texte": "Bonjour"}, document_id=NOBODY),
    "read_analyses": of_demarche(EVERYBODY),
    "deposit_piece": of_demarche(PARTICIPANT_S, files=True, piece="cni"),
    "list_available": of_demarche(USERS, piece="cni"),
    "list_already_given": of_demarche(USERS),
    # Nothing of the client's is open to a participant; the pièce of a participant is not the client's.
    "give_again": Line(
        (401, 404, 404, 404, 403, 403),
        (401, 404, 404, 404, 404, 404),
        body={"fichiers": [NOBODY]},
        path={"demarche_id": "{demarche}", "piece": "cni"},
    ),
    # Without a name: who may bring it is told so.
    "offer_piece": of_client(files=True),
    "announce_offered_file": of_client(),
    "acknowledge_piece": staff_only(piece="cni"),
    "validate_piece": staff_only({"version": 99}, piece="cni"),
    "refuse_piece": staff_only({**MOTIF, "version": 99}, piece="cni"),
    "edit_piece": staff_only({"titre": "CNI", "surprise": 1}, piece="cni"),
    "move_piece": staff_only({"surprise": 1}, piece="cni"),
    "waive_piece": staff_only({**MOTIF, "surprise": 1}, piece="cni"),
    # The embauche keeps no collection: only staff, who may ask, are told so.
    "list_known_lignes": of_demarche(FIRM_S, cle="factures"),
    "add_ligne": of_demarche(FIRM_S, {"donnees": {}}, cle="factures"),
    "add_lignes": of_demarche(FIRM_S, {"lignes": [{}]}, cle="factures"),
    "change_ligne": of_demarche(FIRM_S, {"donnees": {}}, cle="factures", ligne="x"),
    "set_ligne_statut": of_demarche(FIRM_S, {"statut": "payee"}, cle="factures", ligne="x"),
    "remove_ligne": of_demarche(FIRM_S, MOTIF, cle="factures", ligne="x"),
    "request_action": staff_only({"nature": "note", "message": "À lire", "a": "manager"}),
    "answer_action": of_demarche(CLIENT_S, files=True, action="{action}"),
    "cancel_action": staff_only({**MOTIF, "surprise": 1}, action="{action}"),
    "record_evenement": staff_only({}, cle="inconnu"),
    "call_service": staff_only(cle="inconnu"),
    "assign_member": staff_only({"user_id": "{nobody}"}, role="conseiller"),
    "add_renfort": staff_only({"libelle": "Expert fiscal"}, user_id=NOBODY),
    "remove_renfort": staff_only(user_id=NOBODY),
    "list_intervenants": of_demarche(USERS),
    "add_intervenant": staff_only({"nom": "Anne Durand", "qualite": "Notaire"}),
    "change_intervenant": staff_only({"nom": "Anne Durand", "qualite": "Notaire"}, intervenant_id=NOBODY),
    "remove_intervenant": staff_only(intervenant_id=NOBODY),
    "invite_participant": staff_only(cle="inconnu"),
    "revoke_participant": staff_only(cle="inconnu"),
    "generate_document": staff_only({"document": "contrat"}),
    "read_work": Line(STAFF),
    "list_pieces_to_check": Line(STAFF),
    "read_inbox": Line(CLIENTS),
    "list_documents": Line(CLIENTS),
    "read_file": Line(EVERYBODY, HIDDEN, path={"fichier_id": "{fichier}"}),
    "stream_events": Line(EVERYBODY, stream=True),
}
# Answers about the object named in the body or the end of the path, that only a permitted caller meets.
UNKNOWN_ITEM = {
    "change_intervenant": {404},
    "remove_intervenant": {404},
    "invite_participant": {404},
    "record_evenement": {404},
    "call_service": {404},
    "cancel_demarche": {422},
    **{
        name: {404}
        for name in (
            "list_known_lignes",
            "add_ligne",
            "add_lignes",
            "change_ligne",
            "set_ligne_statut",
            "remove_ligne",
        )
    },
}


class World:
    """One tiers of everybody's and one of nobody's, each with an embauche."""

    def __init__(self, cabinet: Cabinet) -> None:
        self.people: People = cabinet.people
        self.cabinet = cabinet
        self.adviser = cabinet.conseiller
        self.own = cabinet.tiers
        self.names: dict[uuid.UUID, dict[str, str]] = {}
        self.browsers: dict[str, Browser] = {}

    async def make(self) -> None:
        self.foreign = await self.people.tiers("À d'autres")
        other = (await self.people.user(Role.CONSEILLER)).id
        supervisor = (await self.people.staff(Role.RESPONSABLE))[1]
        for tiers in (self.own, self.foreign):
            body = self.cabinet.opening(tiers_id=str(tiers.id), phase="dossier")
            if tiers is self.foreign:
                body["conseiller_id"] = str(other)
            opened = await ok(supervisor.post("/api/demarches", json=body, headers=key()))
            self.names[tiers.id] = await self._names(supervisor, opened["id"]) | {"tiers": str(tiers.id)}

    async def _names(self, supervisor: Browser, demarche_id: str) -> dict[str, str]:
        """What the table calls by a name in braces."""
        root = f"/api/demarches/{demarche_id}"
        files = [("fichiers", ("cni.png", png(), "image/png"))]
        await ok(supervisor.post(f"{root}/pieces/cni/depots", files=files, headers=key()))
        action = {"nature": "validation", "message": "D'accord ?", "a": "manager"}
        await ok(supervisor.post(f"{root}/actions", json=action, headers=key()))
        seen = await ok(supervisor.get(root))
        cni = next(piece for piece in seen["pieces"] if piece["id"] == "cni")
        return {
            "demarche": demarche_id,
            "tache_cabinet": next(t["id"] for t in seen["taches"] if t["side"] == "cabinet"),
            "tache_client": next(t["id"] for t in seen["taches"] if t["checklist"] and t["side"] == "client"),
            "action": seen["actions"][0]["id"],
            "fichier": cni["versions"][0]["files"][0]["id"],
            "nobody": str(uuid.uuid4()),
        }

    async def browser(self, role: str, *, fresh: bool = False) -> Browser:
        """A browser of that person; a fresh one for an operation that closes its session."""
        if fresh or role not in self.browsers:
            self.browsers[role] = await self._login(role)
        return self.browsers[role]

    async def _login(self, role: str) -> Browser:
        if role == "anonyme":
            return self.people.browser()
        if role == "participant":
            demarche_id = uuid.UUID(self.names[self.own.id]["demarche"])
            lien, _ = await self.people.lien(self.own, demarche_id=demarche_id, participant="futur_salarie")
            return await self.people.login(lien)
        if role == "conseiller":
            return await self.people.login(self.adviser)
        if role == "client":
            return (await self.people.client(self.own))[1]
        return (await self.people.staff(Role(role)))[1]


@pytest_asyncio.fixture(loop_scope="session")
async def world(cabinet: Cabinet) -> World:
    made = World(cabinet)
    await made.make()
    return made


def operations(people: People) -> dict[str, tuple[str, str]]:
    document = people.app.openapi()
    return {
        operation["operationId"]: (method.upper(), path)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


async def ask(browser: Browser, method: str, path: str, line: Line, names: dict[str, str]) -> int:
    # An account tried by six people in a row would be throttled.
    values = names | {"unique": uuid.uuid4().hex}

    def named(text: str) -> str:
        for name, value in values.items():
            text = text.replace("{" + name + "}", value)
        return text

    for name, value in line.path.items():
        path = path.replace("{" + name + "}", named(value))
    url = f"{path}?{named(line.query)}"
    if line.stream:
        return await opened_stream(browser, url)
    if line.files:
        files = [("fichiers", ("une page.png", png(), "image/png"))]
        answer = await browser.request(method, url, files=files, headers=key())
    else:
        body = None if line.body is None else named(json.dumps(line.body))
        headers = key() | {"Content-Type": "application/json"}
        answer = await browser.request(method, url, content=body, headers=headers)
    return answer.status_code


async def opened_stream(browser: Browser, url: str) -> int:
    """The status of a stream that would otherwise never end: its reader leaves at once."""
    app = browser._transport.app  # type: ignore[attr-defined]
    request = browser.build_request("GET", url)
    statuses: list[int] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"} if statuses else {"type": "http.request", "body": b""}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": request.url.path,
        "raw_path": request.url.raw_path,
        "query_string": b"",
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "server": ("test", 80),
        "client": ("127.0.0.1", 1),
        "root_path": "",
    }
    await app(scope, receive, send)
    return statuses[0]


async def test_the_table_and_the_document_name_the_same_operations(people: People) -> None:
    assert set(operations(people)) == set(TABLE)


async def test_every_operation_answers_each_person_as_it_should(world: World) -> None:
    wrong = []
    after = ""
    for name, (method, path) in operations(world.people).items():
        line = TABLE[name]
        for tiers, expected in ((world.own, line.own), (world.foreign, line.foreign)):
            if expected is None:
                continue
            for role, status in zip(ROLES, expected, strict=True):
                browser = await world.browser(role, fresh=after == "logout")
                got = await ask(browser, method, path, line, world.names[tiers.id])
                tolerated = ALLOWED | UNKNOWN_ITEM.get(name, set()) if status == 200 else {status}
                if got not in tolerated:
                    wrong.append(f"{name} by {role} on {tiers.nom}: {got}, expected {status}")
        after = name
    assert wrong == []
