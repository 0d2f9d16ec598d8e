import type { RealtimeSettings } from "../config/realtime-settings.ts";
import type { SocketRules } from "../exchange/service-target.ts";
import { socketRules } from "./socket-rules.ts";

/** What holds for realtime sessions, compiled. */
export interface RealtimeRules {
  readonly isEnabled: boolean;
  /** The most that one session may cost, 10^-9 US dollars; absent: it has no bound of its own. */
  readonly sessionNanoUsdMax?: number;
  readonly sockets: SocketRules;
}

const nanoPerUsd = 1_000_000_000;

export function compileRealtime({ isEnabled, sessionUsdMax, ...sockets }: RealtimeSettings): RealtimeRules {
  return {
    isEnabled,
    ...(sessionUsdMax === undefined ? {} : { sessionNanoUsdMax: Math.round(sessionUsdMax * nanoPerUsd) }),
    sockets: socketRules({ ...sockets, mode: "inspect", keyInQuery: false }),
  };
}
