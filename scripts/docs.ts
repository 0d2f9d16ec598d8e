/** `npm run docs`: writes what is made from the code: pages of `docs/`, and the dashboard's client. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pages } from "./pages.ts";
import { root } from "./tools.ts";

for (const [path, write] of Object.entries(pages)) {
  const file = join(root, path);
  const text = write();
  const isFresh = existsSync(file) && readFileSync(file, "utf8") === text;
  if (!isFresh) writeFileSync(file, text);
  console.log(`${path}: ${isFresh ? "as it was" : "written"}`);
}
