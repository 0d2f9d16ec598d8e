import { budgetSettings } from "../../src/capabilities/budget/index.ts";
import { circuitBreakerSettings, rulesFrom } from "../../src/capabilities/circuit-breaker/index.ts";
import { guardrailSettings } from "../../src/capabilities/guardrail/index.ts";
import { rulesFrom as bulkheadsFrom, overloadSettings } from "../../src/capabilities/overload/index.ts";
import { compileRateCard, pricingSettings, rateRows } from "../../src/capabilities/pricing/index.ts";
import { limitFrom, limitsSettings } from "../../src/capabilities/rate-limit/index.ts";
import { type SigningSettings, signingSettings } from "../../src/capabilities/request-signing/index.ts";
import {
  createClientPlaces,
  type Networks,
  regionsSettings,
  zonesOf,
} from "../../src/capabilities/residency/index.ts";
import { rulesFrom as resilienceFrom, resilienceSettings } from "../../src/capabilities/retry/index.ts";
import type { RouteRules, TargetRef } from "../../src/capabilities/routing/index.ts";
import { scalingSettings } from "../../src/capabilities/scaling/index.ts";
import { vouchedIdentitySettings } from "../../src/capabilities/vouched-identity/index.ts";
import { realtimeSettings } from "../../src/config/realtime-settings.ts";
import { serverSettings } from "../../src/config/server-settings.ts";
import type { KnownAbilities } from "../../src/exchange/abilities.ts";
import type { RequestRecord } from "../../src/exchange/settlement.ts";
import { openClientKeys } from "../../src/gateway/client-keys.ts";
import { upstreamCodecOf } from "../../src/gateway/codecs.ts";
import { createGateway, type Gateway, type GatewayParts } from "../../src/gateway/create-gateway.ts";
import { compileEdge } from "../../src/gateway/edge.ts";
import { compileGuardrails } from "../../src/gateway/guardrails.ts";
import { compileIdentity } from "../../src/gateway/identity-rules.ts";
import { openOperators } from "../../src/gateway/operators.ts";
import { compileRealtime } from "../../src/gateway/realtime-rules.ts";
import { noServiceRoutes } from "../../src/gateway/service-routes.ts";
import { createSessions } from "../../src/gateway/sessions.ts";
import { compileSigning } from "../../src/gateway/signing.ts";
import { compileTable, type ProviderFacts, type Snapshot } from "../../src/gateway/snapshot.ts";
import { fingerprint128 } from "../../src/kernel/fnv.ts";
import { unreachable } from "../../src/kernel/invariant.ts";
import { milliseconds } from "../../src/kernel/units.ts";
import { createSchemaChecker } from "../../src/platform/ajv/index.ts";
import { createExpressions } from "../../src/platform/cel/index.ts";
import {
  createMemoryEventLog,
  createMemoryKeyStore,
  createMemoryStateStore,
  createRecordingLogger,
  createSeededRandom,
  createVirtualTime,
} from "../../src/platform/memory/index.ts";
import { createMeter } from "../../src/platform/prometheus/index.ts";
import { createMessageForms } from "../../src/platform/protobuf/index.ts";
import { requestSigner } from "../../src/platform/request-signature/index.ts";
import { createPasswords } from "../../src/platform/secrets/index.ts";
import { createMessageSockets, sha1Base64 } from "../../src/platform/websocket/index.ts";
import type { KeyDigests } from "../../src/ports/key-digests.ts";
import type { Sealer } from "../../src/ports/sealer.ts";
import type { StateStore } from "../../src/ports/state-store.ts";
import type { Transport } from "../../src/ports/transport.ts";
import { memoryTrust } from "./memory-trust.ts";

/** A whole gateway over memory, virtual time and a transport of the test's: the real doors and rooms, nothing of the world. */
export interface MemoryGateway {
  readonly gateway: Gateway;
  readonly key: string;
  readonly time: ReturnType<typeof createVirtualTime>;
  readonly logger: ReturnType<typeof createRecordingLogger>;
  readonly records: () => Promise<readonly RequestRecord[]>;
  /** From now on calls cost this. */
  readonly reprice: (prices: Readonly<Record<string, Price>>) => void;
}

export const openaiUpstream: ProviderFacts = provider("openai", "openai-chat", "https://openai.example/v1", [
  "gpt-*",
]);
export const anthropicUpstream: ProviderFacts = provider(
  "anthropic",
  "anthropic-messages",
  "https://anthropic.example",
  ["claude-*"],
);

export const responsesUpstream: ProviderFacts = provider(
  "responses",
  "openai-responses",
  "https://openai.example/v1",
  ["gpt-*"],
);
export const geminiUpstream: ProviderFacts = provider("gemini", "gemini-generate", "https://gemini.example", [
  "gemini-*",
]);

