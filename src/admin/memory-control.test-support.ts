import { rootOperator } from "../exchange/operator.ts";
import type { Control, GatewayState } from "../gateway/control.ts";
import { sampleAudit } from "./audit-samples.test-support.ts";
import { sampleBudgets } from "./budget-samples.test-support.ts";
import {
  sampleBreaker,
  sampleCase,
  sampleCatalog,
  sampleDecision,
  sampleExplanation,
  sampleHealth,
  sampleLanes,
  samplePool,
  samplePrices,
  sampleQuirk,
  sampleRecord,
  sampleReevaluation,
  sampleTarget,
  startedAt,
} from "./control-samples.test-support.ts";
import { memoryDenials } from "./denied-samples.test-support.ts";
import { sampleLearned, sampleLearnedRoute } from "./learned-samples.test-support.ts";
import { sampleLimits } from "./limit-samples.test-support.ts";
import { sampleLogged } from "./logged-samples.test-support.ts";
import { memoryKeys } from "./memory-keys.test-support.ts";
import { sampleOperators } from "./operator-samples.test-support.ts";
import {
  sampleCosts,
  sampleDemand,
  sampleGuardrails,
  sampleRegions,
} from "./outlook-samples.test-support.ts";
import { sampleOverload } from "./overload-samples.test-support.ts";
import { samplePolicies } from "./policy-samples.test-support.ts";
import {
  sampleGraphqlRoute,
  sampleGrpcRoute,
  sampleService,
  sampleServiceRoute,
  sampleSocket,
  sampleTranslations,
} from "./route-samples.test-support.ts";
import { memorySigningKeys } from "./signing-key-samples.test-support.ts";

/** What a test may set aside from the control interface. */
export interface MemoryControl extends Control {
  readonly adminToken: string;
  /** A one-time code that has not been used. */
  readonly code: string;
  readonly change: (state: Partial<GatewayState>) => void;
  readonly calls: { reloads: number; planned: string[] };
}

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
    overload: sampleOverload,
    totals: { requests: 3, errors: 1, inputTokens: 30, outputTokens: 9, costNanoUsd: 1200, unpriced: 1 },
    log: { queued: 0, written: 3, dropped: 0, bytes: 4096 },
    process: { rssBytes: 1, heapUsedBytes: 1, eventLoopDelayMsP99: 0.5, permissionMode: "off" },
  };
  const adminToken = "admin-token-of-the-test";
  const oneTimeCode = "one-time-code-of-the-test";
  const usedCodes = new Set<string>();
  const sessions = new Set<string>();
  const calls = { reloads: 0, planned: new Array<string>() };
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
    budgets: sampleBudgets,
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
    balancing: {
      list: () => [samplePool],
      steer: (provider, endpoint, what) => {
        const isKnown = samplePool.endpoints.some(({ name }) => name === endpoint);
        if (provider !== samplePool.provider || !isKnown) return { kind: "unknown" };
        // The other is out already.
        return endpoint !== "b" && what !== "restore"
          ? { kind: "last" }
          : { kind: "done", state: samplePool };
      },
    },
    guardrails: () => sampleGuardrails,
    demand: () => new Map([["local", sampleDemand]]),
    costs: {
      forecast: ({ budgetUsd }) => ({
        ...sampleCosts,
        runsOutOn: budgetUsd === undefined ? null : "2026-01-20",
      }),
    },
    routing: {
      endpoints: () => [
        {
          name: "openai/gpt-5-mini",
          inFlight: 2,
          secondsPerToken: 0.012,
          secondsPerTokenAndRequest: 0.001,
          learnedFrom: 40,
          errors: 0,
          health: 0.97,
        },
      ],
      evaluate: (name, policy) => {
        if (name !== "thrifty") return undefined;
        return policy.kind === "always"
          ? { kind: "too-few", decisions: 40, needed: 900 }
          : sampleReevaluation;
      },
      steer: (name, action) => {
        if (name !== "thrifty") return undefined;
        return { ...sampleLearnedRoute, learned: { ...sampleLearned, isFrozen: action === "freeze" } };
      },
      decide: ({ strategy = "intelligent" }) => ({ ...sampleDecision, strategy, reason: "because" }),
      routes: () => [
        {
          name: "fast",
          rules: {
            strategy: "conditional",
            cases: [
              { when: "ai.tools > 0", strategy: "highest-quality" },
              { when: "ai.stream", use: ["openai/gpt-5"] },
            ],
            else: { strategy: "intelligent" },
            weights: { cost: 0.4, latency: 0.3, health: 0.2, quality: 0.1 },
            maxCostUsd: 0.05,
            expose: "full",
          },
          decisions: [{ ...sampleDecision, ...sampleCase, requestId: "req_1", at: 1_767_225_600_000 }],
        },
        sampleLearnedRoute,
      ],
    },
    routes: () => [sampleServiceRoute],
    services: () => [sampleService],
    graphql: () => [sampleGraphqlRoute],
    grpc: () => [sampleGrpcRoute],
    sockets: () => [sampleSocket],
    ...memoryDenials,
    slots: () => [{ provider: "openai", model: "gpt-5-mini", inFlight: 2, queued: 1, limit: 18 }],
    policies: samplePolicies,
    audit: sampleAudit,
    regions: { state: () => sampleRegions, admit: (name) => name === "claude/claude-haiku-4-5" },
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
      pairs: () => [sampleTranslations],
      translate: ({ to, body }) => ({
        ...{ lane: "canonical", dialect: to, path: "/v1/messages", body, warnings: [], refusal: null },
        emulated: { stop: ["END"], toolsAmong: [] },
      }),
    },
    limits: sampleLimits,
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
        sampleLogged
          .filter(({ id }) => filter.before === undefined || id < filter.before)
          .filter(({ model }) => filter.model === undefined || model === filter.model)
          .slice(0, filter.limit),
      read: async (id) => (id === sampleRecord.id ? sampleRecord : undefined),
    },
    ...memoryKeys(),
    signingKeys: memorySigningKeys(),
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
    operators: sampleOperators,
    session: {
      redeem: (given) => {
        if (given !== oneTimeCode || usedCodes.has(given)) return undefined;
        usedCodes.add(given);
        const token = `session-token-${sessions.size + 1}`;
        sessions.add(token);
        return { token, expiresAt: startedAt + 8 * 3_600_000 };
      },
      signIn: () => Promise.resolve(undefined),
      whoIs: (token) => (token === adminToken || sessions.has(token) ? rootOperator : undefined),
      end: (token) => {
        sessions.delete(token);
      },
    },
    metrics: () => "# HELP app_x X.\n# TYPE app_x gauge\napp_x 1\n",
  };
}
