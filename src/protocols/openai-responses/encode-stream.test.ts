import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AnswerPart, Part, Seal } from "../../exchange/part.ts";
import { GatewayError } from "../../kernel/errors.ts";
import { tokens } from "../../kernel/units.ts";
import {
  answerOf,
  anyParts,
  contextOf,
  contextWithoutEnvelopes,
  eventsOf,
  framesOf,
  grammarAfter,
  sdkAnswer,
  sdkFinal,
  start,
  stop,
  streamOf,
  streamText,
  usage,
} from "./answers.test-support.ts";
import { encodeAnswer } from "./encode.ts";
import { encodeStreamError } from "./encode-error.ts";
import { encodeStream } from "./encode-stream.ts";

const sizes = fc.integer({ min: 1, max: 9 });
const hi: Part = { kind: "text", text: "hi" };

/** The output that a stream ends with. */
const outputOf = (text: string) => JSON.parse(JSON.stringify(eventsOf(text).at(-1))).response.output;
const typesOf = (text: string): readonly unknown[] => eventsOf(text).map(({ type }) => type);

describe("encodeStream", () => {
  it("rule 49: writes what the grammar of native streams allows, for any answer in any pieces", () => {
    fc.assert(
      fc.property(anyParts, sizes, (parts, size) => {
        expect(grammarAfter(streamText(streamOf(parts, size)))).toEqual({ kind: "ended" });
      }),
      { numRuns: 300 },
    );
  });

  it("is read by the official client as the object that the whole answer is", async () => {
    await fc.assert(
      fc.asyncProperty(anyParts, sizes, async (parts, size) => {
        const whole = await sdkAnswer(encodeAnswer(answerOf(parts), contextOf()).body);
        expect(await sdkFinal(streamText(streamOf(parts, size)))).toEqual(whole);
      }),
      { numRuns: 100 },
    );
  });

  it("writes blocks that interleave one after the other, in the order in which they began", () => {
    const separable = anyParts.map((parts) =>
      parts.map((part) => (part.kind === "tool-call" ? { ...part, argumentsText: '{"a":[1]}' } : part)),
    );
    fc.assert(
      fc.property(separable, sizes, fc.infiniteStream(fc.nat()), (parts, size, picks) => {
        const blocks = parts.map((part, index) =>
          streamOf([part], size).map((piece) => ("part" in piece ? { ...piece, part: index } : piece)),
        );
        const pieces: AnswerPart[] = [];
        const order = new Set<number>();
        while (blocks.some((block) => block.length > 0)) {
          const open = [...blocks.keys()].filter((index) => (blocks[index]?.length ?? 0) > 0);
          const index = open[Number(picks.next().value) % open.length] ?? 0;
          order.add(index);
          const piece = blocks[index]?.shift();
          if (piece !== undefined) pieces.push(piece);
        }
        const text = streamText(pieces);
        expect(grammarAfter(text)).toEqual({ kind: "ended" });
        const sorted = [...order].flatMap((index) => parts[index] ?? []);
        expect(outputOf(text)).toEqual(JSON.parse(encodeAnswer(answerOf(sorted), contextOf()).body).output);
      }),
      { numRuns: 200 },
    );
  });

  it("tells a message event by event, and rule 55: ends without [DONE]", () => {
    const text = streamText(streamOf([{ kind: "text", text: "hi" }], 1));
    expect(text).not.toContain("[DONE]");
    const [added] = eventsOf(text).slice(2, 3);
    const id = Object(added?.["item"]).id;
    const place = { item_id: id, output_index: 0 };
    const content = { ...place, content_index: 0 };
    const empty = { type: "output_text", annotations: [], logprobs: [], text: "" };
    const part = { ...empty, text: "hi" };
    const item = { id, type: "message", status: "completed", content: [part], role: "assistant" };
    const response = expect.objectContaining({
      status: "in_progress",
      output: [],
      usage: null,
      service_tier: "auto",
    });
    expect(eventsOf(text)).toEqual([
      { type: "response.created", response, sequence_number: 0 },
      { type: "response.in_progress", response, sequence_number: 1 },
      {
        type: "response.output_item.added",
        item: { ...item, status: "in_progress", content: [] },
        output_index: 0,
        sequence_number: 2,
      },
      { type: "response.content_part.added", ...content, part: empty, sequence_number: 3 },
      { type: "response.output_text.delta", ...content, delta: "h", logprobs: [], sequence_number: 4 },
      { type: "response.output_text.delta", ...content, delta: "i", logprobs: [], sequence_number: 5 },
      { type: "response.output_text.done", ...content, logprobs: [], text: "hi", sequence_number: 6 },
      { type: "response.content_part.done", ...content, part, sequence_number: 7 },
      { type: "response.output_item.done", item, output_index: 0, sequence_number: 8 },
      {
        type: "response.completed",
        response: expect.objectContaining({ status: "completed", output: [item], service_tier: "default" }),
        sequence_number: 9,
      },
    ]);
    expect(framesOf(text).every(({ event, data }) => JSON.parse(data).type === event)).toBe(true);
  });

  it("tells reasoning, calls and citations in their own events", () => {
    const cited = { url: "https://a.b", raw: {}, origin: "anthropic-messages" } as const;
    const text = streamText(
      streamOf(
        [
          { kind: "reasoning", text: "s", isSummary: true, isRedacted: false },
          { kind: "reasoning", text: "t", isRedacted: false },
          { kind: "text", text: "a", citations: [cited] },
          { kind: "tool-call", id: "c", name: "f", argumentsText: "" },
          { kind: "tool-call", id: "d", name: "g", argumentsText: "x", isCustom: true },
        ],
        9,
      ),
    );
    expect(typesOf(text).map((type) => String(type).replace("response.", ""))).toEqual([
      "created",
      "in_progress",
      "output_item.added",
      "reasoning_summary_part.added",
      "reasoning_summary_text.delta",
      "reasoning_summary_text.done",
      "reasoning_summary_part.done",
      "output_item.done",
      "output_item.added",
      "content_part.added",
      "reasoning_text.delta",
      "reasoning_text.done",
      "content_part.done",
      "output_item.done",
      "output_item.added",
      "content_part.added",
      "output_text.delta",
      "output_text.annotation.added",
      "output_text.done",
      "content_part.done",
      "output_item.done",
      "output_item.added",
      "function_call_arguments.delta",
      "function_call_arguments.done",
      "output_item.done",
      "output_item.added",
      "custom_tool_call_input.delta",
      "custom_tool_call_input.done",
      "output_item.done",
      "completed",
    ]);
  });

  it("leaves the last item of a cut answer incomplete, and all before it complete", () => {
    const call: Part = { kind: "tool-call", id: "c", name: "f", argumentsText: '{"a":' };
    const text = streamText(streamOf([hi, call], 9), { finish: { reason: "length", raw: "max_tokens" } });
    expect(outputOf(text)).toMatchObject([
      { status: "completed" },
      { status: "incomplete", arguments: '{"a":' },
    ]);
    expect(eventsOf(text).at(-1)).toMatchObject({
      type: "response.incomplete",
      response: { status: "incomplete", incomplete_details: { reason: "max_output_tokens" } },
    });
    expect(grammarAfter(text)).toEqual({ kind: "ended" });
  });

  it("lets a call with whole arguments give way to the next, though the ends of both come last", () => {
    const encoder = encodeStream(contextOf());
    encoder.push(start);
    encoder.push({ kind: "tool-input-start", part: 0, id: "a", name: "f" });
    encoder.push({ kind: "tool-input-delta", part: 0, argumentsText: '{"x":1}' });
    const second =
      encoder.push({ kind: "tool-input-start", part: 1, id: "b", name: "g" }) +
      encoder.push({ kind: "tool-input-delta", part: 1, argumentsText: "{" });
    expect(typesOf(second)).toEqual([
      "response.function_call_arguments.done",
      "response.output_item.done",
      "response.output_item.added",
      "response.function_call_arguments.delta",
    ]);
  });

  it("refuses what goes on with a call that gave way, and overlooks blanks", () => {
    const encoder = encodeStream(contextOf());
    encoder.push({ kind: "tool-input-start", part: 0, id: "a", name: "f" });
    encoder.push({ kind: "tool-input-delta", part: 0, argumentsText: "{}" });
    encoder.push({ kind: "text-start", part: 1 });
    expect(encoder.push({ kind: "tool-input-delta", part: 0, argumentsText: "\n" })).toBe("");
    expect(() => encoder.push({ kind: "tool-input-delta", part: 0, argumentsText: "{}" })).toThrow(
      expect.objectContaining({ code: "upstream_malformed_response" }),
    );
  });

  it("ends what is open when the answer ends", () => {
    const text = streamText([
      { kind: "text-start", part: 0 },
      { kind: "text-delta", part: 0, text: "hi" },
      { kind: "tool-input-start", part: 1, id: "a", name: "f" },
      { kind: "reasoning-start", part: 2 },
      { kind: "reasoning-delta", part: 2, text: "hm" },
    ]);
    expect(grammarAfter(text)).toEqual({ kind: "ended" });
    expect(outputOf(text).map(({ type }: { type: string }) => type)).toEqual([
      "message",
      "function_call",
      "reasoning",
    ]);
  });

  it("refuses to hold more than 1 MiB for an open block", () => {
    const encoder = encodeStream(contextOf());
    encoder.push({ kind: "text-start", part: 0 });
    encoder.push({ kind: "text-start", part: 1 });
    expect(() => encoder.push({ kind: "text-delta", part: 1, text: "x".repeat(1024 * 1024) })).toThrow(
      expect.objectContaining({ code: "upstream_malformed_response" }),
    );
  });

  it("rule 44: unwraps a custom tool's input when its arguments are whole", () => {
    const context = contextOf({ tools: [{ kind: "custom", name: "sql" }] });
    const call: Part = { kind: "tool-call", id: "c", name: "sql", argumentsText: '{"input":"SELECT 1"}' };
    const text = streamText(streamOf([call], 3), { context });
    expect(
      eventsOf(text).filter(({ type }) => type === "response.custom_tool_call_input.delta"),
    ).toMatchObject([{ delta: "SELECT 1" }]);
    expect(outputOf(text)).toMatchObject([{ type: "custom_tool_call", input: "SELECT 1" }]);
  });

  it("begins by itself, and tells the model that was asked for, when nothing told of a start", () => {
    const encoder = encodeStream(contextOf());
    expect(eventsOf(encoder.push({ kind: "text-start", part: 0 }))).toMatchObject([
      { type: "response.created", response: { model: "asked", created_at: 1_700_000_000 } },
      { type: "response.in_progress" },
    ]);
    expect(typesOf(encodeStream(contextOf()).push({ kind: "finish", finish: stop }))).toEqual([
      "response.created",
      "response.in_progress",
      "response.completed",
    ]);
  });

  it("takes the later of repeated usage, keeps what only the earlier told, and says the tier that was used", () => {
    const encoder = encodeStream(contextOf());
    encoder.push({ kind: "usage", usage: { input: usage.input, output: {}, basis: "partial" } });
    encoder.push({
      kind: "usage",
      usage: { input: {}, output: { total: tokens(7) }, basis: "reported", tier: "priority" },
    });
    expect(eventsOf(encoder.push({ kind: "finish", finish: stop })).at(-1)).toMatchObject({
      response: { service_tier: "priority", usage: { input_tokens: 13, output_tokens: 7, total_tokens: 20 } },
    });
  });

  describe("the state of a provider of this dialect", () => {
    const seal: Seal = { origin: "openai-responses", value: "gA", itemId: "rs_native" };
    const thought: Part = { kind: "reasoning", text: "plan", isSummary: true, isRedacted: false, seal };
    const from = (answerId: string): string => {
      const encoder = encodeStream(contextWithoutEnvelopes());
      const parts: readonly AnswerPart[] = [
        { kind: "start", answerId, model: "gpt-5" },
        ...streamOf([thought, hi], 2),
        { kind: "usage", usage },
        { kind: "finish", finish: stop },
      ];
      return parts.map((part) => encoder.push(part)).join("");
    };

    it("rule 12: goes out under its own id, which is known at its end: until then the thought waits", async () => {
      const text = from("resp_native");
      expect(outputOf(text)).toMatchObject([
        { id: "rs_native", summary: [{ text: "plan" }], encrypted_content: "gA" },
        { type: "message" },
      ]);
      expect(grammarAfter(text)).toEqual({ kind: "ended" });
      expect(await sdkFinal(text)).toMatchObject({ output_text: "hi" });
    });

    it("rule 12: makes an item of its own when the thought was told under an id of ours", async () => {
      const text = from("0b824fe9");
      expect(outputOf(text)).toMatchObject([
        { id: expect.stringMatching(/^rs_sp1[0-9A-Za-z]{22}$/), summary: [{ text: "plan" }] },
        { id: "rs_native", summary: [], encrypted_content: "gA" },
        { type: "message" },
      ]);
      expect(grammarAfter(text)).toEqual({ kind: "ended" });
      expect(await sdkFinal(text)).toMatchObject({ output_text: "hi" });
    });
  });
});

