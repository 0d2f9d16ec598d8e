import * as z from "zod";
import { doors } from "../exchange/stage-record.ts";
import { count, epochMs, errorCode, knownNanoUsd, spanMs } from "./quantities.ts";

const tokenCount = count.optional();
const lane = z
  .enum(["bytes", "canonical", "raw", "service"])
  .describe(
    "`bytes`: both sides speak the same dialect, nothing was changed. `canonical`: translated. `raw`: to one provider as it came.",
  );
const outcome = z.enum(["completed", "refused", "failed", "aborted"]);
const finishReason = z.enum([
  "stop",
  "stop-sequence",
  "length",
  "context-length",
  "tool-calls",
  "refusal",
  "content-filter",
  "pause",
  "other",
]);

/** What a call consumed; the wire form of `exchange/usage.ts`. What is absent was not told. */
export const usage = z.strictObject({
  input: z.strictObject({
    total: tokenCount,
    uncached: tokenCount,
    cacheRead: tokenCount,
    cacheWrite5m: tokenCount,
    cacheWrite1h: tokenCount,
    cacheWriteOther: tokenCount,
    audio: tokenCount,
  }),
  output: z.strictObject({ total: tokenCount, reasoning: tokenCount, audio: tokenCount }),
  counts: z.record(z.string(), z.number()).optional().describe("Provider-run tools and the like, by name."),
  tier: z.string().optional(),
  region: z.string().optional().describe("Where the provider says it ran the call."),
  reportedNanoUsd: z.number().optional().describe("What the provider says the call cost, 10^-9 US dollars."),
  basis: z.enum(["reported", "partial", "estimated"]),
  raw: z.unknown().optional().describe("The provider's own usage object."),
});
const costLine = z.strictObject({
  unit: z.string(),
  quantity: z.number(),
  nanoUsd: z.number().describe("10^-9 US dollars for each `per` of the unit."),
  per: z.number(),
  isApproximate: z.boolean(),
});
/** A cost and how it came about. */
export const cost = z.strictObject({
  nanoUsd: knownNanoUsd,
  lines: z.array(costLine),
  egress: z
    .strictObject({ nanoUsd: z.number(), lines: z.array(costLine) })
    .optional()
    .describe("What the bytes cost on their way, a part of the sum beside the factor; absent: nothing."),
  source: z.string().nullable().describe("Where the price is from."),
  multiply: z.string().optional().describe("The factor for the whole sum, such as `1/2`; absent: none."),
  book: z.string().optional().describe("The price book that was asked."),
  rows: z.array(z.string()).optional().describe("The rows that counted, as they match."),
});
/** Something that did not cross the gateway, or crossed it changed. */
export const warning = z.strictObject({
  kind: z.enum([
    "dropped",
    "clamped",
    "changed",
    "defaulted",
    "emulated",
    "healed",
    "continuity-lost",
    "unpriced",
    "unmetered",
  ]),
  subject: z.string(),
  note: z.string().optional(),
});
/** One try at one upstream. */
export const attemptRecord = z.strictObject({
  provider: z.string(),
  model: z.string(),
  lane,
  status: z.int().nullable().describe("`null`: there was no answer."),
  code: errorCode.nullable(),
  reason: z.string(),
  startedAt: spanMs.describe("Milliseconds since the request arrived."),
  tookMs: spanMs,
  endpoint: z
    .string()
    .optional()
    .describe("Which of its provider's endpoints was asked, where there are several."),
  waitedMs: spanMs.optional().describe("Waited before it, for a rate limit to pass or between two tries."),
});
/** What one door decided, and why. */
export const stageRecord = z.strictObject({
  stage: z.enum(doors),
  decision: z.string(),
  reason: z.string(),
  startedAt: spanMs.describe("Milliseconds since the request arrived."),
  tookMs: spanMs,
});
/** Everything that is kept of one request; the wire form of `RequestRecord` in `exchange/settlement.ts`. */
export const requestRecord = z.strictObject({
  id: z.string(),
  at: epochMs,
  aside: z
    .strictObject({
      purpose: z
        .enum(["shadow", "judge"])
        .describe("`shadow`: the same call at another target; `judge`: how good was an answer?"),
      of: z.string().describe("The id of the client's request."),
      share: z.number().describe("With which probability that was drawn."),
    })
    .optional()
    .describe("The gateway asked on its own account; absent: a client did."),
  method: z.string(),
  path: z.string(),
  dialect: z.string().nullable(),
  route: z.string().optional().describe("The route of `routes` that led to a service; absent: it was none."),
  keyId: z.string().nullable(),
  keyName: z.string().nullable(),
  tenant: z.string().optional().describe("Whom it belongs to; absent: nobody was known."),
  project: z.string().optional(),
  user: z.string().optional().describe("The person behind the key or the token; absent: none is known."),
  model: z.string().nullable().describe("The model as the client named it."),
  provider: z.string().nullable(),
  upstreamModel: z.string().nullable(),
  upstreamDialect: z
    .string()
    .nullable()
    .optional()
    .describe("What was spoken to the provider; absent in older records."),
  answerModel: z.string().nullable().describe("The model that the upstream says answered."),
  lane: lane.nullable(),
  isStream: z.boolean(),
  status: z.int(),
  outcome,
  code: errorCode.nullable(),
  detail: z.string().nullable().describe("Why it failed, in the gateway's words."),
  reason: z.string().optional().describe("The word that a refusal is counted by; absent: its code says all."),
  grpcStatus: z.int().optional().describe("The status that a client of gRPC was told."),
  generation: count,
  durationMs: spanMs,
  firstByteMs: spanMs.nullable().describe("Until the first byte of the answer went out."),
  bytesIn: count,
  bytesOut: count,
  events: count.describe("Frames of a stream that went to the client."),
  finish: finishReason.nullable(),
  contract: z
    .string()
    .optional()
    .describe(
      "Whether the answer held what the tools or the schema of the request ask for: `kept`, or what is wrong; absent: nobody looked.",
    ),
  usage: usage.nullable(),
  cost: cost.nullable(),
  warnings: z.array(warning),
  attempts: z.array(attemptRecord),
  stages: z.array(stageRecord).describe("Each door's decision and reason, in order."),
});
