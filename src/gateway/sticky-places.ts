import { createStickiness, type RouteRules } from "../capabilities/routing/index.ts";
import type { Assigned } from "../exchange/exchange.ts";
import type { RequestRecord } from "../exchange/settlement.ts";
import type { Target } from "../exchange/target.ts";
import { type DecodedOnce, decodeOnce } from "../pipeline/prepare.ts";
import type { StateKeeper } from "../pipeline/state-keeper.ts";
import type { Clock } from "../ports/clock.ts";
import { conversationOf } from "./request-looks.ts";

/** Where one request's like was served before. */
export interface StickyPlace {
  /** `provider/model`; `undefined`: it may go anywhere. */
  readonly kept: string | undefined;
  /** The call, where it had to be looked into. */
  readonly decoded: DecodedOnce | undefined;
  readonly took: (requestId: string, target: Target) => void;
}

/** Conversations and keys that go on where they were. Owned by one gateway. */
export interface StickyPlaces {
  /** `undefined`: the route keeps nobody, or who this is cannot be told. */
  readonly find: (assigned: Assigned, rules: RouteRules | undefined) => StickyPlace | undefined;
  readonly settled: (record: RequestRecord) => void;
}

export function createStickyPlaces(
  { now }: Pick<Clock, "now">,
  state: Pick<StateKeeper, "contextFor">,
): StickyPlaces {
  const sticky = createStickiness();
  return {
    find: (assigned, rules) => {
      // What is not chosen cannot be learned.
      if (rules?.sticky === undefined || rules.strategy === "learned") return undefined;
      const decoded = rules.sticky === "conversation" ? decodeOnce(assigned, state) : undefined;
      const unit =
        decoded === undefined ? assigned.identity.keyId : conversationOf(assigned.identity.keyId, decoded);
      if (unit === undefined) return undefined;
      const pool = assigned.facts.model;
      return {
        kept: sticky.keptOf(pool, unit, now()),
        decoded,
        took: (requestId, { provider, model }) =>
          sticky.took(requestId, { pool, unit, target: `${provider}/${model}` }, now()),
      };
    },
    settled: ({ id, provider, upstreamModel, outcome }) => {
      const hasAnswered = outcome === "completed" && provider !== null && upstreamModel !== null;
      sticky.settled(id, hasAnswered ? `${provider}/${upstreamModel}` : undefined, now());
    },
  };
}
