/** The order for a run of letters: all that making it takes, without a secret. The desk gives it, in the page or as a file. */

import type { Recipients } from "web_shared/protocol/sealing";
import { DeskTrouble } from "../core/trouble";

/** What every sheet says, under the names that the texts use. */
export interface Stationery {
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
  /** Of words and of soft fills, as `#rrggbb`. */
  readonly colours: { readonly brand: string; readonly tint: string };
  readonly stationery: Stationery;
}

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
      [order.letterValues, order.cardValues].every((values) => values.every((value) => Number.isSafeInteger(value) && value > 0)) &&
      order.blank === (order.letterValues.length === 0) &&
      (!order.blank || (order.cards === 0 && order.cardValues.length === 0)) &&
      [order.sealedTo, order.officers].every((two) => two.length === 2 && two.every(isText)) &&
      TEXTS.every((name) => isText(order.stationery[name])) &&
      isText(order.appAddress) &&
      [order.colours.brand, order.colours.tint].every((colour) => /^#[0-9a-f]{6}$/.test(colour)) &&
      /^(|data:image\/(png|svg\+xml);base64,[A-Za-z0-9+/=]*)$/.test(order.logo);
    if (!right) throw new TypeError("not an order");
    return order;
  } catch {
    throw new DeskTrouble("order_unreadable");
  }
}

function isText(value: unknown): boolean {
  return typeof value === "string";
}
