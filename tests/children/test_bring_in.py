"""A list of children is read, checked whole, decided on, and saved or not at all."""

import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import xlsxwriter
from openpyxl import Workbook
from sqlalchemy import select

from kindpakket.domain.csv_files import write_csv
from kindpakket.services.children import excel as excel_files
from kindpakket.services.children.ages import Ages, set_ages
from kindpakket.services.children.bring_in import ListPreview, bring_in
from kindpakket.services.children.columns import ColumnField
from kindpakket.services.children.deletion import delete_child
from kindpakket.services.children.doubles import find_doubles
from kindpakket.services.children.files import FileInvalid, has_bsn, read_rows
from kindpakket.services.children.looks import ChildAct, list_looks
from kindpakket.services.children.people import change_person, fold, search_children
from kindpakket.store.register_tables import column_names
from tests.support.children import HANDING_OUT, MEES, NOOR, SAAR, add, everyone
from tests.support.town import BICYCLES, SCHEME, VALUES, Town, till_of

HEAD = ["Naam", "Geboortedatum", "Straat en huisnummer", "Postcode", "Plaats"]
SAAR_ROW = ["Saar de Wit", "09-03-2017", "Dorpsstraat 4", "1234 AB", "Voorbeeldstad"]
MEES_ROW = ["Mees de Wit", "30-11-2019", "Dorpsstraat 4", "1234 AB", "Voorbeeldstad"]
EASY = {1: date(2017, 3, 9), 2: date(2019, 11, 30)}
OTHER_SCHEME = 2


def look(
    town: Town,
    *rows: list[str],
    head: list[str] = HEAD,
    schemes: tuple[int, ...] = (SCHEME,),
    chosen: Mapping[int, str] | None = None,
    decided: Mapping[str, bool] | None = None,
    save: bool = True,
) -> ListPreview:
    """Bring in a list, to save it when it is right."""
    table = read_rows(write_csv([head, *rows]))
    return bring_in(
        town.workspace.context, HANDING_OUT, table, schemes, chosen or {}, decided or {}, save=save
    )


def names(town: Town) -> list[str]:
    return [each.person.name for each in everyone(town)]


def remembered(town: Town) -> dict[str, str]:
    """What the database knows of headings."""
    with town.workspace.context.store.read() as db:
        return {row.heading: row.field for row in db.execute(select(column_names))}


def excel(change: Callable[[Workbook], Any] = lambda _book: None) -> bytes:
    book, file = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEAD)
    sheet.append(["Saar de Wit", EASY[1], *SAAR_ROW[2:]])
    change(book)
    book.save(file)
    return file.getvalue()


def test_a_list_that_is_right_is_saved_in_its_order(town: Town) -> None:
    seen = look(town, SAAR_ROW, MEES_ROW, save=False)
    assert (seen.is_right, seen.counts, seen.saved) == (True, {SCHEME: 2}, None)
    assert names(town) == []
    saved = look(town, SAAR_ROW, MEES_ROW)
    assert saved.saved == 1
    assert [(each.person.name, each.position, each.scheme) for each in everyone(town)] == [
        ("Saar de Wit", 1, SCHEME),
        ("Mees de Wit", 2, SCHEME),
    ]


def test_nothing_is_saved_while_a_cell_is_wrong(town: Town) -> None:
    wrong = ["Mees 2", "30-02-2019", "", "12 AB", "Voorbeeldstad"]
    seen = look(town, SAAR_ROW, [], wrong, ["Jip", "01-01-2028", *SAAR_ROW[2:]])
    assert [(each.row, each.heading) for each in seen.mistakes] == [
        (4, "Naam"),
        (4, "Geboortedatum"),
        (4, "Straat en huisnummer"),
        (4, "Postcode"),
        (5, "Geboortedatum"),
    ]
    assert seen.mistakes[-1].sentence == "Deze dag moet nog komen."
    assert names(town) == []


def test_a_column_of_bsn_is_recognised_and_the_file_refused(town: Town) -> None:
    bsn = ["123456782", "111222333", "999999990", ""]
    assert has_bsn(bsn)
    assert has_bsn(["1234.56.782"])
    assert not has_bsn(["123456781", "111222334", "999999990"])
    assert not has_bsn(["0594123456", "0612345678"])
    assert not has_bsn([])
    with pytest.raises(FileInvalid, match="In kolom 6 staan burgerservicenummers"):
        look(town, [*SAAR_ROW, "123456782"], [*MEES_ROW, "111222333"], head=[*HEAD, "Kenmerk"])


