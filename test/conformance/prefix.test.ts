import { execFileSync } from "node:child_process";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ChatDialect, UpstreamDialect } from "../../src/exchange/dialect.ts";
import { clientCodecs, upstreamCodecOf } from "../../src/gateway/codecs.ts";
import { hasRecordedTraffic, recordedTraffic } from "../support/recorded-traffic.ts";

type ToUpstream = Exclude<UpstreamDialect, `${string}-embeddings` | "anthropic-count">;
const upstreams: readonly ToUpstream[] = [
  "openai-chat",
  "openai-responses",
  "anthropic-messages",
  "gemini-generate",
  "bedrock-converse",
  "cohere-chat",
  "mistral-chat",
];
const models: Readonly<Record<ToUpstream, string>> = {
  "openai-chat": "gpt-4o",
  "openai-responses": "gpt-4o",
  "anthropic-messages": "claude-sonnet-4-5",
  "gemini-generate": "gemini-2.5-flash",
  "bedrock-converse": "anthropic.claude-sonnet-4-5-20250929-v1:0",
  "cohere-chat": "command-a-03-2025",
  "mistral-chat": "mistral-small-latest",
};
/** Where each upstream's body has the conversation, and what goes before it in the prompt. */
const conversationOf: Readonly<Record<ToUpstream, string>> = {
  "openai-chat": "messages",
  "openai-responses": "input",
  "anthropic-messages": "messages",
  "gemini-generate": "contents",
  "bedrock-converse": "messages",
  "cohere-chat": "messages",
  "mistral-chat": "messages",
};

function encoded(client: ChatDialect, upstream: ToUpstream, request: Buffer): string | undefined {
  const decoding = clientCodecs[client].decode(request, { target: { model: "m" } });
  if (decoding.kind === "invalid") throw new Error(JSON.stringify(decoding.problems));
  const context = { model: models[upstream], outputTokensMax: 4096 };
  const made = upstreamCodecOf(upstream).encodeRequest(decoding.call, context);
  return made.kind === "refused" ? undefined : made.body;
}

const recordings = [
  { client: "openai-chat", name: "openai.chat" },
  { client: "openai-responses", name: "openai.responses" },
  { client: "anthropic-messages", name: "anthropic.messages" },
  { client: "gemini-generate", name: "gemini.generateContent" },
] as const;

describe.skipIf(!hasRecordedTraffic())("the same request", () => {
  it.for(recordings)("of $client is the same bytes 200 times over, in one process", ({ client, name }) => {
    const requests = recordedTraffic(name)
      .map(({ request }) => request)
      .filter((request) => clientCodecs[client].decode(request, { target: { model: "m" } }).kind === "call");
    expect(requests.length).toBeGreaterThan(50);
    for (const upstream of upstreams) {
      const first = requests.map((request) => encoded(client, upstream, request));
      expect(first.filter((body) => body !== undefined).length, upstream).toBeGreaterThan(
        requests.length / 3,
      );
      // 200 times the largest, once more all of them.
      const largest = requests.reduce((most, request) => (request.length > most.length ? request : most));
      const bodies = new Set(Array.from({ length: 200 }, () => encoded(client, upstream, largest)));
      expect(bodies.size, upstream).toBe(1);
      expect(
        requests.map((request) => encoded(client, upstream, request)),
        upstream,
      ).toEqual(first);
    }
  });
});

/** A text, words with an argument, or the call of a tool and its result: what a conversation grows by. */
interface Turn {
  readonly asks: string;
  readonly calls: readonly { readonly name: string; readonly args: string; readonly result: string }[];
  readonly says: string;
}
const words = fc.stringMatching(/^[a-zé ]{1,12}[a-z]$/);
const turn: fc.Arbitrary<Turn> = fc.record({
  asks: words,
  calls: fc.array(
    fc.record({
      name: fc.constantFrom("f", "g"),
      args: fc.constantFrom("{}", '{"n": 9007199254740993}', '{"city":"Bern"}'),
      result: words,
    }),
    { maxLength: 3 },
  ),
  says: words,
});
const schema = { type: "object", properties: { n: { type: "integer" } } };

