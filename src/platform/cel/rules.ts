import type { Environment } from "@marcbachmann/cel-js";
import type {
  CompiledRule,
  Condition,
  FactKind,
  FactOf,
  FactValue,
  Holding,
  Read,
  RuleWorld,
} from "../../ports/expressions.ts";
import { environmentWith } from "./environment.ts";
import { faultOf, problem, problemOf } from "./fault.ts";
import { lookIntoRule } from "./look-rule.ts";
import { quickRule } from "./quick.ts";
import { createRunning, type Running, registerFunctions } from "./rule-functions.ts";

const charactersMax = 8192;
const costMax = 10_000;
const limits = {
  maxAstNodes: 200,
  maxDepth: 20,
  maxListElements: 100,
  maxMapEntries: 1,
  maxCallArguments: 4,
};

/** A language of rules over one set of facts and lists. */
interface Language {
  readonly environment: Environment;
  readonly running: Running;
}

/** Rules that are known by their text, of one set of facts; with more than that it begins anew. */
const knownMax = 10_000;

/**
 * Compiles rules; each world of facts is set up once, and so is each text: a configuration that is read again costs only what
 * is new in it. Rules that ask for lists are known with those lists alone.
 */
export function createRules(): (text: string, world: RuleWorld) => CompiledRule {
  const languages = new WeakMap<RuleWorld, Language>();
  const known = new WeakMap<object, Map<string, CompiledRule>>();
  return (text, world) => {
    const owner = text.includes("inList") ? world : world.facts;
    const rules = known.get(owner) ?? new Map<string, CompiledRule>();
    const before = rules.get(text);
    if (before !== undefined) return before;
    const language = languages.get(world) ?? languageOf(world);
    languages.set(world, language);
    const rule = compileRule(text, world, language);
    if (rules.size >= knownMax) rules.clear();
    if (rule.kind === "rule") known.set(owner, rules.set(text, rule));
    return rule;
  };
}

function languageOf({ facts, lists }: RuleWorld): Language {
  const environment = environmentWith(facts, limits);
  const running = createRunning(lists);
  registerFunctions(environment, running);
  return { environment, running };
}

function compileRule(text: string, world: RuleWorld, { environment, running }: Language): CompiledRule {
  if (text.length > charactersMax)
    return problem(`it has ${text.length} characters, and at most ${charactersMax} are taken`, charactersMax);
  try {
    const parsed = environment.parse(text);
    running.patterns = new Map();
    running.networks = new Map();
    const { reads, cost, problem: against } = lookIntoRule(parsed.ast, world, running);
    if (against !== undefined) return problem(against.message, against.at);
    const { type = "nothing", error } = parsed.check();
    if (error !== undefined) return problemOf(error);
    if (type !== "bool") return problem(`it comes to \`${type}\`, and must be true or false`, 0);
    if (cost > costMax) return problem(`it may take ${cost} steps, and at most ${costMax} are taken`, 0);
    const quick = quickRule(parsed.ast, { world, running });
    const condition = quick === undefined ? slowRule(parsed, { reads, world, running }) : quickly(quick);
    return { kind: "rule", condition, reads, cost };
  } catch (thrown) {
    return problemOf(thrown);
  }
}

const holds: Holding = { isTrue: true };
const doesNot: Holding = { isTrue: false };

const quickly =
  (rule: (factOf: FactOf) => boolean): Condition =>
  (factOf) => {
    try {
      return rule(factOf) ? holds : doesNot;
    } catch (thrown) {
      return { isTrue: false, fault: faultOf(thrown) };
    }
  };

function slowRule(
  evaluate: (context: object) => unknown,
  {
    reads,
    world,
    running,
  }: { readonly reads: readonly Read[]; readonly world: RuleWorld; readonly running: Running },
): Condition {
  const places = placesOf(reads, world);
  const { patterns, networks } = running;
  return (factOf) => {
    try {
      const context = contextOf(places, factOf);
      running.headers = headersIn(context);
      running.patterns = patterns;
      running.networks = networks;
      const value = evaluate(context);
      if (typeof value === "boolean") return value ? holds : doesNot;
      return { isTrue: false, fault: "it is not true or false" };
    } catch (thrown) {
      return { isTrue: false, fault: faultOf(thrown) };
    }
  };
}

/** A fact that a rule reads and where it stands among the variables; a whole one covers those of its keys. */
interface Place extends Read {
  readonly kind: FactKind;
  readonly variable: string;
  readonly field: string | undefined;
}

function placesOf(reads: readonly Read[], { facts }: RuleWorld): readonly Place[] {
  const whole = new Set(reads.filter(({ key }) => key === undefined).map(({ name }) => name));
  return reads.flatMap((read): readonly Place[] => {
    if (read.key !== undefined && whole.has(read.name)) return [];
    const [variable = read.name, field] = read.name.split(".");
    return [{ ...read, kind: facts[read.name]?.kind ?? "text", variable, field }];
  });
}

type Value = FactValue | bigint;
type Context = Record<string, Value | Record<string, Value | Record<string, readonly string[]>>>;

function contextOf(places: readonly Place[], factOf: FactOf): Context {
  const context: Context = {};
  for (const { name, key, kind, variable, field } of places) {
    const value = factOf(name, key);
    if (field === undefined) {
      context[variable] = valueOf(value, kind);
      continue;
    }
    const members = membersOf(context, variable);
    if (key === undefined) members[field] = valueOf(value, kind);
    else members[field] = keyedWith(members[field], key, value);
  }
  return context;
}

function membersOf(
  context: Context,
  variable: string,
): Record<string, Value | Record<string, readonly string[]>> {
  const members: Record<string, Value | Record<string, readonly string[]>> = isRecord(context[variable])
    ? context[variable]
    : {};
  context[variable] = members;
  return members;
}

const isRecord = (value: unknown): value is Record<string, Value | Record<string, readonly string[]>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** One more list by its name; one that is empty is not there. */
function keyedWith(
  members: unknown,
  key: string,
  value: FactValue,
): Readonly<Record<string, readonly string[]>> {
  const all: Record<string, readonly string[]> = {};
  if (isLists(members)) Object.assign(all, members);
  if (Array.isArray(value) && value.length > 0) all[key] = value;
  return all;
}

const isLists = (value: unknown): value is Readonly<Record<string, readonly string[]>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function headersIn(context: Context): Readonly<Record<string, readonly string[]>> {
  const { request } = context;
  const headers = isRecord(request) ? request["headers"] : undefined;
  return isLists(headers) ? headers : {};
}

const valueOf = (value: FactValue, kind: FactKind): Value =>
  kind === "int" && typeof value === "number" ? BigInt(Math.trunc(value)) : value;
