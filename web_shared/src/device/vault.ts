/**
 * Keeps keys unreadable at rest.
 *
 * They are sealed with a master key. That one is kept wrapped by a key that cannot leave this browser, and by one
 * made from a secret (a PIN or a passphrase) when there is one, so that another secret changes one record only.
 * Vaults with other names have other master keys.
 */

import type { Rule } from "./secrets";
import type { Store } from "./store";
import { drawSalt, stretch, type Work } from "./stretch";
import { Trouble } from "./trouble";

const AES = "AES-GCM";
const USES: KeyUsage[] = ["encrypt", "decrypt"];
const VERSION = 1;

export interface Sealed {
  iv: Uint8Array;
  data: Uint8Array;
}

interface Lock {
  version: typeof VERSION;
  device: CryptoKey;
  master: Sealed;
  /** How the secret becomes a key; null when there is no secret. */
  secret: { work: Work; salt: Uint8Array } | null;
}

export class Vault {
  private master: CryptoKey | null = null;

  private constructor(
    private readonly store: Store,
    private readonly rule: Rule,
    private readonly name: string,
    private lockRecord: Lock,
  ) {}

  /**
   * @param rule what may be chosen as the secret
   * @param name under which its lock is kept
   */
  static async open(store: Store, rule: Rule, name = "lock"): Promise<Vault> {
    const vault = new Vault(store, rule, name, (await store.get<Lock>(name)) ?? (await firstLock(store, name)));
    if (!vault.hasSecret) await vault.unlock("");
    return vault;
  }

  get hasSecret(): boolean {
    return this.lockRecord.secret !== null;
  }

  get locked(): boolean {
    return this.master === null;
  }

  /** Notice a secret that another tab set or took away. */
  async refresh(): Promise<void> {
    this.lockRecord = (await this.store.get<Lock>(this.name)) ?? this.lockRecord;
  }

  /** @throws Trouble that the secret is wrong, or `store_unreadable` */
  async unlock(secret: string): Promise<void> {
    await this.hold(await this.readMaster(secret));
  }

  /** Forget what the secret gave; without one there is nothing to ask for. */
  lock(): void {
    if (this.hasSecret) this.master = null;
  }

  /**
   * Set, change or (with null) take away the secret.
   *
   * @param names that are easily guessed here
   * @throws Trouble that the secret is wrong, or the next one cannot be chosen
   */
  async changeSecret(now: string, next: string | null, names: readonly string[] = []): Promise<void> {
    const chosen = next === null ? null : this.chosen(next, names);
    const raw = await this.readMaster(now);
    const changed = await wrap(this.lockRecord.device, raw, chosen, this.rule.work);
    raw.fill(0);
    await this.keep(changed);
  }

  /**
   * Begin anew under a secret, and open: what was sealed before stays sealed for good.
   *
   * @throws Trouble that it cannot be chosen
   */
  async renew(secret: string): Promise<void> {
    const chosen = this.chosen(secret, []);
    const raw = crypto.getRandomValues(new Uint8Array(32));
    await this.keep(await wrap(this.lockRecord.device, raw, chosen, this.rule.work));
    await this.hold(raw);
  }

  async seal(plain: Uint8Array): Promise<Sealed> {
    return encrypt(this.needMaster(), plain);
  }

  async unseal(sealed: Sealed): Promise<Uint8Array> {
    return decrypt(this.needMaster(), sealed);
  }

  private chosen(text: string, names: readonly string[]): string {
    const secret = this.rule.plain(text);
    const refused = this.rule.refuse(secret, names);
    if (refused !== null) throw new Trouble(refused);
    return secret;
  }

  private async keep(lock: Lock): Promise<void> {
    await this.store.put(this.name, lock);
    this.lockRecord = lock;
  }

  private async hold(raw: Uint8Array): Promise<void> {
    this.master = await crypto.subtle.importKey("raw", plainBytes(raw), AES, false, USES);
    raw.fill(0);
  }

  private needMaster(): CryptoKey {
    if (this.master === null) throw new Trouble("locked");
    return this.master;
  }

  private async readMaster(text: string): Promise<Uint8Array> {
    const { version, device, master, secret } = this.lockRecord;
    if (version !== VERSION) throw new Trouble("store_unreadable");
    const inner = await decrypt(device, master);
    if (secret === null) return inner;
    const key = await keyOf(this.rule.plain(text), secret.work, secret.salt);
    try {
      return await decrypt(key, { iv: inner.slice(0, 12), data: inner.slice(12) });
    } catch {
      throw new Trouble(this.rule.wrong);
    }
  }
}

async function firstLock(store: Store, name: string): Promise<Lock> {
  const fresh = await makeLock();
  // Of two tabs that open for the first time at once, the second takes the first one's lock.
  await store.update<Lock>(name, (found) => (found ? undefined : fresh)).catch(() => undefined);
  return (await store.get<Lock>(name)) ?? fresh;
}

async function makeLock(): Promise<Lock> {
  const device = await crypto.subtle.generateKey({ name: AES, length: 256 }, false, ["encrypt", "decrypt"]);
  return wrap(device, crypto.getRandomValues(new Uint8Array(32)), null, null);
}

async function wrap(device: CryptoKey, raw: Uint8Array, text: string | null, work: Work | null): Promise<Lock> {
  if (text === null || work === null) return { version: VERSION, device, master: await encrypt(device, raw), secret: null };
  const salt = drawSalt();
  const { iv, data } = await encrypt(await keyOf(text, work, salt), raw);
  const inner = new Uint8Array([...iv, ...data]);
  return { version: VERSION, device, master: await encrypt(device, inner), secret: { work, salt } };
}

async function keyOf(text: string, work: Work, salt: Uint8Array): Promise<CryptoKey> {
  const bytes = await stretch(text, work, salt);
  const key = await crypto.subtle.importKey("raw", plainBytes(bytes), AES, false, USES);
  bytes.fill(0);
  return key;
}

async function encrypt(key: CryptoKey, plain: Uint8Array): Promise<Sealed> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const data = await crypto.subtle.encrypt({ name: AES, iv }, key, plainBytes(plain));
  return { iv, data: new Uint8Array(data) };
}

async function decrypt(key: CryptoKey, { iv, data }: Sealed): Promise<Uint8Array> {
  const how = { name: AES, iv: plainBytes(iv) };
  return new Uint8Array(await crypto.subtle.decrypt(how, key, plainBytes(data)));
}

/** WebCrypto's types want an array that surely is not shared between threads. */
function plainBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
