import { describe, expect, it } from "vitest";
import type { AttemptRecord } from "../exchange/settlement.ts";
import { uuidv7 } from "../kernel/ids.ts";
import { epochMs, monotonicMs } from "../kernel/units.ts";
import { usageOfCut } from "./cut-usage.ts";
import { openTrail, type Trail } from "./trail.ts";

const attempt = (code: AttemptRecord["code"]): AttemptRecord => ({
  ...{ provider: "p", model: "m", lane: "bytes", status: null, code, reason: "", startedAt: 0, tookMs: 0 },
});

function trailOf(...codes: readonly AttemptRecord["code"][]): Trail<unknown> {
  const trail = openTrail<unknown>({
    ...{
      id: uuidv7(epochMs(0), new Uint8Array(10)),
      at: epochMs(0),
      startedAt: monotonicMs(0),
      monotonic: () => monotonicMs(0),
    },
    ...{ snapshot: {}, method: "POST", target: "/v1/chat/completions" },
  });
  trail.attempts.push(...codes.map(attempt));
  return Object.assign(trail, { bytesIn: 400, funded: {} });
}

describe("usageOfCut", () => {
  it.for([
    { name: "was not sent", codes: [], tokens: undefined },
    {
      name: "waited for its next try, the others having failed",
      codes: ["upstream_overloaded"],
      tokens: undefined,
    },
    { name: "was under way", codes: ["client_closed"], tokens: 100 },
    { name: "was under way after a failure", codes: ["upstream_overloaded", "client_closed"], tokens: 100 },
    { name: "was being answered", codes: [null], tokens: 100 },
  ] as const)("of a call that its client left: it $name", ({ codes, tokens }) => {
    expect(usageOfCut(trailOf(...codes), { outcome: "aborted" })?.input.total).toBe(tokens);
  });

  it("is nothing of a call that failed before anybody answered", () => {
    expect(usageOfCut(trailOf("upstream_overloaded"), { outcome: "failed" })).toBeUndefined();
  });
});
