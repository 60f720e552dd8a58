"""A run that a browser makes, without a browser."""

import base64
import json
from typing import Any

import pyrage
from sqlalchemy import select

from kindpakket.domain.letters import Letter, serial
from kindpakket.services.letters.generate import Run, make_run, seal
from kindpakket.store import tables as t
from tests.desk.office import Desk, field
from tests.support.town import SCHEME, VALUES, Town

OFFICERS = [pyrage.x25519.Identity.generate() for _ in range(2)]
RECIPIENTS = [str(each.to_public()) for each in OFFICERS]


def name_officers(anna: Desk, bram: Desk, carla: Desk) -> None:
    """Have both privacy officers named by the two others."""
    name_officer(1, RECIPIENTS[0], anna, (bram, carla))
    name_officer(2, RECIPIENTS[1], bram, (anna, carla))


def name_officer(place: int, recipient: str, desk: Desk, others: tuple[Desk, Desk]) -> None:
    """Have an official named by two others."""
    form = {"place": str(place), "recipient": recipient}
    path = desk.post("/privacy/voorstel", form).headers["location"]
    path = path.removeprefix("/gemeente").partition("?")[0]
    for each in others:
        answer = each.post(f"{path}/handtekening", {"signature": each.signed(path)})
        assert answer.status_code == 303


def begin(desk: Desk, letters: int = 50, cards: int = 0, kind: str = "bedrag") -> int:
    """Begin a run; return its number."""
    form = {"kind": kind, "scheme": str(SCHEME), "letters": str(letters), "cards": str(cards)}
    answer = desk.post("/brieven/nieuw", form)
    assert answer.status_code == 303, answer.text
    return int(answer.headers["location"].rpartition("/")[2])


def order_of(desk: Desk, number: int) -> dict[str, Any]:
    order: dict[str, Any] = desk.get(f"/brieven/nieuw/{number}/opdracht.json").json()
    return order


def made(order: dict[str, Any]) -> tuple[Run, bytes]:
    """Make a run as an order says; return it with the file that is handed in."""
    run = make_run(order["scheme"], order["letters"], VALUES, cards=order["cards"])
    letters = [sheet.letter for sheet in run.sheets]
    return run, write(json.loads(run.coupon_list) | _sealed(order, letters))


def made_blank(order: dict[str, Any]) -> tuple[list[Letter], bytes]:
    """Make the blank letters of an order; return them with the file that is handed in."""
    letters = [Letter.generate(order["scheme"]) for _ in range(order["letters"])]
    about = {"scheme": order["scheme"], "blank": True}
    return letters, write(about | _sealed(order, letters))


def _sealed(order: dict[str, Any], letters: list[Letter]) -> dict[str, Any]:
    sealed = {
        serial(order["run"], number): base64.b64encode(seal(each, *order["sealedTo"])).decode()
        for number, each in enumerate(letters, start=1)
    }
    return {"run": order["run"], "sealedTo": order["sealedTo"], "letters": sealed}


def write(data: Any) -> bytes:
    return json.dumps(data, separators=(",", ":")).encode()


def look_at(desk: Desk, content: bytes) -> Any:
    """Submit a file for a preview."""
    return desk.post("/brieven", {}, list=("serie-1.json", content, "application/json"))


def hand_in(desk: Desk, run: Run, content: bytes) -> str:
    """Hand a file in, as the page that made it does; return the set of decisions."""
    form = {"content": content.decode(), "sha256": run.list_sha256}
    return desk.prepare("/brieven", form)


def hand_in_file(desk: Desk, content: bytes) -> str:
    """Hand a file in on the page Brieven; return the set of decisions."""
    sha256 = field(look_at(desk, content).text, "sha256")
    return desk.prepare("/brieven", {"content": content.decode(), "sha256": sha256})


def opened(town: Town, number: int) -> list[str]:
    """The texts of a run's letters, opened with both keys."""
    first, second = OFFICERS
    table = t.sealed_letters
    query = select(table.c.sealed).where(table.c.run == number).order_by(table.c.number)
    with town.workspace.context.store.read() as db:
        sealed = list(db.scalars(query))
    return [pyrage.decrypt(pyrage.decrypt(each, [second]), [first]).decode() for each in sealed]
