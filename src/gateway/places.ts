import {
  createLoadBalancing,
  type LoadBalancing,
  type PlacedCall,
} from "../capabilities/load-balancing/index.ts";
import { withoutContent } from "../capabilities/residency/index.ts";
import type { ServiceTarget } from "../exchange/service-target.ts";
import type { Site } from "../exchange/target.ts";
import { promptWork, workOf } from "../exchange/work.ts";
import { murmur3 } from "../kernel/murmur3.ts";
import type { Place, PlacedTry, Places, WantedPlace } from "../pipeline/places.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { Random } from "../ports/random.ts";
import type { Timer } from "../ports/timer.ts";
import type { Transport } from "../ports/transport.ts";
import { addressPoolsOf } from "./addresses.ts";
import { conversationOf } from "./request-looks.ts";
import type { Snapshot } from "./snapshot.ts";

/** The addresses of the providers that have several, as door 8 and the control interface see them. */
export interface AddressPlaces extends Places {
  /** The same for a service. */
  readonly beginService: (
    target: ServiceTarget,
    wanted: Pick<WantedPlace, "keyId" | "asked">,
  ) => ServicePlace | undefined;
  readonly configure: (snapshot: Snapshot) => void;
  readonly balancing: Pick<LoadBalancing, "states" | "steer" | "close">;
}

/** One of the addresses of a service. */
export interface ServicePlace extends PlacedTry {
  readonly site: Site;
}

/** Tokens of an answer that nobody has seen yet: only what errors cost depends on it. */
const usualAnswer = 300;
const bytesPerToken = 4;

export function createPlaces(
  {
    clock,
    random,
    timer,
    transport,
    logger,
  }: {
    readonly clock: Clock;
    readonly random: Random;
    readonly timer: Timer;
    readonly transport: Transport;
    readonly logger: Logger;
  },
  first: Snapshot,
): AddressPlaces {
  const balancing = createLoadBalancing({
    clock,
    random,
    timer,
    transport: {
      send: (request, listener) =>
        transport.send({ ...request, permit: withoutContent(request.origin) }, listener),
    },
    onChange: (provider, { endpoint, to, reason }) => {
      const isGood = to === "returned" || to === "well" || to === "calm";
      const said = isGood ? logger.info : logger.warn;
      if (endpoint === undefined)
        said("fewer than half of a provider's endpoints are well: all are asked", { provider, state: to });
      else said("an endpoint changes", { provider, endpoint, to, reason: reason ?? "" });
    },
  });
  const configure = (next: Snapshot): void => balancing.configure(addressPoolsOf(next));
  configure(first);
  return {
    configure,
    balancing,
    begin: (target, wanted): Place | undefined => {
      const { addresses, endpoints } = target;
      if (addresses === undefined) return undefined;
      const call = balancing.place(addresses, {
        model: target.model,
        work: usualAnswer + (promptWork * (wanted.prompt?.length ?? 0)) / bytesPerToken,
        hash: () => murmur3(unitOf(wanted, addresses.hashOn), 0),
        avoid: wanted.asked,
        ...(wanted.prompt === undefined
          ? {}
          : { prompt: { scope: `${wanted.keyId} ${target.model}`, bytes: wanted.prompt } }),
      });
      const { address } = call;
      return {
        ...tryAt(call),
        // An endpoint of another snapshot has no sibling here: then it is the place itself.
        endpointAt: (endpoint) => address.endpoints[endpoints.indexOf(endpoint)] ?? endpoint,
      };
    },
    beginService: ({ addresses, model, site }, { keyId, asked }): ServicePlace | undefined => {
      if (addresses === undefined) return undefined;
      const call = balancing.place(addresses, {
        model,
        work: usualAnswer,
        hash: () => murmur3(keyId, 0),
        avoid: asked,
      });
      return { ...tryAt(call), site: call.address.endpoints[0] ?? site };
    },
  };
}

/** How a call at its address ended, told as a try is. */
const tryAt = (call: PlacedCall<Site>): PlacedTry => ({
  address: call.address.name,
  hasOther: call.hasOther,
  speaksForTarget: call.speaksForAll,
  answered: (usage) =>
    call.succeeded(
      usage === undefined
        ? {}
        : {
            work: workOf(usage),
            cachedTokens: usage.input.cacheRead,
            promptTokens: usage.input.total,
          },
    ),
  failed: call.failed,
  left: call.left,
});

/** What stays together: all of a key, or one of its conversations where it can be told. */
function unitOf({ keyId, decoded }: WantedPlace, hashOn: "conversation" | "key"): string {
  const conversation = hashOn === "key" || decoded === undefined ? undefined : conversationOf(keyId, decoded);
  return conversation ?? keyId;
}
