import { compileComputed } from "../config/computed-changes.ts";
import { compileChanges } from "../config/route-changes.ts";
import type { Config } from "../config/schema.ts";
import type { Expressions } from "../ports/expressions.ts";
import {
  type PathPattern,
  type RouteRule,
  readPathPattern,
  type Transforms,
  withComputed,
} from "../protocols/rest/index.ts";
import { type ValueFacts, valueFactOf } from "./service-facts.ts";

export type { Transforms } from "../protocols/rest/index.ts";

type RouteSettings = Config["routes"][string];

/** `undefined`: it is none, and its configuration was refused. */
export function patternOf({ path }: RouteSettings): PathPattern | undefined {
  const read = readPathPattern(path);
  return read.kind === "pattern" ? read.pattern : undefined;
}

/** What a route asks of a request. */
export function ruleOf(id: string, settings: RouteSettings, path: PathPattern): RouteRule {
  const { hosts, methods, headers, query, ignoreTrailingSlash } = settings;
  return {
    id,
    hosts,
    path,
    methods,
    headers: Object.entries(headers).map(([name, asked]) => fieldRule(name.toLowerCase(), asked)),
    query: Object.entries(query).map(([name, asked]) => fieldRule(name, asked)),
    ignoreTrailingSlash,
  };
}

function fieldRule(name: string, asked: string | boolean): RouteRule["headers"][number] {
  if (typeof asked === "boolean") return { name, is: asked ? "present" : "absent" };
  return { name, is: asked.endsWith("*") ? "glob" : "exact", text: asked };
}

/** What a route changes of a request and of its answer. Broken settings were refused before. */
export function transformsOf(
  settings: RouteSettings,
  path: PathPattern,
  expressions: Expressions,
): (asked: () => ValueFacts) => Transforms {
  const compiled = compileChanges(settings, path);
  if (compiled.kind === "broken") throw broken(compiled.faults);
  const made = compileComputed(settings, expressions);
  if (made.kind === "broken") throw broken(made.faults);
  const { transforms } = compiled;
  const { computed } = made;
  if (computed === undefined) return () => transforms;
  return (asked) => {
    const facts = asked();
    return withComputed(transforms, computed, (name, key) => valueFactOf(facts, name, key));
  };
}

const broken = (faults: readonly { readonly why: string }[]): RangeError =>
  new RangeError(faults.map(({ why }) => why).join("; "));
