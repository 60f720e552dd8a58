import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { include: ["web_shared/test/**/*.test.ts", "parent_app/test/**/*.test.ts"] },
});
