"""The account of a shop without the app: one official proposes it, two sign it."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, Response

from kindpakket.desk.parts import (
    InContext,
    Mistakes,
    Posted,
    SignedIn,
    page,
    redirect,
    require_reading,
    text,
)
from kindpakket.desk.shop_forms import read_account
from kindpakket.domain.ids import MAX_SHOP
from kindpakket.domain.refusals import Code, Refusal
from kindpakket.services.base.context import Context
from kindpakket.services.base.reading import ReadPermission
from kindpakket.services.shops.register import ShopFile, find_shop_file
from kindpakket.services.signing.messages import list_messages, propose_account

router = APIRouter(prefix="/winkels", dependencies=[require_reading(ReadPermission.SHOP_FORMS)])

ShopPath = Annotated[int, Path(ge=1, le=MAX_SHOP)]


@router.get("/{shop}/rekening")
def show_form(request: Request, context: InContext, shop: ShopPath) -> HTMLResponse:
    """The form to propose an account."""
    return _form(request, _find(context, shop), {"iban": "", "holder": ""}, Mistakes(str))


@router.post("/{shop}/rekening")
def propose(
    request: Request, context: InContext, official: SignedIn, form: Posted, shop: ShopPath
) -> Response:
    """Propose an account, which takes effect when two officials have signed it."""
    file, errors = _find(context, shop), Mistakes(str)
    given = {name: text(form, name) for name in ("iban", "holder")}
    account = read_account(given, errors)
    if account is None:
        return _form(request, file, given, errors)
    before = {each.id for each in list_messages(context)}
    waiting = propose_account(context, file.id, *account, official.address)
    return redirect(f"/berichten/{waiting.id}", "wachtte" if waiting.id in before else "voorbereid")


def _find(context: Context, shop: int) -> ShopFile:
    file = find_shop_file(context, shop)
    if file is None:
        raise Refusal(Code.NOT_FOUND)
    return file


def _form(
    request: Request, file: ShopFile, given: dict[str, str], errors: Mistakes
) -> HTMLResponse:
    status = 400 if errors else 200
    return page(
        request, "shop_account.html.jinja", status=status, shop=file, given=given, errors=errors
    )
