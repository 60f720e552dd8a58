/** Build of a page as one file that works from a disk: everything is inline, and its policy forbids all else. */

import { createHash } from "node:crypto";
import type { Plugin, UserConfig } from "vite";
import { icons } from "./icons.ts";
import { licences } from "./licences.ts";
import { prune } from "./prune.ts";
import { TARGET } from "./target.ts";

export interface OnePageOptions {
  /** The folder in backend/kindpakket/web, with other files that stay. */
  folder: string;
  /** The page's source, which names one script. */
  page: string;
}

export function onePage({ folder, page }: OnePageOptions): UserConfig {
  return {
    base: "./",
    css: { transformer: "lightningcss" },
    build: {
      outDir: `../backend/kindpakket/web/${folder}`,
      emptyOutDir: false,
      target: TARGET,
      assetsInlineLimit: Number.MAX_SAFE_INTEGER,
      cssCodeSplit: false,
      modulePreload: false,
      rolldownOptions: { input: page, output: { codeSplitting: false } },
    },
    plugins: [icons(), prune(), inline(page)],
  };
}

/** Put the script and the styles into the page, allow these by their hashes, and print the hash of the file. */
function inline(name: string): Plugin {
  return {
    name: "inline",
    enforce: "post",
    generateBundle: {
      order: "post",
      handler(_options, bundle) {
        const page = bundle[name];
        const files = Object.values(bundle);
        const script = files.find((file) => file.type === "chunk");
        const style = files.find((file) => file.type === "asset" && file.fileName.endsWith(".css"));
        if (page?.type !== "asset" || script?.type !== "chunk" || style?.type !== "asset" || files.length !== 3) {
          throw new Error(`${name} is not one script and one style: ${Object.keys(bundle).join(", ")}`);
        }
        const html = assemble(String(page.source), script.code.replaceAll("</script", "<\\/script"), String(style.source));
        for (const file of files) delete bundle[file.fileName];
        this.emitFile({ type: "asset", fileName: name, source: html });
        console.log(`${name}  SHA-256 ${createHash("sha256").update(html).digest("hex")}`);
      },
    },
  };
}

function assemble(html: string, script: string, style: string): string {
  const policy =
    `default-src 'none'; script-src ${allow(script)}; style-src ${allow(style)}; ` +
    "img-src data:; font-src data:; base-uri 'none'; form-action 'none'";
  const bare = html.replace(/\s*<script type="module"[^>]*><\/script>/, "").replace(/\s*<link rel="stylesheet"[^>]*>/, "");
  return bare
    .replace("<meta charset", () => `<meta http-equiv="Content-Security-Policy" content="${policy}">\n  <meta charset`)
    .replace("</head>", () => `  <style>${style}</style>\n</head>`)
    .replace("</body>", () => `  <template>${escape(licences())}</template>\n  <script type="module">${script}</script>\n</body>`);
}

function allow(content: string): string {
  return `'sha256-${createHash("sha256").update(content).digest("base64")}'`;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
