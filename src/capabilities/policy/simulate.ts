import type { PolicyRecord, RequestRecord } from "../../exchange/settlement.ts";
import type { FactValue } from "../../ports/expressions.ts";
import type { CompiledPolicy, PolicySet } from "./compile.ts";
import { decide, type Verdict } from "./decide.ts";
import { effectOf, factLabel } from "./record.ts";

export type Change = "newly-denied" | "newly-allowed" | "changed-constraints";

/** A request whose fate would have been another. */
export interface Sample {
  readonly requestId: string;
  readonly at: number;
  readonly change: Change;
  /** The policy that decides now, or did; "": the default. */
  readonly policy: string;
  readonly reason: string;
}

/** What other policies would have come to on recorded requests. */
export interface Simulated {
  /** Requests that were asked again. */
  readonly requests: number;
  readonly decisions: number;
  readonly newlyDenied: number;
  readonly newlyAllowed: number;
  readonly changedConstraints: number;
  /** Requests of which a fact that is asked for was not recorded: nothing is said of them. */
  readonly unknown: number;
  /** What those would not have cost that would have been denied, 10^-9 US dollars; of newly allowed ones nobody knows. */
  readonly costDifferenceNanoUsd: number;
  readonly by: Readonly<Record<"policy" | "key" | "tenant" | "project" | "route", readonly Group[]>>;
  readonly samples: readonly Sample[];
}

export interface Group {
  readonly name: string;
  readonly newlyDenied: number;
  readonly newlyAllowed: number;
  readonly changedConstraints: number;
}

const samplesMax = 20;
const groupsMax = 100;
const dimensions = ["policy", "key", "tenant", "project", "route"] as const;

/** Replays recorded requests through other policies. */
export interface Simulation {
  readonly add: (record: RequestRecord) => void;
  readonly done: () => Simulated;
}

export function createSimulation(set: PolicySet): Simulation {
  const groups = new Map(dimensions.map((dimension) => [dimension, new Map<string, Count>()]));
  const samples: Sample[] = [];
  const sums = { ...none, requests: 0, decisions: 0, unknown: 0, costDifferenceNanoUsd: 0 };
  const count = (record: RequestRecord, { change, policy, reason }: Difference): void => {
    const field = fieldOf[change];
    sums[field] += 1;
    if (change === "newly-denied") sums.costDifferenceNanoUsd -= record.cost?.nanoUsd ?? 0;
    const names = {
      policy,
      key: record.keyId ?? "",
      tenant: record.tenant ?? "",
      project: record.project ?? "",
      route: record.policy?.route ?? record.route ?? "",
    };
    for (const dimension of dimensions) bump(groups.get(dimension), names[dimension], field);
    if (samples.length < samplesMax)
      samples.push({ requestId: record.id, at: record.at, change, policy, reason });
  };
  return {
    add: (record) => {
      const recorded = record.policy ?? withoutPolicies(record);
      sums.requests += 1;
      sums.decisions += recorded.decisions.length;
      const found = differenceOf(set, record, recorded);
      if (found === "unknown") sums.unknown += 1;
      else if (found !== undefined) count(record, found);
    },
    done: () => ({
      ...sums,
      by: {
        policy: listed(groups.get("policy")),
        key: listed(groups.get("key")),
        tenant: listed(groups.get("tenant")),
        project: listed(groups.get("project")),
        route: listed(groups.get("route")),
      },
      samples,
    }),
  };
}

const none = { newlyDenied: 0, newlyAllowed: 0, changedConstraints: 0 };
type Count = { -readonly [Field in keyof typeof none]: number };
const fieldOf = {
  "newly-denied": "newlyDenied",
  "newly-allowed": "newlyAllowed",
  "changed-constraints": "changedConstraints",
} as const satisfies Record<Change, keyof Count>;

function bump(group: Map<string, Count> | undefined, name: string, field: keyof Count): void {
  if (group === undefined) return;
  const known = group.get(name) ?? { ...none };
  known[field] += 1;
  if (group.has(name) || group.size < groupsMax) group.set(name, known);
}

