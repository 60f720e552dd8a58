"""The command ``kindpakket-audit``."""

import argparse
import sys
from collections.abc import Sequence
from contextlib import ExitStack, closing, suppress
from pathlib import Path

from kindpakket_audit.chains import ChainUnreadable, Source
from kindpakket_audit.contract import differs_from
from kindpakket_audit.directory import ChainDirectory
from kindpakket_audit.findings import Audit, Finding, Level
from kindpakket_audit.node import Node
from kindpakket_audit.replay import StateDiffers, audit
from kindpakket_audit.report import as_html, as_json, finding_words, moment, sha256, verdict

DIFFERS, UNREADABLE = 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Check a ledger and write the report. Return 0 when all is right, 1 when something differs,
    2 when the chain cannot be read."""
    asked = _parser().parse_args(arguments)
    try:
        done = _checked(asked)
    except (ChainUnreadable, StateDiffers) as error:
        print(f"Niet te lezen: {error}", file=sys.stderr)
        return UNREADABLE
    _say(done)
    _write(done, asked.report)
    return 0 if done.clean else DIFFERS


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
    parser.add_argument("--contract", help="adres van het contract; zonder: het eerste")
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
    parser.add_argument("--state", type=Path, help="bestand om later mee verder te gaan")
    parser.add_argument("--report", type=Path, help="map voor audit.json en audit.html")
    parser.add_argument("--solc", help="compileer de broncode opnieuw, met deze solc 0.8.37")
    return parser


def _checked(asked: argparse.Namespace) -> Audit:
    with ExitStack() as stack:
        first, *others = (
            stack.enter_context(closing(_source(each, proves=not asked.no_proof)))
            for each in asked.chains
        )
        done = audit(
            first,
            contract=asked.contract and asked.contract.lower(),
            first_block=asked.first_block,
            confirmations=asked.confirmations,
            others=others,
            state=asked.state,
            progress=_progress,
        )
    if asked.solc and (difference := differs_from(asked.solc)):
        place = (done.last_block, done.last_time, None)
        done.add(Finding(Level.DIFFERENCE, *place, "Broncode", difference))
    return done


def _source(place: str, *, proves: bool) -> Source:
    if place.startswith(("http://", "https://")):
        return Node(place, proves=proves)
    return ChainDirectory(Path(place))


def _progress(at: int, of: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{at} van {of} blokken", end="" if at < of else "\n", file=sys.stderr)


def _say(done: Audit) -> None:
    for finding in done.findings:
        print(finding_words(finding))
    print(verdict(done))
    print(f"Gecontroleerd: blok {done.first_block} tot en met {done.last_block},", end=" ")
    print(f"van {moment(done.first_time)} tot en met {moment(done.last_time)}.")
    for text in (*done.weaker, *done.others):
        print(text)


def _write(done: Audit, directory: Path | None) -> None:
    if directory is None:
        return
    directory.mkdir(parents=True, exist_ok=True)
    told = as_json(done)
    for name, text in (("audit.json", told), ("audit.html", as_html(done, sha256(told)))):
        (directory / name).write_text(text, encoding="utf-8")
        print(f"{sha256(text)}  {directory / name}")


def run() -> None:
    """Run the command and exit with its status."""
    with suppress(KeyboardInterrupt):
        sys.exit(main())


if __name__ == "__main__":
    run()
