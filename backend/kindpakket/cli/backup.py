"""``kindpakket backup``, ``restore`` and ``drill``: copies are made, put back and tried."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kindpakket.cli.audit import finding_words
from kindpakket.cli.common import REFUSED, AsJson, Data, Stop, no_ledger_error, settings_of
from kindpakket.cli.demo import end_in_order
from kindpakket.cli.output import dutch, say, show_json
from kindpakket.cli.trouble import explain
from kindpakket.domain.times import rfc3339
from kindpakket.settings import Settings
from kindpakket.store.copying import StoreNotEmpty
from kindpakket.store.database import StoreUnavailable
from kindpakket_audit.findings import Level

if TYPE_CHECKING:
    from kindpakket.backup.manifest import Manifest
    from kindpakket.backup.restore import Restored

_HOUR = 3600
_NEVER_TWO = "laat nooit twee servers op kopieën van één keten draaien"


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("backup")(make_backup)
    app.command("restore")(restore_copy)
    app.command("drill")(drill)


def make_backup(
    target: Annotated[
        Path, typer.Argument(metavar="MAP", help="Waar de kopie komt: een nieuwe of lege map.")
    ],
    keep: Annotated[
        int | None,
        typer.Option(
            min=1, help="Maak de kopie in MAP onder de naam van de tijd, en bewaar er zoveel."
        ),
    ] = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Maak een kopie van de datamap en de database, ook terwijl de server draait.

    De kopie bevat ook de doorgeefsleutel en de sleutelbestanden: bewaar haar even veilig.
    """
    target, made = copied(settings_of(data), target, keep)
    if as_json:
        return show_json({"target": str(target), **_summary(made)})
    ledger = "" if made.block is None else f"het grootboek tot en met blok {made.block}, "
    say(
        f"De kopie staat in {target}, met {ledger}de database, de doorgeefsleutel en de"
        f" sleutelbestanden; {_NEVER_TWO}."
    )
    if made.block is None:
        say("LET OP: de keten staat op een ander knooppunt en zit niet in de kopie.")
    return None


def copied(settings: Settings, target: Path, keep: int | None = None) -> tuple[Path, "Manifest"]:
    """Copy a data directory; return where the copy is, and its manifest.

    Args:
        keep: as for ``backup_into``; None for a copy that is the target itself.

    Raises:
        Stop: it cannot be copied, and nothing is left in the target.
    """
    from kindpakket.backup import backup, backup_into  # noqa: PLC0415 (brings an EVM)

    try:
        if keep is not None:
            return backup_into(settings, target, keep)
        return target, backup(settings, target)
    except FileExistsError as error:
        raise Stop(f"In {target} staat al iets; kies een nieuwe of lege map.") from error
    except FileNotFoundError as error:
        raise no_ledger_error(settings) from error
    except ValueError as error:
        raise Stop("De kopie kan niet in de datamap zelf komen; kies een andere map.") from error
    except (StoreUnavailable, OSError) as error:
        message = f"De kopie is niet gemaakt, en er is niets achtergebleven. {explain(error)}"
        raise Stop(message, REFUSED) from error


