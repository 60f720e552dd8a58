/** Making a run, step by step: compare the officers' words, make, print, and give the file away. Nothing secret leaves the page. */

import "./paper.css";
import { keyWords } from "../core/key_words";
import { DeskTrouble } from "../core/trouble";
import { alertBox, make, paragraph } from "../elements";
import { actForm, button, download, Notices } from "../parts";
import { printAlone } from "../printing";
import type { Words } from "../texts";
import type { RunOrder } from "./order";
import { chunks, drawSheet, fittingSize } from "./paper";
import { forget, makeRun, type Run, type Sheet } from "./run";

/** Sheets in one print job. A browser's memory grows with each page of a job, and is free again after it. */
const PART = 100;
const FONTS = ['400 11pt "Kindpakket Paper"', '700 11pt "Kindpakket Paper"', '500 17pt "Kindpakket Code"'];

/** What is done with the file of a run that was printed; returns the elements to do it. */
export type Deliver = (run: Run, delivered: () => void) => HTMLElement[];

export class Maker {
  readonly root = make("div", { class: "stack", tabindex: -1 });

  constructor(
    private readonly order: RunOrder,
    private readonly words: Words,
    private readonly deliver: Deliver,
  ) {
    this.compare();
  }

  /** Step 1: the words of the officers' keys, which they read out. */
  private compare(): void {
    const { order, words } = this;
    const officers = order.sealedTo.map((recipient, place) =>
      make(
        "div",
        { class: "desk-card" },
        make("p", { class: "row__name" }, order.officers[place]!),
        make("ol", { class: "key-words" }, ...keyWords(recipient).map((word) => make("li", {}, word))),
      ),
    );
    const compared = make("input", { type: "checkbox" });
    const asked = make("label", { class: "desk-box" }, compared, words.say("run_compared"));
    const form = actForm(words, [asked], words.say("run_make"), async (notices) => {
      if (!compared.checked) throw new DeskTrouble("words_not_compared");
      this.made(await this.make(notices));
    });
    this.show(
      paragraph(words.say(order.blank ? "run_what_blank" : "run_what", { run: String(order.run), letters: String(order.letters), cards: String(order.cards), scheme: order.stationery.scheme })),
      make("h2", { class: "utrecht-heading-3" }, words.say("run_words")),
      paragraph(words.say("run_words_why")),
      ...officers,
      form,
    );
  }

  private async make(notices: Notices): Promise<Run> {
    const run = await makeRun(this.order, async (part) => {
      notices.progress(part);
      await new Promise((resolve) => setTimeout(resolve));
    });
    addEventListener("beforeunload", holdBack);
    return run;
  }

  /** Step 2: the run is in this window only, and is printed. */
  private made(run: Run): void {
    const { words } = this;
    const print = actForm(words, [], words.say("run_print"), async () => {
      this.printed(run, await this.print(run));
    }, "print");
    const parts = Math.ceil(run.sheets.length / PART);
    const advice = (["run_print_size", "run_print_sides", "run_print_printer"] as const).map((key) => words.say(key));
    if (parts > 1) advice.push(words.say("run_print_parts", { parts: String(parts), sheets: String(PART) }));
    this.show(
      alertBox("ok", words.say("run_made")),
      alertBox("warning", words.say("run_here_only")),
      make("h2", { class: "utrecht-heading-3" }, words.say("run_print_title")),
      make("ul", { class: "desk-list" }, ...advice.map((each) => make("li", {}, each))),
      print,
    );
  }

  /** Return the number of sheets of paper. */
  private async print(run: Run): Promise<number> {
    await Promise.all(FONTS.map((font) => document.fonts.load(font)));
    const size = fittingSize(this.order, run.sheets[0]!);
    if (size === null) throw new DeskTrouble("letter_too_long");
    let printed = 0;
    for (const part of chunks(run.sheets, PART)) {
      const place = make("div", { class: size }, ...part.flatMap((sheet) => this.draw(sheet)));
      await Promise.all([...place.querySelectorAll("img")].map((each) => each.decode()));
      await printAlone([place]);
      printed += place.childElementCount;
    }
    return printed;
  }

  private draw(sheet: Sheet): HTMLElement[] {
    const firsts = [1, this.order.letters + 1];
    return drawSheet(this.order, sheet, firsts.includes(sheet.number));
  }

  /** Step 3: a browser does not tell whether something was printed or cancelled, so the official does. */
  private printed(run: Run, sheets: number): void {
    const { words } = this;
    const all = button(words.say("run_printed_yes"), "check", () => this.finished(run));
    all.className = "utrecht-button utrecht-button--primary-action";
    this.show(
      make("h2", { class: "utrecht-heading-3" }, words.say("run_printed", { count: String(sheets) })),
      paragraph(words.say("run_printed_look")),
      paragraph(words.say("run_printed_not")),
      make("div", { class: "stack" }, all, button(words.say("run_printed_no"), "print", () => this.made(run))),
    );
  }

  /** Step 4: only what is not secret is left, and is given away. */
  private finished(run: Run): void {
    const { words } = this;
    forget(run.sheets);
    const delivered = (): void => removeEventListener("beforeunload", holdBack);
    const save = button(words.say("run_save"), "download", () => {
      download(run.file, `serie-${run.order.run}.json`);
      delivered();
    });
    this.show(
      alertBox("ok", words.say("run_forgotten")),
      make("p", { class: "row__name" }, words.say("run_hash")),
      make("p", { class: "desk-hash", "data-hash": "" }, run.sha256),
      ...this.deliver(run, delivered),
      save,
    );
  }

  private show(...elements: HTMLElement[]): void {
    const begins = !this.root.hasChildNodes();
    this.root.replaceChildren(...elements);
    if (!begins) this.root.focus();
  }
}

function holdBack(event: BeforeUnloadEvent): void {
  event.preventDefault();
}
