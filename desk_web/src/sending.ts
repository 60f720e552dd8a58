/** Forms of the page that are submitted with signatures of the script. */

import { make } from "./elements";
import { Notices } from "./parts";
import type { Words } from "./texts";

/** Values by the name of the input. */
export type Values = Record<string, readonly string[]>;

/** Set the hidden inputs of a form; replaces those with the same names. */
export function fill(form: HTMLFormElement, values: Values): void {
  for (const [name, all] of Object.entries(values)) {
    form.querySelectorAll(`input[type="hidden"][name="${name}"]`).forEach((old) => old.remove());
    form.append(...all.map((value) => make("input", { type: "hidden", name, value })));
  }
}

/**
 * Put fields above a form's button, and on submission add what `sign` returns.
 *
 * @param sign when it throws, the error is shown, and the form is not submitted
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
