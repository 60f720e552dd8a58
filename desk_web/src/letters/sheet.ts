/** What is printed of a run, and the end of its secrets. */

import type { Letter } from "web_shared/protocol/letters";

/** One letter or card before printing. Who has its secret can spend it. */
export interface Sheet {
  /** From 1; letters first. */
  readonly number: number;
  readonly letter: Letter;
  readonly isCard: boolean;
}

/** Overwrite the secrets, once they are printed and sealed. */
export function forget(sheets: readonly Sheet[]): void {
  for (const { letter } of sheets) letter.secret.fill(0);
}
