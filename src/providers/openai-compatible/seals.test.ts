import { describe, expect, it } from "vitest";
import type { Call, Turn } from "../../exchange/call.ts";
import type { Part, Seal, StreamPart } from "../../exchange/part.ts";
import type { Json, JsonObject } from "../../kernel/json.ts";
import { chunk, framesOf } from "./frames.test-support.ts";
import { createOpenaiCompatible, quirksOf } from "./index.ts";

const base: Call = {
  source: "anthropic-messages",
  model: "asked",
  instructions: [],
  turns: [],
  tools: [],
  sampling: {},
  isStream: false,
  wantsUsage: true,
  extensions: new Map(),
};

/** The one message that an assistant's parts are for this server, and what was declared. */
function encode(profile: string, model: string, parts: readonly Part[]) {
  const turns: readonly Turn[] = [{ role: "assistant", parts }];
  const encoded = createOpenaiCompatible(quirksOf(profile)).encodeRequest({ ...base, turns }, { model });
  if (encoded.kind === "refused") throw encoded.error;
  const body = JSON.parse(encoded.body) as { messages: readonly JsonObject[] };
  return { message: body.messages[0], declared: encoded.warnings.map(({ subject }) => subject) };
}

function partsOf(profile: string, message: Json): readonly Part[] {
  const body = { id: "c", model: "m", choices: [{ index: 0, message, finish_reason: "stop" }] };
  const decoding = createOpenaiCompatible(quirksOf(profile)).decodeAnswer(
    new TextEncoder().encode(JSON.stringify(body)),
  );
  if (decoding.kind === "failure") throw new Error(decoding.failure.message);
  return decoding.answer.parts;
}

function stream(profile: string, data: readonly Json[]): readonly StreamPart[] {
  const decoder = createOpenaiCompatible(quirksOf(profile)).decodeStream();
  return [...framesOf([...data, "[DONE]"]).flatMap(decoder.push), ...decoder.end()];
}

const sealOf = (origin: Seal["origin"], value = "s", itemId?: string): Seal => ({
  origin,
  value,
  ...(itemId !== undefined && { itemId }),
});
const extra = { extra_content: { google: { thought_signature: "sig" } } };
const called = { id: "c1", type: "function", function: { name: "f", arguments: "{}" } };

describe("rule 11: Gemini's seals at Google's own Chat endpoint", () => {
  it("are read from calls and texts, and go back to where they were", () => {
    const message = { role: "assistant", content: "a", tool_calls: [{ ...called, ...extra }], ...extra };
    const parts = partsOf("gemini", message);
    expect(parts).toEqual([
      { kind: "text", text: "a", seal: sealOf("gemini-generate", "sig") },
      {
        kind: "tool-call",
        id: "c1",
        name: "f",
        argumentsText: "{}",
        seal: sealOf("gemini-generate", "sig"),
      },
    ]);
    expect(encode("gemini", "gemini-3-pro", parts)).toEqual({ message, declared: [] });
  });

  it("are known in a stream before the arguments, and with a text when it ends, if one comes at all", () => {
    expect(
      stream("gemini", [
        chunk({ role: "assistant", content: "a" }),
        chunk({ content: "", ...extra }),
        chunk({ tool_calls: [{ index: 0, ...called, ...extra }] }, "tool_calls"),
      ]).filter((part) => "seal" in part),
    ).toEqual([
      { kind: "text-end", part: 0, seal: sealOf("gemini-generate", "sig") },
      {
        kind: "tool-input-start",
        part: 1,
        id: "c1",
        name: "f",
        seal: sealOf("gemini-generate", "sig"),
      },
    ]);
    expect(stream("gemini", [chunk({ content: "", ...extra }, "stop")])).toContainEqual({
      kind: "whole",
      part: 0,
      value: { kind: "text", text: "", seal: sealOf("gemini-generate", "sig") },
    });
  });

  it("rule 17: go to no other server, declared", () => {
    const call: Part = {
      kind: "tool-call",
      id: "c1",
      name: "f",
      argumentsText: "{}",
      seal: sealOf("gemini-generate", "sig"),
    };
    for (const profile of ["default", "groq", "deepseek"]) {
      const { message, declared } = encode(profile, "m", [call]);
      expect(JSON.stringify(message)).not.toContain("sig");
      expect(declared).toEqual(["thought_signature"]);
    }
    const foreign = { ...call, seal: sealOf("anthropic-messages", "sig") };
    expect(encode("gemini", "gemini-3-pro", [foreign]).declared).toEqual(["thought_signature"]);
  });
});

