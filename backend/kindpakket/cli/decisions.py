"""``kindpakket decisions``: list, show, approve and cancel decisions."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Annotated, Any

import typer

from kindpakket.actors import fields, hexed
from kindpakket.cli.common import (
    REFUSED,
    AsJson,
    Data,
    PasswordFile,
    ReadAccess,
    Stop,
    WriteAccess,
    acting,
    reading,
)
from kindpakket.cli.keys import open_keystore
from kindpakket.cli.output import say, show_json, show_table
from kindpakket.domain.capacities import Capacity
from kindpakket.domain.ids import Hash, shorten
from kindpakket.domain.refusals import DUTCH, Code, Refusal
from kindpakket.domain.tables import Column, Table, Unit
from kindpakket.domain.times import dutch_moment, rfc3339
from kindpakket.ledger.abi import encode_call
from kindpakket.protocol.messages import Decision
from kindpakket.protocol.signatures import Key
from kindpakket.services.base.acts import Status
from kindpakket.services.base.names import Names, read_names
from kindpakket.services.decisions.describe import say_call, say_capacities
from kindpakket.services.decisions.history import list_made
from kindpakket.services.decisions.prepare import Prepared, list_prepared, prepare
from kindpakket.services.payouts.lists import PayoutRefused
from kindpakket.services.signing.approvals import (
    Sent,
    approval_status,
    approve_all,
    carry_out,
)
from kindpakket.services.signing.decision_sets import (
    DecisionSet,
    HistoryEntry,
    Waiting,
    in_sets,
    list_all_made,
    list_waiting,
)

_SHORT = 10
"""Length of the shown prefix of an id; any unique prefix is accepted as input."""

commands = typer.Typer(no_args_is_help=True, help="Besluiten van twee ambtenaren.")

Ids = Annotated[list[str], typer.Argument(help="Een of meer besluiten, of het begin ervan.")]
Yes = Annotated[bool, typer.Option("--yes", help="Vraag niet om bevestiging.")]
KeyName = Annotated[str, typer.Option(help="Uw sleutelbestand: de naam of het pad.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(commands, name="decisions")


@commands.command("list")
def list_decisions(
    made: Annotated[bool, typer.Option("--made", help="Wat al besloten is.")] = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Toon de besluiten die wachten, of die al genomen zijn."""
    with reading(data) as access:
        if as_json:
            waiting = list_prepared(access.context)
            return show_json(_made(access) if made else _describe(access, waiting))
        names = read_names(access.context)
        if made:
            return show_table(_made_table(access, names), empty="Er is nog niets besloten.")
        return show_table(_waiting_table(access, names), empty="Er wacht geen besluit.")


def _waiting_table(access: ReadAccess, names: Names) -> Table[DecisionSet]:
    """The waiting decisions, with one row for each letter run."""
    return Table(
        [
            Column("Besluit", lambda each: each.id[:_SHORT]),
            Column("Wat", lambda each: shorten(each.words)),
            Column("Handtekeningen", lambda each: f"{len(each.signers)} van {each.hands}"),
            Column("Getekend door", lambda each: ", ".join(map(names.official, each.signers))),
            Column(
                "Tijd",
                lambda each: "achterhaald" if each.overtaken else dutch_moment(each.valid_until),
            ),
        ],
        list_waiting(access.context),
    )


def _made_table(access: ReadAccess, names: Names) -> Table[HistoryEntry]:
    """The executed and cancelled decisions, with one row for each letter run."""
    return Table(
        [
            Column("Besluit", lambda each: each.decision_set[:_SHORT]),
            Column("Wat", lambda each: shorten(each.words)),
            Column("Handtekeningen", lambda each: each.state),
            Column("Getekend door", lambda each: each.say_signers(names)),
            Column("Tijd", lambda each: each.made.time, Unit.MOMENT),
        ],
        list_all_made(access.context),
    )