function provider(
  id: string,
  dialect: ProviderFacts["dialects"][number],
  baseUrl: string,
  globs: readonly string[],
): ProviderFacts {
  return {
    id,
    dialects: [dialect],
    baseUrl,
    credential: "upstream-secret-0123456789",
    headers: {},
    globs,
    listed: [],
    headTimeout: milliseconds(1000),
    idleTimeout: milliseconds(1000),
  };
}

const noCatalog = {
  refresh: "off",
  url: "https://models.example/api.json",
  applied: null,
  waiting: null,
  lastFetch: null,
} as const;

export async function memoryGateway(parts: {
  readonly transport: Transport;
  readonly providers?: readonly ProviderFacts[];
  readonly pools?: Readonly<Record<string, readonly TargetRef[]>>;
  readonly routes?: Readonly<Record<string, RouteRules>>;
  /** US dollars of a million tokens, input and output, by model; absent: no price is known. */
  readonly prices?: Readonly<Record<string, Price>>;
  /** Known of every model, or of each. */
  readonly abilities?: KnownAbilities | ((model: string) => KnownAbilities);
  readonly verifiesStreams?: boolean;
  readonly signing?: Partial<SigningSettings>;
  /** The section `resilience` as it is written; by default each target is tried once. */
  readonly resilience?: unknown;
  readonly inFlightMax?: number;
  /** How the process fares; absent: well. */
  readonly pressure?: GatewayParts["pressure"];
  /** The section `overload.bulkhead` as it is written. */
  readonly bulkhead?: unknown;
  /** The section `scaling` as it is written. */
  readonly scaling?: unknown;
  /** The section `limits` as it is written. */
  readonly limits?: unknown;
  /** The section `budgets` as it is written. */
  readonly budgets?: unknown;
  /** The section `regions` as it is written. */
  readonly regions?: unknown;
  /** Zones that pools are bound to. */
  readonly residency?: Readonly<Record<string, readonly string[]>>;
  /** Pools that ask who is near first. */
  readonly prefer?: Readonly<Record<string, readonly ("same-region" | "same-jurisdiction")[]>>;
  /** Whose word of their clients' places counts. */
  readonly trustedProxies?: readonly string[];
  readonly networks?: Networks;
  readonly bodyBytesMax?: number;
  /** The `identity` section. */
  readonly identity?: unknown;
  /** Of the file; absent: none. */
  readonly policies?: Snapshot["policies"];
  /** What was learned before; absent: nothing. */
  readonly states?: StateStore;
}): Promise<MemoryGateway> {
  const time = createVirtualTime();
  const logger = createRecordingLogger();
  const random = createSeededRandom(7);
  const eventLog = createMemoryEventLog();
  const digestOf = (text: string): string => Buffer.from(`digest of ${text}`).toString("base64url");
  const keys = await openClientKeys({
    store: createMemoryKeyStore(),
    digests: digestsOf(digestOf),
    clock: time.clock,
    random,
  });
  const { key } = await keys.control(() => ({})).keys.create({ name: "test" });
  const regions = regionsSettings.parse(parts.regions ?? {});
  const meter = createMeter();
  const snapshot: Snapshot = {
    generation: 1,
    ...(parts.policies === undefined ? {} : { policies: parts.policies }),
    generationText: "1",
    services: new Map(),
    realtime: compileRealtime(realtimeSettings.parse({})),
    serviceRoutes: noServiceRoutes,
    table: compileTable({
      providers: parts.providers ?? [openaiUpstream, anthropicUpstream],
      pools: new Map(Object.entries(parts.pools ?? {})),
      routes: new Map(Object.entries(parts.routes ?? {})),
      codecOf: upstreamCodecOf,
      abilitiesOf: (_, model) => {
        const { abilities = {} } = parts;
        return typeof abilities === "function" ? abilities(model) : abilities;
      },
    }),
    rateCard: cardOf(parts.prices ?? {}),
    unknownModel: "alert",
    breakerRulesOf: rulesFrom(circuitBreakerSettings.parse({})),
    resilienceOf: resilienceFrom(resilienceSettings.parse(parts.resilience ?? { retry: { perTarget: 1 } })),
    retryBudget: 0.2,
    verifiesStreams: parts.verifiesStreams ?? false,
    guardrails: compileGuardrails(guardrailSettings.parse({}), createExpressions()),
    signing: compileSigning(signingSettings.parse(parts.signing ?? {})),
    raw: { isEnabled: true, unmetered: "allow", bodyBytesMax: 1_000_000 },
    bodyBytesMax: parts.bodyBytesMax ?? 1_000_000,
    edge: compileEdge({ server: serverSettings.parse({}) }),
    identity: compileIdentity({ identity: vouchedIdentitySettings.parse(parts.identity ?? {}) }),
    inFlightMax: parts.inFlightMax ?? 100,
    ingress: { delayMax: overloadSettings.parse({}).ingress.delayMax, shares: new Map() },
    bulkheadOf: bulkheadsFrom(overloadSettings.parse({ bulkhead: parts.bulkhead ?? {} }).bulkhead),
    scaling: scalingSettings.parse(parts.scaling ?? {}),
    limits: limitsSettings.parse(parts.limits ?? []).map(limitFrom),
    budgets: budgetSettings.parse(parts.budgets ?? {}),
    regions: {
      settings: regions,
      here: zonesOf(regions.here, regions.zones),
      pools: new Map(Object.entries(parts.residency ?? {})),
      prefer: new Map(Object.entries(parts.prefer ?? {})),
      clients: createClientPlaces(
        parts.trustedProxies ?? [],
        parts.networks,
        (name) => zonesOf(name, regions.zones).size > 0,
      ),
    },
  };
  const trust = await memoryTrust(time, random, keys);
  const { documents } = trust;
  const passwords = createPasswords(2 ** 10);
  const operators = await openOperators({ documents, passwords, digestOf, clock: time.clock, random });
  const gateway = createGateway({
    trust,
    version: "0.0.0",
    mode: "file",
    clock: time.clock,
    random,
    timer: time.timer,
    logger,
    transport: parts.transport,
    transport2: parts.transport,
    messageSockets: createMessageSockets({ timer: time.timer }),
    messageForms: () => Promise.resolve(createMessageForms()),
    sha1: sha1Base64,
    tunnels: { open: () => unreachable("no tunnel is opened here") },
    schemas: createSchemaChecker(),
    expressions: createExpressions(),
    signer: requestSigner,
    tokenizer: {
      count: () => Promise.reject(new Error("nothing is counted here")),
      close: () => Promise.resolve(),
    },
    meter,
    exposition: meter.text,
    eventLog,
    states: parts.states ?? createMemoryStateStore(),
    keys,
    sessions: createSessions({ clock: time.clock, random, digestOf, adminToken: "admin", operators }),
    operators: operators.control,
    digestOf,
    sealer: createTestSealer(),
    abilities: { isLearning: true, ttlMs: 60_000, models: [] },
    continuity: {
      memoryBytesMax: 1_000_000,
      memoryTtlMs: 60_000,
      whenUnavailable: "drop",
      answersBytesMax: 1_000_000,
      answersTtlMs: 60_000,
    },
    config: {
      state: () => ({ generation: 1, file: null, running: {}, problems: [], waiting: [] }),
      plan: () => Promise.resolve({ kind: "valid", changes: [], waiting: [] }),
      reload: () => Promise.resolve({ generation: 1, file: null, running: {}, problems: [], waiting: [] }),
    },
    setRows: { list: () => [], replace: () => {} },
    catalog: {
      state: () => noCatalog,
      refresh: () => Promise.resolve(noCatalog),
      approve: () => noCatalog,
    },
    vitals: () => ({ rssBytes: 0, heapUsedBytes: 0, eventLoopDelayMsP99: 0, permissionMode: "off" }),
    ...(parts.pressure === undefined ? {} : { pressure: parts.pressure }),
    snapshot,
  });
  return {
    gateway,
    key,
    time,
    logger,
    reprice: (prices) => gateway.swap({ ...snapshot, rateCard: cardOf(prices) }),
    records: async () => {
      const list = await gateway.control.requests.list({ limit: 500 });
      const whole = await Promise.all(list.map(({ id }) => gateway.control.requests.read(id)));
      return whole.flatMap((record) => (record === undefined ? [] : [record]));
    },
  };
}

