import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AnswerPart, Part } from "../../exchange/part.ts";
import type { Usage } from "../../exchange/usage.ts";
import { GatewayError } from "../../kernel/errors.ts";
import { tokens } from "../../kernel/units.ts";
import { encodeAnswer } from "./encode.ts";
import { encodeStream } from "./encode-stream.ts";
import { context, framesOf, grammarAfter, sdkFinalMessage, sdkMessage } from "./official-sdk.test-support.ts";

const usage: Usage = {
  input: { total: tokens(10), uncached: tokens(10) },
  output: { total: tokens(3) },
  basis: "reported",
};
const start: AnswerPart = { kind: "start", answerId: "a", model: "gpt" };
const ending: readonly AnswerPart[] = [
  { kind: "usage", usage },
  { kind: "finish", finish: { reason: "stop", raw: "stop" } },
];

function write(parts: readonly AnswerPart[]): string {
  const encoder = encodeStream(context);
  return parts.map((part) => encoder.push(part)).join("");
}
const namesOf = (events: string): readonly string[] => framesOf(events).map(({ event }) => event);

/** The parts of a stream that tells `part`, its text in these pieces. */
function streamed(part: Part, number: number, pieces: readonly string[]): readonly AnswerPart[] {
  switch (part.kind) {
    case "text":
      return [
        { kind: "text-start", part: number },
        ...pieces.map((text) => ({ kind: "text-delta", part: number, text }) as const),
        { kind: "text-end", part: number },
      ];
    case "reasoning":
      if (part.isRedacted) return [{ kind: "whole", part: number, value: part }];
      return [
        { kind: "reasoning-start", part: number },
        ...pieces.map((text) => ({ kind: "reasoning-delta", part: number, text }) as const),
        { kind: "reasoning-end", part: number, ...(part.seal === undefined ? {} : { seal: part.seal }) },
      ];
    case "tool-call":
      return [
        { kind: "tool-input-start", part: number, id: part.id, name: part.name },
        ...pieces.map(
          (argumentsText) => ({ kind: "tool-input-delta", part: number, argumentsText }) as const,
        ),
        { kind: "tool-input-end", part: number },
      ];
    default:
      return [{ kind: "whole", part: number, value: part }];
  }
}

const arbitraryText = fc.string({ unit: "binary", minLength: 1 }).filter((text) => text.trim() !== "");
const arbitraryPart: fc.Arbitrary<Part> = fc.oneof(
  arbitraryText.map((text): Part => ({ kind: "text", text })),
  fc.record({ text: arbitraryText, value: fc.string({ minLength: 1 }) }).map(
    ({ text, value }): Part => ({
      kind: "reasoning",
      text,
      isRedacted: false,
      seal: { origin: "anthropic-messages", value },
    }),
  ),
  fc.string({ minLength: 1 }).map(
    (value): Part => ({
      kind: "reasoning",
      text: "",
      isRedacted: true,
      seal: { origin: "anthropic-messages", value },
    }),
  ),
);
const arbitraryCalls = fc
  .array(fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true }), { maxLength: 3 })
  .map((inputs) =>
    inputs.map(
      (input, index): Part => ({
        kind: "tool-call",
        id: `call_${index}`,
        name: "f",
        argumentsText: JSON.stringify(input),
      }),
    ),
  );

/** A text in two pieces. */
function cut(part: Part, at: number): readonly string[] {
  const text = part.kind === "tool-call" ? part.argumentsText : "text" in part ? part.text : "";
  const middle = Math.floor(text.length * at);
  return [text.slice(0, middle), text.slice(middle)];
}