const bodies: Readonly<Record<ChatDialect, (turns: readonly Turn[], next: string) => string>> = {
  "openai-chat": (turns, next) =>
    JSON.stringify({
      model: "m",
      messages: [
        { role: "system", content: "Be brief." },
        ...turns.flatMap(({ asks, calls, says }, place) => [
          { role: "user", content: asks },
          ...(calls.length === 0
            ? []
            : [
                {
                  role: "assistant",
                  content: null,
                  tool_calls: calls.map(({ name, args }, index) => ({
                    id: `call_${place}_${index}`,
                    type: "function",
                    function: { name, arguments: args },
                  })),
                },
                ...calls.map(({ result }, index) => ({
                  role: "tool",
                  tool_call_id: `call_${place}_${index}`,
                  content: result,
                })),
              ]),
          { role: "assistant", content: says },
        ]),
        { role: "user", content: next },
      ],
      tools: ["f", "g"].map((name) => ({ type: "function", function: { name, parameters: schema } })),
    }),
  "openai-responses": (turns, next) =>
    JSON.stringify({
      model: "m",
      instructions: "Be brief.",
      store: false,
      input: [
        ...turns.flatMap(({ asks, calls, says }, place) => [
          { role: "user", content: asks },
          ...calls.map(({ name, args }, index) => ({
            type: "function_call",
            call_id: `call_${place}_${index}`,
            name,
            arguments: args,
          })),
          ...calls.map(({ result }, index) => ({
            type: "function_call_output",
            call_id: `call_${place}_${index}`,
            output: result,
          })),
          { role: "assistant", content: says },
        ]),
        { role: "user", content: next },
      ],
      tools: ["f", "g"].map((name) => ({ type: "function", name, parameters: schema, strict: false })),
    }),
  "anthropic-messages": (turns, next) =>
    JSON.stringify({
      model: "m",
      max_tokens: 1000,
      system: "Be brief.",
      messages: [
        ...turns.flatMap(({ asks, calls, says }, place) => [
          { role: "user", content: asks },
          ...(calls.length === 0
            ? []
            : [
                {
                  role: "assistant",
                  content: calls.map(({ name, args }, index) => ({
                    type: "tool_use",
                    id: `toolu_${place}_${index}`,
                    name,
                    input: JSON.parse(args),
                  })),
                },
                {
                  role: "user",
                  content: calls.map(({ result }, index) => ({
                    type: "tool_result",
                    tool_use_id: `toolu_${place}_${index}`,
                    content: result,
                  })),
                },
              ]),
          { role: "assistant", content: says },
        ]),
        { role: "user", content: next },
      ],
      tools: ["f", "g"].map((name) => ({ name, input_schema: schema })),
    }),
  "gemini-generate": (turns, next) =>
    JSON.stringify({
      systemInstruction: { parts: [{ text: "Be brief." }] },
      contents: [
        ...turns.flatMap(({ asks, calls, says }) => [
          { role: "user", parts: [{ text: asks }] },
          ...(calls.length === 0
            ? []
            : [
                {
                  role: "model",
                  parts: calls.map(({ name, args }) => ({ functionCall: { name, args: JSON.parse(args) } })),
                },
                {
                  role: "user",
                  parts: calls.map(({ name, result }) => ({
                    functionResponse: { name, response: { result } },
                  })),
                },
              ]),
          { role: "model", parts: [{ text: says }] },
        ]),
        { role: "user", parts: [{ text: next }] },
      ],
      tools: [{ functionDeclarations: ["f", "g"].map((name) => ({ name, parametersJsonSchema: schema })) }],
    }),
};

/** The conversation's text in a body, without the bracket that closes it; and what else the prompt begins with. */
function promptOf(upstream: ToUpstream, body: string): { readonly head: unknown; readonly turns: string } {
  const value = JSON.parse(body);
  const member = conversationOf[upstream];
  const { [member]: turns, ...rest } = value;
  const { tools, toolConfig, system, systemInstruction, instructions } = rest;
  return {
    head: { tools, toolConfig, system, systemInstruction, instructions },
    turns: JSON.stringify(turns).slice(0, -1),
  };
}

const pairs = (Object.keys(bodies) as ChatDialect[]).flatMap((client) =>
  upstreams.map((upstream) => ({ client, upstream })),
);

describe("a conversation that grows by a turn", () => {
  it.for(pairs)("keeps the bytes of the turns before: $client to $upstream", ({ client, upstream }) => {
    fc.assert(
      fc.property(fc.array(turn, { minLength: 1, maxLength: 4 }), words, (turns, next) => {
        const bodyOf = (count: number): string => {
          const asked = turns[count]?.asks ?? next;
          const body = encoded(client, upstream, Buffer.from(bodies[client](turns.slice(0, count), asked)));
          if (body === undefined) throw new Error("it was refused");
          return body;
        };
        for (let count = 0; count < turns.length; count += 1) {
          const before = promptOf(upstream, bodyOf(count));
          const after = promptOf(upstream, bodyOf(count + 1));
          expect(after.head).toEqual(before.head);
          expect(after.turns.startsWith(before.turns)).toBe(true);
        }
      }),
      { numRuns: 25 },
    );
  });

  it("is the same bytes in four processes", () => {
    const script = join(import.meta.dirname, "../support/print-translations.ts");
    const printed = Array.from({ length: 4 }, () =>
      execFileSync(process.execPath, [script], { encoding: "utf8" }),
    );
    expect(new Set(printed).size).toBe(1);
    expect(printed[0]?.split("\n").length).toBeGreaterThan(pairs.length);
  });
});
