import { describe, expect, it } from "vitest";
import { hasRecordedTraffic } from "../../../test/support/recorded-traffic.ts";
import type { Frame } from "../../exchange/codec.ts";
import type { StreamPart } from "../../exchange/part.ts";
import { createSseReader } from "../../framing/sse.ts";
import { epochMs } from "../../kernel/units.ts";
import { advance, startGrammar } from "../../protocols/anthropic-messages/grammar.ts";
import { anthropicMessages } from "../../protocols/anthropic-messages/index.ts";
import { advance as advanceChat, chatGrammar } from "../../protocols/openai-chat/grammar.ts";
import { openaiChat } from "../../protocols/openai-chat/index.ts";
import {
  assemble,
  callOf,
  chatCall,
  framesOf,
  hasFixtures,
  isEventStream,
  recordedConverse,
  streamFixtures,
  wholeFixtures,
} from "./fixtures.test-support.ts";
import { bedrockConverse } from "./index.ts";

const hasTraffic = hasRecordedTraffic();
const records = hasTraffic ? recordedConverse() : [];
const streams = records.filter(isEventStream);
const wholes = records.filter((record) => !isEventStream(record) && record.status < 300);

function partsOf(frames: readonly Frame[]): readonly StreamPart[] {
  const decoder = bedrockConverse.decodeStream();
  return [...frames.flatMap(decoder.push), ...decoder.end()];
}

/** What the frames say when their JSON is read by hand: texts and inputs by block, the stop reason, the usage. */
function readByHand(frames: readonly Frame[]) {
  const blocks = new Map<number, string>();
  let stopReason = "";
  let usage: { readonly inputTokens: number; readonly outputTokens: number } | undefined;
  for (const { event, data } of frames) {
    const told = JSON.parse(data);
    if (event === "contentBlockStart" && told.start.toolUse !== undefined)
      blocks.set(told.contentBlockIndex, `${told.start.toolUse.toolUseId} ${told.start.toolUse.name} `);
    if (event === "contentBlockDelta") {
      const piece = told.delta.text ?? told.delta.toolUse.input;
      blocks.set(told.contentBlockIndex, (blocks.get(told.contentBlockIndex) ?? "") + piece);
    }
    if (event === "messageStop") stopReason = told.stopReason;
    if (event === "metadata") usage = told.usage;
  }
  return { texts: [...blocks.values()], stopReason, usage };
}

