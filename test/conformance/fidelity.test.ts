import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ChatDialect, UpstreamDialect } from "../../src/exchange/dialect.ts";
import { clientCodecs, upstreamCodecOf } from "../../src/gateway/codecs.ts";
import {
  anthropicUpstream,
  geminiUpstream,
  memoryGateway,
  openaiUpstream,
  responsesUpstream,
} from "../support/memory-gateway.ts";
import { inboundRequest, recordedReply } from "../support/recorded-reply.ts";
import { scriptedTransport } from "../support/scripted-transport.ts";

/** JSON as text, written in every way that a parser would not give back: numbers, escapes, doubled names, white space. */
const space = fc.constantFrom("", " ", "\n\t");
const oddNumber = fc.constantFrom(
  "9007199254740993",
  "-9007199254740993",
  "1e400",
  "-0",
  "1.0",
  "0.10",
  "1E+2",
  "123456789012345678901234567890",
);
const oddString = fc.constantFrom(
  '"plain"',
  '"\\ud83d"',
  '"\\udc00 lone"',
  '"\\u00e9\\/\\u0041"',
  '"é😀"',
  '"sp1"',
  '"a\\\\\\"b"',
);
const { value: oddJson } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    oddNumber,
    oddString,
    fc.constantFrom("null", "true", "[]", "{}"),
    fc
      .tuple(space, fc.array(tie("value"), { maxLength: 3 }), space)
      .map(([before, items, after]) => `[${before}${items.join(`${after},`)}${after}]`),
    fc
      .tuple(
        space,
        fc.array(fc.tuple(fc.constantFrom("a", "b", "x_y", "é"), tie("value")), { maxLength: 3 }),
        space,
      )
      .map(
        ([before, members, after]) =>
          `{${before}${members.map(([name, member]) => `"${name}"${after}:${before}${member}`).join(",")}}`,
      ),
  ),
}));
/** An object whose names may be doubled. */
const oddObject = fc
  .array(fc.tuple(fc.constantFrom("a", "b", "city"), oddJson), { maxLength: 4 })
  .map((members) => `{${members.map(([name, member]) => `"${name}": ${member}`).join(" ,")}}`);

interface Lane {
  readonly dialect: ChatDialect;
  readonly provider: typeof openaiUpstream;
  readonly path: string;
  readonly request: (odd: string) => string;
  readonly answer: (odd: string) => string;
}

const lanes: readonly Lane[] = [
  {
    dialect: "openai-chat",
    provider: openaiUpstream,
    path: "/v1/chat/completions",
    request: (odd) =>
      `{"x": ${odd},"model":"gpt-5", "messages":[{"role":"user","content":"hi","x":${odd}}],"tools":[{"type":"new","x":${odd}}],"y":${odd} }`,
    answer: (odd) =>
      `{"id":"c","object":"chat.completion","created":1,"model":"gpt-5","choices":[{"index":0,"message":{"role":"assistant","content":"hi","x":${odd}},"finish_reason":"stop"}],"x": ${odd}}`,
  },
  {
    dialect: "openai-responses",
    provider: responsesUpstream,
    path: "/v1/responses",
    request: (odd) =>
      `{"model":"gpt-5","input":[{"role":"user","content":"hi","x": ${odd}},{"type":"new_item","x":${odd}}],"y": ${odd}}`,
    answer: (odd) =>
      `{"id":"resp_1","object":"response","created_at":1,"status":"completed","model":"gpt-5","output":[{"type":"new_item","x":${odd}}],"x": ${odd}}`,
  },
  {
    dialect: "anthropic-messages",
    provider: anthropicUpstream,
    path: "/v1/messages",
    request: (odd) =>
      `{ "model":"claude-x","max_tokens":10,"messages":[{"role":"user","content":[{"type":"new","x":${odd}}]}],"y": ${odd}}`,
    answer: (odd) =>
      `{"id":"m","type":"message","role":"assistant","model":"claude-x","content":[{"type":"new","x":${odd}}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":1,"x":${odd}}}`,
  },
  {
    dialect: "gemini-generate",
    provider: geminiUpstream,
    path: "/v1beta/models/gemini-3:generateContent",
    request: (odd) =>
      `{"contents":[{"role":"user","parts":[{"text":"hi","x":${odd}},{"y": ${odd}}]}],"z" :${odd}}`,
    answer: (odd) =>
      `{"candidates":[{"content":{"role":"model","parts":[{"text":"hi","x":${odd}}]},"finishReason":"STOP"}],"x": ${odd}}`,
  },
];

/** What came to the upstream, and what to the client, of one call over real doors. */
async function pass({ provider, path }: Lane, request: string | Buffer, answer: string | Buffer) {
  const transport = scriptedTransport(() => [
    { kind: "head", status: 200, headers: { "content-type": "application/json" } },
    { kind: "data", bytes: Buffer.from(answer) },
    { kind: "end" },
  ]);
  const { gateway, key } = await memoryGateway({
    transport,
    providers: [provider],
    bodyBytesMax: 32 * 1024 ** 2,
  });
  const client = recordedReply();
  gateway.handle(
    inboundRequest({
      target: path,
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: request,
      reply: client.reply,
    }),
  );
  for (let turn = 0; turn < 50 && !client.isEnded(); turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    while (transport.sent[0]?.step());
  }
  const body = transport.sent[0]?.request.body;
  if (typeof body !== "string" && !(body instanceof Uint8Array)) throw new Error("nothing was sent");
  return {
    sent: Buffer.from(body),
    got: client.bytes(),
    lane: client.header("x-sallyport-lane"),
    status: client.status(),
  };
}

