import * as z from "zod";
import { count, epochMs } from "./quantities.ts";

const state = z.enum(["closed", "open", "half_open"]);
const phase = z
  .enum(["closed", "open", "half_open", "ramp", "degraded"])
  .describe(
    "More exactly: `ramp` takes back a share of the requests; `degraded` would be open if another could answer.",
  );
const mode = z
  .enum(["auto", "forced_open", "forced_closed", "metrics_only"])
  .describe("`metrics_only`: it is shown what would be done, and nothing is held back.");
const reason = z.enum(["failures", "consecutive", "slow", "probe_failed", "relapse"]).nullable();
const time = z.iso.datetime().nullable();
const share = z.number().min(0).max(1);

/** The circuit breaker of one model at a provider. */
export const circuitBreaker = z.strictObject({
  provider: z.string(),
  model: z.string(),
  state,
  phase,
  mode,
  reason: reason.describe("Why it is not closed."),
  level: share.nullable().describe("The least share of requests that a ramp lets through."),
  samples: count.describe("Answers and failures of the last ten seconds."),
  wilson_low: share.describe("What share of them fails at least: the lower end of the 95 % interval."),
  slow_share: share,
  failure_count: count.describe("Since the process began."),
  last_failure: time,
  next_probe_at: time,
  first_limits: z
    .array(
      z.strictObject({
        bytes_from: count,
        bytes_below: count.nullable(),
        limit_ms: count,
      }),
    )
    .describe(
      "Where the first word of a stream is later than this, another target is asked if there is one, by the size of the request: three times what 99 of 100 calls of a day took. Empty: too few are known.",
    ),
  changes: z
    .array(z.strictObject({ at: epochMs, from: phase, to: phase, reason }))
    .describe("The last twenty steps, newest first."),
});

const ofProvider = z.strictObject({
  state: state.describe(
    "`open`: all of its targets are, or at least two and half of them; `half_open`: none is closed.",
  ),
  failure_count: count,
  last_failure: time,
  targets: z.record(z.string(), circuitBreaker).describe("By `provider/model`."),
});

export const circuitBreakerList = z.strictObject({
  circuit_breakers: z.record(z.string(), ofProvider).describe("By provider."),
});
/** What is left alone for a time. */
export const coolDownList = z.strictObject({
  cooldowns: z.array(
    z.strictObject({
      scope: z.string().describe("`provider/model`, or `provider` for its credential."),
      until: epochMs,
      reason: z.enum(["rate-limit", "quota", "overloaded", "not-found", "auth", "permission", "used-up"]),
    }),
  ),
});
export const wantedBreakerMode = z.strictObject({ mode });