describe("encodeStream", () => {
  it("writes the events of a message in order, each under its own name", () => {
    const text = write([start, ...streamed({ kind: "text", text: "" }, 0, ["he", "llo"]), ...ending]);
    expect(namesOf(text)).toEqual([
      "message_start",
      "content_block_start",
      "content_block_delta",
      "content_block_delta",
      "content_block_stop",
      "message_delta",
      "message_stop",
    ]);
    expect(grammarAfter(text)).toEqual({ kind: "ended" });
  });

  it("tells usage at the end, in the one message_delta", async () => {
    const message = await sdkFinalMessage(write([start, ...ending]));
    expect(message.usage).toMatchObject({ input_tokens: 10, output_tokens: 3 });
    expect(message.stop_reason).toBe("end_turn");
  });

  it("tells the official SDK the same message, streamed and whole", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(arbitraryPart, { maxLength: 4 }),
        arbitraryCalls,
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (said, calls, at) => {
          const parts = [...said, ...calls];
          const finish = { reason: "stop", raw: "stop" } as const;
          const whole = encodeAnswer({ answerId: "a", model: "gpt", parts, finish, usage }, context).body;
          const stream = write([
            start,
            ...parts.flatMap((part, number) => streamed(part, number, cut(part, at))),
            ...ending,
          ]);
          expect(grammarAfter(stream)).toEqual({ kind: "ended" });
          const [direct, accumulated] = await Promise.all([sdkMessage(whole), sdkFinalMessage(stream)]);
          expect(plain(accumulated)).toEqual(plain(direct));
        },
      ),
      { numRuns: 60 },
    );
  });

  it("rule 2: passes arguments as their own text", () => {
    const call: Part = { kind: "tool-call", id: "c", name: "f", argumentsText: '{"n":9007199254740993}' };
    const deltas = framesOf(write([start, ...streamed(call, 0, ['{"n":90071', "99254740993}"]), ...ending]))
      .filter(({ event }) => event === "content_block_delta")
      .map(({ data }) => JSON.parse(data).delta.partial_json);
    expect(deltas.join("")).toBe('{"n":9007199254740993}');
  });

  it("rule 37: opens no block for empty or blank text, and writes no empty delta", () => {
    const text = write([
      start,
      ...streamed({ kind: "text", text: "" }, 0, ["", "\n", ""]),
      ...streamed({ kind: "tool-call", id: "c", name: "f", argumentsText: "" }, 1, ["", ""]),
      ...ending,
    ]);
    expect(namesOf(text)).toEqual([
      "message_start",
      "content_block_start",
      "content_block_stop",
      "message_delta",
      "message_stop",
    ]);
    expect(text).toContain('"stop_reason":"tool_use"');
  });

  it("keeps white space that a text begins with", async () => {
    const message = await sdkFinalMessage(
      write([start, ...streamed({ kind: "text", text: "" }, 0, ["\n", " a"]), ...ending]),
    );
    expect(message.content).toMatchObject([{ type: "text", text: "\n a" }]);
  });

  it("rule 44: tells the free input of a custom tool as its member input, whatever it is and however it is cut", async () => {
    const inputs = fc.oneof(fc.string({ unit: "binary" }), fc.json(), fc.constant('🎉\n"{}'));
    await fc.assert(
      fc.asyncProperty(inputs, fc.double({ min: 0, max: 1, noNaN: true }), async (input, at) => {
        const encoder = encodeStream(context);
        const middle = Math.floor(input.length * at);
        const events = [
          start,
          { kind: "tool-input-start", part: 0, id: "c", name: "sql", isCustom: true } as const,
          ...[input.slice(0, middle), input.slice(middle)].map(
            (argumentsText) => ({ kind: "tool-input-delta", part: 0, argumentsText }) as const,
          ),
          // Another block begins while the call is open: it must wait, though the input may look whole.
          { kind: "text-start", part: 1 } as const,
          { kind: "text-delta", part: 1, text: "after" } as const,
          { kind: "text-end", part: 1 } as const,
          // Some servers never tell the end of a call.
          ...(at > 0.5 ? [{ kind: "tool-input-end", part: 0 } as const] : []),
          ...ending,
        ]
          .map((part) => encoder.push(part))
          .join("");
        expect(grammarAfter(events)).toEqual({ kind: "ended" });
        const { content, stop_reason } = await sdkFinalMessage(events);
        expect(content).toMatchObject([
          { type: "tool_use", name: "sql", input: { input } },
          { text: "after" },
        ]);
        expect(stop_reason).toBe("tool_use");
        expect(encoder.warnings()).toMatchObject([{ kind: "emulated", subject: "tool_use sql" }]);
      }),
      { numRuns: 30 },
    );
  });

  it("takes a call that came whole for a call", () => {
    const value: Part = { kind: "tool-call", id: "c", name: "f", argumentsText: "{}" };
    expect(write([start, { kind: "whole", part: 0, value }, ...ending])).toContain(
      '"stop_reason":"tool_use"',
    );
  });

  it("rule 10: tells the signature of reasoning that came whole", () => {
    const value: Part = {
      kind: "reasoning",
      text: "hm",
      isRedacted: false,
      seal: { origin: "anthropic-messages", value: "s" },
    };
    const text = write([start, { kind: "whole", part: 0, value }, ...ending]);
    expect(text).toContain('"delta":{"type":"signature_delta","signature":"s"}');
    expect(grammarAfter(text)).toEqual({ kind: "ended" });
  });

  it("rule 37: lets interleaved calls through one after the other, each whole", async () => {
    const text = write([
      start,
      { kind: "tool-input-start", part: 0, id: "a", name: "f" },
      { kind: "tool-input-start", part: 1, id: "b", name: "g" },
      { kind: "tool-input-delta", part: 1, argumentsText: '{"b"' },
      { kind: "tool-input-delta", part: 0, argumentsText: '{"a":' },
      { kind: "tool-input-delta", part: 1, argumentsText: ":2}" },
      { kind: "tool-input-delta", part: 0, argumentsText: "1}" },
      { kind: "tool-input-end", part: 1 },
      { kind: "tool-input-end", part: 0 },
      ...ending,
    ]);
    expect(grammarAfter(text)).toEqual({ kind: "ended" });
    expect((await sdkFinalMessage(text)).content).toMatchObject([
      { id: "a", input: { a: 1 } },
      { id: "b", input: { b: 2 } },
    ]);
  });

  it("does not wait for the end of a call whose arguments are whole", () => {
    const encoder = encodeStream(context);
    encoder.push(start);
    encoder.push({ kind: "tool-input-start", part: 0, id: "a", name: "f" });
    encoder.push({ kind: "tool-input-delta", part: 0, argumentsText: '{"a":{}}' });
    expect(namesOf(encoder.push({ kind: "tool-input-start", part: 1, id: "b", name: "g" }))).toEqual([
      "content_block_stop",
      "content_block_start",
    ]);
  });

  it("goes on in a new block when text is interrupted", async () => {
    const text = write([
      start,
      { kind: "text-start", part: 0 },
      { kind: "text-delta", part: 0, text: "a" },
      { kind: "reasoning-start", part: 1 },
      { kind: "reasoning-delta", part: 1, text: "hm" },
      { kind: "text-delta", part: 0, text: "b" },
      { kind: "text-end", part: 0 },
      { kind: "reasoning-end", part: 1, seal: { origin: "anthropic-messages", value: "s" } },
      ...ending,
    ]);
    expect(grammarAfter(text)).toEqual({ kind: "ended" });
    expect((await sdkFinalMessage(text)).content).toMatchObject([
      { text: "a" },
      { thinking: "hm" },
      { text: "b" },
      { thinking: "", signature: "s" },
    ]);
  });

  it("refuses to keep more than 1 MiB waiting", () => {
    const encoder = encodeStream(context);
    encoder.push(start);
    encoder.push({ kind: "tool-input-start", part: 0, id: "a", name: "f" });
    const text = "x".repeat(600_000);
    encoder.push({ kind: "text-delta", part: 1, text });
    expect(() => encoder.push({ kind: "text-delta", part: 1, text })).toThrowError(
      "upstream_malformed_response",
    );
  });

  it("ends a failed stream in an error event, and writes nothing after it", async () => {
    const encoder = encodeStream(context);
    const text = encoder.push(start) + encoder.fail(new GatewayError("upstream_overloaded", "secret words"));
    expect(ending.map((part) => encoder.push(part)).join("")).toBe("");
    expect(grammarAfter(text)).toEqual({ kind: "failed" });
    expect(text).not.toContain("secret words");
    await expect(sdkFinalMessage(text)).rejects.toMatchObject({ type: "overloaded_error" });
  });

  it("obeys the grammar whatever the order of the parts of its blocks", () => {
    fc.assert(
      fc.property(
        fc.array(arbitraryPart, { maxLength: 3 }),
        arbitraryCalls,
        fc.infiniteStream(fc.nat()),
        (said, calls, choices) => {
          const lanes = [...said, ...calls].map((part, number) => [
            ...streamed(part, number, cut(part, 0.5)),
          ]);
          const mixed: AnswerPart[] = [];
          while (lanes.some((lane) => lane.length > 0)) {
            const open = lanes.filter((lane) => lane.length > 0);
            const next = open[(choices.next().value ?? 0) % open.length]?.shift();
            if (next !== undefined) mixed.push(next);
          }
          const text = write([start, ...mixed, ...ending]);
          expect(grammarAfter(text)).toEqual({ kind: "ended" });
          const inputs = framesOf(text)
            .flatMap(({ data }) => JSON.parse(data).delta?.partial_json ?? [])
            .join("");
          expect(inputs.length).toBe(
            calls.reduce((sum, part) => sum + (part.kind === "tool-call" ? part.argumentsText.length : 0), 0),
          );
        },
      ),
    );
  });
});

/** A message as plain data, without `parsed_output`, which the SDK adds. */
function plain(message: unknown): unknown {
  return JSON.parse(JSON.stringify(message, (name, value) => (name === "parsed_output" ? undefined : value)));
}