describe.each(lanes)("rule 1: a body of $dialect to an upstream of its own dialect", (lane) => {
  it("passes in both directions as it was written, whatever unknown members it has, at any depth", async () => {
    await fc.assert(
      fc.asyncProperty(oddJson, oddJson, async (asked, told) => {
        const request = lane.request(asked);
        const answer = lane.answer(told);
        const { sent, got, ...rest } = await pass(lane, request, answer);
        expect(rest).toEqual({ lane: "bytes", status: 200 });
        expect(sent.toString()).toBe(request);
        expect(got.toString()).toBe(answer);
      }),
      { numRuns: 40 },
    );
  });

  it("passes with 10 MB of base64 and a thousand tools", async () => {
    const image = Buffer.alloc(7_500_000, 7).toString("base64");
    const tools = Array.from({ length: 1000 }, (_, index) => `{"name":"tool_${index}","x":1.0}`).join(", ");
    const request = lane.request(`{"image":"${image}","list":[${tools}]}`);
    const { sent, status } = await pass(lane, request, lane.answer("1.0"));
    expect(status).toBe(200);
    expect(sent.equals(Buffer.from(request))).toBe(true);
  });
});

type ToUpstream = Exclude<UpstreamDialect, `${string}-embeddings` | "anthropic-count">;
/** Dialects in which arguments are a text, and those in which they are a value. */
const upstreams: readonly { readonly dialect: ToUpstream; readonly isText: boolean }[] = [
  { dialect: "openai-chat", isText: true },
  { dialect: "openai-responses", isText: true },
  { dialect: "mistral-chat", isText: true },
  { dialect: "cohere-chat", isText: true },
  { dialect: "anthropic-messages", isText: false },
  { dialect: "gemini-generate", isText: false },
  { dialect: "bedrock-converse", isText: false },
];

/** A conversation in which a tool was called with these arguments, whose schema holds this value. */
const conversations: Readonly<Record<ChatDialect, (args: string, schema: string) => string>> = {
  "openai-chat": (args, schema) =>
    `{"model":"m","messages":[{"role":"user","content":"q"},{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":${JSON.stringify(args)}}}]},{"role":"tool","tool_call_id":"call_1","content":"r"}],"tools":[{"type":"function","function":{"name":"f","parameters":${schema}}}]}`,
  "openai-responses": (args, schema) =>
    `{"model":"m","input":[{"role":"user","content":"q"},{"type":"function_call","call_id":"call_1","name":"f","arguments":${JSON.stringify(args)}},{"type":"function_call_output","call_id":"call_1","output":"r"}],"tools":[{"type":"function","name":"f","parameters":${schema},"strict":false}]}`,
  "anthropic-messages": (args, schema) =>
    `{"model":"m","max_tokens":100,"messages":[{"role":"user","content":"q"},{"role":"assistant","content":[{"type":"tool_use","id":"toolu_1","name":"f","input":${args}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":"r"}]}],"tools":[{"name":"f","input_schema":${schema}}]}`,
  "gemini-generate": (args, schema) =>
    `{"contents":[{"role":"user","parts":[{"text":"q"}]},{"role":"model","parts":[{"functionCall":{"name":"f","args":${args}}}]},{"role":"user","parts":[{"functionResponse":{"name":"f","response":{"result":"r"}}}]}],"tools":[{"functionDeclarations":[{"name":"f","parametersJsonSchema":${schema}}]}]}`,
};

function translated(client: ChatDialect, upstream: ToUpstream, body: string): string {
  const decoding = clientCodecs[client].decode(Buffer.from(body), { target: { model: "m" } });
  if (decoding.kind === "invalid") throw new Error(JSON.stringify(decoding.problems));
  const encoded = upstreamCodecOf(upstream).encodeRequest(decoding.call, {
    model: "m",
    outputTokensMax: 100,
  });
  if (encoded.kind === "refused") throw encoded.error;
  return encoded.body;
}

const pairs = (Object.keys(conversations) as ChatDialect[]).flatMap((client) =>
  upstreams.map((upstream) => ({ client, upstream: upstream.dialect, isText: upstream.isText })),
);

describe.each(pairs)("rule 2: what $client tells $upstream", ({ client, upstream, isText }) => {
  it("has tool arguments in the very text that they arrived in", () => {
    fc.assert(
      fc.property(oddObject, (args) => {
        const body = translated(client, upstream, conversations[client](args, '{"type":"object"}'));
        // No arguments are an empty object in some dialects.
        expect(body).toContain(isText ? JSON.stringify(args) : args);
        expect(() => JSON.parse(body)).not.toThrow();
      }),
      { numRuns: 60 },
    );
  });

  it("has a thousand tools in their order", () => {
    const names = Array.from({ length: 1000 }, (_, index) => `tool_${index}`);
    const one = conversations[client]("{}", '{"type":"object"}');
    const place = one.indexOf('"f"', one.indexOf('"tools"'));
    const open = one.lastIndexOf(client === "gemini-generate" ? '{"name"' : "{", place);
    const start = client === "openai-chat" ? one.lastIndexOf('{"type"', open) : open;
    const end = one.length - (client === "gemini-generate" ? 4 : 2);
    const tool = one.slice(start, end);
    const many =
      one.slice(0, start) +
      [tool, ...names.map((name) => tool.replace('"f"', `"${name}"`))].join(",") +
      one.slice(end);
    const body = translated(client, upstream, many);
    expect([...body.matchAll(/"(tool_\d+)"/g)].map(([, name]) => name)).toEqual(names);
  });
});
