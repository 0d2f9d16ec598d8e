import { compileChanges } from "../config/route-changes.ts";
import type { Config } from "../config/schema.ts";
import {
  type PathPattern,
  type RouteRule,
  readPathPattern,
  type Transforms,
} from "../protocols/rest/index.ts";

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

/** What a route changes. Broken settings were refused before. */
export function transformsOf(settings: RouteSettings, path: PathPattern): Transforms {
  const compiled = compileChanges(settings, path);
  if (compiled.kind === "transforms") return compiled.transforms;
  throw new RangeError(compiled.faults.map(({ why }) => why).join("; "));
}
