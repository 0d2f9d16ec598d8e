import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSandbox } from "../../sandbox/server.ts";
import { hasRecordedTraffic, recordedTraffic } from "../support/recorded-traffic.ts";
import {
  failureOf,
  pixel,
  type SandboxClients,
  startSandboxClients,
  told,
  weather,
} from "../support/sandbox-clients.ts";

let sandbox: SandboxClients["sandbox"];
let state: SandboxClients["state"];

beforeAll(async () => {
  ({ sandbox, state } = await startSandboxClients());
});

afterAll(() => sandbox.close());

interface Part {
  readonly text?: string;
  readonly thought?: boolean;
  readonly thoughtSignature?: string;
  readonly functionCall?: Call;
}

interface Call {
  readonly name?: string;
  readonly id?: string;
  readonly args?: Readonly<Record<string, unknown>>;
  readonly partialArgs?: readonly Readonly<Record<string, unknown>>[];
  readonly willContinue?: boolean;
}

interface Chunk {
  readonly candidates?: readonly {
    readonly content?: { readonly role?: string; readonly parts?: readonly Part[] };
    readonly finishReason?: string;
    readonly index?: number;
  }[];
  readonly promptFeedback?: { readonly blockReason: string };
  readonly usageMetadata?: Readonly<Record<string, number>>;
  readonly modelVersion?: string;
  readonly responseId?: string;
  readonly error?: { readonly code: number; readonly status: string; readonly message: string };
}

interface Candidate {
  text: string;
  thoughts: string;
  /** The model's turn as a client would send it back. */
  readonly parts: Part[];
  readonly calls: { name: string; id?: string | undefined; args: unknown; signature?: string | undefined }[];
  finish: string | undefined;
}

interface ReadAnswer {
  readonly chunks: readonly Chunk[];
  readonly candidates: readonly Candidate[];
  readonly usage: Readonly<Record<string, number>> | undefined;
  readonly error: Chunk["error"];
}

/**
 * Reads the chunks of an answer by the grammar of the AI models specification, part 11, and throws at the first that has
 * no place in it.
 */
function readChunks(chunks: readonly Chunk[]): ReadAnswer {
  const candidates: Candidate[] = [];
  const open = new Map<Candidate, Candidate["calls"][number]>();
  let usage: Readonly<Record<string, number>> | undefined;
  let error: Chunk["error"];
  if (chunks.length === 0) throw new Error("no chunk");
  for (const chunk of chunks) {
    if (error) throw new Error("a chunk behind an error");
    error = chunk.error;
    if (error) continue;
    if (!chunk.candidates && !chunk.promptFeedback && !chunk.usageMetadata)
      throw new Error(`a chunk of nothing: ${JSON.stringify(chunk)}`);
    for (const name of ["modelVersion", "responseId"] as const)
      if (chunk[name] !== chunks[0]?.[name]) throw new Error(`${name} changes`);
    // The prompt's own count may be corrected on the way: Google has been seen to do so.
    const counted = (of: Chunk["usageMetadata"]) => of?.["candidatesTokenCount"] ?? 0;
    if (chunk.usageMetadata && counted(chunk.usageMetadata) < counted(usage))
      throw new Error("usage goes back");
    usage = chunk.usageMetadata ?? usage;
    for (const { content, finishReason, index = 0 } of chunk.candidates ?? []) {
      candidates[index] ??= { text: "", thoughts: "", parts: [], calls: [], finish: undefined };
      const candidate = candidates[index];
      if (candidate.finish !== undefined) throw new Error(`candidate ${index} goes on behind its end`);
      if (content?.role !== "model") throw new Error(`content from ${content?.role}`);
      for (const part of content.parts ?? []) readPart(part, candidate, open);
      candidate.finish = finishReason;
      if (finishReason !== undefined && open.has(candidate)) throw new Error("ends inside a call");
    }
  }
  return { chunks, candidates, usage, error };
}

function readPart(part: Part, candidate: Candidate, open: Map<Candidate, Candidate["calls"][number]>): void {
  candidate.parts.push(part);
  const { functionCall, thoughtSignature: signature } = part;
  if (part.text !== undefined && functionCall) throw new Error("two kinds of data in one part");
  if (part.text !== undefined) {
    if (open.has(candidate)) throw new Error("text inside a call");
    if (part.thought) candidate.thoughts += part.text;
    else candidate.text += part.text;
  } else if (functionCall) {
    const { name, id, args, partialArgs, willContinue } = functionCall;
    let call = open.get(candidate);
    if (name !== undefined) {
      if (call) throw new Error("a call inside a call");
      call = { name, id, args: args ?? {}, signature };
      candidate.calls.push(call);
    }
    if (!call) throw new Error("the rest of a call that has no beginning");
    for (const piece of partialArgs ?? []) putPiece(call, piece);
    if (willContinue === true) open.set(candidate, call);
    else open.delete(candidate);
  } else if (!("executableCode" in part) && !("codeExecutionResult" in part)) {
    throw new Error(`an unknown part: ${JSON.stringify(part)}`);
  }
}

