import * as z from "zod";
import { type LimitSettings, limitSettings } from "./settings.ts";

const kept = z.strictObject({ version: z.literal(1), limits: z.array(limitSettings) });

/** Limits that were set while the gateway ran, as they were stored; `undefined`: the text is none of ours, or broken. */
export function readKeptLimits(text: string): readonly LimitSettings[] | undefined {
  try {
    const result = kept.safeParse(JSON.parse(text));
    return result.success ? result.data.limits : undefined;
  } catch {
    return undefined;
  }
}
