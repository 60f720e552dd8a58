"""The content of ``demo.json``, which other programs use to drive the town."""

import stat
from collections.abc import Mapping

from kindpakket.actors import Api, Till, show_code, spend_from_card
from kindpakket.cli.wallet import open_letter
from kindpakket.demo.town_file import key_of
from kindpakket.domain.ids import SchemeId
from kindpakket.domain.letters import LETTER_VALUES, read_letter
from kindpakket.domain.refusals import Refusal
from kindpakket.protocol.change_files import PREFIX_BYTES, read_coupons
from kindpakket.protocol.codes import read_card
from kindpakket.protocol.keys import coupon_key
from kindpakket.protocol.signatures import address_of
from tests.support.demo_town import Served, client, now_of, scheme_of

ALL_CAPACITIES = {"RULES", "SHOPS", "BUDGET", "ISSUE", "PAYOUT", "OFFICIALS", "REGISTER"}


def coupons_of(letter: str) -> list[str]:
    return [
        address_of(coupon_key(read_letter(letter), 0, index)) for index in range(len(LETTER_VALUES))
    ]


def issued_in(open_town: Served, scheme: int) -> Mapping[bytes, int]:
    """The coupons of a scheme as a wallet reads them: values by the start of the address."""
    with client(open_town.base_url) as api:
        return read_coupons(api.get_file(f"/schemes/{scheme}/coupons"), scheme).coupons


def start_of(address: str) -> bytes:
    return bytes.fromhex(address[2:])[:PREFIX_BYTES]


def test_only_its_owner_can_read_it(open_town: Served) -> None:
    mode = (open_town.data / "demo.json").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_it_is_marked_as_a_demo(open_town: Served) -> None:
    assert open_town.town["demo_only"] is True
    assert "never use them anywhere else" in open_town.town["warning"]


def test_it_tells_where_the_town_is(open_town: Served) -> None:
    town = open_town.town
    assert town["base_url"] == open_town.base_url
    with client(open_town.base_url) as api:
        ledger = api.get("/ledger")
    assert town["ledger"] == {"chain_id": ledger["chainId"], "address": ledger["address"]}
    assert (town["scheme"], town["closed_scheme"], town["paused_scheme"]) == (1, 2, 3)


def test_letters_hold_300_euros_that_nobody_has_touched(open_town: Served) -> None:
    town = open_town.town
    assert len(set(town["letters"])) >= 20
    for scheme, letters in (
        (town["scheme"], town["letters"]),
        (town["closed_scheme"], town["closed_letters"]),
        (town["paused_scheme"], town["paused_letters"]),
    ):
        assert letters
        for letter in letters:
            assert len(letter) == 36
            assert read_letter(letter).scheme == scheme
            with client(open_town.base_url) as api:
                found = open_letter(api, read_letter(letter), now_of(api))
            assert [coupon.remaining for coupon in found] == list(LETTER_VALUES)
            assert not any(coupon.used for coupon in found)


def test_cards_are_of_no_listed_letter(open_town: Served) -> None:
    town = open_town.town
    cards = [read_card(text) for text in town["cards"]]
    addresses = {address_of(card.key) for card in cards}
    issued = issued_in(open_town, town["scheme"])
    assert len(addresses) == len(cards) >= 5
    assert addresses.isdisjoint(a for letter in town["letters"] for a in coupons_of(letter))
    assert {issued[start_of(address)] for address in addresses} == {2_000}


def test_the_scheme_is_of_200_letters_and_10_cards(open_town: Served) -> None:
    scheme = scheme_of(open_town, 1)
    assert scheme["issued"] == 210 * 300_00
    assert len(issued_in(open_town, 1)) == 200 * len(LETTER_VALUES) + 10 * 15
    assert scheme["funded"] >= scheme["issued"]
    assert scheme["spent"] > scheme["refunded"] > 0