/** Puts one piece of the arguments where its path says; texts grow. */
function putPiece(call: { args: unknown }, piece: Readonly<Record<string, unknown>>): void {
  const { jsonPath, stringValue, numberValue, boolValue } = piece;
  const steps = [...String(jsonPath).matchAll(/\.(\w+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/g)].map((step) =>
    step[1] !== undefined ? step[1] : step[2] !== undefined ? Number(step[2]) : JSON.parse(step[3] ?? '""'),
  );
  let holder: Record<string | number, unknown> = call;
  let key: string | number = "args";
  for (const step of steps) {
    const next = holder[key] ?? (typeof step === "number" ? [] : {});
    holder[key] = next;
    holder = next as Record<string | number, unknown>;
    key = step;
  }
  const before = holder[key];
  if (typeof stringValue !== "string") holder[key] = numberValue ?? boolValue ?? null;
  else holder[key] = `${typeof before === "string" ? before : ""}${stringValue}`;
}

/** The data of server-sent events; comments are let pass, everything else must be a line of data. */
function eventsOf(text: string): readonly Chunk[] {
  const frames = text.replaceAll("\r\n", "\n").split("\n\n");
  if (frames.pop() !== "") throw new Error(`ends inside an event: ${text.slice(-80)}`);
  return frames
    .filter((frame) => !frame.startsWith(":"))
    .map((frame): Chunk => {
      if (!/^data: .*$/.test(frame)) throw new Error(`not a line of data: ${frame}`);
      return JSON.parse(frame.slice("data: ".length));
    });
}

const readSse = (text: string): ReadAnswer => readChunks(eventsOf(text));
const readArray = (text: string): ReadAnswer => readChunks(JSON.parse(text));

const hello = { contents: [{ role: "user", parts: [{ text: "Good morning, gate!" }] }] };
const ask = (text: string) => ({ contents: [{ role: "user", parts: [{ text }] }] });
const tools = [
  {
    functionDeclarations: [
      { name: "get_weather", description: "Weather.", parametersJsonSchema: weather },
      {
        name: "get_time",
        parameters: {
          type: "OBJECT",
          properties: { zone: { type: "STRING", enum: ["UTC", "CET"] } },
          required: ["zone"],
        },
      },
    ],
  },
];

/** Posts to a model's method with the client's own way of giving the key. */
async function post(target: string, body: unknown, directions = ""): Promise<Response> {
  return await fetch(`${sandbox.url}/v1beta/models/${target}`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-goog-api-key": "any", ...told(directions).headers },
    body: JSON.stringify(body),
  });
}

const text = async (target: string, body: unknown, directions = ""): Promise<string> =>
  await (await post(target, body, directions)).text();

const whole = async (body: unknown, model = "swift", directions = ""): Promise<ReadAnswer> =>
  readChunks([JSON.parse(await text(`${model}:generateContent`, body, directions))]);

const sse = async (body: unknown, model = "swift", directions = ""): Promise<ReadAnswer> =>
  readSse(await text(`${model}:streamGenerateContent?alt=sse`, body, directions));

const array = async (body: unknown, model = "swift", directions = ""): Promise<ReadAnswer> =>
  readArray(await text(`${model}:streamGenerateContent`, body, directions));

/** The error of an answer that is one, with its status. */
async function refused(target: string, body: unknown, directions = "") {
  const answer = await post(target, body, directions);
  const { error }: Chunk & { error: { details?: unknown } } = JSON.parse(await answer.text());
  expect(error.code).toBe(answer.status);
  return { ...error, retryAfter: answer.headers.get("retry-after") };
}

describe("the strict reader", () => {
  it.skipIf(!hasRecordedTraffic())("takes every answer that Google has been seen to send", () => {
    const answers = recordedTraffic("gemini.generateContent").filter(({ status }) => status === 200);
    expect(answers.length).toBeGreaterThan(40);
    for (const { name, response } of answers) {
      const body = response.toString("utf8");
      const read = body.startsWith("data:") ? readSse(body) : readChunks([JSON.parse(body)].flat());
      expect([name, read.candidates[0]?.finish]).toEqual([name, expect.stringMatching(/^[A-Z_]+$/)]);
    }
  });

  it.for([
    ["content behind the end", (chunks: Chunk[]) => [...chunks, chunks[0] ?? {}]],
    ["usage that goes back", (chunks: Chunk[]) => [chunks[1] ?? {}, chunks[0] ?? {}]],
    ["another answer's chunk", (chunks: Chunk[]) => [{ ...chunks[0], responseId: "x" }, ...chunks.slice(1)]],
    ["a chunk of nothing", (chunks: Chunk[]) => [{}, ...chunks]],
    [
      "a chunk behind an error",
      (chunks: Chunk[]) => [{ error: { code: 500, status: "INTERNAL", message: "" } }, ...chunks],
    ],
  ] as const)("refuses %s", async ([, spoil]) => {
    const { chunks } = await sse(hello);
    expect(() => readChunks(spoil([...chunks]))).toThrow();
  });
});