@commands.command()
def show(
    decision: Annotated[str, typer.Argument(help="Het besluit, of het begin ervan.")],
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Zeg in woorden wat een besluit doet, uit wat er getekend wordt."""
    with reading(data) as access:
        prepared = _find(access, [decision])[0]
        (row,) = _describe(access, [prepared])
        now = approval_status(access.context, prepared)
        names = read_names(access.context)
    if as_json:
        return show_json(row | {"call": hexed(prepared.message.call)})
    say(row["words"], "", f"Besluit {row['id']}", f"Geldig tot en met {row['moment']}.")
    say(f"Nodig: {now.hands} van de ambtenaren met de bevoegdheid {say_capacities(now.capacity)}.")
    for signer in now.approved_by:
        say(f"Goedgekeurd door {names.official(signer)}.")
    return None


@commands.command()
def approve(
    decisions: Ids,
    key: KeyName,
    yes: Yes = False,
    password_file: PasswordFile = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Keur besluiten goed; wat genoeg handtekeningen heeft, wordt uitgevoerd."""
    with acting(data) as access:
        chosen = _find(access, decisions)
        _confirm(access, chosen, yes)
        official = open_keystore(access.settings, key, password_file)
        signatures = [each.message.sign(access.api.domain, official) for each in chosen]
        try:
            signed = approve_all(access.context, chosen, signatures)
        except PayoutRefused as refused:
            raise Stop(str(refused), REFUSED) from refused
        sent = carry_out(access.context, [each.id for each in signed], partial(_execute, access))
        done = {each.prepared.id for each in sent}
        still = [_still(access, each) for each in signed if each.id not in done]
    _tell(sent, "executed", "Uitgevoerd.", still, as_json)


@commands.command()
def cancel(
    decisions: Ids,
    key: KeyName,
    yes: Yes = False,
    password_file: PasswordFile = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Trek besluiten in, voorgoed; daar is één bevoegde ambtenaar genoeg voor."""
    with acting(data) as access:
        chosen = _find(access, decisions)
        _confirm(access, chosen, yes)
        official = open_keystore(access.settings, key, password_file)
        sent = [_cancel(access, each, official) for each in chosen]
    _tell(sent, "cancelled", "Ingetrokken.", [], as_json)


def prepare_and_say(access: ReadAccess, as_json: bool, function: str, *args: Any) -> None:
    """Prepare a call of a function; print what it does and what to do next."""
    prepare_and_tell(access, as_json, encode_call(function, *args))


def prepare_and_tell(
    access: ReadAccess, as_json: bool, call: bytes, first: Sequence[str] = ()
) -> None:
    """Prepare a decision, unless it waits; print what it does and what to do next.

    Args:
        first: lines about what to do before signing.
    """
    before = {each.id for each in list_prepared(access.context)}
    prepared = prepare(access.context, call)
    waited = ["Dit besluit wachtte al. Er is geen tweede gemaakt."] if prepared.id in before else []
    tell_prepared(access, prepared, as_json, first=[*waited, *first])


def tell_prepared(
    access: ReadAccess,
    prepared: Prepared,
    as_json: bool,
    *,
    first: Sequence[str] = (),
    last: Sequence[str] = (),
    more: Mapping[str, Any] | None = None,
) -> None:
    """Print what a prepared decision does and what to do next.

    Args:
        first: lines about what to do before signing.
        last: lines about what comes after that.
        more: additional fields of the JSON output.
    """
    (row,) = _describe(access, [prepared])
    if as_json:
        return show_json(row | dict(more or {}))
    short, needs = prepared.id[:_SHORT], say_capacities(Capacity[row["capacity"]])
    who = "een ambtenaar" if row["needed"] == 1 else f"{row['needed']} ambtenaren"
    return say(
        row["words"],
        *first,
        f"Dit besluit wacht op {who} met de bevoegdheid {needs}:",
        f"  kindpakket decisions approve {short} --key NAAM",
        *last,
    )


def _describe(access: ReadAccess, prepared: Sequence[Prepared]) -> list[dict[str, Any]]:
    """Waiting decisions as JSON."""
    names = read_names(access.context)
    return [
        _described(names, decision_set.run, part)
        for decision_set in in_sets(access.context, prepared)
        for part in decision_set.parts
    ]


def _described(names: Names, run: str | None, waiting: Waiting) -> dict[str, Any]:
    prepared, now = waiting.prepared, waiting.status
    return {
        "id": prepared.id,
        "words": f"{run} {waiting.words}" if run else waiting.words,
        "capacity": now.capacity.name,
        "needed": now.hands,
        "approvals": len(now.approved_by),
        "approvedBy": list(now.approved_by),
        "approvedByNames": list(map(names.official, now.approved_by)),
        "overtaken": now.overtaken,
        "validUntil": rfc3339(prepared.message.valid_until),
        "moment": "achterhaald" if now.overtaken else dutch_moment(prepared.message.valid_until),
    }


def _made(access: ReadAccess) -> list[dict[str, Any]]:
    found = list_made(access.context)
    names = read_names(access.context)
    return [
        {
            "id": each.id,
            "words": say_call(names.at(each.time).deciding(each.id), each.call),
            "status": "ingetrokken" if each.cancelled else "uitgevoerd",
            "signers": list(each.signers),
            "signerNames": list(map(names.at(each.time).official, each.signers)),
            "time": rfc3339(each.time),
            "moment": dutch_moment(each.time),
            "block": each.block,
        }
        for each in found
    ]


def _find(access: ReadAccess, wanted: list[str]) -> list[Prepared]:
    """Find the waiting decisions by prefixes of their ids, or of their letter run's id."""
    waiting = list_prepared(access.context)
    ids = {id_ for each in waiting for id_ in (each.id, each.decision_set)}
    found: dict[Hash, Prepared] = {}
    for beginning in wanted:
        matching = [id_ for id_ in ids if id_.startswith(beginning.lower())]
        if len(matching) != 1:
            how_many = "geen besluit" if not matching else "meer dan één besluit"
            raise Stop(f"Er wacht {how_many} dat begint met {beginning}.")
        those = [each for each in waiting if matching[0] in (each.id, each.decision_set)]
        found |= {each.id: each for each in those}
    return list(found.values())


def _confirm(access: ReadAccess, chosen: list[Prepared], yes: bool) -> None:
    """Print what will be signed, and ask for confirmation."""
    for row in _describe(access, chosen):
        typer.echo(f"{row['id'][:_SHORT]}  {row['words']}", err=True)
    if not yes and typer.prompt("Gaat u akkoord? (ja/nee)", err=True).strip().lower() != "ja":
        raise Stop("Er is niets gebeurd.", REFUSED)


def _execute(access: WriteAccess, message: Decision, approvals: Sequence[bytes]) -> Status:
    signatures = [hexed(each) for each in approvals]
    answer = access.api.post("/decisions", fields(message) | {"signatures": signatures})
    return Status(answer["status"])


def _cancel(access: WriteAccess, prepared: Prepared, official: Key) -> Sent:
    message = prepared.message
    signed = fields(message) | {"signature": hexed(message.sign(access.api.domain, official))}
    try:
        answer = access.api.post("/cancellations", signed)
    except Refusal as refusal:
        return Sent(prepared, refusal)
    return Sent(prepared, Status(answer["status"]))


def _still(access: ReadAccess, prepared: Prepared) -> dict[str, str]:
    """Why an approved decision was not executed."""
    now = approval_status(access.context, prepared)
    if now.overtaken:
        return _result(prepared, "overtaken", DUTCH[Code.NONCE_TOO_OLD].title)
    if now.complete:
        return _result(prepared, "queued", "Goedgekeurd; eerst moet een ander besluit.")
    count = f"{len(now.approved_by)} van de {now.hands}"
    return _result(prepared, "approved", f"Goedgekeurd; dat is {count} handtekeningen.")


def _result(prepared: Prepared, status: str, words: str) -> dict[str, str]:
    return {"id": prepared.id, "status": status, "words": words}


def _tell(
    sent: Sequence[Sent], status: str, words: str, still: list[dict[str, str]], as_json: bool
) -> None:
    """Print the outcome of each decision, also when one was refused.

    Args:
        status: the word for a decision that is on the ledger; ``words`` too.
        still: rows of those that were not sent.

    Raises:
        Stop: the ledger refused one.
    """
    told = {
        Status.SETTLED: (status, words),
        Status.PENDING: ("pending", "Verstuurd, nog niet beslist."),
    }
    results = [
        _result(each.prepared, *told[each.outcome])
        for each in sent
        if not isinstance(each.outcome, Refusal)
    ] + still
    if as_json:
        show_json(results)
    else:
        say(*(f"{each['id'][:_SHORT]}  {each['words']}" for each in results))
    for each in sent:
        if isinstance(each.outcome, Refusal):
            reason = DUTCH[each.outcome.code].title
            raise Stop(f"{each.prepared.id[:_SHORT]}  {reason}", REFUSED)
