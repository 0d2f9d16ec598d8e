import * as z from "zod";

const timeMs = z.int().min(1).max(86_400_000);

const failureClass = z.enum([
  "rate-limit",
  "quota",
  "overloaded",
  "upstream",
  "unreachable",
  "timeout",
  "malformed",
  "broken",
  "not-found",
  "auth",
  "permission",
  "context-length",
]);

const timeouts = {
  firstMs: timeMs.describe(
    "From the request to the first word of a stream; pings and opening frames are no words.",
  ),
  firstReasoningMs: timeMs.describe("The same for models that reason before they speak."),
  firstPerKiloTokenMs: z
    .int()
    .min(0)
    .max(60_000)
    .describe("More of both for each thousand tokens of the prompt."),
  idleMs: timeMs.describe("Longest silence between two words of a stream."),
  idleReasoningMs: timeMs.describe("The same for models that reason."),
  wholeMs: timeMs.describe("From the request to the end of an answer that does not stream."),
  learnFirst: z
    .boolean()
    .describe(
      "Whether another target is asked before `firstMs` where the first word of a stream takes three times as long as it does in ninety-nine of a hundred calls of a day, by target and length of the prompt: from 500 calls on, and at least 5 s. Who is alone is always waited for.",
    ),
  totalMs: timeMs.describe(
    "From the arrival of a request to the end of its answer, all tries together. A client may wish for less.",
  ),
};

const retry = {
  perTarget: z.int().min(1).max(10).describe("Tries of one request at one target."),
  total: z.int().min(1).max(50).describe("Tries of one request in all."),
  budget: z
    .number()
    .min(0)
    .max(10)
    .describe(
      "Tries again within ten seconds, as a share of the requests; beside a few that are always allowed.",
    ),
  waitForRetryAfterMs: z
    .int()
    .min(0)
    .max(600_000)
    .describe("Longest wait for a rate limit to pass before another model is asked."),
};

const hold = z
  .union([
    z.literal("all").describe("The whole answer, up to 10 s or 256 KiB."),
    z.strictObject({
      ms: z.int().min(0).max(10_000).default(2000).describe("At most so long."),
      bytes: z.int().min(0).max(262_144).default(4096).describe("At most so many bytes."),
    }),
  ])
  .describe("How much of a stream is kept back at its start, so that a failure in it goes unnoticed.");

const fallbackOn = z
  .array(failureClass)
  .describe("Failures after which another model is asked. A refusal of content is never routed around.");
const cooldownMaxWaitMs = z
  .int()
  .min(0)
  .max(600_000)
  .describe("How long a request waits when all its targets are cooling down.");
const recovery = z
  .array(z.enum(["continue", "verified-restart"]))
  .max(2)
  .describe(
    "What is done, in this order, for a stream that breaks after its client has read of it: `continue` lets a model that takes the beginning of an answer go on from it; `verified-restart` asks anew and goes on only while the second answer equals the first. At last the stream ends in an error. While this is set, streams are read and written anew instead of passing byte for byte.",
  );

const hedge = z
  .union([
    z.literal("off"),
    z.strictObject({
      afterMs: z
        .exactOptional(timeMs)
        .describe(
          "When a request is late; if nothing is said, later than nineteen of twenty of its target within ten minutes, from a hundred on.",
        ),
      budget: z.number().gt(0).max(0.05).default(0.02).describe("Copies, as a share of the requests."),
      usdPerHour: z
        .exactOptional(z.number().gt(0).max(1_000_000))
        .describe("US dollars that copies may be expected to cost in an hour."),
    }),
  ])
  .describe(
    "A request whose first word is late is sent to another target too; who says something first goes on, the other is given up, and what it consumed is on the bill. Never with tools that a provider runs.",
  );

/** What one model says otherwise. */
const modelResilience = z
  .strictObject({
    timeouts: z.exactOptional(z.strictObject(timeouts).partial()).describe("How long is waited."),
    retry: z
      .exactOptional(z.strictObject(retry).omit({ budget: true }).partial())
      .describe("How often it is tried."),
    fallbackOn: z.exactOptional(fallbackOn),
    cooldownMaxWaitMs: z.exactOptional(cooldownMaxWaitMs),
    recovery: z.exactOptional(recovery),
    hedge: z.exactOptional(hedge),
    hold: z.exactOptional(hold).describe("How much is kept back at the start of a stream."),
  })
  .describe("What holds for this model.");

/** The `resilience` section: how long requests are waited for, how often they are tried, what is done for broken streams. */
export const resilienceSettings = z
  .strictObject({
    timeouts: z
      .strictObject({
        firstMs: timeouts.firstMs.default(30_000),
        firstReasoningMs: timeouts.firstReasoningMs.default(120_000),
        firstPerKiloTokenMs: timeouts.firstPerKiloTokenMs.default(100),
        idleMs: timeouts.idleMs.default(30_000),
        idleReasoningMs: timeouts.idleReasoningMs.default(120_000),
        wholeMs: timeouts.wholeMs.default(600_000),
        learnFirst: timeouts.learnFirst.default(true),
        totalMs: timeouts.totalMs.default(600_000),
      })
      .prefault({})
      .describe("How long is waited, in ms, before another target is asked or the request fails."),
    retry: z
      .strictObject({
        perTarget: retry.perTarget.default(2),
        total: retry.total.default(6),
        budget: retry.budget.default(0.2),
        waitForRetryAfterMs: retry.waitForRetryAfterMs.default(5000),
      })
      .prefault({})
      .describe("How often a request is tried."),
    fallbackOn: fallbackOn.default([...failureClass.options]),
    cooldownMaxWaitMs: cooldownMaxWaitMs.default(10_000),
    recovery: recovery.default([]),
    hedge: hedge.default("off"),
    hold: z
      .exactOptional(hold)
      .describe("How much of a stream is kept back at its start, so that a failure in it goes unnoticed."),
    models: z
      .record(z.string().min(1).max(400), modelResilience)
      .default({})
      .describe(
        "What holds for single models or pools, by the name that clients ask for, in the place of the above.",
      ),
  })
  .describe("What is done when a target throttles, stalls or dies.");

export type ResilienceSettings = z.output<typeof resilienceSettings>;
export type ModelResilience = z.output<typeof modelResilience>;
