/** Forms that are submitted with a signature of each message in them. */

import type { Keys } from "./core/keys";
import { readMessages, signShown } from "./core/signing";
import { alertBox, make } from "./elements";
import { passphraseFields } from "./passphrase";
import { signBeforeSending } from "./sending";
import type { Words } from "./texts";

export async function signMessages(form: HTMLFormElement, keys: Keys, words: Words): Promise<void> {
  const here = await keys.list();
  const own = (form.dataset["address"] ?? "").toLowerCase();
  const signer = form.querySelector<HTMLSelectElement>("select[data-signer]");
  for (const { address, name } of signer ? here : []) {
    const text = words.say("signer_option", { name, address: shortened(address) });
    signer!.append(make("option", { value: address, selected: address === own }, text));
  }
  const able = signer ? here.length > 0 : here.some(({ address }) => address === own);
  const passphrase = passphraseFields(words, true);
  const asked = able ? passphrase.roots : [alertBox("warning", words.say("trouble_key_missing"))];
  signBeforeSending(form, words, asked, async () => {
    const shown = readMessages(form.querySelector("script[data-messages]")?.textContent ?? "");
    const signature = await keys.use(signer?.value || own, passphrase.take(), (key) => signShown(shown, key));
    return { signature };
  });
}

export function shortened(address: string): string {
  return `${address.slice(0, 6)}…${address.slice(-4)}`;
}
