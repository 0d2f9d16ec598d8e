import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "./source-files.ts";

const page = readFileSync(join(root, "SECURITY.md"), "utf8");

/** The rows under a heading of the third level, without the head of their table. */
function rowsUnder(heading: string): readonly (readonly string[])[] {
  const [, after = ""] = page.split(`### ${heading}`);
  const [section = ""] = after.split(/^##/m);
  return section
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .slice(2)
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

const proofForm = /^`([^`]+\.test\.ts)` "(.+)"$/;

describe("SECURITY.md", () => {
  it.for([
    { heading: "Zero trust", count: 7 },
    { heading: "OWASP API Security", count: 10 },
    { heading: "OWASP Top 10 for LLM", count: 10 },
  ])("names a test for each row of $heading, or says that nothing proves it", ({ heading, count }) => {
    const rows = rowsUnder(heading);
    expect(rows).toHaveLength(count);
    for (const [name = "", claim = "", proof = ""] of rows) {
      if (proof === "not yet") {
        expect(claim, name).toMatch(/\*\*Not yet\*\*|out of scope/);
        continue;
      }
      const [, file = "", test = ""] = proofForm.exec(proof) ?? [];
      expect(file, `${name}: ${proof}`).not.toBe("");
      expect(existsSync(join(root, file)), file).toBe(true);
      const names = [...readFileSync(join(root, file), "utf8").matchAll(testName)].map(([, found]) => found);
      expect(names, `${name}: ${file}`).toContain(test);
    }
  });

  it("links to files that are there", () => {
    for (const [, target = ""] of page.matchAll(/\]\(([^)#:]+)\)/g))
      expect(existsSync(join(root, target)), target).toBe(true);
  });
});

/** What a test or a group of them is called. */
const testName = /\b(?:it|test|describe)(?:\.for\([\s\S]*?\))?\(\s*"((?:[^"\\]|\\.)+)"/g;
