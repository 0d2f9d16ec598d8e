import { nearestNames } from "../../kernel/nearest.ts";
import type { Condition, Expressions, Read, RuleWorld } from "../../ports/expressions.ts";
import { isOfOperation, personalFacts, policyFacts } from "./facts.ts";
import { actionName, type Edit, inOrder, onErrorOf, type Phase, type Policy } from "./policy.ts";
import { wordForm } from "./word-form.ts";

/** A policy that can be asked. */
export interface CompiledPolicy {
  readonly policy: Policy;
  /** Its condition in the Common Expression Language. */
  readonly form: string;
  readonly condition: Condition;
  readonly reads: readonly Read[];
  /** Whether it reads what says who somebody is. */
  readonly isPersonal: boolean;
  /** Whether it reads what is told of an operation of GraphQL, which is read after door 2. */
  readonly isOfOperation: boolean;
  /** Steps at worst. */
  readonly cost: number;
  readonly onError: "deny" | "skip";
}

/** Policies in the order in which they are asked. Immutable: a change makes another. */
export interface PolicySet {
  readonly revision: number;
  readonly fallback: "allow" | "deny";
  readonly phases: Readonly<Record<Phase, readonly CompiledPolicy[]>>;
  /** Whether one of phase `request` reads what is told of operations. */
  readonly readsOperations: boolean;
}

/** `at` counts the characters of the condition from 1; absent: it is not the condition that is wrong. */
export interface PolicyProblem {
  /** Which of those that were given. */
  readonly index: number;
  readonly field: "id" | "when" | "do" | "validUntil";
  readonly message: string;
  readonly at?: number;
}

export type CompiledPolicies =
  | { readonly kind: "set"; readonly set: PolicySet }
  | { readonly kind: "broken"; readonly problems: readonly PolicyProblem[] };

export interface PolicyWorld {
  readonly expressions: Pick<Expressions, "compileRule">;
  readonly lists: ReadonlyMap<string, ReadonlySet<string>>;
  readonly limits?: readonly string[];
}

/** Steps of all policies that one request can meet. */
const costMax = 100_000;

/**
 * Makes a set of policies, or tells all that is wrong with them. Nothing of a set with a problem may be used: what a broken
 * policy would have denied nobody knows.
 */
