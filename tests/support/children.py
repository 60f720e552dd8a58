"""Children for tests of the register."""

from datetime import date

from playwright.sync_api import FilePayload

from kindpakket.domain.children import Person
from kindpakket.domain.csv_files import write_csv
from kindpakket.protocol.signatures import address_of
from kindpakket.services.children.looks import Purpose, RegisterReader
from kindpakket.services.children.people import Child, add_list, read_children
from tests.support.town import EVERYTHING, SCHEME, Town

SAAR = Person(
    "Saar de Wit", date(2017, 3, 9), "Dorpsstraat 4", "1234 AB", "Voorbeeldstad", "0594 12 34 56"
)
MEES = Person("Mees de Wit", date(2019, 11, 30), "Dorpsstraat 4", "1234 AB", "Voorbeeldstad")
NOOR = Person("Noor Bakker", date(2015, 1, 31), "Geheimweg 9", "9999 ZZ", "Verwegdorp", secret=True)
ANNA = address_of(EVERYTHING[0])
HANDING_OUT = RegisterReader(ANNA, Purpose.HAND_OUT)


def add(town: Town, *people: Person) -> list[Child]:
    """Add a list of children of the town's scheme; return them in order."""
    context = town.workspace.context
    with context.store.write() as db:
        number = add_list(db, context, HANDING_OUT, [(SCHEME, each) for each in people])
    return [child for child in everyone(town) if child.list == number]


def everyone(town: Town) -> list[Child]:
    """Every child in the register, read without a line in the log."""
    with town.workspace.context.store.read() as db:
        return list(read_children(db))


def list_file(*rows: list[str]) -> FilePayload:
    """A list of children, the headings first, as a browser chooses it."""
    return {"name": "lijst.csv", "mimeType": "text/csv", "buffer": write_csv(rows)}
