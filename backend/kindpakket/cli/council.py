"""``kindpakket council-report``: the report to the council as PDF."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from kindpakket.cli.common import Data, Stop, reading
from kindpakket.cli.letters import stationery_of
from kindpakket.cli.output import say
from kindpakket.desk.catalogue import catalogue
from kindpakket.domain.language import use_catalogue
from kindpakket.domain.refusals import Refusal
from kindpakket.services.base.private_files import write_new
from kindpakket.services.paper.typeset import PaperFailed
from kindpakket.services.publication import read_publication
from kindpakket.services.publication.council import list_subjects, make_report
from kindpakket.services.publication.document import as_pdf
from kindpakket.theme.logo import LookInvalid


class ReportLanguage(StrEnum):
    """Languages of the report."""

    DUTCH = "nl"
    ENGLISH = "en"


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command("council-report")(write_report)


def write_report(
    about: Annotated[
        str, typer.Argument(help="Een regeling, jaar of schooljaar: regeling-1, 2027, 2027-2028.")
    ],
    out: Annotated[Path, typer.Option(help="Een nieuwe PDF.")],
    language: Annotated[ReportLanguage, typer.Option(help="De taal.")] = ReportLanguage.DUTCH,
    data: Data = None,
) -> None:
    """Schrijf het verslag aan de raad, met alleen wat iedereen mag weten."""
    with reading(data) as access, use_catalogue(catalogue(language.value)):
        try:
            document = make_report(access.context, about, access.settings.app_address)
            write_new(out, as_pdf(document, stationery_of(access.settings), access.now))
        except Refusal as error:
            known = ", ".join(each.key for each in list_subjects(read_publication(access.context)))
            raise Stop(f"Dit kan wel: {known}." if known else "Er is nog geen regeling.") from error
        except (LookInvalid, PaperFailed) as error:
            raise Stop(str(error)) from error
        except FileExistsError as error:
            raise Stop(f"Er is al een bestand {out}.") from error
        except FileNotFoundError as error:
            raise Stop(f"De map waarin {out} moet komen, bestaat niet.") from error
    return say(f"Het verslag staat in {out}.")
