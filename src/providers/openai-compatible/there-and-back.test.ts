import { describe, expect, it } from "vitest";
import { recordedChat } from "../../../test/support/recorded-chat.ts";
import type { Call, Turn } from "../../exchange/call.ts";
import type { AnswerContext } from "../../exchange/codec.ts";
import type { Part } from "../../exchange/part.ts";
import { createSseReader } from "../../framing/sse.ts";
import { epochMs } from "../../kernel/units.ts";
import { openaiChat } from "../../protocols/openai-chat/index.ts";
import { anthropic } from "../anthropic/index.ts";
import { createOpenaiCompatible, openaiCompatible, quirksOf } from "./index.ts";

const records = recordedChat();
const encoder = new TextEncoder();

function decode(body: Uint8Array): Call {
  const decoding = openaiChat.decode(body, { target: {} });
  if (decoding.kind === "invalid") throw new Error(JSON.stringify(decoding.problems));
  return decoding.call;
}

function thereAndBack(call: Call): Call {
  const encoded = openaiCompatible.encodeRequest(call, { model: call.model });
  if (encoded.kind === "refused") throw encoded.error;
  return decode(encoder.encode(encoded.body));
}

/** What writing may say in another way: blank text goes, texts of an assistant are one, a name of the empty is none. */
function settled(call: Call): Call {
  const { isStored: _, ...rest } = call;
  // One answer is what is asked without a word of it.
  const { choices: _one, ...sampling } = call.sampling;
  return {
    ...rest,
    sampling,
    instructions: call.instructions.filter(isSpoken),
    turns: call.turns.map(settledTurn).filter(({ parts }) => parts.length > 0),
    wantsUsage: call.isStream || call.wantsUsage,
  };
}

function settledTurn(turn: Turn): Turn {
  const spoken = turn.parts.filter(isSpoken).map(settledPart);
  if (turn.role !== "assistant") return { ...turn, parts: spoken };
  const text = spoken.flatMap((part) => (part.kind === "text" ? [part.text] : [])).join("");
  const others = spoken.filter(({ kind }) => kind !== "text");
  return { ...turn, parts: text === "" ? others : [{ kind: "text", text }, ...others] };
}

function isSpoken(part: Part): boolean {
  return part.kind !== "text" || part.text.trim() !== "";
}

function settledPart(part: Part): Part {
  if (part.kind === "tool-call")
    return { ...part, argumentsText: part.argumentsText === "" ? "{}" : part.argumentsText };
  if (part.kind !== "tool-result") return part;
  const text = part.content.flatMap((piece) => (piece.kind === "text" ? [piece.text] : [])).join("\n");
  return { ...part, content: text === "" ? [] : [{ kind: "text", text }] };
}

describe.skipIf(records.length === 0)("a Chat request there and back", () => {
  it("is the same call again, for every recorded request", () => {
    let compared = 0;
    let several = 0;
    for (const { name, request } of records) {
      const call = decode(request);
      const encoded = openaiCompatible.encodeRequest(call, { model: call.model });
      if (encoded.kind === "refused") {
        // A translated answer is one.
        expect(call.sampling.choices, name).toBeGreaterThan(1);
        several += 1;
        continue;
      }
      // What a model does not take is declared; the rest has to be the same.
      const lost = new Set(encoded.warnings.map(({ subject }) => subject));
      const again = thereAndBack(call);
      const { sampling, reasoning, tools, output, ...kept } = settled(call);
      const { sampling: s, reasoning: r, tools: t, output: o, ...same } = settled(again);
      expect({ name, ...same }).toEqual({ name, ...kept });
      if (!lost.has("temperature") && !lost.has("top_p")) {
        const { temperature, topP, ...others } = sampling;
        const { temperature: _t, topP: _p, ...written } = s;
        expect({ name, ...written }).toEqual({ name, ...others });
      }
      if (!lost.has("thinking") && !lost.has("reasoning_effort"))
        expect({ name, r }).toEqual({ name, r: reasoning });
      if (!lost.has("strict"))
        expect({ name, t, o }).toEqual({ name, t: tools.map(withoutFalseStrict), o: output });
      compared += 1;
    }
    expect(compared + several).toBe(records.length);
    expect(several).toBeLessThan(20);
  });
});

