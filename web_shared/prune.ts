/** Removes styles of the component library that no page uses. */

import { globSync } from "node:fs";
import { join } from "node:path";
import { PurgeCSS } from "purgecss";
import type { Plugin } from "vite";

const ROOT = join(import.meta.dirname, "..");
/** Everything that can name a class. */
const SOURCES = [
  "{web_shared,parent_app,parent_app/paper,shop_app,desk_web}/src/**/*.{svelte,ts}",
  "{parent_app,parent_app/paper,shop_app,desk_web}/*.html",
  "backend/kindpakket/{api,demo,desk}/**/*.{jinja,js,py}",
];
/** Our own classes, and those of the library whose last word is filled in where a page is made. */
const KEPT = [/^(?!utrecht-)/, /^utrecht-alert--(error|info|ok|warning)$/, /^utrecht-button--(primary|secondary)-action$/, /^utrecht-button--subtle$/];

export function prune(): Plugin {
  const content = SOURCES.flatMap((pattern) => globSync(join(ROOT, pattern)));
  return {
    name: "prune",
    async transform(code, id) {
      if (!id.endsWith(".css")) return null;
      const [pruned] = await new PurgeCSS().purge({ content, css: [{ raw: code }], safelist: KEPT });
      return { code: pruned!.css, map: null };
    },
  };
}