@pytest.mark.parametrize("heading", ["BSN", "Burgerservicenummer", "sofinummer", "BSN kind"])
def test_a_column_that_is_called_bsn_is_refused_whatever_is_in_it(heading: str) -> None:
    with pytest.raises(FileInvalid, match="In kolom 6 staan burgerservicenummers"):
        read_rows(write_csv([[*HEAD, heading], [*SAAR_ROW, "volgt"]]))


def test_a_day_and_the_number_of_a_house_are_no_bsn(town: Town) -> None:
    """As numbers of nine digits, 01012010 and 12 pass the 11-check."""
    head = ["Naam", "Geboortedatum", "Straat", "Huisnummer", "Postcode", "Plaats"]
    row = ["Saar de Wit", "01-01-2010", "Dorpsstraat", "12", "1234 AB", "Voorbeeldstad"]
    assert look(town, row, head=head).saved


def test_what_the_headings_do_not_say_is_chosen_and_remembered(town: Town) -> None:
    head = ["Kind", *HEAD[1:]]
    seen = look(town, SAAR_ROW, head=head)
    assert seen.missing == [ColumnField.NAME]
    assert look(town, SAAR_ROW, head=head, chosen={0: "name"}).saved
    assert look(town, MEES_ROW, head=head).saved
    assert remembered(town) == {"kind": "name"}, "not what the headings say themselves"


def test_what_was_remembered_wrongly_is_corrected(town: Town) -> None:
    head = [*HEAD, "Contact"]
    assert look(town, [*SAAR_ROW, "0594 123456"], head=head, chosen={5: "phone"}).saved
    assert look(town, [*MEES_ROW, "Anna"], head=head).mistakes
    assert look(town, [*MEES_ROW, "Anna"], head=head, chosen={5: ""}).saved
    assert remembered(town) == {}


@pytest.mark.parametrize("row", [SAAR_ROW, ["Saar", "x", "Dorpsstraat 4", "1234ab", "x"]])
def test_a_list_without_headings_is_refused_and_its_first_child_not_kept(
    town: Town, row: list[str]
) -> None:
    columns = {0: "name", 1: "born", 2: "street", 3: "postcode", 4: "town"}
    with pytest.raises(FileInvalid, match="De eerste regel moet zeggen wat in elke kolom staat"):
        look(town, MEES_ROW, head=row, chosen=columns)
    assert remembered(town) == {}


def test_a_name_and_an_address_may_be_in_several_columns(town: Town) -> None:
    head = ["Achternaam", "tussenvoegsel", "VOORNAAM", "geboren", "Straat", "Huisnummer"]
    row = ["Wit", "de", "Saar", "2017-03-09", "Dorpsstraat", "4", "1234ab", "Voorbeeldstad", "x"]
    assert look(town, row, head=[*head, "Postcode", "Woonplaats", "Inkomen"]).saved
    (saar,) = everyone(town)
    assert (saar.person.name, saar.person.street) == ("Saar de Wit", "Dorpsstraat 4")
    assert "x" not in saar.person.as_json()


def test_of_two_columns_for_one_field_the_first_that_is_filled_counts(town: Town) -> None:
    head, chosen = [*HEAD, "Mobiel", "Vast"], {5: "phone", 6: "phone"}
    saar, mees = [*SAAR_ROW, "06 12 34 56 78", "0594 123456"], [*MEES_ROW, "", "0594 123456"]
    wrong = look(town, saar, [*MEES_ROW, "", "Anna"], head=head, chosen=chosen)
    assert [(each.row, each.heading) for each in wrong.mistakes] == [(3, "Vast")]
    assert look(town, saar, mees, head=head, chosen=chosen).saved
    assert [each.person.phone for each in everyone(town)] == ["06 12 34 56 78", "0594 123456"]


def test_one_whose_address_is_secret_needs_none_and_keeps_none(town: Town) -> None:
    head = [*HEAD, "Geheim adres"]
    assert look(town, [*SAAR_ROW, "ja"], ["Noor", "31-01-2015", "", "", "", "Ja"], head=head).saved
    assert [each.person.address for each in everyone(town)] == [(), ()]


# ages


