"""The life of a démarche as a whole: its demande, its pauses, its end, its dates, its price, its clock."""

from datetime import UTC, datetime

from fastapi import APIRouter, Depends

from api.access import Action, rule
from api.commands import Accuse, commander
from api.dossier import DossierCommande, command_target
from api.problems import Problem
from api.routes.demarches import corps
from workflows.engine import commands as c
from workflows.engine.state import SYSTEM, Horloge

router = APIRouter(prefix="/api/demarches/{demarche_id}", tags=["démarches"])
DECIDE = [Depends(rule(Action.DEMANDE_DECIDER, command_target))]
STEER = [Depends(rule(Action.DEMARCHE_PILOTER, command_target))]


@router.post("/prise-en-charge", dependencies=DECIDE)
async def take_demande(dossier: DossierCommande) -> Accuse:
    """Begin to study a demande."""
    return await commander(dossier, c.TakeDemande)


@router.post("/informations", dependencies=DECIDE)
async def request_information(dossier: DossierCommande, body: corps.Informations) -> Accuse:
    """Ask the client for something that the demande lacks (DEM-07)."""
    return await commander(dossier, c.RequestInformation, message=body.message, due_at=body.due_at)


@router.post("/validation", dependencies=DECIDE)
async def validate_demande(
    dossier: DossierCommande, body: corps.ValidationDemande = corps.ValidationDemande()
) -> Accuse:
    """Accept a demande: it becomes a dossier."""
    return await commander(dossier, c.ValidateDemande, prix=body.prix)


@router.post("/refus", dependencies=DECIDE)
async def refuse_demande(dossier: DossierCommande, body: corps.Motive) -> Accuse:
    """Refuse a demande, with a reason."""
    return await commander(dossier, c.RefuseDemande, motif=body.motif)


@router.post("/dates", dependencies=STEER)
async def change_date(dossier: DossierCommande, body: corps.DateCle) -> Accuse:
    """Change a key date: due dates and reminders are computed again."""
    return await commander(
        dossier, c.ChangeDonnee, champ=body.champ, valeur=body.valeur.isoformat(), motif=body.motif
    )


@router.put("/portail", dependencies=STEER)
async def set_portail(dossier: DossierCommande, body: corps.Portail) -> Accuse:
    """Show a démarche on the client's portal or take it away, whatever its modèle says (MOD-13)."""
    return await commander(dossier, c.SetPortail, visible=body.visible)


@router.post("/suspension", dependencies=STEER)
async def suspend_demarche(dossier: DossierCommande, body: corps.Motive) -> Accuse:
    """Put a démarche on hold: delays stop, mails are kept back."""
    return await commander(dossier, c.Suspend, motif=body.motif)


@router.post("/reprise", dependencies=STEER)
async def resume_demarche(dossier: DossierCommande) -> Accuse:
    """Take up a suspended démarche again."""
    return await commander(dossier, c.Resume)


@router.post("/annulation", dependencies=[Depends(rule(Action.DEMARCHE_ANNULER, command_target))])
async def cancel_demarche(dossier: DossierCommande, body: corps.Motive) -> Accuse:
    """Give a démarche up. The client may, as long as it is a demande."""
    return await commander(dossier, c.Cancel, motif=body.motif)


@router.put("/priorite", dependencies=STEER)
async def set_priority(dossier: DossierCommande, body: corps.PrioriteReglee) -> Accuse:
    """Put a demande or a dossier before the rest in the firm's queue, or back with it (DEM-09)."""
    return await commander(dossier, c.SetPriorite, priorite=body.priorite)


@router.put("/prix", dependencies=[Depends(rule(Action.PRIX_FIXER, command_target))])
async def set_price(dossier: DossierCommande, body: corps.Prix) -> Accuse:
    """Set the price shown to the client (DOS-24)."""
    return await commander(dossier, c.SetPrix, montant=body.montant, mention=body.mention)


@router.put("/horloge", dependencies=STEER)
async def set_clock(dossier: DossierCommande, body: corps.HorlogeReglee) -> Accuse:
    """Move the démarche's own clock forward (demo and tests only)."""
    require_movable_clock(dossier.services.settings.movable_clock)
    real = datetime.now(UTC)
    shown = (await dossier.state()).now(real)
    backwards = body.maintenant is not None and body.maintenant < shown
    if backwards and dossier.recorded is None:
        raise Problem(409, "horloge_en_arriere", "L'horloge d'une démarche ne peut qu'avancer.")
    horloge = Horloge(virtual=body.maintenant or max(shown, real), real=real, factor=body.facteur)
    return await commander(dossier, c.SetHorloge, acting=SYSTEM, incomparable={"horloge"}, horloge=horloge)


def require_movable_clock(movable: bool) -> None:
    """Raise the 403 problem on an installation where démarches live in real time."""
    if not movable:
        raise Problem(
            403, "horloge_interdite", "L'horloge ne se règle que pour la démonstration et les tests."
        )
