import type { View } from "../core/state";
import type { Words } from "../texts";

/** The name of this device's shop, or its number before the name is known. */
export function shopName({ device }: View, words: Words): string {
  return device?.name || words.say("choose_shop", { number: device?.shop ?? 0 });
}