def two_schemes(town: Town) -> None:
    """A second scheme, for older children."""
    scheme = town.view("schemes", SCHEME)
    rules = scheme["opens"], scheme["closes"], scheme["permitted"], scheme["excluded"]
    town.decide("openScheme", OTHER_SCHEME, *rules)
    set_ages(town.workspace.context.store, SCHEME, Ages(0, 9))
    set_ages(town.workspace.context.store, OTHER_SCHEME, Ages(10, 17))


def test_the_age_on_the_first_day_decides_for_which_scheme_a_child_is(town: Town) -> None:
    """The scheme opens on 15 January 2027."""
    two_schemes(town)
    nine = ["Bo", "16-01-2017", *SAAR_ROW[2:]]
    ten = ["Cas", "15-01-2017", *SAAR_ROW[2:]]
    unborn_then = ["Puk", "15-01-2027", *SAAR_ROW[2:]]
    look(town, nine, ten, unborn_then, schemes=(SCHEME, OTHER_SCHEME))
    assert {each.person.name: each.scheme for each in everyone(town)} == {
        "Bo": SCHEME,
        "Cas": OTHER_SCHEME,
        "Puk": SCHEME,
    }


def test_an_age_for_which_there_is_no_amount_is_a_mistake(town: Town) -> None:
    two_schemes(town)
    adult = ["Daan", "01-01-2008", *SAAR_ROW[2:]]
    (mistake,) = look(town, adult, schemes=(SCHEME, OTHER_SCHEME)).mistakes
    assert mistake.sentence.startswith("Dit kind is 19 jaar als de regeling begint.")


@pytest.mark.parametrize(
    ("ages", "schemes", "sentence"),
    [
        (Ages(9, 17), (SCHEME, OTHER_SCHEME), "dezelfde leeftijd"),
        (Ages(10, 17), (), "Kies een regeling"),
        (Ages(10, 17), (9,), "Kies een regeling"),
    ],
)
def test_schemes_for_one_age_or_none_are_refused(
    town: Town, ages: Ages, schemes: tuple[int, ...], sentence: str
) -> None:
    two_schemes(town)
    set_ages(town.workspace.context.store, OTHER_SCHEME, ages)
    with pytest.raises(FileInvalid, match=sentence):
        look(town, SAAR_ROW, schemes=schemes)


# doubles


@pytest.mark.parametrize(
    ("row", "doubtful"),
    [
        (["SAAR DE WIT", "9-3-2017", "Kerkplein 3", "1234 AC", "Voorbeeldstad"], True),
        (["Saar de Wit", "09-03-2018", *SAAR_ROW[2:]], True),
        (["Sara de Wit", *SAAR_ROW[1:]], True),
        (["Mees de Wit", *SAAR_ROW[1:]], False),  # a twin
        (MEES_ROW, False),  # a younger brother
        (["Saar de Wit", "09-03-2018", "Kerkplein 3", "1234 AC", "Voorbeeldstad"], False),
    ],
)
def test_the_same_child_twice_is_a_doubt_and_siblings_are_not(
    town: Town, row: list[str], doubtful: bool
) -> None:
    seen = look(town, SAAR_ROW, row)
    assert [(each.row, each.other_row) for each in seen.pairs] == ([(3, 2)] if doubtful else [])
    assert (seen.saved is None) == doubtful


def test_a_doubt_is_decided_by_an_official(town: Town) -> None:
    assert look(town, SAAR_ROW, SAAR_ROW, decided={"3-2": False}).counts == {SCHEME: 1}
    assert names(town) == ["Saar de Wit"]
    assert look(town, MEES_ROW, MEES_ROW, decided={"3-2": True}).counts == {SCHEME: 2}


def test_a_child_that_is_in_the_register_this_year_is_a_doubt(town: Town) -> None:
    (saar,) = add(town, SAAR)
    town.clock.time += 1
    (pair,) = look(town, SAAR_ROW).pairs
    assert pair.other_child == saar
    (looked,) = list_looks(town.workspace.context, 1)
    assert (looked.act, looked.child) == (ChildAct.LISTED, saar.id)


def test_a_doubt_that_was_decided_before_it_was_shown_is_a_look_too(town: Town) -> None:
    (saar,) = add(town, SAAR)
    town.clock.time += 1
    assert look(town, SAAR_ROW, decided={f"2-{saar.id[:8]}": False}, save=False).pairs == []
    (looked,) = list_looks(town.workspace.context, 1)
    assert (looked.act, looked.child, looked.time) == (ChildAct.LISTED, saar.id, town.now())


