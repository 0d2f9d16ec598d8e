import * as z from "zod";

const classic = z
  .strictObject({
    failure_threshold: z.int().min(1).max(1000).default(5).describe("Failures in a row that open it."),
    timeout_seconds: z.number().min(0.1).max(3600).default(60).describe("How long it stays open."),
    half_open_requests: z
      .int()
      .min(1)
      .max(1000)
      .default(3)
      .describe("Requests let through to look whether the target has healed; as many successes close it."),
  })
  .describe("The textbook breaker, in the usual words. It opens even when nobody else can answer.");

/** The `circuitBreaker` section: when a target is left alone, and for how long. */
export const circuitBreakerSettings = z
  .strictObject({
    enforce: z
      .boolean()
      .default(true)
      .describe("Whether calls are held back. Otherwise it is only shown what would be done."),
    callsMin: z
      .int()
      .min(1)
      .max(10_000)
      .default(10)
      .describe("Calls within ten seconds below which no share of failures opens it."),
    failureShareMin: z
      .number()
      .min(0.01)
      .max(0.99)
      .default(0.4)
      .describe(
        "It opens when the share of failures is above this for certain: judged by the lower end of its 95 % interval.",
      ),
    consecutiveFailures: z
      .int()
      .min(1)
      .max(1000)
      .default(5)
      .describe("It also opens after as many failures in a row that span a second or more."),
    openMs: z
      .int()
      .min(100)
      .max(3_600_000)
      .default(5000)
      .describe("How long it stays open the first time; doubled each further time."),
    openMsMax: z.int().min(100).max(3_600_000).default(15_000).describe("The longest it stays open."),
    slowFactor: z
      .number()
      .min(1.1)
      .max(100)
      .default(3)
      .describe("A call is slow when it takes this many times the 95th percentile of the last minutes."),
    targets: z
      .record(z.string().min(1).max(400), classic)
      .default({})
      .describe(
        "The textbook breaker for single targets (`provider/model`) or for all of a provider (`provider`).",
      ),
  })
  .refine(({ openMs, openMsMax }) => openMsMax >= openMs, {
    path: ["openMsMax"],
    message: "must not be below `openMs`",
  })
  .describe("When a target that fails is left alone, and how it is taken back.");

export type CircuitBreakerSettings = z.output<typeof circuitBreakerSettings>;
export type ClassicSettings = z.output<typeof classic>;