describe("reasoning_details of a router", () => {
  const claude = [
    { type: "reasoning.text", text: "hm", signature: "sig", format: "anthropic-claude-v1", index: 0 },
  ];
  const openai = [
    { type: "reasoning.summary", summary: "short", format: "openai-responses-v1", index: 0 },
    { type: "reasoning.encrypted", data: "enc", id: "rs_1", format: "openai-responses-v1", index: 1 },
  ];
  const xai = [{ type: "reasoning.encrypted", data: "enc", id: "x", format: "xai-responses-v1", index: 0 }];
  const gemini = [
    { type: "reasoning.text", text: "hm", format: "google-gemini-v1", index: 0 },
    { type: "reasoning.encrypted", data: "enc", id: "c1", format: "google-gemini-v1", index: 0 },
  ];
  const plain = (details: readonly JsonObject[]): readonly JsonObject[] =>
    details.map(({ index: _, ...detail }) => detail);

  it.for([
    { name: "Claude's", details: claude, texts: ["hm"] },
    { name: "OpenAI's", details: openai, texts: ["short"] },
    { name: "another vendor's", details: xai, texts: [""] },
    { name: "Gemini's", details: gemini, texts: ["hm"] },
    { name: "several", details: [...openai, ...openai, ...claude], texts: ["short", "short", "hm"] },
  ])("come back to it as they were: $name", ({ details, texts }) => {
    const message = { role: "assistant", content: "a", reasoning_details: details };
    const parts = partsOf("openrouter", message);
    const reasoning = parts.filter((part) => part.kind === "reasoning");
    expect(reasoning.map((part) => part.text)).toEqual(texts);
    expect(reasoning.every(({ seal }) => seal?.origin === "openai-chat")).toBe(true);
    const back = encode("openrouter", "any/model", parts);
    expect(plain(back.message?.["reasoning_details"] as readonly JsonObject[])).toEqual(plain(details));
    expect(back.declared).toEqual([]);
    // Elsewhere they would mean nothing.
    const elsewhere = encode("default", "m", parts);
    expect(elsewhere.message).toEqual({ role: "assistant", content: "a" });
    expect(elsewhere.declared).toEqual(["thinking"]);
  });

  it("are told in a stream with the reasoning they seal, each once", () => {
    const parts = stream("openrouter", [
      chunk({
        role: "assistant",
        content: "",
        reasoning: "h",
        reasoning_details: [{ type: "reasoning.text", text: "h", format: "anthropic-claude-v1", index: 0 }],
      }),
      chunk({ reasoning: "m", reasoning_details: [{ type: "reasoning.text", text: "m", index: 0 }] }),
      chunk({
        reasoning_details: [
          { type: "reasoning.text", signature: "sig", format: "anthropic-claude-v1", index: 0 },
        ],
      }),
      chunk({ content: "a" }, "stop"),
    ]);
    expect(parts.slice(1, 5)).toEqual([
      { kind: "reasoning-start", part: 0 },
      { kind: "reasoning-delta", part: 0, text: "h" },
      { kind: "reasoning-delta", part: 0, text: "m" },
      {
        kind: "reasoning-end",
        part: 0,
        seal: sealOf(
          "openai-chat",
          '{"type":"reasoning.text","signature":"sig","format":"anthropic-claude-v1","index":0}',
        ),
      },
    ]);
  });

  it("that come after the text, or twice, are told apart", () => {
    const detail = (data: string): Json => ({
      type: "reasoning.encrypted",
      data,
      format: "google-gemini-v1",
    });
    const parts = stream("openrouter", [
      chunk({ reasoning: "hm", reasoning_details: [detail("1"), detail("2")] }),
      chunk({ content: "a" }),
      chunk({ reasoning_details: [detail("3")] }, "stop"),
    ]);
    const seals = parts.flatMap((part) => {
      if (part.kind === "reasoning-end") return [part.seal?.value];
      return part.kind === "whole" && part.value.kind === "reasoning" ? [part.value.seal?.value] : [];
    });
    expect(seals).toEqual(
      ["1", "2", "3"].map(
        (data) => `{"type":"reasoning.encrypted","data":"${data}","format":"google-gemini-v1"}`,
      ),
    );
  });

  it.for<{ model: string; part: Part; details: readonly object[] | undefined }>([
    {
      model: "anthropic/claude-sonnet-4.5",
      part: { kind: "reasoning", text: "hm", seal: sealOf("anthropic-messages"), isRedacted: false },
      details: [{ type: "reasoning.text", text: "hm", signature: "s", format: "anthropic-claude-v1" }],
    },
    {
      model: "anthropic/claude-sonnet-4.5",
      part: { kind: "reasoning", text: "", seal: sealOf("anthropic-messages"), isRedacted: true },
      details: [{ type: "reasoning.encrypted", data: "s", format: "anthropic-claude-v1" }],
    },
    {
      model: "openai/gpt-5",
      part: {
        kind: "reasoning",
        text: "short",
        isSummary: true,
        seal: sealOf("openai-responses", "s", "rs_1"),
        isRedacted: false,
      },
      details: [
        { type: "reasoning.summary", summary: "short", format: "openai-responses-v1" },
        { type: "reasoning.encrypted", data: "s", id: "rs_1", format: "openai-responses-v1" },
      ],
    },
    {
      model: "google/gemini-3-pro",
      part: {
        kind: "tool-call",
        id: "c1",
        name: "f",
        argumentsText: "{}",
        seal: sealOf("gemini-generate"),
      },
      details: [{ type: "reasoning.encrypted", data: "s", id: "c1", format: "google-gemini-v1" }],
    },
    {
      model: "openai/gpt-5",
      part: { kind: "reasoning", text: "hm", seal: sealOf("anthropic-messages"), isRedacted: false },
      details: undefined,
    },
  ])("rules 12, 17: give $model a seal of its own vendor only", ({ model, part, details }) => {
    const { message } = encode("openrouter", model, [part, { kind: "text", text: "a" }]);
    expect(message?.["reasoning_details"]).toEqual(details);
  });
});
