import Anthropic from "@anthropic-ai/sdk";
import { describe, expect, it } from "vitest";
import { hasRecordedTraffic, recordedTraffic } from "../../../test/support/recorded-traffic.ts";
import type { Part } from "../../exchange/part.ts";
import { assemble, framesOf, hasFixtures, streamFixtures, wholeFixtures } from "./fixtures.test-support.ts";
import { decodeAnswer, tapAnswer } from "./response.ts";
import { decodeStream } from "./stream.ts";
import { tapStream } from "./tap.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** What the official SDK reads from the same bytes. */
async function sdkMessage(body: string | Uint8Array, isStream: boolean): Promise<Anthropic.Message> {
  const client = new Anthropic({
    apiKey: "test",
    maxRetries: 0,
    baseURL: "http://127.0.0.1:1",
    fetch: async () =>
      new Response(Buffer.from(body), {
        headers: { "content-type": isStream ? "text/event-stream" : "application/json" },
      }),
  });
  const question = { model: "any", max_tokens: 16, messages: [{ role: "user" as const, content: "hello" }] };
  return isStream ? client.messages.stream(question).finalMessage() : client.messages.create(question);
}

/** The SDK's blocks in the form of `plain`. */
function plainBlocks(message: Anthropic.Message): unknown {
  return message.content.map((block) => {
    switch (block.type) {
      case "text":
        return ["text", block.text, block.citations ?? []];
      case "thinking":
        return ["thinking", block.thinking, block.signature];
      case "redacted_thinking":
        return ["redacted", block.data];
      case "tool_use":
        return ["tool_use", block.id, block.name, block.input];
      default:
        return ["other", block.type, "input" in block ? block.input : undefined];
    }
  });
}

function plain(parts: readonly Part[]): unknown {
  return parts.map((part) => {
    switch (part.kind) {
      case "text":
        return ["text", part.text, (part.citations ?? []).map(({ raw }) => raw)];
      case "reasoning":
        return part.isRedacted
          ? ["redacted", part.seal?.value]
          : ["thinking", part.text, part.seal?.value ?? ""];
      case "tool-call":
        return ["tool_use", part.id, part.name, JSON.parse(part.argumentsText)];
      case "opaque":
        return ["other", part.type, JSON.parse(part.raw.text).input];
      default:
        return [part.kind];
    }
  });
}

const reasons: Readonly<Record<string, string>> = {
  end_turn: "stop",
  tool_use: "tool-calls",
  stop_sequence: "stop-sequence",
  max_tokens: "length",
};

describe("decodeAnswer and decodeStream", () => {
  it.runIf(hasRecordedTraffic())("read every recorded answer as the official SDK does", async () => {
    const records = recordedTraffic("anthropic.messages");
    expect(records.length).toBe(95);
    for (const { name, response, isStream } of records) {
      const message = await sdkMessage(response, isStream);
      const read = isStream ? readStream(response) : readWhole(response);
      expect({ name, content: plain(read.parts) }).toEqual({ name, content: plainBlocks(message) });
      expect(read.finish).toBe(reasons[message.stop_reason ?? ""]);
      expect({ id: read.id, model: read.model }).toEqual({ id: message.id, model: message.model });
      const told = message.usage;
      const written = told.cache_creation_input_tokens ?? 0;
      const total = told.input_tokens + (told.cache_read_input_tokens ?? 0) + written;
      expect(read.usage?.input.total).toBe(total);
      expect(read.usage?.input.uncached).toBe(told.input_tokens);
      expect((read.usage?.input.cacheWrite5m ?? 0) + (read.usage?.input.cacheWrite1h ?? 0)).toBe(written);
      expect(read.usage?.output.total).toBe(told.output_tokens);
      expect(read.usage?.basis).toBe("reported");
    }
  });

  it.runIf(hasFixtures())("read the citations of every fixture as the official SDK does", async () => {
    const whole = wholeFixtures().map(({ name, body }) => ({ name, body, isStream: false }));
    const streams = streamFixtures().map(({ name, events }) => ({
      name,
      body: Buffer.from(events),
      isStream: true,
    }));
    let cited = 0;
    for (const { name, body, isStream } of [...whole, ...streams]) {
      if (!body.includes("cited_text")) continue;
      const theirs = (await sdkMessage(body, isStream)).content.map((block) =>
        block.type === "text" ? (block.citations ?? []) : [],
      );
      const parts = isStream ? readStream(body).parts : readWhole(body).parts;
      const ours = parts.map((part) => (part.kind === "text" ? (part.citations ?? []) : []));
      expect({ name, raw: ours.map((citations) => citations.map(({ raw }) => raw)) }).toEqual({
        name,
        raw: theirs,
      });
      for (const citation of ours.flat()) {
        cited += 1;
        expect(citation).toMatchObject({ quote: expect.any(String), origin: "anthropic-messages" });
        expect(citation.url ?? citation.title, name).toBeDefined();
      }
    }
    expect(cited).toBeGreaterThan(10);
  });

  it.runIf(hasRecordedTraffic())("the taps tell the same usage and end as the decoders", () => {
    for (const { response, isStream } of recordedTraffic("anthropic.messages")) {
      const read = isStream ? readStream(response) : readWhole(response);
      const tap = tapStream();
      if (isStream) for (const frame of framesOf(response)) tap.push(frame);
      const tapped = isStream ? tap.tapped() : tapAnswer(response);
      expect(tapped?.usage).toEqual(read.usage);
      expect(tapped?.finish?.reason).toBe(read.finish);
      expect(tapped?.model).toBe(read.model);
      if (isStream) expect(tap.isComplete()).toBe(true);
    }
  });

  it.runIf(hasFixtures())("read every fixture, whole and streamed; unknown blocks end as opaque", () => {
    for (const { name, body } of wholeFixtures()) {
      const decoding = decodeAnswer(body);
      if (decoding.kind === "failure") throw new Error(`${name}: ${decoding.failure.message}`);
      const wire = JSON.parse(body.toString());
      expect(decoding.answer.parts.length).toBe(wire.content.length);
      for (const [index, part] of decoding.answer.parts.entries()) {
        if (part.kind === "opaque") expect(JSON.parse(part.raw.text)).toEqual(wire.content[index]);
      }
    }
    const broken = streamFixtures().filter(
      ({ events }) => readStream(Buffer.from(events)).finish === undefined,
    );
    expect(broken.map(({ name }) => name)).toEqual(["spliced-message-start.chunks.txt"]);
    for (const { name, events } of streamFixtures()) {
      if (name.startsWith("spliced") || name.startsWith("duplicate")) continue;
      const given = framesOf(events).reduce(
        (sum, { data }) => sum + (JSON.parse(data).message?.content.length ?? 0),
        0,
      );
      const blocks = given + [...events.matchAll(/"type":"content_block_start"/g)].length;
      expect({ name, parts: readStream(Buffer.from(events)).parts.length }).toEqual({ name, parts: blocks });
    }
  });
});

