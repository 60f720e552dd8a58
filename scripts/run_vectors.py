"""Test vectors of a letter run: its list, what is printed, and sealed letters."""

import hashlib
import json

from vector_parts import (
    Vector,
    address,
    base32,
    base45,
    card_bytes,
    coupon_key,
    grouped,
    letter_body,
)

SCHEME, RUN = 3, 12
LETTER_VALUES, CARD_VALUES = (50_00, 20_00, 20_00), (20_00, 5_00)
LETTERS, CARDS = 4, 2
APP = "https://ouder.gemeente.example"

IDENTITIES = (
    "ZYLY7WLHG472XEPC3AFWZZG8MVA2FHZ4G632AUZ6KH75TN02G4PSD4CPXF",
    "59CHYVXCW65VUYMVW3Q48R60FD7MT447F989PSSLNTQJERNVTEGQ3PT69Q",
)
"""Of the two officers, without the mark of an age key in front. Made for these vectors."""
RECIPIENTS = (
    "age1xsdqn586hxmz9h3gahwcs3vgdd57rmkhdzgskt7quwlckyn5jeus0v52lj",
    "age1w8e9d3jchp65h72jjn79uv7w0gfu9h30lvraqajrdy7p64v3g9ssad2vfu",
)
TEXT = "04002001081G81860W40J2GB1G6GW3ZW8JF0"
BY_PYTHON = (
    "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSB0RUFIWGJ6akE0cUpiZktza1JpKzdDUWxNUWd4ZTZIV3pT"
    "Y2ovZDVhd3pzCmRlc3dlTUtoZU9zUmVLUDQ4WTJrUFMrUXJNNGV3eHBJbjN5STRuQnRHbTgKLT4gZlktZ3JlYXNl"
    "IHJOfiBfNV8gcVctfQpqT3lYWGZ1eHIrMTZtaHZZTGJYNXBnK3dzVXVNRWcKLS0tIExJcWhsT3VKVmtkU0pHekNq"
    "Z0w2YVlyNFZ2Wjd6YW1ncWZYNzhJd3cyQkEKv1NgDGi7e1vr0A7xcZX7l0fPLpuVsZQ6e2l4niL2RWJmJGdTYXb+"
    "CIh/oHUbSCenj+rs1s1JZp2lsGi1u361gd/vbmgZN/1IrcSdcp9mFBHvi4eOT/vSe77YXgMwOZIyd9whfDZXrJkt"
    "/FqLrMcFkyxPtcQukLG0j9vtdn6H0LFOIqeiP2t65DVX0syNKFteiB2KkDGOTIgBQOioFxci6z9ePyp5awdwhyd6"
    "pRlGW+KvHiXIEd/t6kHneO1PX8DAMBsDrG/kzxssxn9sCXJ+kIW1ga3nx+Cx4oz7yVXBMBeiDnJZb45Bs7ETrY1a"
    "xuTKAXyWr2Tm1M7gcsQkswr7d9mSv66lTaGrA+UoN8xRaDgE+dsf+RAMoscUXfCmaTPiTWEjfqrZEJkBTIV5UA4T"
    "UxdF0fWVX3CcmIDIT/ri+kt/6pKFPLd3jY//kHzMI11dWapl+mGaH+BiTTGCOKv15fZ+cNGGfV9f2vX0YZwd9MNl"
    "5hpGteZs+HfhgvT7t4l7GoilLEW7zicXHPQMb90fdC1tnlRAPyeXjJlAr42L"
)
"""The text as pyrage sealed it; encryption is not deterministic."""
BY_TYPESCRIPT = (
    "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBuOGNteWxIdHRlVStpN2g4VVNZWjU0TWlDMjUwNW51VHR6"
    "Z2FXQnRUbWtZCm1wSWJvaWhCRVp0MFhLNUVGcXdGRlJWVkZOTENLMHVvbWNmTElPK3VJcmMKLS0tIFNxcGRRbkhh"
    "Rml2MkM0cTN2aSszcGZvQmEzSlE5QVErZnJWSkpVNXp2L3MKB8sW7UBEumdLIWtPUOOZfuHoW7yhIjcmuFr8Jswy"
    "wb77JTUlfAVrtmShsl5VY/IMnEKoTmCBXeSFoTrly1MvpETDzSHIMk/j2m9racnnyGm8LUgQgBWNBAAE409IURkQ"
    "RU9VWjZlLIixJjGJiz98Pc4X5FOX489O9yuqmlEGnJ7mKcyeFL7bOUgem97ROzeRCxiSfuBUIEHBy5o8GPCbdo2W"
    "FIkzFlK1cG/vyolZ1jcaC229JCgJSxN572EzScA9kkjl5Bij8G4SGbR9PJwBvre4YNwVE7gaXkWPWmd0MqavD2UK"
    "xoDXoIW1RwKXJBrrtO/B1ABj4i+q1C3E0sR3SazbvyLJw1FEV+CHqA=="
)
"""As age-encryption did."""


def sealed() -> list[Vector]:
    """The same text, sealed by either library."""
    return [
        {
            "by": by,
            "identities": IDENTITIES,
            "recipients": RECIPIENTS,
            "text": TEXT,
            "sealed": content,
        }
        for by, content in (("pyrage", BY_PYTHON), ("age-encryption", BY_TYPESCRIPT))
    ]


def runs() -> list[Vector]:
    """One run; the secret of sheet n is the SHA-256 of "sheet n", of which the first 16 bytes."""
    sheets = []
    listed: dict[int, list[str]] = {}
    for number in range(1, LETTERS + CARDS + 1):
        secret = hashlib.sha256(f"sheet {number}".encode()).digest()[:16]
        values = LETTER_VALUES if number <= LETTERS else CARD_VALUES
        keys = [coupon_key(secret, SCHEME, 0, index) for index in range(len(values))]
        for value, key in zip(values, keys, strict=True):
            listed.setdefault(value, []).append(address(key))
        text = base32(letter_body(SCHEME, secret))
        sheets.append(
            {
                "serial": f"{RUN}-{number:03}",
                "secret": "0x" + secret.hex(),
                "grouped": grouped(text, "-"),
                "qr": [f"{APP}/#KL1.{text}"]
                if number <= LETTERS
                else ["KC1:" + base45(card_bytes(SCHEME, key)) for key in keys],
            }
        )
    values_of = [
        {"value": value, "coupons": sorted(listed[value])} for value in sorted(listed, reverse=True)
    ]
    content = json.dumps({"scheme": SCHEME, "values": values_of}, separators=(",", ":"))
    return [
        {
            "run": RUN,
            "scheme": SCHEME,
            "letters": LETTERS,
            "cards": CARDS,
            "letterValues": LETTER_VALUES,
            "cardValues": CARD_VALUES,
            "app": APP,
            "sheets": sheets,
            "list": content,
            "sha256": "0x" + hashlib.sha256(content.encode()).hexdigest(),
        }
    ]
