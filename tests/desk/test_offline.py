"""The page that makes a run as one file: off line from a disk; anyone can build its hash."""

import hashlib
import re
import subprocess
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.desk.making import OFFLINE_PAGE, letters_in, making_offline
from tests.desk.office import ANNA, BRAM, CARLA, Desk, at_the_desk, read
from tests.desk.runs import begin, hand_in_file, look_at, name_officers, opened, order_of
from tests.support.provider import NODE
from tests.support.town import Town

ROOT = Path(__file__).parents[2]
PLUM, PETROL = (0x7A, 0x1F, 0x5C), (0x0B, 0x5F, 0x74)
STEPS = (0, 270, 595, 400)
"""The box of the pictures of the steps on a letter, in points of A4."""
FOOT = (510, 805, 595, 842)
"""The box of the mark."""
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


def test_a_run_is_made_off_line_and_handed_in_later(
    chromium: Browser, town: Town, office: tuple[Desk, Desk], tmp_path: Path
) -> None:
    anna, bram = office
    number = begin(anna)
    with making_offline(chromium, order_of(anna, number), tmp_path) as maker:
        maker.make()
        pdf = maker.print()
        content = maker.save()
        assert not [each for each in maker.sent if re.match(r"[A-Z]+ https?:", each)]
        assert maker.page.evaluate(REACHES) == 0
    assert look_at(bram, content).status_code == 200
    hand_in_file(bram, content)
    assert opened(town, number) == [each.text for each in letters_in(pdf)]


def test_letters_have_the_municipalitys_colour_off_line(
    chromium: Browser, town: Town, tmp_path: Path
) -> None:
    with at_the_desk(town, ANNA, BRAM, CARLA, colour="#7a1f5c") as (anna, bram, carla):
        name_officers(anna, bram, carla)
        order = order_of(anna, begin(anna, 1, kind="leeg"))
    with making_offline(chromium, order, tmp_path) as maker:
        maker.make()
        (page,) = maker.print()
    drawn = page.render().to_pil().convert("RGB")
    for box in (STEPS, FOOT):
        found = drawn.crop(box).getcolors(1_000_000) or []
        colours = {colour: count for count, colour in found}
        assert colours[PLUM] > 20
        assert PETROL not in colours


def test_a_file_that_is_no_order_is_told(chromium: Browser, tmp_path: Path) -> None:
    context = chromium.new_context(locale="en-GB")
    page = context.new_page()
    page.goto(OFFLINE_PAGE.as_uri())
    (tmp_path / "x.json").write_text("{}")
    page.get_by_label("The file of the order").set_input_files(tmp_path / "x.json")
    page.get_by_role("button", name="Open the order").click()
    expect(page.get_by_text("This is no order for a run.")).to_be_visible()
    context.close()


def test_an_order_whose_codes_open_another_site_is_not_read(
    chromium: Browser, office: tuple[Desk, Desk], tmp_path: Path
) -> None:
    anna, _ = office
    order = order_of(anna, begin(anna)) | {"appAddress": "https://elsewhere.example"}
    with making_offline(chromium, order, tmp_path) as maker:
        expect(maker.page.get_by_text("Dit is geen opdracht voor een serie.")).to_be_visible()


def test_the_hash_that_the_desk_shows_is_that_of_an_own_build(
    office: tuple[Desk, Desk], tmp_path: Path
) -> None:
    anna, _ = office
    vite = ROOT / "node_modules/.bin/vite"
    command = [NODE, vite, "build", "--config", "offline.config.ts", "--outDir", tmp_path]
    done = subprocess.run(
        command, cwd=ROOT / "desk_web", capture_output=True, text=True, check=True
    )
    sha256 = hashlib.sha256((tmp_path / OFFLINE_PAGE.name).read_bytes()).hexdigest()
    assert f"SHA-256 {sha256}" in done.stdout
    assert sha256 in read(anna.get(f"/brieven/nieuw/{begin(anna)}").text)


def test_the_page_has_a_policy_of_its_own() -> None:
    html = OFFLINE_PAGE.read_text()
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)
    assert policy
    rules = dict(each.split(" ", 1) for each in policy[1].split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["form-action"] == "'none'"
    assert {"connect-src", "worker-src", "frame-src"}.isdisjoint(rules)
    assert re.fullmatch(r"'sha256-[^']+'", rules["script-src"])
    assert re.fullmatch(r"'sha256-[^']+'", rules["style-src"])
    assert html.index("Content-Security-Policy") < html.index("<script")
