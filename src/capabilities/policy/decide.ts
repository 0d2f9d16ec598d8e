import { fitsGlob } from "../../kernel/glob.ts";
import type { FactOf, Holding } from "../../ports/expressions.ts";
import type { CompiledPolicy, PolicySet } from "./compile.ts";
import { type Bound, conflictOf } from "./constraints.ts";
import type { Edit, LimitCharge, Phase, Policy } from "./policy.ts";

/** A request as policies see it. */
export interface Asked {
  readonly factOf: FactOf;
  readonly tenant: string;
  readonly route: string;
  readonly protocol: string;
  /** ms since 1970. */
  readonly now: number;
  /**
   * What is told of its operation is still to be read. Those that read it are passed over, and nobody who comes behind one
   * that may allow it refuses it: the whole is asked again then.
   */
  readonly isEarly?: boolean;
  /** Absent: the condition is asked of the facts. */
  readonly holdingOf?: (compiled: CompiledPolicy) => Holding;
}

/** A policy that met this request, and what came of it. */
export interface Met {
  readonly policy: string;
  readonly outcome: "deny" | "allow" | "transform" | "route" | "limit" | "shadow" | "error" | "no";
  /** Why its condition could not be told. */
  readonly fault?: string;
}

/** What a request is told by all policies of a phase. */
export interface Verdict {
  readonly allowed: boolean;
  /** The policy that decided; absent: none did, and the default counts. */
  readonly by?: Policy;
  readonly reason: string;
  /** A refusal looks as if there were nothing. */
  readonly isHidden: boolean;
  readonly edits: readonly Edit[];
  readonly bounds: readonly Bound[];
  readonly limits: readonly ({ readonly policy: string } & LimitCharge)[];
  /** Those that would have denied, in shadow. */
  readonly shadowDenies: readonly Policy[];
  readonly met: readonly Met[];
}

/**
 * Asks the policies of a phase in their order: the first that denies or allows ends it, all others are collected. Collected
 * constraints hold all at once; where no target could keep two of them, that is a refusal which names both. `isWhole`: those
 * that do not hold are told too.
 */
export function decide(set: PolicySet, phase: Phase, asked: Asked, isWhole = false): Verdict {
  const found = { edits: [], bounds: [], limits: [], shadowDenies: [], met: [] } satisfies Collected;
  return run(set, phase, asked, { found, isWhole });
}

interface Collected {
  readonly edits: Edit[];
  readonly bounds: Bound[];
  readonly limits: ({ readonly policy: string } & LimitCharge)[];
  readonly shadowDenies: Policy[];
  readonly met: Met[];
}

function run(
  set: PolicySet,
  phase: Phase,
  asked: Asked,
  { found, isWhole }: { readonly found: Collected; readonly isWhole: boolean },
): Verdict {
  /** One that is passed over may allow it before all that follow. */
  let mayBeAllowed = false;
  for (const compiled of inScope(set, phase, asked)) {
    if (!isInForce(compiled.policy, asked.now)) continue;
    if (asked.isEarly === true && compiled.isOfOperation) {
      mayBeAllowed ||= mayAllow(compiled.policy);
      continue;
    }
    const verdict = askOne(compiled, asked, { found, isWhole });
    if (verdict !== undefined) return verdict.allowed || !mayBeAllowed ? verdict : open(found);
  }
  if (mayBeAllowed) return open(found);
  if (phase === "request" && set.fallback === "deny")
    return ended(found, { allowed: false, reason: "no policy allows it" });
  return ended(found, { allowed: true, reason: "no policy denies it" });
}

const mayAllow = ({ mode, do: action }: Policy): boolean => mode === "enforce" && "allow" in action;

/** @returns The verdict, if it ends there. */
function askOne(
  compiled: CompiledPolicy,
  asked: Asked,
  { found, isWhole }: { readonly found: Collected; readonly isWhole: boolean },
): Verdict | undefined {
  const { isTrue, fault } = asked.holdingOf?.(compiled) ?? compiled.condition(asked.factOf);
  if (fault !== undefined) return notTold(compiled, fault, found);
  if (isTrue) return take(compiled, found);
  if (isWhole) found.met.push({ policy: compiled.policy.id, outcome: "no" });
  return undefined;
}

