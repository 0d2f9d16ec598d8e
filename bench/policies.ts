import { monitorEventLoopDelay } from "node:perf_hooks";
import { compileInSteps, compilePolicies } from "../src/capabilities/policy/compile.ts";
import {
  createSimulation,
  decide,
  decisionOf,
  type Policy,
  type PolicySet,
  policySettings,
  standard,
  takeNotes,
} from "../src/capabilities/policy/index.ts";
import { inSlices } from "../src/config/in-slices.ts";
import { createExpressions } from "../src/platform/cel/index.ts";
import { systemClock, systemTimer } from "../src/platform/system/index.ts";
import type { FactOf, FactValue } from "../src/ports/expressions.ts";
import { type CostRow, costOf } from "./cost-of.ts";

const head = { revision: 1, fallback: "allow" } as const;
const lists = new Map([["blocked", new Set(["10.9.9.9"])]]);

/** Policies as operators write them, no two alike; none of the request's denies what is asked here. */
function policies(count: number, scopeOf: (index: number) => object = () => ({})): readonly Policy[] {
  const forms: readonly ((index: number) => object)[] = [
    (index) => ({
      when: `auth_required and not authenticated and endpoint == "/v${index}/x"`,
      do: { deny: {} },
    }),
    (index) => ({
      when: `auth.tenant == "tenant-${index}" and ai.model.startsWith("gpt-")`,
      do: { deny: {} },
    }),
    (index) => ({
      when: `not ("role-${index}" in auth.roles) and ai.max_tokens > ${9000 + index}`,
      do: { deny: {} },
    }),
    (index) => ({
      when: `inCidr(request.ip, "10.${index % 256}.0.0/16") or inList("blocked", request.ip)`,
      do: { deny: {} },
    }),
    (index) => ({
      when: `"blue-${index}" in header("x-team")`,
      do: { transform: [{ setHeader: { name: "x-cost", value: "7" } }] },
    }),
    (index) => ({
      when: `auth.team == "team-${index}" or user_id == "user-${index}"`,
      do: { route: { providers: ["openai"] } },
    }),
    (index) => ({ when: `glob(endpoint, "/v1/${index}/*") and time.hour >= 18`, do: { deny: {} } }),
    (index) => ({ when: `ai.model.matches("^gpt-[0-9]+-${index}$")`, do: { deny: {} } }),
    (index) => ({ when: `auth.roles.exists(role, role == "owner-${index}")`, do: { deny: {} } }),
    (index) => ({ when: "authenticated", do: { deny: {} }, scope: { tenants: [`other-${index}*`] } }),
  ];
  return Array.from({ length: count }, (_, index) =>
    policySettings.parse({
      ...{ id: `p-${index}`, priority: (index * 7) % 100, ...scopeOf(index) },
      ...forms[index % forms.length]?.(index),
    }),
  );
}

const facts: Readonly<Record<string, FactValue>> = {
  ...{ "request.id": "req_1", "request.method": "POST", "request.host": "api.example.test" },
  ...{ "request.path": "/v1/chat/completions", "request.ip": "192.0.2.7", "request.protocol": "ai" },
  ...{ "request.bytes": 900, authenticated: true, auth_required: true, endpoint: "/v1/chat/completions" },
  ...{
    method: "POST",
    user_id: "alice",
    "auth.method": "api-key",
    "auth.tenant": "acme",
    "auth.team": "core",
  },
  ...{ "auth.user": "alice", "auth.key": "key_1", "auth.roles": ["viewer", "editor"], "auth.scopes": [] },
  ...{ "route.id": "chat", "ai.model": "gpt-5-mini", "ai.operation": "openai-chat", "ai.stream": false },
  ...{ "ai.max_tokens": 300, "time.hour": 11, "time.weekday": 2, "time.unix": 1_780_000_000 },
};
const factOf: FactOf = (name, key) => (key === undefined ? (facts[name] ?? "") : []);
const asked = { tenant: "acme", route: "chat", protocol: "ai", now: 1_780_000_000_000 };

function setOf(written: readonly Policy[]): PolicySet {
  const made = compilePolicies(written, { expressions: createExpressions(), lists }, head);
  if (made.kind === "broken") throw new Error(JSON.stringify(made.problems));
  return made.set;
}

