import type { Decision } from "../exchange/decision.ts";
import type { RequestRecord } from "../exchange/settlement.ts";
import type { Meter } from "../ports/meter.ts";

/** How pools choose, and what they need. */
export interface RoutingMetrics {
  /** A pool that chooses has chosen. */
  readonly decided: (route: string, decision: Pick<Decision, "strategy" | "chosenBy" | "refused">) => void;
  /** A model of a pool that learns behaves unlike before. */
  readonly shifted: (route: string) => void;
  /** Replicas that a pool shall have, and whether there were too few for the window that has ended. */
  readonly advised: (pool: string, replicas: number, isShort: boolean) => void;
  /** Content of a bound request was kept from a place. */
  readonly outOfBounds: (sink: string) => void;
  /** A request got no place at any target in time. */
  readonly shed: (reason: string, priority: string) => void;
  /** A late request was sent a second time, or could not be. */
  readonly hedged: (result: string) => void;
  /** A call on the gateway's own account has ended. */
  readonly asideEnded: (purpose: string, result: string) => void;
  /** The answers of a pool are not better than its reference's by more than this, -1 to 1. */
  readonly guardUpper: (route: string, upper: number) => void;
}

export function routingMetrics(meter: Meter): RoutingMetrics {
  const asides = meter.counter({
    name: "sallyport_asides_total",
    help: "Calls on the gateway's own account, which hold answers against a reference (shadow) or grade them (judge).",
    labels: ["purpose", "result"],
  });
  const guards = meter.gauge({
    name: "sallyport_routing_guard_upper",
    help: "Answers of a pool are not better than its reference's by more than this, with 99 % confidence; -1 to 1.",
    labels: ["route"],
  });
  const replicas = meter.gauge({
    name: "sallyport_desired_replicas",
    help: "Replicas that a pool will need by the time a new one serves.",
    labels: ["pool"],
  });
  const short = meter.counter({
    name: "sallyport_forecast_short_total",
    help: "Windows in which demand was above what had been advised for.",
    labels: ["pool"],
  });
  const decisions = meter.counter({
    name: "sallyport_routing_decisions_total",
    help: "Choices of pools with a strategy, by how the first target was found.",
    labels: ["route", "strategy", "chosen_by"],
  });
  const filtered = meter.counter({
    name: "sallyport_routing_refused_total",
    help: "Targets that a choice left out, by what shut them out.",
    labels: ["filter"],
  });
  const shifts = meter.counter({
    name: "sallyport_routing_shift_total",
    help: "Models that were noticed to answer better or worse than before, by the pool that learns.",
    labels: ["route"],
  });
  const hedges = meter.counter({
    name: "sallyport_hedges_total",
    help: "Copies of late requests: won, lost, failed, or refused for want of a budget.",
    labels: ["result"],
  });
  const shed = meter.counter({
    name: "sallyport_shed_total",
    help: "Requests that got no place at a target in time, by what ended the wait.",
    labels: ["reason", "priority"],
  });
  const refused = meter.counter({
    name: "sallyport_residency_refused_total",
    help: "How often content that is bound to a zone was kept from a place outside, by what it would have gone to.",
    labels: ["sink"],
  });
  return {
    decided: (route, { strategy, chosenBy, refused: out }) => {
      decisions.series({ route, strategy, chosen_by: chosenBy }).add(1);
      for (const { by } of out) filtered.series({ filter: by }).add(1);
    },
    hedged: (result) => hedges.series({ result }).add(1),
    asideEnded: (purpose, result) => asides.series({ purpose, result }).add(1),
    guardUpper: (route, upper) => guards.series({ route }).set(upper),
    shed: (reason, priority) => shed.series({ reason, priority }).add(1),
    outOfBounds: (sink) => refused.series({ sink }).add(1),
    shifted: (route) => shifts.series({ route }).add(1),
    advised: (pool, count, isShort) => {
      replicas.series({ pool }).set(count);
      short.series({ pool }).add(isShort ? 1 : 0);
    },
  };
}

const secondsPerMs = 1000;

/** How requests fared at the doors that matter most: how long one was chosen for, and how streams ended. */
export function createWayMetrics(
  meter: Meter,
): (record: Pick<RequestRecord, "stages" | "isStream" | "dialect" | "outcome" | "finish">) => void {
  const decided = meter
    .histogram({
      name: "sallyport_routing_decision_seconds",
      help: "Time that door 6 took: who may be asked, who is best.",
      labels: [],
      buckets: [0.000_01, 0.000_025, 0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.005],
    })
    .series({});
  const endings = meter.counter({
    name: "sallyport_stream_endings_total",
    help: "How streams to clients ended: with a reason of their own, or refused, failed or aborted.",
    labels: ["dialect", "ending"],
  });
  return ({ stages, isStream, dialect, outcome, finish }) => {
    const plan = stages.find(({ stage }) => stage === "plan");
    if (plan !== undefined) decided.observe(plan.tookMs / secondsPerMs);
    if (!isStream) return;
    const ending = outcome === "completed" ? (finish ?? "other") : outcome;
    endings.series({ dialect: dialect ?? "none", ending }).add(1);
  };
}
