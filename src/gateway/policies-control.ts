import {
  type CompiledPolicy,
  type Conflict,
  conflictsOf,
  createSimulation,
  decide,
  factLabel,
  type Met,
  type Phase,
  type Policy,
  type PolicyDesk,
  type PolicyProblem,
  type PolicySet,
  type Simulated,
  type Violation,
  type ViolationFilter,
  type Violations,
} from "../capabilities/policy/index.ts";
import { GatewayError } from "../kernel/errors.ts";
import type { EventLog } from "../ports/event-log.ts";
import type { FactValue } from "../ports/expressions.ts";
import type { Counts, PolicyCounts } from "./policy-counts.ts";
import { recordedSince } from "./recorded-requests.ts";

/** A policy with what it is compiled to and what it has done. */
export interface PolicyState extends PolicyCounts {
  readonly policy: Policy;
  readonly from: "file" | "runtime";
  /** Its condition in CEL. */
  readonly form: string;
  /** Steps at worst. */
  readonly cost: number;
}

export interface PoliciesState {
  readonly revision: number;
  readonly fallback: "allow" | "deny";
  /** In the order they are asked in, those of requests first. */
  readonly policies: readonly PolicyState[];
}

/** What a change would come to; nothing has changed. */
export interface PolicyPreview {
  readonly revision: number;
  readonly problems: readonly (PolicyProblem & { readonly id: string })[];
  readonly compiled: readonly { readonly id: string; readonly form: string; readonly cost: number }[];
  readonly conflicts: readonly Conflict[];
  /** On the requests of the last hour; `null`: there are problems. */
  readonly effect: Simulated | null;
}

/** What the policies in force say of facts that somebody makes up. */
export interface PolicyAnswer {
  readonly allowed: boolean;
  readonly reason: string;
  /** "": the default. */
  readonly policy: string;
  readonly trace: readonly Met[];
  readonly read: readonly string[];
}

export interface PolicyQuestion {
  readonly phase: Phase;
  readonly facts: Readonly<Record<string, FactValue>>;
  readonly tenant: string;
  readonly route: string;
  readonly protocol: string;
}

/** Policies, as the admin API sees them. */
export interface PoliciesControl {
  readonly state: () => PoliciesState;
  readonly versions: () => readonly {
    readonly revision: number;
    readonly at: number;
    readonly by: string;
    readonly policies: number;
  }[];
  readonly preview: (runtime: readonly Policy[]) => Promise<PolicyPreview>;
  /** @throws GatewayError as `PolicyDesk.commit`. */
  readonly commit: (runtime: readonly Policy[], by: string, expected: number) => Promise<PoliciesState>;
  /** Adds one, or puts it in the place of the one of its id. @throws GatewayError `conflict` for one of the file, or one that is there. */
  readonly put: (policy: Policy, by: string, how: "new" | "any") => Promise<PoliciesState>;
  /** `undefined`: there is none of this id that was set while the gateway ran. */
  readonly remove: (id: string, by: string) => Promise<PoliciesState | undefined>;
  /** `undefined`: that revision is not kept. */
  readonly rollback: (revision: number, by: string) => Promise<PoliciesState | undefined>;
  readonly evaluate: (question: PolicyQuestion) => PolicyAnswer;
  /** `policies` absent: those in force. */
  readonly simulate: (asked: {
    readonly policies?: readonly Policy[] | undefined;
    readonly since: number;
    readonly until: number;
  }) => Promise<Simulated>;
  readonly violations: (filter: ViolationFilter) => readonly Violation[];
  /** Enforced denials since the process began. */
  readonly violationCount: () => number;
}

interface ControlParts {
  readonly desk: PolicyDesk;
  readonly violations: Violations;
  readonly counts: Counts;
  readonly eventLog: EventLog;
  readonly now: () => number;
}

const hourMs = 3_600_000;
const phases: readonly Phase[] = ["request", "target", "response"];

