import { describe, expect, it } from "vitest";
import type { RequestRecord } from "../exchange/settlement.ts";
import { createRouteTallies } from "./route-tallies.ts";

const record = (more: Partial<RequestRecord>) =>
  ({
    outcome: "completed",
    code: null,
    bytesIn: 1,
    bytesOut: 10,
    at: 1000,
    durationMs: 5,
    ...more,
  }) as RequestRecord;

describe("createRouteTallies", () => {
  it("counts by route, and remembers the last fault", () => {
    const tallies = createRouteTallies();
    tallies.settled(record({ route: "a" }));
    tallies.settled(record({ route: "a", outcome: "failed", code: "upstream_failed" }));
    tallies.settled(record({ route: "a", outcome: "refused", code: "overloaded", at: 2000 }));
    tallies.settled(record({ route: "a", outcome: "aborted", code: "client_closed", at: 3000 }));
    tallies.settled(record({}));
    expect(tallies.of("a")).toEqual({
      requests: 4,
      refused: 1,
      failed: 1,
      bytesIn: 4,
      bytesOut: 40,
      lastAt: 3005,
      lastError: "overloaded",
    });
    expect(tallies.of("b")).toMatchObject({ requests: 0, lastAt: null, lastError: null });
  });
});
