/**
 * Reading a letter from its link, QR or typed text, and storing its coupons and keys. Of a letter that is new to this
 * phone the child's name is asked meanwhile; it is shown as soon as its coupons are found, and what was changed since they
 * were issued is read later.
 */

import { findLetter, nextKeys, openLetter, type Opened, readToEnd } from "web_shared/letter/opening";
import type { NextKey } from "web_shared/letter/sync";
import { type Letter as Secret, LetterUnreadable, readLetterLink } from "web_shared/protocol/letters";
import { joinKeys } from "./keys";
import { ledgerName, refreshLedger } from "./ledger";
import { isAllOf, isOf } from "./letters";
import { type Letter, sameCoupons, waitingToMove } from "./model";
import { moveAll, planMoves, planToFill } from "./move";
import type { Purpose, State } from "./state";
import { NO_RETRY, ParentTrouble } from "./trouble";

/**
 * A letter's secret, from its reading until its keys are stored. When another letter is read, or none, it is wiped: what
 * waited meanwhile stops.
 */
interface Held {
  secret: Secret;
  opened: Opened | null;
  /** Generations to which its coupons are being moved, by index; null before a move was asked for. */
  targets: ReadonlyMap<number, number> | null;
  /** The child's name, empty for none; null until the parent has answered. */
  name: string | null;
}

export class Reading {
  private held: Held | null = null;
  /** The id of the letter that is being moved at once. */
  moving: string | null = null;
  /** Secrets of stored letters of which not all files were read yet, by the letter's id: the coupons may be moved. */
  private readonly unfinished = new Map<string, Secret>();

  constructor(private readonly state: State) {}

  /** Read a letter's link, from the address bar or a QR. */
  async readLink(link: string, purpose: Purpose): Promise<void> {
    try {
      await this.readSecret(readLetterLink(link), purpose);
    } catch (error) {
      if (!(error instanceof LetterUnreadable)) throw error;
      this.state.set({ trouble: new ParentTrouble("letter_damaged") });
    }
  }

  async readSecret(secret: Secret, purpose: Purpose): Promise<void> {
    this.forget();
    this.held = { secret, opened: null, targets: null, name: null };
    this.state.set({ purpose, found: null });
    this.state.restart(purpose !== "open" || this.knownOf(secret) ? "reading" : "name");
    await this.again();
  }

  /**
   * Give the child of the letter that is being read a name, empty if the parent skipped it. The name is stored until the
   * letter is, so that it is not typed again when the app was closed meanwhile.
   */
  async name(name: string): Promise<void> {
    if (this.held) this.held.name = name;
    this.state.restart("reading");
    if (this.held) await this.state.changeSettings({ givenName: name });
  }

  /** Look up the letter; also as a retry after a network error. */
  async again(): Promise<void> {
    const { held, state } = this;
    if (held === null || state.vault.locked) return;
    await this.attempt(held, async () => {
      if (state.view.purpose === "fill") this.checkBlank(held.secret);
      const known = this.replacedBy(held.secret);
      const finding = findLetter(state.server, held.secret);
      const [found] = await Promise.all([finding, refreshLedger(state)]);
      if (this.held !== held) return;
      const kept = this.keepScheme(found);
      const wait = found.coupons.length === 0 || state.view.purpose !== "open" || known !== undefined;
      const opened = wait ? await readToEnd(state.server, held.secret, found) : found;
      if (this.held !== held) return kept;
      if (state.view.purpose === "fill") return this.askToFill(held, opened);
      if (opened.coupons.length === 0) throw new ParentTrouble("letter_empty");
      held.opened = opened;
      if (state.view.purpose === "move") this.askToMove(opened);
      else await this.keep(held, opened, wait ? "letter" : "found");
      await kept;
    });
    if (this.held !== held) return;
    const { trouble, screen } = state.view;
    if (trouble && NO_RETRY.includes(trouble.code)) this.forget();
    if (trouble && screen === "name") {
      state.restart("reading");
      state.set({ trouble });
    }
  }

  /**
   * Move what is left to the next generation. What is planned is stored first, so that it goes on when the app was closed
   * meanwhile.
   *
   * @param spread whether the coupons are moved within an hour, instead of at once
   */
  async move(spread: boolean): Promise<void> {
    const { held, state } = this;
    if (held?.opened == null) return;
    const { secret } = held;
    await this.attempt(held, async () => {
      await refreshLedger(state);
      if (this.held !== held) return;
      const opened = held.targets ? await openLetter(state.server, secret) : held.opened!;
      if (this.held !== held) return;
      held.opened = opened;
      held.targets ??= new Map(opened.coupons.map(({ index, generation }) => [index, generation + 1]));
      const letter = await this.asKept(opened, this.replacedBy(secret), true);
      if (this.held !== held) return;
      const moves = await planMoves(state, secret, opened, spread);
      if (this.held !== held) return;
      this.moving = letter.id;
      await state.keepLetter({ ...letter, moves });
      if (this.held !== held) return;
      if (spread) return this.keptMoving(letter);
      await moveAll(state.server, secret, opened, held.targets, state.view.facts.ledger!, state.view.now);
      if (this.held !== held) return;
      const after = await openLetter(state.server, secret);
      if (this.held === held) await this.keep(held, after, "moved");
    });
  }

