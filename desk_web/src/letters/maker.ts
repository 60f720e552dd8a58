/** Making a run, step by step: compare the officers' words, make, print, and give the file away. Nothing secret leaves the page. */

import "./paper.css";
import { keyWords } from "../core/key_words";
import { formatEuros } from "web_shared/money";
import { DeskTrouble } from "../core/trouble";
import { alertBox, make, paragraph } from "../elements";
import { actForm, button, download, Notices } from "../parts";
import { printAlone } from "../printing";
import type { Words } from "../texts";
import type { RunOrder } from "./order";
import type { Run } from "./run";
import { forget, type Sheet } from "./sheet";

/** Sheets in one print job. A browser's memory grows with each page of a job, and is free again after it. */
const PART = 100;
const FONTS = ['400 11pt "Kindpakket Paper"', '700 11pt "Kindpakket Paper"', '500 17pt "Kindpakket Code"'];

/** How the file of a run that was printed is handed in; returns the elements to do it. */
type HandIn = (run: Run, handedIn: () => void) => HTMLElement[];

export class Maker {
  readonly root = make("div", { class: "stack", tabindex: -1 });

  constructor(
    private readonly order: RunOrder,
    private readonly words: Words,
    private readonly handIn: HandIn,
  ) {
    this.askToCompare();
  }

  /** Step 1: the words of the officers' keys, which they read out, and what the order is. */
  private askToCompare(): void {
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
      this.askToPrint(await this.make(notices), "run_made");
    });
    this.show(
      paragraph(words.say(order.blank ? "run_what_blank" : "run_what", { run: String(order.run), scheme: order.values.scheme })),
      make("h2", { class: "utrecht-heading-3" }, words.say("run_words")),
      paragraph(words.say("run_words_why")),
      ...officers,
      this.facts(),
      form,
    );
  }

  /** Where the codes lead, how many sheets there are, and their amounts. */
  private facts(): HTMLElement {
    const { order, words } = this;
    const worth = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
    const [letter, card] = [worth(order.letterValues), worth(order.cardValues)];
    const count = (sheets: number, each: number): string =>
      words.say("run_number_of", { count: String(sheets), value: formatEuros(each) });
    const facts = [
      [words.say("run_opens"), new URL(order.appAddress).host],
      [words.say("run_letters"), order.blank ? String(order.letters) : count(order.letters, letter)],
      ...(order.cards > 0 ? [[words.say("run_cards"), count(order.cards, card)]] : []),
      ...(order.blank ? [] : [[words.say("run_total"), formatEuros(order.letters * letter + order.cards * card)]]),
    ] as const;
    return make("dl", { class: "desk-facts" }, ...facts.flatMap(([name, value]) => [make("dt", {}, name!), make("dd", {}, value!)]));
  }

  private async make(notices: Notices): Promise<Run> {
    // Separate chunks, so that the page weighs less. Loaded first: once there is a run, the page must not reload.
    const [{ makeRun }] = await Promise.all([import("./run"), import("./paper")]);
    const run = await makeRun(this.order, async (part) => {
      notices.progress(part);
      await new Promise((resolve) => setTimeout(resolve));
    });
    addEventListener("beforeunload", holdBack);
    return run;
  }

  /** Step 2: the run is in this window only, and is printed. */
  private askToPrint(run: Run, made: "run_made" | "run_made_anew"): void {
    const { words } = this;
    const print = actForm(words, [], words.say("run_print"), async () => {
      this.askWhetherPrinted(run, await this.print(run));
    }, "print");
    const parts = Math.ceil(run.sheets.length / PART);
    const advice = (["run_print_size", "run_print_sides", "run_print_printer"] as const).map((key) => words.say(key));
    if (parts > 1) advice.push(words.say("run_print_parts", { parts: String(parts), sheets: String(PART) }));
    this.show(
      alertBox("ok", words.say(made)),
      alertBox("warning", words.say("run_here_only")),
      make("h2", { class: "utrecht-heading-3" }, words.say("run_print_title")),
      make("ul", { class: "desk-list" }, ...advice.map((each) => make("li", {}, each))),
      print,
    );
  }

  /** Return the number of sheets of paper. */
  private async print(run: Run): Promise<number> {
    const [{ chunks, drawSheet, fittingSize }] = await Promise.all([
      import("./paper"), ...FONTS.map((font) => document.fonts.load(font)),
    ]);
    const size = fittingSize(this.order, run.sheets[0]!);
    if (size === null) throw new DeskTrouble("letter_too_long");
    let printed = 0;
    for (const part of chunks(run.sheets, PART)) {
      const place = make("div", { class: size }, ...part.flatMap((sheet) => drawSheet(this.order, sheet, this.hasRuler(sheet))));
      await Promise.all([...place.querySelectorAll("img")].map((each) => each.decode()));
      await printAlone([place]);
      printed += place.childElementCount;
    }
    return printed;
  }

  /** Whether it is the first of its kind. */
  private hasRuler({ number }: Sheet): boolean {
    return [1, this.order.letters + 1].includes(number);
  }

  /** Step 3: a browser does not tell whether something was printed or cancelled, so the official does. */
  private askWhetherPrinted(run: Run, sheets: number): void {
    const { order, words } = this;
    const all = button(words.say("run_printed_yes"), "check", () => this.offerFile(run));
    all.className = "utrecht-button utrecht-button--primary-action";
    this.show(
      make("h2", { class: "utrecht-heading-3" }, words.say("run_printed", { count: String(sheets) })),
      paragraph(words.say("run_printed_look")),
      paragraph(words.say(order.blank ? "run_printed_not_blank" : "run_printed_not")),
      make("div", { class: "stack" }, all, button(words.say("run_printed_no"), "print", () => this.makeAnew(run))),
    );
  }

  /** Draw other secrets, so that no sheet that was printed before belongs to the run that is handed in. */
  private makeAnew(run: Run): void {
    forget(run.sheets);
    const notices = new Notices(this.words);
    this.show(notices.root);
    void notices.attempt(async () => this.askToPrint(await this.make(notices), "run_made_anew"));
  }

  /** Step 4: only what is not secret is left, and is handed in. */
  private offerFile(run: Run): void {
    const { order, words } = this;
    forget(run.sheets);
    const handedIn = (): void => removeEventListener("beforeunload", holdBack);
    const save = button(words.say("run_save"), "download", () => {
      download(run.file, `serie-${order.run}.json`);
      handedIn();
    });
    this.show(
      alertBox("ok", words.say("run_forgotten")),
      ...this.hash("run_hash", run.sha256),
      ...(order.blank ? [] : this.hash("run_hash_sealed", run.sealedSha256)),
      ...this.handIn(run, handedIn),
      save,
    );
  }

  private hash(name: "run_hash" | "run_hash_sealed", sha256: string): HTMLElement[] {
    return [make("p", { class: "row__name" }, this.words.say(name)), make("p", { class: "desk-hash", "data-hash": name }, sha256)];
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
