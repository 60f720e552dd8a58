/** Forms of the page that are sent only with what the script signed. */

import { make, Notices } from "./parts";
import type { Words } from "./texts";

/** What to send, by the names of the inputs. */
export type Values = Record<string, readonly string[]>;

/** Put hidden inputs with these values, and no others of their names, into a form. */
export function fill(form: HTMLFormElement, values: Values): void {
  for (const [name, all] of Object.entries(values)) {
    form.querySelectorAll(`input[type="hidden"][name="${name}"]`).forEach((old) => old.remove());
    form.append(...all.map((value) => make("input", { type: "hidden", name, value })));
  }
}

/**
 * Ask for something above a form's button, and send the form with what is signed then.
 *
 * @param sign what it throws is told, and nothing is sent
 */
export function signBeforeSending(
  form: HTMLFormElement,
  words: Words,
  asked: readonly HTMLElement[],
  sign: () => Promise<Values>,
): Notices {
  const notices = new Notices(words);
  aboveTheButton(form, [...asked, notices.root]);
  let signed = false;
  form.addEventListener("submit", (event) => {
    if (signed) return;
    event.preventDefault();
    const { submitter } = event;
    void notices.attempt(async () => {
      fill(form, await sign());
      signed = true;
      try {
        form.requestSubmit(submitter);
      } finally {
        signed = false;
      }
    });
  });
  return notices;
}

function aboveTheButton(form: HTMLFormElement, elements: readonly HTMLElement[]): void {
  let next = form.querySelector("button:not([type]), button[type=submit]");
  while (next && next.parentElement !== form) next = next.parentElement;
  const place = make("div", { class: "stack" }, ...elements);
  if (next) next.before(place);
  else form.append(place);
}
