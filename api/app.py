"""The application: its routers, listed one by one, and what surrounds them."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

from fastapi import APIRouter, Depends, FastAPI
from fastapi.responses import JSONResponse
from starlette.middleware.gzip import GZipMiddleware

from api import openapi, problems, static, traces
from api.access import public
from api.housekeeping import housekeeping
from api.live import live_hub
from api.quarantine import quarantine
from api.renewal import link_renewal
from api.routes import (
    acces,
    audit,
    auteur,
    badges,
    brouillons,
    cabinet,
    catalogue,
    changement,
    colonnes,
    connexion,
    conseiller,
    courriels,
    demarches,
    documents,
    droits,
    fichiers,
    flux,
    ged,
    historique,
    liens,
    mesures,
    modeles,
    modeles_export,
    moi,
    notifications,
    notifications_client,
    paiements,
    parametres,
    plans_relance,
    portraits,
    preferences,
    rejeu,
    sante,
    signatures,
    tableaux,
    televersements,
    tiers,
    travail,
)
from api.security.headers import BodyLimitMiddleware, SecurityHeadersMiddleware
from api.security.origin import OriginMiddleware
from api.security.sessions import Sessions
from api.security.throttle import Throttle
from api.services import Services
from store.garbage import settled
from store.session import dispose
from store.settings import settings

# A request is compared with each in turn: what people do all day comes first.
ROUTERS: tuple[APIRouter, ...] = (
    *demarches.ROUTERS,
    televersements.router,
    travail.router,
    sante.router,
    connexion.router,
    acces.router,
    acces.gestion,
    moi.router,
    liens.router,
    notifications.router,
    notifications_client.router,
    parametres.router,
    portraits.router,
    courriels.router,
    droits.router,
    badges.router,
    colonnes.router,
    plans_relance.router,
    audit.router,
    preferences.router,
    brouillons.router,
    cabinet.router,
    tiers.router,
    historique.router,
    conseiller.router,
    catalogue.router,
    modeles.router,
    modeles_export.router,
    changement.router,
    auteur.router,
    rejeu.router,
    mesures.router,
    tableaux.router,
    documents.router,
    ged.router,
    fichiers.router,
    paiements.router,
    signatures.router,
    flux.router,
)

# What lives as long as the application (the hub of live updates, …), entered in this order.
LIFESPANS: tuple[Callable[[FastAPI], AbstractAsyncContextManager[None]], ...] = (
    housekeeping,
    quarantine,
    live_hub,
)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        for enter in LIFESPANS:
            await stack.enter_async_context(enter(app))
        stack.enter_context(settled())
        yield
    await dispose()


def create_app(services: Services | None = None) -> FastAPI:
    """The ASGI application, on the services of the settings unless others are given."""
    services = services or Services.from_settings(settings())
    app = FastAPI(
        title="eLaska",
        version="1",
        lifespan=lifespan,
        generate_unique_id_function=lambda route: route.name,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        # A resource has one address: no second one with a slash at its end.
        redirect_slashes=False,
    )
    provide(app, services)
    problems.install(app)
    app.add_exception_handler(traces.Refusal, traces.refusal)
    for router in ROUTERS:
        app.include_router(router)
    app.openapi = lambda: openapi.document(app)  # type: ignore[method-assign]

    @app.get(
        "/api/openapi.json",
        include_in_schema=False,
        dependencies=[Depends(public("describes, holds no data"))],
    )
    async def read_openapi() -> JSONResponse:
        return JSONResponse(app.openapi())

    app.include_router(static.router(services.settings.ui_dir))
    # Last added is first met: headers go on every answer, that of a refusal included.
    app.add_middleware(GZipMiddleware, minimum_size=1024, compresslevel=5)
    app.add_middleware(BodyLimitMiddleware, settings=services.settings)
    app.add_middleware(OriginMiddleware)
    app.add_middleware(SecurityHeadersMiddleware, settings=services.settings)
    return app


def provide(app: FastAPI, services: Services) -> None:
    """Give the application the services its routes find, and the sessions and refusals that go with them."""
    services.renew_link = services.renew_link or link_renewal(services)
    app.state.services = services
    app.state.sessions = sessions = Sessions(services.keyring)
    app.state.throttle = Throttle(services.keyring)
    app.state.authenticate = sessions.authenticate
