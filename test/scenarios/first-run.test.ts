import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningGateway, runGateway } from "../support/running-gateway.ts";

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await runGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());

const weather = {
  name: "get_weather",
  description: "The weather of a city",
  schema: { type: "object" as const, properties: { city: { type: "string" } }, required: ["city"] },
};

describe("the first run, without any configuration", () => {
  const openai = () => new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: gateway.clientKey, maxRetries: 0 });
  const anthropic = () => new Anthropic({ baseURL: gateway.url, apiKey: gateway.clientKey, maxRetries: 0 });

  it("answers the openai SDK: whole, streamed, and with a tool call and its result", async () => {
    const whole = await openai().chat.completions.create({
      model: "sandbox/swift",
      messages: [{ role: "user", content: "Who goes there?" }],
    });
    expect(whole.choices[0]?.message.content).toContain("sandbox");
    expect(whole.usage?.total_tokens).toBeGreaterThan(0);

    let streamed = "";
    let usage: number | undefined;
    const stream = await openai().chat.completions.create({
      model: "sandbox/swift",
      stream: true,
      stream_options: { include_usage: true },
      messages: [{ role: "user", content: "Who goes there?" }],
    });
    for await (const chunk of stream) {
      streamed += chunk.choices[0]?.delta.content ?? "";
      usage = chunk.usage?.total_tokens ?? usage;
    }
    expect(streamed).toBe(whole.choices[0]?.message.content);
    expect(usage).toBe(whole.usage?.total_tokens);

    const tools = [
      {
        type: "function" as const,
        function: { name: weather.name, description: weather.description, parameters: weather.schema },
      },
    ];
    const question = { role: "user" as const, content: "Use get_weather for Paris" };
    const asked = await openai().chat.completions.create({
      model: "sandbox/tools",
      tools,
      tool_choice: "required",
      messages: [question],
    });
    const call = asked.choices[0]?.message.tool_calls?.[0];
    expect(asked.choices[0]?.finish_reason).toBe("tool_calls");
    expect(call?.type === "function" ? JSON.parse(call.function.arguments) : undefined).toHaveProperty(
      "city",
    );
    const after = await openai().chat.completions.create({
      model: "sandbox/tools",
      tools,
      messages: [
        question,
        asked.choices[0]?.message ?? question,
        { role: "tool", tool_call_id: call?.id ?? "", content: "sunny, 21 degrees" },
      ],
    });
    expect(after.choices[0]?.message.content).toContain("sunny");
  });

  it("answers @anthropic-ai/sdk: whole, streamed, and with a tool call and its result", async () => {
    const whole = await anthropic().messages.create({
      model: "sandbox/swift",
      max_tokens: 200,
      messages: [{ role: "user", content: "Who goes there?" }],
    });
    expect(whole.content[0]?.type === "text" ? whole.content[0].text : "").toContain("sandbox");
    const final = await anthropic()
      .messages.stream({
        model: "sandbox/swift",
        max_tokens: 200,
        messages: [{ role: "user", content: "Who goes there?" }],
      })
      .finalMessage();
    expect(final.content).toEqual(whole.content);
    expect(final.usage.output_tokens).toBe(whole.usage.output_tokens);

    const tools = [{ name: weather.name, description: weather.description, input_schema: weather.schema }];
    const question = { role: "user" as const, content: "Use get_weather for Paris" };
    const asked = await anthropic().messages.create({
      model: "sandbox/tools",
      max_tokens: 200,
      tools,
      tool_choice: { type: "any" },
      messages: [question],
    });
    const call = asked.content.find((block) => block.type === "tool_use");
    expect(asked.stop_reason).toBe("tool_use");
    expect(call?.input).toHaveProperty("city");
    const after = await anthropic().messages.create({
      model: "sandbox/tools",
      max_tokens: 200,
      tools,
      messages: [
        question,
        { role: "assistant", content: asked.content },
        {
          role: "user",
          content: [{ type: "tool_result", tool_use_id: call?.id ?? "", content: "sunny, 21 degrees" }],
        },
      ],
    });
    expect(after.content[0]?.type === "text" ? after.content[0].text : "").toContain("sunny");
  });

  it("prices every call in whole nano-dollars and keeps it with the record of each door", async () => {
    const { response } = await openai()
      .chat.completions.create({
        model: "sandbox/swift",
        messages: [{ role: "user", content: "What do I cost?" }],
      })
      .withResponse();
    const cost = Number(response.headers.get("x-sallyport-cost-nano-usd"));
    expect(Number.isSafeInteger(cost) && cost > 0).toBe(true);
    const record = (await gateway.admin(`/requests/${response.headers.get("x-sallyport-request-id")}`)) as {
      readonly cost: { readonly nanoUsd: number };
      readonly stages: readonly { readonly stage: string; readonly reason: string }[];
      readonly keyName: string;
    };
    expect(record.cost.nanoUsd).toBe(cost);
    expect(record.stages.map(({ stage }) => stage)).toEqual([
      "identify",
      "decode",
      "authorize",
      "admit",
      "assign",
      "recall",
      "plan",
      "fund",
      "attempt",
      "encode",
      "settle",
    ]);
    expect(record.keyName).toBe("first key");
  });

  it("keeps its state readable by its owner only, and no key in it", () => {
    const data = join(gateway.directory, "data");
    expect(statSync(data).mode & 0o777).toBe(0o700);
    for (const file of ["kek", "pepper", "state.db", "running.json"])
      expect(statSync(join(data, file)).mode & 0o777, file).toBe(0o600);
    expect(readFileSync(join(data, "state.db")).includes(gateway.clientKey)).toBe(false);
  });

  it("answers nobody without a credential, on no data and no admin route", async () => {
    const data = [
      ["POST", "/v1/chat/completions"],
      ["POST", "/v1/responses"],
      ["GET", "/v1/responses/resp_1"],
      ["DELETE", "/v1/responses/resp_sp10123456789abcdefghijkl"],
      ["GET", "/v1/responses/resp_1/input_items"],
      ["POST", "/v1/responses/resp_1/cancel"],
      ["GET", "/v1/conversations/conv_1"],
      ["POST", "/v1/embeddings"],
      ["POST", "/v1/messages"],
      ["POST", "/v1/messages/count_tokens"],
      ["POST", "/v1beta/models/m:generateContent"],
      ["POST", "/v1beta/models/m:streamGenerateContent?alt=sse"],
      ["POST", "/v1beta/models/m:countTokens"],
      ["GET", "/v1beta/models"],
      ["GET", "/v1/models"],
      ["POST", "/openai/v1/chat/completions"],
      ["POST", "/openai/v1/files"],
      ["POST", "/azure/openai/deployments/m/chat/completions"],
      ["POST", "/anthropic/v1/messages"],
      ["POST", "/gemini/v1beta/models/m:generateContent"],
      ["GET", "/p/sandbox/models"],
    ] as const;
    for (const [method, path] of data) {
      for (const wrong of [
        {},
        { authorization: "Bearer sp-wrong" },
        { "x-api-key": "sp-wrong" },
        { "x-goog-api-key": "k" },
      ]) {
        const response = await fetch(`${gateway.url}${path}`, {
          method,
          headers: { "content-type": "application/json", ...wrong },
          ...(method === "POST" ? { body: "{}" } : {}),
        });
        // Who guesses more than twenty times in a minute is told to wait, and still learns nothing.
        const refused = "x-goog-api-key" in wrong || Object.keys(wrong).length === 0 ? [401] : [401, 429];
        expect({ path, wrong, status: response.status }).toEqual({
          ...{ path, wrong },
          status: expect.toSatisfy((status: number) => refused.includes(status)),
        });
      }
    }
    const document: { readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>> } =
      JSON.parse(readFileSync(join(import.meta.dirname, "../../docs/openapi.json"), "utf8"));
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({ path, method: method.toUpperCase() })),
    );
    expect(operations.length).toBeGreaterThan(15);
    for (const { path, method } of operations) {
      const response = await fetch(`${gateway.adminUrl}${path.replaceAll(/\{\w+\}/g, "x")}`, {
        method,
        headers: { "content-type": "application/json", authorization: "Bearer sa-wrong" },
        ...(method === "POST" ? { body: "{}" } : {}),
      });
      // A one-time code is the credential of its own route.
      expect({
        path,
        method,
        isRefused:
          [401, 429].includes(response.status) || (path.endsWith("/session") && response.status === 400),
      }).toEqual({ path, method, isRefused: true });
    }
    expect((await fetch(`${gateway.adminUrl}/metrics`)).status).toBe(401);
  });

  it("tells its six read models in the mission's envelope", async () => {
    for (const path of [
      "/stats",
      "/chaos/experiments",
      "/circuit-breakers",
      "/feature-flags",
      "/ab-tests",
      "/canary-deployments",
    ]) {
      const response = await fetch(`${gateway.adminUrl}/api/gateway${path}`, {
        headers: { authorization: `Bearer ${gateway.adminToken}` },
      });
      expect(JSON.parse(await response.text())).toMatchObject({ status: "success", data: {} });
    }
  });
});

