/** The coupons file of a scheme: the issued coupons by value, the same bytes for everybody. */

import { type Address, readUint } from "./bytes";

/** Larger files are not read: 8 MiB are 1.4 million coupons, or 149,000 changes in one month. */
export const MAX_FILE_BYTES = 8 * 1024 * 1024;

const VERSION = 1;
/** 31 December 9999. */
const LAST_DAY = 2_932_896;
const HEADER_BYTES = 9;
const SECTION_BYTES = 8;
/** What the file has of an address. */
const ADDRESS_BYTES = 6;

/** Not a file of what was asked for, or one that contradicts itself or what is known. */
export class FileWrong extends Error {
  override readonly name = "FileWrong";
}

export interface Issued {
  /** The UTC day of the scheme's first issue, in days since 1970-01-01. */
  readonly firstDay: number;
  /** The value of an issued coupon in cents; null when it was not issued. */
  valueOf(address: Address): number | null;
}

/** @throws FileWrong */
export function readIssued(bytes: Uint8Array, scheme: number): Issued {
  checkHeader(bytes, "KC", scheme, HEADER_BYTES);
  // Six bytes fit a number. Should two values have the same, the lower counts, and no more is shown than there is.
  const values = new Map<number, number>();
  let last = 0;
  for (let at = HEADER_BYTES; at < bytes.length; ) {
    const [value, count] = [uintAt(bytes, at, 4), uintAt(bytes, at + 4, 4)];
    const end = at + SECTION_BYTES + count * ADDRESS_BYTES;
    if (value <= last || count === 0 || end > bytes.length) throw new FileWrong("not a section of a coupons file");
    let before = 0;
    for (let place = at + SECTION_BYTES; place < end; place += ADDRESS_BYTES) {
      const start = uintAt(bytes, place, ADDRESS_BYTES);
      if (start < before) throw new FileWrong("addresses that do not ascend");
      if (!values.has(start)) values.set(start, value);
      before = start;
    }
    [last, at] = [value, end];
  }
  const firstDay = uintAt(bytes, 5, 4);
  if (firstDay > LAST_DAY) throw new FileWrong("a day that no calendar has");
  const start = (address: Address): number => parseInt(address.slice(2, 2 + 2 * ADDRESS_BYTES), 16);
  return { firstDay, valueOf: (address) => values.get(start(address)) ?? null };
}

/**
 * Check what every file begins with: two letters, the version and the scheme.
 *
 * @throws FileWrong
 */
export function checkHeader(bytes: Uint8Array, kind: string, scheme: number, length: number): void {
  if (bytes.length > MAX_FILE_BYTES) throw new FileWrong("too large");
  const [first, second] = [kind.charCodeAt(0), kind.charCodeAt(1)];
  const good = bytes[0] === first && bytes[1] === second && bytes[2] === VERSION;
  if (bytes.length < length || !good || uintAt(bytes, 3, 2) !== scheme) throw new FileWrong("another kind of file");
}

/** @throws FileWrong when the bytes end before. */
export function uintAt(bytes: Uint8Array, at: number, length: number): number {
  if (at + length > bytes.length) throw new FileWrong("cut off");
  return readUint(bytes.subarray(at, at + length));
}
