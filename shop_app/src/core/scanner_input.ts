/** Detects a hardware scanner by the key events of the page, on every screen, and suppresses their default actions. */

import type { Stroke } from "./reading";
import { type Detected, PAUSE_MS, type Scanned, ScannerDetector } from "./scanner";

const FIELDS = "textarea, input:not([type=checkbox], [type=file])";
/** Fields for an amount or a code, in which scans are detected; other fields accept a scan as typed text. */
const DETECTED = "[inputmode=decimal], [data-scanned]";

type Field = HTMLInputElement | HTMLTextAreaElement;

export interface Till {
  /** The text that keys change when no field has the focus. */
  entry: () => string;
  /** Set that text, to undo what a scanner typed. */
  restore: (entry: string) => void;
  /** Handle a scan. */
  scanned: (scanned: Scanned) => void;
}

export class ScannerInput {
  private readonly detector = new ScannerDetector();
  private field: Field | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly till: Till) {}

  listen(): void {
    addEventListener("keydown", (event) => this.press(event), { capture: true });
    // On keyup, a space in a code would click the button that has the focus.
    addEventListener("keyup", (event) => {
      if (event.key === " " && this.detector.isScanning()) stop(event);
    }, { capture: true });
  }

  private press(event: KeyboardEvent): void {
    const { target, key, code, shiftKey: shift, timeStamp: time } = event;
    const field = target instanceof Element && target.matches(FIELDS) ? (target as Field) : null;
    if (event.repeat || (field && !field.matches(DETECTED))) return;
    if (isCommand(event)) {
      if (this.detector.isScanning()) stop(event); // control characters, which would be keyboard shortcuts
      return;
    }
    const entry = field ? field.value : this.till.entry();
    const stroke: Stroke = { key, code, shift, time, entry };
    const detected = this.detector.press(stroke, field !== null);
    if (detected.by === "person") return;
    stop(event);
    this.field = field;
    this.act(detected);
  }

  private act(detected: Detected): void {
    clearTimeout(this.timer);
    if (detected.by === "person") return;
    if (detected.entry !== undefined) this.restore(detected.entry);
    if (detected.scanned) this.till.scanned(detected.scanned);
    else if (this.detector.isScanning()) this.timer = setTimeout(() => this.act(this.detector.pause()), PAUSE_MS);
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
