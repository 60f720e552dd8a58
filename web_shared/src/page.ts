/** The URL and the focus of the page. */

/** Return the URL's fragment, and remove it from the address bar and the history: it may contain a letter's secret. */
export function takeFragment(): string {
  const { hash } = location;
  if (hash !== "") history.replaceState(history.state, "", location.pathname);
  return hash;
}

/** After a change of screen: scroll up, and focus the heading, so that a screen reader announces it. */
export function startAtTop(): void {
  scrollTo(0, 0);
  document.querySelector<HTMLElement>("h1")?.focus();
}
