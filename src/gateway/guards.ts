import type { CallFacts } from "../exchange/codec.ts";
import type { Identified } from "../exchange/exchange.ts";
import type { NanoUsd } from "../kernel/units.ts";
import type { Trail } from "../pipeline/trail.ts";
import type { InboundRequest } from "../ports/server.ts";
import type { Snapshot } from "./snapshot.ts";

/** A request as the guards see it, whatever its lane. */
export interface Asked {
  readonly identified: Identified;
  readonly inbound: InboundRequest;
  readonly trail: Trail<Snapshot>;
  /** A call of a model that was read, and its body; absent: its lane does not read it. */
  readonly call?: { readonly facts: CallFacts; readonly body: Uint8Array };
}

/** A call that a guard has changed, to go on with. */
export interface Changed {
  readonly facts: CallFacts;
  readonly body: Uint8Array;
}

/**
 * What every lane asks besides its own doors. A guard that took something leaves a hold on the trail; a guard that fails
 * lets nobody pass. All are synchronous but `fund`: nothing here awaits a store.
 */
export interface Guard {
  /** Door 2. @returns The call as it goes on, where it was changed. @throws GatewayError `policy_denied`, `guardrail_blocked`. */
  readonly authorize?: (asked: Asked) => Changed | undefined;
  /** Door 3. @throws GatewayError `rate_limited`, `budget_exhausted`. */
  readonly admit?: (asked: Asked) => void;
  /** Door 7, with the worst that it may cost; `null`: nobody knows. @throws GatewayError `budget_exhausted`. */
  readonly fund?: (asked: Asked, worstCaseNanoUsd: NanoUsd | null) => void | Promise<void>;
}

/** All guards as one. */
export interface Guards {
  readonly authorize: (asked: Asked) => Changed | undefined;
  readonly admit: (asked: Asked) => void;
  readonly fund: (asked: Asked, worstCaseNanoUsd: NanoUsd | null) => Promise<void> | undefined;
}

/** They are asked in their order; each sees the call as those before it left it. */
export const guardsOf = (guards: readonly Guard[]): Guards => ({
  authorize: (asked) => {
    let changed: Changed | undefined;
    for (const { authorize } of guards) {
      if (authorize === undefined) continue;
      changed = authorize(changed === undefined ? asked : { ...asked, call: changed }) ?? changed;
    }
    return changed;
  },
  admit: (asked) => {
    for (const { admit } of guards) admit?.(asked);
  },
  fund: (asked, worstCaseNanoUsd) => {
    const waits = guards.flatMap(({ fund }) => fund?.(asked, worstCaseNanoUsd) ?? []);
    return waits.length === 0 ? undefined : Promise.all(waits).then(() => undefined);
  },
});
