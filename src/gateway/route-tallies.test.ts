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
      rejects: { overloaded: 1 },
      latencyMs: { p50: expect.closeTo(5, 0), p99: expect.closeTo(5, 0) },
      failed: 1,
      bytesIn: 4,
      bytesOut: 40,
      lastAt: 3005,
      lastError: "overloaded",
    });
    expect(tallies.of("b")).toMatchObject({ requests: 0, lastAt: null, lastError: null });
  });

  it("counts refusals by the word of whoever refused, else by their code", () => {
    const tallies = createRouteTallies();
    const refusal = record({ route: "a", outcome: "refused", code: "malformed_request" });
    tallies.settled({ ...refusal, reason: "header_obs_text" });
    tallies.settled({ ...refusal, reason: "header_obs_text" });
    tallies.settled(refusal);
    // The name of a limit is one of any number of words.
    tallies.settled({ ...refusal, code: "rate_limited", reason: "team-rpm" });
    expect(tallies.of("a").rejects).toEqual({ header_obs_text: 2, malformed_request: 1, rate_limited: 1 });
  });

  it.for<{ name: string; ended: Partial<RequestRecord>; p50: number | undefined }>([
    { name: "a whole answer by its end", ended: { status: 200, durationMs: 400, firstByteMs: 7 }, p50: 400 },
    { name: "a socket by its beginning", ended: { status: 101, durationMs: 9e6, firstByteMs: 7 }, p50: 7 },
    { name: "events by their beginning", ended: { events: 3, durationMs: 9e6, firstByteMs: 7 }, p50: 7 },
    { name: "a refusal not at all", ended: { outcome: "refused" }, p50: undefined },
    { name: "a failure not at all", ended: { outcome: "failed" }, p50: undefined },
    { name: "a client that went not at all", ended: { outcome: "aborted" }, p50: undefined },
  ])("takes the time of $name", ({ ended, p50 }) => {
    const tallies = createRouteTallies();
    tallies.settled(record({ route: "a", status: 200, events: 0, firstByteMs: null, ...ended }));
    const { latencyMs } = tallies.of("a");
    if (p50 === undefined) expect(latencyMs).toBeNull();
    else expect(Math.abs((latencyMs?.p50 ?? 0) / p50 - 1)).toBeLessThan(0.06);
  });
});
