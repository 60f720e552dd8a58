"""``kindpakket code``, ``pay`` and ``refund``: act as a parent's phone and as a shop's till."""

import time
from pathlib import Path
from typing import Annotated, Any

import httpx2
import typer

from kindpakket.actors import API, Api, Till, claim, show_code, spend_from_card
from kindpakket.cli.common import REFUSED, AsJson, Data, PasswordFile, Stop, WriteAccess, acting
from kindpakket.cli.inputs import (
    find_code,
    read_euros,
    read_letter_text,
    read_secret_text,
)
from kindpakket.cli.keys import open_keystore
from kindpakket.cli.output import draw_qr, dutch, say, show_json, write_qr
from kindpakket.cli.wallet import open_letter
from kindpakket.domain.ids import Hash, ShopId
from kindpakket.domain.letters import Letter
from kindpakket.domain.money import format_euros
from kindpakket.domain.refusals import Code as Reason
from kindpakket.domain.refusals import Refusal
from kindpakket.domain.times import dutch_moment, rfc3339
from kindpakket.domain.wallet import BudgetTooLow, choose_coupons
from kindpakket.protocol.codes import CARD_PREFIX, CodeUnreadable, PaymentCode, read_card
from kindpakket.protocol.keys import coupon_key

_ATTEMPTS = 3
"""Maximum number of attempts when the connection fails; claims are idempotent."""

Amount = Annotated[str, typer.Option(help="Het bedrag in euro's, als 42,50.")]
ShopNumber = Annotated[int, typer.Option(help="Het nummer van de winkel.")]
TillName = Annotated[str, typer.Option(help="Sleutelbestand van de kassa: de naam of het pad.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (code, pay, refund):
        app.command()(command)


def code(
    amount: Amount,
    letter_file: Annotated[
        Path | None, typer.Option(help="Bestand met de tekst van de brief; anders een vraag.")
    ] = None,
    shop: Annotated[int, typer.Option(help="Alleen voor deze winkel.")] = 0,
    png: Annotated[Path | None, typer.Option(help="Schrijf de QR-code in dit bestand.")] = None,
    svg: Annotated[Path | None, typer.Option(help="Schrijf de QR-code in dit bestand.")] = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Maak een betaalcode van een brief, vijf minuten geldig.

    De tekst van de brief komt uit een bestand, een pipe of een vraag, en blijft nergens achter.
    """
    cents = read_euros(amount)
    text = read_secret_text(letter_file, "Tekst van de brief", hide=True)
    letter = read_letter_text(text)
    with acting(data) as access:
        made = _make_code(access, letter, cents, shop)
    for path in (png, svg):
        if path is not None:
            write_qr(made.text, path)
    until = made.spend.valid_until
    if as_json:
        return show_json(
            {
                "code": made.text,
                "maxAmount": made.spend.max_amount,
                "shop": made.spend.shop or None,
                "coupons": len(made.spend.coupons),
                "validUntil": rfc3339(until),
            }
        )
    if png is svg is None:
        draw_qr(made.text)
    return say(f"{format_euros(cents)}, geldig tot {dutch_moment(until)}", made.text)


def pay(
    shop: ShopNumber,
    amount: Amount,
    till: TillName,
    code_file: Annotated[
        Path | None, typer.Option(help="Bestand met de code; anders een pipe of een vraag.")
    ] = None,
    rest: Annotated[
        bool, typer.Option("--rest", help="Reken af wat er nog is, als de klant dat goed vindt.")
    ] = False,
    password_file: PasswordFile = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Laat een kassa een code innen: van een telefoon of van een kaart."""
    cents = read_euros(amount)
    text = find_code(read_secret_text(code_file, "Code", hide=False))
    with acting(data) as access:
        device = Till(ShopId(shop), open_keystore(access.settings, till, password_file))
        try:
            if text.startswith(CARD_PREFIX):
                card = read_card(text)
                text = spend_from_card(
                    access.api.domain, card, shop, cents, access.ledger_time
                ).text
            body = claim(access.api.domain, device, text, cents, rest=rest)
        except CodeUnreadable as error:
            raise Refusal(Reason.CODE_UNREADABLE) from error
        payment = _send(access.api, "/payments", body)
    if as_json:
        return show_json(payment)
    return say(
        f"Betaald: {format_euros(payment['amount'])}",
        f"Bewijs: {payment['id']}",
        f"Op {dutch(payment['time'])}, blok {payment['block']}",
    )


def refund(
    payment: Annotated[str, typer.Argument(help="Het bewijs van de betaling (0x…).")],
    shop: ShopNumber,
    till: TillName,
    amount: Annotated[
        str | None, typer.Option(help="Het bedrag; anders alles wat nog niet terug is.")
    ] = None,
    password_file: PasswordFile = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Geef een betaling terug, geheel of gedeeltelijk, op hetzelfde budget."""
    with acting(data) as access:
        paid = access.api.get(f"/payments/{_payment_id(payment)}")
        cents = paid["amount"] - paid["refunded"] if amount is None else read_euros(amount)
        if cents == 0:
            raise Refusal(Reason.REFUND_TOO_HIGH)
        device = Till(ShopId(shop), open_keystore(access.settings, till, password_file))
        done = access.api.refund(device, Hash(paid["id"]), cents, access.ledger_time)
    if as_json:
        return show_json(done)
    return say(
        f"Teruggegeven: {format_euros(done['amount'])}",
        f"Van deze betaling is nu {format_euros(done['refunded'])} terug.",
    )


def _make_code(access: WriteAccess, letter: Letter, cents: int, shop: int) -> PaymentCode:
    coupons = open_letter(access.api, letter, access.ledger_time)
    if not coupons:
        raise Stop("Op deze brief is nog niets toegekend.", REFUSED)
    try:
        chosen = choose_coupons(coupons, cents)
    except BudgetTooLow as error:
        most = format_euros(error.most)
        raise Stop(f"Er past hoogstens {most} in een code van deze brief.", REFUSED) from error
    return show_code(
        access.api.domain,
        letter.scheme,
        [coupon_key(letter, coupon.generation, coupon.index) for coupon in chosen],
        cents,
        access.ledger_time,
        shop=shop,
        nonce=max(access.ledger_time, *(coupon.last_nonce + 1 for coupon in chosen)),
    )


def _send(api: Api, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """Retry an act when the connection fails; acts are idempotent."""
    for _ in range(_ATTEMPTS - 1):
        try:
            return _decided(api.post(path, body))
        except httpx2.TransportError:
            time.sleep(1)
    return _decided(api.post(path, body))


def _decided(answer: dict[str, Any]) -> dict[str, Any]:
    if answer["status"] != "settled":
        raise Stop(f"Nog niet beslist; vraag het zo na: {API}/payments/{answer['id']}", REFUSED)
    return answer


def _payment_id(text: str) -> str:
    if len(text) != 66 or not text.startswith("0x"):
        raise Refusal(Reason.PAYMENT_UNKNOWN)
    return text.lower()
