/** Delays between attempts at a secret. */

import type { Store } from "./store";
import { Trouble } from "./trouble";

/** Wrong attempts without a delay. */
const FREE = 3;
const FIRST_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 15 * 60_000;

/** Too many wrong attempts. */
export class TriedTooOften extends Trouble<"pin_wait"> {
  /** @param seconds until the next attempt is allowed */
  constructor(readonly seconds: number) {
    super("pin_wait");
  }
}

/**
 * Counts wrong attempts in the store. The delay is measured by a monotonic clock, from the opening of the page or its
 * last attempt: neither a reload nor a change of the device's clock makes it shorter.
 */
export class Tries {
  private since = performance.now();

  /** @param key of the number in the store */
  constructor(
    private readonly store: Store,
    private readonly key: string,
  ) {}

  /**
   * Call before each attempt, which counts as a wrong one until {@link reset} is called.
   *
   * @throws TriedTooOften the delay is not over
   */
  async count(): Promise<void> {
    const tried = (await this.store.get<number>(this.key)) ?? 0;
    const left = this.since + waitAfter(tried) - performance.now();
    if (left > 0) throw new TriedTooOften(Math.ceil(left / 1000));
    await this.store.update<number>(this.key, (before) => (before ?? 0) + 1);
    this.since = performance.now();
  }

  /** Call after a right attempt. */
  async reset(): Promise<void> {
    await this.store.remove(this.key);
  }
}

/** Milliseconds before the next attempt after this many wrong ones: exponential, with a maximum. */
export function waitAfter(tries: number): number {
  return tries < FREE ? 0 : Math.min(FIRST_WAIT_MS * 2 ** (tries - FREE), LONGEST_WAIT_MS);
}
