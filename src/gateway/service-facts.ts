import type { Expressions, FactSchema } from "../ports/expressions.ts";

/** What the condition of a route to a service may ask of a request. */
export const serviceFacts = {
  "http.method": { kind: "text", about: "in capital letters" },
  "http.host": { kind: "text", about: "as the client names it, in small letters" },
  "http.path": { kind: "text", about: "canonical" },
  "http.query": { kind: "text", about: "as it was sent, without the `?`" },
  header: {
    kind: "texts",
    about: 'one of the request, `header["x-tenant"]`, empty where it is missing',
    keys: { pattern: /^[a-z0-9-]{1,100}$/, rule: '`header["…"]`, in small letters' },
  },
} as const satisfies FactSchema;

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
