import { defaultTargetRules, type TargetRules } from "./canonical-target.ts";
import { type FieldEdits, headerFaults } from "./field-edits.ts";
import type { OwnedNames } from "./header-names.ts";
import { type JsonEdit, jsonFaults } from "./json-edits.ts";
import type { PathPattern } from "./path-pattern.ts";
import { compileRewrite, type Rewrite, type RewritePath } from "./rewrite.ts";
import type { TransformFault } from "./transform-value.ts";

/** How a route changes what passes: `routes[].transform`. */
export interface TransformSettings {
  readonly rewrite?: Rewrite;
  readonly request: MessageEdits & { readonly query: FieldEdits };
  readonly response: MessageEdits & { readonly status: Readonly<Record<string, number>> };
}

export interface MessageEdits {
  readonly headers: FieldEdits;
  readonly body: readonly JsonEdit[];
}

export const noFieldEdits: FieldEdits = { set: {}, add: {}, remove: [] };

/** The same, checked. Headers by `editHeaders`, query by `editQuery`, bodies by `editJson`. */
export interface Transforms extends Omit<TransformSettings, "rewrite"> {
  readonly rewrite: RewritePath;
  /** The status for the client. */
  readonly statusOf: (status: number) => number;
}

export type CompiledTransforms =
  | { readonly kind: "transforms"; readonly transforms: Transforms }
  | { readonly kind: "broken"; readonly faults: readonly TransformFault[] };

/** Compiles what a route changes, when the snapshot is built; every fault is told, with its place in the settings. */
export function compileTransforms(
  settings: TransformSettings,
  route: { readonly path: PathPattern; readonly owned: OwnedNames },
  rules: TargetRules = defaultTargetRules,
): CompiledTransforms {
  const { request, response } = settings;
  const rewriting =
    settings.rewrite === undefined ? undefined : compileRewrite(settings.rewrite, route.path, rules);
  const faults: readonly TransformFault[] = [
    ...(rewriting?.kind === "broken" ? [{ at: ["rewrite"], why: rewriting.why }] : []),
    ...under(["request", "headers"], headerFaults(request.headers, route.owned)),
    ...under(["request", "body"], jsonFaults(request.body)),
    ...under(["response", "headers"], headerFaults(response.headers, route.owned)),
    ...under(["response", "body"], jsonFaults(response.body)),
    ...under(["response", "status"], statusFaults(response.status)),
  ];
  if (faults.length > 0) return { kind: "broken", faults };
  const statuses = new Map(Object.entries(response.status).map(([from, to]) => [Number(from), to]));
  return {
    kind: "transforms",
    transforms: {
      request,
      response,
      rewrite: rewriting?.kind === "rewrite" ? rewriting.rewrite : (path) => path,
      statusOf: (status) => statuses.get(status) ?? status,
    },
  };
}

/** Interim statuses stay, and so do those whose answers have no body: the framing goes with them. */
function statusFaults(status: Readonly<Record<string, number>>): readonly TransformFault[] {
  return Object.entries(status).flatMap(([from, to]) =>
    [from, `${to}`].every((one) => /^[2-5]\d\d$/.test(one) && one !== "204" && one !== "304")
      ? []
      : [{ at: [from], why: "is no final status whose answer may have a body" }],
  );
}

const under = (place: readonly string[], faults: readonly TransformFault[]): readonly TransformFault[] =>
  faults.map(({ at, why }) => ({ at: [...place, ...at], why }));