/** `strict: false` is what leaving it out means. */
function withoutFalseStrict(tool: Call["tools"][number]): Call["tools"][number] {
  if (tool.kind !== "function" || tool.strict !== false) return tool;
  const { strict: _, ...rest } = tool;
  return rest;
}

const contextOf = (call: Call): AnswerContext => ({ requestId: "r", startedAt: epochMs(1), call });

describe("rule 44: a custom tool of a Chat client whose model knows none", () => {
  const tools = [{ type: "custom", custom: { name: "sql", description: "d" } }];
  const call = decode(
    encoder.encode(
      JSON.stringify({ model: "claude-sonnet-4-5", messages: [{ role: "user", content: "q" }], tools }),
    ),
  );

  it("is called through Anthropic and comes back as a custom call, whole and streamed", () => {
    const encoded = anthropic.encodeRequest(call, { model: "claude-sonnet-4-5" });
    if (encoded.kind === "refused") throw encoded.error;
    expect(JSON.parse(encoded.body).tools).toMatchObject([{ name: "sql" }]);
    const block = { type: "tool_use", id: "toolu_1", name: "sql" };
    const decoding = anthropic.decodeAnswer(
      encoder.encode(
        JSON.stringify({
          type: "message",
          id: "m",
          model: "c",
          content: [{ ...block, input: { input: "select 1" } }],
          stop_reason: "tool_use",
        }),
      ),
    );
    if (decoding.kind === "failure") throw new Error(decoding.failure.message);
    const told = { id: "toolu_1", type: "custom", custom: { name: "sql", input: "select 1" } };
    const { body } = openaiChat.encodeAnswer(decoding.answer, contextOf(call));
    expect(JSON.parse(body).choices[0].message.tool_calls).toEqual([told]);

    const events = [
      { type: "message_start", message: { id: "m", type: "message", model: "c", content: [] } },
      { type: "content_block_start", index: 0, content_block: { ...block, input: {} } },
      ...['{"input":', '"select 1"}'].map((partial_json) => ({
        type: "content_block_delta",
        index: 0,
        delta: { type: "input_json_delta", partial_json },
      })),
      { type: "content_block_stop", index: 0 },
      { type: "message_delta", delta: { stop_reason: "tool_use" }, usage: { output_tokens: 1 } },
      { type: "message_stop" },
    ];
    const reader = createSseReader();
    const decoder = anthropic.decodeStream();
    const writer = openaiChat.encodeStream(contextOf(call));
    const chunks = reader
      .push(
        encoder.encode(
          events.map((data) => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`).join(""),
        ),
      )
      .flatMap(decoder.push)
      .map((part) => (part.kind === "error" ? "" : writer.push(part)))
      .join("");
    expect(chunks).toContain('"type":"custom","custom":{"name":"sql","input":""}');
    expect(chunks).toContain('"custom":{"input":"select 1"}');
    expect(chunks).toContain('"finish_reason":"tool_calls"');
  });

  it("is given back to the model with its result as the function that stood for it", () => {
    const custom = { id: "toolu_1", type: "custom", custom: { name: "sql", input: "select 1" } };
    const next = decode(
      encoder.encode(
        JSON.stringify({
          model: "m",
          tools,
          messages: [
            { role: "user", content: "q" },
            { role: "assistant", content: null, tool_calls: [custom] },
            { role: "tool", tool_call_id: "toolu_1", content: "1" },
          ],
        }),
      ),
    );
    const toAnthropic = anthropic.encodeRequest(next, { model: "claude-sonnet-4-5" });
    const toGroq = createOpenaiCompatible(quirksOf("groq")).encodeRequest(next, { model: "m" });
    if (toAnthropic.kind === "refused" || toGroq.kind === "refused") throw new Error("refused");
    expect(JSON.parse(toAnthropic.body).messages[1].content).toEqual([
      { type: "tool_use", id: "toolu_1", name: "sql", input: { input: "select 1" } },
    ]);
    expect(JSON.parse(toGroq.body).messages[1].tool_calls).toEqual([
      { id: "toolu_1", type: "function", function: { name: "sql", arguments: '{"input":"select 1"}' } },
    ]);
  });
});