const open = (found: Collected): Verdict =>
  ended(found, { allowed: true, reason: "its operation is still to be read" });

/** A policy of which nobody can say whether it holds. @returns The verdict, if it ends there. */
function notTold({ policy, onError }: CompiledPolicy, fault: string, found: Collected): Verdict | undefined {
  found.met.push({ policy: policy.id, outcome: "error", fault });
  if (onError === "skip") return undefined;
  if (policy.mode === "shadow") {
    found.shadowDenies.push(policy);
    return undefined;
  }
  return ended(found, { policy, allowed: false, reason: `\`${policy.id}\` cannot be told: ${fault}` });
}

/** What a policy that holds does. @returns The verdict, if it ends there. */
function take({ policy }: CompiledPolicy, found: Collected): Verdict | undefined {
  const { id, do: action, mode } = policy;
  if (mode === "shadow") {
    found.met.push({ policy: id, outcome: "shadow" });
    if ("deny" in action) found.shadowDenies.push(policy);
    return undefined;
  }
  if ("deny" in action) {
    found.met.push({ policy: id, outcome: "deny" });
    return ended(found, { policy, allowed: false, reason: policy.reason ?? `\`${id}\` denies it` });
  }
  if ("allow" in action) {
    found.met.push({ policy: id, outcome: "allow" });
    return ended(found, { policy, allowed: true, reason: policy.reason ?? `\`${id}\` allows it` });
  }
  if ("transform" in action) {
    found.met.push({ policy: id, outcome: "transform" });
    found.edits.push(...action.transform);
    return undefined;
  }
  if ("limit" in action) {
    found.met.push({ policy: id, outcome: "limit" });
    found.limits.push({ policy: id, ...action.limit });
    return undefined;
  }
  if (!("route" in action)) return undefined;
  found.met.push({ policy: id, outcome: "route" });
  found.bounds.push({ policy: id, constraints: action.route });
  const other = conflictOf(found.bounds);
  if (other === undefined) return undefined;
  return ended(found, {
    policy,
    allowed: false,
    reason: `no target can keep both \`${other}\` and \`${id}\``,
  });
}

function ended(
  found: Collected,
  {
    policy,
    allowed,
    reason,
  }: { readonly policy?: Policy; readonly allowed: boolean; readonly reason: string },
): Verdict {
  const isHidden = !allowed && policy !== undefined && "deny" in policy.do && policy.do.deny.hide === true;
  return { ...found, allowed, reason, isHidden, ...(policy === undefined ? {} : { by: policy }) };
}

const isInForce = ({ validFrom, validUntil }: Policy, now: number): boolean =>
  (validFrom === undefined || now >= validFrom) && (validUntil === undefined || now < validUntil);

/** Of each set, those that are for who asks what in which way: the same for all requests that are alike in that. */
const scoped = new WeakMap<readonly CompiledPolicy[], Map<string, readonly CompiledPolicy[]>>();
/** Ways of asking that are known of one set; with more than that it begins anew. */
const waysMax = 200;

function inScope(
  { phases }: PolicySet,
  phase: Phase,
  asked: Pick<Asked, "tenant" | "route" | "protocol">,
): readonly CompiledPolicy[] {
  const all = phases[phase];
  const ways = scoped.get(all) ?? new Map<string, readonly CompiledPolicy[]>();
  const { tenant, route, protocol } = asked;
  // Lengths, as a name might hold any sign that would part them.
  const way = `${tenant.length}.${route.length}.${tenant}${route}${protocol}`;
  const known = ways.get(way);
  if (known !== undefined) return known;
  const meant = all.filter(({ policy }) => isMeant(policy, asked));
  if (ways.size >= waysMax) ways.clear();
  scoped.set(all, ways.set(way, meant));
  return meant;
}

const isMeant = (
  { scope }: Policy,
  { tenant, route, protocol }: Pick<Asked, "tenant" | "route" | "protocol">,
): boolean =>
  scope === undefined ||
  (isOneOf(scope.tenants, tenant) && isOneOf(scope.routes, route) && isOneOf(scope.protocols, protocol));

const isOneOf = (globs: readonly string[] | undefined, name: string): boolean =>
  globs === undefined || globs.some((glob) => fitsGlob(glob, name));
