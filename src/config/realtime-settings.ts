import * as z from "zod";
import { socketFields } from "./socket-settings.ts";

/** The `realtime` section: sessions of OpenAI's Realtime API. */
export const realtimeSettings = z
  .strictObject({
    isEnabled: z.boolean().default(true).describe("Whether `GET /v1/realtime` is served."),
    sessionUsdMax: z
      .exactOptional(z.number().positive().max(1_000_000))
      .describe(
        "The most that one session may cost, in US dollars: the response that passes it is the last. When it is left out, no session has a bound of its own.",
      ),
    messageBytesMax: z
      .int()
      .min(1024)
      .max(268_435_456)
      .default(16_777_216)
      .describe("Longest event, audio included; above it 1009."),
    ...socketFields,
  })
  .describe("Sessions of OpenAI's Realtime API, `GET /v1/realtime?model=…` as a WebSocket.");

export type RealtimeSettings = z.output<typeof realtimeSettings>;
