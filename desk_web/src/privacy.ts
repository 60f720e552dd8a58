/** The page of the privacy officers: their keys on this device, the words of keys, and handing over. */

import { toHex } from "web_shared/protocol/bytes";
import { keyWords } from "./core/key_words";
import { groupIdentity, type OfficerKey, OfficerKeys } from "./core/officer_keys";
import { troubleOf } from "./core/trouble";
import { alertBox, make, paragraph } from "./elements";
import { actForm, field, Notices } from "./parts";
import { newSecret, passphraseFields, type Secret } from "./passphrase";
import { printAlone } from "./printing";
import { signBeforeSending } from "./sending";
import type { Words } from "./texts";

export async function startPrivacy(words: Words): Promise<void> {
  // Computed from the key, and not taken from the server.
  for (const place of document.querySelectorAll<HTMLElement>("[data-recipient]")) {
    place.replaceChildren(wordList(place.dataset["recipient"]!));
  }
  const section = document.querySelector<HTMLElement>("[data-privacy-keys]");
  if (!section) return;
  try {
    const keys = await OfficerKeys.open();
    const list = new PrivacyKeys(keys, words);
    section.append(list.root);
    await list.draw();
    for (const form of document.querySelectorAll<HTMLFormElement>("form[data-propose]")) await propose(form, keys, words);
    for (const form of document.querySelectorAll<HTMLFormElement>("form[data-hand-over]")) await handOver(form, keys, words);
  } catch (error) {
    section.append(make("div", { role: "alert" }, alertBox("error", words.say(`trouble_${troubleOf(error)}`))));
  }
}

function wordList(recipient: string): HTMLElement {
  return make("ol", { class: "key-words" }, ...keyWords(recipient).map((word) => make("li", {}, word)));
}

class PrivacyKeys {
  private readonly rows = make("div", { class: "stack" });
  private readonly told: Notices;
  readonly root: HTMLElement;

  constructor(
    private readonly keys: OfficerKeys,
    private readonly words: Words,
  ) {
    this.told = new Notices(words);
    this.root = make("div", { class: "stack", tabindex: -1 }, this.told.root, this.rows);
  }

  async draw(): Promise<void> {
    const { words } = this;
    const [here, chosen] = [await this.keys.list(), await this.keys.hasPassphrase()];
    const rows = here.map((key) => this.row(key));
    this.rows.replaceChildren(
      ...(rows.length > 0 ? rows : [paragraph(words.say("privacy_none"))]),
      fold(words.say(here.length > 0 ? "privacy_make_again" : "privacy_make"), here.length === 0, this.makeForm(chosen)),
      fold(words.say("privacy_from_paper"), false, this.paperForm(chosen)),
    );
    for (const select of document.querySelectorAll<HTMLSelectElement>("select[data-privacy-key]")) {
      const options = here.map(({ recipient }) => make("option", { value: recipient }, keyWords(recipient).join(" ")));
      select.replaceChildren(...options);
    }
  }

  private async changed(text: string): Promise<void> {
    await this.draw();
    this.told.done(text);
    this.root.focus();
  }

  private row({ recipient, saved }: OfficerKey): HTMLElement {
    const { words } = this;
    const notes = saved ? [] : [alertBox("warning", words.say("privacy_unsaved"))];
    const passphrase = passphraseFields(words, true);
    const print = actForm(words, passphrase.roots, words.say("privacy_print"), async () => {
      await this.keys.use(recipient, passphrase.take(), (identity) => printAlone([this.paper(recipient, identity)]));
      await this.keys.markSaved(recipient);
      await this.changed(words.say("privacy_printed"));
    });
    const title = make("p", { class: "row__name" }, words.say("privacy_words"));
    const row = make("div", { class: "card", "data-recipient-here": recipient }, title, wordList(recipient), ...notes);
    row.append(saved ? fold(words.say("privacy_print"), false, print) : print);
    return row;
  }

  private paper(recipient: string, identity: string): HTMLElement {
    const { words } = this;
    const groups = groupIdentity(identity).map((group) => make("span", {}, `${group} `));
    return make(
      "section",
      { class: "kp-print__sheet" },
      make("h1", {}, words.say("privacy_paper_title")),
      paragraph(words.say("privacy_paper_use")),
      paragraph(words.say("privacy_paper_words", { words: keyWords(recipient).join(" ") })),
      make("p", { class: "kp-print__secret" }, ...groups),
    );
  }

  private makeForm(chosen: boolean): HTMLElement {
    const { words } = this;
    const passphrase = this.passphrase(chosen);
    return actForm(words, passphrase.roots, words.say("privacy_make"), async () => {
      await this.keys.make(passphrase.take());
      await this.changed(words.say("privacy_made"));
    });
  }

  private paperForm(chosen: boolean): HTMLElement {
    const { words } = this;
    const typed = field(words.say("privacy_typed"), { spellcheck: "false", autocapitalize: "off" }, words.say("privacy_typed_hint"));
    const passphrase = this.passphrase(chosen);
    return actForm(words, [typed.root, ...passphrase.roots], words.say("add_submit"), async () => {
      await this.keys.addFromPaper(typed.input.value, passphrase.take());
      typed.input.value = "";
      await this.changed(words.say("privacy_added"));
    });
  }

  private passphrase(chosen: boolean): Secret {
    const { words } = this;
    if (chosen) return passphraseFields(words, true);
    const asked = [words.say("passphrase_new"), words.say("privacy_passphrase_hint"), words.say("passphrase_again")] as const;
    return newSecret(words, asked, "passphrase_differs", () => []);
  }
}

function fold(title: string, open: boolean, content: HTMLElement): HTMLElement {
  return make("details", { class: "fold", open }, make("summary", {}, title), content);
}

/** A form that proposes one of the keys on this device. */
async function propose(form: HTMLFormElement, keys: OfficerKeys, words: Words): Promise<void> {
  const select = form.querySelector<HTMLSelectElement>("select[data-privacy-key]")!;
  signBeforeSending(form, words, [], async () => {
    const saved = (await keys.list()).find(({ recipient }) => recipient === select.value);
    return { recipient: saved ? [saved.recipient] : [] };
  });
}

/** A form that seals the former key to the key that was named after it. */
async function handOver(form: HTMLFormElement, keys: OfficerKeys, words: Words): Promise<void> {
  const { former = "", next = "" } = form.dataset;
  const passphrase = passphraseFields(words, true);
  signBeforeSending(form, words, passphrase.roots, async () => {
    const { seal } = await import("web_shared/protocol/sealing");
    const sealed = await keys.use(former, passphrase.take(), (identity) => seal(new TextEncoder().encode(identity), next));
    return { sealed: [toHex(sealed)] };
  });
}
