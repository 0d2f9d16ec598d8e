import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { pages } from "./pages.ts";
import { root } from "./tools.ts";

describe("what is made from the code", () => {
  it.for(Object.keys(pages))("%s says what the code says (npm run docs writes it anew)", (path) => {
    expect(readFileSync(join(root, path), "utf8")).toBe(pages[path]?.());
  });
});
