import { describe, expect, it } from "vitest";
import { prune } from "../prune";

describe("pruning of styles", () => {
  const { transform } = prune() as unknown as { transform(code: string, id: string): Promise<{ code: string }> };

  it("keeps what a page uses or fills in, and all of our own", async () => {
    const code = ".utrecht-textbox{color:red}.utrecht-alert--warning{color:red}.of-our-own{color:red}";
    expect((await transform(code, "a.css")).code).toBe(code);
  });

  it("leaves out the library's other variants", async () => {
    const code = ".utrecht-button--hover,.utrecht-button:hover{color:red}.utrecht-rich-text{color:red}";
    expect((await transform(code, "a.css")).code).toBe(".utrecht-button:hover{color:red}");
  });
});
