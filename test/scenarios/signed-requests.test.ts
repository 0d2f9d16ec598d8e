import { execFile } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type SignerKey, signRequest } from "../../src/sign.ts";
import { type BootedGateway, bootGateway } from "../support/booted-gateway.ts";
import { type NodeOrigin, nodeOrigin } from "../support/rest-gateway.ts";

interface Seen {
  readonly url: string;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: Buffer;
}
interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

const answered = {
  object: "chat.completion",
  id: "c",
  model: "gpt-5",
  created: 1,
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "well" } }],
};
const seen: Seen[] = [];
let origin: NodeOrigin;
let gateway: BootedGateway;
let by: SignerKey;

const configOf = (signing: string): string => `
providers: { openai: { dialect: openai-chat, baseUrl: "${origin.url}/v1", models: ["gpt-5"], key: none } }
allowLiteralSecrets: true
services: { orders: { baseUrl: "${origin.url}" } }
routes:
  orders: { path: /orders/*, service: orders }
  sealed: { path: /sealed/*, service: orders, signature: required }
  open: { path: /open/*, service: orders, auth: none }
${signing}`;

beforeAll(async () => {
  origin = await nodeOrigin((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      seen.push({ url: request.url ?? "", headers: request.headers, body: Buffer.concat(pieces) });
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(answered));
    });
  });
  gateway = await bootGateway(configOf(""));
  by = await newKey();
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await origin[Symbol.asyncDispose]();
});

async function newKey(
  publicKey?: string,
  algorithm: "hmac-sha256" | "ed25519" | "ecdsa-p256-sha256" = "hmac-sha256",
): Promise<SignerKey> {
  const { signingKeys } = gateway.booted.control;
  const { secret, entry } = await signingKeys.create({
    ...{ name: "of the test", algorithm, clientKeyId: "key_first" },
    ...(publicKey === undefined ? {} : { publicKey }),
  });
  return { id: entry.id, key: secret ?? "", algorithm };
}

const urlOf = (path: string): string => `http://127.0.0.1:${gateway.port}${path}`;
const json = { "content-type": "application/json" };

function send(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: string | Buffer = "",
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = body.length === 0 ? {} : { "content-length": String(Buffer.byteLength(body)) };
    const sent = httpRequest(urlOf(path), { method, headers: { ...headers, ...length } }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (piece: string) => {
        text += piece;
      });
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      );
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

const signedSend = (
  method: string,
  path: string,
  body: string | Buffer = "",
  signer = by,
): Promise<Answer> => {
  const headers = body.length === 0 ? {} : json;
  return send(
    method,
    path,
    { ...headers, ...signRequest({ method, url: urlOf(path), headers, body }, signer) },
    body,
  );
};

/** What is kept of the request that was answered so. */
const recordOf = ({ headers }: Answer) =>
  vi.waitFor(async () => {
    const record = await gateway.booted.control.requests.read(String(headers["x-sallyport-request-id"]));
    return record ?? expect.fail("no record yet");
  });

const chat = JSON.stringify({ model: "gpt-5", messages: [{ role: "user", content: "hi" }] });
const profiles = ["rfc9421", "sallyport-hmac-v1"] as const;

describe.for(profiles)("by the profile %s", (profile) => {
  it("a call of a model is made by who signed it", async () => {
    const answer = await signedSend("POST", "/v1/chat/completions", chat, { ...by, profile });
    expect(answer.status).toBe(200);
    const record = await recordOf(answer);
    expect(record).toMatchObject({ keyId: "key_first", outcome: "completed" });
    expect(record?.stages[0]?.reason).toContain("by its signature");
  });

  it("the models, the raw lane and a service too, with the very body that was signed", async () => {
    expect(await signedSend("GET", "/v1/models", "", { ...by, profile })).toMatchObject({ status: 200 });
    expect(await signedSend("POST", "/p/openai/v1/anything?b=1", chat, { ...by, profile })).toMatchObject({
      status: 200,
    });
    expect(seen.at(-1)?.body.toString()).toBe(chat);
    const large = Buffer.alloc(3_000_000, "sallyport ");
    expect(await signedSend("PUT", "/sealed/1?x=y", large, { ...by, profile })).toMatchObject({
      status: 200,
    });
    expect(seen.at(-1)?.url).toBe("/sealed/1?x=y");
    expect(seen.at(-1)?.body.equals(large)).toBe(true);
  });

  it("more than 8 MiB are refused", async () => {
    const answer = await signedSend("PUT", "/orders/1", Buffer.alloc(8 * 1024 * 1024 + 1), {
      ...by,
      profile,
    });
    expect(answer.status).toBe(413);
  });

  it("what was changed on the way is refused, and says no more than what has to be signed", async () => {
    const headers = {
      ...json,
      ...signRequest(
        { method: "POST", url: urlOf("/v1/chat/completions"), headers: json, body: chat },
        { ...by, profile },
      ),
    };
    const count = seen.length;
    const answer = await send("POST", "/v1/chat/completions", headers, chat.replace("hi", "ho"));
    expect(answer).toMatchObject({
      status: 401,
      headers: {
        "accept-signature":
          'sig=("@method" "@authority" "@path" "@query" "content-type" "content-digest");created;keyid;nonce',
      },
    });
    expect(JSON.parse(answer.body)).toMatchObject({
      error: { code: "signature_invalid", message: "The request is not signed as it has to be." },
    });
    expect(seen).toHaveLength(count);
    const record = await recordOf(answer);
    expect(record?.detail).toContain(profile === "rfc9421" ? "digest_mismatch" : "bad_signature");
  });

  it("comes once", async () => {
    const signed = signRequest({ method: "GET", url: urlOf("/v1/models") }, { ...by, profile });
    expect(await send("GET", "/v1/models", signed)).toMatchObject({ status: 200 });
    const again = await send("GET", "/v1/models", signed);
    expect(again.status).toBe(401);
    expect(again.body).toContain("replayed");
  });
});

