import { describe, expect, it } from "vitest";
import { hasRecordedTraffic, recordedTraffic } from "../../../test/support/recorded-traffic.ts";
import { grammarAfter } from "./official-sdk.test-support.ts";

const events = (...datas: readonly string[]): string =>
  datas.map((data) => `event: ${JSON.parse(data).type}\ndata: ${data}\n\n`).join("");
const begin = '{"type":"message_start","message":{}}';
const open = (index: number, type = "text") =>
  `{"type":"content_block_start","index":${index},"content_block":{"type":"${type}"}}`;
const delta = (index: number, type = "text_delta") =>
  `{"type":"content_block_delta","index":${index},"delta":{"type":"${type}"}}`;
const close = (index: number) => `{"type":"content_block_stop","index":${index}}`;
const change = '{"type":"message_delta","delta":{},"usage":{}}';
const stop = '{"type":"message_stop"}';
const ping = '{"type":"ping"}';
const error = '{"type":"error","error":{}}';

describe("advance", () => {
  it.runIf(hasRecordedTraffic())("accepts every recorded native stream", () => {
    const streams = recordedTraffic("anthropic.messages").filter(({ isStream }) => isStream);
    expect(streams.length).toBe(54);
    for (const { name, response } of streams)
      expect({ name, state: grammarAfter(response) }).toEqual({ name, state: { kind: "ended" } });
  });

  it.for<{ name: string; stream: readonly string[]; state: string }>([
    {
      name: "a whole message",
      stream: [begin, ping, open(0), delta(0), ping, close(0), change, ping, change, stop],
      state: "ended",
    },
    { name: "no content", stream: [begin, change, stop], state: "ended" },
    {
      name: "a message that is whole at once",
      stream: ['{"type":"message_start","message":{"stop_reason":"tool_use"}}', stop],
      state: "ended",
    },
    { name: "an error in a block", stream: [begin, open(0), error], state: "failed" },
    {
      name: "a block of a new type",
      stream: [begin, open(0, "hologram"), delta(0, "beam_delta"), close(0), change, stop],
      state: "ended",
    },
  ])("accepts $name", ({ stream, state }) => {
    expect(grammarAfter(events(...stream))).toEqual({ kind: state });
  });

  it.for<{ name: string; stream: readonly string[]; reason: string }>([
    { name: "a block before the message", stream: [open(0)], reason: "before message_start" },
    { name: "two messages", stream: [begin, begin], reason: "not expected" },
    { name: "a skipped number", stream: [begin, open(1)], reason: "where 0 is due" },
    { name: "a number that returns", stream: [begin, open(0), close(0), open(0)], reason: "where 1 is due" },
    { name: "a block inside a block", stream: [begin, open(0), open(1)], reason: "while block" },
    { name: "a delta of another block", stream: [begin, open(0), delta(1)], reason: "has a delta" },
    {
      name: "a delta that does not fit",
      stream: [begin, open(0), delta(0, "input_json_delta")],
      reason: "in a block of type text",
    },
    {
      name: "a delta after the signature",
      stream: [begin, open(0, "thinking"), delta(0, "signature_delta"), delta(0, "thinking_delta")],
      reason: "after the signature",
    },
    { name: "the stop of another block", stream: [begin, open(0), close(1)], reason: "1 stops" },
    { name: "an end inside a block", stream: [begin, open(0), change], reason: "inside a block" },
    { name: "an end without a reason", stream: [begin, stop], reason: "without message_delta" },
    { name: "content after the end", stream: [begin, change, stop, ping], reason: "after the end" },
    { name: "content after an error", stream: [begin, error, change], reason: "after the end" },
    { name: "content after message_delta", stream: [begin, change, open(0)], reason: "while closing" },
  ])("refuses $name", ({ stream, reason }) => {
    expect(grammarAfter(events(...stream))).toEqual({
      kind: "violation",
      reason: expect.stringContaining(reason),
    });
  });

  it("refuses an event under another name, without a name, and without JSON", () => {
    expect(grammarAfter(`event: ping\ndata: ${begin}\n\n`).kind).toBe("violation");
    expect(grammarAfter(`data: ${begin}\n\n`).kind).toBe("violation");
    expect(grammarAfter("event: message_start\ndata: [DONE]\n\n").kind).toBe("violation");
  });
});
