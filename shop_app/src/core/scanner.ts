/** Tells the keys of a hardware scanner, which types into the page at any moment, from those of a person. */

import { codeOf, isDigits, isPrefix, isProductCode, type Stroke, textOf } from "./reading";

/** No person presses two keys so soon after each other. */
const PAIR_MS = 35;
/** Nor goes on like this for so many. */
const STEADY_MS = 70;
const STEADY_KEYS = 4;
/** In a field more keys show it, and the first of them may have been slower. */
const FIELD_KEYS = 6;
const FIELD_MS = 250;
/** Within a scan. */
export const PAUSE_MS = 1000;
/** After the end of a scan, for a second Enter. */
const AFTER_MS = 100;
const PREFIX_KEYS = 4;
/** An amount has at most five digits before its comma. */
const NO_AMOUNT_DIGITS = 6;
const LONGEST_SCAN = 2000;

const MODIFIERS = new Set(["Shift", "CapsLock", "Control", "Alt", "AltGraph", "Meta", "Fn"]);

export interface Scanned {
  /** A payment code or a card; null when it is something else. */
  code: string | null;
  text: string;
}

/** `entry`: what was typed before the scan began, when it is recognised. */
export type Heard = { by: "person" } | { by: "scanner"; entry?: string; scanned?: Scanned };

const PERSON: Heard = { by: "person" };

export class ScannerTyping {
  /** The keys since the last pause. */
  private run: Stroke[] = [];
  /** Where the scan begins in them. */
  private start: number | null = null;
  private told: "not" | "told" | "ended" = "not";

  /** @param field whether it goes into a field, where a person may roll two keys into one */
  hear(stroke: Stroke, field: boolean): Heard {
    if (MODIFIERS.has(stroke.key)) return PERSON;
    if (!this.isWithin(stroke)) this.forget();
    if (this.run.length < LONGEST_SCAN) this.run.push(stroke);
    else this.run[LONGEST_SCAN - 1] = stroke;
    if (this.told !== "not") {
      this.told = "ended";
      return { by: "scanner" };
    }
    const before = this.start;
    this.start ??= this.begin(field);
    if (this.start === null) {
      if (!isText(stroke)) this.forget(); // Enter or a correction: what comes next is another entry
      return PERSON;
    }
    if (isEnd(stroke)) return this.end("ended", before);
    if (codeOf(this.run) !== null) return this.end("told", before);
    return this.heardFrom(this.start, before);
  }

  /** Nothing was heard for {@link PAUSE_MS}: a scan that has no Enter at its end is over. */
  silence(): Heard {
    return this.isScanning() ? this.end("told", this.start) : PERSON;
  }

  isScanning(): boolean {
    return this.start !== null && this.told === "not";
  }

  private isWithin(stroke: Stroke): boolean {
    const last = this.run.at(-1);
    if (last === undefined || (this.told !== "not" && !isEnd(stroke))) return false;
    return stroke.time - last.time <= (this.told === "ended" ? AFTER_MS : PAUSE_MS);
  }

  private forget(): void {
    this.run = [];
    this.start = null;
    this.told = "not";
  }

  /** Where a scan begins, when the last key shows that there is one. */
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

  /** @param before where the scan was known to begin */
  private end(told: "told" | "ended", before: number | null): Heard {
    this.told = told;
    const keys = told === "ended" ? this.run.slice(0, -1) : this.run;
    const code = codeOf(keys);
    const start = code === null ? this.productFrom(keys) : this.codeFrom(keys);
    return { ...this.heardFrom(start, before), scanned: { code, text: code ?? textOf(keys.slice(start)) } };
  }

  private heardFrom(start: number, before: number | null): { by: "scanner"; entry?: string } {
    return start === before ? { by: "scanner" } : { by: "scanner", entry: this.run[start]!.entry };
  }

  /** A person's last key may be one of the pair that showed the scan: our prefix tells where it began. */
  private codeFrom(keys: readonly Stroke[]): number {
    const place = keys.findIndex((_, place) => isPrefix(keys.slice(place, place + PREFIX_KEYS)));
    return place === -1 ? this.start! : place;
  }

  /** A pause may lie after the first keys of a product code: the check digit tells that they belong to it. */
  private productFrom(keys: readonly Stroke[]): number {
    const start = this.start!;
    for (let first = start; first >= 0; first--) {
      if (isProductCode(textOf(keys.slice(first)))) return first;
    }
    return start;
  }
}

/** The first of the keys that lead to one with no more than this between them. */
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
