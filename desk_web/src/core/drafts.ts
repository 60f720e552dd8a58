/**
 * What was typed in a form whose session had ended, until its official is back at its page.
 *
 * It is kept in this tab only, and no longer than between sending a form and the next page, unless that
 * page says that the session had ended. Another official who signs in on this tab never gets it.
 */

export type Fields = readonly (readonly [name: string, value: string])[];

export interface Draft {
  /** Whose it is. */
  official: string;
  /** Where the form stands: a path within this site. */
  page: string;
  action: string;
  fields: Fields;
  /** Names of files that were chosen: a page cannot choose them again. */
  files: readonly string[];
  /** When it was sent without a session, in milliseconds; null: it may have arrived. */
  endedAt: number | null;
}

const DRAFT = "kindpakket/draft";
const PAGE = "kindpakket/page";
/** Not longer than a session lasts. */
export const KEPT_MS = 30 * 60 * 1000;

export class Drafts {
  constructor(private readonly store: Storage) {}

  /** The page that was last asked for by its address: what a form is answered with has none. */
  get page(): string | null {
    return this.store.getItem(PAGE);
  }

  visit(page: string): void {
    this.store.setItem(PAGE, page);
  }

  /** A form is being sent. */
  keep(draft: Omit<Draft, "page" | "endedAt">): void {
    if (this.page === null) return;
    try {
      this.store.setItem(DRAFT, JSON.stringify({ ...draft, page: this.page, endedAt: null }));
    } catch {
      this.wipe(); // there is no room: then a form is lost, and never half of it kept
    }
  }

  /** It did not arrive, since there is no session. */
  sessionEnded(now: number): Draft | null {
    const draft = this.read(now);
    if (draft === null) return null;
    const ended = { ...draft, endedAt: draft.endedAt ?? now };
    this.store.setItem(DRAFT, JSON.stringify(ended));
    return ended;
  }

  /** At a page of an official who is signed in: what they typed here, once. */
  take(official: string, page: string, now: number): Draft | null {
    const draft = this.read(now);
    if (draft === null || draft.endedAt === null || draft.official !== official) {
      this.wipe();
      return null;
    }
    if (draft.page !== page) return null;
    this.wipe();
    return draft;
  }

  /** At the page for signing in: what may have arrived is not kept. */
  waitForSigningIn(now: number): void {
    if (this.read(now)?.endedAt == null) this.wipe();
  }

  wipe(): void {
    this.store.removeItem(DRAFT);
  }

  private read(now: number): Draft | null {
    const kept = this.store.getItem(DRAFT);
    if (kept === null) return null;
    const draft = JSON.parse(kept) as Draft;
    if (draft.endedAt === null || now - draft.endedAt < KEPT_MS) return draft;
    this.wipe();
    return null;
  }
}
