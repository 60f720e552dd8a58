/** The scripts of a page that need a key of this device. */

import { Keys } from "./core/keys";
import { troubleOf } from "./core/trouble";
import { signMessages } from "./sign_messages";
import { showKeys } from "./key_list";
import { newOfficial, showOfficialCode } from "./new_official";
import { alertBox, make } from "./elements";
import { type Words, wordsIn } from "./texts";

type Part<Element> = (element: Element, keys: Keys, words: Words) => Promise<void>;

export async function start(): Promise<void> {
  // Loaded early: after a deployment the server has no chunks of this version. The officers' pages weigh too much for it.
  if (!document.querySelector("[data-privacy-keys], [data-replace]")) void import("@noble/hashes/argon2.js");
  const words = await wordsIn(document.documentElement.lang);
  await onEach<HTMLElement>("[data-signed-out]", words, (_, keys) => keys.removeTemporary());
  for (const onward of document.querySelectorAll<HTMLElement>("[data-onward]")) onward.hidden = false;
  await onEach<HTMLElement>("[data-keys]", words, showKeys);
  await onEach<HTMLFormElement>("form[data-sign-messages]", words, signMessages);
  await onEach<HTMLFormElement>("form[data-new-official]", words, newOfficial);
  await onEach<HTMLElement>("[data-official-code]", words, showOfficialCode);
  if (document.querySelector("[data-recipient], [data-privacy-keys]")) (await import("./privacy")).startPrivacy(words);
  const lost = document.querySelector<HTMLElement>("[data-replace]");
  if (lost) await (await import("./replacing")).startReplacing(lost, words);
}

async function onEach<E extends HTMLElement>(selector: string, words: Words, part: Part<E>): Promise<void> {
  for (const element of document.querySelectorAll<E>(selector)) {
    try {
      await part(element, await Keys.open(), words);
    } catch (error) {
      element.append(make("div", { role: "alert" }, alertBox("error", words.say(`trouble_${troubleOf(error)}`))));
    }
  }
}