def test_shops_are_as_the_ledger_has_them(open_town: Served) -> None:
    town = open_town.town
    with client(open_town.base_url) as api:
        admitted = {shop["id"]: shop for shop in api.get("/shops", scheme=1)}
        table = {category["name"]: category["sbi"] for category in api.get("/categories")}
    assert len(admitted) == 12
    for shop in town["shops"]:
        assert set(shop) == {
            "id",
            "name",
            "categories",
            "admitted",
            "permitted",
            "owner_key",
            "till_key",
        }
        assert set(shop["categories"]) <= set(table)
        assert shop["admitted"] == (shop["id"] in admitted)
        if shop["admitted"]:
            found = admitted[shop["id"]]
            assert found["address"]
            assert {name: found[name] for name in ("name", "categories", "permitted")} == {
                name: shop[name] for name in ("name", "categories", "permitted")
            }
    sold = {name for shop in town["shops"] for name in shop["categories"]}
    assert sold >= {"bicycles", "sports", "clothing", "shoes", "books", "toys", "off_licences"}
    assert [shop["categories"] for shop in town["shops"] if not shop["permitted"]] == [
        ["bicycles", "off_licences"],
        ["off_licences"],
    ]
    assert [shop["permitted"] for shop in town["shops"] if not shop["admitted"]] == [True]


def test_each_capacity_has_the_holders_it_needs(open_town: Served) -> None:
    held = [name for official in open_town.town["officials"] for name in official["capacities"]]
    assert set(held) == ALL_CAPACITIES
    assert all(held.count(name) >= 2 for name in ALL_CAPACITIES)
    assert held.count("OFFICIALS") >= 3


def test_the_town_can_be_driven_by_its_keys(open_town: Served) -> None:
    """Every shop's till claims from a letter of every scheme; the outcome is that in the file."""
    town = open_town.town
    with client(open_town.base_url) as api:
        for number, shop in enumerate(town["shops"]):
            till = Till(shop["id"], key_of(shop["till_key"]))
            paid = shop["admitted"] and shop["permitted"]
            why = "category_not_permitted" if shop["admitted"] else "shop_not_admitted"
            expected = {
                town["letters"][number]: "paid" if paid else why,
                town["closed_letters"][0]: "scheme_not_open",
                town["paused_letters"][0]: "scheme_paused",
            }
            for letter, answer in expected.items():
                assert pay(api, till, letter) == answer


def test_a_card_can_be_spent(open_town: Served) -> None:
    town, shop = open_town.town, open_town.town["shops"][0]
    till = Till(shop["id"], key_of(shop["till_key"]))
    with client(open_town.base_url) as api:
        now = now_of(api)
        for text in town["cards"][:5]:
            code = spend_from_card(api.domain, read_card(text), shop["id"], 2_000, now).text
            assert api.pay(till, code, 2_000)["amount"] == 2_000


def test_owners_and_officials_can_act(open_town: Served) -> None:
    town, shop = open_town.town, open_town.town["shops"][-1]
    two = [key_of(each["key"]) for each in town["officials"] if "BUDGET" in each["capacities"]][:2]
    with client(open_town.base_url) as api:
        now = now_of(api)
        before = scheme_of(open_town, 1)["funded"]
        api.decide(two, now, "fund", SchemeId(1), 100)
        assert scheme_of(open_town, 1)["funded"] == before + 100
        till = address_of(key_of(shop["till_key"]))
        api.change_till(key_of(shop["owner_key"]), shop["id"], till, now, active=False)


def pay(api: Api, till: Till, letter: str) -> str:
    """Pay € 1 from a letter's last coupon; return ``paid`` or the reason."""
    found = read_letter(letter)
    code = show_code(api.domain, found.scheme, [coupon_key(found, 0, 5)], 100, now_of(api))
    try:
        api.pay(till, code.text, 100)
    except Refusal as refusal:
        return refusal.code.value
    return "paid"
