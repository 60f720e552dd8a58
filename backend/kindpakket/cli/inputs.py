"""Strict parsing of input; an error is one Dutch sentence."""

import re
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import typer

from kindpakket.cli.common import Stop
from kindpakket.domain import categories
from kindpakket.domain.capacities import DISPLAY_NAMES, Capacity
from kindpakket.domain.ids import Address
from kindpakket.domain.letters import CHARACTERS, Letter, LetterUnreadable, read_letter
from kindpakket.domain.locations import Location, parse_location
from kindpakket.domain.money import Cents, parse_euros
from kindpakket.domain.texts import TextInvalid, read_line
from kindpakket.domain.typed import PrintedFormat, TypingError, find_typing_error
from kindpakket.protocol.signatures import Key, address_of

_ADDRESS = re.compile(r"0x[0-9a-f]{40}")
_PRINTED = re.compile(r"(?:[0-9A-Z]{4}[-\s]+){8}[0-9A-Z]{4}")
_KEY = re.compile(r"0x[0-9a-f]{64}")
_LONGEST_NAME = 100


def read_euros(text: str) -> Cents:
    """Parse an amount into cents.

    Raises:
        Stop: it is none.
    """
    try:
        return parse_euros(text)
    except ValueError as error:
        raise Stop(f"Dit is geen bedrag: {text}. Schrijf het als 42,50.") from error


def read_values(text: str) -> tuple[int, ...]:
    """Parse amounts separated by spaces.

    Raises:
        Stop: one is none.
    """
    return tuple(read_euros(each) for each in text.split())


def read_day(text: str) -> date:
    """Parse a date such as ``2027-01-31``.

    Raises:
        Stop: it is no date.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Stop(f"Dit is geen datum: {text}. Schrijf hem als 2027-01-31.") from error


def read_categories(text: str) -> int:
    """Parse comma-separated names of categories into bits.

    Raises:
        Stop: one is not in the table.
    """
    names = _words(text)
    known = [category.name for category in categories.TABLE]
    for name in names:
        if name not in known:
            raise Stop(f"Deze categorie bestaat niet: {name}. Kies uit: {', '.join(known)}.")
    return categories.bits_of(names)


def read_capacities(text: str) -> int:
    """Parse comma-separated names of capacities, Dutch or machine-readable, into bits.

    Raises:
        Stop: one does not exist, or there are none.
    """
    called = {dutch: capacity for capacity, (dutch, _) in DISPLAY_NAMES.items()}
    known = {name.upper(): each for name, each in (called | Capacity.__members__).items()}
    chosen = _words(text.upper())
    if not chosen or not known.keys() >= set(chosen):
        raise Stop(f"Kies uit deze bevoegdheden: {', '.join(called)}.")
    return sum({int(known[name]) for name in chosen})


def read_address(text: str) -> Address:
    """Parse an address of the ledger.

    Raises:
        Stop: it is none.
    """
    if not _ADDRESS.fullmatch(text.lower()):
        raise Stop(f"Dit is geen adres van een sleutel: {text}. Het begint met 0x.")
    return Address(text.lower())


def read_key(text: str) -> Key:
    """Parse a private key as printed: ``0x`` and 64 digits.

    Raises:
        Stop: it is none.
    """
    typed = "".join(text.split()).lower()
    problem = Stop("Dit is geen sleutel: 0x en 64 cijfers en letters van a tot f.")
    if not _KEY.fullmatch(typed):
        raise problem
    key = Key(bytes.fromhex(typed[2:]))
    try:
        address_of(key)
    except ValueError as error:  # not in the range of the curve
        raise problem from error
    return key


def read_location(text: str) -> Location:
    """Parse a location such as ``53.247,6.402``.

    Raises:
        Stop: it is not a location.
    """
    try:
        return parse_location(text)
    except ValueError as error:
        raise Stop(
            f"Dit is geen plek op de kaart: {text}. Schrijf hem als 53.247,6.402."
        ) from error


def read_name(text: str) -> str:
    """Parse a name of a person, a shop or a scheme, or an address.

    Raises:
        Stop: it is empty, too long or cannot be printed.
    """
    try:
        return read_line(text, _LONGEST_NAME)
    except TextInvalid as error:
        raise Stop(f"Een naam of adres klopt niet. {error}") from error


def read_secret_text(file: Path | None, question: str, *, hide: bool) -> str:
    """Read a text that must not be a command line argument: from a file, a pipe or a prompt.

    Raises:
        Stop: the file cannot be read.
    """
    if file is not None:
        return read_file(file)
    if not sys.stdin.isatty():
        return sys.stdin.read()
    answer: str = typer.prompt(question, hide_input=hide, err=True)
    return answer


def read_file(file: Path) -> str:
    """Read a text file.

    Raises:
        Stop: it cannot be read.
    """
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Stop(f"Dit bestand kan niet worden gelezen: {file}.") from error


def read_bytes(file: Path, most: int) -> bytes:
    """Read at most ``most`` + 1 bytes of a file.

    Raises:
        Stop: it cannot be read.
    """
    try:
        with file.open("rb") as content:
            return content.read(most + 1)
    except OSError as error:
        raise Stop(f"Dit bestand kan niet worden gelezen: {file}.") from error


def read_letter_text(text: str) -> Letter:
    """Parse the text of a letter, the link in its QR, or the printed text as a file.

    Raises:
        Stop: it is not a letter; the message does not quote it.
    """
    printed = _PRINTED.search(text)
    typed = printed[0] if printed else text.partition("#KL1.")[2] or text
    try:
        return read_letter(typed)
    except LetterUnreadable as error:
        problem = find_typing_error(typed, PrintedFormat(CHARACTERS, read_letter))
        why = f" {_say_typed(problem)}" if problem else ""
        raise Stop(f"Dit is niet de tekst van een brief.{why}") from error


def _say_typed(problem: TypingError) -> str:
    groups = " of ".join(map(str, problem.groups))
    return {
        "character": f"In groepje {groups} staat een teken dat niet kan.",
        "short": f"Aantal tekens dat mist: {problem.count}.",
        "long": f"Aantal tekens te veel: {problem.count}.",
        "groups": f"Een teken klopt niet. Kijk goed naar groepje {groups}.",
        "somewhere": "Er kloppen een paar tekens niet. Kijk elk groepje na.",
    }[problem.kind]


def find_code(text: str) -> str:
    """Return the line with a code (``KP1:`` or ``KC1:``); spaces in it are significant."""
    lines: Iterable[str] = text.splitlines()
    return next((line for line in lines if line.startswith(("KP1:", "KC1:"))), text)


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[,\s]+", text) if word]
