/** Access to the till's sealed key. */

import type { Sealed, Vault } from "web_shared/device/vault";
import type { Key } from "web_shared/protocol/signatures";

/** Call a function with the till's key, which is wiped afterwards. */
export async function withTillKey<T>(
  vault: Vault,
  { keys }: { keys: Sealed },
  work: (key: Key) => T | Promise<T>,
): Promise<T> {
  const key = await vault.unseal(keys);
  try {
    return await work(key);
  } finally {
    key.fill(0);
  }
}
