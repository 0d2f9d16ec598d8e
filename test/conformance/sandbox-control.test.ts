import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSandbox } from "../../sandbox/server.ts";
import {
  hello,
  helloClaude,
  type SandboxClients,
  startSandboxClients,
  told,
} from "../support/sandbox-clients.ts";

let sandbox: SandboxClients["sandbox"];
let openai: SandboxClients["openai"];
let raw: SandboxClients["raw"];

beforeAll(async () => {
  ({ sandbox, openai, raw } = await startSandboxClients());
});

afterAll(() => sandbox.close());

describe("control", () => {
  it("same seed and same body: same bytes; another seed: other ids", async () => {
    const body = { ...hello, stream: true, messages: [{ role: "user", content: "Same?" }] };
    const first = await raw("/v1/chat/completions", body, "answer=prose");
    expect(await raw("/v1/chat/completions", body, "answer=prose")).toBe(first);
    expect(await raw("/v1/chat/completions", body, "answer=prose;seed=8")).not.toBe(first);
    const twin = await startSandbox({ seed: 7 });
    const text = (sse: string) =>
      [...sse.matchAll(/"content":("(?:[^"\\]|\\.)*")/g)].map((match) => match[1]).join("");
    const response = await fetch(`${twin.url}/v1/chat/completions`, {
      method: "POST",
      headers: told("answer=prose").headers,
      body: JSON.stringify(body),
    });
    expect(text(await response.text())).toBe(text(first));
    await twin.close();
  });

  it("keeps time: first token after ttft, then the rate", async () => {
    const started = performance.now();
    const stream = await openai.chat.completions.create(
      { ...hello, stream: true },
      { headers: { "x-sallyport-sandbox": "ttft=150;rate=25;tokens=30" } },
    );
    const seen: number[] = [];
    for await (const chunk of stream)
      if (chunk.choices[0]?.delta.content) seen.push(performance.now() - started);
    expect(seen).toHaveLength(30);
    expect(seen[0]).toBeGreaterThanOrEqual(145);
    // Slow enough that a machine which stands still for half a second does not hide the pace.
    expect(seen.at(-1)).toBeGreaterThanOrEqual(1200);
    expect((seen.at(-1) ?? 0) - (seen[0] ?? 0)).toBeGreaterThan(230);
  });

  it("plays what is laid down for a model, so many times, and a script by turns", async () => {
    const put = (body: unknown) =>
      fetch(`${sandbox.url}/control/models/us`, { method: "PUT", body: JSON.stringify(body) });
    const plain = new OpenAI({ baseURL: `${sandbox.url}/v1`, apiKey: "sk-any", maxRetries: 0 });
    const ask = () => plain.chat.completions.create({ ...hello, model: "sandbox-us" });
    expect((await put({ ttft: 0, rate: 0, fault: "status:503", times: 1 })).status).toBe(200);
    await expect(ask()).rejects.toMatchObject({ status: 503 });
    await put({ ttft: 0, rate: 0, script: ["First line.", "Second line."] });
    expect((await ask()).choices[0]?.message.content).toBe("First line.");
    const later: OpenAI.ChatCompletionMessageParam[] = [
      ...hello.messages,
      { role: "assistant", content: "First line." },
      { role: "user", content: "Go on" },
    ];
    const second = await plain.chat.completions.create({ model: "us", messages: later });
    expect(second.choices[0]?.message.content).toBe("Second line.");
    expect((await put({ speed: 3 })).status).toBe(400);
    expect((await fetch(`${sandbox.url}/control/models/us`, { method: "DELETE" })).status).toBe(204);
  });

  it("a suffix of the model's name directs too, and the answer keeps the name", async () => {
    const model = "sandbox-steady+ttft=0+rate=0+tokens=4";
    const answer = await openai.chat.completions.create(
      { ...hello, model },
      { headers: { "x-sallyport-sandbox": null } },
    );
    expect(answer).toMatchObject({ model, usage: { completion_tokens: 4 } });
    await expect(openai.chat.completions.create({ ...hello, model: "swift+fault=explode" })).rejects.toThrow(
      /explode/,
    );
  });

  it("logs requests byte for byte and forgets them on demand", async () => {
    const log = async (): Promise<{
      requests: { path: string; bodyBase64: string; rawHeaders: string[]; status: number; ending: string }[];
    }> => JSON.parse(await (await fetch(`${sandbox.url}/control/log`)).text());
    await fetch(`${sandbox.url}/control/log`, { method: "DELETE" });
    const body = ` {"model":"swift", "messages":[{"role":"user","content":"\\u00e9 é"}],"x":1.0}`;
    await (
      await fetch(`${sandbox.url}/v1/chat/completions`, { method: "POST", headers: told("").headers, body })
    ).text();
    const { requests } = await log();
    expect(requests).toHaveLength(1);
    expect(Buffer.from(requests[0]?.bodyBase64 ?? "", "base64").toString()).toBe(body);
    expect(requests[0]).toMatchObject({ path: "/v1/chat/completions", status: 200, ending: "complete" });
    expect(requests[0]?.rawHeaders).toContain("ttft=0;rate=0;");
    await fetch(`${sandbox.url}/control/log`, { method: "DELETE" });
    expect((await log()).requests).toEqual([]);
  });

  it.for([
    ["POST", "/v1/chat/completions", "{", 400],
    ["GET", "/v1/chat/completions", undefined, 405],
    ["POST", "/v1/nothing", "{}", 404],
    ["GET", "/control/nothing", undefined, 404],
    ["GET", "/v1/models/gpt-9", undefined, 404],
    ["PUT", "/control/models/gpt-9", "{}", 404],
    ["GET", "/%", undefined, 404],
    ["GET", "/v1/models/%", undefined, 404],
    ["GET", "//", undefined, 404],
  ] as const)("%s %s %s -> %i", async ([method, path, body, status]) => {
    const response = await fetch(`${sandbox.url}${path}`, body === undefined ? { method } : { method, body });
    expect(response.status).toBe(status);
    expect(JSON.parse(await response.text())).toHaveProperty("error.message");
  });

  it("asks for a key only when it has one", async () => {
    const locked = await startSandbox({ key: "sesame" });
    const ask = (apiKey: string) =>
      new OpenAI({
        baseURL: `${locked.url}/v1`,
        apiKey,
        maxRetries: 0,
        defaultHeaders: told("").headers,
      }).chat.completions.create(hello);
    await expect(ask("wrong")).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
    expect((await ask("sesame")).object).toBe("chat.completion");
    const claude = new Anthropic({ baseURL: locked.url, apiKey: "wrong", maxRetries: 0 });
    await expect(claude.messages.create(helloClaude)).rejects.toBeInstanceOf(Anthropic.AuthenticationError);
    await locked.close();
  });
});
