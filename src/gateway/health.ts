import type { CircuitBreakers, BreakerState as CircuitState } from "../capabilities/circuit-breaker/index.ts";
import type { FirstLimit, Retries } from "../capabilities/retry/index.ts";
import type { Endpoint } from "../exchange/target.ts";
import { milliseconds } from "../kernel/units.ts";
import { createBreakers, setModeOf } from "./breakers.ts";
import type { BreakerState, Control } from "./control.ts";
import { createUrgency, type Memory } from "./keep-learned.ts";
import { createRetrier } from "./retrier.ts";
import type { Snapshot } from "./snapshot.ts";

/** What is known of how targets are, and when they may be asked again: of this process, and of those before it. */
export interface Health {
  readonly guard: CircuitBreakers;
  readonly retrier: Retries;
  readonly configure: () => void;
  readonly memories: readonly Memory[];
  readonly control: Pick<Control, "breakers" | "coolDowns">;
}

const atOnce = milliseconds(0);
const soon = milliseconds(1000);
/** What is over sooner would be over by the time another process reads it. */
const worthMs = 5000;

export function createHealth(
  parts: Parameters<typeof createBreakers>[0] &
    Parameters<typeof createRetrier>[0] & { readonly digestOf: (text: string) => string },
  snapshot: () => Snapshot,
  metrics: Parameters<typeof createBreakers>[2] & Parameters<typeof createRetrier>[2],
  onAnswered: Parameters<typeof createRetrier>[3]["onAnswered"],
): Health {
  const { clock, digestOf } = parts;
  const accounts = new WeakMap<readonly Endpoint[], string>();
  /**
   * By all that is sent with each call, and by who signs it: another key or organisation is another account. Only its digest
   * is stored.
   */
  const accountAt = (endpoints: readonly Endpoint[]): string => {
    const known = accounts.get(endpoints);
    if (known !== undefined) return known;
    const told = endpoints.flatMap(({ origin, headers, signer }) => [
      origin,
      ...headers,
      ...(signer === undefined ? [] : [signer]),
    ]);
    const account = digestOf(told.join("\n"));
    accounts.set(endpoints, account);
    return account;
  };
  const breakersUrgent = createUrgency();
  const coolDownsUrgent = createUrgency();
  const guard = createBreakers(parts, snapshot, metrics, () => breakersUrgent.within(soon));
  const retrier = createRetrier(parts, snapshot, metrics, {
    onAnswered,
    onCooled: ({ until }) => {
      if (until - clock.now() >= worthMs) coolDownsUrgent.within(soon);
    },
    accountOf: (provider) => {
      const endpoints = snapshot().table.providers.get(provider)?.targetOf("").endpoints;
      return endpoints && accountAt(endpoints);
    },
  });
  const setMode = setModeOf(guard, snapshot);
  return {
    guard,
    retrier,
    configure: () => {
      retrier.forgetBlocked();
      coolDownsUrgent.within(soon);
    },
    memories: [
      {
        name: "breakers",
        kept: guard.kept,
        restore: (stored) => {
          const isRead = guard.restore(stored, ({ provider }) => isKnown(provider, snapshot()));
          for (const { provider, model, mode } of guard.states())
            if (mode !== "auto")
              parts.logger.warn("a circuit breaker is as an operator has set it", { provider, model, mode });
          return isRead;
        },
        onUrgent: breakersUrgent.onUrgent,
      },
      {
        name: "cool-downs",
        kept: retrier.kept,
        restore: retrier.restore,
        onUrgent: coolDownsUrgent.onUrgent,
      },
      { name: "first-limits", kept: retrier.keptFirsts, restore: retrier.restoreFirsts },
    ],
    control: {
      breakers: {
        list: () => withLimits(guard.states(), retrier.firstLimits()),
        setMode: (target, mode) => {
          const state = setMode(target, mode);
          if (state === undefined) return undefined;
          breakersUrgent.within(atOnce);
          return withLimits([state], retrier.firstLimits())[0];
        },
      },
      coolDowns: {
        list: retrier.coolDowns,
        end: (scope) => {
          const hasEnded = retrier.endCoolDown(scope);
          if (hasEnded) coolDownsUrgent.within(atOnce);
          return hasEnded;
        },
      },
    },
  };
}

const isKnown = (name: string, { table, services }: Snapshot): boolean =>
  table.providers.has(name) || services.has(name);

/** Breakers with how long first words of their targets are waited for. */
function withLimits(states: readonly CircuitState[], limits: readonly FirstLimit[]): readonly BreakerState[] {
  const known = Map.groupBy(limits, ({ target }) => target);
  return states.map((state) => ({
    ...state,
    firstLimits: known.get(`${state.provider}/${state.model}`) ?? [],
  }));
}
