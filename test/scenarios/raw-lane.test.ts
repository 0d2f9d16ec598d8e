import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type BootedGateway, bootGateway } from "../support/booted-gateway.ts";

const secret = "provider-secret-0123456789";
const mebibyte = 1024 ** 2;

type Answer = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

let upstream: Server;
let answer: Answer = () => undefined;
let gateway: BootedGateway;
let settled = 0;

setFlagsFromString("--expose_gc");
const collect: () => void = runInNewContext("gc");
/** Bytes of all buffers that something still refers to. */
const heldBytes = (): number => {
  // Buffers are swept behind a collection; the next one waits for that.
  collect();
  collect();
  return process.memoryUsage().arrayBuffers;
};

const lastRecord = async () => {
  settled += 1;
  return (await gateway.records(settled)).at(-1);
};
const call = (path: string, init: RequestInit & { readonly duplex?: "half" } = {}): Promise<Response> =>
  fetch(`http://127.0.0.1:${gateway.port}${path}`, {
    ...init,
    headers: { authorization: `Bearer ${gateway.key}`, ...(init.headers as Record<string, string>) },
  });

beforeAll(async () => {
  upstream = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  const { port } = upstream.address() as AddressInfo;
  gateway = await bootGateway(`
allowLiteralSecrets: true
providers:
  any:
    dialect: openai-chat
    baseUrl: http://127.0.0.1:${port}/base/v1
    models: ["*"]
    key: ${secret}
  openai:
    dialect: openai-chat
    baseUrl: http://127.0.0.1:${port}/v1
    key: ${secret}
pricing:
  rows:
    - { match: { provider: any, model: m-1 }, usdPerMillion: { input: 1, output: 2 }, source: test }
`);
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  upstream.closeAllConnections();
  await new Promise((resolve) => upstream.close(resolve));
});
beforeEach(() => {
  answer = (request, response) => void echo(request, response);
});

/** Tells what came. */
async function echo(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = Buffer.concat(await Array.fromAsync(request)).toString();
  response.setHeader("x-provider", "kept");
  response.setHeader("set-cookie", "a=1");
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ method: request.method, url: request.url, headers: request.headers, body }));
}

