import { describe, expect, it } from "vitest";
import { createTokenCount } from "../capabilities/token-count/index.ts";
import type { KnownAbilities } from "../exchange/abilities.ts";
import type { Assigned } from "../exchange/exchange.ts";
import { type DecodedOnce, decodeOnce } from "../pipeline/prepare.ts";
import { clientCodecs } from "./codecs.ts";
import { createMisfit } from "./misfit.ts";
import { compiled, openaiFacts } from "./table.test-support.ts";

const told = { source: "operator", asOf: null } as const;
const model = compiled([openaiFacts]).providers.get("openai")?.targetOf("m");
const targetOf = (abilities: KnownAbilities) => {
  if (model === undefined) throw new Error("no target");
  return { ...model, abilities };
};
const lacksMost = targetOf({
  inputs: { value: ["text"], ...told },
  tools: { value: false, ...told },
  schema: { value: false, ...told },
  contextTokens: { value: 100_000, ...told },
});

/** What a body comes to at a target, and how often it was decoded for that. */
function looks(
  body: unknown,
  of: typeof lacksMost,
  tokenCount: Parameters<typeof createMisfit>[0] = { atLeast: () => 1 },
): { by: string | undefined; decoded: number } {
  const bytes = Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
  const assigned = {
    route: { codec: clientCodecs["openai-chat"] },
    identity: { keyId: "key_1" },
    facts: { model: "m" },
    body: bytes,
  } as unknown as Assigned;
  let decoded = 0;
  const once = decodeOnce(assigned, {
    contextFor: () => ({ unwrap: () => undefined, earlier: () => undefined }),
  });
  const counted: DecodedOnce = () => {
    decoded += 1;
    return once();
  };
  const misfit = createMisfit(tokenCount)(assigned, counted);
  return { by: misfit(of)?.by, decoded };
}

const said = (content: unknown, more: object = {}) => ({
  model: "m",
  messages: [{ role: "user", content }],
  ...more,
});
const tools = [{ type: "function", function: { name: "f" } }];
const format = { type: "json_schema", json_schema: { name: "s", schema: {} } };
const image = [{ type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } }];

describe("a call at door 6", () => {
  it.for<{ name: string; body: unknown; of?: typeof lacksMost; by?: string; decoded: number }>([
    { name: "words, at a model that lacks most", body: said("hi"), decoded: 0 },
    {
      name: "all that there is, where nothing is known",
      body: said(image, { tools }),
      of: targetOf({}),
      decoded: 0,
    },
    { name: "an image", body: said(image), by: "abilities", decoded: 1 },
    { name: "tools", body: said("hi", { tools }), by: "abilities", decoded: 1 },
    { name: "a schema", body: said("hi", { response_format: format }), by: "abilities", decoded: 1 },
    { name: "what cannot be read here", body: '{"model":"m","messages":7,"tools":[]}', decoded: 1 },
  ])("is read only where it may ask what its model lacks: $name", ({ body, of = lacksMost, by, decoded }) => {
    expect(looks(body, of)).toEqual({ by, decoded });
  });
});

describe("a prompt that Python has escaped", () => {
  const tokenCount = createTokenCount();
  const window8k = targetOf({ contextTokens: { value: 8192, ...told } });
  for (let call = 0; call < 50; call += 1) tokenCount.learn({ provider: "openai", model: "m" }, 4300, 1000);
  /** As `json.dumps` does it. */
  const dumped = (text: string): string =>
    JSON.stringify(said(text)).replace(
      /[\u0080-\uffff]/g,
      (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
  const russian = "Правительство опубликовало отчёт о состоянии железных дорог. ";

  it("is not held to be longer than it is: 39 kB of Russian are about 1,500 tokens", () => {
    const body = dumped(russian.repeat(120));
    expect(body.length).toBeGreaterThan(38_000);
    expect(looks(body, window8k, tokenCount).by).toBeUndefined();
  });

  it("is refused where even its characters are too many", () => {
    expect(looks(dumped(russian.repeat(3000)), window8k, tokenCount).by).toBe("context_window");
  });
});
