/** The order for a run of letters: all that making it takes, without a secret. The desk gives it, in the page or as a file. */

import { MAX_CENTS } from "web_shared/money";
import { MAX_COUPONS } from "web_shared/protocol/letters";
import type { Recipients } from "web_shared/protocol/sealing";
import { DeskTrouble } from "../core/trouble";

/** What stands for `{name}` in the texts of a sheet. */
interface SheetValues {
  readonly municipality: string;
  /** The address of the parent app, as people type it. */
  readonly app: string;
  readonly phone: string;
  readonly email: string;
  readonly desk: string;
  /** The name of the scheme. */
  readonly scheme: string;
  readonly purpose: string;
  readonly until: string;
}

export interface RunOrder {
  /** The number of the run, which no other run has. */
  readonly run: number;
  readonly scheme: number;
  /** Whether its letters have no coupons: nothing of it is issued, and it has no cards. */
  readonly blank: boolean;
  readonly letters: number;
  readonly cards: number;
  /** The coupons of a letter and of a card, in cents; none when it is blank. */
  readonly letterValues: readonly number[];
  readonly cardValues: readonly number[];
  /** The privacy officers' public keys, in the order in which a letter is sealed. */
  readonly sealedTo: Recipients;
  readonly officers: readonly [string, string];
  /** The address of the parent app, for links. */
  readonly appAddress: string;
  /** A `data:` address of a picture; empty when there is none. */
  readonly logo: string;
  /** `data:` addresses of the drawings by name, in the municipality's colours. */
  readonly pictures: Readonly<Record<string, string>>;
  /** Of words and of soft fills, as `#rrggbb`. */
  readonly colours: { readonly brand: string; readonly tint: string };
  readonly values: SheetValues;
  /** Code 128 of each number, from 1: the widths of bars and spaces in modules, a digit for each, a bar first. */
  readonly barcodes: readonly string[];
}

/** The most bytes of the file of a run, and those of a coupon and of a sealed letter in it; as the desk counts them. */
const [MOST_BYTES, COUPON_BYTES, SEALED_BYTES] = [1_000_000, 45, 640];
const PICTURE = /^data:image\/(png|svg\+xml);base64,[A-Za-z0-9+/=]+$/;
const BAR_WIDTHS = /^[1-4]{1,200}$/;
const THIS_MACHINE = /^(127\.0\.0\.1|localhost|\[::1\])$/;
/** The most characters of an order; most of it is the logo. */
const LONGEST = 2_000_000;
const NUMBERS = ["run", "scheme", "letters", "cards"] as const;
const TEXTS = ["municipality", "app", "phone", "email", "desk", "scheme", "purpose", "until"] as const;

/** @throws DeskTrouble `order_unreadable` */
export function readOrder(text: string): RunOrder {
  try {
    if (text.length > LONGEST) throw new RangeError("too long");
    const order = JSON.parse(text) as RunOrder;
    const right =
      NUMBERS.every((name) => Number.isSafeInteger(order[name]) && order[name] >= 0) &&
      [order.letterValues, order.cardValues].every(areValues) &&
      fits(order) &&
      order.blank === (order.letterValues.length === 0) &&
      (!order.blank || (order.cards === 0 && order.cardValues.length === 0)) &&
      [order.sealedTo, order.officers].every((two) => two.length === 2 && two.every(isText)) &&
      TEXTS.every((name) => isText(order.values[name])) &&
      isAddress(order.appAddress, order.values.app) &&
      [order.colours.brand, order.colours.tint].every((colour) => /^#[0-9a-f]{6}$/.test(colour)) &&
      (order.logo === "" || PICTURE.test(order.logo)) &&
      ["letter", "shop", "code", "mark"].every((name) => PICTURE.test(order.pictures[name]!)) &&
      order.barcodes.length === order.letters + order.cards &&
      order.barcodes.every((widths) => BAR_WIDTHS.test(widths));
    if (!right) throw new TypeError("not an order");
    return order;
  } catch {
    throw new DeskTrouble("order_unreadable");
  }
}

function areValues(values: readonly number[]): boolean {
  const isAmount = (value: number): boolean => Number.isSafeInteger(value) && value > 0 && value <= MAX_CENTS;
  return Array.isArray(values) && values.length <= MAX_COUPONS && values.every(isAmount);
}

function fits({ letters, cards, letterValues, cardValues }: RunOrder): boolean {
  const coupons = letters * letterValues.length + cards * cardValues.length;
  return coupons * COUPON_BYTES + (letters + cards) * SEALED_BYTES <= MOST_BYTES;
}

/** Whether codes open the site that the letter names, and nobody between can read or change what it answers. */
function isAddress(address: string, printed: string): boolean {
  const { protocol, hostname, username, password } = new URL(address);
  const isSafe = protocol === "https:" || (protocol === "http:" && THIS_MACHINE.test(hostname));
  return isSafe && username + password === "" && address.replace(/^https?:\/\//, "").replace(/\/+$/, "") === printed;
}

function isText(value: unknown): boolean {
  return typeof value === "string";
}
