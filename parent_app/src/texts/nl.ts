/** Dutch, level B1. The other catalogues have these keys. */

import type { CatalogueOf } from "web_shared/texts/texts";
import { first } from "./nl/first";
import { later } from "./nl/later";

export const nl = { ...first, ...later } as const;

export type Key = keyof typeof nl;
export type Catalogue = CatalogueOf<typeof nl>;
