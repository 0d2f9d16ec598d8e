import type { RequestRecord } from "../exchange/settlement.ts";
import type { Control, Reevaluation } from "../gateway/control.ts";
import { RawJson } from "../kernel/json.ts";
import { epochMs, milliseconds, tokens } from "../kernel/units.ts";

export const startedAt = Date.UTC(2026, 0, 1);

export const sampleRecord: RequestRecord = {
  id: "0198b2c4-0000-7000-8000-000000000003",
  at: startedAt + 3,
  method: "POST",
  path: "/v1/chat/completions",
  dialect: "openai-chat",
  keyId: "key_1",
  keyName: "demo",
  model: "fast",
  provider: "openai",
  upstreamModel: "gpt-5-mini",
  upstreamDialect: "openai-chat",
  answerModel: "gpt-5-mini-2026",
  lane: "bytes",
  isStream: true,
  status: 200,
  outcome: "completed",
  code: null,
  detail: null,
  generation: 1,
  durationMs: 81.25,
  firstByteMs: 20.5,
  bytesIn: 120,
  bytesOut: 900,
  events: 7,
  finish: "stop",
  usage: {
    input: { total: tokens(10) },
    output: { total: tokens(3), reasoning: tokens(0) },
    basis: "reported",
    raw: new RawJson('{"prompt_tokens":10.0,"id":9007199254740993}'),
  },
  cost: {
    nanoUsd: null,
    lines: [{ unit: "input", quantity: 10, nanoUsd: 250, per: 1000, isApproximate: false }],
    source: null,
  },
  warnings: [{ kind: "unpriced", subject: "gpt-5-mini" }],
  attempts: [
    {
      provider: "openai",
      model: "gpt-5-mini",
      lane: "bytes",
      status: 503,
      code: "upstream_overloaded",
      reason: "first of the pool",
      startedAt: 1,
      tookMs: 10,
    },
  ],
  stages: [
    {
      stage: "identify",
      decision: "pass",
      reason: "key_1 is known",
      startedAt: milliseconds(0.1),
      tookMs: milliseconds(0.01),
    },
  ],
};

export const sampleQuirk: ReturnType<Control["quirks"]["list"]>[number] = {
  id: "openai~openai-chat~o3~temperature",
  provider: "openai",
  origin: "https://api.openai.com",
  dialect: "openai-chat",
  model: "o3",
  healing: { kind: "remove", parameter: "temperature" },
  state: "learned",
  learnedAt: epochMs(startedAt),
  until: epochMs(startedAt + 86_400_000),
  because: "Only the default (1) value is supported.",
  applied: 3,
};

export const sampleDecision: ReturnType<Control["routing"]["decide"]> = {
  strategy: "intelligent",
  chosenBy: "score",
  propensity: 1,
  reason: "because",
  ranked: [
    {
      provider: "openai",
      model: "gpt-5-mini",
      tier: 0,
      score: 0.1,
      costNanoUsd: 420_000,
      costHighNanoUsd: 900_000,
      latencyMs: 640,
      latencyHighMs: 1200,
      doneMs: 4000,
      inFlight: 2,
      freeShare: 0.4,
      health: 0.97,
      quality: 0.8,
      answers: 12,
    },
  ],
  refused: [{ provider: "openai", model: "gpt-5", by: "max_cost", detail: "may cost 1 USD, at most 0.05" }],
};

export const sampleCase = {
  strategy: "conditional",
  case: { taken: 1, when: "ai.tools > 0", strategy: "highest-quality" },
} as const satisfies Partial<typeof sampleDecision>;

export const sampleBreaker: ReturnType<Control["breakers"]["list"]>[number] = {
  ...{ provider: "openai", model: "gpt-5-mini", state: "half_open", phase: "ramp", mode: "auto" },
  ...{ reason: "failures", level: 0.25, samples: 12, wilsonLow: 0.5, slowShare: 0.25, failureCount: 9 },
  firstLimits: [{ target: "openai/gpt-5-mini", bytesFrom: 4096, bytesBelow: 16_384, limitMs: 5000 }],
  lastFailureAt: startedAt,
  nextProbeAt: null,
  changes: [{ at: startedAt, from: "half_open", to: "ramp", reason: "failures" }],
};

