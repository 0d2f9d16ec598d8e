import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { pages } from "./pages.ts";
import { root } from "./tools.ts";

describe("the pages made from the code", () => {
  it.for(Object.keys(pages))("docs/%s says what the code says (npm run docs writes it anew)", (name) => {
    expect(readFileSync(join(root, "docs", name), "utf8")).toBe(pages[name]?.());
  });
});
