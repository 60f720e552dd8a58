/** The message for a typing error; every app has its own text for each kind. */

import type { TypingError } from "../protocol/typed";
import type { Words } from "./words";

type Key = "typed_character" | "typed_short" | "typed_long" | "typed_groups" | "typed_somewhere" | "or";

export function sayTyped(problem: TypingError, words: Pick<Words<Key>, "say">): string {
  switch (problem.kind) {
    case "character": return words.say("typed_character", { group: problem.group, character: problem.character });
    case "short": return words.say("typed_short", { count: problem.missing });
    case "long": return words.say("typed_long", { count: problem.extra });
    case "groups": return words.say("typed_groups", { groups: problem.groups.join(` ${words.say("or")} `) });
    case "somewhere": return words.say("typed_somewhere");
  }
}
