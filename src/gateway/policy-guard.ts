import {
  decide,
  decisionOf,
  type Notes,
  type Phase,
  type PolicyDesk,
  type PolicySet,
  refusalOf,
  standard,
  takeNotes,
  type Verdict,
} from "../capabilities/policy/index.ts";
import type { PolicyRecord } from "../exchange/settlement.ts";
import type { Target, Upstream } from "../exchange/target.ts";
import { GatewayError } from "../kernel/errors.ts";
import { headersWith } from "../pipeline/edited-headers.ts";
import type { OnAnswer } from "../pipeline/trail.ts";
import type { Asked, Changed, Guard } from "./guards.ts";
import { costsAt, pricesAt } from "./policy-costs.ts";
import { applyEdits } from "./policy-edits.ts";
import { type GuardFactsOf, protocolOf, requestFacts, routeOf } from "./policy-facts.ts";
import { operationFacts, type ReadOperation, responseFacts, targetFacts } from "./policy-late-facts.ts";

export interface PolicyGuardParts {
  readonly desk: Pick<PolicyDesk, "current">;
  /** Told of each verdict, with the facts it was reached by. */
  readonly onVerdict: (told: ToldVerdict) => void;
  readonly guardFactsOf: GuardFactsOf;
  /** A digest under the installation's secret. */
  readonly hashOf: (text: string) => string;
  /** ms, for how long it takes. */
  readonly monotonic: () => number;
}

export interface ToldVerdict {
  readonly set: PolicySet;
  readonly phase: Phase;
  readonly verdict: Verdict;
  readonly asked: Asked;
  readonly notes: Notes;
  readonly tookMs: number;
}

/** Decisions that are kept of one request; its targets are asked about again at each try. */
const decisionsMax = 50;

/** One request and the policies it began with. */
interface Run {
  readonly set: PolicySet;
  readonly asked: Asked;
  readonly notes: Notes;
  readonly decisions: PolicyRecord["decisions"][number][];
  readonly parts: PolicyGuardParts;
}

/**
 * Asks policies in every lane: of the request at door 2, of each target whenever it might be sent there, of an answer before
 * its first byte. A request keeps the policies it began with, whatever becomes of them meanwhile.
 */
export function createPolicyGuard(parts: PolicyGuardParts): Guard {
  return {
    authorize: (asked) => {
      const set = parts.desk.current();
      if (isEmpty(set)) return undefined;
      const notes = takeNotes(requestFacts(asked, parts.guardFactsOf), parts.hashOf);
      const run: Run = { set, asked, notes, decisions: [], parts };
      const policy = (): PolicyRecord | undefined => recordOf(run);
      asked.trail.policy = policy;
      const isEarly = set.readsOperations && isToBeRead(asked);
      const verdict = tell(run, "request", { notes, isEarly });
      run.decisions.push({ ...decisionOf("request", verdict), ...(isEarly ? { isEarly } : {}) });
      asked.trail.stages.record("authorize", verdict.allowed ? "allow" : "refuse", reasonOf(verdict));
      if (!verdict.allowed) throw refusal(asked, verdict);
      if (isEarly) {
        const onOperation = (operation: ReadOperation): void => judgeOperation(run, operation);
        asked.trail.onOperation = onOperation;
      }
      return follow(run, verdict);
    },
  };
}

/** Whether what is told of its operation comes later: there is one to be read. */
const isToBeRead = ({ identified: { route }, trail: { snapshot } }: Asked): boolean =>
  route.kind === "service" && snapshot.serviceRoutes.graphqlOf(route.id) !== undefined;

/**
 * Asks all policies again, now that the operation is known. What others want done was done at door 2: those that read it
 * only let it pass, or do not.
 * @throws GatewayError `policy_denied`
 */
function judgeOperation(run: Run, operation: ReadOperation): void {
  const { asked, parts } = run;
  const notes = takeNotes(operationFacts(operation), parts.hashOf, run.notes.factOf);
  const verdict = tell(run, "request", { notes });
  if (run.decisions.length < decisionsMax)
    run.decisions.push(decisionOf("request", verdict, { name: operation.name ?? "", notes }));
  asked.trail.stages.record("authorize", verdict.allowed ? "allow" : "refuse", reasonOf(verdict));
  if (!verdict.allowed) throw refusal(asked, verdict);
}

const isEmpty = ({ phases, fallback }: PolicySet): boolean =>
  fallback === "allow" && phases.request.length + phases.target.length + phases.response.length === 0;

/** The order in which they held, for who asks why. */
const reasonOf = ({ reason, met }: Verdict): string =>
  met.length === 0
    ? reason
    : `${reason} (${met.map(({ policy, outcome }) => `${policy}: ${outcome}`).join(", ")})`;

