import { describe, expect, it } from "vitest";
import type { RequestRecord } from "../exchange/settlement.ts";
import { epochMs, tokens } from "../kernel/units.ts";
import { createRecordingLogger } from "../platform/memory/index.ts";
import { createPriceWatch } from "./price-watch.ts";

const recordOf = (model: string, nanoUsd: number | null, reportedNanoUsd?: number): RequestRecord => ({
  ...{ id: "1", at: 1, method: "POST", path: "/", dialect: null, keyId: null, keyName: null, model },
  ...{
    provider: "openrouter",
    upstreamModel: model,
    upstreamDialect: null,
    answerModel: null,
    lane: "bytes",
    isStream: false,
  },
  ...{ status: 200, outcome: "completed", code: null, detail: null, generation: 1, durationMs: 1 },
  ...{ firstByteMs: 1, bytesIn: 1, bytesOut: 1, events: 0, finish: "stop", warnings: [] },
  usage: {
    input: { total: tokens(1) },
    output: { total: tokens(1) },
    basis: "reported",
    ...(reportedNanoUsd === undefined ? {} : { reportedNanoUsd }),
  },
  cost: { nanoUsd, lines: [], source: null },
  attempts: [],
  stages: [],
});

describe("the watch over prices", () => {
  it("counts each call without a price, and alerts once an hour for each model", () => {
    let now = 0;
    const alerts: string[] = [];
    const logger = createRecordingLogger();
    const watch = createPriceWatch({ now: () => epochMs(now) }, logger, (kind) => alerts.push(kind));
    for (const model of ["a", "a", "b"]) watch.settled(recordOf(model, null));
    watch.settled(recordOf("priced", 5));
    expect(alerts).toEqual(["unpriced_model", "unpriced_model"]);
    now = 3_600_000;
    watch.settled(recordOf("a", null));
    expect(alerts).toHaveLength(3);
    expect(watch.unpriced()).toEqual([
      { provider: "openrouter", model: "a", calls: 3 },
      { provider: "openrouter", model: "b", calls: 1 },
    ]);
  });

  it("alerts when a provider charges otherwise than the book says", () => {
    const alerts: string[] = [];
    const watch = createPriceWatch({ now: () => epochMs(0) }, createRecordingLogger(), (kind) =>
      alerts.push(kind),
    );
    for (let call = 0; call < 150; call += 1) watch.settled(recordOf("m", 90, 100));
    expect(alerts).toEqual(["price_drift"]);
    expect(watch.drift()).toMatchObject([{ model: "m", isAlarming: true }]);
  });

  it("leaves out what bytes cost on their way: no provider charges it", () => {
    const alerts: string[] = [];
    const watch = createPriceWatch({ now: () => epochMs(0) }, createRecordingLogger(), (kind) =>
      alerts.push(kind),
    );
    const record = recordOf("m", 150, 100);
    const cost = { nanoUsd: 150, lines: [], source: null, egress: { nanoUsd: 50, lines: [] } };
    for (let call = 0; call < 150; call += 1) watch.settled({ ...record, cost });
    expect(alerts).toEqual([]);
    expect(watch.drift()).toMatchObject([{ model: "m", isAlarming: false }]);
  });
});
