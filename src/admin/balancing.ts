import type * as z from "zod";
import type { AddressState, Control, PoolState, Steering } from "../gateway/control.ts";
import { GatewayError } from "../kernel/errors.ts";
import type { endpointPool } from "./balancing-schemas.ts";

type Shown = z.output<typeof endpointPool>;

const msPerSecond = 1000;

/** The endpoints of a provider as the admin API shows them. */
export const shownPool = ({
  provider,
  balance,
  isPanicking,
  isChecked,
  imbalance,
  prefixHitRatio,
  endpoints,
}: PoolState): Shown => ({
  provider,
  balance,
  panic: isPanicking,
  checked: isChecked,
  imbalance,
  prefix_hit_ratio: prefixHitRatio,
  endpoints: endpoints.map(shownAddress),
});

function shownAddress(address: AddressState): Shown["endpoints"][number] {
  const { name, origin, region, weight, state, errors, ejections, slowStart } = address;
  return {
    ...{ name, origin, region, weight, state, errors, ejections },
    in_flight: address.inFlight,
    ejected_until: address.ejectedUntil,
    ejected_for: address.ejectedFor,
    slow_start: slowStart && { in_flight_max: slowStart.inFlightMax, until: slowStart.until },
    lines: address.lines.map((line) => ({
      model: line.model,
      ms_per_token: Math.max(0, msPerSecond * line.secondsPerToken),
      ms_per_token_and_request: msPerSecond * line.secondsPerTokenAndRequest,
      learned_from: line.learnedFrom,
    })),
  };
}

/**
 * Does to `provider/endpoint` what an operator wants.
 *
 * @returns The provider's endpoints then; `undefined`: there is no such endpoint.
 * @throws GatewayError `conflict`: it is the last that takes calls.
 */
export function steerEndpoint(
  { steer }: Pick<Control["balancing"], "steer">,
  name: string,
  what: Steering,
): Shown | undefined {
  const slash = name.indexOf("/");
  const steered = steer(name.slice(0, Math.max(0, slash)), name.slice(slash + 1), what);
  switch (steered.kind) {
    case "done":
      return shownPool(steered.state);
    case "unknown":
      return undefined;
    case "last": {
      const message = `\`${name}\` is the last endpoint of its provider that takes calls. Restore another before.`;
      throw new GatewayError("conflict", message, { message });
    }
  }
}
