import { gcm } from "@noble/ciphers/aes.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { describe, expect, it } from "vitest";
import { type CouponState, openState, StateUnreadable } from "../src/protocol/states";
import { raw, vectors } from "./vectors";

interface StateRow {
  key: string;
  state: CouponState;
  sealed: string;
}

const ROWS = vectors<StateRow>("states");

describe.each(ROWS)("the state of a coupon with $state.remaining cents", ({ key, state, sealed }) => {
  it("opens with its key", () => {
    expect(openState(sealed, raw(key))).toEqual(state);
  });

  it("does not open with another key", () => {
    const others = ROWS.filter((row) => row.key !== key);
    for (const other of others) {
      expect(() => openState(sealed, raw(other.key))).toThrow(StateUnreadable);
    }
  });

  it("does not open with a changed byte", () => {
    const bytes = (sealed.length - 2) / 2;
    for (const place of [0, 1, 64, 65, 80, 81, 96, 97, bytes - 1]) {
      const at = 2 + 2 * place;
      const other = sealed.slice(at, at + 2) === "00" ? "01" : "00";
      const changed = sealed.slice(0, at) + other + sealed.slice(at + 2);
      expect(() => openState(changed, raw(key)), `byte ${place}`).toThrow(StateUnreadable);
    }
  });

  it("does not open when it is truncated, or not hex", () => {
    for (const text of ["", "0x", sealed.slice(0, 2 + 2 * 65), sealed.slice(0, -2), "0xzz"]) {
      expect(() => openState(text, raw(key))).toThrow(StateUnreadable);
    }
  });
});

/** Seal a state in the way of the server, with a constant ephemeral key and nonce. */
function seal(text: string, key: Uint8Array): string {
  const [own, nonce] = [new Uint8Array(32).fill(1), new Uint8Array(16)];
  const ephemeral = secp256k1.getPublicKey(own, false);
  const shared = secp256k1.getSharedSecret(own, secp256k1.getPublicKey(key, false), false);
  const secret = hkdf(sha256, concatBytes(ephemeral, shared), undefined, undefined, 32);
  const body = gcm(secret, nonce).encrypt(utf8ToBytes(text));
  return `0x${bytesToHex(concatBytes(ephemeral, nonce, body.slice(-16), body.slice(0, -16)))}`;
}

describe("the proof code in a state", () => {
  const key = raw(ROWS[0]!.key);
  const sealed = (proof: unknown): string => {
    const history = [{ shop: 7, amount: 1, refunded: 0, time: "2026-11-21T10:00:00Z", proof }];
    return seal(JSON.stringify({ remaining: 1, lastNonce: 1, history }), key);
  };

  it("is accepted in its canonical spelling only", () => {
    expect(openState(sealed("000G4-0R40M"), key).history[0]!.proof).toBe("000G4-0R40M");
    for (const other of ["", "000G40R40M", "000g4-0r40m", "000G4-0R40U", "000G4-0R40MM", null, 1, {}]) {
      expect(() => openState(sealed(other), key), JSON.stringify(other)).toThrow(StateUnreadable);
    }
  });
});
