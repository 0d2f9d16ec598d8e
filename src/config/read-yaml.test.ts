import { describe, expect, it } from "vitest";
import { openaiOnly as openai, problemsOf } from "./parse.test-support.ts";

describe("readYaml refuses", () => {
  it.for<{ name: string; text: string; problems: readonly string[] }>([
    {
      name: "what is not YAML",
      text: "a: [\n",
      problems: [
        "2:1 this is not YAML: flow sequence in block collection must be sufficiently indented and end with a ]",
      ],
    },
    {
      name: "tabs as indentation",
      text: "server:\n\tport: 1\n",
      problems: ["2:1 this is not YAML: tabs are not allowed as indentation"],
    },
    { name: "a tag", text: "dataDir: !env X\n", problems: ["1:10 this is not YAML: unresolved tag: !env"] },
    {
      name: "two documents",
      text: "a: 1\n---\nb: 2\n",
      problems: ["2:1 a second document begins here; one is all there may be"],
    },
    {
      name: "a field given twice",
      text: `${openai}server:\n  port: 1\n  host: localhost\n  port: 2\n`,
      problems: ["6:3 `port` is given twice; the first is on line 4"],
    },
    {
      name: "two pools of one name",
      text: `${openai}models:\n  fast: [openai/a]\n  fast: [openai/b]\n`,
      problems: ["5:3 `fast` is given twice; the first is on line 4"],
    },
    { name: "merge keys", text: "<<: {}\n", problems: ["1:1 merge keys (`<<`) are not taken here"] },
    {
      name: "a name that JavaScript would misread",
      text: "__proto__: {}\n",
      problems: ["1:1 `__proto__` cannot be a name"],
    },
    {
      name: "a list as a name",
      text: "? [a]\n: 1\n",
      problems: ["1:3 the name of a field must be plain text"],
    },
    {
      name: "an alias without anchor",
      text: "server: *nope\n",
      problems: ["1:9 there is no anchor `&nope` before this"],
    },
    {
      name: "characters that stand for references inside",
      text: "dataDir: \ue041\n",
      problems: ["1:10 characters U+E000 to U+E07F cannot be used here"],
    },
  ])("$name", ({ text, problems }) => {
    expect(problemsOf(text)).toEqual(problems);
  });

  it("aliases that multiply", () => {
    const levels = Array.from(
      { length: 8 },
      (_, level) => `l${level + 1}: &l${level + 1} [${Array(10).fill(`*l${level}`).join()}]`,
    );
    const problems = problemsOf(`l0: &l0 [1,2,3]\n${levels.join("\n")}\n`);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain("aliases make this too large");
  });

  it("nesting without end", () => {
    expect(problemsOf(`a: ${"[".repeat(50_000)}`)).toHaveLength(1);
    expect(problemsOf(`a: ${"[".repeat(40)}${"]".repeat(40)}`)).toEqual([
      "1:36 nothing is nested deeper than 32 levels here",
    ]);
  });

  it("a file above 4 MiB", () => {
    expect(problemsOf(`# ${"x".repeat(5_000_000)}`)).toEqual(["1:1 the file is larger than 4 MiB"]);
  });
});