describe("Gemini, straight at the sandbox", () => {
  it("creates an answer that says what it is, with exact usage", async () => {
    const answer = await post("sandbox-swift:generateContent", hello);
    expect(answer.headers.get("content-type")).toBe("application/json; charset=UTF-8");
    const { candidates, usage, chunks } = readChunks([JSON.parse(await answer.text())]);
    expect(candidates[0]).toMatchObject({
      finish: "STOP",
      text: expect.stringMatching(/sandbox.*Good morning, gate!/),
    });
    expect(chunks[0]?.modelVersion).toBe("sandbox-swift");
    const { promptTokenCount = 0, candidatesTokenCount = 0, totalTokenCount } = usage ?? {};
    expect(candidatesTokenCount).toBeGreaterThan(10);
    expect(totalTokenCount).toBe(promptTokenCount + candidatesTokenCount);
    expect(usage).not.toHaveProperty("thoughtsTokenCount");
  });

  it("streams the same answer as events and as an array, one token a chunk", async () => {
    const once = await whole(hello);
    for (const streamed of [await sse(hello), await array(hello)]) {
      expect(streamed.candidates[0]).toMatchObject({ text: once.candidates[0]?.text, finish: "STOP" });
      expect(streamed.usage).toEqual(once.usage);
      expect(streamed.chunks).toHaveLength((once.usage?.["candidatesTokenCount"] ?? 0) + 1);
      expect(streamed.chunks[0]?.responseId).toBe(once.chunks[0]?.responseId);
    }
    const events = await post("swift:streamGenerateContent?alt=sse", hello);
    expect(events.headers.get("content-type")).toBe("text/event-stream");
    expect(await events.text()).toMatch(/^data: \{"candidates": \[.*\}\r\n\r\n$/s);
    const elements = await post("swift:streamGenerateContent", hello);
    expect(elements.headers.get("content-type")).toBe("application/json; charset=UTF-8");
    expect(await elements.text()).toMatch(/^\[\{\n.*\}\n,\r\n\{\n.*\}\n\]$/s);
  });

  it.for([
    ["swift", whole],
    ["swift", sse],
    ["deep", whole],
    ["deep", sse],
    ["deep", array],
  ] as const)("loops through a call and its result (%s, %o)", async ([model, read]) => {
    const contents: unknown[] = [...ask("How is the weather in Paris?").contents];
    const first = (await read({ contents, tools }, model)).candidates[0];
    expect(first).toMatchObject({
      finish: "STOP",
      calls: [{ name: "get_weather", args: { city: "Paris", days: expect.any(Number) } }],
    });
    const [call] = first?.calls ?? [];
    expect(call?.signature !== undefined).toBe(model === "deep");
    expect(call?.id !== undefined).toBe(model === "deep");
    contents.push({ role: "model", parts: first?.parts ?? [] });
    const response = { result: "21 degrees and clear" };
    contents.push({ role: "user", parts: [{ functionResponse: { name: "get_weather", response } }] });
    const second = (await read({ contents, tools }, model)).candidates[0];
    expect(second?.text).toContain("21 degrees and clear");
  });

  it("takes back a stream's chunks one by one, as Google's own client keeps them", async () => {
    const question = ask("Use get_weather and get_time.").contents[0];
    const { chunks } = await sse({ contents: [question], tools }, "deep");
    const kept = chunks.flatMap((chunk) => chunk.candidates?.[0]?.content ?? []);
    expect(kept.length).toBeGreaterThan(2);
    const results = ["get_weather", "get_time"].map((name) => ({
      role: "user",
      parts: [{ functionResponse: { name, response: { result: `${name} is done` } } }],
    }));
    const second = await whole({ contents: [question, ...kept, ...results], tools }, "deep");
    expect(second.candidates[0]?.text).toContain("“get_weather is done” and “get_time is done”");
  });

  it("calls two functions at once, each in a chunk of its own, the signature on the first", async () => {
    const body = { ...ask("Use get_weather and get_time."), tools };
    const { candidates, chunks } = await sse(body, "deep");
    expect(candidates[0]?.calls.map(({ name, signature }) => [name, signature !== undefined])).toEqual([
      ["get_weather", true],
      ["get_time", false],
    ]);
    const parts = chunks.map((chunk) => chunk.candidates?.[0]?.content?.parts ?? []);
    expect(parts.filter((inside) => inside.some(({ functionCall }) => functionCall))).toHaveLength(2);
    expect((await whole(body, "deep")).candidates[0]?.calls).toEqual(candidates[0]?.calls);
  });

  it("streams a call in pieces when asked, as Vertex AI does", async () => {
    const schema = {
      type: "object",
      properties: {
        recipe: {
          type: "object",
          properties: { steps: { type: "array", items: weather, minItems: 2 } },
          required: ["steps"],
        },
        "odd name": { type: "boolean" },
        none: { type: "null" },
      },
      required: ["recipe", "odd name", "none"],
    };
    const body = {
      ...ask("Cook, please."),
      tools: [{ functionDeclarations: [{ name: "cook", parametersJsonSchema: schema }] }],
      toolConfig: { functionCallingConfig: { mode: "ANY" } },
    };
    const inOne = await sse(body, "deep");
    const config = { functionCallingConfig: { mode: "ANY", streamFunctionCallArguments: true } };
    const inPieces = await sse({ ...body, toolConfig: config }, "deep");
    const [call] = inPieces.candidates[0]?.calls ?? [];
    expect(call).toMatchObject({ name: "cook", id: expect.any(String), signature: expect.any(String) });
    expect(inPieces.chunks.length).toBeGreaterThan(inOne.chunks.length + 5);
    expect(call?.args).toEqual({
      recipe: { steps: [expect.objectContaining({ city: expect.any(String) }), expect.anything()] },
      "odd name": true,
      none: null,
    });
    expect(inPieces.candidates[0]?.finish).toBe("STOP");
  });

  it("obeys functionCallingConfig: NONE, AUTO, ANY, ANY of some, VALIDATED", async () => {
    const calls = async (functionCallingConfig: object, body: object = hello) => {
      const { candidates } = await whole({ ...body, tools, toolConfig: { functionCallingConfig } });
      return candidates[0]?.calls.map(({ name }) => name);
    };
    expect(await calls({ mode: "NONE" }, ask("Use get_time."))).toEqual([]);
    expect(await calls({ mode: "AUTO" })).toEqual([]);
    expect(await calls({ mode: "VALIDATED" }, ask("Use get_time."))).toEqual(["get_time"]);
    expect(await calls({ mode: "ANY" })).toEqual(["get_weather"]);
    expect(await calls({ mode: "ANY", allowedFunctionNames: ["get_time"] })).toEqual(["get_time"]);
  });

  it("thinks: shown when asked for, counted apart, sealed, or not at all", async () => {
    const thinking = (thinkingConfig: object) => ({ ...hello, generationConfig: { thinkingConfig } });
    for (const read of [whole, sse, array]) {
      const shown = await read(thinking({ includeThoughts: true }), "deep");
      expect(shown.candidates[0]?.thoughts).toMatch(/step by step/);
      const {
        promptTokenCount = 0,
        candidatesTokenCount = 0,
        thoughtsTokenCount = 0,
        totalTokenCount,
      } = shown.usage ?? {};
      expect(thoughtsTokenCount).toBeGreaterThan(5);
      expect(totalTokenCount).toBe(promptTokenCount + candidatesTokenCount + thoughtsTokenCount);
      const hidden = await read(hello, "deep");
      expect(hidden.candidates[0]).toMatchObject({ thoughts: "", text: expect.stringMatching(/sandbox/) });
      expect(hidden.usage?.["thoughtsTokenCount"]).toBeGreaterThan(5);
      expect(hidden.candidates[0]?.parts.at(-1)).toHaveProperty("thoughtSignature");
      expect((await read(hello, "deep", "reasoning=shown")).candidates[0]?.thoughts).toMatch(/step by step/);
      const directed = await read(thinking({ includeThoughts: true }), "deep", "reasoning=hidden");
      expect(directed.candidates[0]?.thoughts).toBe("");
    }
    const off = await whole(thinking({ thinkingBudget: 0 }), "deep");
    expect(off.usage).not.toHaveProperty("thoughtsTokenCount");
    expect(off.candidates[0]?.parts[0]).not.toHaveProperty("thoughtSignature");
  });

  it("wants the signature of a call that goes on, and only its own", async () => {
    const question = ask("How is the weather in Paris?").contents[0];
    const first = await whole({ contents: [question], tools }, "deep");
    const response = { functionResponse: { name: "get_weather", response: { result: "21" } } };
    const again = (thoughtSignature: string | undefined, more: unknown[] = [], model = "deep") => {
      const parts = (first.candidates[0]?.parts ?? []).map((part) => ({ ...part, thoughtSignature }));
      const contents = [question, { role: "model", parts }, { role: "user", parts: [response] }, ...more];
      return post(`${model}:generateContent`, { contents, tools });
    };
    const [call] = first.candidates[0]?.calls ?? [];
    const signature = call?.signature ?? "";
    expect((await again(signature)).status).toBe(200);
    expect((await again("skip_thought_signature_validator")).status).toBe(200);
    const missing = await again(undefined);
    expect(missing.status).toBe(400);
    expect(await missing.text()).toContain("missing a thought_signature in functionCall parts");
    const forged = await again(Buffer.from("another model's").toString("base64"));
    expect(await forged.text()).toContain("Corrupted thought signature.");
    expect(await (await again("no base64!")).text()).toContain("(TYPE_BYTES)");
    // Of turns before the user's last words none is wanted, and models that do not think want none at all.
    const later = [{ role: "model", parts: [{ text: "21 degrees." }] }, question];
    expect((await again(undefined, later)).status).toBe(200);
    expect((await again(undefined, [], "swift")).status).toBe(200);
  });

  it("sees images, makes JSON and words of a list, gives several candidates and logprobs", async () => {
    const inlineData = { mimeType: "image/png", data: pixel };
    const seen = await whole({ contents: [{ parts: [{ text: "What is this?" }, { inlineData }] }] });
    expect(seen.candidates[0]?.text).toMatch(/image\/png, 70 bytes/);
    const config = (generationConfig: object) => ({ ...hello, generationConfig });
    const json = { responseMimeType: "application/json" };
    const schemas = [
      { responseJsonSchema: weather },
      {
        responseSchema: {
          type: "OBJECT",
          properties: { city: { type: "STRING" }, days: { type: "INTEGER", minimum: 1, maximum: 5 } },
          required: ["city", "days"],
          propertyOrdering: ["city", "days"],
        },
      },
      {
        response_schema: {
          type: "OBJECT",
          properties: { city: { type: "STRING" }, days: { type: "INTEGER" } },
        },
      },
    ];
    for (const schema of schemas) {
      const made = await whole(config({ ...json, ...schema }));
      expect(JSON.parse(made.candidates[0]?.text ?? "")).toEqual({
        city: expect.any(String),
        days: expect.any(Number),
      });
    }
    const object = await whole(config(json));
    expect(JSON.parse(object.candidates[0]?.text ?? "")).toBeTypeOf("object");
    const responseSchema = { type: "STRING", enum: ["red", "green"] };
    const word = await whole(config({ responseMimeType: "text/x.enum", responseSchema }));
    expect(word.candidates[0]?.text).toMatch(/^(red|green)$/);
    const many = await sse(config({ candidateCount: 3 }));
    expect(many.candidates.map(({ finish }) => finish)).toEqual(["STOP", "STOP", "STOP"]);
    expect(many.usage).toEqual((await whole(config({ candidateCount: 3 }))).usage);
    const logged = JSON.parse(await text("swift:generateContent", config({ responseLogprobs: true })));
    const chosen: { token: string }[] = logged.candidates[0].logprobsResult.chosenCandidates;
    expect(chosen.map(({ token }) => token).join("")).toBe(logged.candidates[0].content.parts[0].text);
  });

  it("ends at the limit and at a stop sequence; a limit within the thoughts leaves no parts", async () => {
    const config = (generationConfig: object) => ({ ...hello, generationConfig });
    const cut = await whole(config({ maxOutputTokens: 5 }));
    expect(cut).toMatchObject({ candidates: [{ finish: "MAX_TOKENS" }], usage: { candidatesTokenCount: 5 } });
    const stopped = await sse(config({ stopSequences: ["sandbox"] }));
    expect(stopped.candidates[0]).toMatchObject({ text: "Hello from the Sallyport ", finish: "STOP" });
    const thoughts = await text("deep:generateContent", config({ maxOutputTokens: 5 }));
    expect(JSON.parse(thoughts).candidates[0].content).toEqual({ role: "model" });
  });

  it("takes the system's instruction and snake_case, and keeps long prompts in its cache", async () => {
    const long = Array.from({ length: 1_500 }, (_, index) => `word${index}`).join(" ");
    const body = {
      ...hello,
      system_instruction: { parts: [{ text: long }] },
      generation_config: { top_p: 0.5 },
    };
    const first = await whole(body);
    expect(first.usage).not.toHaveProperty("cachedContentTokenCount");
    expect(first.usage?.["promptTokenCount"]).toBeGreaterThan(1_500);
    expect((await whole(body)).usage?.["cachedContentTokenCount"]).toBe(1_408);
  });

  it("counts the tokens of a prompt, alone or as a whole request", async () => {
    const counted = JSON.parse(await text("swift:countTokens", hello));
    const { usage } = await whole(hello);
    expect(counted.totalTokens).toBe(usage?.["promptTokenCount"]);
    const full = { ...hello, tools, systemInstruction: { parts: [{ text: "Be brief." }] } };
    const generateContentRequest = { model: "models/swift", ...full };
    const both = JSON.parse(await text("swift:countTokens", { generateContentRequest }));
    expect(both.totalTokens).toBe((await whole(full)).usage?.["promptTokenCount"]);
    expect(await refused("swift:countTokens", full)).toMatchObject({
      message: expect.stringMatching(/Unknown name/),
    });
  });

  it("makes embeddings, one and many, the same as in OpenAI's form", async () => {
    const content = { parts: [{ text: "The gate is open." }] };
    const one = JSON.parse(await text("embed:embedContent", { content }));
    expect(one.embedding.values).toHaveLength(1_536);
    expect(one.usageMetadata.promptTokenCount).toBe(4);
    const openai = await fetch(`${sandbox.url}/v1/embeddings`, {
      method: "POST",
      headers: told("").headers,
      body: JSON.stringify({ model: "embed", input: "The gate is open." }),
    });
    expect(JSON.parse(await openai.text()).data[0].embedding).toEqual(one.embedding.values);
    const request = { model: "models/embed", content, taskType: "RETRIEVAL_QUERY" };
    const requests = [request, { ...request, output_dimensionality: 8 }];
    const many = JSON.parse(await text("embed:batchEmbedContents", { requests }));
    expect(many.embeddings.map(({ values }: { values: number[] }) => values.length)).toEqual([1_536, 8]);
    expect(many.embeddings[0].values).toEqual(one.embedding.values);
    expect(many.usageMetadata.promptTokenCount).toBe(8);
    const other = { requests: [{ ...request, model: "models/other" }] };
    expect(await refused("embed:batchEmbedContents", other)).toMatchObject({ code: 400 });
    expect(await refused("embed:batchEmbedContents", { requests: [{ content }] })).toMatchObject({
      code: 400,
    });
    expect(await refused("swift:embedContent", { content })).toMatchObject({
      code: 404,
      status: "NOT_FOUND",
    });
  });

  it("lists models on Google's path, and on the common one for Google's clients", async () => {
    const get = async (path: string, headers = {}) =>
      JSON.parse(await (await fetch(`${sandbox.url}${path}`, { headers })).text());
    const { models } = await get("/v1beta/models");
    expect(models).toContainEqual(expect.objectContaining({ name: "models/sandbox-deep", thinking: true }));
    expect(models).toContainEqual(
      expect.objectContaining({
        name: "models/sandbox-embed",
        supportedGenerationMethods: ["embedContent", "batchEmbedContents"],
      }),
    );
    expect(await get("/v1/models", { "x-goog-api-key": "any" })).toEqual({ models });
    expect(await get("/v1/models?key=any")).toEqual({ models });
    expect(await get("/v1/models")).toMatchObject({ object: "list" });
    expect(await get("/v1beta/models/swift")).toMatchObject({
      name: "models/swift",
      inputTokenLimit: 128_000,
    });
    expect(await get("/v1beta/models/gpt-9")).toMatchObject({ error: { code: 404, status: "NOT_FOUND" } });
  });

  const calling = { functionCall: { name: "get_time", args: {} } };
  const result = { functionResponse: { name: "get_time", response: { result: "9:30" } } };
  const user = { role: "user", parts: [{ text: "x" }] };
  const model = { role: "model", parts: [calling] };
  const declare = (parameters: object) => ({
    tools: [{ functionDeclarations: [{ name: "f", parameters }] }],
  });
  it.for([
    ["an unknown member", { sallyport: true }, /Unknown name "sallyport": Cannot find field/],
    [
      "an unknown setting",
      { generationConfig: { max_tokens: 5 } },
      /Unknown name "max_tokens" at 'generation_config'/,
    ],
    [
      "a wrong type",
      { generationConfig: { temperature: "hot" } },
      /Invalid value at 'generation_config\.temperature' \(TYPE_DOUBLE\), "hot"/,
    ],
    ["out of range", { generationConfig: { temperature: 3 } }, /temperature must be in the range/],
    ["no contents", { contents: [] }, /contents is not specified/],
    ["no parts", { contents: [{ role: "user", parts: [] }] }, /parts must not be empty/],
    ["a part without data", { contents: [{ parts: [{ thought: true }] }] }, /oneof field 'data'/],
    ["a part with two", { contents: [{ parts: [{ text: "x", ...calling }] }] }, /already set/],
    [
      "an unknown role",
      { contents: [{ role: "assistant", parts: [{ text: "x" }] }] },
      /valid role: user, model/,
    ],
    [
      "a call without a result",
      { contents: [user, model, user] },
      /number of function response parts is equal/,
    ],
    [
      "two results of one call",
      { contents: [user, model, { role: "user", parts: [result, result] }] },
      /number of function response parts/,
    ],
    [
      "a result without a call",
      { contents: [user, { role: "user", parts: [result] }] },
      /immediately after a function call turn/,
    ],
    [
      "a result that is a text",
      {
        contents: [
          user,
          model,
          { role: "user", parts: [{ functionResponse: { name: "get_time", response: "9:30" } }] },
        ],
      },
      /google\.protobuf\.Struct\), "9:30"/,
    ],
    [
      "additionalProperties in Google's own schema",
      declare({ type: "OBJECT", additionalProperties: false }),
      /Unknown name "additionalProperties" at 'tools\[0\]\.function_declarations\[0\]\.parameters'/,
    ],
    [
      "a list of types",
      declare({ type: "OBJECT", properties: { a: { type: ["string", "null"] } } }),
      /Proto field is not repeating/,
    ],
    [
      "a name that begins with a digit",
      { tools: [{ functionDeclarations: [{ name: "1x" }] }] },
      /Invalid function name/,
    ],
    [
      "six stop sequences",
      { generationConfig: { stopSequences: ["a", "b", "c", "d", "e", "f"] } },
      /at most 5/,
    ],
    [
      "a schema without its type of answer",
      { generationConfig: { responseJsonSchema: weather } },
      /response_mime_type/,
    ],
    [
      "budget and level",
      { generationConfig: { thinkingConfig: { thinkingBudget: 9, thinkingLevel: "LOW" } } },
      /only one of thinking budget/,
    ],
    [
      "a function that is not there",
      { tools, toolConfig: { functionCallingConfig: { mode: "ANY", allowedFunctionNames: ["x"] } } },
      /not among/,
    ],
  ] as const)("refuses: %s", async ([, change, sentence]) => {
    const error = await refused("swift:generateContent", { ...hello, ...change });
    expect(error).toMatchObject({ code: 400, status: "INVALID_ARGUMENT" });
    expect(error.message).toMatch(sentence);
  });

  it("refuses an unknown model, a model of embeddings, too long a prompt", async () => {
    expect(await refused("gemini-9:generateContent", hello)).toMatchObject({
      code: 404,
      status: "NOT_FOUND",
    });
    expect(await refused("embed:generateContent", hello)).toMatchObject({ code: 404, status: "NOT_FOUND" });
    expect((await refused("swift:generateContent", [])).message).toMatch(
      /^Invalid value at '' \(message\), \[\]/,
    );
    const long = ask("word ".repeat(3_000));
    const error = await refused("tiny:generateContent", long);
    expect(error.message).toMatch(
      /^The input token count \(\d+\) exceeds the maximum number of tokens allowed \(2048\)\.$/,
    );
  });

  it("asks for a key only when it has one, in Google's own way", async () => {
    const locked = await startSandbox({ key: "sesame" });
    const url = `${locked.url}/v1beta/models/swift:generateContent`;
    const call = (search: string, headers: Record<string, string>) =>
      fetch(`${url}${search}`, {
        method: "POST",
        headers: { ...told("").headers, ...headers },
        body: JSON.stringify(hello),
      });
    expect((await call("", { "x-goog-api-key": "sesame" })).status).toBe(200);
    expect((await call("?key=sesame", {})).status).toBe(200);
    expect((await call("", { authorization: "Bearer sesame" })).status).toBe(200);
    const wrong = await call("", { "x-goog-api-key": "wrong" });
    expect(wrong.status).toBe(400);
    expect(JSON.parse(await wrong.text()).error.details[0].reason).toBe("API_KEY_INVALID");
    expect((await call("", {})).status).toBe(403);
    await locked.close();
  });
});