export const samplePool: ReturnType<Control["balancing"]["list"]>[number] = {
  provider: "local",
  balance: "predicted",
  isPanicking: false,
  isChecked: true,
  imbalance: 1.25,
  prefixHitRatio: 0.6,
  endpoints: [
    {
      ...{ name: "10.0.0.1:8000", origin: "http://10.0.0.1:8000", region: null, weight: 1 },
      ...{ state: "starting", inFlight: 1, errors: 0 },
      ...{ ejectedUntil: null, ejectedFor: null, ejections: 1 },
      slowStart: { inFlightMax: 2, until: startedAt + 30_000 },
      lines: [{ model: "m", secondsPerToken: 0.012, secondsPerTokenAndRequest: 0.001, learnedFrom: 40 }],
    },
    {
      ...{ name: "b", origin: "http://10.0.0.2:8000", region: "eu-west-1", weight: 0.5 },
      ...{ state: "ejected", inFlight: 0, errors: 5 },
      ...{ ejectedUntil: startedAt + 30_000, ejectedFor: "errors", ejections: 1 },
      slowStart: null,
      lines: [],
    },
  ],
};

export const sampleLanes = [
  { dialect: "openai-chat", lane: "bytes" },
  { dialect: "anthropic-messages", lane: "canonical" },
] as const;
export const sampleHealth = {
  requests: 3,
  failures: 1,
  lastTry: "failed",
  errors: [
    {
      at: startedAt,
      code: "upstream_overloaded",
      status: 503,
      model: "gpt-5-mini",
      message: "Come back later.",
      requestId: sampleRecord.id,
    },
  ],
  firstByte: { count: 2, msP50: 20.5, msP99: 81.25 },
} as const;
export const sampleTarget: ReturnType<Control["models"]>["seen"][number] = {
  ...sampleHealth,
  provider: "openai",
  model: "gpt-5-mini",
  lanes: sampleLanes,
  price: {
    rates: [
      {
        unit: "input",
        nanoUsd: 250_000_000,
        per: 1_000_000,
        tiers: [{ above: 271_999, nanoUsd: 500_000_000 }],
      },
    ],
    multiply: "11/10",
    source: "operator",
  },
  abilities: [
    { name: "contextTokens", value: 400_000, source: "genai-prices 0.1.8", asOf: null },
    { name: "inputs", value: ["text", "image"], source: "operator", asOf: null },
    { name: "sampling", value: false, source: "learned", asOf: "2026-01-01" },
  ],
};

export const samplePrices: ReturnType<Control["prices"]["state"]> = {
  book: "00000000ffffffff",
  unknownModel: "alert",
  rows: [
    {
      match: {
        ...{ provider: "openai", account: null, region: null, model: "gpt-*", tier: "flex", isBatch: null },
        dailyUtc: { from: 0, until: 60 },
      },
      layer: "catalogue",
      source: "a test",
      validFrom: startedAt,
      validUntil: null,
      rates: [{ unit: "input", nanoUsd: 1, per: 1000, tiers: [] }],
      multiply: "1/2",
    },
  ],
  setRows: [],
  unpriced: [{ provider: "openai", model: "gpt-unheard-of", calls: 3 }],
  drift: [
    { provider: "x", model: "m", calls: 100, oursNanoUsd: 1000, reportedNanoUsd: 900, isAlarming: true },
  ],
};
export const sampleExplanation: NonNullable<Awaited<ReturnType<Control["prices"]["explain"]>>> = {
  requestId: sampleRecord.id,
  model: "fast",
  provider: "openai",
  upstreamModel: "gpt-5-mini",
  cost: {
    nanoUsd: 5,
    lines: [],
    source: "operator",
    multiply: "1/2",
    book: "b",
    rows: ["openai *, operator"],
  },
  recomputedNanoUsd: 5,
  reportedNanoUsd: null,
  now: null,
};

export const sampleCatalog: ReturnType<Control["catalog"]["state"]> = {
  refresh: "ask",
  url: "https://models.dev/api.json",
  applied: null,
  waiting: {
    ...{ fetchedAt: startedAt, providers: 1, models: 2 },
    differences: [
      {
        provider: "openai",
        model: "gpt-5-mini",
        changes: [{ ability: "contextTokens", before: null, after: "400000" }],
      },
    ],
    differencesTotal: 1,
  },
  lastFetch: { at: startedAt, problem: null },
};

const sampleEstimate = { mean: 0.8, low: 0.7, high: 0.9 };
export const sampleReevaluation: Reevaluation = {
  kind: "told",
  decisions: 4000,
  quality: { ips: sampleEstimate, snips: sampleEstimate, dr: sampleEstimate, effectiveSize: 400 },
  costNanoUsd: 1_000_000,
  loggedCostNanoUsd: 2_000_000,
  loggedQuality: 0.85,
};