it.for([
  ["ed25519", generateKeyPairSync("ed25519")],
  ["ecdsa-p256-sha256", generateKeyPairSync("ec", { namedCurve: "P-256" })],
] as const)("a key pair of %s signs", async ([algorithm, { publicKey, privateKey }]) => {
  const { id } = await newKey(publicKey.export({ type: "spki", format: "pem" }), algorithm);
  const key = privateKey.export({ type: "pkcs8", format: "pem" });
  expect(await signedSend("POST", "/v1/chat/completions", chat, { id, key, algorithm })).toMatchObject({
    status: 200,
  });
});

describe("which requests have to be signed", () => {
  const bearer = () => ({ authorization: `Bearer ${gateway.key}` });
  it("a route says it: a key alone is not enough there", async () => {
    expect(await send("GET", "/sealed/1", bearer())).toMatchObject({ status: 401 });
    expect(await send("GET", "/orders/1", bearer())).toMatchObject({ status: 200 });
    expect(await send("GET", "/orders/1", {})).toMatchObject({ status: 401 });
  });

  it("of a stranger's signature nobody here knows anything: with a key, or where anybody may ask, it goes on to the service", async () => {
    const signed = signRequest({ method: "GET", url: urlOf("/orders/2") }, { id: "stranger", key: "x" });
    expect(await send("GET", "/orders/2", { ...bearer(), ...signed })).toMatchObject({ status: 200 });
    expect(seen.at(-1)?.headers["signature"]).toBe(signed["signature"]);
    expect(await send("GET", "/open/2", signed)).toMatchObject({ status: 200 });
    expect(await send("GET", "/orders/2", signed)).toMatchObject({ status: 401 });
    expect(await send("GET", "/sealed/2", { ...bearer(), ...signed })).toMatchObject({ status: 401 });
  });

  it("a key besides must be the one that was signed for", async () => {
    const { keys } = gateway.booted.control;
    const other = await keys.create({ name: "other", models: [] });
    const signed = () => signRequest({ method: "GET", url: urlOf("/v1/models") }, by);
    expect(await send("GET", "/v1/models", { ...bearer(), ...signed() })).toMatchObject({ status: 200 });
    expect(
      await send("GET", "/v1/models", { authorization: `Bearer ${other.key}`, ...signed() }),
    ).toMatchObject({ status: 401 });
  });
});

it("a signing key ends with its revocation, and with its client key's", async () => {
  const { keys, signingKeys } = gateway.booted.control;
  const client = await keys.create({ name: "short", models: [] });
  const make = () =>
    signingKeys.create({ name: "a", algorithm: "hmac-sha256", clientKeyId: client.entry.id });
  const [first, second] = [await make(), await make()];
  const ask = ({ secret, entry }: typeof first) =>
    signedSend("GET", "/v1/models", "", { id: entry.id, key: secret ?? "" });
  expect([(await ask(first)).status, (await ask(second)).status]).toEqual([200, 200]);
  await signingKeys.revoke(first.entry.id);
  expect([(await ask(first)).status, (await ask(second)).status]).toEqual([401, 200]);
  await keys.revoke(client.entry.id);
  expect((await ask(second)).status).toBe(401);
  await expect(make()).rejects.toThrow("malformed_request");
});

it("the recipe of the guide for curl and openssl is taken", async () => {
  const guide = readFileSync("docs/request-signing.md", "utf8");
  const recipe = /```sh\n(# GATEWAY[\s\S]*?)```/.exec(guide)?.[1] ?? "";
  const folder = mkdtempSync(join(tmpdir(), "sallyport-recipe-"));
  writeFileSync(join(folder, "body.json"), chat);
  const env = { ...process.env, GATEWAY: `http://127.0.0.1:${gateway.port}`, KEY_ID: by.id, SECRET: by.key };
  const printed = await new Promise<string>((resolve, reject) => {
    execFile("sh", ["-c", recipe], { cwd: folder, env }, (fault, stdout) =>
      fault === null ? resolve(stdout) : reject(fault),
    );
  });
  rmSync(folder, { recursive: true });
  expect(JSON.parse(printed)).toMatchObject({ choices: [{ message: { content: "well" } }] });
});

it("what the settings ask for counts after a reload: calls of models have to be signed, with a tag", async () => {
  await gateway.reconfigure(configOf("signing: { ai: required, tag: ours, nonce: optional }"));
  const bearer = { authorization: `Bearer ${gateway.key}` };
  const refused = await send("GET", "/v1/models", bearer);
  expect(refused).toMatchObject({ status: 401 });
  expect(refused.headers["accept-signature"]).toContain(';tag="ours"');
  expect(await signedSend("GET", "/v1/models")).toMatchObject({ status: 401 });
  expect(await signedSend("GET", "/v1/models", "", { ...by, tag: "ours" })).toMatchObject({ status: 200 });
  expect(await send("GET", "/orders/1", bearer)).toMatchObject({ status: 200 });
});