export function policiesControl({ desk, violations, counts, eventLog, now }: ControlParts): PoliciesControl {
  const state = (): PoliciesState => {
    const set = desk.current();
    const compiled = new Map(compiledIn(set).map((one, place) => [one.policy.id, { ...one, place }]));
    // Those that are off are asked of nobody: behind the others.
    const placeOf = ({ policy }: { readonly policy: Policy }): number =>
      compiled.get(policy.id)?.place ?? compiled.size;
    return {
      revision: set.revision,
      fallback: set.fallback,
      policies: desk
        .listed()
        .toSorted((one, other) => placeOf(one) - placeOf(other))
        .map(({ policy, from }) => ({
          policy,
          from,
          form: compiled.get(policy.id)?.form ?? policy.when,
          cost: compiled.get(policy.id)?.cost ?? 0,
          ...counts.of(policy.id),
        })),
    };
  };
  const commit = async (...change: Parameters<PolicyDesk["commit"]>): Promise<PoliciesState> => {
    await desk.commit(...change);
    return state();
  };
  const replay = async (set: PolicySet, since: number, until: number): Promise<Simulated> => {
    const simulation = createSimulation(set);
    for await (const record of recordedSince(eventLog, since, until)) simulation.add(record);
    return simulation.done();
  };
  return {
    state,
    versions: () =>
      desk
        .versions()
        .map(({ revision, at, by, policies }) => ({ revision, at, by, policies: policies.length })),
    preview: async (runtime) => {
      const { revision } = desk.current();
      const made = await desk.compile(runtime);
      if (made.kind === "broken") {
        const all = [
          ...desk.listed().filter(({ from }) => from === "file"),
          ...runtime.map((policy) => ({ policy })),
        ];
        const problems = made.problems.map((one) => ({ ...one, id: all[one.index]?.policy.id ?? "" }));
        return { revision, problems, compiled: [], conflicts: [], effect: null };
      }
      return {
        revision,
        problems: [],
        compiled: compiledIn(made.set).map(({ policy: { id }, form, cost }) => ({ id, form, cost })),
        conflicts: conflictsOf(made.set),
        effect: await replay(made.set, now() - hourMs, now()),
      };
    },
    commit: (runtime, by, expected) => commit(() => runtime, by, expected),
    put: (policy, by, how) =>
      commit((runtime) => {
        const isOfFile = desk
          .listed()
          .some(({ policy: { id }, from }) => from === "file" && id === policy.id);
        const isThere = runtime.some(({ id }) => id === policy.id);
        if (isOfFile || (isThere && how === "new")) throw taken(policy.id, isOfFile);
        return [...runtime.filter(({ id }) => id !== policy.id), policy];
      }, by),
    remove: async (id, by) => {
      if (desk.listed().some(({ policy, from }) => from === "file" && policy.id === id))
        throw taken(id, true);
      if (!desk.runtime().some((policy) => policy.id === id)) return undefined;
      return commit((runtime) => runtime.filter((policy) => policy.id !== id), by);
    },
    rollback: async (revision, by) => {
      const version = desk.versions().find((one) => one.revision === revision);
      return version === undefined ? undefined : commit(() => version.policies, by);
    },
    evaluate: (question) => evaluate(desk.current(), question, now()),
    simulate: async ({ policies, since, until }) => {
      if (policies === undefined) return replay(desk.current(), since, until);
      const made = await desk.compile(policies);
      if (made.kind === "broken") {
        const message = made.problems.map(({ field, message: why }) => `${field}: ${why}`).join("; ");
        throw new GatewayError("malformed_request", message, {
          message: `These policies are wrong. ${message}.`,
          param: "policies",
        });
      }
      return replay(made.set, since, until);
    },
    violations: violations.list,
    violationCount: violations.count,
  };
}

const compiledIn = ({ phases: of }: PolicySet): readonly CompiledPolicy[] =>
  phases.flatMap((phase) => of[phase]);

const taken = (id: string, isOfFile: boolean): GatewayError =>
  new GatewayError("conflict", `policy ${id}`, {
    message: isOfFile
      ? `The policy \`${id}\` is one of the configuration file, and is changed there.`
      : `There is a policy \`${id}\` already.`,
    param: "id",
  });

function evaluate(
  set: PolicySet,
  { phase, facts, tenant, route, protocol }: PolicyQuestion,
  now: number,
): PolicyAnswer {
  const read = new Set<string>();
  const factOf = (name: string, key?: string): FactValue => {
    const label = factLabel(name, key);
    read.add(label);
    const whole = Object.hasOwn(facts, name) ? facts[name] : undefined;
    const value = key === undefined ? whole : isLists(whole) ? whole[key] : facts[label];
    if (value === undefined) throw new Error(`the fact \`${label}\` is not given`);
    return value;
  };
  const { allowed, reason, by, met } = decide(set, phase, { factOf, tenant, route, protocol, now }, true);
  return { allowed, reason, policy: by?.id ?? "", trace: met, read: [...read] };
}

const isLists = (value: FactValue | undefined): value is Readonly<Record<string, readonly string[]>> =>
  typeof value === "object" && !Array.isArray(value);
