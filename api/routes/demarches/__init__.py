"""Démarches: reading, opening, and the commands that make them move, one module per thing commanded."""

from api.routes.demarches.actions import router as actions
from api.routes.demarches.analyses import router as analyses
from api.routes.demarches.collections import router as collections
from api.routes.demarches.courriels import router as courriels
from api.routes.demarches.cycle import router as cycle
from api.routes.demarches.disponibles import router as disponibles
from api.routes.demarches.equipe import router as equipe
from api.routes.demarches.etapes import router as etapes
from api.routes.demarches.evenements import router as evenements
from api.routes.demarches.exports import router as exports
from api.routes.demarches.formulaires import router as formulaires
from api.routes.demarches.intervenants import router as intervenants
from api.routes.demarches.journal import router as journal
from api.routes.demarches.lecture import router as lecture
from api.routes.demarches.ouverture import router as ouverture
from api.routes.demarches.pieces import router as pieces
from api.routes.demarches.pieces_libres import router as pieces_libres
from api.routes.demarches.sms import router as sms
from api.routes.demarches.taches import router as taches
from api.routes.demarches.vue_client import router as vue_client

# Not one router of them all: FastAPI looks for the route again at each level.
ROUTERS = (
    taches,
    pieces,
    lecture,
    ouverture,
    cycle,
    etapes,
    pieces_libres,
    disponibles,
    analyses,
    collections,
    actions,
    courriels,
    sms,
    evenements,
    formulaires,
    equipe,
    intervenants,
    journal,
    vue_client,
    exports,
)
