/** What an app's screens draw: one object, replaced at every change, and the way back through them. */

export interface Shown {
  screen: string;
  busy: boolean;
  /** What went wrong last, for the screen to tell. */
  trouble: unknown;
}

export abstract class Views<View extends Shown> {
  private readonly listeners = new Set<(view: View) => void>();
  private readonly trail: View["screen"][] = [];

  constructor(public view: View) {}

  /** What to tell about any error. */
  protected abstract troubleOf(error: unknown): View["trouble"];

  /** Where there is to go when there is no way back. */
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

  /** What failed beside: told, unless what was done in the meantime has an answer on the screen. */
  tellBeside(error: unknown): void {
    if (this.view.trouble === null) this.tell(error);
  }

  // --- where we are; an address never tells

  go(screen: View["screen"]): void {
    if (screen === this.view.screen) return;
    this.trail.push(this.view.screen);
    history.pushState({ trail: [...this.trail, screen] }, "");
    this.show(screen);
  }

  /** Go somewhere from where there is no way back to what was before. */
  restart(screen: View["screen"]): void {
    this.trail.length = 0;
    history.replaceState({ trail: [screen] }, "");
    this.show(screen);
  }

  /** The browser's own way back was taken. */
  returned(): void {
    const screen = this.trail.pop();
    if (screen) this.show(screen);
  }

  back(): void {
    if (this.trail.length > 0) history.back();
    else this.restart(this.first());
  }

  /**
   * Do something that may fail in ways the screen tells about.
   *
   * @returns whether it was done; otherwise there is trouble, which is told
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
