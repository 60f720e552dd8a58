/**
 * Keeps keys unreadable at rest.
 *
 * They are sealed with a master key. That one is kept wrapped by a key that cannot leave this
 * browser, and by one made from the PIN when there is a PIN, so that a PIN changes one record only.
 */

import type { Store } from "./store";
import { Trouble } from "./trouble";

const AES = "AES-GCM";
const USES: KeyUsage[] = ["encrypt", "decrypt"];
const ROUNDS = 600_000;
const DIGITS = /^\d{4,8}$/;

export interface Sealed {
  iv: Uint8Array;
  data: Uint8Array;
}

interface Lock {
  device: CryptoKey;
  master: Sealed;
  /** Null when there is no PIN. */
  salt: Uint8Array | null;
}

export class Vault {
  private master: CryptoKey | null = null;

  private constructor(
    private readonly store: Store,
    private lockRecord: Lock,
  ) {}

  static async open(store: Store): Promise<Vault> {
    const vault = new Vault(store, (await store.get<Lock>("lock")) ?? (await firstLock(store)));
    if (!vault.hasPin) await vault.unlock("");
    return vault;
  }

  get hasPin(): boolean {
    return this.lockRecord.salt !== null;
  }

  get locked(): boolean {
    return this.master === null;
  }

  /** Notice a PIN that another tab set or took away. */
  async refresh(): Promise<void> {
    this.lockRecord = (await this.store.get<Lock>("lock")) ?? this.lockRecord;
  }

  async unlock(pin: string): Promise<void> {
    const raw = await this.readMaster(pin);
    this.master = await crypto.subtle.importKey("raw", plainBytes(raw), AES, false, USES);
    raw.fill(0);
  }

  /** Forget what the PIN gave; without a PIN there is nothing to ask for. */
  lock(): void {
    if (this.hasPin) this.master = null;
  }

  /** Set, change or (with null) take away the PIN. */
  async changePin(now: string, next: string | null): Promise<void> {
    if (next !== null && !DIGITS.test(next)) throw new Trouble("pin_short");
    const raw = await this.readMaster(now);
    const changed = await wrap(this.lockRecord.device, raw, next);
    raw.fill(0);
    await this.store.put("lock", changed);
    this.lockRecord = changed;
  }

  async seal(plain: Uint8Array): Promise<Sealed> {
    return encrypt(this.needMaster(), plain);
  }

  async unseal(sealed: Sealed): Promise<Uint8Array> {
    return decrypt(this.needMaster(), sealed);
  }

  private needMaster(): CryptoKey {
    if (this.master === null) throw new Trouble("locked");
    return this.master;
  }

  private async readMaster(pin: string): Promise<Uint8Array> {
    const { device, master, salt } = this.lockRecord;
    const inner = await decrypt(device, master);
    if (salt === null) return inner;
    const key = await keyOfPin(pin, salt);
    try {
      return await decrypt(key, { iv: inner.slice(0, 12), data: inner.slice(12) });
    } catch {
      throw new Trouble("pin_wrong");
    }
  }
}

async function firstLock(store: Store): Promise<Lock> {
  const fresh = await makeLock();
  // Of two tabs that open for the first time at once, the second takes the first one's lock.
  await store.update<Lock>("lock", (found) => (found ? undefined : fresh)).catch(() => undefined);
  return (await store.get<Lock>("lock")) ?? fresh;
}

async function makeLock(): Promise<Lock> {
  const device = await crypto.subtle.generateKey({ name: AES, length: 256 }, false, ["encrypt", "decrypt"]);
  return wrap(device, crypto.getRandomValues(new Uint8Array(32)), null);
}

async function wrap(device: CryptoKey, raw: Uint8Array, pin: string | null): Promise<Lock> {
  if (pin === null) return { device, master: await encrypt(device, raw), salt: null };
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const { iv, data } = await encrypt(await keyOfPin(pin, salt), raw);
  const inner = new Uint8Array([...iv, ...data]);
  return { device, master: await encrypt(device, inner), salt };
}

async function keyOfPin(pin: string, salt: Uint8Array): Promise<CryptoKey> {
  const bytes = new TextEncoder().encode(pin);
  const material = await crypto.subtle.importKey("raw", bytes, "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: plainBytes(salt), iterations: ROUNDS };
  return crypto.subtle.deriveKey(how, material, { name: AES, length: 256 }, false, USES);
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
