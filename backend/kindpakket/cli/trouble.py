"""Messages for unexpected exceptions: one Dutch sentence each."""

import errno
import traceback
from pathlib import Path

from httpx2 import TransportError

from kindpakket.domain.refusals import DUTCH, Code
from kindpakket.ledger.port import ContractDiffers, LedgerUnavailable
from kindpakket.protocol.change_files import FileUnreadable
from kindpakket.store import database, personal, schema
from kindpakket.theme.logo import LookInvalid

_BY_KIND: dict[type[Exception], str] = {
    database.StoreUrlInvalid: (
        "KINDPAKKET_DATABASE_URL is geen adres van een SQLite- of PostgreSQL-database, zoals "
        "postgresql+psycopg://naam@computer/database."
    ),
    schema.StoreOutdated: (
        "De database is van een eerdere versie van dit programma, of nog leeg. Werk haar bij met: "
        "kindpakket migrate"
    ),
    schema.StoreTooNew: (
        "De database is van een latere versie van dit programma. Installeer die versie."
    ),
    ContractDiffers: (
        "Het contract van dit grootboek is niet dat van dit programma. Gebruik de versie van het "
        "programma die erbij hoort."
    ),
    FileUnreadable: "De server gaf een bestand met coupons dat niet klopt. Er is niets gedaan.",
}
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
    """Return a message of one sentence for any exception."""
    from kindpakket.ledger.embedded import ChainUnavailable  # noqa: PLC0415 (brings an EVM)
    from kindpakket.workspace import DataDamaged  # noqa: PLC0415 (brings an EVM)

    if sentence := _BY_KIND.get(type(error)):
        return sentence
    match error:
        case personal.StoreKeyMissing():
            return (
                f"De sleutel van de gegevens in de database ontbreekt, of is een andere. Zet hem "
                f"terug in {error}."
            )
        case personal.StoreKeyInvalid():
            return f"In {error} staat geen sleutel: 64 tekens, 0 tot en met 9 en a tot en met f."
        case database.StoreUnavailable():
            return f"De database kan niet worden gebruikt: {_detail(error)}."
        case LookInvalid():
            return str(error)
        case DataDamaged():
            return f"{error} is beschadigd. Zet een kopie van de datamap terug."
        case ChainUnavailable():
            return f"De keten kan niet worden gelezen of geschreven: {_detail(error)}."
        case LedgerUnavailable() | TransportError():
            return f"{DUTCH[Code.LEDGER_UNAVAILABLE].title} ({_detail(error)})"
        case OSError():
            return _file(error)
        case _:
            where = _place(error)
            return f"Er ging iets mis in het programma zelf: {where}. Meld dit aan de makers."


def _file(error: OSError) -> str:
    path = error.filename or "een bestand"
    sentence = _BY_ERRNO.get(error.errno or 0, "{path} kan niet worden gebruikt: {detail}.")
    return sentence.format(path=path, detail=_detail(error))


def _detail(error: Exception) -> str:
    """The first line of a library's message, which may be in English."""
    lines = (getattr(error, "strerror", None) or str(error)).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__


def _place(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    where = f" in {Path(frames[-1].filename).name}, regel {frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"
