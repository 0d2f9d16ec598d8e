import type { Meter } from "../ports/meter.ts";
import type { ToldVerdict } from "./policy-guard.ts";

/** What a policy has done since the process began. */
export interface PolicyCounts {
  /** How often its condition held. */
  readonly hits: number;
  readonly denies: number;
  readonly errors: number;
  readonly shadowDenies: number;
}

const none: PolicyCounts = { hits: 0, denies: 0, errors: 0, shadowDenies: 0 };
const policiesMax = 10_000;
const seriesMax = 500;
/** Seconds: a decision takes microseconds. */
const buckets = [0.000_005, 0.000_01, 0.000_02, 0.000_05, 0.0001, 0.0003, 0.001, 0.005];
const msPerSecond = 1000;

export interface Counts {
  readonly count: (told: ToldVerdict) => void;
  readonly of: (policy: string) => PolicyCounts;
}

export function createPolicyCounts(meter: Meter): Counts {
  const decisions = meter.counter({
    name: "sallyport_policy_decisions_total",
    help: "What policies that held have done.",
    labels: ["policy", "action", "mode"],
    seriesMax,
  });
  const seconds = meter
    .histogram({
      name: "sallyport_policy_evaluation_seconds",
      help: "How long all policies of one phase take for a request.",
      buckets,
    })
    .series({});
  const counts = new Map<string, PolicyCounts>();
  const add = (policy: string, field: Partial<PolicyCounts>): void => {
    const known = counts.get(policy) ?? none;
    if (!counts.has(policy) && counts.size >= policiesMax) return;
    counts.set(policy, {
      hits: known.hits + (field.hits ?? 0),
      denies: known.denies + (field.denies ?? 0),
      errors: known.errors + (field.errors ?? 0),
      shadowDenies: known.shadowDenies + (field.shadowDenies ?? 0),
    });
  };
  return {
    count: ({ verdict, tookMs }) => {
      seconds.observe(tookMs / msPerSecond);
      for (const { policy, outcome } of verdict.met) {
        const mode = outcome === "shadow" ? "shadow" : "enforce";
        decisions.series({ policy, action: outcome, mode }).add(1);
        add(policy, outcome === "error" ? { errors: 1 } : { hits: 1 });
      }
      for (const { id } of verdict.shadowDenies) add(id, { shadowDenies: 1 });
      if (!verdict.allowed && verdict.by !== undefined) add(verdict.by.id, { denies: 1 });
    },
    of: (policy) => counts.get(policy) ?? none,
  };
}
