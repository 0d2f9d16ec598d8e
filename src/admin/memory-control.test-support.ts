import type { RequestRecord } from "../exchange/settlement.ts";
import type { Control, GatewayState, ShownKey } from "../gateway/control.ts";
import { RawJson } from "../kernel/json.ts";
import { epochMs, milliseconds, tokens } from "../kernel/units.ts";

/** What a test may set aside from the control interface. */
export interface MemoryControl extends Control {
  readonly adminToken: string;
  /** A one-time code that has not been used. */
  readonly code: string;
  readonly change: (state: Partial<GatewayState>) => void;
  readonly calls: { reloads: number; planned: string[] };
}

const startedAt = Date.UTC(2026, 0, 1);

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

const sampleDecision: ReturnType<Control["routing"]["decide"]> = {
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
      health: 0.97,
      quality: 0.8,
      answers: 12,
    },
  ],
  refused: [{ provider: "openai", model: "gpt-5", by: "max_cost", detail: "may cost 1 USD, at most 0.05" }],
};

export const sampleBreaker: ReturnType<Control["breakers"]["list"]>[number] = {
  ...{ provider: "openai", model: "gpt-5-mini", state: "half_open", phase: "ramp", mode: "auto" },
  ...{ reason: "failures", level: 0.25, samples: 12, wilsonLow: 0.5, slowShare: 0.25, failureCount: 9 },
  lastFailureAt: startedAt,
  nextProbeAt: null,
  changes: [{ at: startedAt, from: "half_open", to: "ramp", reason: "failures" }],
};

