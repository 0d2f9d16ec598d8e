import { describe, expect, it } from "vitest";
import * as z from "zod";
import { openAdmin } from "./admin.test-support.ts";
import type { AdminRoute } from "./admin-route.ts";
import { auditExamples } from "./audit-samples.test-support.ts";
import { shownSampleBudget, shownSampleEntry } from "./budget-samples.test-support.ts";
import {
  sampleBreaker,
  sampleCatalog,
  sampleExplanation,
  samplePrices,
  sampleQuirk,
  sampleRecord,
  startedAt,
} from "./control-samples.test-support.ts";
import { sampleDenial } from "./denied-samples.test-support.ts";
import { shownSampleLimit } from "./limit-samples.test-support.ts";
import { openApiDocument } from "./openapi.ts";
import { sampleOperator } from "./operator-samples.test-support.ts";
import { sampleCosts, sampleRegions } from "./outlook-samples.test-support.ts";
import { sampleOverload } from "./overload-samples.test-support.ts";
import { policyExamples } from "./policy-samples.test-support.ts";
import {
  shownSampleGraphqlRoute,
  shownSampleGrpcRoute,
  shownSampleService,
  shownSampleServiceRoute,
} from "./route-samples.test-support.ts";
import { type RouteId, routes } from "./routes.ts";
import { components } from "./schemas.ts";

interface Example {
  readonly id?: string;
  readonly query?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly data: unknown;
}

const anyOf = expect.anything();
const shownSampleDecision = {
  strategy: "intelligent",
  chosen_by: "score",
  propensity: 1,
  ranked: [
    {
      service_id: "openai/gpt-5-mini",
      tier: 0,
      score: 0.1,
      estimated_cost: 0.000_42,
      estimated_cost_high: 0.0009,
      estimated_latency_ms: 640,
      estimated_latency_high_ms: 1200,
      estimated_done_ms: 4000,
      in_flight: 2,
      free_share: 0.4,
      health: 0.97,
      quality: 0.8,
      confidence: 0.5,
    },
  ],
  refused: [{ service_id: "openai/gpt-5", by: "max_cost", detail: "may cost 1 USD, at most 0.05" }],
  learned: null,
  case: null,
  flip: null,
};

const shownLearnedRoute = {
  name: "thrifty",
  strategy: "learned",
  weights: { cost: 0.4, latency: 0.3, health: 0.2, quality: 0.1 },
  max_cost: null,
  max_latency_ms: null,
  quality_floor: null,
  min_contract: 0.9,
  contracts: [{ model: "gpt-5", kept: 0.97, checked: 31.5 }],
  cases: [],
  learned: {
    budget: 0.001,
    price: 0.04,
    credit: 0.02,
    frozen: false,
    arms: [{ model: "gpt-5", quality: 0.9, quality_low: 0.84, judgements: 120, shifts: 1, kept: 0.97 }],
  },
  oversight: {
    guard: {
      ...{ phase: "guarded", since: 1_767_225_600_000, pairs: 200, begun_at: 1_767_225_600_000 },
      ...{ difference: -0.05, upper: -0.03, tolerance: 0.02, spent: 0.5 },
    },
    judge: { graded: 12, mean_grade: 0.8, spent: 0.1 },
    unseen: { money: 3 },
  },
  decisions: [
    {
      request_id: "req_2",
      at: 1_767_225_600_000,
      ...shownSampleDecision,
      strategy: "learned",
      chosen_by: "explore",
      propensity: 0.005,
      learned: {
        shape: "code",
        budget: 0.001,
        price: 0.04,
        credit: 0.02,
        out_of_credit: false,
        cascade: {
          ...{ first: "openai/gpt-5-mini", second: "openai/gpt-5", right: 0.8, escalated: 0.05 },
          ...{ cost: 0.0006, cost_high: 0.012, alone: "openai/gpt-5", cost_alone: 0.01 },
        },
        propensities: { "openai/gpt-5": 0.005, "anthropic/claude-haiku-4-5": 0.995 },
      },
    },
  ],
};
const shownSamplePool = {
  ...{ provider: "local", balance: "predicted", panic: false, checked: true },
  ...{ imbalance: 1.25, prefix_hit_ratio: 0.6 },
  endpoints: [
    {
      ...{ name: "10.0.0.1:8000", origin: "http://10.0.0.1:8000", region: null, weight: 1 },
      ...{ state: "starting", in_flight: 1, errors: 0, ejected_until: null, ejected_for: null, ejections: 1 },
      slow_start: { in_flight_max: 2, until: 1_767_225_630_000 },
      lines: [{ model: "m", ms_per_token: 12, ms_per_token_and_request: 1, learned_from: 40 }],
    },
    {
      ...{ name: "b", origin: "http://10.0.0.2:8000", region: "eu-west-1", weight: 0.5 },
      ...{ state: "ejected", in_flight: 0, errors: 5, ejections: 1 },
      ...{ ejected_until: 1_767_225_630_000, ejected_for: "errors" },
      ...{ slow_start: null, lines: [] },
    },
  ],
};
const shownSampleBreaker = {
  ...{ provider: "openai", model: "gpt-5-mini", state: "half_open", phase: "ramp", mode: "auto" },
  ...{ reason: "failures", level: 0.25, samples: 12, wilson_low: 0.5, slow_share: 0.25, failure_count: 9 },
  first_limits: [{ bytes_from: 4096, bytes_below: 16_384, limit_ms: 5000 }],
  last_failure: "2026-01-01T00:00:00.000Z",
  next_probe_at: null,
  changes: sampleBreaker.changes,
};

