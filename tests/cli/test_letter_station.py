"""The letter station prints letters, lists and seals their coupons, and wipes the secrets."""

import base64
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from itertools import chain
from pathlib import Path
from typing import Any

import pyrage
import pytest

from kindpakket.domain.categories import TABLE
from kindpakket.domain.ids import SchemeId
from kindpakket.domain.letters import read_letter
from kindpakket.protocol.keys import coupon_address
from kindpakket.services.base.context import Context
from kindpakket.services.base.names import name_scheme
from kindpakket.services.letters import print_run
from kindpakket.services.letters.generate import RunInvalid, make_run, seal
from kindpakket.services.letters.orders import take_number
from kindpakket.services.letters.scheme_words import say_purpose
from kindpakket.services.schemes.details import SchemeDetails, change_details
from kindpakket.store.database import Store
from kindpakket.store_access import DATABASE
from tests.support.municipality import CONFIG
from tests.support.paper import letter_text, words
from tests.support.shell import FIRST, OFFICERS, Shell

SEALS = [arg for each in OFFICERS for arg in ("--seal-to", str(each.to_public()))]

pytestmark = pytest.mark.xdist_group("cli")


def run_args(shell: Shell, *more: object) -> tuple[object, ...]:
    return ("letters", "run", 1, "--out", shell.home / "tweede", *SEALS, *more)


def letter_texts(shell: Shell) -> list[str]:
    """The texts of the printed letters, nine groups each."""
    return [letter_text(page) for page in list(shell.printed)[:50]]


def coupon_list(shell: Shell) -> Any:
    return json.loads((shell.letters / "tegoeden.json").read_bytes())


def test_a_run_is_printed_listed_and_sealed(shell: Shell) -> None:
    assert {path.name for path in shell.letters.iterdir()} == {
        "brieven.pdf",
        "verzegeld.json",
        "tegoeden.json",
        "LEESMIJ.txt",
    }
    pages = [words(page) for page in shell.printed]
    assert len(pages) == 51
    for number, page in enumerate(pages[:50], start=1):
        assert f"Brief 1-{number:03} " in page
    assert "Kaart 1-051 " in pages[50]
    letter = read_letter(letter_texts(shell)[0])
    listed = {each["value"]: each["coupons"] for each in coupon_list(shell)["values"]}
    assert coupon_address(letter, 0, 0) in listed[100_00]
    assert coupon_address(letter, 0, 2) in listed[50_00]
    assert coupon_address(letter, 0, 11) in listed[5_00]
    assert {value: len(each) for value, each in listed.items()} == {
        100_00: 50,
        50_00: 100,
        20_00: 165,
        10_00: 100,
        5_00: 200,
    }


def test_the_list_is_sorted_by_address_within_each_value(shell: Shell) -> None:
    values = coupon_list(shell)["values"]
    assert [each["value"] for each in values] == [100_00, 50_00, 20_00, 10_00, 5_00]
    for each in values:
        assert each["coupons"] == sorted(each["coupons"])


def test_what_is_kept_of_a_run_is_counts_and_a_hash(shell: Shell) -> None:
    (run,) = shell.json("letters", "list")
    content = (shell.letters / "tegoeden.json").read_bytes()
    assert run["sha256"] == "0x" + hashlib.sha256(content).hexdigest()
    assert (run["run"], run["scheme"], run["letters"], run["coupons"]) == (1, 1, 51, 615)


def test_the_data_directory_knows_no_letter(shell: Shell) -> None:
    kept = b"".join(path.read_bytes() for path in shell.data.rglob("*") if path.is_file())
    for text in letter_texts(shell):
        letter = read_letter(text)
        for secret in (letter.secret, letter.secret.hex().encode(), letter.text.encode()):
            assert secret not in kept
        assert text.encode() not in kept


def test_nothing_but_the_letters_themselves_holds_a_secret(shell: Shell) -> None:
    for text in letter_texts(shell):
        for file in ("tegoeden.json", "verzegeld.json", "LEESMIJ.txt"):
            content = (shell.letters / file).read_text()
            assert text not in content
            assert text.replace("-", "") not in content
        assert text not in "".join(shell.said)


def test_the_command_says_that_the_pdf_holds_the_secrets(shell: Shell) -> None:
    said = "".join(shell.said)
    assert "/serie/brieven.pdf staan de geheimen onverzegeld." in said
    assert (
        "Druk het enkelzijdig af op een printer die niets bewaart, en vernietig het daarna." in said
    )


def test_only_the_owner_of_the_station_can_read_a_run(shell: Shell) -> None:
    for path in (shell.letters, *shell.letters.rglob("*")):
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path


def test_a_sealed_secret_opens_with_both_keys_in_order_only(shell: Shell) -> None:
    sealed = json.loads((shell.letters / "verzegeld.json").read_text())
    assert len(sealed["letters"]) == 51
    content = base64.b64decode(sealed["letters"]["1-007"])
    first, second = OFFICERS
    opened = pyrage.decrypt(pyrage.decrypt(content, [second]), [first])
    assert read_letter(opened.decode()) == read_letter(letter_texts(shell)[6])
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(content, [first])
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(pyrage.decrypt(content, [second]), [second])


