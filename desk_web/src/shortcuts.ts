/**
 * Keys of the keyboard for the daily round; the server's page "Sneltoetsen" documents them.
 *
 * They are single characters, so they can be switched off (WCAG 2.1.4), and do nothing in a field. The page names the
 * elements: `data-key="/"` is one key, `data-key="g b"` a sequence.
 */

const OFF = "kindpakket-keys-off";
/** How long the second key of a sequence can take. */
const SEQUENCE_MS = 1500;
const FIELDS = "input, textarea, select, [contenteditable]";
/** What `j` and `k` go through: the cards and rows of the page. */
const ITEMS = "main :is(.desk-card__link, .desk-row, .desk-list a)";
const SIGNING = "main form[data-sign-messages] :is(input, select, button):not([type=hidden])";

let first = "";
let firstAt = 0;

export function listenForKeys(store: Storage): void {
  offerSwitch(store);
  document.addEventListener("keydown", (event) => {
    if (store.getItem(OFF) !== null || !isForUs(event)) return;
    const sequence = event.timeStamp - firstAt < SEQUENCE_MS ? `${first} ${event.key}` : "";
    [first, firstAt] = [event.key, event.timeStamp];
    if (follow(named(sequence) ?? named(event.key)) || move(event.key)) event.preventDefault();
  });
}

function isForUs({ key, target, ctrlKey, altKey, metaKey, isComposing }: KeyboardEvent): boolean {
  return key.length === 1 && !ctrlKey && !altKey && !metaKey && !isComposing && !(target as Element).closest(FIELDS);
}

function named(keys: string): HTMLElement | undefined {
  const elements = document.querySelectorAll<HTMLElement>("[data-key]");
  return [...elements].find(({ dataset }) => keys !== "" && dataset.key === keys);
}

/** Open a link, or go to a field, which can be in the menu of a phone. */
function follow(element: HTMLElement | undefined): boolean {
  if (!element) return false;
  if (element.matches("a")) element.click();
  else if (isShown(element)) element.focus();
  else document.querySelector<HTMLElement>("[popovertarget=menu]")!.click();
  return true;
}

function shown(selector: string): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(selector)].filter(isShown);
}

function isShown(element: HTMLElement): boolean {
  return element.getClientRects().length > 0;
}

function move(key: string): boolean {
  if (key === "t") return focus(shown(SIGNING)[0]);
  if (key !== "j" && key !== "k") return false;
  const items = shown(ITEMS);
  const at = items.indexOf(document.activeElement as HTMLElement);
  if (key === "j") return focus(items[at + 1]);
  return focus(items[at - 1]);
}

function focus(element: HTMLElement | undefined): boolean {
  element?.focus();
  return element !== undefined;
}

/** The switch on the page that documents the keys. */
function offerSwitch(store: Storage): void {
  const label = document.querySelector<HTMLElement>("[data-keys-switch]");
  if (!label) return;
  const box = label.querySelector("input")!;
  box.checked = store.getItem(OFF) === null;
  box.addEventListener("change", () => (box.checked ? store.removeItem(OFF) : store.setItem(OFF, "1")));
  label.hidden = false;
}
