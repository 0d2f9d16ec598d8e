import type { Decoded } from "../exchange/exchange.ts";
import type { InboundRequest } from "../ports/server.ts";
import type { Doors } from "./handle.ts";
import type { Trail } from "./trail.ts";

/**
 * The doors in their order compile; any two of them swapped do not. Checked by `tsc` alone and never run: an
 * `@ts-expect-error` above a line that compiles is itself an error.
 */
const inOrder = async (
  doors: Doors<unknown>,
  decoded: Decoded,
  inbound: InboundRequest,
  trail: Trail<unknown>,
): Promise<void> => {
  const received = doors.receive(inbound, trail);
  const identified = await doors.identify(received, inbound, trail);
  const authorized = doors.authorize(decoded, inbound, trail);
  const admitted = doors.admit(authorized, inbound, trail);
  const assigned = doors.assign(admitted, trail);
  const recalled = doors.recall(assigned, inbound, trail);
  if (recalled === undefined) return;
  const planned = doors.plan(recalled, inbound, trail);
  const funded = await doors.fund(planned, inbound, trail);
  const attempted = await doors.attempt(funded, inbound, trail);
  doors.encode(funded, attempted, inbound, trail);

  // @ts-expect-error a body is read for a known caller only
  void doors.decode(received, inbound, trail);
  // @ts-expect-error a caller is authorized for what was decoded
  doors.authorize(identified, inbound, trail);
  // @ts-expect-error nobody takes a place who is not authorized
  doors.admit(decoded, inbound, trail);
  // @ts-expect-error variants are for the admitted
  doors.assign(authorized, trail);
  // @ts-expect-error the variant belongs to the key of what is recalled
  doors.recall(admitted, inbound, trail);
  // @ts-expect-error a plan knows the variants
  doors.plan(admitted, trail);
  // @ts-expect-error the worst case is that of a plan
  void doors.fund(recalled, inbound, trail);
  // @ts-expect-error nothing is sent that is not covered
  void doors.attempt(planned, inbound, trail);
  // @ts-expect-error an answer is of something that was attempted
  doors.encode(funded, planned, inbound, trail);
};
void inOrder;
