"""Routes for shops, which translate between HTTP and services without own logic."""

from typing import Annotated

from fastapi import Depends, Path, Query, Response

from kindpakket.api import schemas as s
from kindpakket.api.account_schemas import BankAccountAnswer, BankAccountRequest, SignedBy
from kindpakket.api.parts import InContext, OnSite, ShopPath, Token, new_router, problems
from kindpakket.domain.capacities import Capacity
from kindpakket.domain.categories import names_of
from kindpakket.domain.ids import Address, Hash, ShopId
from kindpakket.domain.refusals import Forbidden
from kindpakket.protocol.enrolment import Invitation
from kindpakket.protocol.messages import BankAccount
from kindpakket.services.base import sessions
from kindpakket.services.base.paging import PAGE
from kindpakket.services.base.reading import ALLOWED, ReadPermission
from kindpakket.services.oversight import inspections
from kindpakket.services.payments import proofs
from kindpakket.services.payments.till_rights import Rights, change_rights
from kindpakket.services.payouts.received import list_received
from kindpakket.services.shops import bank_accounts, books, enrol
from kindpakket.services.shops.bank_accounts import AccountValidity, SignedAccount

router = new_router()

_DAY = "A day in the Netherlands; itself listed too"
First = Annotated[s.Day | None, Query(alias="from", description=_DAY)]
Last = Annotated[s.Day | None, Query(alias="until", description=_DAY)]


def _reader(context: InContext, token: Token, shop: ShopPath) -> sessions.Reader:
    return sessions.require_shop(context, token, ShopId(shop), ReadPermission.SHOPS)


ShopReader = Annotated[sessions.Reader, Depends(_reader)]


def _own_shop(context: InContext, token: Token, shop: ShopPath) -> ShopId:
    _reader(context, token, shop)
    return ShopId(shop)


def _own_books(context: InContext, shop: ShopPath, reader: ShopReader) -> ShopId:
    books.require_books(context, reader)
    return ShopId(shop)


def _owned_shop(shop: ShopPath, reader: ShopReader) -> ShopId:
    if reader.kind is not sessions.ReaderKind.OWNER:
        raise Forbidden
    return ShopId(shop)


def _payments_reader(
    context: InContext, token: Token, shop: ShopPath, first: First = None, last: Last = None
) -> sessions.Reader:
    return inspections.require_payments(context, token, ShopId(shop), first, last)


def _inspector(context: InContext, token: Token) -> Address:
    return sessions.require_capacity(context, token, ALLOWED[ReadPermission.SHOP_PAYMENTS])


def _any_shop(context: InContext, token: Token, shop: ShopPath) -> ShopId:
    sessions.require_capacity(context, token, Capacity.SHOPS)
    return ShopId(shop)


OwnShop = Annotated[ShopId, Depends(_own_shop)]
OwnBooks = Annotated[ShopId, Depends(_own_books)]
OwnedShop = Annotated[ShopId, Depends(_owned_shop)]
PaymentsReader = Annotated[sessions.Reader, Depends(_payments_reader)]
Inspector = Annotated[Address, Depends(_inspector)]
AnyShop = Annotated[ShopId, Depends(_any_shop)]

_READ = problems(400, 401, 403, 404, 503)


@router.post("/shops/{shop}/invitations", tags=["shop"], status_code=201, responses=_READ)
def post_invitation(context: InContext, site: OnSite, shop: AnyShop) -> s.InvitationAnswer:
    """Invite a shop's owner, as an official with SHOPS. Voids an earlier invitation."""
    made, expires_at = enrol.invite_owner(context, shop)
    return s.InvitationAnswer(link=made.link(site.address), expires_at=expires_at)


@router.post(
    "/enrolments",
    tags=["shop"],
    status_code=201,
    responses=problems(400, 409, 503) | {200: {"description": "Used before, by the same owner."}},
)
def post_enrolment(
    context: InContext, body: s.EnrolmentRequest, response: Response
) -> s.EnrolmentAnswer:
    """Use an invitation: name the shop's owner key, for officials to decide on."""
    invitation = Invitation(ShopId(body.shop), s.unhex(body.secret))
    file, made = enrol.enrol(context, invitation, Address(body.owner))
    if not made:
        response.status_code = 200
    return s.EnrolmentAnswer(
        shop=file.id,
        name=file.name,
        address=file.address,
        categories=names_of(file.categories),
        tills=len(books.list_tills(context, file.id)),
    )


@router.get("/shops/{shop}", tags=["shop"], responses=_READ)
def get_shop(context: InContext, shop: ShopPath, reader: ShopReader) -> s.OwnShopAnswer:
    """The status of a shop, for its owner and tills; without amounts for a till without `books`."""
    file = books.read_shop(context, ShopId(shop))
    place, rights = file.details.location, books.rights_in(context, reader)
    return s.OwnShopAnswer(
        id=file.id,
        name=file.name,
        address=file.address,
        location=place and s.LocationAnswer.model_validate(place),
        owner=file.owner or "",
        categories=names_of(file.categories),
        admitted=file.admitted,
        suspended=file.suspended,
        owed=file.owed if rights.books else None,
        settled=file.settled if rights.books else None,
        rights=s.TillRights.model_validate(rights),
    )