function ask(set: PolicySet) {
  const notes = takeNotes(factOf, (text) => text);
  const verdict = decide(set, "request", { ...asked, factOf: notes.factOf, holdingOf: notes.holdingOf });
  return { notes, verdict };
}

/** A request that a hundred policies are asked of, and what is kept of it. */
export function policyRows(): readonly CostRow[] {
  const set = setOf(policies(100));
  if (!ask(set).verdict.allowed) throw new Error("the request of the benchmark is denied");
  return [
    ["policies: decision by 100", costOf(() => void ask(set), 10), "≤ 20 µs p99"],
    ["policies: decision by 100, each alone", costOf(() => void ask(set), 1), "-"],
    ["policies: decision by 100, and its record", costOf(() => void kept(set), 10), "-"],
  ];
}

function kept(set: PolicySet): object {
  const { notes, verdict } = ask(set);
  return { facts: notes.facts(standard), told: notes.told(), decisions: [decisionOf("request", verdict)] };
}

/** What takes longer than one request, each in words. */
export async function policyFigures(): Promise<readonly string[]> {
  const expressions = createExpressions();
  const written = policies(1000, (index) => ({ scope: { tenants: [`tenant-${index % 10}`] } }));
  // The timers of a gateway keep no process alive.
  const alive = setInterval(() => undefined, 1000);
  const stalls = monitorEventLoopDelay({ resolution: 1 });
  stalls.enable();
  const cpu = process.cpuUsage();
  const begun = performance.now();
  const compiled = await inSlices(compileInSteps(written, { expressions, lists }, head), {
    clock: systemClock,
    timer: systemTimer,
  });
  const compileMs = performance.now() - begun;
  const cpuMs = process.cpuUsage(cpu).user / 1000;
  stalls.disable();
  clearInterval(alive);
  if (compiled.kind === "broken") throw new Error(JSON.stringify(compiled.problems));
  const again = performance.now();
  compilePolicies(written, { expressions, lists }, head);
  const againMs = performance.now() - again;
  const set = setOf(policies(100));
  const body = JSON.stringify(recorded(kept(set)));
  const simulation = createSimulation(set);
  const from = performance.now();
  for (let index = 0; index < simulated; index += 1) simulation.add(JSON.parse(body));
  const perSecond = (simulated / (performance.now() - from)) * 1000;
  const { requests, newlyDenied, newlyAllowed, unknown } = simulation.done();
  if (newlyDenied + newlyAllowed + unknown > 0) throw new Error(`${requests} requests came out otherwise`);
  return [
    `policies: compile of 1,000 in slices: ${compileMs.toFixed(0)} ms, ${cpuMs.toFixed(0)} ms of the processor (≤ 500 ms)`,
    `policies: longest stall meanwhile: ${(stalls.max / 1e6).toFixed(1)} ms (≤ 20 ms)`,
    `policies: the same compiled again: ${againMs.toFixed(1)} ms (≤ 20 ms)`,
    `policies: simulation of recorded requests by 100: ${perSecond.toFixed(0)} a second (≥ 50,000)`,
  ];
}

const simulated = 100_000;

/** As the request log keeps it. */
const recorded = (policy: object): object => ({
  ...{ id: "req_1", at: asked.now, method: "POST", path: "/v1/chat/completions", dialect: "openai-chat" },
  ...{
    keyId: "key_1",
    keyName: "bench",
    tenant: "acme",
    project: "core",
    model: "gpt-5-mini",
    provider: "openai",
  },
  ...{
    upstreamModel: "gpt-5-mini",
    upstreamDialect: "openai-chat",
    answerModel: "gpt-5-mini",
    lane: "bytes",
  },
  ...{ isStream: false, status: 200, outcome: "completed", code: null, detail: null, generation: 1 },
  ...{
    durationMs: 400,
    firstByteMs: 400,
    bytesIn: 900,
    bytesOut: 700,
    events: 0,
    finish: "stop",
    usage: null,
  },
  ...{ cost: { nanoUsd: 7, lines: [], source: null }, warnings: [], attempts: [], stages: [] },
  policy: { revision: 1, route: asked.route, protocol: asked.protocol, ...policy },
});
