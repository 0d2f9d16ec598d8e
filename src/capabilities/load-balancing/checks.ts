import type { Address, AddressPool, HealthChecks, Site } from "../../exchange/target.ts";
import { type Milliseconds, milliseconds, seconds } from "../../kernel/units.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Timer } from "../../ports/timer.ts";
import type { PlainTransport, UpstreamExchange } from "../../ports/transport.ts";

/** What the checks of one address have found. */
export interface CheckState {
  readonly isWell: boolean;
  /** Checks in a row that say otherwise. */
  readonly against: number;
  /** ms of a clock that never goes back; of an address that is well: the beginning. */
  readonly since: number;
}

export interface CheckPorts {
  readonly clock: Clock;
  readonly timer: Timer;
  readonly transport: PlainTransport;
  /** In [0, 1). */
  readonly random: () => number;
}

/** The state after one more check: only so many in a row change it. */
export function checked(
  state: CheckState,
  hasPassed: boolean,
  { healthy, unhealthy }: Pick<HealthChecks, "healthy" | "unhealthy">,
  now: number,
): CheckState {
  if (hasPassed === state.isWell) return { ...state, against: 0 };
  const against = state.against + 1;
  const needed = state.isWell ? unhealthy : healthy;
  return against < needed ? { ...state, against } : { isWell: hasPassed, against: 0, since: now };
}

const soonFor = 60_000;
const soonMs = 1000;
const jitterShare = 0.1;

/** Until the next check: give or take a tenth, so that many gateways do not ask at once; sooner while a sickness is new. */
export function nextCheck(
  { isWell, since }: CheckState,
  every: Milliseconds,
  now: number,
  random: number,
): Milliseconds {
  const isSoon = !isWell && now - since < soonFor;
  const span = isSoon ? Math.min(soonMs, every) : every;
  return milliseconds(span * (1 + jitterShare * (2 * random - 1)));
}

/** The first checks come within a second, not all at the same moment. */
const firstWithin = seconds(1);

/** Looks after the addresses of a pool. @returns What ends it; a check that is on its way then tells nothing more. */
export function startChecks(
  { addresses, checks }: Pick<AddressPool<Site>, "addresses" | "checks">,
  { clock, timer, transport, random }: CheckPorts,
  known: {
    /** What was found before. */
    readonly isWell: (name: string) => boolean;
    readonly onChecked: (name: string, isWell: boolean) => void;
  },
): () => void {
  if (checks === undefined) return () => undefined;
  const stops = addresses.map((address) => {
    let state: CheckState = { isWell: known.isWell(address.name), against: 0, since: clock.monotonic() };
    let cancel = (): void => {};
    let giveUp = (): void => {};
    const told = (hasPassed: boolean): void => {
      const now = clock.monotonic();
      state = checked(state, hasPassed, checks, now);
      known.onChecked(address.name, state.isWell);
      cancel = timer.after(nextCheck(state, checks.every, now, random()), check);
    };
    const check = (): void => {
      giveUp = askOnce(address, checks, { timer, transport }, told);
    };
    cancel = timer.after(milliseconds(firstWithin * random()), check);
    return () => {
      cancel();
      giveUp();
    };
  });
  return () => {
    for (const stop of stops) stop();
  };
}

/** One check: whether the head of an answer came in time, with a status that was expected. @returns What gives it up. */
function askOnce(
  address: Address<Site>,
  { timeout, expect }: HealthChecks,
  { timer, transport }: Pick<CheckPorts, "timer" | "transport">,
  told: (hasPassed: boolean) => void,
): () => void {
  const { check } = address;
  const [site] = address.endpoints;
  if (site === undefined || check === undefined) return () => undefined;
  const { origin, sign, tls } = site;
  const { path, headers } = check;
  const signed = sign?.({ method: "GET", origin, path, headers, body: "" }) ?? [];
  let isOver = false;
  const giveUp = (): void => {
    isOver = true;
    cancel();
    exchange?.abort();
  };
  const end = (hasPassed: boolean): void => {
    if (isOver) return;
    giveUp();
    told(hasPassed);
  };
  const cancel = timer.after(timeout, () => end(false));
  let exchange: UpstreamExchange | undefined;
  exchange = transport.send(
    {
      origin,
      path,
      method: "GET",
      headers: [...headers, ...signed],
      body: undefined,
      headTimeout: timeout,
      idleTimeout: timeout,
      isApart: true,
      ...(tls === undefined ? {} : { tls }),
    },
    {
      head: ({ status }) => end(status >= expect.from && status <= expect.to),
      data: () => undefined,
      end: () => undefined,
      failed: () => end(false),
    },
  );
  return giveUp;
}