describe("decodeAnswer", () => {
  it.for<{ name: string; citation: object; read: object }>([
    {
      name: "a web page",
      citation: {
        type: "web_search_result_location",
        cited_text: "q",
        url: "https://a",
        title: "A",
        encrypted_index: "e",
      },
      read: { url: "https://a", title: "A", quote: "q" },
    },
    {
      name: "a search result of the client's with an address",
      citation: { type: "search_result_location", cited_text: "q", source: "https://a", title: null },
      read: { url: "https://a", quote: "q" },
    },
    {
      name: "a search result of the client's without",
      citation: { type: "search_result_location", cited_text: "q", source: "kb-7", title: "A" },
      read: { title: "A", quote: "q" },
    },
    {
      name: "a document",
      citation: {
        type: "char_location",
        cited_text: "q",
        document_index: 0,
        document_title: "D",
        start_char_index: 1,
        end_char_index: 2,
      },
      read: { title: "D", quote: "q" },
    },
  ])("rule 43: reads the citation of $name, which is of its whole block", ({ citation, read }) => {
    const body = bytes(
      JSON.stringify({
        type: "message",
        id: "i",
        model: "m",
        content: [{ type: "text", text: "a", citations: [citation] }],
        stop_reason: "end_turn",
      }),
    );
    const decoding = decodeAnswer(body);
    expect(decoding.kind === "answer" && decoding.answer.parts).toEqual([
      { kind: "text", text: "a", citations: [{ ...read, raw: citation, origin: "anthropic-messages" }] },
    ]);
    expect(decoding).toMatchObject({ warnings: [] });
  });

  it("keeps tool inputs and unknown blocks as they were written", () => {
    const body = bytes(
      '{"type":"message","id":"i","model":"m","content":[{"type":"tool_use","id":"t","name":"f","input":{"n":9007199254740993, "x":1.0}},{"type":"new","y":1.0}],"stop_reason":"tool_use"}',
    );
    expect(decodeAnswer(body)).toMatchObject({
      answer: {
        parts: [
          { argumentsText: '{"n":9007199254740993, "x":1.0}' },
          { kind: "opaque", raw: { text: '{"type":"new","y":1.0}' } },
        ],
        finish: { reason: "tool-calls", raw: "tool_use" },
      },
    });
  });

  it.for<{ name: string; body: string; code: string }>([
    { name: "no JSON", body: "<html>", code: "upstream_malformed_response" },
    {
      name: "another dialect's answer",
      body: '{"object":"chat.completion"}',
      code: "upstream_malformed_response",
    },
    {
      name: "an error",
      body: '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}',
      code: "upstream_overloaded",
    },
  ])("tells $name as a failure", ({ body, code }) => {
    expect(decodeAnswer(bytes(body))).toMatchObject({ kind: "failure", failure: { code } });
    expect(tapAnswer(bytes(body))).toBeUndefined();
  });

  it("rule 46: never takes an unknown or missing stop reason for a normal end", () => {
    const finishOf = (reason: string) => {
      const decoding = decodeAnswer(bytes(`{"type":"message","content":[],"stop_reason":${reason}}`));
      return decoding.kind === "answer" ? decoding.answer.finish.reason : undefined;
    };
    expect(finishOf("null")).toBe("other");
    expect(finishOf('"compaction"')).toBe("other");
    expect(finishOf('"pause_turn"')).toBe("pause");
    expect(finishOf('"model_context_window_exceeded"')).toBe("context-length");
    expect(finishOf('"refusal"')).toBe("refusal");
    expect(finishOf('"refusal","stop_details":{"type":"refusal"}')).toBe("content-filter");
  });
});

function readWhole(body: Uint8Array) {
  const decoding = decodeAnswer(body);
  if (decoding.kind === "failure") throw new Error(decoding.failure.message);
  const { answerId, model, parts, finish, usage } = decoding.answer;
  return { id: answerId, model, parts, finish: finish.reason, usage };
}

function readStream(events: Uint8Array) {
  const decoder = decodeStream();
  const parts = [...framesOf(events).flatMap(decoder.push), ...decoder.end()];
  const start = parts.find(({ kind }) => kind === "start");
  const usage = parts.findLast((part) => part.kind === "usage")?.usage;
  const last = parts.at(-1);
  return {
    id: start?.kind === "start" ? start.answerId : "",
    model: start?.kind === "start" ? start.model : "",
    parts: assemble(parts),
    finish: last?.kind === "finish" ? last.finish.reason : undefined,
    usage,
  };
}
