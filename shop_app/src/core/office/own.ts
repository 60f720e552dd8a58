/** Own numbers of payments: entered and stored on this device only, and never sent. */

import { stripInvisible } from "web_shared/characters";
import type { Store } from "web_shared/device/store";
import type { Hash } from "web_shared/protocol/bytes";
import type { Payment } from "./books";

const OWN = "own:";
export const OWN_CHARACTERS = 20;

/** Normalise an own number: one line, without invisible characters, at most {@link OWN_CHARACTERS}. */
export function ownNumber(typed: string): string {
  const line = stripInvisible(typed).replace(/[\s\p{Cc}]+/gu, " ").trim();
  return [...line].slice(0, OWN_CHARACTERS).join("").trim();
}

export class OwnNumbers {
  constructor(private readonly store: Store) {}

  /** Empty when the payment has none. */
  async of(payment: Hash): Promise<string> {
    return (await this.store.get<string>(OWN + payment)) ?? "";
  }

  /** @throws Trouble `storage_full` */
  keep(payment: Hash, number: string): Promise<void> {
    return number === "" ? this.store.remove(OWN + payment) : this.store.put(OWN + payment, number);
  }

  /** The payments, each with its own number. */
  with(payments: readonly Payment[]): Promise<Payment[]> {
    return Promise.all(payments.map(async (payment) => ({ ...payment, own: await this.of(payment.id) })));
  }
}
