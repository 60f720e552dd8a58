/**
 * Drafts: the input of a form that was sent after the session had ended, until its official is back at its page.
 *
 * A draft is stored in this tab only, from the submission to the next page; longer only when that page reports that
 * the session had ended. It is never given to another official who signs in on this tab.
 */

export type Fields = readonly (readonly [name: string, value: string])[];

export interface Draft {
  /** The official who typed it. */
  official: string;
  /** The page of the form: a path within this site. */
  page: string;
  action: string;
  fields: Fields;
  /** Names of the inputs with a chosen file, which a script cannot restore. */
  files: readonly string[];
  /** When it was found that the session had ended, in milliseconds; null when the form may have arrived. */
  endedAt: number | null;
}

const DRAFT = "kindpakket/draft";
const PAGE = "kindpakket/page";
/** The lifetime of a session. */
export const KEPT_MS = 30 * 60 * 1000;

export class Drafts {
  constructor(private readonly store: Storage) {}

  /** The last page that was requested with GET; the answer to a form has no URL of its own. */
  get page(): string | null {
    return this.store.getItem(PAGE);
  }

  visit(page: string): void {
    this.store.setItem(PAGE, page);
  }

  /** Store the draft of a form that is being sent. */
  keep(draft: Omit<Draft, "page" | "endedAt">): void {
    if (this.page === null) return;
    try {
      this.store.setItem(DRAFT, JSON.stringify({ ...draft, page: this.page, endedAt: null }));
    } catch {
      this.wipe(); // the storage is full: no partial or older draft may remain
    }
  }

  /** Mark the draft as not arrived, since the session had ended. */
  sessionEnded(now: number): Draft | null {
    const draft = this.read(now);
    if (draft === null) return null;
    const ended = { ...draft, endedAt: draft.endedAt ?? now };
    this.store.setItem(DRAFT, JSON.stringify(ended));
    return ended;
  }

  /** On a page of an official who is signed in: return and remove their draft of this page. */
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

  /** On the sign-in page: remove a draft that may have arrived. */
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
