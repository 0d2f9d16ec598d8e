import type { Admitted, Identified } from "../../exchange/exchange.ts";
import { GatewayError } from "../../kernel/errors.ts";
import type { InFlight } from "./in-flight.ts";

const retryAfterMs = 1000;

/** Door 3: takes a place for this request; settle gives it back. */
export function admit<Request extends Identified>(
  authorized: Request,
  inFlight: InFlight,
  inFlightMax: number,
): Request & Pick<Admitted, "admission"> {
  if (!inFlight.enter(inFlightMax)) {
    throw new GatewayError("overloaded", `${inFlightMax} requests are in flight`, { retryAfterMs });
  }
  return { ...authorized, admission: { inFlight: inFlight.count() } };
}
