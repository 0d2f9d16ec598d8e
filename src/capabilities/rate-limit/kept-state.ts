import { type LimitSettings, limitSettings } from "./settings.ts";

/** A limit that was set while the gateway ran, as it was stored; `undefined`: it is none of ours, or broken. */
export function readLimitSettings(body: unknown): LimitSettings | undefined {
  const result = limitSettings.safeParse(body);
  return result.success ? result.data : undefined;
}
