import type { View } from "../core/state";
import type { Words } from "../texts";

/** This device's shop by its name, or by its number while that is all it knows. */
export function shopName({ device }: View, words: Words): string {
  return device?.name || words.say("choose_shop", { number: device?.shop ?? 0 });
}
