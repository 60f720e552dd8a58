/** Asking the PIN: the one there is, or the choice of the first. */

import { DeskTrouble } from "./core/trouble";
import { field } from "./parts";
import type { Words } from "./texts";

const PIN = { type: "password", inputmode: "numeric", maxlength: 8 };

export interface PinFields {
  roots: HTMLElement[];
  /**
   * What was typed, which is gone from the page then.
   *
   * @throws DeskTrouble `pin_differs`
   */
  take: () => string;
}

export function pinFields(words: Words, hasPin: boolean): PinFields {
  const asked = hasPin
    ? [field(words.say("pin"), PIN)]
    : [field(words.say("pin_new"), PIN, words.say("pin_new_hint")), field(words.say("pin_again"), PIN)];
  const take = (): string => {
    const typed = asked.map(({ input }) => input.value);
    for (const { input } of asked) input.value = "";
    if (typed.some((each) => each !== typed[0])) throw new DeskTrouble("pin_differs");
    return typed[0]!;
  };
  return { roots: asked.map(({ root }) => root), take };
}
