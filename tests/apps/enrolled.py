"""What an owner's device stores, read from one that was enrolled and put on one that was not."""

import json
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from kindpakket.actors import ALL_RIGHTS
from kindpakket.domain.ids import ShopId
from kindpakket.protocol.signatures import Key, address_of
from tests.apps.phone import Phone, Street
from tests.support.town import owner_of

PIN = "482915"
"""The PIN of every owner in these tests."""
STRONG = {"name": "argon2id", "memory": 65536, "passes": 3, "lanes": 4}
"""How the app stretches a PIN that is chosen."""
EASY = STRONG | {"memory": 32, "passes": 1}
"""How the PIN of :func:`put_till` is stretched: the cost is stored with what it seals."""

TILL = "Kassa 2"
"""The name of the next till in a shop of the town."""
NO_FACTS = {"schemes": [], "categories": [], "help": None, "clockOffset": 0}

_NONCE, _MASTER, _SALT = b"\x01" * 12, b"\x02" * 32, b"\x03" * 16

_DATABASE = """
    const database = await new Promise((resolve) => {
        const request = indexedDB.open('kindpakket-winkel', 1);
        request.onupgradeneeded = () => request.result.createObjectStore('things');
        request.onsuccess = () => resolve(request.result);
    });
    const done = (request) => new Promise((resolve) => {
        request.onsuccess = () => resolve(request.result);
    });
    const open = (mode) => database.transaction('things', mode).objectStore('things');
    const AES = {name: 'AES-GCM', length: 256};
"""

_READ = f"""async () => {{ {_DATABASE}
    const things = {{}};
    for (const key of await done(open('readonly').getAllKeys())) {{
        const thing = things[key] = await done(open('readonly').get(key));
        if (!(thing?.device instanceof CryptoKey)) continue;
        const {{iv, data}} = thing.master;
        const master = await crypto.subtle.decrypt({{...AES, iv}}, thing.device, data);
        things[key] = {{...thing, device: null, master: new Uint8Array(master)}};
    }}
    const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    return JSON.stringify(things, (_, each) =>
        each instanceof Uint8Array ? {{hex: hex(each)}} : each);
}}"""

PUT = f"""async (text) => {{ {_DATABASE}
    const things = JSON.parse(text, (_, each) =>
        each?.hex ? new Uint8Array(each.hex.match(/../g).map((byte) => parseInt(byte, 16))) : each);
    for (const thing of [things.lock, things.owner_lock]) {{
        const iv = crypto.getRandomValues(new Uint8Array(12));
        thing.device = await crypto.subtle.generateKey(AES, false, ['encrypt', 'decrypt']);
        const data = await crypto.subtle.encrypt({{...AES, iv}}, thing.device, thing.master);
        thing.master = {{iv, data: new Uint8Array(data)}};
    }}
    for (const [key, thing] of Object.entries(things))
        await done(open('readwrite').put(thing, key));
    database.close();
}}"""
"""A function that stores a till's things, in a page of the same origin."""

_FACTS_STORED = f"""async () => {{ {_DATABASE}
    for (let frame = 0; frame < 1800; frame += 1) {{
        if ((await done(open('readonly').get('facts'))).schemes.length > 0) return database.close();
        await new Promise(requestAnimationFrame);
    }}
    throw new Error('the app stored no schemes');
}}"""


def read_things(device: Phone) -> dict[str, Any]:
    """What the device stores; of a lock, the master key as it is below the browser's own key."""

    def parsed(each: dict[str, Any]) -> Any:
        return bytes.fromhex(each["hex"]) if each.keys() == {"hex"} else each

    found: dict[str, Any] = json.loads(device.page.evaluate(_READ), object_hook=parsed)
    return found


def keys_of(device: Phone, pin: str = PIN, work: dict[str, Any] = STRONG) -> list[Key]:
    """The till's key, and on an owner's device the owner's key, which requires the PIN."""
    things = read_things(device)
    device = things["device"]
    till = Key(_open(things["lock"]["master"], device["keys"]))
    if device["owner"] is None:
        return [till]
    lock = things["owner_lock"]
    assert lock["secret"]["work"] == work
    wrapped = lock["master"]
    stretched = _stretch(pin, work, lock["secret"]["salt"])
    master = AESGCM(stretched).decrypt(wrapped[:12], wrapped[12:], None)
    return [till, Key(_open(master, device["owner"]["key"]))]


def put_till(device: Phone, shop: ShopId) -> None:
    """Make a device the owner's of a shop of the town, as it is after a reload of the app: its till
    is on the ledger, and the PIN of the owner's key is not given yet."""
    page, street = device.page, device.street
    blank = f"{street.base_url}/blank"
    page.route(blank, lambda route: route.fulfill(body="", content_type="text/html"))
    page.goto(blank)
    page.evaluate(PUT, new_till(street, shop))
    page.unroute(blank)
    page.goto(f"{street.base_url}/winkel/")
    page.evaluate(_FACTS_STORED)
    device.requests.clear()


def new_till(street: Street, shop: ShopId) -> str:
    """Register a till on the ledger; return what its device stores, as :data:`PUT` takes it."""
    owner, till = owner_of(shop), Key(bytes([150 + shop]) * 32)
    now = street.town.now()
    street.api.change_till(owner, shop, till, now, active=True, name=TILL, rights=ALL_RIGHTS)
    things = _things(street, shop, owner, till)
    return json.dumps(things, default=lambda each: {"hex": each.hex()})


def _things(street: Street, shop: ShopId, owner: Key, till: Key) -> dict[str, Any]:
    wrapped = _seal(_stretch(PIN, EASY, _SALT), _MASTER)
    device = {
        "shop": shop,
        "name": f"Winkel {shop}",
        "role": "owner",
        "till": address_of(till),
        "tillName": TILL,
        "keys": _seal(_MASTER, till),
        "owner": {"address": address_of(owner), "key": _seal(_MASTER, owner)},
        "ready": True,
    }
    secret = {"work": EASY, "salt": _SALT}
    return {
        "lock": {"version": 1, "master": _MASTER, "secret": None},
        "owner_lock": {"version": 1, "master": wrapped["iv"] + wrapped["data"], "secret": secret},
        "device": device,
        "facts": NO_FACTS | {"ledger": street.api.get("/ledger")["domain"]},
    }


def _stretch(pin: str, work: dict[str, Any], salt: bytes) -> bytes:
    memory, passes, lanes = work["memory"], work["passes"], work["lanes"]
    argon2id = Argon2id(salt=salt, length=32, iterations=passes, lanes=lanes, memory_cost=memory)
    return argon2id.derive(pin.encode())


def _seal(key: bytes, plain: bytes) -> dict[str, bytes]:
    return {"iv": _NONCE, "data": AESGCM(key).encrypt(_NONCE, plain, None)}


def _open(key: bytes, sealed: dict[str, bytes]) -> bytes:
    return AESGCM(key).decrypt(sealed["iv"], sealed["data"], None)
