import type { Admitted, Identified } from "../../exchange/exchange.ts";
import { GatewayError } from "../../kernel/errors.ts";
import { uniformOf } from "../../kernel/uniform.ts";
import type { Random } from "../../ports/random.ts";
import type { InFlight } from "./in-flight.ts";
import { toldWaitMs } from "./told-wait.ts";

/** Door 3, second half: takes a place for this request; settle gives it back. */
export function admit<Request extends Identified>(
  authorized: Request,
  inFlight: InFlight,
  inFlightMax: number,
  random: Random,
): Request & Pick<Admitted, "admission"> {
  if (!inFlight.enter(inFlightMax)) {
    throw new GatewayError("overloaded", `${inFlightMax} requests are in flight`, {
      shed: "in-flight",
      retryAfterMs: toldWaitMs(0, uniformOf(random.bytes)),
    });
  }
  return { ...authorized, admission: { inFlight: inFlight.count() } };
}
