"""Two letters and a card, each typeset as a part of its own, so that joining is tested."""

from io import BytesIO

import pikepdf
import pytest
from pypdfium2 import PdfDocument

from kindpakket.services.letters import press
from tests.support.paper import open_pdf
from tests.support.printed import SHEETS, print_out


@pytest.fixture(scope="session")
def printed_file() -> bytes:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(press, "_PART", 1)
        return print_out(*SHEETS)


@pytest.fixture
def printed(printed_file: bytes) -> PdfDocument:
    return open_pdf(printed_file)


@pytest.fixture
def structure(printed_file: bytes) -> pikepdf.Pdf:
    return pikepdf.open(BytesIO(printed_file))
