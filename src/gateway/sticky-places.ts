import { createStickiness, type RouteRules } from "../capabilities/routing/index.ts";
import type { Assigned } from "../exchange/exchange.ts";
import type { RequestRecord } from "../exchange/settlement.ts";
import type { Target } from "../exchange/target.ts";
import type { DecodedOnce } from "../pipeline/prepare.ts";
import type { Clock } from "../ports/clock.ts";
import type { Random } from "../ports/random.ts";
import { createAffinityCookie } from "./affinity-cookie.ts";
import { conversationOf } from "./request-looks.ts";

/** Where one request's like was served before. */
export interface StickyPlace {
  /** `provider/model`; `undefined`: it may go anywhere. */
  readonly kept: string | undefined;
  /** To be set with the answer; absent: it is known already, or known otherwise. */
  readonly cookie?: string | undefined;
  readonly took: (requestId: string, target: Target) => void;
}

/** Who goes on where it was. Owned by one gateway. */
export interface StickyPlaces {
  /** `undefined`: the route keeps nobody, or who this is cannot be told. */
  readonly find: (
    assigned: Assigned,
    rules: RouteRules | undefined,
    asked: { readonly decoded: DecodedOnce; readonly header: (name: string) => string | undefined },
  ) => StickyPlace | undefined;
  readonly settled: (record: RequestRecord) => void;
}

/** Units longer than this are none: they are the client's to choose. */
const unitLengthMax = 256;

export function createStickyPlaces({
  clock: { now },
  random,
  digestOf,
}: {
  readonly clock: Pick<Clock, "now">;
  readonly random: Random;
  readonly digestOf: (text: string) => string;
}): StickyPlaces {
  const sticky = createStickiness();
  const affinity = createAffinityCookie(random, digestOf);
  return {
    find: ({ identity: { keyId: owner }, facts: { model: pool } }, rules, { decoded, header }) => {
      // What is not chosen cannot be learned.
      if (rules?.sticky === undefined || rules.strategy === "learned") return undefined;
      const { unit, cookie } = unitOf(rules.sticky);
      if (unit === undefined) return undefined;
      return {
        cookie,
        kept: sticky.keptOf({ pool, owner, unit }, now()),
        took: (requestId, { provider, model }) =>
          sticky.took(requestId, { pool, owner, unit, target: `${provider}/${model}` }, now()),
      };

      function unitOf(by: NonNullable<RouteRules["sticky"]>): {
        readonly unit: string | undefined;
        readonly cookie?: string | undefined;
      } {
        if (by === "conversation") return { unit: conversationOf(owner, decoded) };
        if (by === "key") return { unit: owner };
        if (by === "cookie") {
          const told = affinity.unitOf(header("cookie"));
          return { unit: told.unit, cookie: told.setCookie };
        }
        const value = header(by.header);
        const isTold = value !== undefined && value !== "" && value.length <= unitLengthMax;
        return { unit: isTold ? value : undefined };
      }
    },
    settled: ({ id, provider, upstreamModel, outcome }) => {
      const hasAnswered = outcome === "completed" && provider !== null && upstreamModel !== null;
      sticky.settled(id, hasAnswered ? `${provider}/${upstreamModel}` : undefined, now());
    },
  };
}
