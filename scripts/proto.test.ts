import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { protoFolders, writeCode } from "./proto-code.ts";
import { root } from "./tools.ts";

describe("generated code", () => {
  it.for(protoFolders)("of $from is what its files make now", async ({ from, to }) => {
    const fresh = mkdtempSync(join(tmpdir(), "sallyport-proto-"));
    try {
      expect(await writeCode(from, fresh)).toBe(true);
      const files = globSync("**/*.ts", { cwd: fresh }).toSorted();
      expect(files.length).toBeGreaterThan(0);
      expect(globSync("**/*.ts", { cwd: join(root, to) }).toSorted()).toEqual(files);
      for (const file of files)
        expect(readFileSync(join(root, to, file), "utf8")).toBe(readFileSync(join(fresh, file), "utf8"));
    } finally {
      rmSync(fresh, { recursive: true, force: true });
    }
  });
});
