"""The page that makes a run as one file: off line from a disk; anyone can build its hash."""

import hashlib
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from kindpakket.api.web import DIRECTORY
from tests.desk.making import WAITS, Maker, letters_in
from tests.desk.office import ANNA, BRAM, CARLA, Desk, at_the_desk, read
from tests.desk.runs import begin, hand_in_file, look_at, name_officers, opened, order_of
from tests.support.browser import browser
from tests.support.provider import NODE
from tests.support.town import Town

ROOT = Path(__file__).parents[2]
PAGE = DIRECTORY / "desk/brieven.html"
REACHES = """async () => {
    const ways = [
        () => fetch("https://elsewhere.example/"),
        () => new Promise((resolve, reject) => {
            const image = new Image();
            [image.onload, image.onerror] = [resolve, reject];
            image.src = "https://elsewhere.example/x.png";
        }),
    ];
    const ends = await Promise.allSettled(ways.map((way) => way()));
    return ends.filter(({ status }) => status === "fulfilled").length;
}"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.fixture
def office(town: Town) -> Iterator[tuple[Desk, Desk]]:
    with at_the_desk(town, ANNA, BRAM, CARLA) as (anna, bram, carla):
        name_officers(anna, bram, carla)
        yield anna, bram


def test_a_run_is_made_off_line_and_handed_in_later(
    chromium: Browser, town: Town, office: tuple[Desk, Desk], tmp_path: Path
) -> None:
    anna, bram = office
    number = begin(anna)
    order = tmp_path / "opdracht-serie-1.json"
    order.write_text(json.dumps(order_of(anna, number)))
    context = chromium.new_context(locale="nl-NL", reduced_motion="reduce")
    context.set_offline(True)
    context.add_init_script(WAITS)
    maker = Maker(context.new_page(), context, "")
    maker.page.goto(PAGE.as_uri())
    maker.page.get_by_label("Het bestand van de opdracht").set_input_files(order)
    maker.tap("Open de opdracht")
    maker.make()
    pdf = maker.print()
    maker.tap("Ja, alles is goed afgedrukt")
    with maker.page.expect_download() as saved:
        maker.tap("Bewaar het bestand van de serie")
    assert saved.value.suggested_filename == "serie-1.json"
    content = Path(saved.value.path()).read_bytes()
    assert not [each for each in maker.sent if re.match(r"[A-Z]+ https?:", each)]
    assert maker.page.evaluate(REACHES) == 0
    context.close()
    assert look_at(bram, content).status_code == 200
    hand_in_file(bram, content)
    assert opened(town, number) == [each.text for each in letters_in(pdf)]


def test_a_file_that_is_no_order_is_told(chromium: Browser, tmp_path: Path) -> None:
    context = chromium.new_context(locale="en-GB")
    page = context.new_page()
    page.goto(PAGE.as_uri())
    (tmp_path / "x.json").write_text("{}")
    page.get_by_label("The file of the order").set_input_files(tmp_path / "x.json")
    page.get_by_role("button", name="Open the order").click()
    expect(page.get_by_text("This is no order for a run.")).to_be_visible()
    context.close()


def test_the_hash_that_the_desk_shows_is_that_of_an_own_build(
    office: tuple[Desk, Desk], tmp_path: Path
) -> None:
    anna, _ = office
    vite = ROOT / "node_modules/.bin/vite"
    command = [NODE, vite, "build", "--config", "alone.config.ts", "--outDir", tmp_path]
    done = subprocess.run(
        command, cwd=ROOT / "desk_web", capture_output=True, text=True, check=True
    )
    sha256 = hashlib.sha256((tmp_path / PAGE.name).read_bytes()).hexdigest()
    assert f"SHA-256 {sha256}" in done.stdout
    assert sha256 in read(anna.get(f"/brieven/nieuw/{begin(anna)}").text)


def test_the_page_has_a_policy_of_its_own() -> None:
    html = PAGE.read_text()
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)
    assert policy
    rules = dict(each.split(" ", 1) for each in policy[1].split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["form-action"] == "'none'"
    assert {"connect-src", "worker-src", "frame-src"}.isdisjoint(rules)
    assert re.fullmatch(r"'sha256-[^']+'", rules["script-src"])
    assert re.fullmatch(r"'sha256-[^']+'", rules["style-src"])
    assert html.index("Content-Security-Policy") < html.index("<script")
