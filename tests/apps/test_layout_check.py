"""What the check of a layout finds, on pages that are made wrong."""

import pytest
from playwright.sync_api import Browser

from tests.support.screens import check_layout

WRONG = {
    "scrolls sideways": "<div style='inline-size: 2000px'>wide</div>",
    "cut off": "<p style='overflow: hidden; inline-size: 4rem; text-wrap: nowrap'>a long line</p>",
    "texts overlap": "<p>One amount</p><p style='margin-block-start: -2.2rem'>another one</p>",
    "targets overlap": "<button>Stop</button><button style='margin-left: -2rem'>Pay</button>",
    "under <nav": (
        "<main style='block-size: 200vh'></main><p>the last line</p>"
        "<nav style='position: fixed; inset: auto 0 0; block-size: 4rem'>Menu</nav>"
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_layout_is_found(chromium: Browser, wrong: str) -> None:
    page = chromium.new_page()
    page.set_content(WRONG[wrong])
    with pytest.raises(AssertionError, match=wrong):
        check_layout(page, "page")
    page.close()


def test_a_page_in_order_passes(chromium: Browser) -> None:
    page = chromium.new_page()
    page.set_content("<p>One amount</p><p>another one</p><button>Stop</button><button>Pay</button>")
    check_layout(page, "page")
    page.close()
