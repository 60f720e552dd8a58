"""A payment and its refund, by commands only."""

import re

import pytest
import zxingcpp
from PIL import Image

from tests.support import paper
from tests.support.municipality import OWN
from tests.support.shell import BICYCLES, OFF_LICENCE, Shell


def scanned(image: Image.Image) -> list[str]:
    found = zxingcpp.read_barcodes(image, zxingcpp.BarcodeFormat.QRCode)
    return [each.text for each in found]


def from_the_terminal(said: str) -> Image.Image:
    """Decode the QR modules from block characters, each of which is two modules."""
    halves = {"█": (0, 0), "▀": (0, 255), "▄": (255, 0), "\N{NO-BREAK SPACE}": (255, 255)}
    rows = [line for line in said.splitlines() if line and set(line) <= set(halves)]
    image = Image.new("L", (len(rows[0]), 2 * len(rows)), 255)
    for y, row in enumerate(rows):
        for x, character in enumerate(row):
            for half, shade in enumerate(halves[character]):
                image.putpixel((x, 2 * y + half), shade)
    return image.resize((8 * image.width, 8 * image.height), Image.Resampling.NEAREST)


def till(shop: int) -> tuple[object, ...]:
    return ("--shop", shop, "--till", f"kassa-{shop}")


def left(shell: Shell) -> int:
    """What is not spent of the scheme, in cents."""
    (scheme,) = shell.json("scheme", "list")
    return int(scheme["issued"] - scheme["spent"] + scheme["refunded"])


def test_from_nothing_to_a_payment_and_its_refund(shell: Shell) -> None:
    before = left(shell)
    assert before == 50 * 300_00 + 15 * 20_00
    payment = shell.pay("42,50", shell.code("42,50"))
    assert (payment["status"], payment["amount"]) == ("settled", 42_50)
    assert left(shell) == before - 42_50

    shell.ok("refund", payment["id"], *till(BICYCLES), "--amount", "2,50")
    assert left(shell) == before - 40_00
    said = shell.ok("refund", payment["id"], *till(BICYCLES))
    assert said == "Teruggegeven: € 40,00\nVan deze betaling is nu € 42,50 terug.\n"
    assert left(shell) == before


def test_a_payment_is_said_in_words(shell: Shell) -> None:
    said = shell.ok("pay", *till(BICYCLES), "--amount", "42,50", stdin=shell.code("42,50"))
    assert said.startswith("Betaald: € 42,50\nBewijs: 0x")


def test_off_licence_is_refused_in_one_sentence(shell: Shell) -> None:
    code = shell.code("42,50")
    said = shell.fail("pay", *till(OFF_LICENCE), "--amount", "42,50", stdin=code)
    assert said == "Dit budget kan niet in dit soort winkel worden gebruikt."
    shell.pay("42,50", code)


def test_a_code_works_once(shell: Shell) -> None:
    code = shell.code("10")
    shell.pay("10", code)
    said = shell.fail("pay", *till(BICYCLES), "--amount", "10", stdin=code)
    assert said == "Deze code is al gebruikt. Vraag om een nieuwe."


def test_a_code_for_one_shop(shell: Shell) -> None:
    letter = shell.letter_file()
    code = shell.json("code", "--amount", "10", "--letter-file", letter, "--shop", OFF_LICENCE)
    said = shell.fail("pay", *till(BICYCLES), "--amount", "10", stdin=code["code"])
    assert said == "Deze code is voor een andere winkel gemaakt."


def test_a_letter_is_read_from_a_pipe_as_printed_typed_or_scanned(shell: Shell) -> None:
    page = shell.printed[6]
    printed, text = page.get_textpage().get_text_bounded(), paper.letter_text(page)
    (link,) = paper.scanned(page)
    assert link == f"{OWN['app_address']}/#KL1.{text.replace('-', '')}"
    for stdin in (printed, text, text.lower().replace("-", " "), link):
        code = shell.json("code", "--amount", "1", stdin=stdin)
        assert code["maxAmount"] == 1_00
    assert text not in "".join(shell.said)
    assert text.replace("-", "") not in "".join(shell.said)


def test_a_letter_with_a_typing_mistake_is_not_repeated(shell: Shell) -> None:
    typed = "0400-3TT3-5V42-Y27S-4JEJ-B0M9-T35A-1V4N-K8TH"
    said = shell.fail("code", "--amount", "1", exit_code=2, stdin=typed)
    assert said == (
        "Dit is niet de tekst van een brief. Een teken klopt niet. Kijk goed naar groepje 9."
    )
    said = shell.fail("code", "--amount", "1", exit_code=2, stdin=typed[:-1])
    assert said == "Dit is niet de tekst van een brief. Aantal tekens dat mist: 1."


