import { serviceFacts } from "../config/service-facts.ts";
import type { Expressions } from "../ports/expressions.ts";

interface Asking {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;
  readonly header: (name: string) => string | undefined;
}

export type RouteCondition = (asking: Asking) => boolean;

/** Whether a request is one of a route's; what cannot be told is none. `undefined`: there is no condition. */
export function routeCondition(
  when: string | undefined,
  { compile }: Expressions,
): RouteCondition | undefined {
  if (when === undefined) return undefined;
  const compiled = compile(when, serviceFacts);
  if (compiled.kind === "problem") return () => false;
  return (asking) => compiled.condition((name, key = "") => factOf(asking, name, key)).isTrue;
}

/** What values that are made of a request may ask of it. */
export interface ValueFacts extends Asking {
  readonly id: string;
  readonly keyId: string;
  readonly keyName: string;
  readonly captures: ReadonlyMap<string, string>;
  readonly clientAddress: () => string;
}

export function valueFactOf(asked: ValueFacts, name: string, key = ""): string {
  switch (name) {
    case "key.id":
      return asked.keyId;
    case "key.name":
      return asked.keyName;
    case "client.address":
      return asked.clientAddress();
    case "request.id":
      return asked.id;
    case "captured":
      return asked.captures.get(key) ?? "";
    default:
      return factOf(asked, name, key);
  }
}

function factOf({ method, host, path, query, header }: Asking, name: string, key: string): string {
  switch (name) {
    case "http.method":
      return method;
    case "http.host":
      return host;
    case "http.path":
      return path;
    case "http.query":
      return query;
    default:
      return header(key) ?? "";
  }
}
