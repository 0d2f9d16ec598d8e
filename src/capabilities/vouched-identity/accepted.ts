import type { AcceptedProofs, Proof } from "./settings.ts";

export type Acceptance =
  /** `by`: whose identity counts. */
  | { readonly kind: "accepted"; readonly by: Proof }
  | { readonly kind: "missing"; readonly wanted: readonly Proof[] }
  | { readonly kind: "ambiguous" };

/** Who is meant when several proofs come and a route does not say: what was sent for this request, then the connection. */
const order: readonly Proof[] = ["key", "jwt", "signature", "mtls"];

/** The proofs of which a request may bring one: each says who asks, and two might say two different things. */
const exclusive: readonly Proof[] = ["key", "jwt", "signature"];

/**
 * Whether the proofs of a request are what its route wants, and which one says who it is. A proof that a route does not
 * name counts for nothing there. `settings` undefined: any one.
 */
export function judgeProofs(given: ReadonlySet<Proof>, settings: AcceptedProofs | undefined): Acceptance {
  const { anyOf, allOf = [] } = settings ?? { anyOf: order };
  const lacking = allOf.filter((proof) => !given.has(proof));
  if (lacking.length > 0) return { kind: "missing", wanted: lacking };
  const any = order.filter((proof) => anyOf?.includes(proof) === true && given.has(proof));
  if (anyOf !== undefined && any.length === 0) return { kind: "missing", wanted: anyOf };
  const told = exclusive.filter((proof) => given.has(proof));
  const beside = told.filter((proof) => !allOf.includes(proof));
  // Two are two voices, unless the route asks for both.
  const isAsked = beside.length <= 1 && allOf.length > 0 && beside.every((proof) => any.includes(proof));
  if (told.length > 1 && !isAsked) return { kind: "ambiguous" };
  const [by = any[0]] = allOf;
  return by === undefined ? { kind: "missing", wanted: order } : { kind: "accepted", by };
}
