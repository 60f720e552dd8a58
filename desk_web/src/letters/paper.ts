/** Letters and cards for the browser's own print: the texts and drawings are those of the letter station. */

import { formatEuros } from "web_shared/money";
import { cardText } from "web_shared/protocol/codes";
import { couponKey } from "web_shared/protocol/keys";
import { groupLetterText, letterLink, letterText } from "web_shared/protocol/letters";
import { drawQr } from "web_shared/qr/draw";
import texts from "../../../backend/kindpakket/services/paper/texts.json";
import { make } from "../elements";
import type { RunOrder } from "./order";
import { serial, valuesOf } from "./run";
import type { Sheet } from "./sheet";

type Values = Record<string, string | Node>;

const SVG = "http://www.w3.org/2000/svg";
const GROUPS_IN_LINE = 3;
/** Cells of 85 by 54 mm on one side of paper; two coupons share one. */
const CELLS = 10;

/** One side of paper for a letter; as many as it takes for a card. */
export function drawSheet(order: RunOrder, sheet: Sheet, withRuler: boolean): HTMLElement[] {
  return sheet.isCard ? drawCard(order, sheet, withRuler) : [drawLetter(order, sheet, withRuler)];
}

function drawLetter(order: RunOrder, sheet: Sheet, withRuler: boolean): HTMLElement {
  const words = order.blank ? { ...texts.letter, ...texts.blank } : texts.letter;
  const number = serial(order, sheet);
  const values: Values = { ...order.values, serial: number, total: total(order, sheet), phone: unbroken(order.values.phone) };
  const text = (each: string): HTMLElement => make("p", {}, ...tell(each, values));
  const content = make(
    "div",
    { class: "kp-letter__content" },
    make(
      "div",
      { class: "kp-letter__head" },
      sender(order),
      make("div", { class: "kp-letter__number" }, make("h1", {}, ...tell(words.name, values)), barcode(order, sheet)),
    ),
    make("h2", { class: "kp-letter__title" }, ...tell(words.title, values)),
    ...[words.greeting, words.budget, words.purpose].map(text),
    make("div", { class: "kp-letter__languages" }, ...words.languages.map(inLanguage)),
    make("div", { class: "kp-letter__steps" }, ...words.steps.map((each) => step(order, each))),
    make(
      "div",
      { class: "kp-letter__secret" },
      picture(letterLink(sheet.letter, order.appAddress), tellPlain(words.qr, { serial: number })),
      make(
        "div",
        {},
        make("h2", {}, words.code_title),
        text(words.code_typed),
        make("p", { class: "kp-letter__code" }, ...lines(groupLetterText(letterText(sheet.letter)))),
        make("p", {}, words.code_letters),
      ),
    ),
    make("div", { class: "kp-letter__cash" }, make("h2", {}, words.cash_title), text(words.cash)),
    make(
      "div",
      { class: "kp-letter__ends" },
      make("div", {}, make("h2", {}, words.lost_title), ...words.lost.map(text)),
      make(
        "div",
        {},
        make("h2", {}, words.help_title),
        make("p", {}, words.help),
        ...words.reach.map((each) => make("div", {}, ...tell(each, values))),
      ),
    ),
  );
  const mark = make("img", { class: "kp-letter__mark", src: order.pictures["mark"]!, alt: "" });
  return sheetOf(order, "kp-letter", content, mark, ...(withRuler ? [ruler()] : []));
}

function drawCard(order: RunOrder, sheet: Sheet, withRuler: boolean): HTMLElement[] {
  const words = texts.card;
  const values: Values = { ...order.values, serial: serial(order, sheet), total: total(order, sheet), phone: unbroken(order.values.phone) };
  const text = (each: string): HTMLElement => make("p", {}, ...tell(each, values));
  const coupons = valuesOf(order, sheet).map((value, index) => drawCoupon(order, sheet, value, index));
  const cells = [
    make(
      "div",
      {},
      make("div", { class: "kp-card__head" }, sender(order), barcode(order, sheet)),
      make("h1", {}, ...tell(words.name, values)),
      ...words.cover.map(text),
    ),
    make("div", { class: "kp-card__how" }, make("h2", {}, words.how_title), ...words.how.map(text)),
    ...chunks(coupons, 2).map((pair) => make("div", { class: "kp-card__pair" }, ...pair)),
  ];
  return chunks(cells, CELLS).map((part, page) =>
    sheetOf(
      order,
      "kp-card",
      make("p", { class: "kp-card__cut" }, words.cut),
      make("div", { class: "kp-card__cells" }, ...part),
      ...(withRuler && page === 0 ? [ruler()] : []),
    ),
  );
}

function drawCoupon(order: RunOrder, sheet: Sheet, cents: number, index: number): HTMLElement {
  const { qr, code, empty } = texts.card;
  const { scheme } = sheet.letter;
  const [number, value] = [String(index + 1), euros(cents)];
  const key = couponKey(sheet.letter, 0, index);
  const about = tellPlain(qr, { number, value, serial: serial(order, sheet) });
  return make(
    "div",
    { class: "kp-card__coupon" },
    picture(cardText({ scheme, key }), about),
    make(
      "div",
      { class: "kp-card__tick" },
      make("strong", {}, value),
      make("div", {}, ...tell(code, { number })),
      make("div", { class: "kp-card__empty" }, make("span", { class: "kp-card__box" }), empty),
    ),
  );
}

