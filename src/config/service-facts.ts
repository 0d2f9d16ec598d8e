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