describe("stopping", () => {
  it("SIGTERM lets a stream end, refuses what is new, and exits with 0", async () => {
    await using stopping = await runGateway();
    const client = new OpenAI({ baseURL: `${stopping.url}/v1`, apiKey: stopping.clientKey, maxRetries: 0 });
    const stream = await client.chat.completions.create(
      { model: "sandbox/swift", stream: true, messages: [{ role: "user", content: "hello" }] },
      { headers: { "x-sallyport-sandbox": "ttft=20;rate=60;tokens=60" } },
    );
    let finish: string | null | undefined;
    let tokens = 0;
    let isTold = false;
    for await (const chunk of stream) {
      if ((chunk.choices[0]?.delta.content ?? "") !== "") tokens += 1;
      if (!isTold) {
        stopping.child.kill("SIGTERM");
        isTold = true;
      }
      finish = chunk.choices[0]?.finish_reason ?? finish;
    }
    expect(finish).toBe("stop");
    expect(tokens).toBe(60);
    expect(await stopping.exited).toBe(0);
    await expect(fetch(`${stopping.url}/livez`)).rejects.toThrow();
  });

  it("kill -9 loses at most the last flush, corrupts nothing, and the same directory opens again with the same key", async () => {
    const directory = mkdtempSync(join(tmpdir(), "sallyport-kill-"));
    try {
      const first = await runGateway({ directory });
      const call = () =>
        fetch(`${first.url}/v1/chat/completions`, {
          method: "POST",
          headers: { authorization: `Bearer ${first.clientKey}`, "content-type": "application/json" },
          body: JSON.stringify({ model: "sandbox/swift", messages: [{ role: "user", content: "hi" }] }),
        });
      const ids: string[] = [];
      for (let count = 0; count < 10; count += 1)
        ids.push((await call()).headers.get("x-sallyport-request-id") ?? "");
      // Two flush intervals later all of these are on disk; what comes after may be lost.
      await expect
        .poll(
          async () =>
            (
              (await first.admin("/stats")) as {
                readonly gateway: { readonly log: { readonly written: number } };
              }
            ).gateway.log.written,
          { timeout: 5000 },
        )
        .toBeGreaterThanOrEqual(10);
      first.child.kill("SIGKILL");
      await first.exited;
      await using second = await runGateway({ directory });
      expect(second.clientKey).toBe(first.clientKey);
      const list = (await second.admin("/requests?limit=100")) as {
        readonly requests: readonly { readonly id: string }[];
      };
      expect(list.requests.map(({ id }) => id)).toEqual(expect.arrayContaining(ids));
      expect(second.stderr()).not.toContain("corrupt");
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });

  it("the printed curl works as pasted", async () => {
    const directory = mkdtempSync(join(tmpdir(), "sallyport-curl-"));
    const child = spawn(
      process.execPath,
      [join(import.meta.dirname, "../../src/main.ts"), "start", "--port", "0", "--admin-port", "0"],
      { cwd: directory, env: { PATH: process.env["PATH"] }, stdio: ["ignore", "pipe", "inherit"] },
    );
    try {
      let text = "";
      for await (const chunk of child.stdout) {
        text += String(chunk);
        if (text.includes("Who goes there?")) break;
      }
      const [curl = ""] = text.slice(text.indexOf("curl ")).split("\n\n");
      const shell = spawn("sh", ["-c", curl.replace(/^curl /, "curl -s ")], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      let answer = "";
      for await (const chunk of shell.stdout) answer += String(chunk);
      expect(JSON.parse(answer)).toMatchObject({
        object: "chat.completion",
        choices: [{ message: { role: "assistant" } }],
      });
    } finally {
      child.kill("SIGKILL");
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
