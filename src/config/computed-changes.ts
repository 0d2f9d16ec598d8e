import type { Expressions } from "../ports/expressions.ts";
import { type ComputedEdits, headerFaults, type Makers, ownedNames } from "../protocols/rest/index.ts";
import type { RouteSettings } from "./route-settings.ts";
import { valueFacts } from "./service-facts.ts";

type Fault = { readonly at: readonly string[]; readonly why: string };
type Part = {
  readonly at: readonly string[];
  readonly set: Readonly<Record<string, unknown>>;
  readonly compute: Readonly<Record<string, string>>;
};

const partOf = (
  at: Part["at"],
  settings: Pick<Part, "set" | "compute"> = { set: {}, compute: {} },
): Part => ({
  at,
  set: settings.set,
  compute: settings.compute,
});

/** What of a route's changes is made of each request, compiled; or what is wrong with it, with its place in the settings. */
export function compileComputed(
  { request, response }: Pick<RouteSettings, "request" | "response">,
  expressions: Expressions,
):
  | { readonly kind: "computed"; readonly computed: ComputedEdits | undefined }
  | { readonly kind: "broken"; readonly faults: readonly Fault[] } {
  const parts = {
    up: partOf(["request", "headers"], request?.headers),
    query: partOf(["request", "query"], request?.query),
    upBody: partOf(["request", "body"], request?.body),
    down: partOf(["response", "headers"], response?.headers),
    downBody: partOf(["response", "body"], response?.body),
  };
  const faults: Fault[] = [...namesOf(parts.up), ...namesOf(parts.down)];
  const makersOf = (part: Part): Makers => compilePart(part, expressions, faults);
  const computed = {
    request: { headers: makersOf(parts.up), query: makersOf(parts.query), body: makersOf(parts.upBody) },
    response: { headers: makersOf(parts.down), body: makersOf(parts.downBody) },
  };
  if (faults.length > 0) return { kind: "broken", faults };
  const isNone = Object.values(parts).every(({ compute }) => Object.keys(compute).length === 0);
  return { kind: "computed", computed: isNone ? undefined : computed };
}

/** Names of headers that nobody may make. */
const namesOf = ({ at, compute }: Part): readonly Fault[] =>
  headerFaults(
    { set: Object.fromEntries(Object.keys(compute).map((name) => [name, ""])), add: {}, remove: [] },
    ownedNames([]),
  ).map((fault) => ({ at: [...at, "compute", `${fault.at[1]}`], why: fault.why }));

/** Makers of the expressions of a part; what is wrong with others is added to `faults`. */
function compilePart({ at, set, compute }: Part, { compileValue }: Expressions, faults: Fault[]): Makers {
  const makers = Object.entries(compute).flatMap(([name, text]) => {
    const compiled = compileValue(text, valueFacts);
    const place = [...at, "compute", name];
    if (Object.hasOwn(set, name)) faults.push({ at: place, why: "is set as well" });
    else if (compiled.kind === "value") return [[name, compiled.make] as const];
    else faults.push({ at: place, why: `is wrong at character ${compiled.at}: ${compiled.message}` });
    return [];
  });
  return Object.fromEntries(makers);
}
