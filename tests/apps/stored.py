"""What an app stored in the browser."""

from playwright.sync_api import Page

_THINGS = """async (name) => {
    const database = await new Promise((resolve) => {
        const request = indexedDB.open(name);
        request.onsuccess = () => resolve(request.result);
    });
    const things = await new Promise((resolve) => {
        const request = database.transaction('things').objectStore('things').getAll();
        request.onsuccess = () => resolve(request.result);
    });
    database.close();
    return things;
}"""
_TEXT = f"""async (name) => {{
    const things = await ({_THINGS})(name);
    const hex = (bytes) => [...bytes].map((b) => b.toString(16).padStart(2, '0')).join('');
    const all = [...things, {{...localStorage}}, {{...sessionStorage}}];
    return JSON.stringify(all, (_, value) => value instanceof Uint8Array ? hex(value)
        : value instanceof CryptoKey ? {{extractable: value.extractable}} : value);
}}"""
_WAIT = """async (name) => {
    for (let frame = 0; frame < 1800; frame += 1) {
        if ((await (%s)(name)).some(%s)) return;
        await new Promise(requestAnimationFrame);
    }
    throw new Error('the app did not store it');
}"""


def all_stored(page: Page, database: str = "kindpakket") -> str:
    """Everything that is stored, as a JSON array with bytes in hex."""
    stored: str = page.evaluate(_TEXT, database)
    return stored


def wait_until_stored(page: Page, test: str, database: str = "kindpakket") -> None:
    """Wait until something that an app stored passes a test, a function in JavaScript."""
    page.evaluate(_WAIT % (_THINGS, test), database)
