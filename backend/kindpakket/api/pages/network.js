// Keeps the page up to date. It works without this: reload it, and the buttons are forms.

const SECONDS = 2;

/** Replace what changed, except below a button that is pressed or has the focus: only its text. */
function update(fresh) {
  for (const section of document.querySelectorAll("[data-live]")) {
    const its = fresh.querySelector(`[data-live="${section.dataset.live}"]`);
    if (its && its.outerHTML !== section.outerHTML && !section.matches(":active, :has(:active)")) {
      const focused = document.activeElement?.closest("form")?.action;
      section.replaceWith(its);
      if (focused) {
        [...its.querySelectorAll("form")].find(({ action }) => sameNode(action, focused))
          ?.querySelector("button").focus({ preventScroll: true });
      }
    }
  }
}

/** Whether two forms are about one node: their addresses differ after the last slash. */
function sameNode(one, other) {
  return one.slice(0, one.lastIndexOf("/")) === other.slice(0, other.lastIndexOf("/"));
}

async function load() {
  try {
    const answer = await fetch(location.href);
    if (answer.ok) {
      update(new DOMParser().parseFromString(await answer.text(), "text/html"));
    }
  } catch {
    // The server is away; what is shown stays, and is asked for again.
  }
}

document.addEventListener("submit", async (event) => {
  event.preventDefault();
  await fetch(event.target.action, { method: "POST", redirect: "manual" }).catch(() => {});
  await load();
});

async function keepFresh() {
  if (!document.hidden) {
    await load();
  }
  setTimeout(keepFresh, SECONDS * 1000);
}

setTimeout(keepFresh, SECONDS * 1000);