describe("encodeStream, fail", () => {
  const error = new GatewayError("upstream_overloaded", "tenant 7 is busy");
  const begun: readonly AnswerPart[] = [
    start,
    ...streamOf([{ kind: "reasoning", text: "t", isRedacted: false }], 9),
    { kind: "text-start", part: 7 },
    { kind: "text-delta", part: 7, text: "hel" },
  ];

  it("rule 50: tells the error, then the failed response with what had ended, and nothing after it", async () => {
    const encoder = encodeStream(contextOf());
    const head = begun.map((part) => encoder.push(part)).join("");
    const tail = encoder.fail(error);
    expect(eventsOf(tail)).toMatchObject([
      { type: "error", code: "overloaded", error: { type: "server_error", code: "overloaded" } },
      {
        type: "response.failed",
        response: {
          id: Object(eventsOf(head)[0]?.["response"]).id,
          status: "failed",
          error: { code: "server_error" },
          output: [{ type: "reasoning" }],
        },
      },
    ]);
    expect(encoder.push({ kind: "text-end", part: 7 }) + encoder.push({ kind: "finish", finish: stop })).toBe(
      "",
    );
    expect(grammarAfter(head + tail)).toEqual({ kind: "failed" });
    expect(tail).not.toContain("tenant 7");
    await expect(sdkFinal(head + tail)).rejects.toThrow(/overloaded/);
  });

  it("counts from 0 when nothing was told before", () => {
    expect(eventsOf(encodeStream(contextOf()).fail(error)).map((event) => event["sequence_number"])).toEqual([
      0, 1,
    ]);
    expect(grammarAfter(encodeStream(contextOf()).fail(error))).toEqual({ kind: "failed" });
  });

  it("makes the official client throw at an error after any frame", async () => {
    const frames = framesOf(
      streamText(streamOf([{ kind: "reasoning", text: "t", isRedacted: false }, hi], 1)),
    );
    for (let count = 0; count < frames.length; count += 1) {
      const cut = frames.slice(0, count);
      const lastData = cut.at(-1)?.data;
      const tail = encodeStreamError(error, {
        requestId: "req-1",
        ...(lastData !== undefined && { lastData }),
      });
      const text = cut.map(({ bytes }) => new TextDecoder().decode(bytes)).join("") + tail;
      expect(grammarAfter(text)).toEqual({ kind: "failed" });
      await expect(sdkFinal(text)).rejects.toThrow(/overloaded/);
    }
  });
});
