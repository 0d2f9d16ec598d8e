import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { digestFile, digestOf, protoFolders } from "./proto-code.ts";
import { root } from "./tools.ts";

describe("generated code", () => {
  it.for(protoFolders)(
    "of $from was made from its files as they are (`npm run proto` makes it)",
    ({ from, to }) => {
      expect(readFileSync(join(root, to, digestFile), "utf8").trim()).toBe(digestOf(from));
    },
  );
});
