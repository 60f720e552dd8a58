/** Forms that add a key: from a keystore file, or from paper until its holder signs out. */

import { addFromFile, addFromPaper } from "./core/adding";
import type { Keys } from "./core/keys";
import { DeskTrouble } from "./core/trouble";
import { make } from "./elements";
import { actForm, field } from "./parts";
import { passphraseFields, secretField } from "./passphrase";
import type { Words } from "./texts";

type Added = (name: string) => Promise<void>;

export function addForms(keys: Keys, words: Words, chosen: boolean, added: Added): HTMLElement[] {
  return [fileForm(keys, words, chosen, added), paperForm(keys, words, chosen, added)];
}

function fileForm(keys: Keys, words: Words, chosen: boolean, added: Added): HTMLElement {
  const file = field(words.say("file"), { type: "file", accept: ".json,application/json" }, words.say("file_hint"));
  const password = secretField(words, words.say("file_password"), "off");
  const name = field(words.say("file_name"), { maxlength: 40 }, words.say("file_name_hint"));
  const passphrase = passphraseFields(words, chosen, () => [name.input.value]);
  const asked = [file.root, password.root, name.root, ...passphrase.roots];
  const form = actForm(words, asked, words.say("add_submit"), async (notices) => {
    const chosen = file.input.files?.[0];
    if (!chosen) throw new DeskTrouble("file_missing");
    const about = { text: await chosen.text(), password: password.input.value, name: name.input.value };
    await addFromFile(keys, about, passphrase.take(), notices.progress);
    await added(about.name.trim());
  }, "add");
  return titled(words.say("file_title"), form);
}

function paperForm(keys: Keys, words: Words, chosen: boolean, added: Added): HTMLElement {
  const paper = field(words.say("paper"), { spellcheck: "false", autocapitalize: "off" }, words.say("paper_hint"));
  const passphrase = passphraseFields(words, chosen);
  const form = actForm(words, [paper.root, ...passphrase.roots], words.say("add_submit"), async () => {
    await addFromPaper(keys, paper.input.value, words.say("name_safe"), passphrase.take());
    await added(words.say("name_safe"));
  }, "add");
  return titled(words.say("paper_title"), form);
}

function titled(title: string, form: HTMLElement): HTMLElement {
  return make("div", { class: "card" }, make("h3", { class: "utrecht-heading-3" }, title), form);
}