def restore_copy(
    copy: Annotated[Path, typer.Argument(metavar="KOPIE", help="De map van de kopie.")],
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Zet een kopie terug in een lege datamap en een lege database, en controleer alles.

    Doe dat alleen als het origineel weg is: wat na de kopie gebeurde, zit er niet in.
    """
    from kindpakket.backup.restore import restore  # noqa: PLC0415 (brings an EVM)

    settings = settings_of(data)
    with _refusals(settings, copy):
        done = restore(settings, copy)
    if as_json:
        show_json({"data": str(settings.data), **_summary(done.manifest), **_audit(done)})
    else:
        say(
            *_findings(done),
            f"De kopie van {dutch(rfc3339(done.manifest.made_at))} staat in {settings.data}.",
            "Wat sindsdien gebeurde, zit er niet in. Iedereen is afgemeld, en wat over zijn"
            " bewaartermijn is of op verzoek was verwijderd, is opnieuw verwijderd.",
            f"Zet de andere kopieën niet ook aan: {_NEVER_TWO}.",
        )
    _end(ok=not _differences(done))


def drill(
    copies: Annotated[Path, typer.Argument(metavar="MAP", help="De map waarin de kopieën staan.")],
    most_hours: Annotated[
        int, typer.Option(min=1, help="Hoe oud de nieuwste kopie hoogstens mag zijn, in uren.")
    ] = 36,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Oefen: zet de nieuwste kopie terug in een tijdelijke map, controleer haar en ruim alles op.

    Slaagt alleen als de kopie klopt en niet te oud is.
    """
    from kindpakket.backup import list_copies  # noqa: PLC0415 (brings an EVM)
    from kindpakket.backup.restore import try_out  # noqa: PLC0415 (brings an EVM)

    settings = settings_of(data)
    end_in_order()
    found = list_copies(copies)
    if not found:
        raise Stop(f"In {copies} staat geen kopie.", REFUSED)
    copy, manifest = found[0]
    hours = max(0, int(time.time()) - manifest.made_at) // _HOUR
    with _refusals(settings, copy):
        done = try_out(settings, copy)
    late = hours >= most_hours
    if as_json:
        show_json({"copy": str(copy), "hours": hours, **_summary(manifest), **_audit(done)})
    else:
        age = f"{hours} uur oud" + (f": ouder dan {most_hours} uur" if late else "")
        say(
            *_findings(done),
            f"{copy} is teruggezet, gecontroleerd en weer opgeruimd.",
            f"De kopie is van {dutch(rfc3339(manifest.made_at))}, {age}.",
        )
    _end(ok=not (late or _differences(done)))


@contextmanager
def _refusals(settings: Settings, copy: Path) -> Iterator[None]:
    """Say in a sentence why a copy is not restored."""
    from kindpakket.backup import restore as restoring  # noqa: PLC0415 (brings an EVM)
    from kindpakket.backup.manifest import CopyDamaged, CopyTooNew  # noqa: PLC0415
    from kindpakket.services.children.deletion import DeletionsUnknown  # noqa: PLC0415

    try:
        yield
    except CopyDamaged as error:
        message = f"{copy} is geen hele kopie: {error} ontbreekt of is veranderd."
    except CopyTooNew:
        message = f"{copy} is van een latere versie van dit programma. Installeer die versie."
    except restoring.ChainElsewhere:
        message = f"In {copy} zit geen keten. Noem het knooppunt in KINDPAKKET_NODE_URL."
    except restoring.DirectoryNotEmpty:
        message = f"{settings.data} is niet leeg. Zet een kopie terug in een lege map."
    except DeletionsUnknown:
        message = (
            f"{settings.deletions} is er niet. Daarin staat welke kinderen zijn verwijderd, en die"
            " komen anders terug. Zet het er neer; is het kwijt, maak dan een leeg bestand."
        )
    except StoreNotEmpty:
        message = "De database is niet leeg. Zet een kopie terug in een lege database."
    else:
        return
    raise Stop(f"{message} Er is niets teruggezet.", REFUSED)


def _summary(manifest: "Manifest") -> dict[str, Any]:
    return {
        "block": manifest.block,
        "madeAt": rfc3339(manifest.made_at),
        "schema": manifest.schema_version,
    }


def _audit(done: "Restored") -> dict[str, Any]:
    return {
        "clean": not _differences(done),
        "findings": len(done.findings),
        "chainAudited": done.chain_audited,
    }


def _differences(done: "Restored") -> int:
    return sum(finding.level is Level.DIFFERENCE for finding in done.findings)


def _findings(done: "Restored") -> list[str]:
    lines = [line for finding in done.findings for line in finding_words(finding)]
    count = _differences(done)
    lines.append(f"Verschillen: {count}." if count else "Alles klopt.")
    if not done.chain_audited:
        lines.append("De keten op het knooppunt is hierbij niet gecontroleerd.")
    return lines


def _end(*, ok: bool) -> None:
    if not ok:
        raise typer.Exit(REFUSED)
