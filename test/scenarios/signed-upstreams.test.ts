import { createHash } from "node:crypto";
import { createVerifier, httpbis } from "http-message-signatures";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type BootedGateway, bootGateway } from "../support/booted-gateway.ts";
import { type NodeOrigin, nodeOrigin } from "../support/rest-gateway.ts";

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const secret = "a-secret-of-the-test";
const seen: Seen[] = [];
let origin: NodeOrigin;
let gateway: BootedGateway;

beforeAll(async () => {
  origin = await nodeOrigin((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      );
      seen.push({
        method: request.method ?? "",
        url: request.url ?? "",
        headers,
        body: Buffer.concat(pieces),
      });
      response.setHeader("content-type", "application/json");
      response.end(
        '{"id":"c","object":"chat.completion","model":"gpt-5","created":1,"choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"well"}}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}',
      );
    });
  });
  const sign = `{ keyId: ours, key: ${secret}`;
  gateway = await bootGateway(`
allowLiteralSecrets: true
providers: { partner: { dialect: openai-chat, baseUrl: "${origin.url}/v1", models: ["gpt-5"], sign: ${sign} } } }
services:
  orders: { baseUrl: "${origin.url}/base", sign: ${sign}, components: [x-tenant], tag: t } }
  simple: { baseUrl: "${origin.url}", sign: ${sign}, profile: sallyport-hmac-v1 } }
routes:
  orders: { path: /orders/*, service: orders }
  simple: { path: /simple/*, service: simple }
`);
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await origin[Symbol.asyncDispose]();
});

const ask = (
  path: string,
  init: Omit<RequestInit, "headers"> & { readonly headers?: Readonly<Record<string, string>> } = {},
) =>
  fetch(`http://127.0.0.1:${gateway.port}${path}`, {
    ...init,
    headers: { "x-api-key": gateway.key, ...init.headers },
  });

/** Held against another library than ours. */
async function check({ method, url, headers, body }: Seen): Promise<void> {
  const message = { method, url: `http://${headers["host"]}${url}`, headers };
  const verify = createVerifier(secret, "hmac-sha256");
  const config = {
    keyLookup: async () => ({ id: "ours", verify }),
    requiredParams: ["created", "nonce", "keyid"],
  };
  expect(await httpbis.verifyMessage(config, message)).toBe(true);
  expect(await httpbis.verifyMessage(config, { ...message, url: `${message.url}x` })).toBe(false);
  if (body.length === 0) return;
  expect(headers["content-digest"]).toBe(`sha-256=:${createHash("sha256").update(body).digest("base64")}:`);
  expect(headers["signature-input"]).toContain('"content-digest"');
}

it("a service gets signed requests: its path, its body, and headers that were named", async () => {
  const body = "x".repeat(300_000);
  const headers = {
    "x-tenant": "a",
    "content-type": "text/plain",
    signature: "mine=:YQ==:",
    "signature-input": "mine=()",
  };
  expect((await ask("/orders/1?a=b", { method: "POST", headers, body })).status).toBe(200);
  const [sent] = seen.splice(0);
  if (sent === undefined) throw new Error("nothing was sent");
  await check(sent);
  expect(sent).toMatchObject({ url: "/base/orders/1?a=b" });
  expect(sent.body.toString()).toBe(body);
  expect(sent.headers["signature-input"]).toMatch(
    /^sallyport=\("@method" "@authority" "@path" "@query" "content-type" "x-tenant" "content-digest"\);created=\d+;nonce="[\w-]{24}";keyid="ours";tag="t"$/,
  );
});

it("without a body nothing is said of one, and each has a nonce of its own", async () => {
  for (const _ of [1, 2]) expect((await ask("/orders/1")).status).toBe(200);
  const sent = seen.splice(0);
  for (const one of sent) await check(one);
  expect(sent.map(({ headers }) => headers["content-digest"])).toEqual([undefined, undefined]);
  expect(new Set(sent.map(({ headers }) => headers["signature"])).size).toBe(2);
});

it("what is too large to be held is refused", async () => {
  const answer = await ask("/orders/1", { method: "POST", body: new Uint8Array(8 * 1024 * 1024 + 1) });
  expect(answer.status).toBe(413);
  expect(seen.splice(0)).toEqual([]);
});

it("the simple profile is four headers", async () => {
  expect((await ask("/simple/1?a=b", { method: "POST", body: "hi" })).status).toBe(200);
  const [sent] = seen.splice(0);
  expect(sent?.headers).toMatchObject({
    "x-sallyport-key-id": "ours",
    "x-sallyport-signature": expect.stringMatching(/^v1=[0-9a-f]{64}$/),
  });
});

it("a provider of models gets signed calls, by the AI lane and the raw one", async () => {
  const body = JSON.stringify({ model: "gpt-5", messages: [{ role: "user", content: "hi" }] });
  const headers = { "content-type": "application/json" };
  expect((await ask("/v1/chat/completions", { method: "POST", headers, body })).status).toBe(200);
  expect((await ask("/p/partner/chat/completions?a=1", { method: "POST", headers, body })).status).toBe(200);
  const sent = seen.splice(0);
  expect(sent).toHaveLength(2);
  for (const one of sent) await check(one);
});
