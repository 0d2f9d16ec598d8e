import { describe, expect, it } from "vitest";
import { mayUse } from "../capabilities/identity/index.ts";
import { plan } from "../capabilities/routing/index.ts";
import type { ClientCodec } from "../exchange/codec.ts";
import type { Assigned } from "../exchange/exchange.ts";
import { GatewayError } from "../kernel/errors.ts";
import { epochMs } from "../kernel/units.ts";
import { clientCodecs } from "./codecs.ts";
import { providerStates } from "./provider-states.ts";
import type { ProviderFacts } from "./snapshot.ts";
import { compiled, openaiFacts } from "./table.test-support.ts";
import { createUpstreamTallies } from "./upstream-tallies.ts";

const noTallies = createUpstreamTallies({ now: () => epochMs(0) });
const stateOf = (facts: Partial<ProviderFacts>) =>
  providerStates(compiled([{ ...openaiFacts, ...facts }]), noTallies)[0];

/** Nothing is asked of it where there is one target. */
const noChoice: Parameters<typeof plan>[3] = {
  expect: () => {
    throw new Error("nothing is to be chosen");
  },
  misfitOf: () => undefined,
  random: () => 0,
  turnsOf: () => new Map(),
  hints: {},
  bounds: { residency: [], refusalOf: () => undefined },
};

describe("providerStates", () => {
  it("tells where a provider is and what leads there", () => {
    expect(stateOf({})).toMatchObject({
      provider: "openai",
      known: "openai",
      dialects: expect.arrayContaining(["openai-chat", "openai-responses"]),
      origin: "https://api.openai.example",
      names: ["gpt-*", "o3"],
      requests: 0,
      lastTry: null,
      lastError: null,
      errors: [],
    });
    expect(stateOf({ priceProvider: undefined })?.known).toBeNull();
  });

  it.for<{ name: string; facts: Partial<ProviderFacts>; credential: string }>([
    { name: "a key", facts: {}, credential: "key" },
    {
      name: "a signature",
      facts: { credential: undefined, sign: () => ["authorization", "AWS4 secret"] },
      credential: "signature",
    },
    {
      name: "headers of the configuration",
      facts: { credential: undefined, headers: { "X-Token": "header-secret" } },
      credential: "headers",
    },
    { name: "nothing", facts: { credential: undefined }, credential: "none" },
  ])("says that it is known by $name, and never tells a secret or a path", ({ facts, credential }) => {
    const state = stateOf({ ...facts, baseUrl: "https://user:pass@host.example/secret-path/v1" });
    expect(state?.credential).toBe(credential);
    expect(JSON.stringify(state)).not.toMatch(/secret|sk-of|user|pass/);
  });

  it.for<{ dialects: ProviderFacts["dialects"] }>([
    { dialects: ["openai-chat"] },
    { dialects: ["anthropic-messages", "openai-responses"] },
    { dialects: ["bedrock-converse"] },
    { dialects: ["gemini-generate"] },
    { dialects: ["openai-embeddings"] },
  ])("shows the lanes that door 6 decides on where $dialects are spoken", ({ dialects }) => {
    const table = compiled([{ ...openaiFacts, dialects }]);
    const laneOf = (codec: ClientCodec): string => {
      const assigned = {
        facts: { model: "gpt-5" },
        route: { codec },
        constraints: { models: [] },
      } as unknown as Assigned;
      try {
        return plan(assigned, table, mayUse, noChoice).plan.candidates[0].lane;
      } catch (thrown) {
        return GatewayError.from(thrown).code === "no_eligible_upstream" ? "none" : "fault";
      }
    };
    // What a client of gRPC speaks has no path of its own.
    const shownOf = Object.values(clientCodecs).filter(({ dialect }) => !dialect.startsWith("ai-v1"));
    const decided = shownOf.map((codec) => [codec.dialect, laneOf(codec)]);
    const [state] = providerStates(table, noTallies);
    const shown = Object.fromEntries(state?.lanes.map(({ dialect, lane }) => [dialect, lane]) ?? []);
    expect(shown).toEqual(Object.fromEntries(decided));
  });

  it("shows a region and a server's profile where the route tells them, the usual ways where it tells none", () => {
    const table = compiled([openaiFacts]);
    const route = table.providers.get("openai");
    if (route === undefined) throw new Error("there is one");
    const told = { ...route, region: "eu-central-1", quirks: "deepseek" };
    const [state] = providerStates({ providers: new Map([["openai", told]]) }, noTallies);
    expect(state?.region).toBe("eu-central-1");
    expect(state?.profile?.id).toBe("deepseek");
    expect(state?.profile?.ways).toEqual(
      expect.arrayContaining([
        { name: "usageInStream", value: "finish-chunk", isUsual: false },
        { name: "efforts", value: "low, high, max", isUsual: false },
        { name: "acceptsTopK", value: "false", isUsual: true },
      ]),
    );
    const usual = stateOf({});
    expect(usual?.region).toBeNull();
    expect(usual?.profile?.id).toBe("default");
    expect(usual?.profile?.ways.every(({ isUsual }) => isUsual)).toBe(true);
    expect(stateOf({ dialects: ["anthropic-messages"] })?.profile).toBeNull();
  });

  it("tells probes of an error without its words", () => {
    const tallies = createUpstreamTallies({ now: () => epochMs(7) });
    const table = compiled([openaiFacts]);
    const target = table.providers.get("openai")?.targetOf("gpt-5");
    const endpoint = target?.endpoints[0];
    if (target === undefined || endpoint === undefined) throw new Error("there is one");
    tallies.onTried(
      { target, endpoint, lane: "bytes" },
      { code: "upstream_failed", status: 500, message: "words" },
    );
    const [state] = providerStates(table, tallies);
    expect(state?.lastError).toEqual({ at: 7, code: "upstream_failed", status: 500 });
    expect(state?.errors).toMatchObject([{ message: "words" }]);
  });
});
