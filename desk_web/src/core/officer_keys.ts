/** The privacy officer's age keys on this device: apart from the keys that sign, sealed with a passphrase of their own. */

import { PASSPHRASE, type Rule } from "web_shared/device/secrets";
import { openStore, type Store } from "web_shared/device/store";
import { type Sealed, Vault } from "web_shared/device/vault";
import { DeskTrouble } from "./trouble";

/** Loaded when a key is made or read: age is a third of what a page may weigh. */
const sealing = () => import("web_shared/protocol/sealing");

const STORE = "kindpakket-privacy";
const MARK = "AGE-SECRET-KEY-1";
const GROUP = 4;

export interface OfficerKey {
  /** The public key, `age1…`. */
  recipient: string;
  /** Whether there is a copy on paper. */
  saved: boolean;
}

interface Kept extends OfficerKey {
  sealed: Sealed;
  madeAt: number;
}

export class OfficerKeys {
  constructor(
    private readonly store: Store,
    private readonly rule: Rule = PASSPHRASE,
  ) {}

  /** @throws DeskTrouble `browser_keeps_nothing` */
  static async open(): Promise<OfficerKeys> {
    const store = await openStore(STORE);
    if (!store.lasting) throw new DeskTrouble("browser_keeps_nothing");
    return new OfficerKeys(store);
  }

  async hasPassphrase(): Promise<boolean> {
    return (await Vault.open(this.store, this.rule)).hasSecret;
  }

  /** All keys, newest first. */
  async list(): Promise<OfficerKey[]> {
    const kept = await this.store.list<Kept>(place(""));
    return kept.sort((one, other) => other.madeAt - one.madeAt).map(({ recipient, saved }) => ({ recipient, saved }));
  }

  /**
   * Make a key; the passphrase of the first becomes that of the device.
   *
   * @throws Trouble `passphrase_wrong`, `passphrase_short`, `passphrase_weak`, `store_unreadable`, `storage_full`
   */
  async make(passphrase: string): Promise<string> {
    return this.keep(await (await sealing()).newIdentity(), false, passphrase);
  }

  /**
   * Add a key from its copy on paper.
   *
   * @throws DeskTrouble `identity_unreadable`, and as {@link make}
   */
  async addFromPaper(typed: string, passphrase: string): Promise<string> {
    return this.keep(typed.toUpperCase().replace(/\s/g, ""), true, passphrase);
  }

  /**
   * Call a function with a private key, in age's text.
   *
   * @throws Trouble `passphrase_wrong`
   * @throws DeskTrouble `privacy_key_missing`
   */
  async use<T>(recipient: string, passphrase: string, work: (identity: string) => Promise<T>): Promise<T> {
    const kept = await this.store.get<Kept>(place(recipient));
    if (kept === undefined) throw new DeskTrouble("privacy_key_missing");
    const plain = await (await this.unlock(passphrase)).unseal(kept.sealed);
    try {
      return await work(new TextDecoder().decode(plain));
    } finally {
      plain.fill(0);
    }
  }

  async markSaved(recipient: string): Promise<void> {
    await this.store.update<Kept>(place(recipient), (kept) => kept && { ...kept, saved: true });
  }

  private async keep(identity: string, saved: boolean, passphrase: string): Promise<string> {
    const recipient = await readIdentity(identity);
    const vault = await this.unlock(passphrase);
    const sealed = await vault.seal(new TextEncoder().encode(identity));
    await this.store.put(place(recipient), { recipient, saved, sealed, madeAt: Date.now() } satisfies Kept);
    // Otherwise the browser may evict it when storage runs low.
    void navigator.storage?.persist?.().catch(() => false);
    return recipient;
  }

  private async unlock(passphrase: string): Promise<Vault> {
    const vault = await Vault.open(this.store, this.rule);
    if (vault.hasSecret) await vault.unlock(passphrase);
    else await vault.changeSecret("", passphrase);
    return vault;
  }
}

/** A private key as printed: its mark, then groups of four. */
export function groupIdentity(identity: string): string[] {
  const rest = identity.slice(MARK.length);
  return [MARK, ...(rest.match(new RegExp(`.{1,${GROUP}}`, "g")) ?? [])];
}

async function readIdentity(identity: string): Promise<string> {
  const { recipientOf } = await sealing();
  try {
    return await recipientOf(identity);
  } catch {
    throw new DeskTrouble("identity_unreadable");
  }
}

function place(recipient: string): string {
  return `age/${recipient}`;
}
