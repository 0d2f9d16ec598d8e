import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  failureOf,
  hello,
  helloClaude,
  type SandboxClients,
  startSandboxClients,
  told,
} from "../support/sandbox-clients.ts";

let openai: SandboxClients["openai"];
let anthropic: SandboxClients["anthropic"];
let state: SandboxClients["state"];
let raw: SandboxClients["raw"];
let sandbox: SandboxClients["sandbox"];

beforeAll(async () => {
  ({ sandbox, openai, anthropic, state, raw } = await startSandboxClients());
});

afterAll(() => sandbox.close());

describe("faults, as the SDKs meet them", () => {
  async function chat(fault: string) {
    const chunks: OpenAI.ChatCompletionChunk[] = [];
    const stream = await openai.chat.completions.create(
      { ...hello, stream: true, stream_options: { include_usage: true } },
      told(fault),
    );
    const read = async () => {
      for await (const chunk of stream) chunks.push(chunk);
    };
    const error = await failureOf(read());
    const text = chunks.flatMap((chunk) => chunk.choices?.[0]?.delta.content ?? []).join("");
    return { chunks, error, text, finish: chunks.findLast((chunk) => chunk.choices?.[0]?.finish_reason) };
  }
  const claude = (fault: string) => anthropic.messages.stream(helloClaude, told(fault)).finalMessage();

  it.for([
    ["refuse", /Connection error/],
    ["reset", /terminated/],
  ] as const)("%s: no answer", async ([fault, message]) => {
    const options = told(`fault=${fault}`);
    await expect(openai.chat.completions.create(hello, options)).rejects.toThrow(message);
    await expect(anthropic.messages.create(helloClaude, options)).rejects.toThrow(message);
    await expect(claude(`fault=${fault}`)).rejects.toThrow(message);
  });

  it("hang, stall-after: silence until the client leaves, then nothing stays open", async () => {
    const before = await state();
    await expect(
      openai.chat.completions.create(hello, { ...told("fault=hang"), timeout: 50 }),
    ).rejects.toBeInstanceOf(OpenAI.APIConnectionTimeoutError);
    const leave = new AbortController();
    const stream = await openai.chat.completions.create(
      { ...hello, stream: true },
      { ...told("fault=stall-after:5"), signal: leave.signal },
    );
    let tokens = 0;
    for await (const chunk of stream) {
      if (chunk.choices[0]?.delta.content) tokens += 1;
      if (tokens === 5) leave.abort();
    }
    expect(tokens).toBe(5);
    await expect
      .poll(state)
      .toMatchObject({ openCalls: 0, openStreams: 0, aborted: (before["aborted"] ?? 0) + 2 });
  });

  it("cut-after, cut-clean-after: exactly so many tokens, then an error or a silent end without finish", async () => {
    const cut = await chat("fault=cut-after:12");
    expect(cut.error).toBeInstanceOf(Error);
    expect(cut.chunks.filter((chunk) => chunk.choices[0]?.delta.content)).toHaveLength(12);
    const clean = await chat("fault=cut-clean-after:12");
    expect(clean).toMatchObject({ error: undefined, finish: undefined });
    expect(clean.chunks.filter((chunk) => chunk.choices[0]?.delta.content)).toHaveLength(12);
    await expect(claude("fault=cut-after:12")).rejects.toThrow(/terminated/);
    await expect(claude("fault=cut-clean-after:12")).rejects.toThrow(/without|ended/);
    await expect(openai.chat.completions.create(hello, told("fault=cut-after:4"))).rejects.toThrow(
      /terminated/,
    );
    await expect(anthropic.messages.create(helloClaude, told("fault=cut-clean-after:4"))).rejects.toThrow(
      /JSON/,
    );
  });

  it("error-in-stream, bad-json: the SDK throws", async () => {
    expect((await chat("fault=error-in-stream:4")).error).toBeInstanceOf(OpenAI.APIError);
    await expect(claude("fault=error-in-stream:4")).rejects.toThrow(/told to fail/);
    expect((await chat("fault=bad-json:10")).error).toBeInstanceOf(Error);
    await expect(claude("fault=bad-json:10")).rejects.toThrow(/JSON/);
    await expect(openai.chat.completions.create(hello, told("fault=bad-json"))).rejects.toThrow(/JSON/);
    await expect(openai.chat.completions.create(hello, told("fault=error-in-stream"))).rejects.toBeInstanceOf(
      OpenAI.InternalServerError,
    );
  });

  it("no-done: all but the terminator", async () => {
    const text = await raw("/v1/chat/completions", { ...hello, stream: true }, "fault=no-done");
    expect(text).not.toContain("[DONE]");
    expect(text).toContain('"finish_reason":"stop"');
    await expect(claude("fault=no-done")).rejects.toThrow(/without producing a Message/);
  });

  it("bad-event: one event more than the grammar has, the text whole", async () => {
    const { chunks } = await chat("fault=bad-event:2");
    expect(chunks.filter((chunk) => "unexpected" in chunk)).toHaveLength(1);
    const whole = await anthropic.messages.create(helloClaude);
    expect((await claude("fault=bad-event:2")).content).toEqual(whole.content);
  });

  it.for([
    [429, OpenAI.RateLimitError, Anthropic.RateLimitError],
    [500, OpenAI.InternalServerError, Anthropic.InternalServerError],
    [503, OpenAI.InternalServerError, Anthropic.InternalServerError],
    [529, OpenAI.InternalServerError, Anthropic.InternalServerError],
  ] as const)("status:%i with an honest retry-after", async ([status, forOpenai, forAnthropic]) => {
    const chatError = await failureOf(openai.chat.completions.create(hello, told(`fault=status:${status}`)));
    const claudeError = await failureOf(
      anthropic.messages.create(helloClaude, told(`fault=status:${status};retry-after=7`)),
    );
    expect(chatError).toBeInstanceOf(forOpenai);
    expect(claudeError).toBeInstanceOf(forAnthropic);
    if (!(chatError instanceof OpenAI.APIError && claudeError instanceof Anthropic.APIError))
      throw new Error("no API errors");
    expect([chatError.status, claudeError.status]).toEqual([status, status]);
    expect(chatError.headers?.get("retry-after")).toBe(status === 500 ? null : "1");
    expect(claudeError.headers?.get("retry-after")).toBe("7");
  });

  it("content-filter, content-policy, context-length in the dialect's words", async () => {
    expect((await chat("fault=content-filter")).finish?.choices[0]?.finish_reason).toBe("content_filter");
    expect(await claude("fault=content-filter")).toMatchObject({
      stop_reason: "refusal",
      stop_details: { type: "refusal" },
    });
    await expect(openai.chat.completions.create(hello, told("fault=content-policy"))).rejects.toMatchObject({
      code: "content_policy_violation",
    });
    await expect(openai.chat.completions.create(hello, told("fault=context-length"))).rejects.toMatchObject({
      code: "context_length_exceeded",
    });
    await expect(anthropic.messages.create(helloClaude, told("fault=context-length"))).rejects.toThrow(
      /prompt is too long: \d+ tokens > 128000 maximum/,
    );
  });

  it("usage: wrong, none, double, early", async () => {
    const usages = async (fault: string) =>
      (await chat(`fault=usage:${fault}`)).chunks.flatMap((chunk) => chunk.usage ?? []);
    const [right] = (await chat("")).chunks.flatMap((chunk) => chunk.usage ?? []);
    expect(await usages("none")).toEqual([]);
    const [wrong] = await usages("wrong");
    expect(wrong?.total_tokens).not.toBe((wrong?.prompt_tokens ?? 0) + (wrong?.completion_tokens ?? 0));
    expect(await usages("double")).toEqual([right, right]);
    const early = (await chat("fault=usage:early")).chunks;
    expect(early.findIndex((chunk) => chunk.usage)).toBe(0);
    expect(early.filter((chunk) => chunk.usage)).toHaveLength(1);
    expect(await raw("/v1/messages", { ...helloClaude, stream: true }, "fault=usage:none")).not.toContain(
      "usage",
    );
    expect((await claude("fault=usage:double")).usage).toEqual((await claude("")).usage);
  });

  it.for(["split-utf8", "crlf", "comments", "trickle", "crlf,comments,split-utf8,trickle"])(
    "%s: ugly bytes, the same text",
    async (fault) => {
      const bare = (await raw("/v1/messages", { ...helloClaude, stream: true }, `fault=${fault}`)).includes(
        "\r\n",
      );
      expect(bare).toBe(fault.includes("crlf"));
      const { text, error, finish } = await chat(`fault=${fault}`);
      expect(error).toBeUndefined();
      expect(finish).toBeDefined();
      expect(text).toContain("Good morning, gate!");
      if (fault.includes("split-utf8")) expect(text).toContain("Grüße 🙂 —");
      const message = await claude(`fault=${fault}`);
      expect(message.content[0]).toMatchObject({ text });
      const whole = await anthropic.messages.create(helloClaude, told(`fault=${fault}`));
      expect(whole.content).toEqual(message.content);
    },
  );

  it("sandbox-flaky fails about one time in twenty", async () => {
    const ends = await Promise.allSettled(
      Array.from({ length: 400 }, () =>
        raw("/v1/chat/completions", { ...hello, model: "flaky", stream: true }, "tokens=8"),
      ),
    );
    const failed = ends.filter((end) => end.status === "rejected" || !end.value.includes("[DONE]")).length;
    expect(failed).toBeGreaterThan(5);
    expect(failed).toBeLessThan(50);
  });
});
