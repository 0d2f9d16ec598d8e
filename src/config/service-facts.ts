import type { FactSchema } from "../ports/expressions.ts";

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

/** What is known of a request besides once its route and its key are. */
export const askedFacts = {
  "key.id": { kind: "text", about: "of the gateway key, empty where none is asked for" },
  "key.name": { kind: "text", about: "as an operator has named it" },
  "client.address": { kind: "text", about: "behind the proxies that are trusted" },
  "request.id": { kind: "text", about: "as in `x-sallyport-request-id`" },
  captured: {
    kind: "texts",
    about: 'what the path of the route has named, `captured["id"]`',
    keys: { pattern: /^[A-Za-z_][A-Za-z0-9_]{0,99}$/, rule: '`captured["…"]`' },
  },
} as const satisfies FactSchema;

/** What a value that is made of a request may ask of it. */
export const valueFacts = { ...serviceFacts, ...askedFacts } as const satisfies FactSchema;

/** For documentation: each by its name, and what it is. */
export const inWords = (facts: FactSchema): string =>
  Object.entries(facts)
    .map(([name, { about }]) => `\`${name}\` (${about})`)
    .join(", ");
