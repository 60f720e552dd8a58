/** The data on the phone: letters, schemes and shops. Amounts in cents. */

import type { Help } from "web_shared/help";
import type { Sealed } from "web_shared/device/vault";
import { type Address, ZERO_ADDRESS } from "web_shared/protocol/bytes";
import { type Coupon, type Read, unused } from "web_shared/letter/coupons";
import type { Scheme } from "web_shared/letter/server";
import type { Domain, Spend } from "web_shared/protocol/messages";
import type { Category } from "web_shared/categories";

/** A planned move that was refused this often, because its target exists, is not sent again. */
const MOST_REFUSALS = 3;

/** A code that was shown and may still be paid. */
export interface ShownCode {
  text: string;
  spend: Spend;
  /** The coupons that all codes with this nonce share; therefore at most one of these codes can be paid. */
  tied: readonly Address[];
  /** Cents of the purchase that did not fit this code, for another one when it is paid; missing in older versions. */
  rest?: number;
  /** Cents that a code before this one paid of the purchase; missing in older versions. */
  before?: number;
}

/** Moves of a letter's coupons to the next generation, or to a blank letter, that are still to be carried out. */
export interface Moves {
  /** Keys of the coupons to which they are moved, in the order of the coupons. */
  readonly keys: Sealed;
  /** When each is to be sent, in unix seconds, by the coupon's address. */
  readonly due: Readonly<Record<Address, number>>;
  /** Whether they go to a blank letter, in its generation 0; missing in older versions. */
  readonly blank?: boolean;
  /** How often the server refused each because its target exists, by the coupon's address; missing in older versions. */
  readonly refusals?: Readonly<Record<Address, number>>;
}

export interface Letter extends Read {
  id: string;
  /** Typed by the parent, kept on the phone only. */
  name: string;
  /** Position among the letters, in the order in which they were added; missing in letters of an older version. */
  place?: number;
  scheme: number;
  /** The coupons' keys, in the order of the coupons. */
  keys: Sealed;
  code: ShownCode | null;
  /** Missing in letters of an older version. */
  moves?: Moves | null;
  /** The highest nonce of a code that this phone made. */
  shownNonce: number;
  /** The ledger of which the files were read. */
  ledger: string;
  /** Unix seconds when all files had been read; null before the first time. */
  syncedAt: number | null;
}

/** WGS 84, in decimal degrees. */
export interface Location {
  latitude: number;
  longitude: number;
}

export interface Shop {
  id: number;
  name: string;
  address: string;
  /** Null when unknown; missing in lists that were stored by an older version. */
  location?: Location | null;
  /** This and the next two are texts of the municipality, or empty; missing in lists of an older version. */
  phone?: string;
  openingHours?: string;
  /** Of what one can buy there. */
  examples?: string;
  categories: string[];
  permitted: boolean;
}

/** Public data, stored for offline use. */
export interface Facts {
  ledger: Domain | null;
  schemes: Record<number, Scheme>;
  shops: Record<number, Shop[]>;
  categories: Category[];
  /** Null before it is fetched. */
  help: Help | null;
  /** The server's clock minus this device's, in seconds. */
  clockOffset: number;
}

export interface Settings {
  language: string | null;
  /** The id of the letter that was shown last. */
  current: string | null;
  /** The shop that a code was last bound to, by scheme; stored on the phone only. */
  lastShops: Record<number, number>;
  /** Whether the advice to install the app was dismissed. */
  installSeen: boolean;
  /** The name that was given for a letter which is not stored yet, or empty. */
  givenName: string;
  /** The last reminder of the end that was read, in days before it, by the letter's id. */
  reminded: Record<string, number>;
}

export const NO_FACTS: Facts = {
  ledger: null,
  schemes: {},
  shops: {},
  categories: [],
  help: null,
  clockOffset: 0,
};

export const FIRST_SETTINGS: Settings = {
  language: null,
  current: null,
  lastShops: {},
  installSeen: false,
  givenName: "",
  reminded: {},
};

/** Sorted by the order in which they were added, those of one child together. */
export function inOrder(letters: readonly Letter[]): Letter[] {
  const added = [...letters].sort((one, other) => (one.place ?? 0) - (other.place ?? 0));
  return added.filter((each) => added.find(isOfChild(each)) === each).flatMap((each) => added.filter(isOfChild(each)));
}

/** Whether a letter is of the same child: the same one, or of the same name, which the parent gave. */
export function isOfChild({ id, name }: Letter): (other: Letter) => boolean {
  return (other) => other.id === id || (name !== "" && other.name === name);
}

export function left(letter: Pick<Letter, "coupons">): number {
  return letter.coupons.reduce((sum, coupon) => sum + coupon.remaining, 0);
}

/** Whether this coupon was moved to keys that this phone does not have. */
export function wasMoved({ moved }: Coupon): boolean {
  return moved !== null && !ZERO_ADDRESS.startsWith(moved);
}

export function wasGivenBack({ moved }: Coupon): boolean {
  return moved !== null && ZERO_ADDRESS.startsWith(moved);
}

export function notMoved({ coupons }: Letter): readonly Coupon[] {
  return coupons.filter(({ moved }) => moved === null);
}

/** The coupons whose planned moves the files do not show yet, and that are still sent. */
export function waitingToMove(letter: Letter): readonly Coupon[] {
  const { moves } = letter;
  return moves ? notMoved(letter).filter(({ address }) => address in moves.due && !givenUp(moves, address)) : [];
}

/** The coupons whose planned moves were given up: with the former letter they can still be spent. */
export function leftBehind(letter: Letter): readonly Coupon[] {
  const { moves } = letter;
  return moves ? notMoved(letter).filter(({ address }) => givenUp(moves, address)) : [];
}

function givenUp({ refusals = {} }: Moves, address: Address): boolean {
  return (refusals[address] ?? 0) >= MOST_REFUSALS;
}

/** Whether two versions of a letter have the same coupons, which therefore have the same keys. */
export function sameCoupons(one: Letter, other: Letter): boolean {
  return one.coupons.every(({ address }, place) => address === other.coupons[place]?.address);
}

/** A letter of which no file of changes was read yet. What is shown of it stays until they were. */
export function fromStart(letter: Letter, ledger: string): Letter {
  const coupons = letter.coupons.map(({ address, index, generation, value }) => unused(address, index, generation, value));
  return { ...letter, coupons, ledger, position: null };
}