describe.skipIf(!hasTraffic)("recorded Converse traffic", () => {
  it("is what the data's description says", () => {
    expect({ records: records.length, streams: streams.length, wholes: wholes.length }).toEqual({
      records: 36,
      streams: 20,
      wholes: 15,
    });
  });

  it("gives, streamed, what the frames say", () => {
    for (const { name, response } of streams) {
      const frames = framesOf(response);
      const byHand = readByHand(frames);
      const parts = partsOf(frames);
      const texts = assemble(parts).map((part) =>
        part.kind === "tool-call"
          ? `${part.id} ${part.name} ${part.argumentsText}`
          : part.kind === "text"
            ? part.text
            : part.kind,
      );
      expect({ name, texts }).toEqual({ name, texts: byHand.texts });
      const last = parts.at(-1);
      expect(last?.kind === "finish" && last.finish.raw, name).toBe(byHand.stopReason);
      const usage = parts.find((part) => part.kind === "usage")?.usage;
      expect({ name, input: usage?.input.total, output: usage?.output.total }).toEqual({
        name,
        input: byHand.usage?.inputTokens,
        output: byHand.usage?.outputTokens,
      });
    }
  });

  it("is tapped as it is decoded", () => {
    for (const { name, response } of streams) {
      const frames = framesOf(response);
      const tap = bedrockConverse.tapStream({ hidesUsage: false });
      const roles = frames.map(tap.push);
      const parts = partsOf(frames);
      expect({ name, ...tap.tapped() }).toEqual({
        name,
        usage: parts.find((part) => part.kind === "usage")?.usage,
        finish: parts.find((part) => part.kind === "finish")?.finish,
      });
      expect(tap.isComplete(), name).toBe(true);
      expect(
        roles.slice(0, -1).every((role) => role === "content"),
        name,
      ).toBe(true);
    }
  });

  it("gives, whole, the text, calls and usage of the body", () => {
    for (const { name, response } of wholes) {
      const body = JSON.parse(response.toString());
      const decoding = bedrockConverse.decodeAnswer(response);
      if (decoding.kind === "failure") throw new Error(`${name}: ${decoding.failure.message}`);
      const { answer } = decoding;
      const told = answer.parts.map((part) =>
        part.kind === "tool-call"
          ? { toolUse: { toolUseId: part.id, name: part.name, input: JSON.parse(part.argumentsText) } }
          : { text: part.kind === "text" ? part.text : part.kind },
      );
      expect({ name, told }).toEqual({ name, told: body.output.message.content });
      expect(answer.finish.raw, name).toBe(body.stopReason);
      expect(answer.usage?.input.total, name).toBe(body.usage.inputTokens);
      expect(answer.usage?.output.total, name).toBe(body.usage.outputTokens);
      expect(JSON.parse(answer.usage?.raw?.text ?? "null"), name).toEqual(body.usage);
    }
  });

  it("sums up, part by part, to the provider's totals", () => {
    const told = [
      ...wholes.map(({ response }) => JSON.parse(response.toString()).usage),
      ...streams.map(({ response }) => readByHand(framesOf(response)).usage),
    ];
    let count = 0;
    for (const usage of told) {
      const parts = partsOf(
        framesOf([
          ["metadata", { usage }],
          ["messageStop", { stopReason: "end_turn" }],
        ]),
      );
      const { input, output } = parts.find((part) => part.kind === "usage")?.usage ?? {};
      const sum = (input?.uncached ?? 0) + (input?.cacheRead ?? 0) + (input?.cacheWrite5m ?? 0);
      expect(sum + (output?.total ?? 0)).toBe(usage.totalTokens);
      expect(input?.total).toBe(sum);
      count += 1;
    }
    expect(count).toBe(35);
  });

  it("has its one error read", () => {
    const [record, ...others] = records.filter(({ status }) => status >= 400);
    if (record === undefined) throw new Error("there is no recorded error");
    expect(others).toEqual([]);
    expect(
      bedrockConverse.readFailure(
        record.status,
        new Map([
          ["x-amzn-errortype", "ValidationException:http://internal.amazon.com/coral/com.amazon.bedrock/"],
        ]),
        record.response,
      ),
    ).toEqual({
      code: "model_not_found",
      status: 404,
      message: "The provided model identifier is invalid.",
      upstreamCode: "ValidationException",
    });
  });

  it("has its requests written as they were", () => {
    for (const { name, request } of records) {
      const sent = JSON.parse(request.toString());
      const encoded = bedrockConverse.encodeRequest(callOf(request), { model: modelOf(name) });
      if (encoded.kind === "refused") throw encoded.error;
      const written = JSON.parse(encoded.body);
      expect({ name, ...written }).toEqual({ name, ...expectedOf(sent, written) });
    }
  });

  it("becomes streams of Messages clients that keep to their grammar and tell the same", () => {
    for (const { name, response } of streams) {
      const parts = partsOf(framesOf(response));
      const encoder = anthropicMessages.encodeStream({
        requestId: "r",
        startedAt: epochMs(1),
        call: { ...chatCall(), source: "anthropic-messages" },
      });
      const frames = sseOf(parts.map((part) => (part.kind === "error" ? "" : encoder.push(part))).join(""));
      const state = frames.reduce(advance, startGrammar);
      expect({ name, state }).toEqual({ name, state: { kind: "ended" } });
      const texts = frames.map(({ data }) => {
        const { delta = {} } = JSON.parse(data);
        return delta.text ?? delta.partial_json ?? "";
      });
      expect(texts.join(""), name).toBe(wordsOf(parts));
    }
  });

  it("becomes streams of Chat clients that keep to their grammar and tell the same", () => {
    for (const { name, response } of streams) {
      const parts = partsOf(framesOf(response));
      const call = { ...chatCall(), wantsUsage: true };
      const encoder = openaiChat.encodeStream({ requestId: "r", startedAt: epochMs(1), call });
      const frames = sseOf(parts.map((part) => (part.kind === "error" ? "" : encoder.push(part))).join(""));
      let state: ReturnType<typeof advanceChat> = chatGrammar(parts.some(({ kind }) => kind === "usage"));
      for (const { data } of frames) state = "kind" in state ? state : advanceChat(state, data);
      expect({ name, state: "kind" in state ? state : state.phase }).toEqual({ name, state: "end" });
      const texts = frames.map(({ data }) => {
        const delta = data === "[DONE]" ? {} : (JSON.parse(data).choices[0]?.delta ?? {});
        return (delta.content ?? "") + (delta.tool_calls?.[0]?.function?.arguments ?? "");
      });
      expect(texts.join(""), name).toBe(wordsOf(parts));
    }
  });

  it("never shows a stream that is cut as whole, wherever it is cut", () => {
    for (const { name, response } of streams) {
      const frames = framesOf(response);
      const stop = frames.findIndex(({ event }) => event === "messageStop");
      for (let size = 0; size <= stop; size += 1) {
        const parts = partsOf(frames.slice(0, size));
        expect(parts.at(-1), `${name} ${size}`).toMatchObject({
          kind: "error",
          failure: { code: "upstream_stream_broken" },
        });
        expect(parts.some(({ kind }) => kind === "finish")).toBe(false);
      }
    }
  });
});