/** The largest type with which a letter fits on its page, as a class; null when none does. */
export function fittingSize(order: RunOrder, sheet: Sheet): string | null {
  const letter = drawLetter(order, sheet, true);
  const place = make("div", { class: "kp-print kp-print--measured", "aria-hidden": "true" }, letter);
  document.body.append(place);
  try {
    const content = letter.querySelector(".kp-letter__content")!;
    const fits = (size: string): boolean => {
      place.classList.add(size);
      const is = content.scrollHeight <= content.clientHeight;
      place.classList.remove(size);
      return is;
    };
    return SIZES.find(fits) ?? null;
  } finally {
    place.remove();
  }
}

const SIZES = ["kp-size-1", "kp-size-2", "kp-size-3", "kp-size-4", "kp-size-5"];

function sheetOf({ colours }: RunOrder, kind: string, ...parts: HTMLElement[]): HTMLElement {
  const sheet = make("section", { class: `kp-sheet ${kind}` }, ...parts);
  sheet.style.setProperty("--paper-brand", colours.brand);
  sheet.style.setProperty("--paper-tint", colours.tint);
  return sheet;
}

function sender({ logo, values }: RunOrder): HTMLElement {
  const { municipality } = values;
  const drawn = logo === "" ? [] : [make("img", { src: logo, alt: tellPlain(texts.logo, { municipality }) })];
  return make("div", { class: "kp-sender" }, ...drawn, make("strong", {}, municipality));
}

function step({ pictures }: RunOrder, { picture: name, title, text }: (typeof texts.letter.steps)[number]): HTMLElement {
  const drawn = make("img", { class: "kp-letter__picture", src: pictures[name]!, alt: "" });
  return make("div", {}, drawn, make("h3", {}, title), make("p", {}, text));
}

function inLanguage({ lang, text }: (typeof texts.letter.languages)[number]): HTMLElement {
  return make("p", { lang, dir: lang === "ar" ? "rtl" : "ltr" }, ...tell(text, {}));
}

function ruler(): HTMLElement {
  const marks = Array.from({ length: 6 }, () => make("span"));
  return make("div", { class: "kp-ruler" }, texts.full_size, make("div", { class: "kp-ruler__line", "aria-hidden": "true" }, ...marks));
}

/** A QR code with words for who cannot see it. */
function picture(content: string, about: string): Element {
  const { size, path } = drawQr(content, "medium");
  return draw(`0 0 ${size} ${size}`, path, { role: "img", "aria-label": about });
}

/** The number of a letter for who hands it out, beside the number in words. */
function barcode({ barcodes }: RunOrder, { number }: Sheet): Element {
  let [x, path] = [0, ""];
  for (const [at, width] of [...barcodes[number - 1]!].entries()) {
    if (at % 2 === 0) path += `M${x} 0h${width}v1H${x}z`;
    x += Number(width);
  }
  return draw(`0 0 ${x} 1`, path, { class: "kp-barcode", preserveAspectRatio: "none", "aria-hidden": "true" });
}

function draw(viewBox: string, path: string, attributes: Record<string, string>): Element {
  const svg = document.createElementNS(SVG, "svg");
  for (const [name, value] of Object.entries({ viewBox, ...attributes })) svg.setAttribute(name, value);
  const dark = document.createElementNS(SVG, "path");
  dark.setAttribute("d", path);
  svg.append(dark);
  return svg;
}

/** A text with its values: `{name}` stands for one, and `*…*` is bold. */
function tell(text: string, values: Values): (Node | string)[] {
  const fill = (part: string): (Node | string)[] =>
    part.split(/(\{\w+\})/).map((each) => (each.startsWith("{") ? valueOf(values, each) : each));
  return text.split(/(\*[^*]+\*)/).flatMap((part) => (part.startsWith("*") ? [make("strong", {}, ...fill(part.slice(1, -1)))] : fill(part)));
}

function valueOf(values: Values, name: string): Node | string {
  const value = values[name.slice(1, -1)]!;
  return value instanceof Node ? value.cloneNode(true) : value;
}

function tellPlain(text: string, values: Record<string, string>): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => values[name]!);
}

function total(order: RunOrder, sheet: Sheet): HTMLElement {
  return unbroken(euros(valuesOf(order, sheet).reduce((sum, value) => sum + value, 0)));
}

function unbroken(text: string): HTMLElement {
  return make("span", { class: "kp-unbroken" }, text);
}

function euros(cents: number): string {
  return formatEuros(cents).replace(/,00$/, "");
}

/** Three groups on each line, without a dash at its end. */
function lines(grouped: string): HTMLElement[] {
  return chunks(grouped.split("-"), GROUPS_IN_LINE).map((line) => make("span", {}, line.join("-")));
}

export function chunks<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, part) => all.slice(part * size, (part + 1) * size));
}
