import { expect, test } from "vitest";
import { onePage } from "../one_page";
import { app, pages, sharedFiles } from "../vite";

test.each([
  app({ base: "/", folder: "parent" }),
  pages({ folder: "desk", entry: "src/main.ts" }),
  sharedFiles(),
  onePage({ folder: "desk", page: "brieven.html" }),
])("everything is built for the oldest browsers that are supported", ({ build }) => {
  expect(build?.target).toEqual(["chrome109", "edge109", "firefox121", "safari16.4", "ios16.4"]);
});