describe("the raw lane", () => {
  it("reaches every endpoint of a provider: its credential for the client's, all else as it came", async () => {
    const response = await call("/p/any/files/f%201?purpose=x&key=sp-other&limit=2", {
      method: "PATCH",
      body: "any bytes",
      headers: {
        "content-type": "text/plain",
        "x-mine": "kept",
        "x-sallyport-private": "1",
        "x-api-key": gateway.key,
        cookie: "c=1",
      },
    });
    expect(response.status).toBe(401); // two different gateway keys
    await lastRecord();
    const good = await call("/p/any/files/f%201?purpose=x&limit=2", {
      method: "PATCH",
      body: "any bytes",
      headers: {
        "content-type": "text/plain",
        "x-mine": "kept",
        "x-sallyport-private": "1",
        "x-api-key": gateway.key,
        cookie: "c=1",
      },
    });
    expect(good.status).toBe(200);
    expect(good.headers.get("x-sallyport-lane")).toBe("raw");
    expect(good.headers.get("x-provider")).toBe("kept");
    expect(good.headers.get("set-cookie")).toBeNull();
    const seen = (await good.json()) as { readonly headers: object };
    expect(seen).toMatchObject({
      method: "PATCH",
      url: "/base/v1/files/f%201?purpose=x&limit=2",
      body: "any bytes",
      headers: { authorization: `Bearer ${secret}`, "x-mine": "kept", "content-type": "text/plain" },
    });
    for (const name of ["x-sallyport-private", "x-api-key", "cookie"])
      expect(seen.headers).not.toHaveProperty(name);
    expect(await lastRecord()).toMatchObject({
      lane: "raw",
      provider: "any",
      outcome: "completed",
      bytesIn: 9,
      cost: null,
    });
  });

  it("answers nobody without a key, and tells what is served", async () => {
    const refused = await fetch(`http://127.0.0.1:${gateway.port}/p/any/files`);
    expect(refused.status).toBe(401);
    await lastRecord();
    const unknown = await call("/p/nobody/files");
    expect(unknown.status).toBe(404);
    expect(await unknown.text()).toContain("Configured: `any`, `openai`");
    await lastRecord();
  });

  it("what a mount does not know goes to the provider whose name it bears", async () => {
    const response = await call("/openai/v1/fine_tuning/jobs?after=1");
    expect(await response.json()).toMatchObject({ method: "GET", url: "/v1/fine_tuning/jobs?after=1" });
    await lastRecord();
  });

  it("meters what it can read: usage and price of a whole answer and of a stream", async () => {
    const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
    const chunk = { id: "c", object: "chat.completion.chunk", created: 1, model: "m-1" };
    const whole = {
      ...chunk,
      object: "chat.completion",
      choices: [{ index: 0, message: { role: "assistant", content: "hi" }, finish_reason: "stop" }],
      usage,
    };
    answer = (_, response) => {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(whole));
    };
    await (await call("/p/any/chat/completions", { method: "POST", body: "{}" })).text();
    const metered = { lane: "raw", answerModel: "m-1", cost: { nanoUsd: 20_000 }, warnings: [] };
    expect(await lastRecord()).toMatchObject(metered);

    answer = (_, response) => {
      response.setHeader("content-type", "text/event-stream");
      const delta = { ...chunk, choices: [{ index: 0, delta: { content: "hi" }, finish_reason: "stop" }] };
      response.write(`data: ${JSON.stringify(delta)}\n\n`);
      response.end(`data: ${JSON.stringify({ ...chunk, choices: [], usage })}\n\ndata: [DONE]\n\n`);
    };
    const streamed = await (await call("/p/any/chat/completions", { method: "POST", body: "{}" })).text();
    expect(streamed).toContain("[DONE]");
    expect(await lastRecord()).toMatchObject(metered);

    await (await call("/p/any/audio/speech", { method: "POST", body: "{}" })).text();
    expect(await lastRecord()).toMatchObject({ cost: null, warnings: [{ kind: "unmetered" }] });
  });

  it("carries bodies of any size both ways without holding them", async () => {
    const size = 192 * mebibyte;
    const piece = Buffer.alloc(mebibyte, 7);
    answer = async (request, response) => {
      let taken = 0;
      for await (const some of request) taken += (some as Buffer).length;
      response.setHeader("x-received", String(taken));
      for (let sent = 0; sent < size; sent += mebibyte) {
        if (!response.write(piece)) await new Promise((resolve) => response.once("drain", resolve));
      }
      response.end();
    };
    const before = heldBytes();
    let peak = before;
    let measured = 0;
    const pieces = async function* () {
      for (let sent = 0; sent < size; sent += mebibyte) yield piece;
    };
    const response = await call("/p/any/files", {
      method: "POST",
      body: ReadableStream.from(pieces()),
      duplex: "half",
    });
    expect(response.headers.get("x-received")).toBe(String(size));
    let received = 0;
    for await (const some of response.body ?? []) {
      received += some.length;
      if (received - measured < 16 * mebibyte) continue;
      measured = received;
      peak = Math.max(peak, heldBytes());
    }
    expect(received).toBe(size);
    expect(peak - before).toBeLessThan(size / 4);
    expect(await lastRecord()).toMatchObject({ bytesIn: size, bytesOut: size, outcome: "completed" });
  });

  it("masks the credential in an error of the provider, whose status and body pass", async () => {
    answer = (_, response) => {
      response.statusCode = 418;
      response.end(`no teapot for ${secret}`);
    };
    const response = await call("/p/any/tea", { method: "POST", body: "{}" });
    expect(response.status).toBe(418);
    expect(await response.text()).toBe(`no teapot for ${"*".repeat(secret.length)}`);
    expect(await lastRecord()).toMatchObject({ status: 418, outcome: "failed" });
  });

  it("a cut answer never looks whole", async () => {
    answer = (_, response) => {
      response.write("half of ");
      setImmediate(() => response.destroy());
    };
    const response = await call("/p/any/download");
    await expect(response.text()).rejects.toThrow();
    expect(await lastRecord()).toMatchObject({ outcome: "failed", code: "upstream_stream_broken" });
  });

  it("a client that goes ends the call upstream", async () => {
    const gone = Promise.withResolvers<void>();
    answer = (_, response) => {
      response.once("close", gone.resolve);
      response.write("first");
    };
    const controller = new AbortController();
    const response = await call("/p/any/endless", { signal: controller.signal });
    await response.body?.getReader().read();
    controller.abort();
    await gone.promise;
    expect(await lastRecord()).toMatchObject({ outcome: "aborted", provider: "any" });
  });

  it("an unreachable provider is one clear error", async () => {
    answer = (request) => void request.socket.destroy();
    const response = await call("/p/any/x");
    expect(response.status).toBe(502);
    expect(response.headers.get("x-sallyport-error")).toBe("upstream_unreachable");
    expect(await lastRecord()).toMatchObject({ outcome: "failed", attempts: [{ lane: "raw" }] });
  });
});
