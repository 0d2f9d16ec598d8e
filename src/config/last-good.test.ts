import { describe, expect, it } from "vitest";
import { haveErrorsRisen, mayBeKept, printLastGood, readLastGood } from "./last-good.ts";
import { parseWorldOf } from "./parse.test-support.ts";
import { parseConfig, parseTree } from "./parse.ts";

const world = parseWorldOf({ OPENAI_API_KEY: "sk-canary-1" }, { "/run/key": "sk-canary-2" });
const seal = (text: string): string => `${text.length}:${text.slice(-20)}`;
const text = `# sk-canary-in-a-comment
providers:
  openai: { key: \${OPENAI_API_KEY}, headers: { x-team: blue, authorization: "Bearer \${OPENAI_API_KEY}" } }
  anthropic: { key: file:/run/key }
models: { fast: [openai/gpt-5-mini, anthropic/claude-haiku-4-5] }
overload: { inFlightMax: 7 }
`;

function written(yaml: string) {
  const parsed = parseConfig(yaml, world);
  if (parsed.kind === "invalid") throw new Error(parsed.problems[0]?.message);
  return parsed;
}

describe("the last good configuration", () => {
  it("comes back as the same configuration, and no secret stands in what is kept", () => {
    const parsed = written(text);
    expect(mayBeKept(parsed.written)).toBe(true);
    const kept = { file: "/etc/sallyport.yaml", keptAt: "2026-11-25T00:00:00Z", tree: parsed.written.tree };
    const printed = printLastGood(kept, seal);
    expect(printed).not.toContain("canary");
    expect(printed).toContain("${OPENAI_API_KEY}");
    const read = readLastGood(printed, seal);
    expect(read).toEqual(kept);
    expect(parseTree(read?.tree, world)).toEqual(parsed);
  });

  it("follows its references when it comes back: a key that is gone is a problem, without a place", () => {
    expect(parseTree(written(text).written.tree, parseWorldOf({}, { "/run/key": "sk" }))).toMatchObject({
      kind: "invalid",
      problems: expect.arrayContaining([
        expect.objectContaining({ line: null, path: "providers.openai.key" }),
      ]),
    });
  });

  it.for([
    "providers: { openai: { key: sk-canary } }\nallowLiteralSecrets: true\n",
    "providers: { openai: { key: '${NONE:-sk-canary}' } }\nallowLiteralSecrets: true\n",
    "providers: { openai: { key: '${OPENAI_API_KEY}', headers: { x-api-key: canary } } }\nallowLiteralSecrets: true\n",
  ])("is not kept when a credential is written out: %s", (yaml) => {
    expect(mayBeKept(written(yaml).written)).toBe(false);
  });

  it("is not read when it was damaged, changed or sealed by another installation", () => {
    const printed = printLastGood({ file: "/a", keptAt: "now", tree: { a: 1 } }, seal);
    expect(readLastGood(printed.slice(0, -10), seal)).toBeUndefined();
    expect(readLastGood(printed.replace('"a": 1', '"a": 11'), seal)).toBeUndefined();
    expect(readLastGood(printed, (of) => `other ${seal(of)}`)).toBeUndefined();
    expect(readLastGood("{}", seal)).toBeUndefined();
  });
});

describe("haveErrorsRisen", () => {
  const start = { requests: 1000, errors: 100 };
  it.for([
    { name: "few errors say nothing, even if nothing else came", requests: 4, errors: 4, risen: false },
    { name: "the usual share is no rise", requests: 100, errors: 10, risen: false },
    { name: "five points more are still borne", requests: 100, errors: 15, risen: false },
    { name: "more than that is a rise", requests: 100, errors: 16, risen: true },
  ])("$name", ({ requests, errors, risen }) => {
    const now = { requests: start.requests + requests, errors: start.errors + errors };
    expect(haveErrorsRisen({ start, now, usualShare: 0.1 })).toBe(risen);
  });
});
