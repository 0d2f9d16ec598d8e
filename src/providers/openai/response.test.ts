import { describe, expect, it } from "vitest";
import type { Part } from "../../exchange/part.ts";
import type { Json } from "../../kernel/json.ts";
import { decodeResponsesAnswer, tapResponsesAnswer } from "./response.ts";

const message = (...content: readonly Json[]): Json => ({
  id: "msg_1",
  type: "message",
  role: "assistant",
  content,
});
const output = (text: string, annotations: readonly Json[] = []): Json => ({
  type: "output_text",
  text,
  annotations,
});
const call = (members: { readonly [name: string]: Json } = {}): Json => ({
  id: "fc_1",
  type: "function_call",
  call_id: "call_1",
  name: "f",
  arguments: "{}",
  ...members,
});

function bodyOf(items: readonly Json[], members: { readonly [name: string]: Json } = {}): Uint8Array {
  const body = {
    id: "resp_1",
    object: "response",
    created_at: 1.5,
    model: "m",
    status: "completed",
    output: items,
  };
  return new TextEncoder().encode(JSON.stringify({ ...body, ...members }));
}

function decoded(body: Uint8Array) {
  const decoding = decodeResponsesAnswer(body);
  if (decoding.kind === "failure") throw new Error(decoding.failure.message);
  return decoding;
}
const answerOf = (...items: readonly Json[]) => decoded(bodyOf(items)).answer;
const failureOf = (body: Uint8Array | string) => {
  const decoding = decodeResponsesAnswer(typeof body === "string" ? new TextEncoder().encode(body) : body);
  return decoding.kind === "failure" ? decoding.failure : undefined;
};