def test_coupons_are_chosen_by_the_wallets_rule(shell: Shell) -> None:
    letter = ("--letter-file", shell.letter_file())
    assert shell.json("code", "--amount", "150", *letter)["coupons"] == 2
    shell.pay("30", shell.code("30"))  # nothing is left on those of 20 and 10
    assert shell.json("code", "--amount", "250", *letter)["coupons"] == 6
    said = shell.fail("code", "--amount", "250,01", *letter)
    assert said == "Er past hoogstens € 250,00 in een code van deze brief."


def test_what_is_left_is_paid_when_the_customer_agrees(shell: Shell) -> None:
    code = shell.code("10")
    answer = shell.json("pay", *till(BICYCLES), "--amount", "25", "--rest", stdin=code)
    assert answer["amount"] == 10_00


@pytest.mark.parametrize("suffix", ["png", "svg"])
def test_a_code_goes_into_a_picture_of_ones_own(shell: Shell, suffix: str) -> None:
    picture = shell.home / f"code.{suffix}"
    args = ("--letter-file", shell.letter_file(), f"--{suffix}", picture)
    said = shell.ok("code", "--amount", "42,50", *args)
    assert picture.stat().st_mode & 0o777 == 0o600
    if suffix == "png":
        assert scanned(Image.open(picture)) == [said.splitlines()[-1]]
    assert "Er is al een bestand" in shell.fail("code", "--amount", "1", *args, exit_code=2)


def test_a_code_is_drawn_in_the_terminal(shell: Shell) -> None:
    said = shell.ok("code", "--amount", "1", "--letter-file", shell.letter_file())
    assert scanned(from_the_terminal(said)) == [said.splitlines()[-1]]
    payment = shell.pay("1", said)
    assert payment["amount"] == 1_00


def test_a_card_pays_until_its_coupon_is_empty(shell: Shell) -> None:
    codes = paper.scanned(shell.printed[50])
    assert len(set(codes)) == 15
    assert shell.pay("12,50", codes[0])["amount"] == 12_50
    said = shell.fail("pay", *till(BICYCLES), "--amount", "7,51", stdin=codes[0])
    assert said in (
        "Er staat niet genoeg op deze code.",
        "Deze code is al gebruikt. Vraag om een nieuwe.",  # within the same second
    )
    assert shell.pay("20", codes[1])["amount"] == 20_00


def test_a_blocked_till_is_refused(shell: Shell) -> None:
    (known,) = shell.json("till", "list", BICYCLES)
    shell.ok("till", "block", BICYCLES, known["till"], "--owner", "eigenaar-fietsenwinkel")
    (blocked,) = shell.json("till", "list", BICYCLES)
    assert (blocked["till"], blocked["active"]) == (known["till"], False)
    said = shell.fail("pay", *till(BICYCLES), "--amount", "1", stdin=shell.code("1"))
    assert said == "Deze kassa is niet (meer) aangemeld."


def test_a_till_is_added_with_a_name_and_rights(shell: Shell) -> None:
    shell.ok("till", "new", "toonbank")
    keys = ("--owner", "eigenaar-fietsenwinkel", "--till", "toonbank")
    shell.ok("till", "add", BICYCLES, *keys, "--name", "Toonbank", "--refunds")
    assert re.search(
        "Toonbank +aangemeld +terugbetalen *$", shell.ok("till", "list", BICYCLES), re.M
    )
    shell.ok("till", "add", BICYCLES, *keys)
    added = next(each for each in shell.json("till", "list", BICYCLES) if each["name"])
    assert added["rights"] == {"refunds": True, "books": False}
    shell.ok("till", "add", BICYCLES, *keys, "--refunds", "--books")
    assert "terugbetalen, boekhouding zien" in shell.ok("till", "list", BICYCLES)


def test_a_text_that_is_no_code_is_refused(shell: Shell) -> None:
    for stdin in ("", "hallo", "KP1:ABC", "KC1:ABC"):
        said = shell.fail("pay", *till(BICYCLES), "--amount", "1", stdin=stdin)
        assert said == "Dit is geen geldige code."


def test_too_much_is_not_refunded(shell: Shell) -> None:
    payment = shell.pay("5", shell.code("5"))["id"]
    too_much = "Er kan niet meer terug dan er betaald is."
    assert shell.fail("refund", payment, *till(BICYCLES), "--amount", "5,01") == too_much
    shell.ok("refund", payment, *till(BICYCLES))
    assert shell.fail("refund", payment, *till(BICYCLES)) == too_much
    unknown = "Deze betaling is niet gevonden."
    assert shell.fail("refund", "0x" + "ab" * 32, *till(BICYCLES)) == unknown
    assert shell.fail("refund", "../ledger", *till(BICYCLES)) == unknown
