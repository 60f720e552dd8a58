/** The list of keys on this device, with forms to sign in, save a backup, remove and add a key. */

import type { IconName } from "virtual:icons";
import { addForms } from "./add_key";
import { fileName, makeBackup } from "./core/adding";
import type { DeskKey, Keys } from "./core/keys";
import { shortened } from "./sign_messages";
import { alertBox, make, paragraph } from "./elements";
import { actForm, button, download, Notices } from "./parts";
import { newSecret, passphraseFields } from "./passphrase";
import { signInWith } from "./sign_in";
import type { Words } from "./texts";

export async function showKeys(section: HTMLElement, keys: Keys, words: Words): Promise<void> {
  const list = new KeyList(keys, words, document.querySelector<HTMLFormElement>("form[data-sign-in]"));
  section.append(list.root);
  await list.draw();
}

class KeyList {
  private readonly keyRows = make("ul", { class: "list stack" });
  private readonly adding = make("div", { class: "stack" });
  private readonly told: Notices;
  readonly root: HTMLElement;

  constructor(
    private readonly keys: Keys,
    private readonly words: Words,
    private readonly signInForm: HTMLFormElement | null,
  ) {
    this.told = new Notices(words);
    this.root = make("div", { class: "stack", tabindex: -1 }, this.told.root, this.keyRows, this.adding);
  }

  async draw(): Promise<void> {
    const [here, chosen] = [await this.keys.list(), await this.keys.hasPassphrase()];
    const rows = here.map((key) => this.row(key));
    this.keyRows.replaceChildren(...(rows.length > 0 ? rows : [make("li", {}, paragraph(this.words.say("keys_none")))]));
    const added = (name: string): Promise<void> => this.changed(this.words.say("add_done", { name }));
    const forms = addForms(this.keys, this.words, chosen, added);
    const summary = make("summary", {}, this.words.say("add"));
    this.adding.replaceChildren(make("details", { class: "fold", open: here.length === 0 }, summary, ...forms));
  }

  private async changed(text: string): Promise<void> {
    await this.draw();
    this.told.done(text);
    this.root.focus();
  }

  private row(key: DeskKey): HTMLElement {
    const { words } = this;
    const place = make("div");
    const act = (text: string, icon: IconName, form: (done: () => void) => HTMLElement): HTMLElement => {
      const opener = button(text, icon, () => {
        place.replaceChildren(form(() => (place.replaceChildren(), opener.focus())));
        place.querySelector("input")?.focus();
      }, key.name);
      return opener;
    };
    const acts = [
      ...(this.signInForm ? [act(words.say("sign_in"), "sign-in", (close) => this.signInPanel(this.signInForm!, key, close))] : []),
      act(words.say("save"), "download", (close) => this.savePanel(key, close)),
      act(words.say("remove"), "delete", (close) => this.removePanel(key, close)),
    ];
    if (this.signInForm) acts[0]!.classList.replace("utrecht-button--secondary-action", "utrecht-button--primary-action");
    const notes = [
      ...(key.temporary ? [alertBox("info", words.say("key_temporary"))] : []),
      ...(key.saved ? [] : [alertBox("warning", words.say("key_unsaved"))]),
    ];
    const address = make("details", { class: "fold" }, make("summary", {}, shortened(key.address)), make("code", {}, key.address));
    const name = make("p", { class: "row__name" }, key.name);
    const row = make("li", { class: "card", "data-key": key.address }, name, address, ...notes);
    row.append(make("div", { class: "actions" }, ...acts), place);
    return row;
  }

  private signInPanel(form: HTMLFormElement, { address }: DeskKey, close: () => void): HTMLElement {
    const passphrase = passphraseFields(this.words, true);
    const work = (): Promise<void> => signInWith(form, this.keys, address, passphrase.take());
    return askForm(this.words, passphrase.roots, [this.words.say("sign_in"), "sign-in"], work, close);
  }

  private savePanel({ address, name }: DeskKey, close: () => void): HTMLElement {
    const { words } = this;
    const passphrase = passphraseFields(words, true);
    const asked = [words.say("save_password"), words.say("save_password_hint"), words.say("save_again")] as const;
    const password = newSecret(words, asked, "password_differs", () => [name]);
    const work = async (notices: Notices): Promise<void> => {
      const chosen = password.take();
      const text = await makeBackup(this.keys, address, passphrase.take(), chosen, notices.progress);
      download(text, fileName(name));
      await this.keys.markSaved(address);
      await this.changed(words.say("save_done", { file: fileName(name) }));
    };
    return askForm(words, [...passphrase.roots, ...password.roots], [words.say("save_submit"), "download"], work, close);
  }

  private removePanel({ address, name }: DeskKey, close: () => void): HTMLElement {
    const { words } = this;
    const passphrase = passphraseFields(words, true);
    const sure = alertBox("warning", words.say("remove_sure", { name }));
    const work = async (): Promise<void> => {
      await this.keys.remove(address, passphrase.take());
      await this.changed(words.say("remove_done", { name }));
    };
    return askForm(words, [sure, ...passphrase.roots], [words.say("remove_yes", { name }), "delete"], work, close);
  }
}

/** A form within a row, with a button to cancel. */
function askForm(
  words: Words,
  asked: readonly HTMLElement[],
  [submit, icon]: readonly [string, IconName],
  work: (notices: Notices) => Promise<void>,
  close: () => void,
): HTMLElement {
  const form = actForm(words, asked, submit, work, icon);
  form.append(button(words.say("stop"), "close", close));
  return form;
}
