"""From an exception that a command did not expect to one Dutch sentence for who runs it."""

import errno
import traceback
from pathlib import Path

from kindpakket.domain.refusals import DUTCH, Code

_BY_ERRNO = {
    errno.EACCES: "U hebt geen rechten op {path}.",
    errno.EPERM: "U hebt geen rechten op {path}.",
    errno.EROFS: "Op de schijf van {path} kan niet worden geschreven.",
    errno.ENOSPC: "De schijf van {path} is vol.",
    errno.EDQUOT: "De schijf van {path} is vol.",
    errno.ENOENT: "{path} bestaat niet.",
    errno.EEXIST: "{path} bestaat al.",
    errno.ENOTDIR: "{path} is geen map, of ligt niet in een map.",
    errno.EISDIR: "{path} is een map en geen bestand.",
    errno.ENAMETOOLONG: "De naam {path} is te lang.",
}


def explain(error: Exception) -> str:
    """Return what is wrong, in one sentence that holds for every error."""
    # Some of these bring the database and a whole EVM; they are there when they were raised.
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if "StoreUrlInvalid" in kinds:
        return (
            "KINDPAKKET_DATABASE_URL is geen adres van een SQLite- of PostgreSQL-database, zoals "
            "postgresql+psycopg://naam@computer/database."
        )
    if "StoreOutdated" in kinds:
        return (
            "De database is van een eerdere versie van dit programma, of nog leeg. De server werkt "
            "haar bij: kindpakket serve"
        )
    if "StoreTooNew" in kinds:
        return "De database is van een latere versie van dit programma. Installeer die versie."
    if "StoreUnavailable" in kinds:
        return f"De database kan niet worden gebruikt: {_detail(error)}."
    if "DataDamaged" in kinds:
        return f"{error} is beschadigd. Zet een kopie van de datamap terug."
    if "ChainUnavailable" in kinds:
        return f"De keten kan niet worden gelezen of geschreven: {_detail(error)}."
    if "LedgerUnavailable" in kinds or "TransportError" in kinds:
        return f"{DUTCH[Code.LEDGER_UNAVAILABLE].till} ({_detail(error)})"
    if isinstance(error, OSError):
        return _file(error)
    return f"Er ging iets mis in het programma zelf: {_place(error)}. Meld dit aan de makers."


def _file(error: OSError) -> str:
    path = error.filename or "een bestand"
    sentence = _BY_ERRNO.get(error.errno or 0, "{path} kan niet worden gebruikt: {detail}.")
    return sentence.format(path=path, detail=_detail(error))


def _detail(error: Exception) -> str:
    """The first line of what a library says; it may be in English."""
    lines = (getattr(error, "strerror", None) or str(error)).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__


def _place(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    where = f" in {Path(frames[-1].filename).name}, regel {frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"
