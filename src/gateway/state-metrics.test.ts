import { expect, it } from "vitest";
import { milliseconds } from "../kernel/units.ts";
import { createMeter } from "../platform/prometheus/index.ts";
import { createWayMetrics, routingMetrics } from "./routing-metrics.ts";
import { measureStates } from "./state-metrics.ts";

const readings = (text: string, names: RegExp): readonly string[] =>
  text.split("\n").filter((line) => names.test(line));

it("measures cool-downs, limits, credits and how well bounds hold at each reading", () => {
  const meter = createMeter();
  const learned = {
    ...{ budgetNanoUsd: 10, price: 1, creditNanoUsd: 300, isFrozen: false, arms: [] },
    coverage: [{ target: "p/m", share: 0.92 }],
  };
  const rules = {
    strategy: "learned",
    weights: { cost: 0, latency: 0, health: 0, quality: 1 },
    expose: "strategy",
  } as const;
  const routes = [
    { name: "pool", rules, learned, decisions: [] },
    { name: "new", rules, learned: { ...learned, budgetNanoUsd: 0 }, decisions: [] },
    { name: "plain", rules, learned: undefined, decisions: [] },
  ];
  measureStates(meter, {
    coolDowns: { list: () => [], end: () => false },
    slots: () => [
      { provider: "p", model: "m", limit: 7, inFlight: 1, queued: 0 },
      { provider: "p", model: "free", limit: undefined, inFlight: 1, queued: 0 },
    ],
    routing: {
      routes: () => routes,
      decide: () => {
        throw new Error("nobody asks");
      },
      endpoints: () => [],
      evaluate: () => undefined,
      steer: () => undefined,
    },
  });
  expect(readings(meter.text(), /^sallyport_(cooldowns|limit|routing_credit|prediction)/)).toEqual([
    "sallyport_cooldowns 0",
    'sallyport_limit{provider="p",model="m"} 7',
    'sallyport_routing_credit_ratio{route="pool"} 0.5',
    'sallyport_prediction_coverage{route="pool",target="p/m"} 0.92',
  ]);
});

it("counts what shuts targets out of choices", () => {
  const meter = createMeter();
  const out = (by: "max_cost" | "residency") => ({ provider: "p", model: "m", by, detail: "" });
  const { decided } = routingMetrics(meter);
  decided("pool", { strategy: "learned", chosenBy: "score", refused: [out("max_cost"), out("residency")] });
  decided("pool", { strategy: "learned", chosenBy: "guard", refused: [out("max_cost")] });
  expect(readings(meter.text(), /^sallyport_routing_(refused|decisions)/)).toEqual([
    'sallyport_routing_decisions_total{route="pool",strategy="learned",chosen_by="score"} 1',
    'sallyport_routing_decisions_total{route="pool",strategy="learned",chosen_by="guard"} 1',
    'sallyport_routing_refused_total{filter="max_cost"} 2',
    'sallyport_routing_refused_total{filter="residency"} 1',
  ]);
});

it("tells how streams ended and how long door 6 took", () => {
  const meter = createMeter();
  const measure = createWayMetrics(meter);
  const stage = (name: "plan" | "fund", tookMs: number) => ({
    ...{ stage: name, decision: "", reason: "" },
    ...{ startedAt: milliseconds(0), tookMs: milliseconds(tookMs) },
  });
  const streamed = { stages: [stage("plan", 0.03)], isStream: true, dialect: "openai-chat" };
  measure({ ...streamed, outcome: "completed", finish: "stop" });
  measure({ ...streamed, outcome: "completed", finish: null });
  measure({ ...streamed, outcome: "failed", finish: "stop" });
  measure({
    ...{ stages: [stage("fund", 9)], isStream: false, dialect: null },
    ...{ outcome: "refused", finish: null },
  });
  const text = meter.text();
  expect(readings(text, /^sallyport_stream_endings/)).toEqual([
    'sallyport_stream_endings_total{dialect="openai-chat",ending="stop"} 1',
    'sallyport_stream_endings_total{dialect="openai-chat",ending="other"} 1',
    'sallyport_stream_endings_total{dialect="openai-chat",ending="failed"} 1',
  ]);
  expect(readings(text, /^sallyport_routing_decision_seconds_(count|bucket\{le="0\.00005"\})/)).toEqual([
    'sallyport_routing_decision_seconds_bucket{le="0.00005"} 3',
    "sallyport_routing_decision_seconds_count 3",
  ]);
});
