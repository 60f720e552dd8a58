"""The Atom feed of rule changes (RFC 4287).

Written with the standard library: an entry has a few elements, and ElementTree escapes them.
"""

from xml.etree.ElementTree import Element, SubElement, tostring

from kindpakket.api.pages.over_texts import OverTexts
from kindpakket.domain.times import rfc3339
from kindpakket.services.publication import Publication
from kindpakket.services.publication.rules import RuleChange

ATOM_TYPE = "application/atom+xml; charset=utf-8"
MOST_ENTRIES = 50
_ATOM = "http://www.w3.org/2005/Atom"


def as_atom(publication: Publication, text: OverTexts, address: str, author: str) -> bytes:
    """Write the last changes.

    Args:
        address: of the site, without a slash at the end; from the settings.
        author: the municipality.
    """
    passport = publication.passport
    changes = publication.changes[:MOST_ENTRIES]
    names = {each.id: text.name(each) for each in publication.schemes}
    page = f"{address}/over" + ("" if text.lang == "nl" else "?lang=en")
    feed = Element("feed", {"xmlns": _ATOM, "xml:lang": text.lang})
    ledger = f"urn:kindpakket:{passport.chain_id}:{passport.contract}"
    _add(feed, "id", f"{ledger}:{text.lang}")
    _add(feed, "title", f"{text.title}: {text.changes_title}")
    # Without a change, the time of the last block.
    _add(feed, "updated", rfc3339(max((each.time for each in changes), default=passport.time)))
    _add(SubElement(feed, "author"), "name", author)
    SubElement(feed, "link", {"rel": "alternate", "type": "text/html", "href": page})
    own = f"{address}/over/wijzigingen.atom" + ("" if text.lang == "nl" else "?lang=en")
    SubElement(feed, "link", {"rel": "self", "type": "application/atom+xml", "href": own})
    for change in changes:
        entry = SubElement(feed, "entry")
        name = names.get(change.scheme) or text.scheme_number(change.scheme)
        _add(entry, "id", f"{ledger}:{change.decision}")
        _add(entry, "title", text.changed(change, name))
        _add(entry, "updated", rfc3339(change.time))
        SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": page})
        _add(entry, "content", _told(text, change))
    written: bytes = tostring(feed, "utf-8", xml_declaration=True)
    return written


def _told(text: OverTexts, change: RuleChange) -> str:
    rules = text.told_rules(change.rules) if change.rules else []
    lines = [
        f"{what}: {told if isinstance(told, str) else ', '.join(told)}." for what, told in rules
    ]
    codes = f" {text.also} ".join(change.officials)
    return " ".join([*lines, f"{text.minute(change.time)}, {text.by} {codes}."])


def _add(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text
