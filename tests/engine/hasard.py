"""Small modèles at random, and commands at random on a démarche: mostly sensible ones, some stale, some absurd."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from tests.engine.monde import TEAM, USERS, Monde
from tests.engine.parcours import DECLARATION, FILE, REGISTRE, SALARIE
from workflows.engine.commands import Refusal
from workflows.engine.modele import PourChaque
from workflows.engine.needs import needs

FORM: dict[str, Any] = {
    "type": "object",
    "properties": {
        "nom": {"type": "string", "maxLength": 20},
        "sorte": {"type": "string", "enum": ["a", "b"]},
        "jour": {"type": "string", "format": "date", "maxLength": 10},
    },
    "required": ["nom", "sorte"],
}
LINE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "nom": {"type": "string", "maxLength": 20},
        "montant": {"type": "integer", "minimum": 0},
        "jour": {"type": "string", "format": "date", "maxLength": 10},
    },
    "required": ["nom", "montant"],
}
COLLECTION: dict[str, Any] = {
    "libelle": "Objets",
    "singulier": "objet",
    "formulaire": "objet",
    "nom": "ligne.nom",
    "gerent": ["manager"],
    "minimum": 1,
    "maximum": 3,
    "statuts": {"neuf": {"libelle": "Neuf"}, "use": {"libelle": "Usé", "par": ["invite"]}},
    "calcule": {
        "part": "ligne.montant * size(objets)",
        "classe": 'ligne.montant > 5 ? fiche.sorte : "rien"',
        "moitie": "has(ligne.classe) ? ligne.part / 2 : 0",
    },
}
DAYS = ("2026-02-10", "2026-03-05", "2026-03-20", "2026-05-01")
MOMENTS = (
    "entree + 2j",
    "entree + 1h",
    "ouverture + 3jo à 09:00",
    "fiche.jour - 2j à 09:00",
    "fiche.jour + 1sem",
)
RECURRENCE = {"tous_les": "1sem", "maximum": 4, "tant_que": 'fiche.sorte == "a"'}
CONDITIONS = (
    None,
    'fiche.sorte == "a"',
    'fiche.sorte == "b"',
    "has(fiche.jour)",
    'objets.exists(o, o.statut == "use" || o.part > 9)',
    "somme(objets.map(o, o.moitie)) > 3",
)
WHO = ("conseiller", "manager", "invite")


def _maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


moment = st.sampled_from(MOMENTS)
who = st.sampled_from(WHO)
condition = st.sampled_from(CONDITIONS)


@st.composite
def etape(draw: st.DrawFn, cle: str) -> dict[str, Any]:
    """One étape with a few of everything."""
    made: dict[str, Any] = {
        "cle": cle,
        "titre": cle.upper(),
        "terminee": draw(st.sampled_from(["automatique", "manuelle"])),
    }
    made["poids"] = draw(st.integers(0, 3))
    for key, strategy in (("echeance", moment), ("attendre", moment), ("si", condition)):
        if (value := draw(_maybe(strategy))) is not None:
            made[key] = value
    if "echeance" in made and draw(st.booleans()):
        made["retard"] = {"message": "Retard", "a": draw(who), "courriel": draw(_maybe(st.just("mail")))}
    if draw(st.booleans()):
        made["formulaires"] = [{"nom": "fiche", "par": draw(who)}]
    if draw(st.integers(0, 3)) == 0:
        made["collections"] = [{"nom": "objets", "par": draw(who)}]
    made["taches"] = [
        {
            "cle": f"{cle}_t{n}",
            "titre": f"Tâche {cle}{n}",
            "pour": draw(who),
            "checklist": draw(st.sampled_from([[], ["un", "deux"]])),
            "obligatoire": draw(st.booleans()),
            "creation": draw(st.sampled_from(["entree", "ouverture"])),
            "si": draw(condition),
            "echeance": draw(_maybe(moment)),
            "document": draw(_maybe(st.just("lettre"))),
        }
        for n in range(draw(st.integers(0, 2)))
    ]
    made["pieces"] = [
        {
            "cle": f"{cle}_p{n}",
            "titre": f"Pièce {cle}{n}",
            "de": draw(who),
            "obligatoire": draw(st.booleans()),
            "si": draw(condition),
        }
        for n in range(draw(st.integers(0, 2)))
    ]
    made["relances"] = [
        {
            "cle": f"{cle}_r{n}",
            "quand": draw(moment),
            "tant_que": draw(
                _maybe(st.sampled_from(["pieces", "formulaires", "taches", "actions", "evenements"]))
            ),
            "si": draw(condition),
            "repeter": draw(_maybe(st.sampled_from(["1j", "1sem", "3jo"]))),
            "maximum": draw(st.integers(1, 3)),
            "passe": draw(st.sampled_from(["envoyer", "ignorer"])),
            **draw(
                st.sampled_from(
                    [
                        {"courriel": "mail"},
                        {"courriel": "mail", "sms": "Rappel"},
                        {"document": "lettre"},
                        {"tache": {"cle": f"{cle}_q", "titre": "Rappeler", "pour": "conseiller"}},
                    ]
                )
            ),
            "etalement": draw(_maybe(st.sampled_from(["30min", "6h"]))),
            "a": draw(who),
            "escalade": draw(
                _maybe(
                    st.just(
                        {
                            "message": "Rien",
                            "a": "conseiller",
                            "tache": {"cle": f"{cle}_e", "titre": "Appeler", "pour": "conseiller"},
                        }
                    )
                )
            ),
        }
        for n in range(draw(st.integers(0, 1)))
    ]
    if draw(st.booleans()):
        made["relances"].append(
            {
                "cle": f"{cle}_l",
                "dans": "objets",
                "quand": draw(
                    st.sampled_from(["ligne.jour - 2j à 09:00", "ligne.jour + 1jo", "entree + 2j"])
                ),
                "si": draw(
                    st.sampled_from(['ligne.statut == "neuf"', "has(ligne.jour) && ligne.montant > 2"])
                ),
                "repeter": "2j",
                "maximum": draw(st.integers(1, 2)),
                "courriel": "mail",
                "tache": {"cle": f"{cle}_m", "titre": "Suivre", "pour": "conseiller"},
                "a": draw(who),
                "passe": draw(st.sampled_from(["envoyer", "ignorer"])),
                "escalade": {"message": "Rien", "a": "conseiller"},
            }
        )
    made["alertes"] = [
        {
            "cle": f"{cle}_a{n}",
            "quand": draw(moment),
            "message": "Alerte",
            "a": draw(who),
            "si": draw(condition),
            "passe": draw(st.sampled_from(["envoyer", "ignorer"])),
            "tache": draw(_maybe(st.just({"cle": f"{cle}_d", "titre": "Décider", "pour": "conseiller"}))),
        }
        for n in range(draw(st.integers(0, 1)))
    ]
    made["actions_client"] = [
        {
            "cle": f"{cle}_c{n}",
            "nature": draw(st.sampled_from(["validation", "documents"])),
            "message": f"Action {cle}{n}",
            "a": draw(st.sampled_from(["manager", "invite"])),
            "obligatoire": draw(st.booleans()),
            "echeance": draw(_maybe(moment)),
            "si": draw(condition),
        }
        for n in range(draw(st.integers(0, 1)))
    ]
    made["evenements"] = [
        {
            "cle": f"{cle}_v{n}",
            "titre": f"Événement {cle}{n}",
            "de": draw(st.sampled_from(["tiers", "manager", "invite"])),
            "formulaire": draw(_maybe(st.just("fiche"))),
            "obligatoire": draw(st.booleans()),
            "renouvele": draw(st.booleans()),
            "si": draw(condition),
            "echeance": draw(_maybe(moment)),
            "sinon": draw(
                _maybe(
                    st.fixed_dictionaries(
                        {"message": st.just("Rien"), "a": st.just("conseiller")},
                        optional={
                            "suite": st.sampled_from(["attendre", "continuer"]),
                            "retour": st.just("a"),
                            "statut": st.just("en_cours"),
                            "tache": st.just({"cle": f"{cle}_s", "titre": "Suivre", "pour": "conseiller"}),
                        },
                    )
                )
            ),
        }
        for n in range(draw(st.integers(0, 1)))
    ]
    kind = draw(st.sampled_from(["", "", "", "non_bloquante", "recurrente"]))
    if kind:
        made[kind] = True if kind == "non_bloquante" else RECURRENCE
    if draw(st.integers(0, 3)) == 0:
        made["delais"] = {"suspendus": "client"}
    made["automatisations"] = draw(
        st.lists(
            st.sampled_from(
                [
                    {"quand": "entree", "inviter": "invite", "courriel": "mail"},
                    {"quand": "sortie", "courriel": "mail", "a": "manager"},
                    {"quand": "sortie", "document": "lettre"},
                    {"quand": "entree", "document": "lettre"},
                    {"quand": "piece", "fait": "deposee", "statut": "analyse"},
                    {"quand": "piece", "fait": "refusee", "sms": "Refus", "a": "manager"},
                    {"quand": "tache", "message": "Fait", "a": "conseiller"},
                    {"quand": "evenement", "tache": {"cle": f"{cle}_g", "titre": "Voir", "pour": "manager"}},
                    {"quand": "evenement", "fait": "echu", "courriel": "mail", "a": "invite"},
                    {"quand": "action", "action": {"cle": f"{cle}_h", "message": "Encore ?", "a": "manager"}},
                    {
                        "quand": "ligne",
                        "sur": "objets",
                        "si": "ligne.part > 3",
                        "tache": {"cle": f"{cle}_i", "titre": "Regarder", "pour": "conseiller"},
                    },
                ]
            ),
            max_size=2,
        )
    )
    return {key: value for key, value in made.items() if value is not None}


CHILD: dict[str, Any] = {
    "modele": {
        "modele": "petit",
        "titre": "Petit",
        "categorie": "test",
        "reference": "PET",
        "clients": ["entreprise"],
        "enfant": True,
        "nom": "objet.nom",
        "roles": {"conseiller": {"libelle": "Conseiller", "cote": "cabinet"}},
        "formulaires": {"objet": "objet"},
        "sorties": {"valeur": "objet.montant"},
        "etapes": [{"cle": "seule", "titre": "Seule", "terminee": "manuelle"}],
    },
    "forms": {"objet": LINE},
}


@st.composite
def pour_chaque(draw: st.DrawFn, cle: str) -> dict[str, Any]:
    """An étape that opens children, with any membership, join and fate of the rest."""
    jonctions = [
        "tous",
        {"au_moins": 2},
        {"quand": f'enfants.{cle}.exists(e, has(e.valeur) && e.valeur > 3 && e.cycle == "terminee")'},
    ]
    made = {
        "pour_chaque": cle,
        "titre": cle.upper(),
        "dans": "objets",
        "si": draw(st.sampled_from([None, 'ligne.statut == "use"', "ligne.montant > 3"])),
        "enfant": "petit",
        "donnees": {"objet": "ligne"},
        "appartenance": draw(st.sampled_from(["figee", "vivante"])),
        "jonction": draw(st.sampled_from(jonctions)),
        "reste": draw(st.sampled_from(["attendre", "annuler", "laisser"])),
        "terminee": draw(st.sampled_from(["automatique", "manuelle"])),
    }
    return {key: value for key, value in made.items() if value is not None}


@st.composite
def modele(draw: st.DrawFn) -> dict[str, Any]:
    """A small modèle: some étapes in order, maybe a block, maybe a demande."""
    names = iter("abcdefghijklmnopqrstuvwxyz")
    nodes: list[dict[str, Any]] = []
    for _ in range(draw(st.integers(1, 3))):
        if draw(st.integers(0, 3)) == 0:
            branches = [[draw(etape(next(names))) for _ in range(draw(st.integers(1, 2)))] for _ in range(2)]
            nodes.append({"parallele": f"bloc_{next(names)}", "titre": "Bloc", "branches": branches})
        elif draw(st.integers(0, 3)) == 0:
            nodes.append(draw(pour_chaque(next(names))))
        else:
            nodes.append(draw(etape(next(names))))
    made: dict[str, Any] = {
        "modele": "hasard",
        "titre": "Hasard",
        "categorie": "test",
        "reference": "HAS",
        "clients": ["entreprise"],
        "nom": '"Dossier " + fiche.nom',
        "roles": {
            "conseiller": {"libelle": "Conseiller", "cote": "cabinet"},
            "manager": {"libelle": "Manager", "cote": "client"},
            "tiers": {"libelle": "Tiers", "cote": "tiers"},
        },
        "participants": {
            "invite": {
                "libelle": "Invité",
                "nom": "fiche.nom",
                "email": 'fiche.nom + "@exemple.fr"',
                "telephone": "fiche.nom",
            }
        },
        "formulaires": {"fiche": "fiche"},
        "collections": {"objets": COLLECTION},
        "faits": {"achat": {"libelle": "Achat", "ajoute": "objets"}},
        "dates_cles": ["fiche.jour"],
        "documents": {"lettre": {"titre": "Lettre", "modele": "lettre.html.j2", "visible": ["manager"]}},
        "portail": {"visible": True, "demandable": True},
        "refus_piece": "mail",
        "action_demandee": "mail",
        "cloture": "mail",
        "etapes": nodes,
    }
    if draw(st.booleans()):
        made["demande"] = {"formulaire": "fiche", "accuse": "mail"}
    return made


# --- commands

Draw = Callable[[st.SearchStrategy[Any]], Any]


def _any(draw: Draw, known: Any) -> str:
    """One of the known ids, now and then an unknown one."""
    ids = [*known, "inconnu"]
    return str(ids[draw(st.integers(0, len(ids) - 1))])


def _fiche(draw: Draw) -> dict[str, Any]:
    filled = {"nom": draw(st.sampled_from(["zoe", "ali"])), "sorte": draw(st.sampled_from(["a", "b", "c"]))}
    jour = draw(_maybe(st.sampled_from(DAYS)))
    return filled | ({"jour": jour} if jour else {})


def _form(monde: Monde, draw: Draw) -> dict[str, Any]:
    if "fiche" in monde.program.bundle.forms:
        return {"formulaire": "fiche", "donnees": _fiche(draw)}
    name = draw(st.sampled_from(["declaration", "salarie", "registre"]))
    known = {"declaration": DECLARATION, "salarie": SALARIE, "registre": REGISTRE}
    change = draw(st.sampled_from([{}, {}, {"nature_contrat": "cdi", "periode_essai": False}]))
    return {"formulaire": name, "donnees": known[name] | (change if name == "declaration" else {})}


def modele_collections(monde: Monde) -> list[str]:
    return list(monde.program.modele.collections)


def _objet(draw: Draw) -> dict[str, Any]:
    made = {"nom": draw(st.sampled_from(["vase", "bol"])), "montant": draw(st.sampled_from([0, 3, 9, -1]))}
    jour = draw(_maybe(st.sampled_from(DAYS)))
    return made | ({"jour": jour} if jour else {})


def _fields(type: str, monde: Monde, draw: Draw) -> dict[str, Any]:
    state = monde.state
    etapes = list(state.etapes) or ["inconnue"]

    def tache() -> str:
        return _any(draw, state.taches)

    def piece() -> str:
        return _any(draw, state.pieces)

    match type:
        case "SubmitForm":
            return _form(monde, draw)
        case "ChangeDonnee":
            champ = monde.program.modele.dates_cles[0]
            return {"champ": champ, "valeur": draw(st.sampled_from(DAYS)), "motif": "m"}
        case "AddLigne":
            return {"collection": _any(draw, modele_collections(monde)), "donnees": _objet(draw)}
        case "AddLignes":
            some = draw(st.integers(1, 3))
            return {
                "collection": _any(draw, modele_collections(monde)),
                "lignes": [_objet(draw) for _ in range(some)],
            }
        case "ChangeLigne" | "RemoveLigne" | "SetLigneStatut":
            cle = _any(draw, modele_collections(monde))
            ligne = _any(draw, state.collections.get(cle, {}))
            extra: dict[str, Any] = {
                "ChangeLigne": {"donnees": _objet(draw), "version": draw(_maybe(st.integers(1, 2)))},
                "RemoveLigne": {"motif": "m"},
                "SetLigneStatut": {"statut": draw(st.sampled_from(["neuf", "use", "perdu"]))},
            }[type]
            return {"collection": cle, "ligne": ligne} | extra
        case "AddTache":
            return {"titre": "Ajoutée", "pour": draw(_maybe(who)), "obligatoire": draw(st.booleans())}
        case "TickTache":
            return {"tache": tache(), "item": draw(st.integers(-1, 2)), "fait": draw(st.booleans())}
        case "MoveTache":
            return {"tache": tache(), "statut": draw(st.sampled_from(["a_faire", "attente_validation"]))}
        case "EditTache":
            return {"tache": tache(), "titre": "Renommée", "priorite": draw(_maybe(st.just("urgente")))}
        case "AttachTache":
            return {"tache": tache(), "files": [FILE]}
        case "StartTache" | "CompleteTache":
            return {"tache": tache()}
        case "ReopenTache" | "CancelTache":
            return {"tache": tache(), "motif": "m"}
        case "QualifyTache":
            return {"tache": tache(), "pour": draw(_maybe(who))}
        case "AssignTache":
            return {"tache": tache(), "pour": draw(who)}
        case "RescheduleTache":
            return {"tache": tache(), "due_at": monde.now + timedelta(days=draw(st.integers(-3, 9)))}
        case "DepositPiece":
            return {"piece": piece(), "files": [FILE]}
        case "AcknowledgePiece" | "ValidatePiece":
            return {"piece": piece()}
        case "RefusePiece" | "WaivePiece":
            return {"piece": piece(), "motif": "m"}
        case "AddPiece":
            return {"titre": "Ajoutée", "de": draw(who), "obligatoire": draw(st.booleans())}
        case "OfferPiece":
            return {"titre": "Apportée", "files": [FILE]}
        case "RequestAction":
            nature = draw(st.sampled_from(["commentaire", "validation", "documents"]))
            pieces = draw(st.lists(st.sampled_from(["Bail", "RIB"]), max_size=2))
            return {
                "nature": nature,
                "message": "?",
                "a": draw(who),
                "pieces": [{"titre": p} for p in pieces],
            }
        case "WriteCourriel":
            return {"a": draw(who), "objet": "o", "texte": "t"}
        case "WriteSms":
            return {"a": draw(who), "texte": "{{ t }}"}
        case "AnswerAction":
            return {"action": _any(draw, state.actions), "message": draw(st.sampled_from(["", "oui"]))}
        case "CancelAction":
            return {"action": _any(draw, state.actions), "motif": "m"}
        case "RequestCorrection":
            champ = draw(st.sampled_from(["nom", "sorte", "jour", "inconnu"]))
            marque = {"champ": champ, "etat": "incorrect", "mot": "m"}
            return {
                "formulaire": _any(draw, state.donnees),
                "champs": [marque],
                "tour": draw(_maybe(st.just(1))),
            }
        case "AcceptCorrection":
            return {"formulaire": _any(draw, state.corrections), "tour": draw(_maybe(st.just(1)))}
        case "RecordEvenement":
            cle = _any(draw, monde.program.evenements)
            known = monde.program.evenements.get(cle)
            return {"evenement": cle, "donnees": _fiche(draw) if known and known.formulaire else None}
        case "GenerateDocument":
            return {"document": _any(draw, monde.program.modele.documents)}
        case "ValidateEtape":
            return {"etape": draw(st.sampled_from(etapes)), "visit": draw(_maybe(st.integers(1, 2)))}
        case "SkipEtape" | "SendBack":
            return {"etape": draw(st.sampled_from(etapes)), "motif": "m"}
        case "AdjustEtape":
            return {
                "etape": draw(st.sampled_from(etapes)),
                "titre": draw(_maybe(st.sampled_from(["Autre nom", "Étape"]))),
                "visible": draw(_maybe(st.booleans())),
            }
        case "SetPortail":
            return {"visible": draw(st.booleans())}
        case "AddEtape":
            return {"titre": "Ajoutée", "apres": draw(_maybe(st.sampled_from(etapes)))}
        case "MoveEtape":
            return {"etape": draw(st.sampled_from(etapes)), "apres": draw(_maybe(st.sampled_from(etapes)))}
        case "RemoveEtape":
            return {"etape": draw(st.sampled_from(etapes))}
        case "EditPiece":
            return {"piece": piece(), "titre": draw(st.sampled_from(["Autre nom", "Bail"]))}
        case "MovePiece":
            return {"piece": piece(), "apres": draw(_maybe(st.just(piece())))}
        case "Suspend" | "Cancel" | "RefuseDemande":
            return {"motif": "m"}
        case "RequestInformation":
            return {"message": "?"}
        case "Reassign":
            member = TEAM[draw(st.integers(0, 1))]
            user = draw(st.sampled_from(sorted(USERS)))
            return {"membre": member.model_copy(update={"user_id": USERS[user], "nom": user})}
        case "AddRenfort":
            user = draw(st.sampled_from(sorted(USERS)))
            return {
                "user_id": USERS[user],
                "nom": user,
                "libelle": draw(st.sampled_from(["Expert", "Formaliste"])),
            }
        case "RemoveRenfort":
            return {"user_id": USERS[draw(st.sampled_from(sorted(USERS)))]}
        case "SetPriorite":
            return {"priorite": draw(st.sampled_from(["normale", "urgente"]))}
        case "SetPrix":
            return {"montant": draw(_maybe(st.integers(0, 100000)))}
        case "InviteParticipant" | "RevokeLink":
            return {"participant": _any(draw, monde.program.modele.participants)}
    return {}


USUAL = (
    "SubmitForm",
    "CompleteTache",
    "TickTache",
    "DepositPiece",
    "ValidatePiece",
    "RefusePiece",
    "ValidateEtape",
    "SkipEtape",
    "SendBack",
    "ChangeDonnee",
    "GenerateDocument",
    "AddTache",
    "AddPiece",
    "OfferPiece",
    "AddLigne",
    "AddLignes",
    "ChangeLigne",
    "SetLigneStatut",
    "AnswerAction",
    "RequestCorrection",
    "AcceptCorrection",
    "RecordEvenement",
    "RecordEvenement",
)
RARE = (
    "TakeDemande",
    "RequestInformation",
    "ValidateDemande",
    "RefuseDemande",
    "StartTache",
    "MoveTache",
    "EditTache",
    "AttachTache",
    "ReopenTache",
    "CancelTache",
    "QualifyTache",
    "AssignTache",
    "RescheduleTache",
    "AcknowledgePiece",
    "WaivePiece",
    "RequestAction",
    "WriteCourriel",
    "WriteSms",
    "AnswerAction",
    "CancelAction",
    "Suspend",
    "Resume",
    "Resume",
    "Cancel",
    "Reassign",
    "AddRenfort",
    "RemoveRenfort",
    "SetPriorite",
    "SetPrix",
    "AdjustEtape",
    "SetPortail",
    "AddEtape",
    "MoveEtape",
    "RemoveEtape",
    "EditPiece",
    "MovePiece",
    "RemoveLigne",
    "InviteParticipant",
    "RevokeLink",
)


def _report(monde: Monde, draw: Draw) -> None:
    """What a child says: it may be late, or come after the end."""
    id_ = _any(draw, monde.state.enfants)
    told = {
        "seq": draw(st.integers(1, 9)),
        "titre": "Petit",
        "statut": "en_cours",
        "cycle": draw(
            st.sampled_from(["ouverte", "suspendue", "terminee", "terminee", "annulee", "refusee"])
        ),
        "progression": draw(st.integers(0, 100)),
        "sorties": draw(st.sampled_from([{}, {"valeur": 9}])),
    }
    try:
        monde.send("ReportEnfant", "systeme", enfant=id_, rapport=told)
    except Refusal:
        return


def play(monde: Monde, draw: Draw) -> None:
    """One step: a command of someone, time passing, or effects answered."""
    match draw(st.sampled_from(["usual", "usual", "usual", "rare", "time", "effects", "fait", "enfant"])):
        case "enfant":
            _report(monde, draw)
        case "fait":
            try:
                monde.send("RecordFact", "systeme", fait="achat", donnees=_objet(draw))
            except Refusal:
                return
        case "time":
            monde.later(hours=draw(st.sampled_from([1, 30, 200, 2000])))
        case "effects":
            monde.effects(draw(st.sampled_from(["done", "failed", "uncertain"])))
        case kind:
            type = draw(st.sampled_from(USUAL if kind == "usual" else RARE))
            par = draw(st.sampled_from(["conseiller", "conseiller", "conseiller", "manager", "invite"]))
            try:
                monde.send(type, par, **_fields(type, monde, draw))
            except Refusal:
                return


def finish(monde: Monde) -> None:
    """Any open démarche can be brought to its end: whatever is awaited is done, skipped or waited for."""
    for _ in range(60):
        state = monde.state
        if state.cycle == "suspendue":
            monde.send("Resume")
        if not monde.state.open:
            return
        if monde.state.phase == "demande":
            monde.send("ValidateDemande")
            continue
        monde.send("SkipEtape", etape=monde.state.active[0].cle, motif="fin")
    assert not monde.state.open, "the démarche cannot be ended"


def rest(monde: Monde) -> None:
    """What must hold between two commands, beyond what `Monde` checks after each."""
    for enfant in monde.state.enfants.values():
        if enfant.cycle not in ("ouverte", "suspendue"):
            continue
        node, etape = monde.program.etapes[enfant.noeud], monde.state.etapes[enfant.noeud]
        assert isinstance(node, PourChaque)
        left = node.reste == "laisser" and etape.statut == "valide" and etape.visit == enfant.visit
        gone = monde.state.cycle == "annulee" or etape.statut != "en_cours" or etape.visit != enfant.visit
        if gone and not (left and monde.state.cycle != "annulee"):
            assert enfant.ordre == "annuler", "a child outlives what it was opened for"
    need = needs(monde.state)
    assert need.next_at is None or monde.state.cycle == "ouverte"
    if monde.state.cycle != "ouverte":
        assert not need.effects or not any(monde.state.effets[id_].held for id_ in need.effects)
