import { type SocketSettings, usualSocketSettings } from "../config/socket-settings.ts";
import type { SocketRules } from "../exchange/service-target.ts";
import { bytes, milliseconds } from "../kernel/units.ts";

/** What holds for sockets, compiled. */
export function socketRules(settings: SocketSettings = usualSocketSettings): SocketRules {
  const { messageBytesMax, idleMs, lifetimeMs, ...rest } = settings;
  return {
    ...rest,
    messageBytesMax: bytes(messageBytesMax),
    idle: milliseconds(idleMs),
    lifetime: milliseconds(lifetimeMs),
  };
}
