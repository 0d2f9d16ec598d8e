import type { CostsState, GuardrailState } from "../gateway/control.ts";
import type { RegionsState } from "../gateway/regions-control.ts";

export const sampleDemand = {
  advised: 7,
  reactive: 5,
  rate: 480,
  upper: 640,
  basis: "forecast",
  windows: 4000,
  shortfalls: 12,
  isShort: false,
  horizonMs: 120_000,
} as const;

export const sampleRegions: RegionsState = {
  here: { region: "eu-central-1", zones: ["eu-central-1", "de", "eu", "eea"] },
  residency: [],
  pools: [{ name: "fast", residency: ["eu"] }],
  providers: [
    { id: "openai", region: null, zones: [], egress: null },
    {
      ...{ id: "claude", region: "eu-west-1", zones: ["eu-west-1", "ie", "eu", "eea"] },
      egress: { sentUsdPerGb: 0.02, receivedUsdPerGb: 0 },
    },
  ],
  refused: [{ sink: "attempt", times: 3 }],
  abroad: [{ target: "claude/claude-haiku-4-5", zone: "us", at: 1_767_225_600_000 }],
};

const sampleMonthEnd = {
  ...{ scope: "all", month: "2026-01", monthToDateUsd: 12.5, calls: 900, unpriced: 2 },
  ...{ p10Usd: 30, p50Usd: 36, p90Usd: 44.5, isThin: false, knownDays: 40 },
};
const sampleDays = [{ date: "2026-01-01", spentUsd: 1.25, calls: 90, unpriced: 0 }];

export const sampleCosts: CostsState = {
  forecast: {
    ...sampleMonthEnd,
    days: sampleDays,
    ahead: [{ date: "2026-01-01", p10Usd: 12.6, p50Usd: 12.8, p90Usd: 13.1 }],
  },
  runsOutOn: null,
  scopes: [
    { ...sampleMonthEnd, name: null },
    {
      ...{ ...sampleMonthEnd, scope: "key:key_1", name: "first", monthToDateUsd: 2 },
      ...{ p10Usd: null, p50Usd: 8, p90Usd: null, isThin: true, knownDays: 3 },
    },
  ],
  scopesTotal: 2,
  pools: [
    { pool: "thrifty", budgetUsd: 0.001, meanUsd: 0.0009, calls: 40, creditUsd: 0.02, days: sampleDays },
  ],
};

export const sampleGuardrails: GuardrailState = {
  guarded: 40,
  blocked: 1,
  findings: [{ kind: "email", on: "input", action: "redact", count: 12 }],
  blocks: [
    {
      ...{ kind: "private-key", on: "input", action: "block", length: 1704, digest: "gJ3sW0xq1dZk9aBc" },
      ...{ at: 1_767_225_600_000, requestId: "0198c0de-0000-7000-8000-000000000001" },
    },
  ],
};
