import type { Continuity } from "../capabilities/continuity/index.ts";
import type { Identified, Route } from "../exchange/exchange.ts";
import { mintedMark } from "../exchange/own-state.ts";
import { GatewayError } from "../kernel/errors.ts";
import { printDeleted, printInputItems } from "../protocols/openai-responses/index.ts";
import type { Snapshot } from "./snapshot.ts";

type KeptRequest = Identified<Extract<Route, { kind: "kept" }>>;

/** What is done with a request for an answer by its id. */
export type KeptPlan =
  | { readonly kind: "answer"; readonly body: string; readonly reason: string }
  /** It is the provider's own. */
  | { readonly kind: "onward"; readonly request: Identified<Extract<Route, { kind: "raw" }>> };

/**
 * Answers for what the gateway has kept, and sends on what a provider has: to the one that is known to have made it,
 * else to the one that bears the dialect's name.
 *
 * @throws GatewayError `route_not_found` for an id of the gateway's making that is not kept, or was made for another key.
 */
export function planKept(request: KeptRequest, { table }: Snapshot, continuity: Continuity): KeptPlan {
  const { route, method, query, identity } = request;
  const { answerId, part } = route;
  const tenant = identity.keyId;
  if (answerId.includes(mintedMark)) {
    const kept = continuity.answers.find(tenant, answerId);
    if (kept === undefined) throw notKept(answerId);
    if (method === "DELETE" && part === "answer") {
      continuity.answers.drop(tenant, answerId);
      return { kind: "answer", body: printDeleted(answerId), reason: "the kept answer is deleted" };
    }
    if (method !== "GET") throw notAllowed(method, part);
    const isWhole = part === "answer";
    const body = isWhole ? kept.answer : printInputItems(kept, membersOf(query));
    return { kind: "answer", body, reason: isWhole ? "the kept answer" : "what led to the kept answer" };
  }
  const maker = [...table.providers.values()].find(({ targetOf }) => {
    const target = targetOf("");
    return target.endpoints.some(
      (endpoint) =>
        endpoint.codec.dialect === "openai-responses" &&
        continuity.isIssuer(answerId, { target, endpoint, lane: "bytes" }, tenant),
    );
  });
  const provider = maker?.id ?? route.provider;
  return {
    kind: "onward",
    request: {
      ...request,
      route: { kind: "raw", id: "raw", method: "*", codec: route.codec, provider, rest: route.rest },
    },
  };
}

/** A query by its names, decoded; the first of a repeated name counts. */
function membersOf(query: string): ReadonlyMap<string, string> {
  return new Map([...new URLSearchParams(query)].toReversed());
}

function notKept(id: string): GatewayError {
  const message = `There is no answer \`${id}\`: it is kept for a day at most, for the key that it was made for, and not where \`store\` is false.`;
  return new GatewayError("route_not_found", message, { message });
}

function notAllowed(method: string, part: "answer" | "input_items"): GatewayError {
  const allowed = part === "answer" ? "GET, DELETE" : "GET";
  return new GatewayError("method_not_allowed", `${method} of a kept answer`, {
    message: `An answer by its id answers ${allowed} only.`,
  });
}
