"""The English texts of the desk, from the ``.po`` files in ``locale``; Dutch is in the code."""

from functools import cache
from importlib.resources import files
from io import BytesIO

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from kindpakket.domain.language import DUTCH, Catalogue, Language


def read_texts() -> Catalog:
    """Return the English translations by Dutch text."""
    texts = Catalog(locale="en")
    for file in sorted(files(__package__).joinpath("locale").iterdir(), key=lambda each: each.name):
        if file.name.endswith(".po"):
            for message in read_po(BytesIO(file.read_bytes()), locale="en"):
                if message.id:
                    texts.add(message.id, message.string)
    return texts


@cache
def catalogue(language: Language) -> Catalogue:
    """Return the catalogue of a language."""
    if language == "nl":
        return DUTCH
    compiled = BytesIO()
    write_mo(compiled, read_texts())
    compiled.seek(0)
    texts = Translations(compiled)
    return Catalogue("en", texts.gettext, texts.ngettext)
