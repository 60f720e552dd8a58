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

  it("opens with no other", () => {
    const others = ROWS.filter((row) => row.key !== key);
    for (const other of others) {
      expect(() => openState(sealed, raw(other.key))).toThrow(StateUnreadable);
    }
  });

  it("does not open when a byte is another", () => {
    const bytes = (sealed.length - 2) / 2;
    for (const place of [0, 1, 64, 65, 80, 81, 96, 97, bytes - 1]) {
      const at = 2 + 2 * place;
      const other = sealed.slice(at, at + 2) === "00" ? "01" : "00";
      const changed = sealed.slice(0, at) + other + sealed.slice(at + 2);
      expect(() => openState(changed, raw(key)), `byte ${place}`).toThrow(StateUnreadable);
    }
  });

  it("does not open when it is cut off, or no hex", () => {
    for (const text of ["", "0x", sealed.slice(0, 2 + 2 * 65), sealed.slice(0, -2), "0xzz"]) {
      expect(() => openState(text, raw(key))).toThrow(StateUnreadable);
    }
  });
});
