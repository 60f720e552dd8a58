"""The command ``kindpakket-audit``."""

import argparse
import re
import sys
from collections.abc import Sequence
from contextlib import ExitStack, closing
from pathlib import Path

from kindpakket_audit.chains import ChainUnreadable, Source
from kindpakket_audit.contract import CompilerFailed, makes_carried_code
from kindpakket_audit.directory import ChainDirectory
from kindpakket_audit.findings import Audit, Finding, Level, Result
from kindpakket_audit.node import Node, address, host_of
from kindpakket_audit.replay import StateDiffers, audit
from kindpakket_audit.report import (
    as_html,
    as_json,
    checked,
    finding_words,
    moment,
    relative,
    sha256,
    verdict,
)
from kindpakket_audit.storage import StateDamaged

STATUS = {Result.CLEAN: 0, Result.DIFFERS: 1, Result.UNREADABLE: 2, Result.INCOMPLETE: 3}


def main(arguments: Sequence[str] | None = None) -> int:
    """Check a ledger and write the report, also of a chain that cannot be read. Return 0 when all
    is right, 1 when something differs, 2 when the chain cannot be read, and 3 when nothing differs
    and something could not be checked."""
    asked = _parser().parse_args(arguments)
    try:
        done = _done(asked)
        _say(done)
        _write(done, asked.report)
    except Exception as error:
        print(f"Niet gelukt: {error!r:.200}", file=sys.stderr)
        return STATUS[Result.UNREADABLE]
    return STATUS[done.result]


def _done(asked: argparse.Namespace) -> Audit:
    try:
        return _checked(asked)
    except StateDiffers as error:
        done = Audit(_name(asked.chains[0]), 0)
        done.add(Finding(Level.DIFFERENCE, 0, 0, None, "Vorige controle", str(error)))
    except StateDamaged as error:
        told = f"{error}; verwijder {asked.state} en begin opnieuw"
        done = Audit(_name(asked.chains[0]), 0, unreadable=told)
    except (ChainUnreadable, OSError) as error:
        done = Audit(_name(asked.chains[0]), 0, unreadable=str(error))
    except Exception as error:
        done = Audit(_name(asked.chains[0]), 0, unreadable=f"{error!r:.200}")
    return done


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="kindpakket-audit",
        description="Controleer een grootboek van Kindpakket, vanaf de keten alleen.",
    )
    parser.add_argument(
        "chains",
        nargs="+",
        metavar="KETEN",
        help="een map met een keten, of het adres van een knoop; volgende worden vergeleken",
    )
    parser.add_argument(
        "--contract", type=address, help="adres van het contract; zonder: het eerste"
    )
    parser.add_argument(
        "--first-block", type=int, default=0, help="zoek de oprichting vanaf dit blok"
    )
    parser.add_argument(
        "--confirmations", type=int, default=0, help="blokken na een definitief blok"
    )
    parser.add_argument(
        "--no-proof",
        action="store_true",
        help="vraag een knoop elke plaats in de opslag, en geen bewijs (nodig bij anvil)",
    )
    parser.add_argument(
        "--expect",
        action="append",
        default=[],
        type=_expected,
        metavar="BLOK:HASH",
        help="hash van een blok die een ander bewaarde; mag vaker",
    )
    parser.add_argument("--state", type=Path, help="bestand om later mee verder te gaan")
    parser.add_argument("--report", type=Path, help="map voor audit.json en audit.html")
    parser.add_argument("--solc", help="compileer de broncode opnieuw, met deze solc 0.8.37")
    return parser


def _expected(text: str) -> tuple[int, str]:
    known = re.fullmatch("([0-9]{1,18}):(0x[0-9a-fA-F]{64})", text)
    if known is None:
        raise ValueError(text)
    return int(known[1]), known[2].lower()


def _checked(asked: argparse.Namespace) -> Audit:
    with ExitStack() as stack:
        first, *others = (
            stack.enter_context(closing(_source(each, proves=not asked.no_proof)))
            for each in asked.chains
        )
        done = audit(
            first,
            contract=asked.contract,
            first_block=asked.first_block,
            confirmations=asked.confirmations,
            others=others,
            state=asked.state,
            expected=asked.expect,
            progress=_progress,
        )
    if asked.solc:
        _recompile(done, asked.solc)
    return done


def _recompile(done: Audit, solc: str) -> None:
    level, told = Level.DIFFERENCE, "deze compiler maakt andere code"
    try:
        done.recompiled = makes_carried_code(solc)
    except CompilerFailed as error:
        level, told = Level.WARNING, f"deze compiler maakt geen code: {error}"
    if not done.recompiled:
        done.add(Finding(level, done.last_block, done.last_time, None, "Broncode", told))


_URL = ("http://", "https://")


def _source(place: str, *, proves: bool) -> Source:
    return Node(place, proves=proves) if place.startswith(_URL) else ChainDirectory(Path(place))


def _name(place: str) -> str:
    return host_of(place) if place.startswith(_URL) else place


def _progress(at: int, of: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{at} van {of} blokken", end="" if at < of else "\n", file=sys.stderr)


def _say(done: Audit) -> None:
    for finding in done.findings:
        print(finding_words(finding))
    print(verdict(done), file=sys.stderr if done.unreadable else sys.stdout)
    if not done.last_hash:
        return
    print(f"Gecontroleerd: blok {done.first_block} tot en met {done.last_block},", end=" ")
    print(f"van {moment(done.first_time)} tot en met {moment(done.last_time)}.")
    if done.went_on_at is not None:
        print(f"Nu gelezen vanaf blok {done.went_on_at}; de blokken ervoor bij een eerdere keer.")
    print(f"Hash van het laatste blok: {done.last_hash}.")
    for text in (relative(done), *done.weaker, *done.others, "Nagegaan is:", *checked(done)):
        print(text)


def _write(done: Audit, directory: Path | None) -> None:
    if directory is None:
        return
    directory.mkdir(parents=True, exist_ok=True)
    told = as_json(done)
    for name, text in (("audit.html", as_html(done, sha256(told))), ("audit.json", told)):
        whole = directory / f"{name}.new"
        whole.write_text(text, encoding="utf-8")
        whole.replace(directory / name)
        print(f"{sha256(text)}  {directory / name}")


def run() -> None:
    """Run the command and exit with its status; an interrupted one was not completed."""
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(STATUS[Result.UNREADABLE])


if __name__ == "__main__":
    run()
