import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSandbox } from "../../sandbox/server.ts";
import { failureOf, type SandboxClients, startSandboxClients, told } from "../support/sandbox-clients.ts";

let sandbox: SandboxClients["sandbox"];
let openai: SandboxClients["openai"];
let raw: SandboxClients["raw"];

beforeAll(async () => {
  ({ sandbox, openai, raw } = await startSandboxClients());
});

afterAll(() => sandbox.close());

const model = "sandbox-embed";
const dot = (left: readonly number[], right: readonly number[]) =>
  left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0);

/** The first vector of an answer in OpenAI's form, read from numbers or base64. */
async function vectorOf(input: unknown, more: object = {}, directions = ""): Promise<readonly number[]> {
  const answer: { data: { embedding: number[] }[] } = JSON.parse(
    await raw("/v1/embeddings", { model, input, ...more }, directions),
  );
  return answer.data[0]?.embedding ?? [];
}

describe("OpenAI's SDK, straight at the sandbox's embeddings", () => {
  it("makes one vector of length 1 an input, in order, with exact usage", async () => {
    const answer = await openai.embeddings.create({ model, input: ["The gate is open.", "Two words"] });
    expect(answer).toMatchObject({ object: "list", model });
    expect(answer.data.map(({ index, object }) => [index, object])).toEqual([
      [0, "embedding"],
      [1, "embedding"],
    ]);
    for (const { embedding } of answer.data) {
      expect(embedding).toHaveLength(1_536);
      expect(dot(embedding, embedding)).toBeCloseTo(1, 4);
    }
    expect(answer.usage).toEqual({ prompt_tokens: 6, total_tokens: 6 });
    const alone = await openai.embeddings.create({ model, input: "Two words" });
    expect(alone.data[0]?.embedding).toEqual(answer.data[1]?.embedding);
  });

  it("gives the same numbers as floats and as little-endian float32 in base64", async () => {
    const floats = await openai.embeddings.create({ model, input: "Same?", encoding_format: "float" });
    const packed = await openai.embeddings.create({ model, input: "Same?", encoding_format: "base64" });
    const base64: unknown = packed.data[0]?.embedding;
    const bytes = Buffer.from(String(base64), "base64");
    expect(bytes).toHaveLength(1_536 * 4);
    const unpacked = Array.from({ length: 1_536 }, (_, index) => bytes.readFloatLE(index * 4));
    expect(unpacked).toEqual(floats.data[0]?.embedding.map(Math.fround));
    // Undirected, the SDK asks for base64 and unpacks it itself.
    const byDefault = await openai.embeddings.create({ model, input: "Same?" });
    expect(byDefault.data[0]?.embedding).toEqual(unpacked);
  });

  it("depends on text and seed alone, and fewer dimensions are the first of more", async () => {
    const full = await vectorOf("A text.");
    expect(await vectorOf(["Another.", "A text."], {}, "seed=7")).not.toEqual(full);
    expect(await vectorOf(["A text.", "Another."], { user: "u" }, "seed=7")).toEqual(full);
    expect(await vectorOf("A text.", {}, "seed=8")).not.toEqual(full);
    const twin = await startSandbox({ seed: 7 });
    const headers = { "content-type": "application/json", ...told("").headers };
    const body = JSON.stringify({ model, input: "A text." });
    const answer = await fetch(`${twin.url}/v1/embeddings`, { method: "POST", headers, body });
    expect(JSON.parse(await answer.text())).toMatchObject({ data: [{ embedding: full }] });
    await twin.close();
    const few = await vectorOf("A text.", { dimensions: 8 });
    expect(few).toHaveLength(8);
    expect(dot(few, few)).toBeCloseTo(1, 5);
    const scale = (full[0] ?? 0) / (few[0] ?? 1);
    for (const [index, value] of few.entries()) expect(value * scale).toBeCloseTo(full[index] ?? 0, 5);
  });

  it("puts texts with words in common near each other", async () => {
    const [cat, feline, invoice] = await Promise.all([
      vectorOf("The cat sat on the mat."),
      vectorOf("the cat sat on a mat"),
      vectorOf("Invoices are due within thirty days."),
    ]);
    expect(dot(cat ?? [], feline ?? [])).toBeGreaterThan(0.6);
    expect(Math.abs(dot(cat ?? [], invoice ?? []))).toBeLessThan(0.3);
  });

  it("takes lists of tokens", async () => {
    const answer = await openai.embeddings.create({ model, input: [[1, 2, 3], [4]] });
    expect(answer.data).toHaveLength(2);
    expect(answer.usage.prompt_tokens).toBe(4);
    const one = await openai.embeddings.create({ model, input: [1, 2, 3] });
    expect(one.data[0]?.embedding).toEqual(answer.data[0]?.embedding);
  });

  it.for([
    ["unknown model", { model: "gpt-9" }, 404, /does not exist/],
    ["a model of words", { model: "swift" }, 404, /makes no embeddings/],
    ["no model", { model: undefined }, 400, /must provide a model/],
    ["no input", { input: undefined }, 400, /'input' is a required property/],
    ["empty input", { input: "" }, 400, /'\$\.input' is invalid/],
    ["no inputs", { input: [] }, 400, /'\$\.input' is invalid/],
    ["an empty text among others", { input: ["a", ""] }, 400, /'\$\.input' is invalid/],
    ["a number that is no token", { input: [1.5] }, 400, /'\$\.input' is invalid/],
    ["too many inputs", { input: Array.from({ length: 2_049 }, () => "a") }, 400, /'\$\.input' is invalid/],
    ["too long an input", { input: "word ".repeat(8_193) }, 400, /maximum context length is 8192 tokens/],
    ["no dimensions", { dimensions: -1 }, 400, /^400 -1 is less than the minimum of 1 - 'dimensions'$/],
    ["too many dimensions", { dimensions: 4_000 }, 400, /less than or equal to 1536/],
    ["unknown format", { encoding_format: "hex" }, 400, /'hex' is not one of \['float', 'base64'\]/],
  ] as const)("refuses: %s", async ([, change, status, sentence]) => {
    const body = JSON.parse(JSON.stringify({ model, input: "x", ...change }));
    const error = await failureOf(openai.embeddings.create(body));
    if (!(error instanceof OpenAI.APIError)) throw new Error("no API error");
    expect(error.status).toBe(status);
    expect(error.message).toMatch(sentence);
  });

  it("refuses to talk: a model of embeddings is no model for Chat", async () => {
    const chat = openai.chat.completions.create({ model, messages: [{ role: "user", content: "Hi" }] });
    await expect(chat).rejects.toMatchObject({ status: 404, param: "model" });
  });
});

