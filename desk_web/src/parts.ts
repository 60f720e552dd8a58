/** Components that scripts of pages with keys render, with the classes of the design. */

import drawings, { type IconName } from "virtual:icons";
import { Mistyped } from "web_shared/protocol/typed";
import { sayTyped } from "web_shared/texts/typed";
import { troubleOf } from "./core/trouble";
import { alertBox, type Attributes, make, paragraph } from "./elements";
import type { Words } from "./texts";

/** An icon, which a screen reader passes over; it stands beside its word. */
function drawn(name: IconName): SVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const attributes = { class: "kp-icon", viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" };
  for (const [attribute, value] of Object.entries(attributes)) svg.setAttribute(attribute, value);
  svg.innerHTML = drawings[name]; // of our own build
  return svg;
}

/** @param about the subject, for screen readers */
export function button(text: string, icon: IconName, click: () => void, about = ""): HTMLButtonElement {
  const hidden = about === "" ? [] : [make("span", { class: "kp-only-read-out" }, `: ${about}`)];
  const look = { type: "button", class: "utrecht-button utrecht-button--secondary-action" };
  const made = make("button", look, drawn(icon), text, ...hidden);
  made.addEventListener("click", click);
  return made;
}

export interface Field {
  root: HTMLElement;
  input: HTMLInputElement;
}

let fields = 0;

/** A field without a name, so that its value is not submitted. */
export function field(label: string, attributes: Attributes, hint = ""): Field {
  const id = `signer-${(fields += 1)}`;
  const described = hint === "" ? {} : { "aria-describedby": `${id}-hint` };
  const input = make("input", { id, class: "utrecht-textbox", autocomplete: "off", ...described, ...attributes });
  const root = make(
    "div",
    { class: "utrecht-form-field field" },
    make("label", { class: "utrecht-form-label", for: id }, label),
    ...(hint === "" ? [] : [make("p", { class: "utrecht-form-field-description", id: `${id}-hint` }, hint)]),
    input,
  );
  return { root, input };
}

/** Messages about a task: that it is running, its progress, and its result. */
export class Notices {
  private readonly status = make("div", { role: "status" });
  private readonly alert = make("div", { role: "alert" });
  readonly root = make("div", { class: "stack" }, this.status, this.alert);
  private busy = false;

  constructor(private readonly words: Words) {}

  /** Run a task, unless one is running, and show its state. Return whether it succeeded. */
  async attempt(work: () => Promise<void>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.alert.replaceChildren();
    this.status.replaceChildren(paragraph(this.words.say("busy")));
    try {
      await work();
      this.status.replaceChildren();
      return true;
    } catch (error) {
      this.status.replaceChildren();
      this.alert.replaceChildren(alertBox("error", sentenceOf(error, this.words)));
      return false;
    } finally {
      this.busy = false;
    }
  }

  progress = (part: number): void => {
    const bar = this.status.querySelector("progress") ?? make("progress", { "aria-label": this.words.say("busy") });
    bar.value = part;
    if (!bar.isConnected) this.status.append(bar);
  };

  done(text: string): void {
    this.status.replaceChildren(alertBox("ok", text));
  }
}

function sentenceOf(error: unknown, words: Words): string {
  return error instanceof Mistyped ? sayTyped(error.problem, words) : words.say(`trouble_${troubleOf(error)}`);
}

/** A form that runs a task and is never submitted. */
export function actForm(
  words: Words,
  asked: readonly HTMLElement[],
  submit: string,
  work: (notices: Notices) => Promise<void>,
  icon: IconName = "check",
): HTMLFormElement {
  const notices = new Notices(words);
  const send = make("button", { class: "utrecht-button utrecht-button--primary-action" }, drawn(icon), submit);
  const form = make("form", { class: "stack", novalidate: true }, ...asked, notices.root, send);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void notices.attempt(() => work(notices));
  });
  return form;
}

export function download(text: string, name: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  make("a", { href: address, download: name }).click();
  URL.revokeObjectURL(address);
}