  /** Have what is left of the current letter moved to the blank one. What is planned is stored, and then carried out. */
  async fill(): Promise<void> {
    const { held, state } = this;
    if (held?.opened == null) return;
    await this.attempt(held, async () => {
      this.checkBlank(held.secret);
      const letter = state.current!;
      const moves = await planToFill(state, held.secret, letter);
      if (this.held !== held) return;
      await state.changeLetter(letter.id, (latest) => ({ ...latest, code: null, moves }));
      if (this.held !== held) return;
      this.forget();
      state.set({ purpose: "open" });
      state.restart("filled");
    });
  }

  /** Attempt something with the secret that is held; of a secret that is not held any more, no error is told. */
  private async attempt(held: Held, act: () => Promise<void>): Promise<void> {
    await this.state.attempt(() =>
      act().catch((error: unknown) => {
        if (this.held === held) throw error;
      }),
    );
  }

  /** @throws ParentTrouble when what is left of the current letter cannot be moved to this one */
  private checkBlank(secret: Secret): void {
    if (this.knownOf(secret)) throw new ParentTrouble("letter_here");
    if (this.state.current?.scheme !== secret.scheme) throw new ParentTrouble("letter_of_other_scheme");
  }

  /** @throws ParentTrouble `letter_used` */
  private askToFill(held: Held, opened: Opened): void {
    if (opened.coupons.length > 0) throw new ParentTrouble("letter_used");
    held.opened = opened;
    this.state.restart("filling");
  }

  private async keptMoving(letter: Letter): Promise<void> {
    const { held } = this;
    await this.state.changeSettings({ current: letter.id });
    if (this.held !== held) return;
    this.forget();
    this.state.set({ found: letter.id });
    this.state.restart("moved");
  }

  /** Stop reading, and wipe what is held for it. */
  forget(): void {
    this.moving = null;
    this.held?.secret.secret.fill(0);
    this.held?.opened?.keys.forEach((key) => key.fill(0));
    this.held = null;
  }

  /** Wipe every secret: the phone is locked. */
  lock(): void {
    this.forget();
    [...this.unfinished.keys()].forEach((id) => this.finish(id));
  }

  /** The keys of next generations of a stored letter, while its secret is held. */
  nextKeys(id: string): NextKey {
    const secret = this.unfinished.get(id);
    return secret ? nextKeys(secret) : () => null;
  }

  /** All files of a letter were read; its secret is wiped. */
  finish(id: string): void {
    this.unfinished.get(id)?.secret.fill(0);
    this.unfinished.delete(id);
  }

  private knownOf(secret: Secret): Letter | undefined {
    return this.state.view.letters.find((letter) => isOf(secret, letter));
  }

  /**
   * The stored letter that is replaced when this one is read.
   *
   * @throws ParentTrouble when that would stop moves to a blank letter, or lose the keys of coupons of another letter
   */
  private replacedBy(secret: Secret): Letter | undefined {
    const known = this.knownOf(secret);
    if (known?.moves?.blank && waitingToMove(known).length > 0) throw new ParentTrouble("move_unsure");
    if (known && !isAllOf(secret, known)) throw new ParentTrouble("letter_in_parts");
    return known;
  }

  private askToMove({ coupons, scheme }: Opened): void {
    const amount = coupons.reduce((sum, { remaining }) => sum + remaining, 0);
    this.state.set({ moving: { amount, scheme: scheme.id } });
    this.state.restart("moving");
  }

  private async keepScheme({ scheme }: Opened): Promise<void> {
    const { schemes } = this.state.view.facts;
    await this.state.changeFacts({ schemes: { ...schemes, [scheme.id]: scheme } });
  }

  private async keep(held: Held, opened: Opened, then: "found" | "letter" | "moved"): Promise<void> {
    const { state } = this;
    const { secret } = held;
    const known = this.replacedBy(secret);
    const letter = await this.asKept(opened, known, then !== "found");
    if (this.held !== held) return;
    if (then === "found") this.unfinished.set(letter.id, { ...secret, secret: secret.secret.slice() });
    await Promise.all([state.keepLetter(letter), state.changeSettings({ current: letter.id })]);
    if (this.held !== held) return;
    this.forget();
    state.set({ found: letter.id });
    void navigator.storage?.persist?.().catch(() => false);
    const { name } = held;
    if (name) await state.changeLetter(letter.id, (kept) => ({ ...kept, name }));
    if (state.view.settings.givenName) await state.changeSettings({ givenName: "" });
    if (then === "moved") state.restart("moved");
    else if (name !== null || known?.name) state.restart("home");
    else if (state.view.screen !== "name") state.restart("name");
  }

  private async asKept(opened: Opened, known: Letter | undefined, complete: boolean): Promise<Letter> {
    const { state } = this;
    const { scheme, coupons, keys, past, position } = opened;
    const letter: Letter = {
      id: known?.id ?? crypto.randomUUID(),
      name: known?.name ?? "",
      scheme: scheme.id,
      coupons,
      keys: await state.vault.seal(joinKeys(keys)),
      past,
      code: null,
      shownNonce: 0,
      ledger: ledgerName(state.view.facts.ledger!),
      position,
      syncedAt: complete ? state.view.now : null,
    };
    const { code, shownNonce } = known && sameCoupons(known, letter) ? known : letter;
    return { ...letter, code, shownNonce };
  }
}
