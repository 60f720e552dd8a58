/** Hears a hardware scanner among the keys of the page, on every screen, and keeps its keys from doing anything. */

import type { Stroke } from "./reading";
import { type Heard, PAUSE_MS, type Scanned, ScannerTyping } from "./scanner";

const FIELDS = "textarea, input:not([type=checkbox], [type=file])";
/** Fields that are money, or made for a code; others take a scan as it is typed. */
const HEARD = "[inputmode=decimal], [data-scanned]";

type Field = HTMLInputElement | HTMLTextAreaElement;

/** What the keys of a scanner would change where no field has the focus, and what is done with a scan. */
export interface Till {
  entry: () => string;
  restore: (entry: string) => void;
  scanned: (scanned: Scanned) => void;
}

export class Hearing {
  private readonly typing = new ScannerTyping();
  private field: Field | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly till: Till) {}

  listen(): void {
    addEventListener("keydown", (event) => this.hear(event), { capture: true });
    // A space in a code is a tap on the button that has the focus.
    addEventListener("keyup", (event) => {
      if (event.key === " " && this.typing.isScanning()) stop(event);
    }, { capture: true });
  }

  private hear(event: KeyboardEvent): void {
    const { target, key, code, shiftKey: shift, timeStamp: time } = event;
    const field = target instanceof Element && target.matches(FIELDS) ? (target as Field) : null;
    if (event.repeat || (field && !field.matches(HEARD))) return;
    if (isCommand(event)) {
      if (this.typing.isScanning()) stop(event); // control characters, which would be the browser's
      return;
    }
    const entry = field ? field.value : this.till.entry();
    const stroke: Stroke = { key, code, shift, time, entry };
    const heard = this.typing.hear(stroke, field !== null);
    if (heard.by === "person") return;
    stop(event);
    this.field = field;
    this.act(heard);
  }

  private act(heard: Heard): void {
    clearTimeout(this.timer);
    if (heard.by === "person") return;
    if (heard.entry !== undefined) this.restore(heard.entry);
    if (heard.scanned) this.till.scanned(heard.scanned);
    else if (this.typing.isScanning()) this.timer = setTimeout(() => this.act(this.typing.silence()), PAUSE_MS);
  }

  private restore(entry: string): void {
    if (!this.field) return this.till.restore(entry);
    this.field.value = entry;
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function isCommand(event: KeyboardEvent): boolean {
  return (event.ctrlKey || event.altKey || event.metaKey) && !event.getModifierState("AltGraph");
}

function stop(event: KeyboardEvent): void {
  event.preventDefault();
  event.stopImmediatePropagation();
}
