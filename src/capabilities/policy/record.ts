import type { PolicyRecord } from "../../exchange/settlement.ts";
import type { FactOf, FactValue, Holding } from "../../ports/expressions.ts";
import type { CompiledPolicy } from "./compile.ts";
import type { Verdict } from "./decide.ts";
import { isOfOperation, personalFacts, standardFacts } from "./facts.ts";

/** A fact by its name, or one of several by its key: `request.headers["x-team"]`. */
export const factLabel = (name: string, key?: string): string =>
  key === undefined ? name : `${name}[${JSON.stringify(key)}]`;

/** The facts of one request, each looked up once however many policies ask, and what was told of them. */
export interface Notes {
  readonly factOf: FactOf;
  readonly holdingOf: (compiled: CompiledPolicy) => Holding;
  /** Facts as they are kept: those that say who somebody is as keyed hashes. */
  readonly facts: (names?: readonly string[]) => Readonly<Record<string, FactValue>>;
  /** How conditions came out that cannot be asked again of what is kept. */
  readonly told: () => Readonly<Record<string, boolean>>;
  /** Facts that were asked for, and could not be told. */
  readonly untold: () => readonly string[];
}

/** `hashOf`: under the installation's secret. `before`: of the request, where this is about one of its targets. */
export function takeNotes(source: FactOf, hashOf: (text: string) => string, before?: FactOf): Notes {
  const known = new Map<string, FactValue>();
  /** By name and key: a label for each would cost more than the fact. */
  const keyed = new Map<string, Map<string, FactValue>>();
  const told = new Map<string, boolean>();
  const untold = new Set<string>();
  const look: FactOf = (name, key) => {
    try {
      return before !== undefined && !isLate(name) ? before(name, key) : source(name, key);
    } catch (thrown) {
      untold.add(factLabel(name, key));
      throw thrown;
    }
  };
  const partOf = (name: string, key: string): FactValue => {
    const parts = keyed.get(name) ?? new Map<string, FactValue>();
    const value = parts.get(key);
    if (value !== undefined) return value;
    const found = look(name, key);
    keyed.set(name, parts.set(key, found));
    return found;
  };
  const factOf: FactOf = (name, key) => {
    if (key !== undefined) return partOf(name, key);
    const value = known.get(name);
    if (value !== undefined) return value;
    const found = look(name);
    known.set(name, found);
    return found;
  };
  return {
    factOf,
    holdingOf: (compiled) => {
      const holding = compiled.condition(factOf);
      if (compiled.isPersonal && holding.fault === undefined) told.set(compiled.form, holding.isTrue);
      return holding;
    },
    facts: (names = []) => {
      for (const name of names) tellable(() => factOf(name));
      const kept = (name: string, value: FactValue): FactValue =>
        personalFacts.has(name) ? hashed(value, hashOf) : value;
      return Object.fromEntries([
        ...[...known].map(([name, value]) => [name, kept(name, value)] as const),
        ...[...keyed].flatMap(([name, parts]) =>
          [...parts].map(([key, value]) => [factLabel(name, key), kept(name, value)] as const),
        ),
      ]);
    },
    told: () => Object.fromEntries(told),
    untold: () => [...untold],
  };
}

/** What cannot be told is on record as that. */
function tellable(look: () => unknown): void {
  try {
    look();
  } catch {
    // It has been noted.
  }
}

/** Facts of targets, answers and operations. */
const isLate = (name: string): boolean =>
  name.startsWith("target.") || name.startsWith("response.") || isOfOperation(name);

function hashed(value: FactValue, hashOf: (text: string) => string): FactValue {
  if (value === "" || typeof value === "number" || typeof value === "boolean") return value;
  return `#${hashOf(typeof value === "string" ? value : JSON.stringify(value)).slice(0, 22)}`;
}

/** What a verdict comes to besides letting pass or not; "": nothing. */
export function effectOf({ edits, bounds, limits }: Pick<Verdict, "edits" | "bounds" | "limits">): string {
  if (edits.length === 0 && bounds.length === 0 && limits.length === 0) return "";
  return JSON.stringify({ edits, bounds, limits });
}

/** A decision as it is kept with its request. `of`: the target or the operation it is about. */
export function decisionOf(
  phase: "request" | "target" | "response",
  { allowed, by, edits, bounds, limits }: Verdict,
  of?: { readonly name: string; readonly notes: Notes },
): PolicyRecord["decisions"][number] {
  const effect = effectOf({ edits, bounds, limits });
  const own = of === undefined ? undefined : lateOf(of.notes.facts());
  const told = of?.notes.told() ?? {};
  const untold = of?.notes.untold() ?? [];
  return {
    phase,
    allowed,
    ...(by === undefined ? {} : { by: by.id }),
    ...(effect === "" ? {} : { effect }),
    ...(of === undefined ? {} : { of: of.name }),
    ...(own === undefined ? {} : { facts: own }),
    ...(Object.keys(told).length === 0 ? {} : { told }),
    ...(untold.length === 0 ? {} : { untold }),
  };
}

const lateOf = (facts: Readonly<Record<string, FactValue>>): Readonly<Record<string, FactValue>> =>
  Object.fromEntries(Object.entries(facts).filter(([label]) => isLate(label)));

export const standard: readonly string[] = standardFacts;