const sampleLanes = [
  { dialect: "openai-chat", lane: "bytes" },
  { dialect: "anthropic-messages", lane: "canonical" },
] as const;
const sampleHealth = {
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
const sampleTarget: ReturnType<Control["models"]>["seen"][number] = {
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

/** A whole control interface over plain values in memory. */
export function createMemoryControl(): MemoryControl {
  let state: GatewayState = {
    version: "0.1.0",
    startedAt,
    uptimeMs: 1000,
    generation: 1,
    mode: "demo",
    isDraining: false,
    degraded: [],
    inFlight: 0,
    totals: { requests: 3, errors: 1, inputTokens: 30, outputTokens: 9, costNanoUsd: 1200, unpriced: 1 },
    log: { queued: 0, written: 3, dropped: 0, bytes: 4096 },
    process: { rssBytes: 1, heapUsedBytes: 1, eventLoopDelayMsP99: 0.5 },
  };
  const adminToken = "admin-token-of-the-test";
  const oneTimeCode = "one-time-code-of-the-test";
  const usedCodes = new Set<string>();
  const sessions = new Set<string>();
  const keys = new Map<string, ShownKey>();
  const calls = { reloads: 0, planned: new Array<string>() };
  const logged = [3, 2, 1].map((number) => {
    const { id, at, status, outcome, model, provider, keyId, dialect, code, isStream, durationMs } =
      sampleRecord;
    const about = { at, status, outcome, model, provider, keyId, dialect, code, isStream, durationMs };
    return {
      ...about,
      at: epochMs(at),
      id: id.replace(/3$/, String(number)),
      inputTokens: 10,
      outputTokens: 3,
      costNanoUsd: null,
    };
  });
  const configState = () => ({
    generation: state.generation,
    file: null,
    running: { server: { port: 7227 } },
    problems: [],
    waiting: [],
  });
  return {
    adminToken,
    code: oneTimeCode,
    calls,
    change: (next) => {
      state = { ...state, ...next };
    },
    state: () => state,
    series: (minutes) =>
      Array.from({ length: minutes }, (_, index) => ({
        at: startedAt + index * 5000,
        requests: 1,
        errors: 0,
        latencyMsP50: 12.5,
        latencyMsP99: null,
        costNanoUsd: 0,
        unpriced: 1,
      })),
    upstreams: () => [
      {
        ...sampleHealth,
        provider: "openai",
        known: "openai",
        dialect: "openai-chat",
        dialects: ["openai-chat"],
        lanes: sampleLanes,
        origin: "https://api.openai.com",
        region: null,
        credential: "key",
        names: ["gpt-*"],
        profile: {
          id: "default",
          ways: [
            { name: "acceptsTopK", value: "false", isUsual: true },
            { name: "stopMax", value: null, isUsual: false },
          ],
        },
        lastError: { at: startedAt, code: "upstream_overloaded", status: 503 },
      },
      {
        ...{ requests: 0, failures: 0, lastTry: null, errors: [], firstByte: null },
        provider: "bedrock",
        known: null,
        dialect: "bedrock-converse",
        dialects: ["bedrock-converse"],
        lanes: [],
        origin: "https://x",
        region: "eu-central-1",
        credential: "signature",
        names: [],
        profile: null,
        lastError: null,
      },
    ],
    breakers: {
      list: () => [sampleBreaker],
      setMode: (target, mode) => (target === "openai/gpt-5-mini" ? { ...sampleBreaker, mode } : undefined),
    },
    routing: {
      decide: ({ strategy = "intelligent" }) => ({ ...sampleDecision, strategy, reason: "because" }),
      routes: () => [
        {
          name: "fast",
          rules: {
            strategy: "intelligent",
            weights: { cost: 0.4, latency: 0.3, health: 0.2, quality: 0.1 },
            maxCostUsd: 0.05,
            expose: "full",
          },
          decisions: [{ ...sampleDecision, requestId: "req_1", at: 1_767_225_600_000 }],
        },
      ],
    },
    coolDowns: {
      list: () => [{ scope: "openai/gpt-5-mini", until: 1_767_225_605_000, reason: "rate-limit" }],
      end: (scope) => scope === "openai/gpt-5-mini",
    },
    quirks: {
      list: () => [sampleQuirk],
      set: (id, wanted) => (id === sampleQuirk.id ? { ...sampleQuirk, state: wanted } : undefined),
    },
    models: () => ({
      models: [{ name: "fast", kind: "pool", targets: [sampleTarget] }],
      seen: [{ ...sampleTarget, model: "gpt-unheard-of", price: null, abilities: [] }],
    }),
    translations: {
      pairs: () => [
        {
          ...{ client: "openai-chat", upstream: "anthropic-messages", calls: 3, bytes: 0, failed: 1 },
          warnings: [{ kind: "dropped", subject: "seed", calls: 2 }],
        },
      ],
      translate: ({ to, body }) => ({
        ...{ lane: "canonical", dialect: to, path: "/v1/messages", body, warnings: [], refusal: null },
        emulated: { stop: ["END"], toolsAmong: [] },
      }),
    },
    prices: {
      state: () => samplePrices,
      explain: async (id) => (id === sampleRecord.id ? sampleExplanation : undefined),
      setRows: (setRows) => ({ ...samplePrices, setRows }),
    },
    catalog: {
      state: () => sampleCatalog,
      refresh: async () => sampleCatalog,
      approve: (fetchedAt) => ({
        ...sampleCatalog,
        applied: { fetchedAt, providers: 1, models: 2 },
        waiting: null,
      }),
    },
    requests: {
      list: async (filter) =>
        logged
          .filter(({ id }) => filter.before === undefined || id < filter.before)
          .filter(({ model }) => filter.model === undefined || model === filter.model)
          .slice(0, filter.limit),
      read: async (id) => (id === sampleRecord.id ? sampleRecord : undefined),
    },
    keys: {
      list: () => [...keys.values()],
      create: async ({ name, models }) => {
        const id = `key_${keys.size + 1}`;
        const entry: ShownKey = { id, name, hint: "abcd", models, createdAt: startedAt, revokedAt: null };
        keys.set(id, entry);
        return { key: `sp-live-${id}`, entry };
      },
      revoke: async (id) => {
        const known = keys.get(id);
        if (known === undefined) return undefined;
        const revoked = { ...known, revokedAt: startedAt };
        keys.set(id, revoked);
        return revoked;
      },
    },
    config: {
      state: configState,
      plan: async (text) => {
        calls.planned.push(text);
        if (text === "")
          return { kind: "invalid", problems: [{ message: "empty", line: 1, column: 1, path: null }] };
        const change = {
          path: "server.port",
          kind: "changed",
          before: "7227",
          after: "7300",
          needsRestart: true,
        } as const;
        return { kind: "valid", changes: [change], waiting: [] };
      },
      reload: async () => {
        calls.reloads += 1;
        state = { ...state, generation: state.generation + 1 };
        return configState();
      },
    },
    session: {
      redeem: (given) => {
        if (given !== oneTimeCode || usedCodes.has(given)) return undefined;
        usedCodes.add(given);
        const token = `session-token-${sessions.size + 1}`;
        sessions.add(token);
        return { token, expiresAt: startedAt + 8 * 3_600_000 };
      },
      admits: (token) => token === adminToken || sessions.has(token),
      end: (token) => {
        sessions.delete(token);
      },
    },
    metrics: () => "# HELP app_x X.\n# TYPE app_x gauge\napp_x 1\n",
  };
}
