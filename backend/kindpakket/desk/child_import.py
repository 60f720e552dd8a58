"""Bringing in a list of children: the file, what its columns are, mistakes, doubts, and saving."""

import base64
import json
import zlib
from hashlib import sha256

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import TypeAdapter
from starlette.datastructures import FormData, UploadFile

from kindpakket.desk.child_words import say_field
from kindpakket.desk.parts import (
    InContext,
    Posted,
    SignedIn,
    answer_file,
    page,
    redirect,
    require_reading,
    text,
    texts,
)
from kindpakket.domain.csv_files import CSV_TYPE, write_csv
from kindpakket.domain.language import say
from kindpakket.domain.texts import read_number
from kindpakket.services.base.context import Context
from kindpakket.services.base.names import read_names
from kindpakket.services.base.reading import ReadPermission
from kindpakket.services.children.bring_in import ListPreview, Rows, bring_in
from kindpakket.services.children.columns import TEMPLATE, ColumnField
from kindpakket.services.children.files import (
    MOST_COLUMNS,
    FileInvalid,
    check_rows,
    read_rows,
)
from kindpakket.services.children.looks import Purpose, RegisterReader
from kindpakket.services.children.rows import say_day
from kindpakket.services.schemes.changes import is_over
from kindpakket.services.schemes.look_up import list_schemes

router = APIRouter(prefix="/kinderen", dependencies=[require_reading(ReadPermission.CHILDREN)])

_MOST_SHOWN = 50
"""Mistakes and doubts on one page."""
_MOST_UNPACKED = 5_000_000
"""Maximum size of the rows that a page carries, unpacked, in bytes."""
_DOUBT, _SAME, _OTHER = "rij-", "zelfde", "ander"
"""Fields: what is said of a doubt, and what was said before."""
_Carried = TypeAdapter(list[list[str]])


@router.get("/sjabloon.csv")
def get_template() -> Response:
    """An empty list with the headings that are known."""
    content = write_csv([[heading for heading, _field in TEMPLATE]])
    return answer_file(content, CSV_TYPE, "kinderen.csv")


@router.get("/inlezen")
def show_form(request: Request, context: InContext) -> HTMLResponse:
    """The form for a file."""
    return _page(request, context, [])


@router.post("/inlezen")
def look(request: Request, context: InContext, official: SignedIn, form: Posted) -> Response:
    """Show what is wrong or doubtful; save the list when it is right and that is asked.

    The page carries the rows from one step to the next, so that nothing is stored before.
    """
    schemes = [number for each in texts(form, "scheme") if (number := read_number(each, 65_535))]
    reader = RegisterReader(official.address, Purpose.HAND_OUT)
    chosen = _by_number(form, "kolom-", MOST_COLUMNS)
    decided = _decided(form)
    save, skip = (text(form, "doen") == each for each in ("bewaren", "overslaan"))
    try:
        rows = _rows_of(form)
        if text(form, "koppen") not in ("", _mark_headings(rows)):
            chosen = {}  # of a file with other columns
        packed = _pack(rows)
        preview = bring_in(context, reader, rows, schemes, chosen, decided, save=save)
        if skip:
            decided |= {each.key: False for each in preview.pairs if each.other_child}
            preview = bring_in(context, reader, rows, schemes, chosen, decided, save=False)
    except FileInvalid as error:
        return _page(request, context, schemes, error=str(error))
    if preview.saved is not None:
        return redirect(f"/kinderen/lijsten/{preview.saved}", "ingelezen")
    return _page(
        request, context, schemes, preview=preview, rows=packed, chosen=chosen, decided=decided
    )


def _rows_of(form: FormData) -> Rows:
    """The rows of the file that was chosen, or that the page carried."""
    upload = form.get("list")
    if isinstance(upload, UploadFile) and upload.filename:
        return read_rows(upload.file.read())
    if not text(form, "rows"):
        raise FileInvalid(say("Kies een bestand."))
    unpack = zlib.decompressobj()
    try:
        packed = base64.b64decode(text(form, "rows"))
        unpacked = unpack.decompress(packed, _MOST_UNPACKED)
        rows = _Carried.validate_json(b"" if unpack.unconsumed_tail else unpacked)
    except (ValueError, zlib.error) as error:
        raise FileInvalid(say("Kies een bestand.")) from error
    return check_rows(rows)


def _mark_headings(rows: Rows) -> str:
    """A hash of the headings of a file."""
    headings = next(row for row in rows if any(row))
    return sha256(json.dumps(headings).encode()).hexdigest()


def _pack(rows: Rows) -> str:
    """The rows as a page carries them.

    Raises:
        FileInvalid: they are too large.
    """
    unpacked = json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()
    if len(unpacked) > _MOST_UNPACKED:
        most = _MOST_UNPACKED // 1_000_000
        raise FileInvalid(say("Het bestand is groter dan %(most)s MB.", most=most))
    return base64.b64encode(zlib.compress(unpacked)).decode()


def _by_number(form: FormData, start: str, most: int) -> dict[int, str]:
    """The values of fields such as ``kolom-12``, by their number."""
    return {
        number: text(form, name)
        for name in form
        if name.startswith(start)
        and (number := read_number(name.removeprefix(start), most)) is not None
    }


def _decided(form: FormData) -> dict[str, bool]:
    """What was decided on this page and before, by the key of a doubt: whether it is another
    child."""
    said = {name.removeprefix(_DOUBT): text(form, name) for name in form if name.startswith(_DOUBT)}
    return {
        key: what == _OTHER
        for what in (_SAME, _OTHER)
        for key in (*text(form, what).split(), *(key for key in said if said[key] == what))
    }


def _page(
    request: Request,
    context: Context,
    schemes: list[int],
    *,
    error: str = "",
    preview: ListPreview | None = None,
    rows: str = "",
    chosen: dict[int, str] | None = None,
    decided: dict[str, bool] | None = None,
) -> HTMLResponse:
    now, names = context.ledger_time(), read_names(context)
    return page(
        request,
        "child_import.html.jinja",
        status=400 if error else 200,
        error=error,
        schemes=[(each.id, each.name) for each in list_schemes(context) if not is_over(each, now)],
        given=schemes,
        preview=preview,
        rows=rows,
        headings=_mark_headings([preview.headings]) if preview else "",
        chosen=chosen or {},
        same=" ".join(key for key, other in (decided or {}).items() if not other),
        other=" ".join(key for key, other in (decided or {}).items() if other),
        fields=[("", say("niets, niet bewaren"))] + [(f, say_field(f)) for f in ColumnField],
        missing=", ".join(map(say_field, preview.missing)) if preview else "",
        say_day=say_day,
        names=names,
        most=_MOST_SHOWN,
    )
