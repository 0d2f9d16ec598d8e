import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RequestRecord } from "../../exchange/settlement.ts";
import { RawJson } from "../../kernel/json.ts";
import { epochMs, milliseconds } from "../../kernel/units.ts";
import { countSpan, createLatencyHistogram, quantileMs } from "./latency-histogram.ts";
import { loggedOf, recordOf } from "./logged.ts";
import { bucketMs, createSeries } from "./series.ts";
import { countInto, noTotals } from "./totals.ts";

const record = (change: Partial<RequestRecord> = {}): RequestRecord => ({
  id: "1",
  at: 1_000_000,
  method: "POST",
  path: "/v1/messages",
  dialect: "anthropic-messages",
  keyId: "k",
  keyName: "n",
  model: "m",
  provider: "p",
  upstreamModel: "m",
  upstreamDialect: "openai-chat",
  answerModel: "m",
  lane: "bytes",
  isStream: false,
  status: 200,
  outcome: "completed",
  code: null,
  detail: null,
  generation: 1,
  durationMs: 100,
  firstByteMs: 90,
  bytesIn: 10,
  bytesOut: 20,
  events: 0,
  finish: "stop",
  usage: null,
  cost: { nanoUsd: 5, lines: [], source: "operator" },
  warnings: [],
  attempts: [],
  stages: [],
  ...change,
});

describe("latency histogram", () => {
  it("gives each quantile within 6 % of the exact one", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.1, max: 100_000, noNaN: true }), { minLength: 1, maxLength: 200 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (spans, quantile) => {
          const histogram = createLatencyHistogram();
          for (const span of spans) countSpan(histogram, span);
          const exact =
            spans.toSorted((left, right) => left - right)[
              Math.max(0, Math.ceil(quantile * spans.length) - 1)
            ] ?? 0;
          const told = quantileMs(histogram, quantile) ?? 0;
          expect(Math.abs(told / exact - 1)).toBeLessThan(0.06);
        },
      ),
    );
  });
  it("says nothing about nothing", () => {
    expect(quantileMs(createLatencyHistogram(), 0.5)).toBeUndefined();
  });
});

const egress = { nanoUsd: 3, lines: [] };
/** Tokens at a price that nobody knows. */
const unpriced: Partial<RequestRecord> = {
  usage: { input: {}, output: {}, basis: "reported" },
  cost: { nanoUsd: null, lines: [], source: null },
};

describe("series", () => {
  it("counts a request in the bucket in which it ended, and shows quiet buckets as empty", () => {
    const series = createSeries();
    series.count(record());
    series.count(record({ outcome: "failed", ...unpriced }));
    const points = series.points(1, epochMs(1_000_000 + bucketMs));
    expect(points).toHaveLength(12);
    expect(points.filter((point) => point.requests > 0)).toMatchObject([
      { at: 1_000_000, requests: 2, errors: 1, costNanoUsd: 5, unpriced: 1 },
    ]);
    expect(points.at(-1)).toMatchObject({ requests: 0, latencyMsP50: null });
  });
  it("forgets an hour when its bucket is needed again, and never takes late records into a newer bucket", () => {
    const series = createSeries();
    const hour = 720 * bucketMs;
    series.count(record());
    series.count(record({ at: 1_000_000 + hour }));
    series.count(record());
    expect(series.points(1, epochMs(1_000_000 + hour)).at(-1)?.requests).toBe(1);
  });
});

describe("totals", () => {
  it("adds what bytes have cost where the tokens have no price, or were not told: those miss none", () => {
    const totals = noTotals();
    const cost = { nanoUsd: null, lines: [], source: null, egress };
    countInto(totals, record({ ...unpriced, cost }));
    countInto(totals, record({ usage: null, cost }));
    expect(totals).toMatchObject({ costNanoUsd: 6, unpriced: 1 });
  });

  it("adds what is known and counts what is not", () => {
    const totals = noTotals();
    countInto(totals, record());
    countInto(totals, record({ outcome: "refused", ...unpriced }));
    expect(totals).toEqual({
      requests: 2,
      errors: 1,
      inputTokens: 0,
      outputTokens: 0,
      costNanoUsd: 5,
      unpriced: 1,
    });
  });
});

describe("loggedOf", () => {
  it("prints the record once, the provider's usage as its own text", () => {
    const logged = loggedOf(
      record({
        usage: { input: {}, output: {}, basis: "reported", raw: new RawJson('{"prompt_tokens":1}') },
      }),
    );
    expect(recordOf(logged.body)).toMatchObject({ id: "1", usage: { raw: '{"prompt_tokens":1}' } });
    expect(logged).toMatchObject({ inputTokens: null, costNanoUsd: 5 });
  });

  it("keeps every field of a record, stages to the microsecond", () => {
    const whole = record({
      stages: [
        {
          stage: "attempt",
          decision: "answer",
          reason: 'a "quoted" reason',
          startedAt: milliseconds(0.123),
          tookMs: milliseconds(4567.891),
        },
      ],
    });
    expect(recordOf(loggedOf(whole).body)).toEqual(whole);
  });
});