/** What each route answers over the control interface of the test. A route that is missing here does not compile. */
const examples: { readonly [Id in RouteId]: Example } = {
  readStats: {
    data: {
      routes_registered: 2,
      upstream_services: 3,
      cache_stats: { hit_rate: null, entry_count: 0, cache_size_mb: 0 },
      policy_violations: 0,
      protocols_supported: ["rest", "graphql", "grpc", "websocket"],
      gateway: expect.objectContaining({ generation: 1, mode: "demo", overload: sampleOverload }),
      data_url: "http://127.0.0.1:7227",
      notes: anyOf,
    },
  },
  listChaosExperiments: { data: { experiments: [], total: 0, note: anyOf } },
  listCircuitBreakers: {
    data: {
      circuit_breakers: {
        openai: {
          state: "half_open",
          failure_count: 9,
          last_failure: "2026-01-01T00:00:00.000Z",
          targets: { "openai/gpt-5-mini": shownSampleBreaker },
        },
        bedrock: { state: "closed", failure_count: 0, last_failure: null, targets: {} },
        orders: { state: "closed", failure_count: 0, last_failure: null, targets: {} },
      },
    },
  },
  setBreakerMode: {
    id: "openai/gpt-5-mini",
    body: { mode: "forced_open" },
    data: { ...shownSampleBreaker, mode: "forced_open" },
  },
  ...auditExamples,
  listEndpoints: {
    data: {
      endpoints: [
        {
          service_id: "openai/gpt-5-mini",
          in_flight: 2,
          limit: 18,
          queued: 1,
          ms_per_token: 12,
          ms_per_token_and_request: 1,
          learned_from: 40,
          errors: 0,
          health: 0.97,
        },
      ],
      pools: [shownSamplePool],
    },
  },
  readEndpoints: { id: "local", data: shownSamplePool },
  ejectEndpoint: { id: "local/b", data: shownSamplePool },
  drainEndpoint: { id: "local/b", data: shownSamplePool },
  restoreEndpoint: { id: "local/10.0.0.1:8000", data: shownSamplePool },
  listServiceRoutes: { data: { routes: [shownSampleServiceRoute] } },
  listServices: { data: { services: [shownSampleService] } },
  listGraphqlRoutes: { data: { routes: [shownSampleGraphqlRoute] } },
  listGrpcRoutes: { data: { routes: [shownSampleGrpcRoute] } },
  listSockets: {
    data: {
      sockets: [
        {
          id: "0198b2c4-0000-7000-8000-000000000009",
          key_id: "key_1",
          key_name: "demo",
          address: "192.0.2.7",
          route: "chat",
          mode: "inspect",
          since: startedAt,
          bytes_up: 10,
          bytes_down: 20,
          messages_up: 1,
          messages_down: 2,
          cost_nano_usd: null,
        },
      ],
    },
  },
  readGuardrails: {
    data: {
      guarded: 40,
      blocked: 1,
      findings: [{ kind: "email", on: "input", action: "redact", count: 12 }],
      blocks: [
        {
          kind: "private-key",
          on: "input",
          at: 1_767_225_600_000,
          request_id: "0198c0de-0000-7000-8000-000000000001",
          length: 1704,
          digest: "gJ3sW0xq1dZk9aBc",
        },
      ],
    },
  },
  readScaling: {
    data: {
      pools: [
        {
          pool: "local",
          desired: 7,
          reactive: 5,
          rate: 480,
          upper: 640,
          basis: "forecast",
          windows: 4000,
          shortfalls: 12,
          horizon_ms: 120_000,
        },
      ],
    },
  },
  listRoutes: {
    data: {
      routes: [
        {
          name: "fast",
          strategy: "conditional",
          weights: { cost: 0.4, latency: 0.3, health: 0.2, quality: 0.1 },
          max_cost: 0.05,
          max_latency_ms: null,
          quality_floor: null,
          min_contract: null,
          contracts: [],
          cases: [
            { when: "ai.tools > 0", use: null, strategy: "highest-quality" },
            { when: "ai.stream", use: ["openai/gpt-5"], strategy: "priority" },
            { when: null, use: null, strategy: "intelligent" },
          ],
          learned: null,
          oversight: null,
          decisions: [
            {
              request_id: "req_1",
              at: 1_767_225_600_000,
              ...shownSampleDecision,
              strategy: "conditional",
              case: { taken: "1", when: "ai.tools > 0", strategy: "highest-quality" },
            },
          ],
        },
        shownLearnedRoute,
      ],
    },
  },
  steerRoute: {
    id: "thrifty",
    body: { action: "freeze" },
    data: { ...shownLearnedRoute, learned: { ...shownLearnedRoute.learned, frozen: true } },
  },
  evaluateRoute: {
    id: "thrifty",
    body: { policy: { budget_factor: 2 } },
    data: {
      decisions: 4000,
      effective_decisions: 400,
      quality: {
        inverse_propensity: { mean: 0.8, low: 0.7, high: 0.9 },
        self_normalized: { mean: 0.8, low: 0.7, high: 0.9 },
        doubly_robust: { mean: 0.8, low: 0.7, high: 0.9 },
        logged: 0.85,
      },
      cost: { expected: 0.001, logged: 0.002 },
    },
  },
  decideRoute: {
    body: { model_type: "fast", estimated_tokens: 900, constraints: { max_cost: 0.05 } },
    data: {
      service_id: "openai/gpt-5-mini",
      estimated_cost: 0.000_42,
      estimated_latency_ms: 640,
      score: 0.1,
      reason: "because",
      ...shownSampleDecision,
    },
  },
  listCoolDowns: {
    data: { cooldowns: [{ scope: "openai/gpt-5-mini", until: 1_767_225_605_000, reason: "rate-limit" }] },
  },
  readRegions: { data: sampleRegions },
  admitTarget: { id: "claude/claude-haiku-4-5", data: sampleRegions },
  endCoolDown: { id: "openai/gpt-5-mini", data: { cooldowns: [anyOf] } },
  listFeatureFlags: { data: { feature_flags: [], total: 0, note: anyOf } },
  listABTests: { data: { ab_tests: [], total: 0, note: anyOf } },
  listCanaryDeployments: { data: { canary_deployments: [], total: 0, note: anyOf } },
  listUpstreams: {
    data: {
      upstreams: [
        expect.objectContaining({
          provider: "openai",
          failures: 1,
          credential: "key",
          errors: [expect.objectContaining({ message: "Come back later." })],
        }),
        expect.objectContaining({ provider: "bedrock", region: "eu-central-1", lastError: null }),
      ],
    },
  },
  listModels: {
    data: {
      models: [
        {
          name: "fast",
          kind: "pool",
          targets: [expect.objectContaining({ provider: "openai", model: "gpt-5-mini" })],
        },
      ],
      seen: [expect.objectContaining({ model: "gpt-unheard-of", price: null, abilities: [] })],
    },
  },
  listQuirks: { data: { quirks: [sampleQuirk] } },
  setQuirk: {
    id: sampleQuirk.id,
    body: { state: "pinned" },
    data: { ...sampleQuirk, state: "pinned" },
  },
  listDeniedTokens: { data: { denied: [sampleDenial] } },
  denyToken: {
    body: { issuer: "https://login.example", jti: "t2" },
    data: { ...sampleDenial, jti: "t2" },
  },
  allowToken: { id: sampleDenial.id, data: sampleDenial },
  listTranslations: {
    data: {
      pairs: [
        {
          ...{ client: "openai-chat", upstream: "anthropic-messages", calls: 3, bytes: 0, failed: 1 },
          warnings: [{ kind: "dropped", subject: "seed", calls: 2 }],
        },
      ],
    },
  },
  translateRequest: {
    body: { from: "openai-chat", to: "anthropic-messages", body: "{}" },
    data: {
      ...{ lane: "canonical", dialect: "anthropic-messages", path: "/v1/messages", body: "{}" },
      ...{ warnings: [], refusal: null, emulated: { stop: ["END"], toolsAmong: [] } },
    },
  },
  listLimits: { data: { limits: [shownSampleLimit] } },
  setLimit: {
    id: "burst",
    body: { limit: 5 },
    data: { ...shownSampleLimit, id: "burst", origin: "run-time", limit: 5, burst: 5 },
  },
  removeLimit: { id: "team-rpm", data: { limits: [shownSampleLimit] } },
  listBudgets: { data: { budgets: [shownSampleBudget] } },
  createBudget: { id: "new", body: { limitUsd: 100 }, data: shownSampleBudget },
  setBudget: { id: "team", body: { limitUsd: "100", period: "month" }, data: shownSampleBudget },
  removeBudget: { id: "team", data: { budgets: [shownSampleBudget] } },
  listLedger: { id: "team", query: "limit=1", data: { entries: [shownSampleEntry], next: 7 } },
  readPrices: { data: samplePrices },
  setPriceRows: {
    body: { rows: [{ match: {}, multiply: "1/2", source: "a test" }] },
    data: { ...samplePrices, setRows: [{ match: {}, multiply: "1/2", source: "a test" }] },
  },
  explainPrice: { id: sampleRecord.id, data: sampleExplanation },
  readCostForecast: {
    query: "scope=all&budgetUsd=30.5",
    data: {
      ...{ scope: "all", month: "2026-01", monthToDateUsd: 12.5, calls: 900, unpriced: 2 },
      ...{ p10Usd: 30, p50Usd: 36, p90Usd: 44.5, thin: false, knownDays: 40 },
      ...{ budgetUsd: 30.5, runsOutOn: "2026-01-20", scopesTotal: 2 },
      days: sampleCosts.forecast.days,
      ahead: sampleCosts.forecast.ahead,
      scopes: [
        {
          ...{ scope: "all", name: null, monthToDateUsd: 12.5, calls: 900, unpriced: 2 },
          ...{ p10Usd: 30, p50Usd: 36, p90Usd: 44.5, thin: false },
        },
        {
          ...{ scope: "key:key_1", name: "first", monthToDateUsd: 2, calls: 900, unpriced: 2 },
          ...{ p10Usd: null, p50Usd: 8, p90Usd: null, thin: true },
        },
      ],
      pools: sampleCosts.pools,
    },
  },
  readCatalog: { data: sampleCatalog },
  refreshCatalog: { data: sampleCatalog },
  approveCatalog: {
    body: { fetchedAt: 17 },
    data: { ...sampleCatalog, applied: { fetchedAt: 17, providers: 1, models: 2 }, waiting: null },
  },
  readSeries: { query: "minutes=2", data: { bucketMs: 5000, points: [anyOf, anyOf] } },
  listRequests: {
    query: "limit=2&model=fast",
    data: { requests: [anyOf, anyOf], next: "0198b2c4-0000-7000-8000-000000000002" },
  },
  readRequest: {
    id: sampleRecord.id,
    data: expect.objectContaining({ id: sampleRecord.id, firstByteMs: 20.5 }),
  },
  listKeys: { data: { keys: [expect.objectContaining({ id: "key_1", name: "first" })] } },
  createKey: {
    body: { name: " second ", models: ["gpt-*"] },
    data: {
      key: "sp-live-key_2",
      entry: expect.objectContaining({ name: "second", models: ["gpt-*"], revokedAt: null }),
    },
  },
  updateKey: {
    id: "key_1",
    body: { models: ["a*"], scope: { methods: ["GET"] }, expiresAt: null },
    data: expect.objectContaining({ id: "key_1", models: ["a*"] }),
  },
  rotateKey: {
    id: "key_1",
    body: { overlapMs: 5 },
    data: {
      key: "sp-next-key_1",
      entry: expect.objectContaining({ previous: { until: expect.any(Number) } }),
    },
  },
  revokeKey: { id: "key_1", data: expect.objectContaining({ id: "key_1", revokedAt: expect.any(Number) }) },
  listSigningKeys: {
    data: {
      keys: [expect.objectContaining({ id: "sgk_1", algorithm: "hmac-sha256", clientKeyId: "key_1" })],
    },
  },
  createSigningKey: {
    body: { name: " second ", clientKeyId: "key_1" },
    data: {
      secret: "sgs-sgk_2",
      entry: expect.objectContaining({ name: "second", algorithm: "hmac-sha256", revokedAt: null }),
    },
  },
  revokeSigningKey: { id: "sgk_1", data: expect.objectContaining({ revokedAt: expect.any(Number) }) },
  listOperators: { data: { operators: [sampleOperator] } },
  createOperator: {
    body: { name: " eve ", role: "developer", tenant: "acme", project: "web" },
    data: { ...sampleOperator, id: "op_2", name: "eve", role: "developer" },
  },
  updateOperator: {
    id: "op_1",
    body: { name: "ada l", role: "auditor" },
    data: { ...sampleOperator, name: "ada l" },
  },
  giveOperatorToken: { id: "op_1", data: { token: "so-shown-once", operator: sampleOperator } },
  removeOperator: { id: "op_1", data: { isRemoved: true } },
  listTenants: { data: { tenants: [expect.objectContaining({ id: "default" })] } },
  createTenant: { body: { id: "acme" }, data: expect.objectContaining({ id: "acme", isDisabled: false }) },
  updateTenant: {
    id: "default",
    body: { isDisabled: true },
    data: expect.objectContaining({ id: "default", isDisabled: true }),
  },
  removeTenant: { id: "default", data: expect.objectContaining({ id: "default" }) },
  listProjects: { data: { projects: [expect.objectContaining({ id: "default", tenant: "default" })] } },
  createProject: {
    body: { id: "shop", tenant: "acme" },
    data: expect.objectContaining({ id: "shop", tenant: "acme" }),
  },
  updateProject: {
    id: "default/default",
    body: { name: "Other" },
    data: expect.objectContaining({ id: "default", name: "Other" }),
  },
  removeProject: { id: "default/default", data: expect.objectContaining({ id: "default" }) },
  readConfig: {
    data: { generation: 1, file: null, running: { server: { port: 7227 } }, problems: [], waiting: [] },
  },
  planConfig: { body: { text: "server: {}" }, data: { kind: "valid", changes: [anyOf], waiting: [] } },
  reloadConfig: { data: expect.objectContaining({ generation: 2 }) },
  signIn: { body: { code: "one-time-code-of-the-test" }, data: { expiresAt: expect.any(Number) } },
  readSession: {
    data: {
      kind: "bearer",
      id: "root",
      name: "root",
      role: "owner",
      permissions: expect.arrayContaining(["keys:write", "metrics:read"]),
    },
  },
  ...policyExamples,
  signOut: { data: { isSignedIn: false } },
  readOpenApi: { data: openApiDocument("0.1.0") },
};