@router.get("/shops/{shop}/tills", tags=["shop"], responses=_READ)
def get_shop_tills(
    context: InContext,
    shop: OwnShop,
    after: Annotated[
        s.Address | None, Query(description="The last till of the previous page")
    ] = None,
) -> list[s.TillAnswer]:
    """A shop's tills, blocked ones too, with the names and rights that the owner gave them."""
    last = None if after is None else Address(after)
    tills = books.list_tills(context, shop, last, PAGE)
    return [s.TillAnswer.model_validate(till) for till in tills]


@router.post("/shops/{shop}/tills/{till}", tags=["shop"], responses=_READ)
def post_till_settings(
    context: InContext,
    shop: OwnedShop,
    till: Annotated[s.Address, Path()],
    body: s.TillSettingsRequest,
) -> s.TillAnswer:
    """Name a till and say what it may do, with the session of the shop's owner."""
    rights = Rights(body.rights.refunds, body.rights.books)
    change_rights(context, shop, Address(till), body.name, rights)
    (changed,) = [each for each in books.list_tills(context, shop) if each.till == till]
    return s.TillAnswer.model_validate(changed)


@router.get("/shops/{shop}/bank-account", tags=["shop"], responses=_READ)
def get_shop_bank_account(context: InContext, shop: OwnShop) -> BankAccountAnswer | None:
    """The account of a shop; null if there is no valid signed account."""
    found = bank_accounts.find_account(context, shop)
    if found is None or found[1] is AccountValidity.NOT_SIGNED:
        return None
    return _account(*found)


@router.post(
    "/bank-accounts",
    tags=["shop"],
    status_code=201,
    responses=problems(400, 409, 503) | {200: {"description": "This version is the newest."}},
)
def post_bank_account(
    context: InContext, body: BankAccountRequest, response: Response
) -> BankAccountAnswer:
    """Set the account of a shop, as its owner. Idempotent."""
    message = BankAccount(ShopId(body.shop), body.iban, body.holder, body.nonce)
    account, made = bank_accounts.set_account(context, message, [s.unhex(body.signature)])
    if not made:
        response.status_code = 200
    return _account(account, AccountValidity.VALID)


@router.get("/shops/{shop}/payments", tags=["shop"], responses=_READ)
def get_shop_payments(
    context: InContext,
    shop: ShopPath,
    reader: PaymentsReader,
    first: First = None,
    last: Last = None,
    proof: Annotated[s.ProofText | None, Query(description="Only those with this code")] = None,
    before: Annotated[s.Hash | None, Query(description="The last one of the previous page")] = None,
) -> list[s.ListedPaymentAnswer]:
    """A shop's payments, newest first. Officials need an open inspection."""
    newer = None if before is None else Hash(before)
    found = books.list_payments_for(context, reader, ShopId(shop), first, last, proof, newer)
    return [s.ListedPaymentAnswer.model_validate(payment) for payment in found]


@router.post("/shops/{shop}/inspections", tags=["shop"], status_code=201, responses=_READ)
def post_inspection(
    context: InContext, official: Inspector, shop: ShopPath, body: s.InspectionRequest
) -> s.InspectionAnswer:
    """Open an inspection: give a reason to read a shop's payments of some days for half an hour."""
    made = inspections.open_inspection(
        context, official, ShopId(shop), body.from_, body.until, body.reason
    )
    return s.InspectionAnswer.model_validate(made)


@router.get("/shops/{shop}/payouts", tags=["shop"], responses=_READ)
def get_shop_payouts(
    context: InContext,
    shop: OwnBooks,
    before: Annotated[
        s.BatchQuery | None, Query(description="The last one of the previous page")
    ] = None,
) -> list[s.PayoutAnswer]:
    """A shop's payouts, newest first."""
    found = list_received(context, shop, before, PAGE)
    return [s.PayoutAnswer.model_validate(payout) for payout in found]


@router.get("/proofs/{proof}", tags=["facts"], responses=problems(400, 503))
def get_proof(context: InContext, proof: Annotated[s.ProofText, Path()]) -> list[s.ProofAnswer]:
    """The payments with this proof code, which is on a receipt; empty when it is unknown."""
    return [s.ProofAnswer.model_validate(each) for each in proofs.look_up_proof(context, proof)]


def _account(account: SignedAccount, validity: AccountValidity) -> BankAccountAnswer:
    signed_by = SignedBy.OWNER if account.by_owner else SignedBy.OFFICIALS
    if validity is AccountValidity.OWNER_REPLACED:
        signed_by = SignedBy.FORMER_OWNER
    return BankAccountAnswer(
        iban=account.masked,
        holder=account.holder,
        nonce=account.nonce,
        signed_by=signed_by,
        changed_at=account.set_at,
    )
