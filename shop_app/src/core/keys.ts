/** The device's keys as one row of bytes, sealed together; wiped as soon as something was done with one. */

import type { Sealed, Vault } from "web_shared/device/vault";
import type { Key } from "web_shared/protocol/signatures";
import type { Device } from "./model";

const KEY_BYTES = 32;

/** @param owner on the owner's device */
export async function sealKeys(vault: Vault, till: Key, owner?: Key): Promise<Sealed> {
  const joined = new Uint8Array([...till, ...(owner ?? [])]);
  try {
    return await vault.seal(joined);
  } finally {
    joined.fill(0);
  }
}

export function withTillKey<T>(vault: Vault, device: Pick<Device, "keys">, work: (key: Key) => T | Promise<T>): Promise<T> {
  return withKey(vault, device.keys, 0, work);
}

/** @throws RangeError when this is not the owner's device */
export function withOwnerKey<T>(vault: Vault, device: Pick<Device, "keys">, work: (key: Key) => T | Promise<T>): Promise<T> {
  return withKey(vault, device.keys, 1, work);
}

async function withKey<T>(vault: Vault, keys: Sealed, place: number, work: (key: Key) => T | Promise<T>): Promise<T> {
  const joined = await vault.unseal(keys);
  try {
    if (joined.length < (place + 1) * KEY_BYTES) throw new RangeError("no such key on this device");
    return await work(joined.subarray(place * KEY_BYTES, (place + 1) * KEY_BYTES));
  } finally {
    joined.fill(0);
  }
}
