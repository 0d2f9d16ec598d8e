/** `npm run docs`: writes the pages of `docs/` that are made from the code. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pages } from "./pages.ts";
import { root } from "./tools.ts";

for (const [name, write] of Object.entries(pages)) {
  const file = join(root, "docs", name);
  const text = write();
  const isFresh = existsSync(file) && readFileSync(file, "utf8") === text;
  if (!isFresh) writeFileSync(file, text);
  console.log(`docs/${name}: ${isFresh ? "as it was" : "written"}`);
}
