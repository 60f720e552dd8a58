/**
 * The keys on this device, all sealed with a passphrase.
 *
 * Each operation opens the vault itself, so that no key stays unlocked after it, and changes of other tabs are seen.
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { hasCryptography } from "web_shared/device/secure";
import { openStore, type Store } from "web_shared/device/store";
import { PASSPHRASE, type Rule } from "web_shared/device/secrets";
import { type Sealed, Vault } from "web_shared/device/vault";
import { type Address, type Hex, toHex } from "web_shared/protocol/bytes";
import { addressOf, generateKey, type Key } from "web_shared/protocol/signatures";
import { DeskTrouble } from "./trouble";

const STORE = "kindpakket-desk";

export interface DeskKey {
  address: Address;
  name: string;
  /** Whether it is removed from the device when its holder signs out. */
  temporary: boolean;
  /** Whether there is a copy in a file or on paper. */
  saved: boolean;
}

interface Kept extends DeskKey {
  sealed: Sealed;
  /** The invitation for which it was generated, and when that was last used here, in milliseconds. */
  invited: { secretSha256: Hex; at: number } | null;
}

export class Keys {
  constructor(
    private readonly store: Store,
    private readonly rule: Rule = PASSPHRASE,
  ) {}

  /**
   * @throws DeskTrouble `insecure`: the page did not come by https
   * @throws DeskTrouble `browser_keeps_nothing`: the browser has no persistent storage
   */
  static async open(): Promise<Keys> {
    if (!hasCryptography()) throw new DeskTrouble("insecure");
    const store = await openStore(STORE);
    if (!store.lasting) throw new DeskTrouble("browser_keeps_nothing");
    return new Keys(store);
  }

  async hasPassphrase(): Promise<boolean> {
    return (await Vault.open(this.store, this.rule)).hasSecret;
  }

  /** All keys, sorted by name. */
  async list(): Promise<DeskKey[]> {
    const kept = await this.store.list<Kept>(place(""));
    return kept.sort((one, other) => one.name.localeCompare(other.name));
  }

  /**
   * Store a key. The passphrase of the first key becomes that of the device.
   *
   * @throws Trouble `passphrase_wrong`, `passphrase_short`, `passphrase_weak`, `store_unreadable`, `storage_full`
   * @throws DeskTrouble `key_known`
   */
  add(key: Key, about: Omit<DeskKey, "address">, passphrase: string): Promise<Address> {
    return locked(async () => {
      const found = await this.find(addressOf(key));
      // A permanent key that is typed from paper must not become temporary.
      if (found && !(found.temporary && !about.temporary)) throw new DeskTrouble("key_known");
      return this.keep(key, { ...about, invited: null }, passphrase);
    });
  }

  /**
   * The key that was generated here for this invitation; a new one when there is none.
   *
   * @throws Trouble as with `add`
   */
  makeFor(secret: Uint8Array, name: string, passphrase: string): Promise<Address> {
    const invited = { secretSha256: toHex(sha256(secret)), at: Date.now() };
    return locked(async () => {
      const kept = await this.store.list<Kept>(place(""));
      const made = kept.find((each) => each.invited?.secretSha256 === invited.secretSha256);
      if (made) {
        await this.store.put(place(made.address), { ...made, invited });
        return made.address;
      }
      const key = generateKey();
      try {
        return await this.keep(key, { name, temporary: false, saved: false, invited }, passphrase);
      } finally {
        key.fill(0);
      }
    });
  }

  /** The key whose invitation was used here last. */
  async newest(): Promise<Address | null> {
    const invited = (await this.store.list<Kept>(place(""))).filter((each) => each.invited !== null);
    invited.sort((one, other) => other.invited!.at - one.invited!.at);
    return invited[0]?.address ?? null;
  }

  /**
   * Call a function with a key, which is wiped afterwards.
   *
   * @throws Trouble `passphrase_wrong`
   * @throws DeskTrouble `key_missing`
   */
  async use<T>(address: string, passphrase: string, work: (key: Key) => T | Promise<T>): Promise<T> {
    const kept = await this.find(address);
    if (kept === undefined) throw new DeskTrouble("key_missing");
    const vault = await this.unlock(passphrase);
    const key = await vault.unseal(kept.sealed);
    try {
      return await work(key);
    } finally {
      key.fill(0);
    }
  }

  async markSaved(address: Address): Promise<void> {
    await this.store.update<Kept>(place(address), (kept) => kept && { ...kept, saved: true });
  }

  /** @throws Trouble `passphrase_wrong` */
  remove(address: Address, passphrase: string): Promise<void> {
    return locked(async () => {
      await this.unlock(passphrase);
      await this.forget([address]);
    });
  }

  removeTemporary(): Promise<void> {
    return locked(async () => {
      const leaving = (await this.list()).filter(({ temporary }) => temporary);
      await this.forget(leaving.map(({ address }) => address));
    });
  }

  private find(address: string): Promise<Kept | undefined> {
    return this.store.get<Kept>(place(address));
  }

  private async keep(key: Key, about: Omit<Kept, "address" | "sealed">, passphrase: string): Promise<Address> {
    const vault = await this.unlock(passphrase, [about.name]);
    const kept: Kept = { ...about, address: addressOf(key), sealed: await vault.seal(key) };
    await this.store.put(place(kept.address), kept);
    // Otherwise the browser may evict it when storage runs low.
    void navigator.storage?.persist?.().catch(() => false);
    return kept.address;
  }

  private async forget(addresses: readonly Address[]): Promise<void> {
    for (const address of addresses) await this.store.remove(place(address));
    // The passphrase is removed with the last key, so that the next holder chooses one.
    if (addresses.length > 0 && (await this.list()).length === 0) await this.store.clear();
  }

  /** @param names guessable words, when the passphrase is chosen now */
  private async unlock(passphrase: string, names: readonly string[] = []): Promise<Vault> {
    const vault = await Vault.open(this.store, this.rule);
    if (vault.hasSecret) await vault.unlock(passphrase);
    else await vault.changeSecret("", passphrase, names);
    return vault;
  }
}

function place(address: string): string {
  return `key/${address.toLowerCase()}`;
}

/** Call a function under a lock that all tabs share. */
function locked<T>(work: () => Promise<T>): Promise<T> {
  return navigator.locks.request(STORE, work) as Promise<T>;
}
