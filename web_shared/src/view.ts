/** The state that an app's screens render: one object, replaced at every change, and the history of screens. */

export interface Shown {
  screen: string;
  busy: boolean;
  /** The last error, to be shown; null when there is none. */
  trouble: unknown;
}

export abstract class Views<View extends Shown> {
  private readonly listeners = new Set<(view: View) => void>();
  private readonly trail: View["screen"][] = [];

  constructor(public view: View) {}

  /** The trouble to show for any error. */
  protected abstract troubleOf(error: unknown): View["trouble"];

  /** The screen for `back` when the history is empty. */
  protected abstract first(): View["screen"];

  subscribe(listener: (view: View) => void): () => void {
    this.listeners.add(listener);
    listener(this.view);
    return () => this.listeners.delete(listener);
  }

  set(change: Partial<View>): void {
    this.view = { ...this.view, ...change };
    this.listeners.forEach((listener) => listener(this.view));
  }

  tell(error: unknown): void {
    this.set({ trouble: this.troubleOf(error) } as Partial<View>);
  }

  /** Show the error of a background task, unless another error is shown already. */
  tellBeside(error: unknown): void {
    if (this.view.trouble === null) this.tell(error);
  }

  // --- navigation; the URL stays the same

  go(screen: View["screen"]): void {
    if (screen === this.view.screen) return;
    this.trail.push(this.view.screen);
    history.pushState({ trail: [...this.trail, screen] }, "");
    this.show(screen);
  }

  /** Show a screen and clear the history. */
  restart(screen: View["screen"]): void {
    this.trail.length = 0;
    history.replaceState({ trail: [screen] }, "");
    this.show(screen);
  }

  /** Show a screen in place of this one: going back leads to where this one was opened. */
  swap(screen: View["screen"]): void {
    history.replaceState({ trail: [...this.trail, screen] }, "");
    this.show(screen);
  }

  /** The browser went back (`popstate`). */
  returned(): void {
    const screen = this.trail.pop();
    if (screen) this.show(screen);
  }

  back(): void {
    if (this.trail.length > 0) history.back();
    else this.restart(this.first());
  }

  /**
   * Run a task; an error becomes the trouble of the view.
   *
   * @returns whether it succeeded
   */
  async attempt(work: () => Promise<void>): Promise<boolean> {
    this.set({ busy: true, trouble: null } as Partial<View>);
    try {
      await work();
      return true;
    } catch (error) {
      this.tell(error);
      return false;
    } finally {
      this.set({ busy: false } as Partial<View>);
    }
  }

  private show(screen: View["screen"]): void {
    this.set({ screen, trouble: null } as Partial<View>);
  }
}