/** Digests as good as any for a test. */
const digestsOf = (digestOf: (text: string) => string): KeyDigests => ({
  ofSecret: (secret) => digestOf(`secret ${secret}`),
  ofWhole: digestOf,
  areSame: (one, other) => one === other,
});

/** Marks as good as any for a test: the text itself, folded. */
function createTestSealer(): Sealer {
  const mark = (text: string): string => Buffer.from(fingerprint128(text)).toString("hex");
  return { keyId: "test", mark, isMarked: (text, given) => mark(text) === given };
}

/** US dollars of a million tokens; those of a request whose prompt is longer than so many tokens. */
type Price = readonly [
  input: number,
  output: number,
  long?: readonly [above: number, input: number, output: number],
];

function cardOf(prices: Readonly<Record<string, Price>>): Snapshot["rateCard"] {
  const perMillion = (input: number, output: number) => ({ input: String(input), output: String(output) });
  const rows = Object.entries(prices).map(([model, [input, output, long]]) => ({
    match: { model },
    usdPerMillion: perMillion(input, output),
    ...(long === undefined
      ? {}
      : { tiers: [{ above: long[0], usdPerMillion: perMillion(long[1], long[2]) }] }),
    source: "test",
  }));
  const compiled = compileRateCard(rateRows(pricingSettings.parse({ rows }).rows, "operator"));
  if (compiled.kind !== "card") throw new Error("the prices of a test contradict each other");
  return compiled.card;
}
