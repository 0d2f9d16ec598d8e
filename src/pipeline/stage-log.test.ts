import { expect, it } from "vitest";
import { monotonicMs } from "../kernel/units.ts";
import { createStageLog } from "./stage-log.ts";

it("gives each door the time until the next, and the answer's way out to encode", () => {
  let now = 100;
  const log = createStageLog(() => monotonicMs(now), monotonicMs(100));
  now = 103;
  log.record("attempt", "answer", "");
  now = 104;
  log.record("encode", "relay", "");
  now = 150;
  log.prolong("attempt");
  log.prolong("encode");
  now = 152;
  log.record("settle", "completed", "");
  expect(log.records().map(({ stage, startedAt, tookMs }) => [stage, startedAt, tookMs])).toEqual([
    ["attempt", 0, 3],
    ["encode", 3, 47],
    ["settle", 50, 2],
  ]);
});
