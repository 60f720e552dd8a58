/**
 * Encryption of keys at rest.
 *
 * Keys are sealed with a master key. The master key is stored wrapped: by a non-extractable key of this browser and,
 * when there is a secret (a PIN or a passphrase), also by a key derived from that. A change of secret therefore
 * rewrites one record only. Each vault, identified by its name, has its own master key.
 */

import type { Rule } from "./secrets";
import type { Store } from "./store";
import { randomSalt, stretch, type Work } from "./stretch";
import { Trouble } from "./trouble";

const AES = "AES-GCM";
const USES: KeyUsage[] = ["encrypt", "decrypt"];
const VERSION = 1;

export interface Sealed {
  iv: Uint8Array;
  data: Uint8Array;
}

/** The stored record of a vault. */
interface Lock {
  version: typeof VERSION;
  device: CryptoKey;
  master: Sealed;
  /** Parameters of the key derivation; null when there is no secret. */
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
   * @param name of its record in the store
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

  /** Load the record again, since another tab may have set or removed the secret. */
  async refresh(): Promise<void> {
    this.lockRecord = (await this.store.get<Lock>(this.name)) ?? this.lockRecord;
  }

  /** @throws Trouble the secret is wrong, or `store_unreadable` */
  async unlock(secret: string): Promise<void> {
    await this.hold(await this.readMaster(secret));
  }

  /** Drop the master key from memory; a vault without a secret stays open. */
  lock(): void {
    if (this.hasSecret) this.master = null;
  }

  /**
   * Set, change or (with null) remove the secret.
   *
   * @param names guessable words, which count for little in a secret
   * @throws Trouble the secret is wrong, or the next one cannot be chosen
   */
  async changeSecret(now: string, next: string | null, names: readonly string[] = []): Promise<void> {
    const chosen = next === null ? null : this.chosen(next, names);
    const raw = await this.readMaster(now);
    const changed = await wrap(this.lockRecord.device, raw, chosen, this.rule.work);
    raw.fill(0);
    await this.keep(changed);
  }

  /**
   * Replace the master key and the secret, and unlock. What was sealed before can never be opened again.
   *
   * @throws Trouble the secret cannot be chosen
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
  // When two tabs create the record at the same time, the first one wins and both use it.
  await store.update<Lock>(name, (found) => (found ? undefined : fresh)).catch(() => undefined);
  return (await store.get<Lock>(name)) ?? fresh;
}

async function makeLock(): Promise<Lock> {
  const device = await crypto.subtle.generateKey({ name: AES, length: 256 }, false, ["encrypt", "decrypt"]);
  return wrap(device, crypto.getRandomValues(new Uint8Array(32)), null, null);
}

async function wrap(device: CryptoKey, raw: Uint8Array, text: string | null, work: Work | null): Promise<Lock> {
  if (text === null || work === null) return { version: VERSION, device, master: await encrypt(device, raw), secret: null };
  const salt = randomSalt();
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

/** A copy that is not backed by a SharedArrayBuffer, as the types of WebCrypto require. */
function plainBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
