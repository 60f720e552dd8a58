/** The page of a request about a lost letter: a privacy officer opens it, and the first moves what is left. */

import { LetterServer } from "web_shared/letter/server";
import { toHex } from "web_shared/protocol/bytes";
import { OfficerKeys } from "./core/officer_keys";
import type { Task } from "./core/replacing";
import { troubleOf } from "./core/trouble";
import { alertBox, make } from "./elements";
import type { Notices } from "./parts";
import { passphraseFields } from "./passphrase";
import { signBeforeSending, type Values } from "./sending";
import type { Words } from "./texts";

/** Loaded when a letter is opened, for the weight of the page. */
const steps = () => import("./core/replacing");

export async function startReplacing(section: HTMLElement, words: Words): Promise<void> {
  const task = JSON.parse(section.querySelector("[data-task]")!.textContent ?? "") as Task;
  const form = section.querySelector("form")!;
  try {
    const keys = await OfficerKeys.open();
    const passphrase = passphraseFields(words, true);
    const notices: Notices = signBeforeSending(form, words, passphrase.roots, () =>
      keys.use(task.own, passphrase.take(), (identity) => (task.place === 2 ? openOuter(task, identity) : replace(task, identity, notices))),
    );
  } catch (error) {
    form.before(make("div", { role: "alert" }, alertBox("error", words.say(`trouble_${troubleOf(error)}`))));
  }
}

/** The file keys of the outer layers; what is under those is still sealed, to the first officer. */
async function openOuter(task: Task, identity: string): Promise<Values> {
  const { openLayer } = await steps();
  const { lost, blank } = await openLayer(task, identity);
  return { lost: [toHex(lost)], ...(blank ? { blank: [toHex(blank)] } : {}) };
}

async function replace(task: Task, identity: string, notices: Notices): Promise<Values> {
  const { moveLeft, openLayer, readOpened } = await steps();
  const { lost, blank } = readOpened(await openLayer(task, identity), task.scheme);
  try {
    const elsewhere = await moveLeft(new LetterServer(), lost, blank, notices.progress);
    return elsewhere > 0 ? { elsewhere: [`${elsewhere}`] } : {};
  } finally {
    lost.secret.fill(0);
    blank?.secret.fill(0);
  }
}