def test_a_decision_is_about_one_row_and_one_other(town: Town) -> None:
    decided = {"3-2": True}
    assert look(town, SAAR_ROW, SAAR_ROW, decided=decided, save=False).pairs == []
    add(town, SAAR)
    seen = look(town, MEES_ROW, SAAR_ROW, decided=decided, save=False)
    assert [each.row for each in seen.pairs] == [3], "it is like another child by now"


def test_a_child_of_another_scheme_is_no_doubt(town: Town) -> None:
    two_schemes(town)
    add(town, SAAR)
    ten = ["Saar de Wit", "15-01-2017", *SAAR_ROW[2:]]
    assert look(town, ten, schemes=(OTHER_SCHEME,), save=False).pairs == []
    assert look(town, ten, schemes=(SCHEME, OTHER_SCHEME), save=False).pairs


def test_each_of_twins_is_recognised(town: Town) -> None:
    twins = [[name, *SAAR_ROW[1:]] for name in ("Mees", "Noor", "Fien")]
    again = ["Noortje", *SAAR_ROW[1:]]
    seen = look(town, *twins, again, save=False)
    assert [(each.row, each.other_row) for each in seen.pairs] == [(5, 3)]


def test_rows_that_are_left_out_take_no_place_in_the_register(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kindpakket.services.children.bring_in.MOST_CHILDREN", 1)
    (saar,) = add(town, SAAR)
    assert look(town, SAAR_ROW, decided={f"2-{saar.id[:8]}": False}).counts == {}
    with pytest.raises(FileInvalid, match="er 2 kinderen"):
        look(town, MEES_ROW)


def test_a_list_that_is_sent_twice_is_saved_once(town: Town) -> None:
    assert look(town, SAAR_ROW).saved
    assert look(town, SAAR_ROW).pairs
    assert names(town) == ["Saar de Wit"]


# while others write


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], object]]:
    """What others do while a list is compared with the register, each once."""
    acts: list[Callable[[], object]] = []

    def compare(*args: Any) -> Any:
        while acts:
            acts.pop()()
        return find_doubles(*args)

    monkeypatch.setattr("kindpakket.services.children.bring_in.find_doubles", compare)
    return acts


def test_a_payment_and_an_official_write_while_a_list_is_compared(
    town: Town, meanwhile: list[Callable[[], object]]
) -> None:
    """A writer that must wait for the comparison is refused after five seconds."""
    (saar,) = add(town, SAAR)
    town.clock.time += 1
    meanwhile += [
        lambda: town.api.pay(till_of(BICYCLES), town.code(500), 500),
        lambda: change_person(
            town.workspace.context, HANDING_OUT, saar.id, replace(SAAR, phone="")
        ),
    ]
    assert len(look(town, SAAR_ROW, save=False).pairs) == 1
    assert meanwhile == []
    assert town.remaining()[0] == VALUES[0] - 500
    looks = list_looks(town.workspace.context, 2)
    assert {each.act for each in looks} == {ChildAct.CHANGED, ChildAct.LISTED}


def test_a_list_is_compared_again_when_the_register_changed_meanwhile(
    town: Town, meanwhile: list[Callable[[], object]]
) -> None:
    (other,) = add(town, MEES)
    meanwhile.append(lambda: add(town, SAAR))
    seen = look(town, SAAR_ROW)
    assert (len(seen.pairs), seen.saved) == (1, None)
    meanwhile.append(lambda: change_person(town.workspace.context, HANDING_OUT, other.id, NOOR))
    noor = ["Noor Bakker", "31-01-2015", *SAAR_ROW[2:]]
    assert look(town, noor).saved is None
    assert names(town) == ["Noor Bakker", "Saar de Wit"]


