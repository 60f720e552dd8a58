/** Base45 (RFC 9285), which fits the compact alphanumeric mode of QR codes. */

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

export function encodeBase45(bytes: Uint8Array): string {
  let text = "";
  for (let place = 0; place < bytes.length; place += 2) {
    const pair = place + 1 < bytes.length;
    let value = pair ? bytes[place]! * 256 + bytes[place + 1]! : bytes[place]!;
    for (let digits = pair ? 3 : 2; digits > 0; digits--) {
      text += ALPHABET[value % 45];
      value = Math.floor(value / 45);
    }
  }
  return text;
}

/** @throws RangeError when it is not an output of {@link encodeBase45}. */
export function decodeBase45(text: string): Uint8Array {
  if (text.length % 3 === 1) throw new RangeError("invalid length for base45");
  const bytes: number[] = [];
  for (let place = 0; place < text.length; place += 3) {
    const digits = [...text.slice(place, place + 3)].map((digit) => ALPHABET.indexOf(digit));
    if (digits.includes(-1)) throw new RangeError("not a base45 character");
    const value = digits.reduceRight((sum, digit) => sum * 45 + digit, 0);
    if (value >= (digits.length === 3 ? 65536 : 256)) throw new RangeError("base45 overflows");
    if (digits.length === 3) bytes.push(value >> 8);
    bytes.push(value & 255);
  }
  return Uint8Array.from(bytes);
}
