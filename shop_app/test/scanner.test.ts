import { describe, expect, it } from "vitest";
import { ScannerTyping } from "../src/core/scanner";

/** What is heard when these keys come one after the other. */
function hear(keys: string[], gap = 5): { text: string | null; others: string } {
  const scanner = new ScannerTyping();
  let [text, others]: [string | null, string] = [null, ""];
  keys.forEach((key, place) => {
    const heard = scanner.hear(key, place * gap);
    if (heard === "other") others += key;
    else if (heard !== "part") text = heard.text;
  });
  return { text, others };
}

describe("a hardware scanner", () => {
  it.each(["KP1:ABC 12$%*+-./:", "KC1:V50B9"])("types %s", (code) => {
    expect(hear([..."42,5", ...code, "Enter"])).toEqual({ text: code, others: "42,5" });
  });

  it("holds Shift for capitals, and may end with Tab", () => {
    expect(hear(["Shift", "K", "Shift", "P", "1", "Shift", ":", "A", "Tab"])).toEqual({ text: "KP1:A", others: "Shift" });
  });

  it("is not a person at the keypad", () => {
    expect(hear([..."12,50", "Backspace", "Enter"]).text).toBeNull();
    expect(hear([..."12,50", "Enter"]).others).toBe("12,50Enter");
    expect(hear(["K", "4", "2", "Enter"])).toEqual({ text: null, others: "42Enter" });
    expect(hear([..."KP1:", "Enter"]).text).toBeNull();
  });

  it("does not take its time", () => {
    expect(hear([..."KP1:AB", "Enter"], 1500).text).toBeNull();
  });
});