/** Text and arguments of a stream, joined. */
function wordsOf(parts: readonly StreamPart[]): string {
  return parts
    .map((part) => ("text" in part ? part.text : "argumentsText" in part ? part.argumentsText : ""))
    .join("");
}

function sseOf(text: string): readonly Frame[] {
  const reader = createSseReader();
  return [...reader.push(new TextEncoder().encode(text)), ...reader.end()];
}

/** Only the family counts. */
function modelOf(name: string): string {
  return /anthropic|different_events|parsing_errors|TestConverseStream/.test(name)
    ? "anthropic.claude-3-sonnet-20240229-v1:0"
    : "amazon.nova-lite-v1:0";
}

/** What we write of a recorded request: not what only its own client could say, messages of one role joined. */
function expectedOf(sent: Record<string, unknown>, written: Record<string, unknown>) {
  const { guardrailConfig: _, additionalModelRequestFields: __, messages, ...rest } = sent;
  const joined: { role: string; content: unknown[] }[] = [];
  for (const { role, content } of messages as { role: string; content: unknown[] }[]) {
    const last = joined.at(-1);
    if (last?.role === role) last.content.push(...content);
    else joined.push({ role, content: [...content] });
  }
  const paths = written["additionalModelResponseFieldPaths"];
  return {
    ...rest,
    messages: joined,
    ...(paths === undefined ? {} : { additionalModelResponseFieldPaths: paths }),
    // The recorded call says nothing of its tools although it has results: rule 39.
    ...("toolConfig" in rest || written["toolConfig"] === undefined
      ? {}
      : { toolConfig: written["toolConfig"] }),
  };
}

describe.skipIf(!hasFixtures())("the fixtures of vercel/ai", () => {
  it("are all read, whole", () => {
    const fixtures = wholeFixtures();
    expect(fixtures).toHaveLength(11);
    for (const { name, body } of fixtures) {
      const decoding = bedrockConverse.decodeAnswer(body);
      if (decoding.kind === "failure") throw new Error(`${name}: ${decoding.failure.message}`);
      const kinds = decoding.answer.parts.map(({ kind }) => kind);
      expect(kinds.includes("opaque"), name).toBe(false);
      const hasCalls = kinds.includes("tool-call");
      expect(decoding.answer.finish.reason, name).toBe(hasCalls ? "tool-calls" : "stop");
    }
  });

  it("are all read, streamed, though some lack the start of their message or the stop of a block", () => {
    const fixtures = streamFixtures();
    expect(fixtures).toHaveLength(12);
    for (const { name, events } of fixtures) {
      const parts = partsOf(framesOf(events));
      expect(parts[0], name).toMatchObject({ kind: "start" });
      expect(parts.at(-1), name).toMatchObject({ kind: "finish" });
      const texts = events.map(([, data]) => {
        const { delta = {} } = data as { delta?: { text?: string; toolUse?: { input: string } } };
        return delta.text ?? delta.toolUse?.input ?? "";
      });
      const spoken = parts.filter(({ kind }) => kind !== "reasoning-delta");
      expect(wordsOf(spoken), name).toBe(texts.join(""));
      const begun = parts.filter(({ kind }) => kind.endsWith("-start")).length;
      expect(
        parts.filter(({ kind }) => kind.endsWith("-end")),
        name,
      ).toHaveLength(begun);
    }
  });

  it("keep the signature of a streamed reasoning", () => {
    const events = streamFixtures().find(({ name }) => name.includes("reasoning"))?.events ?? [];
    const [reasoning] = assemble(partsOf(framesOf(events)));
    expect(reasoning).toMatchObject({
      kind: "reasoning",
      text: expect.stringContaining("strawberry"),
      seal: { origin: "bedrock-converse", value: expect.stringMatching(/^Ep0CC/) },
    });
  });
});
