import { type Breaker, createBreaker, type Phase, type Reason } from "./breaker.ts";
import type { TargetName } from "./rules.ts";

/** One step of a breaker. */
export interface Change {
  /** ms since 1970. */
  readonly at: number;
  readonly from: Phase;
  readonly to: Phase;
  readonly reason: Reason | null;
}

/** The breaker of one target, and its last steps, newest first. */
export interface Scope {
  readonly target: TargetName;
  readonly breaker: Breaker;
  changes: readonly Change[];
  /** When it was asked last, ms of the monotonic clock. */
  usedAt: number;
}

/** All breakers, by target. */
export interface Scopes {
  /** Makes it when there is none. */
  readonly of: (target: TargetName, now: number) => Scope;
  readonly find: (target: TargetName) => Scope | undefined;
  readonly all: () => Iterable<Scope>;
  readonly ofProvider: (provider: string) => Iterable<Scope>;
}

const scopesMax = 60_000;
const idleMsMax = 3_600_000;

/** Clients choose names: what nobody has asked for in an hour is forgotten, and the oldest when there are too many. */
export function createScopes(): Scopes {
  const providers = new Map<string, Map<string, Scope>>();
  /** In order of their making, or of their last reprieve. */
  const queue = new Set<Scope>();
  const drop = (scope: Scope): void => {
    const { provider, model } = scope.target;
    queue.delete(scope);
    const models = providers.get(provider);
    models?.delete(model);
    if (models?.size === 0) providers.delete(provider);
  };
  /** Each new one looks at the two oldest, so nothing is ever searched through. */
  const makeRoom = (now: number): void => {
    let looks = 2;
    for (const scope of queue) {
      if (looks === 0) return;
      looks -= 1;
      if (queue.size >= scopesMax || isForgettable(scope, now)) drop(scope);
      else {
        queue.delete(scope);
        queue.add(scope);
      }
    }
  };
  return {
    of: ({ provider, model }, now) => {
      const known = providers.get(provider)?.get(model);
      if (known !== undefined) {
        known.usedAt = now;
        return known;
      }
      makeRoom(now);
      const target = { provider, model };
      const scope: Scope = { target, breaker: createBreaker(now), changes: [], usedAt: now };
      const models = providers.get(provider) ?? new Map<string, Scope>();
      models.set(model, scope);
      providers.set(provider, models);
      queue.add(scope);
      return scope;
    },
    find: ({ provider, model }) => providers.get(provider)?.get(model),
    all: () => queue,
    ofProvider: (provider) => providers.get(provider)?.values() ?? [],
  };
}

/** What an operator has set by hand stays. */
const isForgettable = ({ usedAt, breaker }: Scope, now: number): boolean =>
  now - usedAt > idleMsMax && breaker.mode === "auto";