describe("faults in Gemini", () => {
  const stream = "swift:streamGenerateContent?alt=sse";
  const tokens = (chunks: readonly Chunk[]) =>
    chunks.filter((chunk) => chunk.candidates?.[0]?.content?.parts?.[0]?.text).length;

  it.for(["refuse", "reset"])("%s: no answer", async (fault) => {
    for (const target of [
      "swift:generateContent",
      stream,
      "swift:streamGenerateContent",
      "swift:countTokens",
    ])
      expect(await failureOf(text(target, hello, `fault=${fault}`))).toBeInstanceOf(TypeError);
  });

  it("hang, stall-after: silence until the client leaves, then nothing stays open", async () => {
    const before = await state();
    for (const fault of ["hang", "stall-after:5"]) {
      const leave = new AbortController();
      const answer = fetch(`${sandbox.url}/v1beta/models/${stream}`, {
        method: "POST",
        headers: told(`fault=${fault}`).headers,
        body: JSON.stringify(hello),
        signal: leave.signal,
      });
      await expect.poll(state).toMatchObject({ openStreams: 1 });
      if (fault !== "hang") {
        let seen = "";
        for await (const bytes of (await answer).body ?? []) {
          seen += Buffer.from(bytes).toString();
          if (seen.split("\r\n\r\n").length === 6) break;
        }
        expect(tokens(eventsOf(seen))).toBe(5);
      }
      leave.abort();
      await failureOf(answer);
    }
    await expect
      .poll(state)
      .toMatchObject({ openCalls: 0, openStreams: 0, aborted: (before["aborted"] ?? 0) + 2 });
  });

  it("cut-after, cut-clean-after: exactly so many tokens, then a reset or a silent end", async () => {
    expect(await failureOf(text(stream, hello, "fault=cut-after:12"))).toBeInstanceOf(TypeError);
    const clean = await sse(hello, "swift", "fault=cut-clean-after:12");
    expect(clean.candidates[0]?.finish).toBeUndefined();
    expect(tokens(clean.chunks)).toBe(12);
    const open = await text("swift:streamGenerateContent", hello, "fault=cut-clean-after:12");
    expect(() => readArray(open)).toThrow(/JSON/);
    expect(tokens(readArray(`${open}]`).chunks)).toBe(12);
    const half = await text("swift:generateContent", hello, "fault=cut-clean-after:4");
    expect(() => JSON.parse(half)).toThrow(/JSON/);
  });

  it.for([0, 4])("error-in-stream:%i: the error as the last chunk; an array stays JSON", async (count) => {
    for (const read of [sse, array]) {
      const { chunks, error } = await read(hello, "swift", `fault=error-in-stream:${count}`);
      expect(error).toMatchObject({ code: 503, status: "UNAVAILABLE" });
      expect(tokens(chunks)).toBe(count);
    }
    expect(await refused("swift:generateContent", hello, "fault=error-in-stream")).toMatchObject({
      code: 500,
      status: "INTERNAL",
    });
  });

  it("bad-json, bad-event: broken or strange", async () => {
    expect(() => eventsOf("")).not.toThrow();
    const broken = await text(stream, hello, "fault=bad-json:10");
    expect(() => eventsOf(broken)).toThrow(/JSON/);
    expect(() => JSON.parse("[")).toThrow();
    const array10 = await text("swift:streamGenerateContent", hello, "fault=bad-json:10");
    expect(() => readArray(array10)).toThrow(/JSON/);
    for (const strange of [
      eventsOf(await text(stream, hello, "fault=bad-event:2")),
      JSON.parse(await text("swift:streamGenerateContent", hello, "fault=bad-event:2")) as Chunk[],
    ]) {
      expect(() => readChunks(strange)).toThrow(/a chunk of nothing/);
      const rest = strange.filter((chunk) => !("sandboxUnexpected" in chunk));
      expect(rest).toHaveLength(strange.length - 1);
      expect(readChunks(rest).candidates[0]?.text).toBe((await whole(hello)).candidates[0]?.text);
    }
  });

  it("no-done: no reason for the end, or no end of the array", async () => {
    const events = await sse(hello, "swift", "fault=no-done");
    expect(events.candidates[0]).toMatchObject({
      text: expect.stringMatching(/reply\.$/),
      finish: undefined,
    });
    const open = await text("swift:streamGenerateContent", hello, "fault=no-done");
    expect(() => readArray(open)).toThrow(/JSON/);
    expect(readArray(`${open}]`).candidates[0]?.finish).toBe("STOP");
  });

  it.for([
    [401, "UNAUTHENTICATED", null],
    [403, "PERMISSION_DENIED", null],
    [429, "RESOURCE_EXHAUSTED", "7"],
    [500, "INTERNAL", null],
    [503, "UNAVAILABLE", "7"],
    [529, "UNAVAILABLE", "7"],
  ] as const)("status:%i is %s, with an honest retry-after", async ([status, name, seconds]) => {
    const directions = `fault=status:${status}${seconds === null ? "" : ";retry-after=7"}`;
    for (const target of ["swift:generateContent", stream, "swift:countTokens"]) {
      const error = await refused(target, hello, directions);
      expect(error).toMatchObject({ code: status, status: name, retryAfter: seconds });
    }
    const listed = JSON.parse(await text("swift:streamGenerateContent", hello, directions));
    expect(listed).toMatchObject([{ error: { code: status, status: name } }]);
    if (status === 429) expect(JSON.stringify(listed)).toContain('"retryDelay":"7s"');
  });

  it("content-filter: a reason; content-policy: an answer without candidates; context-length: a sentence", async () => {
    for (const read of [whole, sse, array]) {
      expect((await read(hello, "swift", "fault=content-filter")).candidates[0]?.finish).toBe("SAFETY");
      const blocked = await read(hello, "swift", "fault=content-policy");
      expect(blocked.candidates).toEqual([]);
      expect(blocked.chunks).toMatchObject([
        {
          promptFeedback: { blockReason: "PROHIBITED_CONTENT" },
          usageMetadata: { promptTokenCount: expect.any(Number) },
        },
      ]);
      expect(blocked.usage).not.toHaveProperty("candidatesTokenCount");
    }
    const long = await refused("swift:generateContent", hello, "fault=context-length");
    expect(long.message).toMatch(/exceeds the maximum number of tokens allowed \(128000\)/);
    expect((await whole(hello, "swift", "answer=refusal")).candidates[0]?.text).toMatch(/told to decline/);
  });

  it("usage: wrong, none, double, early", async () => {
    const right = (await sse(hello)).usage;
    const chunksOf = async (fault: string) => (await sse(hello, "swift", `fault=usage:${fault}`)).chunks;
    expect((await chunksOf("none")).some((chunk) => "usageMetadata" in chunk)).toBe(false);
    const early = await chunksOf("early");
    expect(early.map(({ usageMetadata }) => usageMetadata).filter(Boolean)).toEqual([right]);
    expect(early[0]?.usageMetadata).toEqual(right);
    const double = await chunksOf("double");
    expect(double.slice(-2).map(({ usageMetadata }) => usageMetadata)).toEqual([right, right]);
    expect(double.at(-1)).not.toHaveProperty("candidates");
    const wrong = (await whole(hello, "swift", "fault=usage:wrong")).usage ?? {};
    expect(wrong["totalTokenCount"]).not.toBe(
      (wrong["promptTokenCount"] ?? 0) + (wrong["candidatesTokenCount"] ?? 0),
    );
  });

  it.for(["split-utf8", "crlf", "comments", "trickle", "crlf,comments,split-utf8,trickle"])(
    "%s: ugly bytes, the same text",
    async (fault) => {
      const bytes = await text(stream, hello, `fault=${fault}`);
      expect(bytes).not.toMatch(/\r\r|\r(?!\n)/);
      if (fault === "comments") expect(bytes).toContain(": sandbox comment");
      const read = readSse(bytes).candidates[0]?.text;
      expect(read).toContain("Good morning, gate!");
      if (fault.includes("split-utf8")) expect(read).toContain("Grüße 🙂 —");
      expect((await whole(hello, "swift", `fault=${fault}`)).candidates[0]?.text).toBe(read);
      expect((await array(hello, "swift", `fault=${fault}`)).candidates[0]?.text).toBe(read);
    },
  );

  it("suffix and control direct it too, and time is kept", async () => {
    for (const suffixed of ["sandbox-steady+fault=status:503", "sandbox-steady%2Bfault%3Dstatus%3A503"])
      expect(await refused(`${suffixed}:generateContent`, hello)).toMatchObject({ code: 503 });
    const put = (body: unknown) =>
      fetch(`${sandbox.url}/control/models/us`, { method: "PUT", body: JSON.stringify(body) });
    await put({ script: ["First line.", "Second line."], times: 2 });
    expect((await whole(hello, "us")).candidates[0]?.text).toBe("First line.");
    const later = [
      ...hello.contents,
      { role: "model", parts: [{ text: "First line." }] },
      ...ask("Go on").contents,
    ];
    expect((await whole({ contents: later }, "us")).candidates[0]?.text).toBe("Second line.");
    const started = performance.now();
    const seen: number[] = [];
    const answer = await fetch(`${sandbox.url}/v1beta/models/${stream}`, {
      method: "POST",
      headers: { "x-sallyport-sandbox": "ttft=150;rate=25;tokens=30" },
      body: JSON.stringify(hello),
    });
    for await (const bytes of answer.body ?? [])
      for (const _event of Buffer.from(bytes)
        .toString()
        .matchAll(/data: /g))
        seen.push(performance.now() - started);
    expect(seen).toHaveLength(31);
    expect(seen[0]).toBeGreaterThanOrEqual(145);
    // Slow enough that a machine which stands still for half a second does not hide the pace.
    expect(seen.at(-1)).toBeGreaterThanOrEqual(1200);
    expect((seen.at(-1) ?? 0) - (seen[0] ?? 0)).toBeGreaterThan(230);
  });

  it("same seed and same body: same bytes, whatever the form", async () => {
    const first = await text(stream, hello, "answer=prose");
    expect(await text(stream, hello, "answer=prose")).toBe(first);
    expect(await text(stream, hello, "answer=prose;seed=8")).not.toBe(first);
    const other = await text("eu:streamGenerateContent?alt=sse", hello, "answer=prose");
    expect(other).not.toBe(first.replaceAll("swift", "eu"));
  });
});
