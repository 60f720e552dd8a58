"""``kindpakket status``: the ledger, its server and its schemes at a glance."""

from typing import Any

import typer
from sqlalchemy import func, select

from kindpakket import __version__
from kindpakket.cli.clock import ahead_warning
from kindpakket.cli.common import AsJson, Data, ReadAccess, reading, server_of
from kindpakket.cli.output import dutch, say, show_json
from kindpakket.cli.schemes import describe
from kindpakket.domain.categories import table_sha256
from kindpakket.domain.money import format_euros
from kindpakket.domain.times import rfc3339
from kindpakket.ledger.comparison import NodeState, StatesFile
from kindpakket.services.decisions.prepare import list_prepared
from kindpakket.services.oversight.retention import last_run
from kindpakket.services.schemes.changes import say_money, say_state
from kindpakket.services.schemes.look_up import Scheme, list_schemes
from kindpakket.settings import Settings
from kindpakket.store import tables as t

_STANDINGS = {
    "same": "blok {block}",
    "behind": "blok {block}; loopt {blocksBehind} blokken en {secondsBehind} seconden achter",
    "away": "antwoordt niet",
    "differs": "LET OP: spreekt een ander knooppunt tegen; er kan niet worden betaald",
}


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(status)


def status(data: Data = None, as_json: AsJson = False) -> None:
    """Toon hoe het grootboek ervoor staat."""
    with reading(data) as access:
        schemes = list_schemes(access.context)
        answer = _status(access)
        now = access.ledger_time
        ahead = ahead_warning(access.ledger_time, access.now)
    answer["schemes"] = [describe(scheme, now) for scheme in schemes]
    if as_json:
        return show_json(answer)
    ledger = answer["ledger"]
    say(
        *ahead,
        f"Grootboek  keten {ledger['chainId']}, contract {ledger['address']}",
        f"Blok       {ledger['block']}, {dutch(ledger['time'])}",
        f"Server     {answer['server'] or 'draait niet'}",
        *_follower_lines(answer["follower"]),
        *_node_lines(answer["nodes"]),
        f"Winkels    {answer['shops']} bekend, {answer['admittedShops']} toegelaten",
        f"Betalingen {answer['payments']}",
        f"Besluiten  {answer['waitingDecisions']} in afwachting",
        f"Bewaring   {_say_retention(answer['retention'])}",
    )
    if not answer["categoriesMatch"]:
        say("LET OP: de lijst van categorieën op het grootboek is niet die van dit programma.")
    for scheme in schemes:
        say("", *_scheme_lines(scheme, now))
    return None


def _status(access: ReadAccess) -> dict[str, Any]:
    context = access.context
    ledger = context.ledger
    with context.read_views() as db:
        block = db.execute(select(t.cursor)).one()
        payments = db.scalar(select(func.count()).select_from(t.payments))
        admitted = db.scalar(select(func.count()).where(t.shops.c.admitted, ~t.shops.c.suspended))
        shops = db.scalar(select(func.count()).select_from(t.shops))
    number = block.block
    run = last_run(context)
    return {
        "version": __version__,
        "data": str(access.settings.data),
        "server": server_of(access),
        "follower": _follower(access),
        "nodes": _nodes(access.settings),
        "ledger": {
            "chainId": ledger.domain.chain_id,
            "address": ledger.domain.contract,
            "relay": ledger.relay,
            "block": number,
            "blockHash": block.hash,
            "time": rfc3339(next(iter(ledger.blocks(number))).time),
            "secondsAhead": access.ledger_time - access.now,
        },
        "categoriesMatch": ledger.view("categoriesSha256") == table_sha256(),
        "shops": shops,
        "admittedShops": admitted,
        "payments": payments,
        "waitingDecisions": len(list_prepared(context)),
        "retention": run and {"time": rfc3339(run.ran_at), "deleted": run.deleted},
    }


def _follower(access: ReadAccess) -> dict[str, Any] | None:
    from kindpakket.follow import follower_state  # noqa: PLC0415 (brings an EVM)

    state = follower_state(access.settings.data)
    if state is None:
        return None
    failed_at = state.failed_at and rfc3339(state.failed_at)
    return {"running": state.pid is not None, "failures": state.failures, "lastFailure": failed_at}


def _follower_lines(state: dict[str, Any] | None) -> list[str]:
    if state is None or not state["failures"]:
        return []
    now = "draait weer" if state["running"] else "DRAAIT NIET en wordt zo opnieuw gestart"
    last = dutch(state["lastFailure"])
    return [f"LET OP: de volger viel {state['failures']} keer uit, het laatst {last}; hij {now}."]


def _nodes(settings: Settings) -> list[dict[str, Any]]:
    return [_node(state) for state in StatesFile(settings.data, settings.nodes).read()]


def _node(state: NodeState) -> dict[str, Any]:
    return {
        "name": state.name,
        "standing": state.standing,
        "block": state.block,
        "time": state.time and rfc3339(state.time),
        "blocksBehind": state.blocks_behind,
        "secondsBehind": state.seconds_behind,
    }


def _node_lines(nodes: list[dict[str, Any]]) -> list[str]:
    return [
        f"Knooppunt  {node['name']}: {_STANDINGS[node['standing']].format(**node)}"
        for node in nodes
    ]


def _say_retention(run: dict[str, Any] | None) -> str:
    if run is None:
        return "nog niets nagekeken op bewaartermijnen"
    return f"{dutch(run['time'])}: {sum(run['deleted'].values())} gegevens verwijderd"


def _scheme_lines(scheme: Scheme, now: int) -> list[str]:
    amounts = (f"{word.lower()} {format_euros(each)}" for word, each in say_money(scheme, now))
    return [
        f"{scheme.name} (regeling {scheme.id}): {say_state(scheme, now)}",
        f"  {', '.join(amounts)}",
    ]
