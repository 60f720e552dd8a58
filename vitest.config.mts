import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { include: ["{web_shared,parent_app,shop_app,desk_web}/test/**/*.test.ts"] },
});
