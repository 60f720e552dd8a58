/** What every app does with the page it is on. */

/** What follows # leaves the address bar, and the browser's history: it may be as good as money. */
export function takeFragment(): string {
  const { hash } = location;
  if (hash !== "") history.replaceState(history.state, "", location.pathname);
  return hash;
}

/** Who cannot see that the screen is another one hears its heading. */
export function startAtTop(): void {
  scrollTo(0, 0);
  document.querySelector<HTMLElement>("h1")?.focus();
}