def test_every_coupon_of_a_run_is_on_the_ledger(shell: Shell) -> None:
    (scheme,) = shell.json("scheme", "list")
    assert scheme["issued"] == 50 * 300_00 + 15 * 20_00


def left_over(shell: Shell) -> set[str]:
    return {path.name for path in shell.home.iterdir()}


@pytest.mark.parametrize(
    ("step", "after"),
    [("seal", 10), ("_print", 0), ("write_new", 3), ("record_run", 0)],
)
def test_an_interrupted_run_leaves_nothing(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, step: str, after: int
) -> None:
    before, calls = left_over(shell), iter(range(1000))
    real = getattr(print_run, step)

    def interrupted(*args: Any) -> Any:
        if next(calls) >= after:
            raise KeyboardInterrupt
        return real(*args)

    monkeypatch.setattr(print_run, step, interrupted)
    assert shell.run(*run_args(shell)).exit_code == 130
    assert left_over(shell) == before
    assert shell.json("decisions", "list") == []
    assert len(shell.json("letters", "list")) == 1


def test_a_number_is_taken_before_the_letters_are_printed(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile, real = list[int](), print_run._print

    def printing(context: Context, *args: Any) -> bytes:
        with context.store.write() as db:
            meanwhile.append(take_number(db))
        return real(context, *args)

    monkeypatch.setattr(print_run, "_print", printing)
    assert shell.json(*run_args(shell))["run"] == 2
    assert meanwhile == [3]


def end_while_printing(shell: Shell, how: signal.Signals) -> int:
    """Start a run, end the process while letters are typeset, and return its exit status."""
    command = [Path(sys.executable).with_name("kindpakket"), *run_args(shell, "--letters", 200)]
    env = os.environ | {"KINDPAKKET_CONFIG": str(CONFIG), "KINDPAKKET_DATA": str(shell.data)}
    with subprocess.Popen([*map(str, command)], env=env, stderr=subprocess.DEVNULL) as process:
        read_me = shell.home / ".tweede.unfinished/LEESMIJ.txt"
        deadline = time.monotonic() + 60
        while not read_me.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(how)
        return process.wait(30)


def test_a_run_that_is_told_to_end_leaves_nothing(shell: Shell) -> None:
    before = left_over(shell)
    assert end_while_printing(shell, signal.SIGTERM) == 128 + signal.SIGTERM
    assert left_over(shell) == before
    assert shell.json("decisions", "list") == []


def test_a_killed_run_leaves_no_letters(shell: Shell) -> None:
    before = left_over(shell)
    assert end_while_printing(shell, signal.SIGKILL) == -signal.SIGKILL
    assert left_over(shell) - before == {".tweede.unfinished"}
    assert {path.name for path in (shell.home / ".tweede.unfinished").iterdir()} == {
        "verzegeld.json",
        "tegoeden.json",
        "LEESMIJ.txt",
    }
    assert shell.json("decisions", "list") == []


def test_the_rest_of_a_killed_run_is_cleared_away_by_the_next(shell: Shell) -> None:
    unfinished = shell.home / ".tweede.unfinished"
    unfinished.mkdir()
    (unfinished / "brief").touch()
    made = shell.json(*run_args(shell))
    assert not unfinished.exists()
    assert (made["run"], made["letters"], len(made["decisions"])) == (2, 50, 5)


def test_a_run_is_one_row_that_is_decided_on_as_a_whole(shell: Shell) -> None:
    shell.json(*run_args(shell))
    (row,) = (line for line in shell.ok("decisions", "list").splitlines() if "0x" in line)
    assert "Serie 2: 50 brieven en kaarten van € 300,00, samen € 15.000,00." in row
    assert "0 van 2" in row
    decision_set = row.split()[0]
    signed = shell.json("decisions", "approve", decision_set, "--key", FIRST, "--yes")
    assert [each["status"] for each in signed] == ["approved"] * 5
    (row,) = (line for line in shell.ok("decisions", "list").splitlines() if "0x" in line)
    assert "1 van 2" in row
    shell.ok("decisions", "cancel", decision_set, "--key", FIRST, "--yes")
    assert shell.json("decisions", "list") == []
    made = shell.ok("decisions", "list", "--made").splitlines()
    (row,) = (line for line in made if "Serie 2:" in line)
    assert "ingetrokken" in row


def test_letters_and_cards_are_split_as_the_scheme_says(shell: Shell) -> None:
    store = Store(f"sqlite:///{shell.data / DATABASE}")
    change_details(store, 1, SchemeDetails((75_00, 25_00), (20_00,) * 5))
    store.close()
    shell.json(*run_args(shell, "--cards", 1))
    content = json.loads((shell.home / "tweede/tegoeden.json").read_bytes())
    counts = {each["value"]: len(each["coupons"]) for each in content["values"]}
    assert counts == {75_00: 50, 25_00: 50, 20_00: 5}


def test_a_run_can_have_other_coupon_values(shell: Shell) -> None:
    made = shell.json(*run_args(shell, "--values", "75 25,50", "--cards", 1, "--card-values", "5"))
    assert made["coupons"] == 50 * 2 + 1


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (("--letters", 49), "Een serie heeft minstens 50 brieven."),
        (("--cards", -1), "Een serie heeft minstens 50 brieven."),
        (("--values", "1 " * 33), "Een brief heeft 1 tot 32 tegoeden van meer dan € 0,00."),
        (("--values", ""), "Een brief heeft 1 tot 32 tegoeden van meer dan € 0,00."),
        (("--values", "100 0"), "Dit is geen bedrag: 0. Schrijf het als 42,50."),
        (("--card-values", "20,01"), "Een tegoed op een kaart is hoogstens € 20,00."),
        (
            ("--seal-to", OFFICERS[0].to_public()),
            "Geef de openbare sleutels van precies twee privacyfunctionarissen.",
        ),
    ],
)
def test_what_no_run_may_be(shell: Shell, more: tuple[object, ...], sentence: str) -> None:
    before = left_over(shell)
    assert shell.fail(*run_args(shell, *more), exit_code=2) == sentence
    assert left_over(shell) == before


