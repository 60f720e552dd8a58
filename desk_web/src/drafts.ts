/** Restores the input of a form that was sent after the session had ended, once the official has signed in again. */

import { type Draft, type Drafts, type Fields, KEPT_MS } from "./core/drafts";
import { alertBox, make } from "./elements";
import { wordsIn } from "./texts";

/** Inputs that belong to one session or signature. */
const NOT_KEPT = ["csrf", "signature"];
/** The most characters of a hidden value; a longer one is the content of a file, which is to be chosen again. */
const LONGEST_HIDDEN = 200;

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

export function keepDrafts(drafts: Drafts): void {
  const { official, posted } = document.body.dataset;
  const here = addressOfPage();
  const ended = document.querySelector<HTMLAnchorElement>("a[data-session-ended]");
  if (ended) return wipeLater(drafts, () => offerSigningIn(ended, drafts.sessionEnded(Date.now())));
  if (document.querySelector("[data-sign-in]")) return wipeLater(drafts, () => drafts.waitForSigningIn(Date.now()));
  if (official === undefined) return drafts.wipe();
  if (posted === undefined) drafts.visit(here);
  const draft = drafts.take(official, here, Date.now());
  if (draft) void restore(draft);
  document.addEventListener("submit", ({ target, defaultPrevented }) => {
    const form = target as HTMLFormElement;
    if (defaultPrevented || form.method !== "post") return;
    if (form.closest("main")) drafts.keep({ official, action: form.action, ...typed(form) });
    else drafts.wipe(); // signing out
  });
}

/** Wipe the draft when the official does not sign in again in time. */
function wipeLater(drafts: Drafts, work: () => void): void {
  work();
  setTimeout(() => drafts.wipe(), KEPT_MS);
}

/** The path and query of the page, without the parameter of a one-time message. */
function addressOfPage(): string {
  const query = new URLSearchParams(location.search);
  query.delete("gedaan");
  return location.pathname + (query.size > 0 ? `?${query}` : "");
}

function offerSigningIn(link: HTMLAnchorElement, draft: Draft | null): void {
  if (!draft) return;
  link.search = new URLSearchParams({ verder: draft.page }).toString();
  document.querySelector("[data-draft-kept]")!.toggleAttribute("hidden", draft.fields.length + draft.files.length === 0);
}

/** The input of a form, and the hidden fields that identify its subject. */
function typed(form: HTMLFormElement): Pick<Draft, "fields" | "files"> {
  const fields: [string, string][] = [];
  const files: string[] = [];
  for (const control of controlsOf(form)) {
    const isFile = control.type === "file" || isTooLong(control);
    if (isFile && control.value !== "") files.push(control.name);
    if (!isFile && isChosen(control)) fields.push([control.name, control.value]);
  }
  return { fields, files };
}

function controlsOf(form: HTMLFormElement): Control[] {
  const controls = [...form.elements].filter((each) => each.matches("input, textarea, select")) as Control[];
  return controls.filter(({ name, type }) => name !== "" && type !== "password" && !NOT_KEPT.includes(name));
}

function isBox(control: Control): control is HTMLInputElement {
  return control.type === "checkbox" || control.type === "radio";
}

function isChosen(control: Control): boolean {
  return !isBox(control) || control.checked;
}

function isTooLong(control: Control): boolean {
  return control.type === "hidden" && control.value.length > LONGEST_HIDDEN;
}

async function restore(draft: Draft): Promise<void> {
  const form = formOf(draft);
  if (!form) return;
  const before = JSON.stringify(typed(form).fields);
  for (const control of controlsOf(form)) {
    const values = draft.fields.filter(([name]) => name === control.name).map(([, value]) => value);
    if (isBox(control)) control.checked = values.includes(control.value);
    else if (control.type !== "file" && values.length > 0) control.value = values[0]!;
  }
  if (draft.files.length === 0 && JSON.stringify(typed(form).fields) === before) return;
  for (let fold = form.closest("details"); fold; fold = fold.parentElement!.closest("details")) fold.open = true;
  const words = await wordsIn(document.documentElement.lang);
  const texts = [words.say("draft_back"), ...(draft.files.length > 0 ? [words.say("draft_file")] : [])];
  const notice = make("div", { role: "status", tabindex: -1 }, alertBox("info", texts.join(" ")));
  form.prepend(notice);
  notice.focus();
}

/** The form of a draft; of several with the same action, the one with the same subject. */
function formOf({ action, fields }: Draft): HTMLFormElement | null {
  const forms = [...document.forms].filter((form) => form.method === "post" && form.action === action);
  return forms.find((form) => isAbout(form, fields)) ?? (forms.length === 1 ? forms[0]! : null);
}

/** Whether a form has the same hidden fields. `seen`, the state that the official saw, is restored and not compared. */
function isAbout(form: HTMLFormElement, fields: Fields): boolean {
  const hidden = controlsOf(form).filter(({ type, name }) => type === "hidden" && name !== "seen");
  return hidden.every(({ name, value }) => fields.some(([other, kept]) => other === name && kept === value));
}
