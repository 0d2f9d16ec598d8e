import * as z from "zod";

const limits = {
  concurrency: z
    .union([z.enum(["adaptive", "paced", "off"]), z.int().min(1).max(100_000)])
    .describe(
      "Requests at once at one target. `adaptive`: any number until it refuses or is too slow, then a tenth fewer than there were, and slowly more again. `paced`: also where its first words come twice as late as those of a quiet moment, for servers of your own that refuse nothing.",
    ),
  tokensMax: z
    .int()
    .min(1)
    .max(1_000_000_000)
    .describe("Tokens at once, of prompts and of the answers that are expected."),
  queueMax: z.int().min(0).max(10_000).describe("Requests that may wait for a place; 0: none does."),
  maxWaitMs: z
    .int()
    .min(1)
    .max(60_000)
    .describe("How long one waits at most; fifty ms while the queue does not end."),
};

const ofTarget = z
  .strictObject({
    concurrency: z.exactOptional(limits.concurrency),
    tokensMax: z.exactOptional(limits.tokensMax),
    queueMax: z.exactOptional(limits.queueMax),
    maxWaitMs: z.exactOptional(limits.maxWaitMs),
  })
  .describe("What holds for this provider or target.");

/** The `overload` section: how much this process takes on at once, and gives to one target. */
export const overloadSettings = z
  .strictObject({
    inFlightMax: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(10_000)
      .describe(
        "Requests that may be inside at once, streams included; one more is refused with `overloaded`.",
      ),
    ingress: z
      .strictObject({
        delayMax: z
          .union([z.literal("off"), z.int().min(1).max(10_000)])
          .default(50)
          .describe(
            "How long requests may have to wait, ms on average, before some are refused at the entrance, batches first. `off`: none is for that.",
          ),
        shares: z
          .record(z.string().min(1).max(400), z.int().min(1).max(64))
          .default({})
          .describe(
            "How many shares of what there is the keys of a name have, where not all are admitted; else 1.",
          ),
      })
      .prefault({})
      .describe("Who is let in when more comes than this process and its targets can do."),
    bulkhead: z
      .strictObject({
        concurrency: limits.concurrency.default("adaptive"),
        tokensMax: z.exactOptional(limits.tokensMax),
        queueMax: limits.queueMax.default(100),
        maxWaitMs: limits.maxWaitMs.default(1000),
        targets: z
          .record(z.string().min(1).max(400), ofTarget)
          .default({})
          .describe("What holds for a provider, or a target (`provider/model`), in the place of the above."),
      })
      .prefault({})
      .describe(
        "What one target may be given at once. Where it is full another is asked; where all are, requests wait a little.",
      ),
  })
  .describe("When this process refuses work so that the work it has goes on.");

export type OverloadSettings = z.output<typeof overloadSettings>;
