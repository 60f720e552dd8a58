"""Words for the register of children, in the language of the page."""

from typing import Annotated

from fastapi import Query

from kindpakket.domain.language import say, say_moment
from kindpakket.domain.letters import serial
from kindpakket.services.base.names import Names
from kindpakket.services.children.columns import ColumnField
from kindpakket.services.children.looks import ChildAct, Purpose
from kindpakket.services.children.people import GivenLetter, HandOut, RemindedBy, Reminder
from kindpakket.services.letters.hand_out import MOST_POSTED

PostedTwice = Annotated[int, Query(alias="dubbel", ge=0, le=MOST_POSTED)]
"""How many that were posted were not recorded: they were before, or must not be posted."""


def say_purpose(purpose: Purpose) -> str:
    """Return why somebody looked."""
    return {
        Purpose.HAND_OUT: say("brieven uitdelen"),
        Purpose.COUNTER: say("hulp aan het loket of aan de telefoon"),
        Purpose.REQUEST: say("een verzoek van de ouder over gegevens"),
        Purpose.CONTROL: say("nakijken of het register klopt"),
    }[purpose]


def say_act(act: ChildAct) -> str:
    """Return what was done."""
    return {
        ChildAct.BROUGHT_IN: say("ingelezen"),
        ChildAct.LISTED: say("gezien in een lijst"),
        ChildAct.OPENED: say("bekeken"),
        ChildAct.CHANGED: say("veranderd"),
        ChildAct.LETTER_GIVEN: say("een brief toegewezen"),
        ChildAct.TAKEN_BACK: say("een brief teruggenomen"),
        ChildAct.HANDED_OUT: say("een brief gegeven"),
        ChildAct.REPORTED_LOST: say("een verloren brief gemeld"),
        ChildAct.REMINDED: say("herinnerd aan het einde van de regeling"),
        ChildAct.PRINTED: say("afgedrukt"),
        ChildAct.DELETED: say("verwijderd"),
    }[act]


def say_letter(letter: GivenLetter) -> str:
    """Return the number of a letter, how it was handed out, and whether it was replaced."""
    told = serial(letter.run, letter.number)
    if letter.waits:
        return say("%(number)s, niet gegeven", number=told)
    if letter.handed_out_at is not None:
        when = say_moment(letter.handed_out_at)
        if letter.handed_out is HandOut.POST:
            told = say("%(number)s, op de post %(when)s", number=told, when=when)
        else:
            told = say("%(number)s, aan het loket %(when)s", number=told, when=when)
    return say("%(number)s, vervangen", number=told) if letter.replaced else told


def say_reminder(reminder: Reminder, names: Names) -> str:
    """Return of what, when and how a parent was reminded."""
    told = {"scheme": names.scheme(reminder.scheme), "when": say_moment(reminder.sent_at)}
    if reminder.by is RemindedBy.POST:
        return say("%(scheme)s, op de post %(when)s", **told)
    return say("%(scheme)s, gebeld %(when)s", **told)


def say_field(field: ColumnField) -> str:
    """Return what a column of a list is."""
    return {
        ColumnField.NAME: say("hele naam"),
        ColumnField.FIRST: say("voornaam"),
        ColumnField.INFIX: say("tussenvoegsel"),
        ColumnField.LAST: say("achternaam"),
        ColumnField.BORN: say("geboortedatum"),
        ColumnField.STREET: say("straat, of straat en huisnummer"),
        ColumnField.HOUSE: say("huisnummer"),
        ColumnField.POSTCODE: say("postcode"),
        ColumnField.TOWN: say("plaats"),
        ColumnField.PHONE: say("telefoon van een ouder"),
        ColumnField.SECRET: say("geheim adres: ja of nee"),
    }[field]
