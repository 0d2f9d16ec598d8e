import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GatewayError } from "../kernel/errors.ts";
import type { ConfigSource, FileReading } from "../ports/config-source.ts";
import { parseWorldOf } from "./parse.test-support.ts";
import { parseConfig } from "./parse.ts";
import { createReloader, type ReloadOutcome } from "./reloader.ts";
import type { Config } from "./schema.ts";

const world = parseWorldOf({ OPENAI_API_KEY: "sk-canary" }, { "/secret": "sk-1" });
const textOf = (inFlightMax: number, more = ""): string =>
  `providers: { openai: { key: \${OPENAI_API_KEY} } }\noverload: { inFlightMax: ${inFlightMax} }\n${more}`;
const broken = "overload: { inFlightMax: none }\n";

function parse(text: string) {
  return parseConfig(text, world);
}

/** A reloader over a text that tests set, and all that it did. */
function setUp(onApply: (config: Config) => void | Promise<void> = () => {}) {
  let reading: FileReading = { kind: "text", text: textOf(1) };
  let changed = (): void => {};
  let isWatched = false;
  const applied: { readonly inFlightMax: number; readonly generation: number }[] = [];
  const outcomes: ReloadOutcome[] = [];
  const follows: (readonly string[])[] = [];
  const source: ConfigSource = {
    name: "sallyport.yaml",
    read: async () => reading,
    follow: (files) => follows.push(files),
    watch: (listener) => {
      changed = listener;
      isWatched = true;
      return () => {
        isWatched = false;
      };
    },
  };
  const initial = parse(textOf(1));
  if (initial.kind === "invalid") throw new Error("the first text is valid");
  const reloader = createReloader({
    source,
    parse,
    apply: async (config, generation) => {
      await onApply(config);
      applied.push({ inFlightMax: config.overload.inFlightMax, generation });
    },
    initial,
    onOutcome: (outcome) => outcomes.push(outcome),
  });
  return {
    reloader,
    applied,
    outcomes,
    follows,
    write: (next: FileReading | string) => {
      reading = typeof next === "string" ? { kind: "text", text: next } : next;
    },
    touch: () => changed(),
    isWatched: () => isWatched,
  };
}

