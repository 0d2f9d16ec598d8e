import { describe, expect, it } from "vitest";
import type { ErrorCode } from "../kernel/errors.ts";
import type { Place } from "./places.ts";
import { tellHealth } from "./tell-health.ts";
import type { TryResult } from "./try-result.ts";

const target = { provider: "p", model: "m" };
const failed = (code: ErrorCode): TryResult => ({
  kind: "failed",
  failure: { code, status: 503, message: "" },
  native: undefined,
});

/** What breaker and cool-downs hear of a try. */
function heard(
  result: TryResult,
  place: Pick<Place, "speaksForTarget" | "hasOther"> | undefined,
): readonly string[] {
  const told: string[] = [];
  const guarded = {
    succeeded: () => told.push("breaker: well"),
    failed: () => told.push("breaker: failed"),
    outrun: () => told.push("breaker: outrun"),
    dropped: () => undefined,
    broke: () => undefined,
  };
  const retrier = {
    failed: () => told.push("cool-downs: failed"),
    answered: () => told.push("cool-downs: well"),
  };
  // Nothing else of them is asked here.
  tellHealth(
    retrier as unknown as Parameters<typeof tellHealth>[0],
    { guarded, candidate: { target }, place },
    result,
    { of: "total", ms: 1, slowFloorMs: 1 },
  );
  return told;
}

const place = (speaks: boolean, hasOther: boolean) => ({
  speaksForTarget: () => speaks,
  hasOther: () => hasOther,
});
const all = ["breaker: failed", "cool-downs: failed"];

describe("tellHealth", () => {
  it.for([
    { name: "all of a target with one address", result: failed("upstream_failed"), at: undefined, told: all },
    {
      name: "all of an address that is in",
      result: failed("upstream_failed"),
      at: place(true, true),
      told: all,
    },
    {
      name: "that it was outrun by a copy, which is no failure",
      result: failed("hedge_lost"),
      at: undefined,
      told: ["breaker: outrun", "cool-downs: failed"],
    },
    {
      name: "nothing to the breaker of an address that is out",
      result: failed("upstream_failed"),
      at: place(false, true),
      told: ["cool-downs: failed"],
    },
    {
      name: "no cool-down where one of several has too much to do",
      result: failed("upstream_overloaded"),
      at: place(true, true),
      told: ["breaker: failed"],
    },
    {
      name: "a cool-down where no other could take the call",
      result: failed("upstream_overloaded"),
      at: place(true, false),
      told: all,
    },
    {
      name: "a limit of the credential, which is that of all of them",
      result: failed("upstream_rate_limited"),
      at: place(true, true),
      told: ["cool-downs: failed"],
    },
  ])("tells $name", ({ result, at, told }) => {
    expect(heard(result, at)).toEqual(told);
  });
});
