import {
  type AbilitiesSettings,
  createAbilities,
  type createQuirkMemory,
} from "../capabilities/abilities/index.ts";
import type { Continuity } from "../capabilities/continuity/index.ts";
import type { AttemptPorts } from "../pipeline/one-try.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { Timer } from "../ports/timer.ts";
import type { Transport } from "../ports/transport.ts";
import { holds, membersOf, spliceBody } from "./body-tools.ts";
import { newReader } from "./frame-readers.ts";
import type { createHealth } from "./health.ts";
import type { Ingress } from "./ingress.ts";
import type { RequestMetrics } from "./metrics.ts";
import type { Snapshot } from "./snapshot.ts";
import { createViolations } from "./violations.ts";

const answerBytesMax = 64 * 1024 ** 2;

/** What door 8 is given of the world and of the rooms. */
export function attemptPortsOf(
  {
    clock,
    timer,
    transport,
    logger,
    abilities,
  }: {
    readonly clock: Clock;
    readonly timer: Timer;
    readonly transport: Transport;
    readonly logger: Logger;
    readonly abilities: AbilitiesSettings;
  },
  snapshot: () => Snapshot,
  rooms: Pick<AttemptPorts, "permits" | "loads" | "places" | "onTried"> & {
    readonly ingress: Pick<Ingress, "ports">;
    readonly health: Pick<ReturnType<typeof createHealth>, "guard" | "retrier">;
    readonly quirks: ReturnType<typeof createQuirkMemory>;
    readonly state: Continuity;
    readonly metrics: RequestMetrics;
  },
): AttemptPorts & { readonly state: Continuity } {
  const { ingress, health, quirks, metrics, ...others } = rooms;
  return {
    clock,
    timer,
    transport,
    splice: spliceBody,
    holds,
    membersOf,
    newReader,
    answerBytesMax,
    ...ingress.ports,
    guard: health.guard,
    retrier: health.retrier,
    healer: createAbilities(abilities, quirks),
    violations: createViolations(snapshot, metrics, logger),
    onRecovery: metrics.recovered,
    ...others,
  };
}
