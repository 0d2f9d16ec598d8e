import type { UpstreamFailure } from "../exchange/failure.ts";
import type { Candidate, Upstream } from "../exchange/target.ts";
import type { UpstreamHead } from "../ports/transport.ts";
import type { Caller } from "./caller.ts";
import { isTooMuch } from "./failure-class.ts";
import { failureError } from "./failure-error.ts";
import type { OpenLoad } from "./loads.ts";
import { coolingDown, heldBack } from "./not-asked.ts";
import type { AttemptPorts } from "./one-try.ts";
import { bothLoads, type PlacedTry } from "./places.ts";
import { type Asks, noRoom, type Slot, withSlot } from "./slots.ts";
import { tellFailure } from "./tell-health.ts";

/** Leave to send one call on the raw lane: what becomes of the call is told to its target's keepers. */
export interface RawLeave {
  /** Told at settle: gives back what was taken, whatever has become of the call. */
  readonly load: OpenLoad;
  /** An answer has begun that is no error. */
  readonly answered: (head: UpstreamHead) => void;
  /** The answer that had begun did not come to its end. */
  readonly broke: () => void;
  readonly failed: (failure: UpstreamFailure) => void;
}

/** Who is asked. */
interface Asked {
  readonly target: Upstream;
}

type RawLeavePorts = Pick<AttemptPorts, "guard" | "retrier" | "slots" | "onShed">;

const nobodyElse = (): boolean => false;
const nothing: OpenLoad = { answered: () => undefined, failed: () => undefined, left: () => undefined };

/**
 * Asks for all that a call of one target needs, in the order of door 8: no cool-down, a slot, its breaker. There is nobody
 * else who could be asked, so nothing is waited for but a slot; the body of the request is not read meanwhile.
 *
 * @throws GatewayError `upstream_rate_limited`, `overloaded`, `circuit_open`, `client_closed`; with the true wait.
 */
export async function rawLeave(
  candidate: Asked,
  {
    asks,
    caller,
    place,
  }: { readonly asks: Asks; readonly caller: Caller; readonly place: PlacedTry | undefined },
  ports: RawLeavePorts,
): Promise<RawLeave> {
  const { guard, retrier, slots } = ports;
  const { target } = candidate;
  mayAsk(candidate, retrier);
  const slot = slots.enter(target, asks) ?? (await slotLater(candidate, asks, { caller, ports }));
  const guarded = guard.admit(target, nobodyElse);
  if (guarded.kind === "refused") {
    slot.leave("unknown");
    throw failureError(heldBack(candidate, guarded.retryAfterMs).failure);
  }
  const { call } = guarded;
  const load = withSlot(place ?? nothing, slot);
  return {
    load: bothLoads(load, { answered: call.dropped, failed: call.dropped, left: call.dropped }),
    answered: ({ headers }) => {
      // How long its head took says nothing of how long its words take.
      call.succeeded();
      retrier.answered(target, headers);
    },
    broke: call.broke,
    failed: (failure) => {
      if (isTooMuch(failure.code)) slot.leave("overloaded");
      tellFailure(retrier, { guarded: call, candidate, place }, failure);
    },
  };
}

function mayAsk(candidate: Asked, retrier: RawLeavePorts["retrier"]): void {
  const waitMs = retrier.waitsFor(candidate.target);
  if (waitMs > 0) throw failureError({ ...coolingDown(candidate, waitMs), retryAfterMs: waitMs });
}

async function slotLater(
  candidate: Asked,
  asks: Asks,
  { caller, ports }: { readonly caller: Caller; readonly ports: RawLeavePorts },
): Promise<Slot> {
  const got = await ports.slots.wait(candidate.target, asks, {
    withinMs: Number.POSITIVE_INFINITY,
    onStop: caller.onStop,
  });
  const stopped = caller.stopped();
  if (stopped !== undefined) {
    if ("leave" in got) got.leave("unknown");
    throw failureError(stopped);
  }
  if (!("leave" in got)) {
    ports.onShed(got.shed, asks.priority);
    throw failureError(noRoom(candidate, got.shed, got.retryAfterMs));
  }
  try {
    mayAsk(candidate, ports.retrier);
    return got;
  } catch (thrown) {
    got.leave("unknown");
    throw thrown;
  }
}

/**
 * What an error on the raw lane says of its target; `undefined`: nothing. Paths and rights are the client's own there, so
 * most errors are; a quota of something else than words is none of the whole account.
 */
export function rawFailure(
  { endpoint, isForWords }: Pick<Candidate, "endpoint"> & { readonly isForWords: boolean },
  { status, headers }: UpstreamHead,
  body: Uint8Array,
): UpstreamFailure | undefined {
  const isTold = status >= 500 || status === 408 || status === 429 || (status === 402 && isForWords);
  if (!isTold) return undefined;
  const failure = endpoint.codec.readFailure(status, headers, body);
  return failure.code === "upstream_quota_exhausted" && !isForWords
    ? { ...failure, code: "upstream_rate_limited" }
    : failure;
}
