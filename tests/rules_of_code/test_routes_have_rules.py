"""Every route says who may call it (SEC-15): a rule of `api.access`, or a reason to be public."""

from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Depends, FastAPI
from fastapi.routing import RouteContext

from api.access import PER_OBJECT, ROLES, Action, Actor, Target, public, routes_of, rule, rule_of
from api.app import ROUTERS, create_app
from tests.conftest import Database

PUBLIC = {
    "describe_uploads",
    "ask_new_link",
    "begin_payment",
    "is_alive",
    "is_ready",
    "ask_password_link",
    "choose_password",
    "read_access_link",
    "login",
    "login_totp",
    "read_openapi",
    "read_payment",
    "read_payment_page",
    "receive_payment_event",
    "receive_signature_event",
    "screens",
    "use_link",
}


def faults(routes: list[RouteContext]) -> list[str]:
    """What is wrong with the declarations of these routes."""
    found = []
    for route in routes:
        name = f"{sorted(route.methods or ())} {route.path}"
        declared = rule_of(route)
        if declared is None:
            found.append(f"{name}: no rule")
        elif declared.action is None and not declared.reason:
            found.append(f"{name}: public without a reason")
        elif declared.action in PER_OBJECT and not declared.has_target:
            found.append(f"{name}: {declared.action} is about one object, and no target says which")
    return found


def app_routes(database: Database) -> list[RouteContext]:
    return routes_of(create_app())


def test_every_route_of_the_application(database: Database) -> None:
    assert faults(app_routes(database)) == []


def test_public_routes_are_those_we_know(database: Database) -> None:
    open_to_all = {
        route.name
        for route in app_routes(database)
        if (declared := rule_of(route)) is not None and declared.action is None
    }
    assert open_to_all == PUBLIC


def test_names_of_operations_are_unique(database: Database) -> None:
    names = [route.name for route in app_routes(database)]
    assert len(names) == len(set(names))


def test_every_router_is_listed_once() -> None:
    assert len({id(router) for router in ROUTERS}) == len(ROUTERS)


def test_every_action_has_roles() -> None:
    assert set(ROLES) == set(Action)


async def a_target() -> Target:
    return Target()


CASES: list[tuple[str, dict[str, Any]]] = [
    ("no rule", {}),
    ("public without a reason", {"dependencies": [Depends(public(""))]}),
    ("no target", {"dependencies": [Depends(rule(Action.DEMARCHE_LIRE))]}),
    ("", {"dependencies": [Depends(public("test"))]}),
    ("", {"dependencies": [Depends(rule(Action.DEMARCHE_LIRE, a_target))]}),
    ("", {"dependencies": [Depends(rule(Action.MOI_LIRE))]}),
]


class TestTheCheckItself:
    @pytest.mark.parametrize(("fault", "options"), CASES)
    def test_on_one_route(self, fault: str, options: dict[str, Any]) -> None:
        app = FastAPI(openapi_url=None)

        @app.get("/x", **options)
        async def x() -> None: ...

        found = faults(routes_of(app))
        assert (found == []) if not fault else (fault in found[0])

    def test_a_rule_in_the_signature_and_one_on_the_router(self) -> None:
        router = APIRouter(dependencies=[Depends(public("test"))])

        @router.get("/a")
        async def a() -> None: ...

        app = FastAPI(openapi_url=None)
        app.include_router(router)

        @app.get("/b")
        async def b(actor: Annotated[Actor, Depends(rule(Action.MOI_LIRE))]) -> None: ...

        assert faults(routes_of(app)) == []

    def test_documentation_of_fastapi_is_a_route_without_rule(self) -> None:
        assert len(faults(routes_of(FastAPI()))) == 4
