/** Fields for the passphrase: to enter it, or to choose it when there is none. */

import { refusePassphrase } from "web_shared/device/secrets";
import { DeskTrouble } from "./core/trouble";
import { make } from "./elements";
import { field, type Field } from "./parts";
import type { Words } from "./texts";

export interface Secret {
  roots: HTMLElement[];
  /**
   * Return what was typed, and clear the fields.
   *
   * @throws DeskTrouble `passphrase_differs`, `passphrase_short`, `passphrase_weak`; the fields are not cleared
   */
  take: () => string;
}

/** @param names guessable words, besides the names on the page */
export function passphraseFields(words: Words, chosen: boolean, names: () => readonly string[] = () => []): Secret {
  if (chosen) return oneField(words);
  const hint = words.say("passphrase_new_hint");
  return newSecret(words, [words.say("passphrase_new"), hint, words.say("passphrase_again")], "passphrase_differs", names);
}

/** Fields for a new secret, typed twice. */
export function newSecret(
  words: Words,
  [label, hint, again]: readonly [string, string, string],
  differs: "passphrase_differs" | "password_differs",
  names: () => readonly string[],
): Secret {
  const asked = [secretField(words, label, "new-password", hint), secretField(words, again, "new-password")];
  const take = (): string => {
    const [typed, second] = asked.map(({ input }) => input.value);
    if (typed !== second) throw new DeskTrouble(differs);
    const refused = refusePassphrase(typed!, [...namesOnThePage(), ...names()]);
    if (refused !== null) throw new DeskTrouble(refused);
    return emptied(asked);
  };
  return { roots: asked.map(({ root }) => root), take };
}

function oneField(words: Words): Secret {
  const asked = secretField(words, words.say("passphrase"), "current-password");
  return { roots: [asked.root], take: () => emptied([asked]) };
}

function emptied(asked: readonly Field[]): string {
  const typed = asked[0]!.input.value;
  for (const { input } of asked) [input.value, input.type] = ["", "password"];
  return typed;
}

/** A password field whose text can be shown. Without a maximum length, since truncation unseen would lock its holder out. */
export function secretField(words: Words, label: string, autocomplete: string, hint = ""): Field {
  const made = field(label, { type: "password", autocomplete, spellcheck: "false", autocapitalize: "off" }, hint);
  const show = make("input", { type: "checkbox", id: `${made.input.id}-show`, "aria-controls": made.input.id });
  show.addEventListener("change", () => void (made.input.type = show.checked ? "text" : "password"));
  made.root.append(make("label", { class: "desk-box", for: show.id }, show, words.say("show_typed")));
  return made;
}

/** The names of the municipality and of the official who is signed in. */
function namesOnThePage(): string[] {
  return [...document.querySelectorAll("[data-name]")].map(({ textContent }) => textContent ?? "");
}