describe("createReloader", () => {
  it("begins with generation 1 and no problem", () => {
    const { reloader } = setUp();
    expect(reloader.state()).toMatchObject({
      generation: 1,
      file: "sallyport.yaml",
      problems: [],
      running: { overload: { inFlightMax: 1 } },
    });
    expect(JSON.stringify(reloader.state())).not.toContain("canary");
  });

  it("applies a valid text as the next generation", async () => {
    const { reloader, applied, write } = setUp();
    write(textOf(2));
    expect(await reloader.reload()).toMatchObject({
      kind: "applied",
      generation: 2,
      changes: [{ path: "overload.inFlightMax", before: "1", after: "2" }],
    });
    expect(applied).toEqual([{ inFlightMax: 2, generation: 2 }]);
    expect(reloader.config().overload.inFlightMax).toBe(2);
  });

  it("does not count a text that says the same", async () => {
    const { reloader, applied, write } = setUp();
    write(`# a comment\n${textOf(1)}`);
    expect(await reloader.reload()).toEqual({ kind: "unchanged", generation: 1, waiting: [] });
    expect(applied).toEqual([]);
  });

  it("keeps the last good one when the text is wrong, says why, and forgets that once it is right", async () => {
    const { reloader, applied, write } = setUp();
    write(broken);
    expect(await reloader.reload()).toMatchObject({ kind: "rejected", generation: 1 });
    expect(reloader.state().problems[0]).toMatchObject({ line: 1, column: 26, path: "overload.inFlightMax" });
    expect(reloader.config().overload.inFlightMax).toBe(1);
    write(textOf(1));
    expect(await reloader.reload()).toMatchObject({ kind: "unchanged", generation: 1 });
    expect(reloader.state().problems).toEqual([]);
    expect(applied).toEqual([]);
  });

  it("keeps the last good one when the file is gone", async () => {
    const { reloader, write } = setUp();
    write({ kind: "unreadable", reason: "there is no such file" });
    await reloader.reload();
    expect(reloader.state()).toMatchObject({
      generation: 1,
      problems: [
        {
          message: "the file sallyport.yaml cannot be read: there is no such file",
          line: null,
          column: null,
          path: null,
        },
      ],
    });
  });

  it("keeps the last good one when it cannot be put to work", async () => {
    const { reloader, write } = setUp(() => {
      throw new GatewayError("conflict", "private", { message: "two rows are equal" });
    });
    write(textOf(2));
    expect(await reloader.reload()).toMatchObject({
      kind: "rejected",
      problems: [{ message: "the configuration cannot be put to work: two rows are equal" }],
    });
    expect(reloader.state().generation).toBe(1);
    expect(reloader.config().overload.inFlightMax).toBe(1);
  });

  it("takes what it can of a text and lets the rest wait for a restart", async () => {
    const { reloader, applied, write } = setUp();
    write(textOf(2, "server: { port: 9000 }\n"));
    expect(await reloader.reload()).toMatchObject({
      kind: "applied",
      generation: 2,
      waiting: [{ path: "server.port", before: "7227", after: "9000" }],
    });
    expect(reloader.config().server.port).toBe(7227);
    expect(await reloader.reload()).toMatchObject({ kind: "unchanged", generation: 2 });
    expect(reloader.state().waiting).toHaveLength(1);
    expect(applied).toHaveLength(1);
  });

  it("follows the files that a text refers to, also when the text is wrong: a file may set it right", async () => {
    const { reloader, follows, write } = setUp();
    write("providers: { openai: { key: file:/missing } }\n");
    await reloader.reload();
    write("providers: { openai: { key: file:/secret } }\n");
    await reloader.reload();
    expect(follows).toEqual([[], ["/missing"], ["/secret"]]);
  });

  it("plans without changing anything", async () => {
    const { reloader, applied } = setUp();
    expect(await reloader.plan(textOf(3))).toMatchObject({
      kind: "valid",
      changes: [{ path: "overload.inFlightMax", before: "1", after: "3" }],
    });
    expect(await reloader.plan(broken)).toMatchObject({ kind: "invalid", problems: [{ line: 1 }] });
    expect(reloader.state()).toMatchObject({ generation: 1, problems: [] });
    expect(applied).toEqual([]);
  });

  it("reloads at each change it is told of until it is closed", async () => {
    const { reloader, outcomes, write, touch, isWatched } = setUp();
    reloader.watch();
    write(textOf(2));
    touch();
    await expect.poll(() => outcomes.length).toBe(1);
    expect(reloader.state().generation).toBe(2);
    reloader.close();
    expect(isWatched()).toBe(false);
  });

  it("reloads one at a time, and those who ask meanwhile share one that sees the newest text", async () => {
    let inside = 0;
    let insideMax = 0;
    const gates: (() => void)[] = [];
    const { reloader, applied, outcomes, write } = setUp(async () => {
      inside += 1;
      insideMax = Math.max(insideMax, inside);
      await new Promise<void>((resolve) => gates.push(resolve));
      inside -= 1;
    });
    write(textOf(2));
    const first = reloader.reload();
    await expect.poll(() => gates.length).toBe(1);
    write(textOf(3));
    const others = [reloader.reload(), reloader.reload()];
    write(textOf(4));
    gates[0]?.();
    expect(await first).toMatchObject({ generation: 2 });
    await expect.poll(() => gates.length).toBe(2);
    gates[1]?.();
    const [second, third] = await Promise.all(others);
    expect(second).toBe(third);
    expect(applied).toEqual([
      { inFlightMax: 2, generation: 2 },
      { inFlightMax: 4, generation: 3 },
    ]);
    expect(outcomes).toHaveLength(2);
    expect(insideMax).toBe(1);
  });

  it("runs the last good text after any sequence of good, bad, missing and failing ones; only applied ones count", async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant("good" as const), value: fc.integer({ min: 1, max: 4 }) }),
      fc.record({ kind: fc.constantFrom("bad" as const, "gone" as const) }),
      fc.record({ kind: fc.constant("failing" as const), value: fc.integer({ min: 90, max: 94 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), fc.boolean(), async (steps, isConcurrent) => {
        const { reloader, applied, write } = setUp(({ overload }) => {
          if (overload.inFlightMax >= 90) throw new Error("cannot");
        });
        let good = 1;
        let generation = 1;
        for (const next of steps) {
          if (next.kind === "gone") write({ kind: "unreadable", reason: "gone" });
          else write("value" in next ? textOf(next.value) : broken);
          await (isConcurrent
            ? Promise.all([reloader.reload(), reloader.reload(), reloader.reload()])
            : reloader.reload());
          if (next.kind === "good") {
            if (next.value !== good) generation += 1;
            good = next.value;
          }
          const state = reloader.state();
          expect(state.generation).toBe(generation);
          expect(reloader.config().overload.inFlightMax).toBe(good);
          expect(state.problems.length > 0).toBe(next.kind !== "good");
        }
        expect(applied.map((entry) => entry.generation)).toEqual(applied.map((_, index) => index + 2));
      }),
    );
  });

  it("has nothing to reload without a file", async () => {
    const initial = parse(textOf(1));
    if (initial.kind === "invalid") throw new Error("the first text is valid");
    const reloader = createReloader({
      source: undefined,
      parse,
      apply: () => {},
      initial,
      onOutcome: () => {},
    });
    reloader.watch();
    expect(await reloader.reload()).toMatchObject({ kind: "unchanged" });
    expect(reloader.state().file).toBeNull();
  });
});
