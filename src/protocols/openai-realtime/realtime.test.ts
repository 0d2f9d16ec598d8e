import type { RealtimeClientEvent, RealtimeServerEvent } from "openai/resources/realtime/realtime";
import { describe, expect, it } from "vitest";
import { GatewayError } from "../../kernel/errors.ts";
import { epochMs } from "../../kernel/units.ts";
import {
  encodeRealtimeError,
  printSecret,
  type RealtimeFact,
  readEvent,
  readSecretRequest,
} from "./index.ts";

const done: RealtimeServerEvent = {
  type: "response.done",
  event_id: "event_1",
  response: {
    id: "resp_1",
    status: "completed",
    usage: {
      total_tokens: 253,
      input_tokens: 132,
      output_tokens: 121,
      input_token_details: { text_tokens: 119, audio_tokens: 13, cached_tokens: 64 },
      output_token_details: { text_tokens: 30, audio_tokens: 91 },
    },
  },
};

describe("readEvent", () => {
  it.for<{ name: string; event: RealtimeClientEvent | RealtimeServerEvent; fact: RealtimeFact }>([
    {
      name: "a session that is changed",
      event: {
        type: "session.update",
        event_id: "e1",
        session: { type: "realtime", instructions: "be brief" },
      },
      fact: {
        kind: "session-update",
        session: { type: "realtime", instructions: "be brief" },
        eventId: "e1",
      },
    },
    {
      name: "a session that began",
      event: {
        type: "session.created",
        event_id: "e2",
        session: { type: "realtime", model: "gpt-realtime" },
      },
      fact: {
        kind: "session",
        type: "session.created",
        model: "gpt-realtime",
        session: { type: "realtime", model: "gpt-realtime" },
      },
    },
    {
      name: "a response that is asked for, with its limit",
      event: { type: "response.create", response: { max_output_tokens: 200 } },
      fact: { kind: "response-create", outputTokensMax: 200 },
    },
    {
      name: "audio by its type alone",
      event: { type: "input_audio_buffer.append", audio: "AAAA" },
      fact: { kind: "other", type: "input_audio_buffer.append" },
    },
    {
      name: "a fault",
      event: { type: "error", event_id: "e3", error: { type: "server_error", message: "no", code: "c" } },
      fact: { kind: "error", type: "server_error", code: "c", message: "no" },
    },
  ])("reads $name", ({ event, fact }) => {
    expect(readEvent(JSON.stringify(event))).toEqual(fact);
  });

  it("reads the usage of a response: cached input is part of the input, audio of both", () => {
    const fact = readEvent(JSON.stringify(done));
    expect(fact).toMatchObject({
      kind: "response-done",
      id: "resp_1",
      status: "completed",
      usage: {
        input: { total: 132, uncached: 68, cacheRead: 64, audio: 13 },
        output: { total: 121, audio: 91 },
        basis: "reported",
      },
    });
  });

  it.for([
    [
      "a second type",
      '{"type":"input_audio_buffer.append","audio":"AA","type":"session.update","session":{}}',
    ],
    [
      "an escaped second type",
      '{"type":"input_audio_buffer.append","\\u0074ype":"session.update","session":{}}',
    ],
    ["a type at the end", '{"session":{},"type":"session.update"}'],
  ])("is not misled by %s", ([, text]) => {
    expect(readEvent(text ?? "")).toMatchObject({ kind: "session-update" });
  });

  it.for(["", "[]", "1", "{", '{"type":1}', '{"audio":"AA"}'])("calls %s malformed", (text) => {
    expect(readEvent(text)).toEqual({ kind: "malformed" });
  });

  it("reads what a transcription took, in tokens or seconds", () => {
    const type = "conversation.item.input_audio_transcription.completed";
    expect(
      readEvent(JSON.stringify({ type, item_id: "i", usage: { type: "duration", seconds: 3.5 } })),
    ).toMatchObject({
      kind: "transcription-done",
      itemId: "i",
      usage: { counts: { transcriptionSeconds: 3.5 } },
    });
    const usage = {
      type: "tokens",
      input_tokens: 17,
      output_tokens: 4,
      input_token_details: { audio_tokens: 17 },
    };
    expect(readEvent(JSON.stringify({ type, usage }))).toMatchObject({
      usage: { input: { total: 17, audio: 17 }, output: { total: 4 } },
    });
  });
});

describe("encodeRealtimeError", () => {
  it("is an error event that names no detail", () => {
    const text = encodeRealtimeError(new GatewayError("budget_exhausted", "private"), "event_9", "e1");
    expect(JSON.parse(text)).toEqual({
      type: "error",
      event_id: "event_9",
      error: {
        type: "insufficient_quota",
        code: "insufficient_quota",
        message: new GatewayError("budget_exhausted", "").publicMessage,
        param: null,
        event_id: "e1",
      },
    });
  });
});

describe("client secrets", () => {
  it("last ten minutes where nothing is said", () => {
    expect(readSecretRequest("")).toEqual({ ttl: 600_000, session: {} });
  });
  it("name their model and their time", () => {
    const body = {
      expires_after: { anchor: "created_at", seconds: 30 },
      session: { type: "realtime", model: "m" },
    };
    expect(readSecretRequest(JSON.stringify(body))).toEqual({
      ttl: 30_000,
      model: "m",
      session: body.session,
    });
  });
  it.for([
    ["[]", "body"],
    ['{"session":1}', "session"],
    ['{"session":{"model":1}}', "session.model"],
    ['{"expires_after":{"seconds":9}}', "expires_after.seconds"],
    ['{"expires_after":{"seconds":7201}}', "expires_after.seconds"],
    ['{"expires_after":{"anchor":"now"}}', "expires_after.anchor"],
  ])("are refused for %s", ([text, param]) => {
    expect(() => readSecretRequest(text ?? "")).toThrow(
      expect.objectContaining({ facts: expect.objectContaining({ param }) }),
    );
  });
  it("are printed as the SDK reads them", () => {
    const text = printSecret({
      value: "ek_1",
      expiresAt: epochMs(1_700_000_000_500),
      sessionId: "sess_1",
      session: { model: "m" },
    });
    expect(JSON.parse(text)).toEqual({
      value: "ek_1",
      expires_at: 1_700_000_000,
      session: {
        type: "realtime",
        model: "m",
        id: "sess_1",
        object: "realtime.session",
        expires_at: 1_700_000_000,
      },
    });
  });
});