/** What those that let it pass want done. */
function follow(run: Run, verdict: Verdict): Changed | undefined {
  const { asked, set, parts } = run;
  const { trail } = asked;
  trail.limits.push(...verdict.limits);
  const changed = applyEdits(asked, verdict.edits);
  const onward: Asked = changed === undefined ? asked : { ...asked, call: changed };
  if (verdict.bounds.length > 0 || set.phases.target.length > 0)
    trail.bound.push({ by: "policy", refuses: targetRule({ ...run, asked: onward }, verdict.bounds) });
  if (set.phases.response.length > 0) {
    const onAnswer: OnAnswer = (status, headers) => {
      const region = trail.usage?.region ?? trail.candidate?.target.region ?? trail.service?.region ?? "";
      const late = responseFacts(status, headers, region);
      const target = trail.candidate?.target ?? trail.service;
      const source = target === undefined ? late : both(late, ofTarget(onward, target));
      const notes = takeNotes(source, parts.hashOf, run.notes.factOf);
      const answered = tell(run, "response", { notes });
      run.decisions.push(decisionOf("response", answered, { name: "", notes }));
      if (!answered.allowed) throw refusal(asked, answered);
      const edits = new Map(
        answered.edits.flatMap((edit): readonly (readonly [string, string | undefined])[] => {
          if ("setHeader" in edit) return [[edit.setHeader.name, edit.setHeader.value]];
          return "removeHeader" in edit ? [[edit.removeHeader, undefined]] : [];
        }),
      );
      return headersWith(headers, edits);
    };
    trail.onAnswer = onAnswer;
  }
  return changed;
}

const both =
  (
    one: ReturnType<typeof targetFacts>,
    other: ReturnType<typeof targetFacts>,
  ): ReturnType<typeof targetFacts> =>
  (name, key) =>
    name.startsWith("target.") ? other(name, key) : one(name, key);

const ofTarget = (asked: Asked, target: Upstream) => targetFacts(target, () => pricesAt(asked, target));

/** Constraints and policies of targets as one predicate; each target is asked about once. */
function targetRule(run: Run, bounds: Verdict["bounds"]): (target: Upstream) => string | undefined {
  const known = new Map<string, string | undefined>();
  return (target) => {
    const name = `${target.provider}/${target.model}`;
    if (known.has(name)) return known.get(name);
    const refused = brokenBound(run.asked, bounds, target) ?? refusedBy(run, name, target);
    known.set(name, refused);
    return refused;
  };
}

function brokenBound(asked: Asked, bounds: Verdict["bounds"], target: Upstream): string | undefined {
  const { call, trail } = asked;
  const pool = trail.snapshot.table.pools.get(call?.facts.model ?? "");
  return refusalOf(bounds, {
    provider: target.provider,
    model: target.model,
    zones: target.zones ?? new Set(),
    labels: {},
    costNanoUsd: () => (isTarget(target) ? costsAt(asked, target).worst : undefined),
    quality: () =>
      pool?.find(({ provider, model }) => provider === target.provider && model === target.model)?.quality,
  });
}

const isTarget = (target: Upstream): target is Target => "endpoints" in target;

function refusedBy(run: Run, name: string, target: Upstream): string | undefined {
  const { set, asked, parts } = run;
  if (set.phases.target.length === 0) return undefined;
  const notes = takeNotes(ofTarget(asked, target), parts.hashOf, run.notes.factOf);
  const verdict = tell(run, "target", { notes });
  if (run.decisions.length < decisionsMax) run.decisions.push(decisionOf("target", verdict, { name, notes }));
  return verdict.allowed ? undefined : verdict.reason;
}

function tell(
  { set, asked, parts }: Run,
  phase: Phase,
  { notes, isEarly = false }: { readonly notes: Notes; readonly isEarly?: boolean },
): Verdict {
  const from = parts.monotonic();
  const { tenant } = asked.identified.identity;
  const verdict = decide(set, phase, {
    factOf: notes.factOf,
    holdingOf: notes.holdingOf,
    isEarly,
    tenant,
    route: routeOf(asked),
    protocol: protocolOf(asked),
    now: asked.trail.at,
  });
  // What is asked again is told once.
  if (!isEarly || !verdict.allowed)
    parts.onVerdict({ set, phase, verdict, asked, notes, tookMs: parts.monotonic() - from });
  return verdict;
}

function recordOf({ set, asked, notes, decisions }: Run): PolicyRecord {
  return {
    revision: set.revision,
    route: routeOf(asked),
    protocol: protocolOf(asked),
    facts: notes.facts(standard),
    told: notes.told(),
    untold: notes.untold(),
    decisions,
  };
}

/** A hidden refusal looks as if there were no such thing. */
function refusal({ call, identified: { route } }: Asked, { reason, isHidden, by }: Verdict): GatewayError {
  const detail = `policy ${by?.id ?? "default"}: ${reason}`;
  if (!isHidden)
    return new GatewayError("policy_denied", detail, {
      message: by?.reason ?? `A policy denies this request: ${reason}.`,
    });
  if (call === undefined || route.kind !== "ai") return new GatewayError("route_not_found", detail);
  return new GatewayError("model_not_found", detail, {
    message: `There is no model \`${call.facts.model}\`.`,
    param: "model",
  });
}
