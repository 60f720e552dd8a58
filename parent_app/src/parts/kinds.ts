/** How everyday kinds of shops look and are called. */

import type { IconName } from "web_shared/parts/Icon.svelte";
import type { Kind } from "../core/kinds";
import type { Key } from "../texts";

export const KIND_ICONS: Record<Kind, IconName> = {
  clothes: "shirt",
  bicycles: "bicycle",
  sport: "sport",
  school: "book",
  toys: "toy",
  music: "music",
  swimming: "swim",
  second_hand: "repeat",
};

export function kindKey(kind: Kind): Key {
  return `kind_${kind}`;
}
