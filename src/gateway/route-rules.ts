import type { Config } from "../config/schema.ts";
import {
  compileTransforms,
  type FieldEdits,
  type JsonEdit,
  ownedNames,
  type PathPattern,
  type RouteRule,
  readPathPattern,
  type Transforms,
} from "../protocols/rest/index.ts";

export type { Transforms } from "../protocols/rest/index.ts";

type RouteSettings = Config["routes"][string];
type FieldSettings = NonNullable<NonNullable<RouteSettings["request"]>["headers"]>;
type BodySettings = NonNullable<NonNullable<RouteSettings["request"]>["body"]>;

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

/** What is wrong with what a route changes, each with its place in the settings. */
export function transformFaults(
  settings: RouteSettings,
  path: PathPattern,
): readonly { readonly at: readonly (string | number)[]; readonly why: string }[] {
  const compiled = compiledOf(settings, path);
  return compiled.kind === "broken" ? compiled.faults : [];
}

/** What a route changes; of broken settings, which are refused before, nothing. */
export function transformsOf(settings: RouteSettings, path: PathPattern): Transforms {
  const compiled = compiledOf(settings, path);
  if (compiled.kind === "transforms") return compiled.transforms;
  throw new RangeError(compiled.faults.map(({ why }) => why).join("; "));
}

function compiledOf({ rewrite, request, response }: RouteSettings, path: PathPattern) {
  return compileTransforms(
    {
      ...(rewrite === undefined ? {} : { rewrite: rewriteOf(rewrite) }),
      request: {
        headers: editsOf(request?.headers),
        query: editsOf(request?.query),
        body: bodyEditsOf(request?.body),
      },
      response: {
        headers: editsOf(response?.headers),
        body: bodyEditsOf(response?.body),
        status: response?.status ?? {},
      },
    },
    { path, owned: ownedNames([]) },
  );
}

const rewriteOf = (text: string) =>
  text.endsWith("/*")
    ? ({ kind: "prefix", to: text.slice(0, -1) } as const)
    : ({ kind: "template", to: text } as const);

const noEdits: FieldEdits = { set: {}, add: {}, remove: [] };
const editsOf = (settings: FieldSettings | undefined): FieldEdits => settings ?? noEdits;

/** In this order: rename, remove, set. */
const bodyEditsOf = (settings: BodySettings | undefined): readonly JsonEdit[] =>
  settings === undefined
    ? []
    : [
        ...Object.entries(settings.rename).map(([rename, to]) => ({ rename, to })),
        ...settings.remove.map((remove) => ({ remove })),
        ...Object.entries(settings.set).map(([set, value]) => ({ set, value })),
      ];
