/**
 * The owner's key. It is in a vault of its own, which the owner's PIN unlocks for a few minutes. Wherever it is used
 * while locked, the PIN is asked for. Selling does not use it.
 */

import { Tries } from "web_shared/device/tries";
import type { Sealed } from "web_shared/device/vault";
import type { Key } from "web_shared/protocol/signatures";
import type { State } from "./state";
import { ShopTrouble } from "./trouble";

const OPEN_MS = 5 * 60_000;

interface Asking {
  opened: Promise<void>;
  answer: () => void;
  refuse: (why: ShopTrouble) => void;
}

export class Owner {
  private readonly tries: Tries;
  private asking: Asking | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly state: State) {
    this.tries = new Tries(state.store, "owner_tries");
    document.addEventListener("visibilitychange", () => this.lockHidden());
  }

  get locked(): boolean {
    return this.state.owners.locked;
  }

  /**
   * Seal a key under a new PIN; the key that was sealed before is lost.
   *
   * @throws Trouble `pin_short`, `pin_weak`
   */
  async keep(key: Key, pin: string): Promise<Sealed> {
    const { owners } = this.state;
    await owners.renew(pin);
    await this.tries.reset();
    const sealed = await owners.seal(key);
    this.begin();
    return sealed;
  }

  /**
   * Call a function with the key, which is wiped afterwards; ask for the PIN when it is locked.
   *
   * @throws ShopTrouble `not_owner`: this device does not have it; `owner_locked`: no PIN was given
   */
  async use<T>(work: (key: Key) => T | Promise<T>): Promise<T> {
    const { owner } = this.state.view.device ?? {};
    if (!owner) throw new ShopTrouble("not_owner");
    while (this.locked) await this.ask();
    const key = await this.state.owners.unseal(owner.key);
    try {
      return await work(key);
    } finally {
      key.fill(0);
    }
  }

  /**
   * Unlock with the PIN that was asked for.
   *
   * @throws Trouble `pin_wrong`, `store_unreadable`
   * @throws TriedTooOften
   */
  async open(pin: string): Promise<void> {
    const { owners } = this.state;
    await this.tries.count();
    await owners.refresh(); // another tab may have changed the PIN
    await owners.unlock(pin);
    await this.tries.reset();
    this.begin();
    this.asking?.answer();
  }

  /**
   * Change the PIN; the key stays the same.
   *
   * @throws Trouble as {@link open}, or `pin_short`, `pin_weak`; the PIN is not changed
   * @throws TriedTooOften
   */
  async changePin(now: string, next: string): Promise<void> {
    await this.open(now);
    await this.state.owners.changeSecret(now, next);
  }

  /** Cancel the request for the PIN. */
  cancel(): void {
    this.asking?.refuse(new ShopTrouble("owner_locked"));
  }

  lock(): void {
    clearTimeout(this.timer);
    this.state.owners.lock();
  }

  private begin(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.lock(), OPEN_MS);
    this.lockHidden();
  }

  private lockHidden(): void {
    if (document.visibilityState === "hidden") this.lock();
  }

  /** Ask for the PIN; concurrent calls share one request. */
  private ask(): Promise<void> {
    this.asking ??= this.newAsking();
    return this.asking.opened;
  }

  private newAsking(): Asking {
    const asking = {} as Asking;
    asking.opened = new Promise<void>((answer, refuse) => Object.assign(asking, { answer, refuse })).finally(() => {
      this.asking = null;
      this.state.set({ askingOwner: false });
    });
    this.state.set({ askingOwner: true });
    return asking;
  }
}
