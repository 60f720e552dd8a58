import { build, type Plugin } from "vite";
import { expect, test } from "vitest";

async function worker(plugins: Plugin[] = []): Promise<string> {
  const root = `${import.meta.dirname}/..`;
  const built = await build({ root, plugins, logLevel: "silent", build: { write: false } });
  const { output } = built as Extract<typeof built, { output: unknown }>;
  const found = output.find(({ fileName }) => fileName === "service-worker.js");
  if (found?.type !== "chunk") throw new Error("no service worker");
  return found.code;
}

test("the service worker changes when the page changes, and only then", async () => {
  const otherPage: Plugin = {
    name: "other-page",
    transformIndexHtml: (html) => html.replace("</title>", "!</title>"),
  };
  const [one, same, other] = [await worker(), await worker(), await worker([otherPage])];
  expect(same).toBe(one);
  expect(other).not.toBe(one);
}, 60_000);
