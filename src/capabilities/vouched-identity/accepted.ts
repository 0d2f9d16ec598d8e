import type { AcceptedProofs, Proof } from "../../exchange/proof.ts";

export type Acceptance =
  /** `checks`: what has to hold; the first of them says who asks. */
  | { readonly kind: "accepted"; readonly checks: readonly Proof[] }
  | { readonly kind: "missing" }
  | { readonly kind: "ambiguous" };

/** Who is meant when several proofs come and a route does not say: what was sent for this request, then the connection. */
const order: readonly Proof[] = ["signature", "key", "jwt", "mtls"];

/** The proofs of which a request may bring one: each says who asks, and two might say two different things. */
const exclusive: readonly Proof[] = ["key", "jwt", "signature"];

/**
 * Whether the proofs of a request are what its route wants, and which of them are to be checked. A proof that a route does not
 * name counts for nothing there. `settings` undefined: any one.
 */
export function judgeProofs(given: ReadonlySet<Proof>, settings: AcceptedProofs | undefined): Acceptance {
  const { anyOf, allOf = [] } = settings ?? { anyOf: order };
  if (allOf.some((proof) => !given.has(proof))) return { kind: "missing" };
  const any = order.filter((proof) => anyOf?.includes(proof) === true && given.has(proof));
  if (anyOf !== undefined && any.length === 0) return { kind: "missing" };
  // Who signs may send the key that it signs for as well.
  const told = exclusive.filter((proof) => given.has(proof) && !(proof === "key" && given.has("signature")));
  const beside = told.filter((proof) => !allOf.includes(proof));
  // Two are two voices, unless the route asks for both.
  const isAsked = beside.length <= 1 && allOf.length > 0 && beside.every((proof) => any.includes(proof));
  if (told.length > 1 && !isAsked) return { kind: "ambiguous" };
  return { kind: "accepted", checks: [...new Set([...allOf, ...any.slice(0, 1)])] };
}
