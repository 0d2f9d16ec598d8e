import type { Funded } from "../exchange/exchange.ts";
import type { AttemptRecord } from "../exchange/settlement.ts";
import type { Candidate, Endpoint, Target } from "../exchange/target.ts";
import type { OpenLoad } from "./loads.ts";
import type { DecodedOnce } from "./prepare.ts";

/** Chooses among the addresses of a target that is served at several. */
export interface Places {
  /** `undefined`: it has one address, which its endpoints name. */
  readonly begin: (target: Target, wanted: WantedPlace) => Place | undefined;
}

/** What the choice of an address may look at. */
export interface WantedPlace {
  readonly keyId: string;
  /** The body as it came; absent: it is not held. */
  readonly prompt?: Uint8Array;
  /** Addresses that this request has asked already: others are asked before them. */
  readonly asked: readonly string[];
  /** The call, where it can be read; absent: nobody reads it. */
  readonly decoded?: DecodedOnce;
}

/** A try at its address; how it ends is told once. */
export interface Place extends PlacedTry {
  readonly endpointAt: (endpoint: Endpoint) => Endpoint;
}

/** A try at one of several addresses. */
export interface PlacedTry extends OpenLoad {
  readonly address: string;
  /** Whether another address could take the next call. */
  readonly hasOther: () => boolean;
  /** Whether its failures say something of the target as a whole. */
  readonly speaksForTarget: () => boolean;
}

export const placeFor = (
  places: Places,
  { target }: Pick<Candidate, "target">,
  {
    funded,
    decoded,
    attempts,
    mayRemember,
  }: {
    readonly funded: Pick<Funded, "identity" | "body">;
    readonly decoded: DecodedOnce;
    readonly attempts: readonly AttemptRecord[];
    /** Whether where its beginning was sent may be remembered here. */
    readonly mayRemember: () => boolean;
  },
): Place | undefined =>
  target.addresses === undefined
    ? undefined
    : places.begin(target, {
        keyId: funded.identity.keyId,
        ...(mayRemember() ? { prompt: funded.body } : {}),
        asked: attempts.flatMap(({ provider, endpoint }) =>
          provider === target.provider && endpoint !== undefined ? [endpoint] : [],
        ),
        decoded,
      });

/** The candidate as it is asked at this place. */
export const candidateAt = (candidate: Candidate, place: Place | undefined): Candidate =>
  place === undefined ? candidate : { ...candidate, endpoint: place.endpointAt(candidate.endpoint) };

/** Tells both. */
export function bothLoads(load: OpenLoad, place: OpenLoad | undefined): OpenLoad {
  if (place === undefined) return load;
  return {
    answered: (usage) => {
      load.answered(usage);
      place.answered(usage);
    },
    failed: () => {
      load.failed();
      place.failed();
    },
    left: () => {
      load.left();
      place.left();
    },
  };
}
