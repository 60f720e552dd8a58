/** The shop's own numbers of its payments: written at this device, kept here, and never sent. */

import { shown } from "web_shared/characters";
import type { Store } from "web_shared/device/store";
import type { Hash } from "web_shared/protocol/bytes";
import type { Payment } from "./books";

const OWN = "own:";
export const OWN_CHARACTERS = 20;

/** What is kept of a number as it is typed: one line, without what shows nothing. */
export function ownNumber(typed: string): string {
  const line = shown(typed).replace(/[\s\p{Cc}]+/gu, " ").trim();
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

  /** Payments of the ledger, each with its number. */
  with(payments: readonly Payment[]): Promise<Payment[]> {
    return Promise.all(payments.map(async (payment) => ({ ...payment, own: await this.of(payment.id) })));
  }
}