const listed = (group: ReadonlyMap<string, Count> | undefined): readonly Group[] =>
  [...(group ?? [])].map(([name, counts]) => ({ name, ...counts }));

type Decided = PolicyRecord["decisions"][number];

interface Difference {
  readonly change: Change;
  readonly policy: string;
  readonly reason: string;
}

/** How the fate of a request would have changed: the first decision that comes out otherwise counts. */
function differenceOf(
  set: PolicySet,
  record: RequestRecord,
  recorded: PolicyRecord,
): Difference | "unknown" | undefined {
  for (const was of recorded.decisions) {
    const { verdict, isUnknown } = replay(set, record, { recorded, was });
    if (isUnknown) return "unknown";
    const difference = changeOf(verdict, was);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function changeOf(verdict: Verdict, was: Decided): Difference | undefined {
  const { allowed, by, reason, bounds } = verdict;
  const before = was.by ?? "";
  const policy = by?.id ?? before;
  if (was.allowed !== allowed)
    return allowed
      ? { change: "newly-allowed", policy: before, reason }
      : { change: "newly-denied", policy, reason };
  // What a refusal had collected before it changes nothing.
  if (!allowed || effectOf(verdict) === (was.effect ?? "")) return undefined;
  return { change: "changed-constraints", policy: bounds.at(-1)?.policy ?? policy, reason };
}

function replay(
  set: PolicySet,
  record: RequestRecord,
  { recorded, was }: { readonly recorded: PolicyRecord; readonly was: Decided },
): { readonly verdict: Verdict; readonly isUnknown: boolean } {
  let isUnknown = false;
  const factOf = (name: string, key?: string): FactValue => {
    const label = factLabel(name, key);
    if (was.untold?.includes(label) === true || recorded.untold?.includes(label) === true)
      throw new Error(`${label} could not be told`);
    const value = was.facts?.[label] ?? recorded.facts[label];
    if (value === undefined || (typeof value === "string" && value.startsWith("#"))) {
      isUnknown = true;
      throw new Error(`${label} was not recorded`);
    }
    return value;
  };
  const holdingOf = ({ form, condition }: CompiledPolicy) => {
    const told = was.told?.[form] ?? (was.phase === "request" ? recorded.told[form] : undefined);
    return told === undefined ? condition(factOf) : { isTrue: told };
  };
  const { route, protocol } = recorded;
  const isEarly = was.isEarly === true;
  const asked = { factOf, holdingOf, isEarly, tenant: record.tenant ?? "", route, protocol, now: record.at };
  const verdict = decide(set, was.phase, asked);
  return { verdict, isUnknown };
}

/** Who asked, as far as it is on record. */
const askerOf = ({ keyId, tenant, project, user }: RequestRecord): PolicyRecord["facts"] => ({
  ...(keyId === null ? {} : { authenticated: keyId !== "", "auth.key": keyId }),
  ...(tenant === undefined ? {} : { "auth.tenant": tenant }),
  ...(project === undefined ? {} : { "auth.team": project }),
  ...(user === undefined || user.startsWith("#") ? {} : { "auth.user": user }),
});

/** What is known of a request that no policy was asked about. */
function withoutPolicies(record: RequestRecord): PolicyRecord {
  const { method, path, model, isStream, dialect, lane, route = "" } = record;
  const protocol = lane === "raw" || lane === "service" ? (dialect ?? lane) : "ai";
  return {
    revision: 0,
    route,
    protocol,
    told: {},
    facts: {
      "request.id": record.id,
      "request.method": method,
      method,
      "request.path": path,
      endpoint: path,
      "request.protocol": protocol,
      "request.bytes": record.bytesIn,
      ...askerOf(record),
      "route.id": route,
      "ai.model": model ?? "",
      "ai.stream": isStream,
      "time.unix": Math.floor(record.at / 1000),
    },
    // What no door of policies has seen, because an earlier one refused it, no policy would see.
    decisions: record.outcome === "refused" ? [] : [{ phase: "request", allowed: true }],
  };
}
