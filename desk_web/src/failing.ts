/** What the page says when a script of it fails. */

/** Show the page's notice at each error that nothing else shows: a button would do nothing, without a word. */
export function tellFailures(): void {
  // The error is null where a browser reports something of its own.
  addEventListener("error", ({ error }) => error !== null && tell());
  addEventListener("unhandledrejection", tell);
}

function tell(): void {
  const notice = document.querySelector<HTMLElement>("[data-failed]");
  if (!notice?.hidden) return;
  notice.hidden = false;
  notice.parentElement!.prepend(notice);
  notice.focus();
}
