import { describe, expect, it } from "vitest";
import type { Call, Tool } from "../../exchange/call.ts";
import type { AnswerContext } from "../../exchange/codec.ts";
import type { AnswerPart, Part } from "../../exchange/part.ts";
import { createSseReader } from "../../framing/sse.ts";
import { clientOf, contextOf } from "./answers.test-support.ts";
import { decodeChat } from "./decode.ts";
import { encodeChat } from "./encode.ts";
import { encodeChatStream } from "./encode-stream.ts";
import { advance, type ChatGrammar, chatGrammar, type Violation } from "./grammar.ts";

const sql: Tool = { kind: "custom", name: "sql" };
const question = { model: "m", messages: [{ role: "user" as const, content: "q" }] };

function contextWith(tools: readonly Tool[]): AnswerContext {
  const context = contextOf();
  return { ...context, call: { ...context.call, tools } };
}

const call = (changes: Partial<Extract<Part, { kind: "tool-call" }>>): Part => ({
  kind: "tool-call",
  id: "c1",
  name: "sql",
  argumentsText: "select 1",
  ...changes,
});

/** The calls that the official client reads, whole and streamed in these pieces. */
async function read(
  part: Part,
  tools: readonly Tool[],
  pieces: readonly string[],
): Promise<readonly unknown[]> {
  if (part.kind !== "tool-call") throw new Error("no call");
  const finish = { reason: "tool-calls", raw: "tool_calls" } as const;
  const answer = { answerId: "a", model: "m", parts: [part], finish } as const;
  const whole = clientOf(encodeChat(answer, contextWith(tools)).body, "application/json");
  const { id, name, isCustom } = part;
  const encoder = encodeChatStream(contextWith(tools));
  const parts: readonly AnswerPart[] = [
    { kind: "start", answerId: "a", model: "m" },
    { kind: "tool-input-start", part: 0, id, name, ...(isCustom === true && { isCustom }) },
    ...pieces.map((argumentsText) => ({ kind: "tool-input-delta", part: 0, argumentsText }) as const),
    { kind: "tool-input-end", part: 0 },
    { kind: "finish", finish },
  ];
  const events = parts.map((piece) => encoder.push(piece)).join("");
  expect(grammarAfter(events)).toMatchObject({ phase: "end" });
  const streamed = clientOf(events, "text/event-stream");
  return [
    (await whole.chat.completions.create(question)).choices[0]?.message.tool_calls,
    (await streamed.chat.completions.stream(question).finalChatCompletion()).choices[0]?.message.tool_calls,
  ];
}

function grammarAfter(events: string): ChatGrammar | Violation {
  let state: ChatGrammar | Violation = chatGrammar(false);
  const reader = createSseReader();
  for (const { data } of reader.push(new TextEncoder().encode(events))) {
    if ("kind" in state) return state;
    state = advance(state, data);
  }
  return state;
}

describe("rule 44: calls of tools with free input", () => {
  const told = [{ id: "c1", type: "custom", custom: { name: "sql", input: "select 1" } }];
  it.for<{ name: string; part: Part; tools: readonly Tool[]; pieces: readonly string[] }>([
    {
      name: "of a server that has them",
      part: call({ isCustom: true }),
      tools: [sql],
      pieces: ["select", " 1"],
    },
    {
      name: "of one that was given a function instead",
      part: call({ argumentsText: '{"input":"select 1"}' }),
      tools: [sql],
      pieces: ['{"in', 'put":"select 1"}'],
    },
    {
      name: "of one that did not keep to that function",
      part: call({}),
      tools: [sql],
      pieces: ["select 1"],
    },
  ])("are custom calls for the official client: $name", async ({ part, tools, pieces }) => {
    expect(await read(part, tools, pieces)).toMatchObject([told, told]);
  });

  it("with an empty input are no {}", async () => {
    const empty = [{ type: "custom", custom: { name: "sql", input: "" } }];
    expect(await read(call({ isCustom: true, argumentsText: "" }), [sql], [])).toMatchObject([empty, empty]);
  });

  it("of functions stay what they are, whatever they are called with", async () => {
    const part = call({ name: "f", argumentsText: '{"input":"x"}' });
    const asFunction = [{ type: "function", function: { name: "f", arguments: '{"input":"x"}' } }];
    expect(await read(part, [{ kind: "function", name: "f" }, sql], ['{"input":"x"}'])).toMatchObject([
      asFunction,
      asFunction,
    ]);
  });

  it("are read from a history, and a call that lacks its input is a fault", () => {
    const callOf = (custom: object): ReturnType<typeof decodeChat> =>
      decodeChat(
        new TextEncoder().encode(
          JSON.stringify({
            model: "m",
            messages: [
              { role: "assistant", content: null, tool_calls: [{ id: "c1", type: "custom", custom }] },
            ],
          }),
        ),
      );
    const decoding = callOf({ name: "sql", input: "select 1" });
    expect(decoding.kind === "call" && decoding.call.turns).toEqual([
      { role: "assistant", parts: [call({ isCustom: true })] },
    ] satisfies Call["turns"]);
    expect(callOf({ name: "sql" })).toMatchObject({
      kind: "invalid",
      problems: [{ path: "messages[0].tool_calls[0].custom.input" }],
    });
  });
});