describe("faults in embeddings", () => {
  const create = (directions: string, timeout = 10_000) =>
    openai.embeddings.create({ model, input: "Hi" }, { ...told(directions), timeout });

  it.for([
    ["refuse", /Connection error/],
    ["reset", /terminated/],
    ["cut-after:4", /terminated/],
    ["cut-clean-after:4", /JSON/],
    ["bad-json", /JSON/],
  ] as const)("%s: no answer", async ([fault, message]) => {
    await expect(create(`fault=${fault}`)).rejects.toThrow(message);
  });

  it("hang, stall-after: silence until the client leaves", async () => {
    await expect(create("fault=hang", 50)).rejects.toBeInstanceOf(OpenAI.APIConnectionTimeoutError);
    await expect(create("fault=stall-after:2", 100)).rejects.toBeInstanceOf(OpenAI.APIConnectionTimeoutError);
  });

  it.for([
    [429, OpenAI.RateLimitError, "7"],
    [500, OpenAI.InternalServerError, null],
    [503, OpenAI.InternalServerError, "7"],
  ] as const)("status:%i with an honest retry-after", async ([status, kind, seconds]) => {
    const retry = seconds === null ? "" : ";retry-after=7";
    const error = await failureOf(create(`fault=status:${status}${retry}`));
    if (!(error instanceof OpenAI.APIError)) throw new Error("no API error");
    expect(error).toBeInstanceOf(kind);
    expect(error.headers?.get("retry-after")).toBe(seconds);
  });

  it("error-in-stream, content-policy, context-length: refusals", async () => {
    await expect(create("fault=error-in-stream")).rejects.toMatchObject({ status: 500 });
    await expect(create("fault=content-policy")).rejects.toMatchObject({ code: "content_policy_violation" });
    await expect(create("fault=context-length")).rejects.toMatchObject({ code: "context_length_exceeded" });
  });

  it("usage: none, wrong", async () => {
    expect(await raw("/v1/embeddings", { model, input: "Hi" }, "fault=usage:none")).not.toContain("usage");
    const { usage } = await create("fault=usage:wrong");
    expect(usage.prompt_tokens).not.toBe(usage.total_tokens);
  });

  it("trickle, split-utf8, crlf, comments, no-done, content-filter: nothing to go wrong", async () => {
    const whole = await create("");
    expect(await create("fault=trickle,split-utf8,crlf,comments,no-done,content-filter")).toEqual(whole);
  });

  it("suffix, control and time hold too", async () => {
    const suffixed = openai.embeddings.create({ model: "embed+fault=status:503", input: "Hi" });
    await expect(suffixed).rejects.toMatchObject({ status: 503 });
    await fetch(`${sandbox.url}/control/models/embed`, {
      method: "PUT",
      body: JSON.stringify({ fault: "status:429", times: 1 }),
    });
    await expect(create("")).rejects.toMatchObject({ status: 429 });
    const started = performance.now();
    await openai.embeddings.create(
      { model, input: "Hi" },
      { headers: { "x-sallyport-sandbox": "ttft=120" } },
    );
    expect(performance.now() - started).toBeGreaterThanOrEqual(115);
  });
});