def test_where_no_run_may_go(shell: Shell) -> None:
    for out, sentence in (
        (shell.data / "brieven", "De brieven horen niet in de datamap"),
        (shell.letters, "bestaat al"),
        (shell.home / "geen/map", "bestaat niet"),
    ):
        said = shell.fail("letters", "run", 1, "--out", out, *SEALS, exit_code=2)
        assert sentence in said
    assert shell.fail("letters", "run", 9, "--out", shell.home / "x", *SEALS, exit_code=2) == (
        "Er is geen regeling 9."
    )


def test_without_its_logo_no_run_is_made(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    before = left_over(shell)
    monkeypatch.setenv("KINDPAKKET_LOGO", "nergens.svg")
    said = shell.fail(*run_args(shell), exit_code=2)
    assert said == "Het logo kan niet worden gelezen: nergens.svg."
    assert left_over(shell) == before


def test_no_sheet_is_printed_with_an_example_value(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = left_over(shell)
    monkeypatch.setenv("KINDPAKKET_CONTACT_PHONE", "088 000 00 00")
    names = shell.home / "namen.csv"
    labels = ("letters", "addresses", 1, "--names", names, "--out", shell.home / "adressen.pdf")
    names.write_text("nummer;naam;adres\n1-001;A. Jansen;Kerkstraat 1\n")
    for args in (run_args(shell), labels):
        assert shell.fail(*args, exit_code=2) == (
            "Stel eerst uw eigen waarden in, dit zijn nog voorbeelden: KINDPAKKET_CONTACT_PHONE."
        )
    assert left_over(shell) == before | {"namen.csv"}
    assert len(shell.json("letters", "list")) == 1


def test_one_officer_cannot_stand_for_two() -> None:
    run = make_run(SchemeId(1), 50)
    officer = str(OFFICERS[0].to_public())
    with pytest.raises(RunInvalid):
        seal(run.letters[0], officer, officer)
    with pytest.raises(RunInvalid):
        seal(run.letters[0], officer, "age1nonsense")


def test_an_issue_holds_500_coupons_at_most() -> None:
    run = make_run(SchemeId(1), 300, [100_00, 100_00], cards=1)
    counts = [(len(call) - 4) // 32 - 4 for call in run.issue_calls]
    assert counts == [500, 100, 15]


def test_a_run_draws_every_letter_anew() -> None:
    runs = [make_run(SchemeId(1), 50, cards=2) for _ in range(2)]
    secrets = [sheet.letter.secret for sheet in chain(*(run.sheets for run in runs))]
    assert len(set(secrets)) == len(secrets) == 104


def test_a_name_that_no_letter_can_have_is_told_and_changed(shell: Shell) -> None:
    store = Store(f"sqlite:///{shell.data / DATABASE}")
    name_scheme(store, 1, "Kindpakket \u2192 2027")
    store.close()
    said = shell.fail(*run_args(shell), exit_code=2)
    assert said == (
        "De naam van de regeling kan niet op een brief: \u2192 (U+2192 RIGHTWARDS ARROW) kan niet "
        "worden gedrukt. Laat het weg. Geef haar een andere naam: kindpakket scheme rename 1 NAAM"
    )
    assert not (shell.home / "tweede").exists()
    assert "RIGHTWARDS ARROW" in shell.fail("scheme", "rename", 1, "Kind \u2192 2027", exit_code=2)
    assert shell.json("scheme", "rename", 1, "Kindpakket\u00a02027") == {
        "id": 1,
        "name": "Kindpakket 2027",
    }
    assert shell.json("scheme", "list")[0]["name"] == "Kindpakket 2027"
    shell.ok(*run_args(shell))


def test_a_letter_names_six_kinds_of_shops_at_most() -> None:
    assert say_purpose(["books", "toys"]) == "Voor boeken; speelgoed."
    many = [each.name for each in TABLE]
    assert say_purpose(many).count(";") == 7
    assert say_purpose(many).endswith("; en meer; in de app staat alles.")
