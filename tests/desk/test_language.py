"""Every text of the desk has an English translation, with the same placeholders."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir

import kindpakket
from kindpakket.desk.catalogue import read_texts

PACKAGE = Path(kindpakket.__file__).parent
PLACEHOLDER = re.compile(r"%\(\w+\)s")
TEXTS = {
    message if isinstance(message, str) else message[0]
    for room in ("desk", "services", "domain")
    for _file, _line, message, _comments, _context in extract_from_dir(
        PACKAGE / room,
        method_map=[("**.jinja", "jinja2"), ("**.py", "python")],
        options_map={"**.jinja": {"extensions": "jinja2.ext.i18n", "newstyle_gettext": "true"}},
        keywords={"say": None, "_": None, "gettext": None, "ngettext": (1, 2)},
    )
}
ENGLISH = {
    message.id if isinstance(message.id, str) else message.id[0]: message
    for message in read_texts()
    if message.id
}


def test_every_text_is_there_in_english() -> None:
    assert sorted(TEXTS - ENGLISH.keys()) == []
    assert len(TEXTS) > 200


def test_every_translation_belongs_to_a_text() -> None:
    assert sorted(ENGLISH.keys() - TEXTS) == []


def test_translations_have_the_same_placeholders(subtests: pytest.Subtests) -> None:
    for dutch, message in ENGLISH.items():
        ours = [message.id] if isinstance(message.id, str) else list(message.id)
        theirs = [message.string] if isinstance(message.string, str) else list(message.string)
        with subtests.test(dutch):
            assert all(theirs)
            for one, other in zip(ours, theirs, strict=True):
                assert set(PLACEHOLDER.findall(one)) == set(PLACEHOLDER.findall(other))