def test_a_search_lets_others_write_while_it_reads_every_name(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    saar, mees = add(town, SAAR, MEES)

    def read_while_one_is_deleted(name: str) -> str:
        if name == SAAR.name:
            delete_child(town.workspace.context, HANDING_OUT, saar.id)
        return fold(name)

    monkeypatch.setattr("kindpakket.services.children.people.fold", read_while_one_is_deleted)
    found, _more = search_children(town.workspace.context, HANDING_OUT, "wit")
    assert [each.id for each in found] == [mees.id]


# files


def test_excel_is_read_with_its_dates_and_numbers() -> None:
    def more(book: Workbook) -> None:
        book.active.append(["Mees", EASY[2], 12, 1234.0, True])  # type: ignore[union-attr]

    assert read_rows(excel(more)) == [
        HEAD,
        SAAR_ROW,
        ["Mees", "30-11-2019", "12", "1234", "ja"],
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
def test_csv_is_read_in_the_encodings_of_spreadsheets(encoding: str) -> None:
    text = "Naam;Geboortedatum\r\nZoë;09-03-2017\r\n"
    assert read_rows(text.encode(encoding))[1] == ["Zoë", "09-03-2017"]


def test_a_formula_is_a_mistake_of_its_cell(town: Town) -> None:
    table = read_rows(excel(lambda book: book.active.__setitem__("C2", "=A1")))  # type: ignore[union-attr]
    seen = bring_in(town.workspace.context, HANDING_OUT, table, [SCHEME], {}, {}, save=True)
    (mistake,) = seen.mistakes
    assert (mistake.row, mistake.heading) == (2, "Straat en huisnummer")
    assert mistake.sentence == "In deze cel staat een formule. Zet er de waarde in."


def packed(change: Callable[[str, str], str]) -> bytes:
    """An Excel file of which each part is changed."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(excel())) as plain,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in plain.namelist():
            archive.writestr(name, change(name, plain.read(name).decode()))
    return file.getvalue()


def one_endless_row() -> bytes:
    def change(_name: str, part: str) -> str:
        head, _, tail = part.partition("<row ")
        row = f"<row>{'<c><v>1</v></c>' * 2_000_000}</row>"
        return f"{head}{row}</sheetData></worksheet>" if tail else part

    return packed(change)


def thousands_of_sheets() -> bytes:
    def change(name: str, part: str) -> str:
        if name != "xl/workbook.xml":
            return part
        start = part.index("<sheet ")
        sheet = part[start : part.index("/>", start) + 2]
        return part.replace(sheet, sheet * 150_000)

    return packed(change)


@pytest.mark.parametrize("content", [one_endless_row, thousands_of_sheets])
def test_a_file_that_takes_too_much_memory_or_time_is_refused(
    content: Callable[[], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading it in this process would take a gigabyte, or minutes."""
    monkeypatch.setattr(excel_files, "_MOST_MEMORY", 256 * 1024 * 1024)
    monkeypatch.setattr(excel_files, "_MOST_SECONDS", 3)
    assert read_rows(excel())[1] == SAAR_ROW, "within these bounds too"
    hostile = content()
    assert len(hostile) < 200_000
    with pytest.raises(FileInvalid, match="geen Excel-bestand"):
        read_rows(hostile)


def one_text_in_many_cells() -> bytes:
    """Small when packed and when unpacked, and 30 MB as rows."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet().write_column(0, 0, ["x" * 3_000] * 10_000)
    return file.getvalue()


def bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 41_000_000)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (lambda: excel(lambda book: book.active.merge_cells("A2:B2")), "samengevoegd"),
        (lambda: excel(lambda book: book.create_sheet("B").append(["x"])), "tweede blad"),
        (bomb, "uitgepakt te groot"),
        (one_text_in_many_cells, "uitgepakt te groot"),
        (lambda: b"PK\x03\x04 no archive", "geen Excel-bestand"),
        (
            lambda: b"\xd0\xcf\x11\xe0" + b"0" * 500,
            "oud Excel-bestand, of het heeft een wachtwoord",
        ),
        (lambda: b"Naam\0;x", "geen tekst die wij kunnen lezen"),
        (lambda: b" ;\r\n;", "De lijst is leeg"),
        (lambda: b"", "De lijst is leeg"),
        (lambda: b"a\r\n" * 10_001, "meer dan 10000 regels"),
        (lambda: b";" * 50 + b"a", "meer dan 40 kolommen"),
        (lambda: b"a" * 2_000_001, "groter dan 2 MB"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_words(
    content: Callable[[], bytes], sentence: str
) -> None:
    with pytest.raises(FileInvalid, match=sentence):
        read_rows(content())


def test_an_empty_second_sheet_is_none() -> None:
    assert read_rows(excel(lambda book: book.create_sheet("Blad2")))[1] == SAAR_ROW