export function compilePolicies(...given: Parameters<typeof compileInSteps>): CompiledPolicies {
  const steps = compileInSteps(...given);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** The same for a process that has other work to do meanwhile: a policy, and it may be interrupted. */
export function* compileInSteps(
  policies: readonly Policy[],
  world: PolicyWorld,
  { revision, fallback }: Pick<PolicySet, "revision" | "fallback">,
): Generator<undefined, CompiledPolicies> {
  const worlds = worldsOf(world.lists);
  const problems: PolicyProblem[] = [];
  const compiled: CompiledPolicy[] = [];
  const ids = new Set<string>();
  for (const [index, policy] of policies.entries()) {
    if (ids.has(policy.id)) problems.push({ index, field: "id", message: `\`${policy.id}\` is there twice` });
    ids.add(policy.id);
    const found = problemsOf(policy, world);
    problems.push(...found.map((problem) => ({ index, ...problem })));
    const made = compileOne(policy, world.expressions, worlds[policy.phase]);
    if ("condition" in made) compiled.push(made);
    else problems.push({ index, field: "when", ...made });
    yield;
  }
  const cost = costTogether(compiled);
  if (cost > costMax)
    problems.push({
      index: Math.max(0, policies.length - 1),
      field: "when",
      message: `all policies of a request together may take ${cost} steps, and at most ${costMax} are taken`,
    });
  if (problems.length > 0) return { kind: "broken", problems };
  return { kind: "set", set: setOf(compiled, { revision, fallback }) };
}

/** Steps of all that one request can meet: those for everybody, and those of the one tenant that has most. */
function costTogether(compiled: readonly CompiledPolicy[]): number {
  let ofAll = 0;
  const ofTenants = new Map<string, number>();
  for (const { policy, cost } of compiled) {
    if (policy.mode === "off") continue;
    const tenants = policy.scope?.tenants;
    if (tenants === undefined || tenants.some((glob) => glob.includes("*"))) ofAll += cost;
    else for (const tenant of new Set(tenants)) ofTenants.set(tenant, (ofTenants.get(tenant) ?? 0) + cost);
  }
  return ofAll + [...ofTenants.values()].reduce((most, cost) => Math.max(most, cost), 0);
}

/**
 * A set of what was found good once, whatever has become of the lists and limits it names: a condition that does not compile
 * any more cannot be told, so that who guards still refuses.
 */
export function compileKept(
  policies: readonly Policy[],
  world: PolicyWorld,
  head: Pick<PolicySet, "revision" | "fallback">,
): PolicySet {
  const strict = compilePolicies(policies, world, head);
  if (strict.kind === "set") return strict.set;
  const worlds = worldsOf(world.lists);
  const compiled = policies.map((policy): CompiledPolicy => {
    const [problem] = problemsOf(policy, world);
    const made = problem ?? compileOne(policy, world.expressions, worlds[policy.phase]);
    if ("condition" in made) return made;
    const condition: Condition = () => ({ isTrue: false, fault: made.message });
    return {
      policy,
      form: policy.when,
      condition,
      reads: [],
      isPersonal: false,
      isOfOperation: false,
      cost: 1,
      onError: onErrorOf(policy),
    };
  });
  return setOf(compiled, head);
}

function setOf(
  compiled: readonly CompiledPolicy[],
  head: Pick<PolicySet, "revision" | "fallback">,
): PolicySet {
  const ordered = compiled.toSorted((one, other) => inOrder(one.policy, other.policy));
  const of = (phase: Phase) =>
    ordered.filter(({ policy }) => policy.phase === phase && policy.mode !== "off");
  const phases = { request: of("request"), target: of("target"), response: of("response") };
  return { ...head, phases, readsOperations: phases.request.some((one) => one.isOfOperation) };
}

/** Worlds stay the same objects for the same lists, so that the language is set up once. */
const known = new WeakMap<object, Readonly<Record<Phase, RuleWorld>>>();

function worldsOf(lists: PolicyWorld["lists"]): Readonly<Record<Phase, RuleWorld>> {
  const worlds = known.get(lists) ?? {
    request: { facts: policyFacts.request, lists },
    target: { facts: policyFacts.target, lists },
    response: { facts: policyFacts.response, lists },
  };
  known.set(lists, worlds);
  return worlds;
}

function compileOne(
  policy: Policy,
  { compileRule }: Pick<Expressions, "compileRule">,
  world: RuleWorld,
): CompiledPolicy | { readonly message: string; readonly at: number } {
  const form = wordForm(policy.when);
  if (form.kind === "problem") return form;
  const rule = compileRule(form.text, world);
  if (rule.kind === "problem") return { message: rule.message, at: form.writtenAt(rule.at) };
  const { condition, reads, cost } = rule;
  const ofOperation = reads.some(({ name }) => isOfOperation(name));
  const name = actionName(policy.do);
  if (ofOperation && name !== "deny" && name !== "allow")
    return {
      message: `what is told of operations comes too late for \`${name}\`: \`deny\` or \`allow\``,
      at: 1,
    };
  const isPersonal = reads.some((read) => personalFacts.has(read.name));
  const traits = { reads, isPersonal, isOfOperation: ofOperation, cost };
  return { policy, form: form.text, condition, ...traits, onError: onErrorOf(policy) };
}

const ofPhase: Readonly<Record<Phase, readonly string[]>> = {
  request: ["deny", "allow", "transform", "route", "limit"],
  target: ["deny", "allow"],
  response: ["deny", "allow", "transform"],
};

function problemsOf(policy: Policy, { limits }: PolicyWorld): readonly Omit<PolicyProblem, "index">[] {
  const problems: Omit<PolicyProblem, "index">[] = [];
  const { phase, do: action, validFrom, validUntil } = policy;
  const name = actionName(action);
  if (name === "requireApproval")
    problems.push({
      field: "do",
      message: "`requireApproval` is not built yet: deny it, and allow it for who may",
    });
  else if (!ofPhase[phase].includes(name))
    problems.push({ field: "do", message: `\`${name}\` is no action of phase \`${phase}\`` });
  if ("transform" in action && phase === "response" && !action.transform.every(isOfHeaders))
    problems.push({ field: "do", message: "of an answer only headers are changed" });
  if ("limit" in action && limits?.includes(action.limit.use) === false)
    problems.push({ field: "do", message: noLimit(action.limit.use, limits) });
  if (validFrom !== undefined && validUntil !== undefined && validUntil <= validFrom)
    problems.push({ field: "validUntil", message: "`validUntil` is not after `validFrom`" });
  return problems;
}

const isOfHeaders = (edit: Edit): boolean => "setHeader" in edit || "removeHeader" in edit;

function noLimit(name: string, limits: readonly string[]): string {
  const [near] = nearestNames(name, limits);
  return `there is no limit \`${name}\`${near === undefined ? "" : `; did you mean \`${near}\`?`}`;
}
