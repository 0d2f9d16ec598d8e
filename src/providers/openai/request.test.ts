import { describe, expect, it } from "vitest";
import type { Call } from "../../exchange/call.ts";
import { RawJson } from "../../kernel/json.ts";
import { chatCall } from "./fixtures.test-support.ts";
import { assistant, opaque, refused, user, written } from "./request.test-support.ts";
import { encodeResponsesRequest, responsesSplices } from "./request.ts";

describe("members of the client's body", () => {
  const extensions = (members: { readonly [name: string]: string }) =>
    new Map(Object.entries(members).map(([name, value]) => [name, new RawJson(value)]));

  it("rule 3: of this dialect pass as their and are joined with what else is said in them", () => {
    const { body, text: raw } = written(
      {
        source: "openai-responses",
        output: { kind: "json" },
        reasoning: { effort: "low" },
        sampling: { logprobs: 0 },
        extensions: extensions({
          truncation: '"auto"',
          new_member: '{"n": 1.0}',
          text: '{"verbosity":"low","format":{"type":"text"}}',
          reasoning: '{"context":"all_turns"}',
          include: '["message.output_text.logprobs","web_search_call.results"]',
        }),
      },
      "gpt-5",
    );
    expect(raw).toContain('"new_member":{"n": 1.0}');
    expect(body).toMatchObject({
      truncation: "auto",
      text: { verbosity: "low", format: { type: "json_object" } },
      reasoning: { context: "all_turns", effort: "low" },
      include: ["message.output_text.logprobs", "web_search_call.results"],
    });
  });

  it("rule 3: of Chat pass where they mean the same, else are declared by name", () => {
    const { body, declared } = written({
      output: { kind: "json" },
      extensions: extensions({
        prompt_cache_key: '"k"',
        verbosity: '"low"',
        prediction: "{}",
        store: "false",
      }),
    });
    expect(body).toMatchObject({
      prompt_cache_key: "k",
      text: { format: { type: "json_object" }, verbosity: "low" },
      store: false,
    });
    expect(declared).toEqual(["dropped prediction"]);
  });

  it("rule 3: of other dialects are declared by name", () => {
    expect(
      written({
        source: "anthropic-messages",
        extensions: extensions({ context_management: "{}", diagnostics: "1" }),
      }).declared,
    ).toEqual(["dropped context_management", "dropped diagnostics"]);
  });
});

describe("rule 24: stop sequences", () => {
  it.for<{ source: Call["source"]; subject: string }>([
    { source: "openai-chat", subject: "stop" },
    { source: "anthropic-messages", subject: "stop_sequences" },
  ])("of $source are cut out of the answer, since Responses has no word for them", ({ source, subject }) => {
    const encoded = encodeResponsesRequest(chatCall({ source, sampling: { stop: ["x"] } }), {
      model: "gpt-5",
    });
    expect(encoded).toMatchObject({ emulation: { stop: ["x"] }, warnings: [{ kind: "emulated", subject }] });
  });
});

describe("what Responses cannot carry", () => {
  const members = (name: string, value: string) => ({ extensions: new Map([[name, new RawJson(value)]]) });
  const content = "unsupported_content";
  const parameter = "unsupported_parameter";
  it.for<{ name: string; call: Partial<Call>; error: readonly (string | undefined)[] }>([
    { name: "two answers", call: { sampling: { choices: 2 } }, error: [parameter, "n"] },
    { name: "logit_bias", call: { sampling: { logitBias: { "1": 2 } } }, error: [parameter, "logit_bias"] },
    {
      name: "an unread logit_bias",
      call: members("logit_bias", '{"1":2}'),
      error: [parameter, "logit_bias"],
    },
    {
      name: "audio output",
      call: members("modalities", '["text","audio"]'),
      error: [parameter, "modalities"],
    },
    {
      name: "rule 42: a search of Chat",
      call: members("web_search_options", "{}"),
      error: [parameter, "web_search_options"],
    },
    {
      name: "Gemini's pictures",
      call: {
        source: "gemini-generate",
        ...members("generationConfig.responseModalities", '["TEXT","IMAGE"]'),
      },
      error: [parameter, "generationConfig.responseModalities"],
    },
    {
      name: "Gemini's cache",
      call: { source: "gemini-generate", ...members("cachedContent", '"c"') },
      error: [parameter, "cachedContent"],
    },
    { name: "a container", call: members("container", '"c"'), error: [parameter, "container"] },
    {
      name: "an answer to be fetched later",
      call: { source: "openai-responses", ...members("background", "true") },
      error: [parameter, "background"],
    },
    {
      name: "rule 42: another provider's tool",
      call: { tools: [{ kind: "opaque", type: "web_search_20250305", raw: {} }] },
      error: [content, "tools"],
    },
    {
      name: "a file of another provider",
      call: {
        source: "anthropic-messages",
        turns: [user({ kind: "document", source: { kind: "file", id: "f" } })],
      },
      error: [content, undefined],
    },
    {
      name: "audio",
      call: {
        turns: [user({ kind: "audio", source: { kind: "base64", data: "" }, mediaType: "audio/wav" })],
      },
      error: [content, undefined],
    },
    {
      name: "a foreign part",
      call: { turns: [user(opaque("search_result", "anthropic-messages"))] },
      error: [content, undefined],
    },
    {
      name: "a foreign part of an assistant",
      call: { turns: [assistant(opaque("server_tool_use", "anthropic-messages"))] },
      error: [content, undefined],
    },
    {
      name: "an image of an assistant",
      call: { turns: [assistant({ kind: "image", source: { kind: "url", url: "u" } })] },
      error: [content, undefined],
    },
  ])("refuses $name", ({ call, error }) => {
    expect(refused(call)).toEqual(error);
  });

  it("takes the defaults that ask for nothing", () => {
    expect(refused(members("modalities", '["text"]'))).toBeUndefined();
    expect(refused(members("logprobs", "false"))).toBeUndefined();
    expect(refused({ source: "openai-responses", ...members("background", "false") })).toBeUndefined();
  });
});

describe("responsesSplices", () => {
  const facts = { model: "a", isStream: true, wantsUsage: false };
  it("rule 1: changes the model's name, and only where it differs", () => {
    expect(responsesSplices(facts, { model: "a" })).toEqual([]);
    expect(responsesSplices(facts, { model: 'b"' })).toEqual([{ member: "model", value: '"b\\""' }]);
  });
});
