import { describe, expect, it } from "vitest";
import { count, printProblems } from "./print-problems.ts";

const problem = (line: number | null, column: number | null, message = "wrong") => ({
  message,
  line,
  column,
  path: null,
});

describe("printProblems", () => {
  it("prints place, sentence, line and caret", () => {
    expect(
      printProblems("a.yaml", "server:\n  port: 70000\n", [problem(2, 9, "`server.port` is too high")]),
    ).toBe("a.yaml:2:9: `server.port` is too high\n   2 |   port: 70000\n     |         ^\n");
  });

  it("keeps tabs, so that the caret stands below its character", () => {
    expect(printProblems("a.yaml", "\ta: b", [problem(1, 5)])).toContain("   1 | \ta: b\n     | \t   ^\n");
  });

  it("prints no line where there is none to show", () => {
    expect(printProblems("a.yaml", "", [problem(null, null)])).toBe("a.yaml: wrong\n");
    expect(printProblems("a.yaml", "x\n\n", [problem(2, 1)])).toBe("a.yaml:2:1: wrong\n");
    expect(printProblems("a.yaml", "x", [problem(9, 1)])).toBe("a.yaml:9:1: wrong\n");
  });

  it("shows the part of a long line that matters", () => {
    const [, line = "", caret = ""] = printProblems("a.yaml", `${"x".repeat(300)}!${"y".repeat(300)}`, [
      problem(1, 301),
    ]).split("\n");
    expect(line.length).toBeLessThan(120);
    expect(line[caret.indexOf("^")]).toBe("!");
  });

  it.for([
    "  openai: { key: sk-canary, prot: 1 }",
    '  key: "sk canary"',
    "  key: 'sk canary'",
    "  headers: { x-api-key: canary, prot: 1 }",
    "  headers: { Authorization: Bearer canary }",
  ])("stars out the secret in %s and leaves the caret where it was", (line) => {
    const printed = printProblems("a.yaml", line, [problem(1, line.length)]);
    expect(printed).not.toContain("canary");
    expect(printed).toContain(`\n     | ${" ".repeat(line.length - 1)}^\n`);
  });

  it.for([
    "key: ${OPENAI_API_KEY}",
    "key: file:/run/x",
    "allowLiteralSecrets: true",
    "keys: { required: false }",
  ])("leaves %s as it is", (line) => {
    expect(printProblems("a.yaml", line, [problem(1, 1)])).toContain(`   1 | ${line}\n`);
  });
});

describe("count", () => {
  it("knows one from many", () => {
    expect([count(0, "pool"), count(1, "pool"), count(2, "pool")]).toEqual(["0 pools", "1 pool", "2 pools"]);
  });
});
