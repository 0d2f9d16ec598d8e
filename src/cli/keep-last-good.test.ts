import { describe, expect, it } from "vitest";
import { milliseconds } from "../kernel/units.ts";
import { createRecordingLogger, createVirtualTime } from "../platform/memory/index.ts";
import { createLastGoodKeeper } from "./keep-last-good.ts";

function setUp(save: (tree: unknown) => void = () => undefined) {
  const time = createVirtualTime();
  const logger = createRecordingLogger();
  const saved: unknown[] = [];
  const counts = { requests: 0, errors: 0 };
  const keeper = createLastGoodKeeper({
    timer: time.timer,
    logger,
    counted: () => ({ ...counts }),
    save: (tree) => {
      save(tree);
      saved.push(tree);
    },
  });
  return { keeper, time, logger, saved, counts };
}
const tree = (name: string) => ({ tree: name, literals: [] });

describe("createLastGoodKeeper", () => {
  it("keeps a configuration once it has run for 30 s, not before", () => {
    const { keeper, time, saved } = setUp();
    keeper.begin(tree("one"));
    time.advance(milliseconds(29_999));
    expect(saved).toEqual([]);
    time.advance(milliseconds(1));
    expect(saved).toEqual(["one"]);
    time.advance(milliseconds(120_000));
    expect(saved).toEqual(["one"]);
  });

  it("keeps the newer of two, and never one that was replaced in time", () => {
    const { keeper, time, saved } = setUp();
    keeper.begin(tree("one"));
    time.advance(milliseconds(20_000));
    keeper.begin(tree("two"));
    time.advance(milliseconds(29_000));
    expect(saved).toEqual([]);
    time.advance(milliseconds(1000));
    expect(saved).toEqual(["two"]);
  });

  it("waits as long as errors are above what was usual before it began", () => {
    const { keeper, time, saved, counts, logger } = setUp();
    Object.assign(counts, { requests: 100, errors: 1 });
    keeper.begin(tree("bad"));
    for (const errors of [51, 101]) {
      Object.assign(counts, { requests: counts.requests + 50, errors });
      time.advance(milliseconds(30_000));
    }
    expect(saved).toEqual([]);
    expect(logger.lines()).toHaveLength(2);
    Object.assign(counts, { requests: counts.requests + 50 });
    time.advance(milliseconds(30_000));
    expect(saved).toEqual(["bad"]);
  });

  it("keeps nothing that holds written-out secrets, and says where they stand", () => {
    const { keeper, time, saved, logger } = setUp();
    keeper.begin({ tree: "x", literals: ["providers.openai.key"] });
    time.advance(milliseconds(60_000));
    expect(saved).toEqual([]);
    expect(JSON.stringify(logger.lines())).toContain("providers.openai.key");
  });

  it("goes on when the file cannot be written, and leaves no timer behind", () => {
    const { keeper, time, logger } = setUp(() => {
      throw new Error("disk full");
    });
    keeper.begin(tree("one"));
    time.advance(milliseconds(30_000));
    expect(JSON.stringify(logger.lines())).toContain("disk full");
    keeper.begin(tree("two"));
    keeper.close();
    expect(time.pending()).toBe(0);
  });
});
