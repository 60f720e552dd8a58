/** Distinguishes the key presses of a hardware scanner, which can come at any moment, from those of a person. */

import { codeOf, isDigits, isPrefix, isProductCode, type Stroke, textOf } from "./reading";

/** Two keys within this time come from a scanner. */
const PAIR_MS = 35;
/** So do this many keys with no longer intervals than this. */
const STEADY_MS = 70;
const STEADY_KEYS = 4;
/** In a field more keys are needed, and the keys before them may have longer intervals. */
const FIELD_KEYS = 6;
const FIELD_MS = 250;
/** The longest pause within a scan. */
export const PAUSE_MS = 1000;
/** Time after the end of a scan in which another Enter belongs to it. */
const AFTER_MS = 100;
const PREFIX_KEYS = 4;
/** More digits than an amount can have before its comma. */
const NO_AMOUNT_DIGITS = 6;
const LONGEST_SCAN = 2000;

const MODIFIERS = new Set(["Shift", "CapsLock", "Control", "Alt", "AltGraph", "Meta", "Fn"]);

export interface Scanned {
  /** A payment code or a card; null when it is something else. */
  code: string | null;
  text: string;
}

/** The source of a key press. `entry`: the text before the scan, when its beginning was detected. */
export type Detected = { by: "person" } | { by: "scanner"; entry?: string; scanned?: Scanned };

const PERSON: Detected = { by: "person" };

export class ScannerDetector {
  /** The keys since the last pause. */
  private run: Stroke[] = [];
  /** Index of the first key of the scan; null when no scan was detected. */
  private start: number | null = null;
  private phase: "open" | "reported" | "ended" = "open";

  /** @param field whether a field has the focus, in which a person may press two keys almost at once */
  press(stroke: Stroke, field: boolean): Detected {
    if (MODIFIERS.has(stroke.key)) return PERSON;
    if (!this.isWithin(stroke)) this.reset();
    if (this.run.length < LONGEST_SCAN) this.run.push(stroke);
    else this.run[LONGEST_SCAN - 1] = stroke;
    if (this.phase !== "open") {
      this.phase = "ended";
      return { by: "scanner" };
    }
    const before = this.start;
    this.start ??= this.begin(field);
    if (this.start === null) {
      if (!isText(stroke)) this.reset(); // Enter or a correction: what follows is another entry
      return PERSON;
    }
    if (isEnd(stroke)) return this.end("ended", before);
    if (codeOf(this.run) !== null) return this.end("reported", before);
    return this.detectedFrom(this.start, before);
  }

  /** No key was pressed for {@link PAUSE_MS}: a scan without a final Enter has ended. */
  pause(): Detected {
    return this.isScanning() ? this.end("reported", this.start) : PERSON;
  }

  isScanning(): boolean {
    return this.start !== null && this.phase === "open";
  }

  private isWithin(stroke: Stroke): boolean {
    const last = this.run.at(-1);
    if (last === undefined || (this.phase !== "open" && !isEnd(stroke))) return false;
    return stroke.time - last.time <= (this.phase === "ended" ? AFTER_MS : PAUSE_MS);
  }

  private reset(): void {
    this.run = [];
    this.start = null;
    this.phase = "open";
  }

  /** Index of the first key of a scan, when the last key reveals one; otherwise null. */
  private begin(field: boolean): number | null {
    const { run } = this;
    const last = run.length - 1;
    if (!field && last > 0 && isText(run[last - 1]!) && gap(run, last) <= PAIR_MS) {
      return linkedFrom(run, last - 1, STEADY_MS);
    }
    const steady = run.length - (field ? FIELD_KEYS : STEADY_KEYS);
    const keys = run.slice(Math.max(0, steady));
    if (steady >= 0 && keys.every((key, place) => isText(key) && (place === 0 || gap(keys, place) <= STEADY_MS))) {
      return linkedFrom(run, steady, field ? FIELD_MS : STEADY_MS);
    }
    if (run.length >= PREFIX_KEYS && isPrefix(run.slice(-PREFIX_KEYS))) return run.length - PREFIX_KEYS;
    return isEnd(run[last]!) && last >= NO_AMOUNT_DIGITS && isDigits(run.slice(0, last)) ? 0 : null;
  }

  /** @param before the beginning of the scan as it was known before this key */
  private end(phase: "reported" | "ended", before: number | null): Detected {
    this.phase = phase;
    const keys = phase === "ended" ? this.run.slice(0, -1) : this.run;
    const code = codeOf(keys);
    const start = code === null ? this.productFrom(keys) : this.codeFrom(keys);
    return { ...this.detectedFrom(start, before), scanned: { code, text: code ?? textOf(keys.slice(start)) } };
  }

  private detectedFrom(start: number, before: number | null): { by: "scanner"; entry?: string } {
    return start === before ? { by: "scanner" } : { by: "scanner", entry: this.run[start]!.entry };
  }

  /** The beginning of a code, by its prefix: the pair of keys that revealed the scan may include a person's last key. */
  private codeFrom(keys: readonly Stroke[]): number {
    const place = keys.findIndex((_, place) => isPrefix(keys.slice(place, place + PREFIX_KEYS)));
    return place === -1 ? this.start! : place;
  }

  /** The beginning of a product code, by its check digit: there may be a pause after its first keys. */
  private productFrom(keys: readonly Stroke[]): number {
    const start = this.start!;
    for (let first = start; first >= 0; first--) {
      if (isProductCode(textOf(keys.slice(first)))) return first;
    }
    return start;
  }
}

/** Index of the first key of the chain that ends at `place`, with intervals of at most `most` milliseconds. */
function linkedFrom(keys: readonly Stroke[], place: number, most: number): number {
  let first = place;
  while (first > 0 && gap(keys, first) <= most) first--;
  return first;
}

function gap(run: readonly Stroke[], place: number): number {
  return run[place]!.time - run[place - 1]!.time;
}

function isText({ key, code }: Stroke): boolean {
  return key.length === 1 || key === "Dead" || /^(?:Digit|Key|Numpad\d)/.test(code);
}

function isEnd({ key }: Stroke): boolean {
  return key === "Enter" || key === "Tab";
}
