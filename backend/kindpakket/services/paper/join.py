"""Concatenation of tagged PDFs into one tagged PDF.

Each part has a structure tree. The result has one: one document element and one parent tree, with
the keys of each part renumbered.
"""

from io import BytesIO

import pikepdf
from pikepdf import Array, Name, OutlineItem, Pdf

_PAGES = "{http://ns.adobe.com/xap/1.0/t/pg/}NPages"


class Joined:
    """A PDF to which parts made from the same kind of template are appended."""

    def __init__(self) -> None:
        self._whole: Pdf | None = None

    def add(self, part: bytes) -> int:
        """Append a part; return its number of pages."""
        pdf = Pdf.open(BytesIO(part))
        if self._whole is None:
            self._whole = pdf
        else:
            _append(self._whole, pdf)
        return len(pdf.pages)

    @property
    def content(self) -> bytes:
        """Return the PDF as bytes.

        Raises:
            ValueError: nothing was added.
        """
        if self._whole is None:
            raise ValueError("nothing was added")
        with self._whole.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as told:
            told[_PAGES] = str(len(self._whole.pages))
        file = BytesIO()
        self._whole.save(file, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return file.getvalue()


def _append(whole: Pdf, part: Pdf) -> None:
    before = len(whole.pages)
    bookmarks = _bookmarks(part)
    whole.pages.extend(part.pages)
    # After its pages, so that what the tree says of a page is said of the copied one.
    tree = whole.copy_foreign(part.Root.StructTreeRoot)
    _join_trees(whole, tree, before)
    with whole.open_outline() as outline:
        outline.root.extend(OutlineItem(title, before + page) for title, page in bookmarks)


def _join_trees(whole: Pdf, tree: pikepdf.Object, before: int) -> None:
    ours = whole.Root.StructTreeRoot
    first = int(ours.ParentTreeNextKey)
    for page in whole.pages[before:]:
        page.obj.StructParents = int(page.obj.StructParents) + first
    numbers = list(tree.ParentTree.Nums)
    for key, parents in zip(numbers[::2], numbers[1::2], strict=True):
        ours.ParentTree.Nums.append(int(key) + first)
        ours.ParentTree.Nums.append(parents)
    ours.ParentTreeNextKey = first + int(tree.ParentTreeNextKey)
    document = ours.K[0]
    for element in tree.K[0].K:
        element[Name.P] = document
        document.K.append(element)


def _bookmarks(part: Pdf) -> list[tuple[str, int]]:
    """Title and page (from 0) of each bookmark."""
    places = {page.obj.objgen: place for place, page in enumerate(part.pages)}
    with part.open_outline() as outline:
        starts = [(item.title, item.destination) for item in outline.root]
    return [(title, places[place[0].objgen]) for title, place in starts if isinstance(place, Array)]
