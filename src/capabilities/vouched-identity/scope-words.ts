import { type Scope, type ScopeLane, scopeLanes } from "../../exchange/identity.ts";

/**
 * A scope as it stands in tokens and in rules of certificates: words of a kind and a value, `lane:ai`, `route:orders-*`,
 * `method:GET`, `tool:search`. Each kind is a list of its own, and all kinds hold: `route:a method:GET route:b` lets nobody
 * write to `b`. Words of no kind mean something to others and nothing here.
 *
 * @returns `undefined` when no word means anything: that is no leave for everything.
 */
export function readScope(words: readonly string[]): Scope | undefined {
  const values = (kind: string): readonly string[] =>
    words.filter((word) => word.startsWith(`${kind}:`)).map((word) => word.slice(kind.length + 1));
  const lanes = values("lane");
  const known = lanes.filter((lane): lane is ScopeLane => scopeLanes.some((one) => one === lane));
  const routes = values("route");
  const methods = values("method").map((method) => method.toUpperCase());
  const tools = values("tool");
  // A lane that there is not lets nobody onto the others.
  if (lanes.length > 0 && known.length === 0) return undefined;
  if ([known, routes, methods, tools].every((list) => list.length === 0)) return undefined;
  return { lanes: known, routes, methods, tools };
}
