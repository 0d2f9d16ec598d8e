import * as z from "zod";
import { count, epochMs } from "./quantities.ts";

const zones = z.array(z.string());

/** Where content of requests may go, and what was kept from going elsewhere. */
export const regionsState = z.strictObject({
  here: z
    .strictObject({ region: z.string().nullable(), zones })
    .describe("Where the gateway runs: without zones nothing that is bound is remembered."),
  residency: zones.describe("Zones that every request is bound to; empty: none is."),
  pools: z
    .array(z.strictObject({ name: z.string(), residency: zones }))
    .describe("Pools that are bound to zones."),
  providers: z
    .array(
      z.strictObject({
        id: z.string(),
        region: z.string().nullable(),
        zones,
        egress: z
          .strictObject({ sentUsdPerGb: z.number(), receivedUsdPerGb: z.number() })
          .nullable()
          .describe("What 10^9 bytes cost on their way there, and back; `null`: nothing."),
      }),
    )
    .describe("Without zones nobody knows where one is, and nothing that is bound goes there."),
  refused: z
    .array(z.strictObject({ sink: z.string(), times: count }))
    .describe(
      "How often content was kept from a place since the start, by what it would have gone to: `attempt`, `raw`, `memory`, `learning`.",
    ),
  abroad: z
    .array(z.strictObject({ target: z.string(), zone: z.string(), at: epochMs }))
    .describe(
      "Targets that have told of a call that they ran it elsewhere than they are held to be: since then they are held to be there.",
    ),
});
