"""The PDFs are accessible: tagged, in Dutch, and with an alternative text for every image."""

from collections.abc import Iterator

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf

from kindpakket.services.letters.generate import Sheet
from tests.support.printed import SHEETS


def elements(node: pikepdf.Object) -> Iterator[Dictionary]:
    """All elements of the structure tree, in reading order."""
    children = node.get(Name.K)
    for child in list(children) if isinstance(children, Array) else [children]:
        if isinstance(child, Dictionary) and Name.S in child:
            yield child
            yield from elements(child)


def of_kind(pdf: Pdf, *kinds: str) -> list[Dictionary]:
    return [each for each in elements(pdf.Root.StructTreeRoot) if str(each.S) in kinds]


def test_it_says_that_it_is_accessible_and_in_dutch(structure: Pdf) -> None:
    assert str(structure.Root.Lang) == "nl-NL"
    assert bool(structure.Root.MarkInfo.Marked)
    assert bool(structure.Root.ViewerPreferences.DisplayDocTitle)
    with structure.open_metadata() as told:
        assert told["dc:title"] == "Brieven van serie 4"
        assert told["pdfuaid:part"] == "1"
        assert told["{http://ns.adobe.com/xap/1.0/t/pg/}NPages"] == "3"


def test_each_letter_begins_with_a_heading_and_a_bookmark(structure: Pdf) -> None:
    headings = of_kind(structure, "/H1")
    pages = [page.obj.objgen for page in structure.pages]
    assert [pages.index(each.Pg.objgen) for each in headings] == [0, 1, 2]
    with structure.open_outline() as outline:
        titles = [item.title for item in outline.root]
    assert titles == ["Brief 4-001", "Brief 4-002", "Kaart 4-003"]


def test_every_picture_that_tells_something_has_words(structure: Pdf) -> None:
    texts = [str(each.Alt) for each in of_kind(structure, "/Figure")]
    assert texts[:2] == ["Logo van Gemeente Zuiderbroek", "QR-code van brief 4-001"]
    assert texts[2:4] == ["Logo van Gemeente Zuiderbroek", "QR-code van brief 4-002"]
    assert texts[4] == "Logo van Gemeente Zuiderbroek"
    assert texts[5] == "QR-code 1 van kaart 4-003: € 20"
    assert texts[19] == "QR-code 15 van kaart 4-003: € 7,50"
    assert len(texts) == 20


def test_what_is_on_a_page_leads_to_its_own_elements(structure: Pdf) -> None:
    numbers = list(structure.Root.StructTreeRoot.ParentTree.Nums)
    parents = dict(zip(map(int, numbers[::2]), numbers[1::2], strict=True))
    assert [int(page.obj.StructParents) for page in structure.pages] == [0, 1, 2]
    for page in structure.pages:
        for element in parents[int(page.obj.StructParents)]:
            assert element.Pg.objgen == page.obj.objgen


def test_every_element_hangs_on_one_tree(structure: Pdf) -> None:
    (document,) = structure.Root.StructTreeRoot.K
    assert str(document.S) == "/Document"
    for each in document.K:
        assert each.P.objgen == document.objgen


@pytest.mark.parametrize("sheet", SHEETS, ids=["first", "second", "card"])
def test_no_text_about_the_document_holds_a_secret(structure: Pdf, sheet: Sheet) -> None:
    letter = sheet.letter
    told = [
        str(each.get(Name.Alt, "")) + str(each.get(Name.ActualText, ""))
        for each in elements(structure.Root.StructTreeRoot)
    ]
    told.append(structure.Root.Metadata.read_bytes().decode())
    told += [str(each) for each in structure.docinfo.values()]
    with structure.open_outline() as outline:
        told += [item.title for item in outline.root]
    for text in told:
        for secret in (letter.text, letter.grouped, letter.text[8:16], letter.secret.hex(), "KC1:"):
            assert secret not in text
