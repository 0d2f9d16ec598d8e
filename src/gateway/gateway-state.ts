import type { Clock } from "../ports/clock.ts";
import type { EventLog } from "../ports/event-log.ts";
import type { Control, GatewayState } from "./control.ts";

interface StateParts {
  readonly version: string;
  readonly mode: GatewayState["mode"];
  readonly clock: Clock;
  readonly eventLog: EventLog;
  readonly vitals: () => GatewayState["process"];
  readonly config: Control["config"];
}

/** What a gateway tells of itself, but for what changes with each request. */
export const stateOf = (
  { version, mode, clock, eventLog, vitals, config }: StateParts,
  { startedAt, totals }: Pick<GatewayState, "startedAt" | "totals">,
): Omit<GatewayState, "generation" | "isDraining" | "inFlight" | "overload"> => ({
  version,
  startedAt,
  uptimeMs: clock.now() - startedAt,
  mode,
  degraded: degradations(eventLog.state(), config.state()),
  totals: { ...totals },
  log: eventLog.state(),
  process: vitals(),
});

function degradations(
  log: ReturnType<EventLog["state"]>,
  { problems }: ReturnType<Control["config"]["state"]>,
): readonly string[] {
  return [
    ...(log.lastError === undefined ? [] : [`log: ${log.lastError}`]),
    ...(problems.length === 0 ? [] : ["config: the newest file is not valid; the last good one goes on"]),
  ];
}
