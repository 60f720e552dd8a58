"""Code on the event loop, which all requests share, does not block."""

import ast
from collections.abc import Container, Iterator
from inspect import getsource, getsourcefile, iscoroutinefunction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from kindpakket.api import file_routes, help_routes, parts, routes, shop_routes
from kindpakket.api.app import create_app
from kindpakket.desk import parts as desk_parts
from kindpakket.desk.app import ROUTERS, make_desk
from kindpakket.desk.settings import DeskSettings
from kindpakket.settings import Settings
from kindpakket.site import Site
from tests.support.town import HERE

API_ROUTERS = [each.router for each in (routes, file_routes, help_routes, shop_routes)]
PACKAGE = Path(__file__).parents[2] / "backend/kindpakket"
ONLY_BYTES = {desk_parts._form}
"""Parses a form that was received, without I/O."""
ATTRIBUTES = {
    parts._context,
    parts._site,
    parts._caller,
    parts._token,
    desk_parts._context,
    desk_parts._municipality,
    desk_parts._provider,
}
"""Return an attribute of the request or of the application, without I/O."""
OF_THE_REQUEST = {"Caller", "network_of", "host_of", "_settings"}
"""Functions that those call; they use their arguments only."""
WAITS = {"context", "store", "ledger", "projection", "sessions", "key", "sleep"}
"""Names of functions that use a database, the chain or a key."""


def apps() -> list[FastAPI]:
    context: Any = SimpleNamespace(limits=None)
    settings = DeskSettings(
        site=Site(HERE),
        journal=Settings(),
        payer_name=None,
        payer_iban=None,
        payer_bic=None,
    )
    desk: FastAPI = make_desk(context, settings)
    return [create_app(context, contact_email="a@town.test", site=Site(HERE), desk=desk), desk]


def called(dependant: Dependant) -> Iterator[Any]:
    """A handler and all its dependencies."""
    yield dependant.call
    for each in dependant.dependencies:
        yield from called(each)


def test_no_handler_and_nothing_that_it_depends_on_runs_on_the_event_loop() -> None:
    found = [
        each
        for router in [*(app.router for app in apps()), *API_ROUTERS, *ROUTERS]
        for route in router.routes
        if isinstance(route, APIRoute)
        for each in called(route.dependant)
    ]
    assert len(found) > 100
    on_the_loop = {each for each in found if iscoroutinefunction(each)}
    assert on_the_loop == ONLY_BYTES | ATTRIBUTES


@pytest.mark.parametrize("function", sorted(ATTRIBUTES, key=str), ids=lambda each: each.__name__)
def test_a_dependency_on_the_event_loop_only_returns_an_attribute(function: Any) -> None:
    called_in = {
        ast.unparse(node.func)
        for node in ast.walk(ast.parse(getsource(function)))
        if isinstance(node, ast.Call)
    }
    assert called_in <= OF_THE_REQUEST | {"Depends"}


def test_no_exception_handler_runs_on_the_event_loop() -> None:
    usual = set(FastAPI().exception_handlers.values())  # which use their arguments only
    handlers = {each for app in apps() for each in app.exception_handlers.values()} - usual
    assert len(handlers) > 10
    assert not any(map(iscoroutinefunction, handlers))


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.stem)
def test_what_is_async_touches_no_database_no_chain_and_no_key(path: Path) -> None:
    safe = {each.__name__ for each in ATTRIBUTES if getsourcefile(each) == str(path)}
    assert list(waiting(ast.parse(path.read_text()), safe)) == []


def waiting(tree: ast.AST, safe: Container[str] = ()) -> Iterator[str]:
    """Names in asynchronous functions, other than the safe ones, of objects that may block."""
    for function in ast.walk(tree):
        if isinstance(function, ast.AsyncFunctionDef) and function.name not in safe:
            for node in ast.walk(function):
                name = getattr(node, "id", None) or getattr(node, "attr", None)
                if name in WAITS or getattr(node, "arg", None) in WAITS:
                    yield f"{function.name}: {name or node.arg}"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "source",
    [
        "async def sign_in(request, context): pass",
        "async def page(request):\n    request.app.state.context.now()",
        "async def page(request):\n    def inner():\n        store.write()",
    ],
)
def test_an_async_function_that_blocks_is_detected(source: str) -> None:
    assert list(waiting(ast.parse(source)))
