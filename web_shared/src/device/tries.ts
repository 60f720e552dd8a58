/** Slows down who tries a secret again and again. */

import type { Store } from "./store";
import { Trouble } from "./trouble";

/** Mistakes in typing that nobody waits for. */
const FREE = 3;
const FIRST_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 15 * 60_000;

/** Too many tries: the next one is taken so many seconds from now. */
export class TriedTooOften extends Trouble<"pin_wait"> {
  constructor(readonly seconds: number) {
    super("pin_wait");
  }
}

/**
 * How often was tried in vain is kept. The wait after that is measured in this page, from when it was opened or
 * from its last try: neither a reload nor another time on the device's clock makes it shorter.
 */
export class Tries {
  private since = performance.now();

  /** @param key under which the number is kept */
  constructor(
    private readonly store: Store,
    private readonly key: string,
  ) {}

  /**
   * Before each try: it counts as a wrong one until it turns out to be right.
   *
   * @throws TriedTooOften
   */
  async count(): Promise<void> {
    const tried = (await this.store.get<number>(this.key)) ?? 0;
    const left = this.since + waitAfter(tried) - performance.now();
    if (left > 0) throw new TriedTooOften(Math.ceil(left / 1000));
    await this.store.update<number>(this.key, (before) => (before ?? 0) + 1);
    this.since = performance.now();
  }

  /** It was right. */
  async forget(): Promise<void> {
    await this.store.remove(this.key);
  }
}

/** Milliseconds before the next try after so many wrong ones: twice as long each time. */
export function waitAfter(tries: number): number {
  return tries < FREE ? 0 : Math.min(FIRST_WAIT_MS * 2 ** (tries - FREE), LONGEST_WAIT_MS);
}
