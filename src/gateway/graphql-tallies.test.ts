import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { epochMs } from "../kernel/units.ts";
import { createRecordingLogger, createVirtualTime } from "../platform/memory/index.ts";
import { createMeter } from "../platform/prometheus/index.ts";
import type { GraphqlOperation } from "../ports/graphql.ts";
import { createGraphqlTallies, type OperationResult } from "./graphql-tallies.ts";

const operation = (more: Partial<GraphqlOperation> = {}): GraphqlOperation => ({
  type: "query",
  name: "Users",
  cost: 12,
  depth: 3,
  rootFields: ["users"],
  introspects: false,
  normalised: "query Users{users{name}}",
  hash: "0123456789abcdef0123456789abcdef",
  document: { kind: "Document" },
  ...more,
});

function opened() {
  const meter = createMeter();
  let now = 1000;
  const clock = {
    monotonic: createVirtualTime().clock.monotonic,
    now: () => {
      now += 1;
      return epochMs(now);
    },
  };
  const tallies = createGraphqlTallies({ meter, clock, logger: createRecordingLogger() });
  return { meter, tallies };
}

describe("createGraphqlTallies", () => {
  it.for<{ result: OperationResult; counts: Record<string, number>; isTimed: boolean }>([
    { result: "ok", counts: { errors: 0, failed: 0, refused: 0 }, isTimed: true },
    { result: "errors", counts: { errors: 1, failed: 0, refused: 0 }, isTimed: true },
    { result: "failed", counts: { errors: 0, failed: 1, refused: 0 }, isTimed: false },
    { result: "refused", counts: { errors: 0, failed: 0, refused: 1 }, isTimed: false },
    { result: "aborted", counts: { errors: 0, failed: 0, refused: 0 }, isTimed: false },
  ])("counts an operation that ended `$result`", ({ result, counts, isTimed }) => {
    const { meter, tallies } = opened();
    tallies.ended("graph", operation(), { result, tookMs: 5 });
    const [told] = tallies.operations("graph");
    expect(told).toMatchObject({ name: "Users", type: "query", digest: "0123456789ab", requests: 1 });
    expect(told).toMatchObject({ ...counts, costMax: 12, depthMax: 3 });
    expect(told?.latencyMs === null).toBe(!isTimed);
    const text = meter.text();
    expect(text).toContain(
      `sallyport_graphql_operations_total{route="graph",type="query",result="${result}"} 1\n`,
    );
    expect(text).toContain('sallyport_graphql_operation_cost_bucket{route="graph",le="10"} 0\n');
    expect(text).toContain('sallyport_graphql_operation_cost_bucket{route="graph",le="30"} 1\n');
    expect(text).toContain('sallyport_graphql_operation_depth_bucket{route="graph",le="3"} 1\n');
  });

  it("keeps the most that an operation has cost, and no time of what lasts as long as it likes", () => {
    const { tallies } = opened();
    for (const cost of [3, 40, 7])
      tallies.ended("graph", operation({ type: "subscription", cost }), { result: "ok", tookMs: 9e6 });
    expect(tallies.operations("graph")).toMatchObject([{ requests: 3, costMax: 40, latencyMs: null }]);
  });

  it("counts what was refused with the same operation, or by itself where its document was not taken", () => {
    const { meter, tallies } = opened();
    tallies.ended("graph", operation(), { result: "ok", tookMs: 5 });
    tallies.refused("graph", operation());
    tallies.refused("graph", { type: "unread", name: "no name {", hash: "ffff00001111222233334444" });
    expect(tallies.operations("graph")).toMatchObject([
      { name: null, type: null, digest: "ffff00001111", requests: 1, refused: 1, costMax: null },
      { name: "Users", requests: 2, refused: 1 },
    ]);
    expect(meter.text()).toContain('{route="graph",type="unknown",result="refused"} 1\n');
  });

  it("keeps the last used, and junk drives out none that was taken", () => {
    const { tallies } = opened();
    for (let index = 0; index < 250; index += 1) {
      tallies.ended("graph", operation({ hash: `taken${index}` }), { result: "ok", tookMs: 1 });
      tallies.ended("graph", operation({ hash: "taken0" }), { result: "ok", tookMs: 1 });
    }
    for (let index = 0; index < 500; index += 1)
      tallies.refused("graph", { type: "unread", name: "x".repeat(5000), hash: `junk${index}` });
    const told = tallies.operations("graph");
    expect(told).toHaveLength(250);
    expect(told.filter(({ type }) => type !== null)).toHaveLength(200);
    expect(told.find(({ digest }) => digest === "taken0")?.requests).toBe(251);
    expect(told.map(({ digest }) => digest)).not.toContain("taken1");
    expect(Math.max(...told.map(({ name }) => name?.length ?? 0))).toBe(100);
  });

  it("keeps a name without the document that it was read from", () => {
    setFlagsFromString("--expose-gc");
    const collect: unknown = runInNewContext("gc");
    const heapAfterwards = (): number => {
      if (typeof collect === "function") collect();
      return process.memoryUsage().heapUsed;
    };
    const { tallies } = opened();
    const before = heapAfterwards();
    for (let index = 0; index < 100; index += 1) {
      const text = Buffer.from(`query NameOfAnOperation${index} {} #${"x".repeat(200_000)}`).toString("utf8");
      const name = text.slice(6, text.indexOf(" {"));
      tallies.ended("graph", operation({ name, hash: `document${index}` }), { result: "refused", tookMs: 1 });
    }
    expect(heapAfterwards() - before).toBeLessThan(5_000_000);
    expect(tallies.operations("graph")).toHaveLength(100);
  });

  it("counts what each subgraph was asked, and the time of what it answered", () => {
    const { meter, tallies } = opened();
    tallies.asked("graph", "users", 5);
    tallies.asked("graph", "users", "failed");
    expect(tallies.subgraph("graph", "users")).toMatchObject({ requests: 2, failed: 1 });
    expect(tallies.subgraph("graph", "users").latencyMs?.p99).toBeCloseTo(5, 0);
    expect(tallies.subgraph("graph", "items")).toEqual({ requests: 0, failed: 0, latencyMs: null });
    expect(meter.text()).toContain(
      'sallyport_graphql_subgraph_duration_seconds_count{route="graph",subgraph="users"} 1\n',
    );
  });
});
