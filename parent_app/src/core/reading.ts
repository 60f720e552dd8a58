/** Reading a letter from its link, QR or typed text, and storing its coupons and keys. */

import { type Letter as Secret, LetterUnreadable, readLetterLink } from "web_shared/protocol/letters";
import { refreshLedger } from "./refresher";
import { joinKeys } from "./keys";
import { type Opened, openLetter } from "./letters";
import type { Letter } from "./model";
import { moveLetter } from "./move";
import type { Purpose, State } from "./state";
import { ledgerName } from "./sync";
import { ParentTrouble } from "./trouble";

/** The only copy of a letter's secret, from its reading until its keys are stored. */
interface Held {
  secret: Secret;
  opened: Opened | null;
}

export class Reading {
  private held: Held | null = null;

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
    this.held = { secret, opened: null };
    this.state.set({ purpose });
    this.state.restart("reading");
    await this.again();
  }

  /** Look up the letter; also as a retry after a network error. */
  async again(): Promise<void> {
    const { held, state } = this;
    if (held === null || state.vault.locked) return;
    await state.attempt(async () => {
      const opening = openLetter(state.server, held.secret).then((opened) => (held.opened = opened));
      const [opened] = await Promise.all([opening, refreshLedger(state)]);
      const kept = this.keepScheme(opened);
      if (state.view.purpose === "move") this.askToMove(opened);
      else await this.keep(opened, "letter");
      await kept;
    });
    if (state.view.trouble?.code === "letter_unknown") this.forget();
  }

  /** Move what is left to the next generation. */
  async move(): Promise<void> {
    const { held, state } = this;
    if (held?.opened == null) return;
    const { secret, opened } = held;
    await state.attempt(async () => {
      await refreshLedger(state);
      const domain = state.view.facts.ledger!;
      const after = await moveLetter(state.server, secret, opened, domain, state.view.now);
      await this.keep(after, "moved");
    });
  }

  forget(): void {
    this.held?.secret.secret.fill(0);
    this.held?.opened?.keys.forEach((key) => key.fill(0));
    this.held = null;
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

  private async keep(opened: Opened, then: "letter" | "moved"): Promise<void> {
    const { state } = this;
    const known = state.view.letters.find(({ coupons }) =>
      coupons.some(({ address }) => opened.addresses.includes(address)),
    );
    const letter = await this.asKept(opened, known);
    await Promise.all([state.keepLetter(letter), state.changeSettings({ current: letter.id })]);
    this.forget();
    void navigator.storage?.persist?.().catch(() => false);
    if (then === "moved") state.restart("moved");
    else state.restart(known?.name ? "home" : "name");
  }

  private async asKept(opened: Opened, known: Letter | undefined): Promise<Letter> {
    const { state } = this;
    const same = known?.coupons.every(({ address }, i) => address === opened.coupons[i]?.address);
    return {
      id: known?.id ?? crypto.randomUUID(),
      name: known?.name ?? "",
      scheme: opened.scheme.id,
      coupons: opened.coupons,
      keys: await state.vault.seal(joinKeys(opened.keys)),
      past: opened.past,
      code: same ? known!.code : null,
      shownNonce: same ? known!.shownNonce : 0,
      read: {
        ledger: ledgerName(state.view.facts.ledger!),
        prefixLength: opened.scheme.prefixLength,
        blocks: opened.blocks,
      },
      syncedAt: state.view.now,
    };
  }
}
