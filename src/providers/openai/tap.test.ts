import { describe, expect, it } from "vitest";
import type { Json } from "../../kernel/json.ts";
import { frameOf } from "./fixtures.test-support.ts";
import {
  added,
  call,
  completed,
  created,
  delta,
  done,
  emptyMessage,
  event,
  message,
  partsOf,
  response,
  tapOf,
} from "./stream.test-support.ts";
import { decodeResponsesStream } from "./stream.ts";
import { tapResponsesStream } from "./tap.ts";

describe("tapResponsesStream", () => {
  const begun = [created, added(0, emptyMessage("a")), delta("a", "hi")];

  it("reads model, usage and finish; announcements do not commit the head, the last event ends", () => {
    const { tap, roles } = tapOf(
      ...begun,
      completed([message("a", "hi")], { service_tier: "flex" }),
      "[DONE]",
    );
    expect(roles).toEqual(["idle", "idle", "content", "end", "end"]);
    expect(tap.tapped()).toMatchObject({
      model: "m",
      usage: { input: { total: 3 }, output: { total: 2 }, tier: "flex" },
      finish: { reason: "stop", raw: "completed" },
    });
    expect([tap.isComplete(), tap.failure()]).toEqual([true, undefined]);
  });

  it("opens the stream with the last event where nothing came before it", () => {
    const { tap, roles } = tapOf(created, completed([]));
    expect(roles).toEqual(["idle", "content"]);
    expect(tap.isComplete()).toBe(true);
  });

  it("holds no announcement back that is too large, and no heartbeat once it has begun", () => {
    const large = event("created", { response: response({ instructions: "x".repeat(300_000) }) });
    expect(tapOf(large).roles).toEqual(["content"]);
    expect(tapOf({ type: "keepalive" }, ...begun, { type: "keepalive" }).roles).toEqual([
      "idle",
      "idle",
      "idle",
      "content",
      "content",
    ]);
    const tap = tapResponsesStream();
    expect(tap.push({ bytes: new Uint8Array(), kind: "comment", event: "", data: "" })).toBe("idle");
  });

  it.for<{ name: string; events: readonly Json[] }>([
    { name: "its start", events: [added(0, call("a", ""))] },
    { name: "its end", events: [done(0, call("a", "{}"))] },
  ])("rule 45: sees a call by $name even where the last event has no output", ({ events }) => {
    expect(tapOf(created, ...events, completed([])).tap.tapped().finish?.reason).toBe("tool-calls");
    expect(partsOf(created, ...events, completed([])).at(-1)).toMatchObject({
      finish: { reason: "tool-calls" },
    });
  });

  it("takes no text of the model for an event", () => {
    const words = '{"type":"response.completed"} and {"type": "refusal"} and {"error":{"code":"x"}}';
    const { tap, roles } = tapOf(
      created,
      delta("a", words),
      done(0, message("a", words)),
      completed([message("a", words)]),
    );
    expect(roles).toEqual(["idle", "content", "content", "end"]);
    expect(tap.tapped().finish).toEqual({ reason: "stop", raw: "completed" });
  });

  it("knows events whose type comes last", () => {
    const { roles } = tapOf(
      '{"response":{"model":"m"},"sequence_number":0,"type":"response.created"}',
      '{"delta":"x","item_id":"a","type":"response.output_text.delta"}',
      '{"response":{"status":"completed","output":[]},"type":"response.completed"}',
    );
    expect(roles).toEqual(["idle", "content", "end"]);
  });
});

const failures: readonly { name: string; data: string; event?: string; code: string; status: number }[] = [
  {
    name: "an error event as OpenAI sends it",
    data: '{"type":"error","sequence_number":2,"error":{"type":"insufficient_quota","code":"insufficient_quota","message":"m","param":null}}',
    code: "upstream_quota_exhausted",
    status: 429,
  },
  {
    name: "an error event as its types have it",
    data: '{"type":"error","code":"server_error","message":"m","param":null}',
    code: "upstream_failed",
    status: 500,
  },
  {
    name: "a named event",
    event: "error",
    data: '{"code":"rate_limit_exceeded","message":"m"}',
    code: "upstream_rate_limited",
    status: 429,
  },
  {
    name: "a bare error",
    data: '{"error":{"message":"m","code":503}}',
    code: "upstream_overloaded",
    status: 503,
  },
  {
    name: "a response that failed",
    data: '{"type":"response.failed","response":{"status":"failed","error":{"code":"rate_limit_exceeded","message":"m"},"output":[]}}',
    code: "upstream_rate_limited",
    status: 429,
  },
  {
    name: "a prompt that is too long",
    data: '{"type":"response.failed","response":{"error":{"code":"context_length_exceeded","message":"Your input exceeds the context window of this model."}}}',
    code: "context_length_exceeded",
    status: 400,
  },
  {
    name: "a prompt that policy forbids",
    data: '{"type":"response.failed","response":{"error":{"code":"invalid_prompt","message":"m"}}}',
    code: "content_refused",
    status: 400,
  },
  {
    name: "a failure without words",
    data: '{"type":"response.failed","response":{}}',
    code: "upstream_failed",
    status: 502,
  },
  { name: "no JSON", data: "<html>", code: "upstream_malformed_response", status: 502 },
  {
    name: "an end without a response",
    data: '{"type":"response.completed"}',
    code: "upstream_malformed_response",
    status: 502,
  },
];

describe("failures inside a stream", () => {
  it.for(failures)(
    "rule 50: $name is one, to the decoder and to the tap",
    ({ data, event: name = "", code, status }) => {
      const frame = frameOf(data, name);
      const announced = frameOf(JSON.stringify(created));
      const decoder = decodeResponsesStream();
      expect([...decoder.push(announced), ...decoder.push(frame), ...decoder.end()]).toMatchObject([
        { kind: "error", failure: { code, status } },
      ]);
      const tap = tapResponsesStream();
      expect([tap.push(announced), tap.push(frame)]).toEqual(["idle", "error"]);
      expect(tap.failure()).toMatchObject({ code, status });
      tap.push(frameOf("[DONE]"));
      expect(tap.isComplete()).toBe(false);
    },
  );

  it("takes errors of the provider's own tools for none", () => {
    const failed: Json = { id: "m", type: "mcp_call", error: { type: "http_error" } };
    const events = [
      created,
      done(0, failed),
      event("mcp_call.failed", { output_index: 0, item_id: "m", error: "x" }),
      completed([failed]),
    ];
    expect(partsOf(...events).at(-1)?.kind).toBe("finish");
    expect(tapOf(...events).roles.at(-1)).toBe("end");
  });
});
