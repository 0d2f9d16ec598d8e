import { setTimeout as pause } from "node:timers/promises";
import { type Sandbox, startSandbox } from "../../../sandbox/server.ts";
import { type BootedGateway, bootGateway } from "../booted-gateway.ts";
import { type Variant, variants } from "./callers.ts";
import {
  judge,
  type Observed,
  type Profile,
  type Scenario,
  type Seen,
  scenarios,
  type Verdict,
} from "./scenarios.ts";

/** One scenario in one variant, done. */
export interface Row {
  readonly scenario: string;
  readonly variant: string;
  readonly verdict: Verdict;
  readonly why: readonly string[];
  readonly primaryCalls: number;
  readonly fallbackCalls: number;
  /** The longest of its requests, ms. */
  readonly tookMs: number;
}

const bases: Readonly<Record<Variant["dialect"], string>> = {
  "openai-chat": "/v1",
  "anthropic-messages": "",
  "gemini-generate": "",
};

const poolOf = (scenario: Scenario, { name }: Variant): string => `${scenario.id.toLowerCase()}-${name}`;

/**
 * Route of the bench: two retries, one healthy fallback; and three stated departures from our defaults. All scenarios run
 * at about the same time, which is an outage as no single one is: hence the large budget.
 */
function configOf(url: string, profile: Profile, recovery: readonly string[]): string {
  const dialects = [...new Set(variants.map(({ dialect }) => dialect))];
  const providers = dialects.flatMap((dialect) =>
    ["primary", "fallback"].map(
      (role) => `  ${role}-${dialect}: { dialect: ${dialect}, baseUrl: "${url}${bases[dialect]}", key: any }`,
    ),
  );
  const pools = variants.flatMap((variant) => [
    `  calm-${variant.name}: [fallback-${variant.dialect}/sandbox-storm-calm]`,
    ...scenarios.map((scenario) => {
      const name = poolOf(scenario, variant);
      const run = `run=${name};profile=${profile.name}`;
      const calm = scenario.id === "S14" ? "strict" : "calm";
      return `  ${name}: ["primary-${variant.dialect}/sandbox-storm-${scenario.id.toLowerCase()}+${run}", "fallback-${variant.dialect}/sandbox-storm-${calm}+run=${name}"]`;
    }),
  ]);
  return `
allowLiteralSecrets: true
providers:
${providers.join("\n")}
models:
${pools.join("\n")}
abilities: { models: [{ model: "*", prefill: true }] }
resilience:
  timeouts: { firstMs: ${profile.firstMs}, idleMs: ${profile.idleMs}, wholeMs: ${profile.firstMs} }
  retry: { budget: 10 }
  recovery: [${recovery.join(", ")}]
`;
}

/** Variants begin one after the other: how long a request takes shall not be how many begin with it. */
const apartMs = 1500;

/** Every scenario in every variant, those of one variant at the same time, at a sandbox and a gateway of their own. */
export async function runAll(
  profile: Profile,
  recovery: readonly string[] = ["continue", "verified-restart"],
): Promise<readonly Row[]> {
  const sandbox = await startSandbox();
  await using gateway = await bootGateway(configOf(sandbox.url, profile, recovery));
  try {
    const stage = { sandbox, gateway, profile };
    const runs = variants.flatMap((variant, index) =>
      scenarios.map(async (scenario): Promise<Row> => {
        await pause(index * apartMs);
        const observed = await observe(scenario, variant, stage);
        const { verdict, why } = judge(scenario, observed, profile);
        return {
          scenario: scenario.id,
          variant: variant.name,
          verdict,
          why,
          primaryCalls: observed.primary.length,
          fallbackCalls: observed.fallback.length,
          tookMs: Math.round(Math.max(...observed.seen.map(({ tookMs }) => tookMs))),
        };
      }),
    );
    return await Promise.all(runs);
  } finally {
    await sandbox.close();
  }
}

interface Stage {
  readonly sandbox: Sandbox;
  readonly gateway: BootedGateway;
  readonly profile: Profile;
}

async function observe(scenario: Scenario, variant: Variant, stage: Stage): Promise<Observed> {
  const { gateway, profile, sandbox } = stage;
  const pool = poolOf(scenario, variant);
  const startedAt = Date.now();
  const count = scenario.id === "S15" ? profile.requests : 1;
  const seen = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      await pause(index * profile.everyMs);
      return ask(variant, gateway, pool);
    }),
  );
  const next = await ask(variant, gateway, `calm-${variant.name}`);
  const calls = await callsOf(sandbox, pool, startedAt);
  return { seen, next, ...calls };
}

async function ask(variant: Variant, gateway: BootedGateway, model: string): Promise<Seen> {
  const from = performance.now();
  const seen = { text: undefined, error: undefined, model: "", outputTokens: undefined };
  try {
    const told = await variant.ask(gateway, model);
    return { ...seen, ...told, tookMs: performance.now() - from };
  } catch (thrown) {
    const error = thrown instanceof Error ? `${thrown.constructor.name}: ${thrown.message}` : String(thrown);
    return { ...seen, error: error.slice(0, 300), tookMs: performance.now() - from };
  }
}

/** What the sandbox has seen of one run: when its primary and its fallback were called. */
async function callsOf(
  sandbox: Sandbox,
  pool: string,
  startedAt: number,
): Promise<Pick<Observed, "primary" | "fallback">> {
  const log: unknown = await (await fetch(`${sandbox.url}/control/log`)).json();
  const of = (marker: RegExp): readonly number[] =>
    requestsIn(log)
      .filter(({ said }) => said.includes(`run=${pool}`) && marker.test(said))
      .map(({ receivedAt }) => receivedAt - startedAt);
  return { primary: of(/sandbox-storm-s\d\d/), fallback: of(/sandbox-storm-(?:calm|strict)/) };
}

function requestsIn(log: unknown): readonly { readonly said: string; readonly receivedAt: number }[] {
  if (typeof log !== "object" || log === null || !("requests" in log) || !Array.isArray(log.requests))
    return [];
  return log.requests.map((request: { path: string; bodyBase64: string; receivedAt: number }) => ({
    said: `${decodeURIComponent(request.path)} ${Buffer.from(request.bodyBase64, "base64").toString()}`,
    receivedAt: request.receivedAt,
  }));
}