describe("decodeResponsesAnswer", () => {
  it("reads the items in order", () => {
    const { parts, ...answer } = answerOf(
      { id: "rs_1", type: "reasoning", summary: [{ text: "a" }, { text: "b" }], encrypted_content: "enc" },
      message(output("hi"), { type: "refusal", refusal: "no" }),
      call({ arguments: '{ "n": 9007199254740993 }' }),
      { id: "ctc_1", type: "custom_tool_call", call_id: "call_2", name: "sh", input: "ls" },
    );
    expect(answer).toEqual({
      answerId: "resp_1",
      model: "m",
      createdAt: 1500,
      finish: { reason: "refusal", raw: "completed" },
    });
    expect(parts).toEqual<readonly Part[]>([
      {
        kind: "reasoning",
        text: "a\n\nb",
        isSummary: true,
        isRedacted: false,
        seal: { origin: "openai-responses", value: "enc", itemId: "rs_1" },
      },
      { kind: "text", text: "hi" },
      { kind: "refusal", text: "no" },
      { kind: "tool-call", id: "call_1", name: "f", argumentsText: '{ "n": 9007199254740993 }' },
      { kind: "tool-call", id: "call_2", name: "sh", argumentsText: "ls", isCustom: true },
    ]);
  });

  it.for<{ name: string; item: Json; parts: readonly Part[] }>([
    {
      name: "a thought of which only the id is told",
      item: { id: "rs_1", type: "reasoning", summary: [] },
      parts: [
        {
          kind: "reasoning",
          text: "",
          isRedacted: false,
          seal: { origin: "openai-responses", value: "", itemId: "rs_1" },
        },
      ],
    },
    {
      name: "a thought that is shown, and its summary; the last has the seal",
      item: {
        id: "rs_1",
        type: "reasoning",
        summary: [{ text: "s" }],
        content: [{ type: "reasoning_text", text: "t" }],
      },
      parts: [
        { kind: "reasoning", text: "s", isSummary: true, isRedacted: false },
        {
          kind: "reasoning",
          text: "t",
          isRedacted: false,
          seal: { origin: "openai-responses", value: "", itemId: "rs_1" },
        },
      ],
    },
    { name: "a thought of which nothing is told", item: { type: "reasoning", summary: [] }, parts: [] },
    { name: "an empty text", item: message(output("")), parts: [] },
    {
      name: "a call that only has the id of its item",
      item: call({ call_id: null }),
      parts: [{ kind: "tool-call", id: "fc_1", name: "f", argumentsText: "{}" }],
    },
  ])("reads $name", ({ item, parts }) => {
    expect(answerOf(item).parts).toEqual(parts);
  });

  it("makes an id for a call without one, the same each time", () => {
    const [part] = answerOf(call({ call_id: null, id: null })).parts;
    expect(part).toMatchObject({ id: expect.stringMatching(/^call_[0-9A-Za-z]{22}$/) });
    expect(answerOf(call({ call_id: null, id: null })).parts).toEqual([part]);
  });

  it("keeps the text of items and content it does not know", () => {
    const item = '{"type": "web_search_call", "id": "ws_1", "n": 1.0}';
    const content = '{"type":"output_audio", "n": 9007199254740993}';
    const text = `{"status":"completed","output":[${item},{"type":"message","content":[${content}]}]}`;
    const { parts } = decoded(new TextEncoder().encode(text)).answer;
    expect(parts).toEqual([
      { kind: "opaque", type: "web_search_call", origin: "openai-responses", raw: { text: item } },
      { kind: "opaque", type: "output_audio", origin: "openai-responses", raw: { text: content } },
    ]);
  });

  it.for([
    { name: "a namespace", members: { namespace: "crm" } },
    { name: "a program", members: { caller: { type: "program", caller_id: "c" } } },
  ])("rule 44: keeps a call whole that only its own client can answer: one of $name", ({ members }) => {
    const answer = answerOf(call(members));
    expect(answer.parts).toMatchObject([{ kind: "opaque", type: "function_call" }]);
    expect(answer.finish.reason).toBe("tool-calls");
  });

  it("rule 43: turns characters into UTF-16 offsets, and gives a file its place", () => {
    const url = { type: "url_citation", url: "u", title: "t", start_index: 1, end_index: 3 };
    const file = { type: "file_citation", file_id: "f", filename: "n", index: 3 };
    const [part] = answerOf(message(output("😀ab😀", [url, file]))).parts;
    expect(part).toMatchObject({
      citations: [
        { url: "u", title: "t", start: 2, end: 4, raw: url, origin: "openai-responses" },
        { title: "n", start: 4, end: 4, raw: file },
      ],
    });
  });

  it.for<{
    name: string;
    items: readonly Json[];
    members?: { readonly [name: string]: Json };
    finish: readonly string[];
  }>([
    { name: "text", items: [message(output("a"))], finish: ["stop", "completed"] },
    { name: "rule 45: calls", items: [message(output("a")), call()], finish: ["tool-calls", "completed"] },
    {
      name: "a refusal beside calls",
      items: [call(), message({ type: "refusal", refusal: "no" })],
      finish: ["refusal", "completed"],
    },
    {
      name: "too much",
      items: [call()],
      members: { status: "incomplete", incomplete_details: { reason: "max_output_tokens" } },
      finish: ["length", "max_output_tokens"],
    },
    {
      name: "a filter",
      items: [],
      members: { status: "incomplete", incomplete_details: { reason: "content_filter" } },
      finish: ["content-filter", "content_filter"],
    },
    {
      name: "rule 46: an unknown reason",
      items: [message(output("a"))],
      members: { status: "incomplete", incomplete_details: { reason: "steered" } },
      finish: ["other", "steered"],
    },
    { name: "no reason", items: [], members: { status: "incomplete" }, finish: ["other", "incomplete"] },
    { name: "a cancellation", items: [], members: { status: "cancelled" }, finish: ["other", "cancelled"] },
    { name: "no status", items: [message(output("a"))], members: { status: null }, finish: ["other", ""] },
  ])("ends with $name", ({ items, members = {}, finish: [reason, raw] }) => {
    const body = bodyOf(items, members);
    expect(decoded(body).answer.finish).toEqual({ reason, raw });
    expect(tapResponsesAnswer(body)?.finish).toEqual({ reason, raw });
  });

  it("declares what has no place in the canonical form", () => {
    const text: Json = { type: "output_text", text: "a", annotations: [], logprobs: [{ token: "a" }] };
    const phased: Json = { type: "message", phase: "commentary", content: [text] };
    expect(decoded(bodyOf([phased])).warnings).toEqual([
      { kind: "dropped", subject: "logprobs" },
      { kind: "dropped", subject: "phase" },
    ]);
  });

  it.for([
    { name: "no JSON", body: "<html>", code: "upstream_malformed_response" },
    { name: "no response", body: '{"choices":[]}', code: "upstream_malformed_response" },
    {
      name: "an error in a 200",
      body: '{"error":{"code":"rate_limit_exceeded","message":"m"}}',
      code: "upstream_rate_limited",
    },
    {
      name: "an event",
      body: '{"type":"error","code":"server_error","message":"m"}',
      code: "upstream_failed",
    },
  ])("fails on $name", ({ body, code }) => {
    expect(failureOf(body)?.code).toBe(code);
    expect(tapResponsesAnswer(new TextEncoder().encode(body))).toBeUndefined();
  });

  it("fails on a response that failed", () => {
    const body = bodyOf([], { status: "failed", error: { code: "server_error", message: "m" } });
    expect(failureOf(body)).toMatchObject({ code: "upstream_failed", status: 500, message: "m" });
    expect(tapResponsesAnswer(body)).toBeUndefined();
    expect(failureOf(bodyOf([], { status: "failed" }))?.code).toBe("upstream_failed");
  });

  it("takes a response that goes on for no answer, but lets it pass", () => {
    const body = bodyOf([], { status: "queued" });
    expect(failureOf(body)?.code).toBe("upstream_malformed_response");
    expect(tapResponsesAnswer(body)).toMatchObject({ model: "m", stateIds: [expect.any(String)] });
  });
});