const cases = Object.entries(examples).map(([id, example]) => {
  const route: AdminRoute | undefined = Object.entries(routes).find(([name]) => name === id)?.[1];
  if (route === undefined) throw new Error(`no route ${id}`);
  const target =
    route.path.replace("{id}", encodeURIComponent(example.id ?? "")) +
    (example.query === undefined ? "" : `?${example.query}`);
  return { name: `${route.method} ${route.path}`, operation: id, route, target, example };
});

describe("each route of the admin API", () => {
  it.for(cases)(
    "$name answers in the envelope and as its schema says",
    async ({ operation, route, target, example }) => {
      const { asAdmin, asStranger, control, signIn } = openAdmin();
      await control.keys.create({ name: "first", models: [] });
      const body = example.body === undefined ? {} : { body: JSON.stringify(example.body) };
      const { headers } = example;
      const asked = { method: route.method, target, ...body, ...(headers && { headers }) };
      const given =
        operation === "signOut"
          ? await asStranger({
              ...asked,
              headers: { cookie: await signIn(), origin: "http://127.0.0.1:7228" },
            })
          : await asAdmin(asked);
      expect(given.status).toBe(route.status ?? 200);
      expect(given.headers.get("content-type")).toBe("application/json");
      expect(given.headers.get("cache-control")).toBe("no-store");
      if (route.answer === "document") {
        expect(given.json()).toEqual(example.data);
        return;
      }
      expect(given.json()).toEqual({ status: "success", data: example.data });
      const envelope = z.strictObject({ status: z.literal("success"), data: components[route.answer] });
      expect(envelope.safeParse(given.json()).error).toBeUndefined();
    },
  );

  it("answers HEAD wherever it answers GET", async () => {
    const { asAdmin } = openAdmin();
    expect((await asAdmin({ method: "HEAD", target: "/api/gateway/stats" })).status).toBe(200);
  });

  it("prints a provider's own usage as the provider wrote it", async () => {
    const { text } = await openAdmin().asAdmin({ target: `/api/gateway/requests/${sampleRecord.id}` });
    expect(text).toContain('"raw":{"prompt_tokens":10.0,"id":9007199254740993}');
  });

  it("says that there is no further page when a page is not full", async () => {
    const { asAdmin } = openAdmin();
    const target = "/api/gateway/requests?before=0198b2c4-0000-7000-8000-000000000002";
    expect((await asAdmin({ target })).json()).toMatchObject({ data: { requests: [{}], next: null } });
  });
});
