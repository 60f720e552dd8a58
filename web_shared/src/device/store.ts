/** A key-value store in IndexedDB, or in memory when the browser has no persistent storage. */

import { Trouble } from "./trouble";

export interface Store {
  /** False when everything is lost once the page is closed. */
  readonly lasting: boolean;
  get<T>(key: string): Promise<T | undefined>;
  /** All values whose key has this prefix, in the order of the keys. */
  list<T>(prefix: string): Promise<T[]>;
  put(key: string, value: unknown): Promise<void>;
  remove(key: string): Promise<void>;
  clear(): Promise<void>;
  /** Read, change and write in one transaction, isolated from other tabs; `undefined` writes nothing. */
  update<T>(key: string, change: (value: T | undefined) => T | undefined): Promise<void>;
}

const THINGS = "things";

/** @param name of the database: the apps share an origin, and each has its own database */
export async function openStore(name: string): Promise<Store> {
  try {
    const database = await open(name);
    const store = new DeviceStore(database);
    await store.get("settings");
    return store;
  } catch {
    return new MemoryStore();
  }
}

function open(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(THINGS);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("blocked"));
  });
}

type Work<T> = (things: IDBObjectStore, done: (value: T) => void) => void;

class DeviceStore implements Store {
  readonly lasting = true;

  constructor(private readonly database: IDBDatabase) {}

  get<T>(key: string): Promise<T | undefined> {
    return this.run<T | undefined>("readonly", (things, done) => {
      const request = things.get(key);
      request.onsuccess = () => done(request.result as T | undefined);
    });
  }

  list<T>(prefix: string): Promise<T[]> {
    return this.run<T[]>("readonly", (things, done) => {
      const request = things.getAll(IDBKeyRange.bound(prefix, `${prefix}\uffff`));
      request.onsuccess = () => done(request.result as T[]);
    });
  }

  put(key: string, value: unknown): Promise<void> {
    return this.run<void>("readwrite", (things) => void things.put(value, key));
  }

  remove(key: string): Promise<void> {
    return this.run<void>("readwrite", (things) => void things.delete(key));
  }

  clear(): Promise<void> {
    return this.run<void>("readwrite", (things) => void things.clear());
  }

  async update<T>(key: string, change: (value: T | undefined) => T | undefined): Promise<void> {
    let mistake: unknown;
    try {
      await this.run<void>("readwrite", (things) => {
        const request = things.get(key);
        request.onsuccess = () => {
          try {
            const changed = change(request.result as T | undefined);
            if (changed !== undefined) things.put(changed, key);
          } catch (error) {
            mistake = error;
            things.transaction.abort();
          }
        };
      });
    } catch (error) {
      throw asTrouble(mistake ?? error);
    }
  }

  private run<T>(mode: IDBTransactionMode, work: Work<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      let result: T | undefined;
      const fail = (error: unknown): void => reject(asTrouble(error));
      try {
        const transaction = this.database.transaction(THINGS, mode, { durability: "strict" });
        transaction.oncomplete = () => resolve(result as T);
        transaction.onabort = () => fail(transaction.error);
        work(transaction.objectStore(THINGS), (value) => (result = value));
      } catch (error) {
        fail(error);
      }
    });
  }
}

function asTrouble(error: unknown): unknown {
  const full = error instanceof DOMException && error.name === "QuotaExceededError";
  return full ? new Trouble("storage_full") : (error ?? new Error("aborted"));
}

/** For a browser without persistent storage, and for tests. */
export class MemoryStore implements Store {
  readonly lasting = false;
  private readonly things = new Map<string, unknown>();

  async get<T>(key: string): Promise<T | undefined> {
    return structuredClone(this.things.get(key)) as T | undefined;
  }

  async list<T>(prefix: string): Promise<T[]> {
    const found = [...this.things].filter(([key]) => key.startsWith(prefix));
    return found.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => structuredClone(value) as T);
  }

  async put(key: string, value: unknown): Promise<void> {
    this.things.set(key, structuredClone(value));
  }

  async remove(key: string): Promise<void> {
    this.things.delete(key);
  }

  async clear(): Promise<void> {
    this.things.clear();
  }

  async update<T>(key: string, change: (value: T | undefined) => T | undefined): Promise<void> {
    const changed = change(await this.get<T>(key));
    if (changed !== undefined) await this.put(key, changed);
  }
}
