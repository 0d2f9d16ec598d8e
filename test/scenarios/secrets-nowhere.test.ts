import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { routes } from "../../src/admin/routes.ts";
import { signRequest } from "../../src/sign.ts";
import { type NodeOrigin, nodeOrigin } from "../support/rest-gateway.ts";
import { type RunningGateway, runGateway } from "../support/running-gateway.ts";

/** Secrets that a person writes; those that the gateway makes are added as they are shown, once each. */
const planted: Record<string, string> = {
  "provider key": "canary-provider-9f31c07a",
  "request header": "canary-header-2b7d11e4",
  prompt: "canary-prompt-77ac30d2",
  answer: "canary-answer-5d0e6f18",
  query: "canary-query-e0b94c55",
  "wrong key": "sp-canary-wrong-key-d3a1b602",
  "operator password": "canary-password-41c8e9aa",
  "wrong password": "canary-wrong-password-60aa1b",
  "webhook secret": "canary-webhook-8f2b60d17a35",
  "text of a plan": "canary-plan-c61be0f4",
};
/** What was told to clients as errors, and to operators. */
const told: (readonly [where: string, text: string])[] = [];
let origin: NodeOrigin;
let gateway: RunningGateway;
let keyId = "";
let operatorId = "";

const chatAnswer = (content: string): string =>
  JSON.stringify({
    ...{ id: "c", object: "chat.completion", created: 1, model: "m" },
    choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content } }],
    usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
  });

beforeAll(async () => {
  origin = await nodeOrigin((request, response) => {
    let body = "";
    request.on("data", (piece: Buffer) => (body += piece.toString()));
    request.on("end", () => {
      const model = /"model":\s*"([a-z-]+)"/.exec(body)?.[1];
      response.setHeader("content-type", "application/json");
      const { authorization = "" } = request.headers;
      // What a careless provider says of the key that it was shown.
      const refusal = { error: { message: `Incorrect API key provided: ${authorization}`, code: "bad_key" } };
      if (model === "refuses") return response.writeHead(401).end(JSON.stringify(refusal));
      if (model === "fails") return response.writeHead(500).end(JSON.stringify(refusal));
      if (model === "babbles") return response.end(`{"choices": ${authorization}`);
      if (model === "hangs-up") return request.socket.destroy();
      return response.end(chatAnswer(planted["answer"] ?? ""));
    });
  });
  gateway = await runGateway({
    config: `
allowLiteralSecrets: true
providers:
  up: { dialect: openai-chat, baseUrl: "${origin.url}/v1", models: ["m-*"], key: "${planted["provider key"]}" }
services: { shop: { baseUrl: "${origin.url}" } }
routes: { shop: { path: /shop/*, service: shop } }
budgets:
  webhook: { url: "${origin.url}/alerts", secret: "${planted["webhook secret"]}" }
  byId: { all: { limitUsd: 0.000001, kind: soft } }
pricing: { rows: [{ match: { model: "well" }, usdPerMillion: { input: 1, output: 2 }, source: test }] }
policies: [{ id: no-drafts, scope: { protocols: [ai] }, do: { deny: {} }, when: 'ai.model == "up/draft"', reason: "No drafts." }]
`,
  });
});
afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]();
  await origin?.[Symbol.asyncDispose]();
});

const hide = (what: string, secret: string): string => {
  planted[what] = secret;
  return secret;
};
const headers = (key: string) => ({
  authorization: `Bearer ${key}`,
  "content-type": "application/json",
  "x-customer-secret": planted["request header"] ?? "",
});
const api = async (path: string, init: { method?: string; body?: unknown; token?: string } = {}) => {
  const answer = await fetch(`${gateway.adminUrl}${path}`, {
    method: init.method ?? "GET",
    headers: {
      authorization: `Bearer ${init.token ?? gateway.adminToken}`,
      "content-type": "application/json",
    },
    ...(init.body === undefined
      ? {}
      : { body: typeof init.body === "string" ? init.body : JSON.stringify(init.body) }),
  });
  return { status: answer.status, text: await answer.text() };
};
const made = async (path: string, body: unknown) => {
  const { status, text } = await api(`/api/gateway${path}`, { method: "POST", body });
  if (status >= 300) throw new Error(`${path}: ${status} ${text}`);
  return JSON.parse(text).data;
};
/** A call of the data plane; what it is refused with is kept to be looked through. */
const call = async (where: string, path: string, init: RequestInit): Promise<number> => {
  const answer = await fetch(`${gateway.url}${path}`, init);
  const text = await answer.text();
  if (answer.status >= 400) told.push([`error: ${where}`, `${text}\n${JSON.stringify([...answer.headers])}`]);
  return answer.status;
};
const chat = (key: string, model: string, more: object = {}): RequestInit => ({
  method: "POST",
  headers: headers(key),
  body: JSON.stringify({
    model: `up/${model}`,
    messages: [{ role: "user", content: planted["prompt"] }],
    ...more,
  }),
});

async function liveThrough(): Promise<void> {
  hide("admin token", gateway.adminToken);
  hide("first client key", gateway.clientKey);
  const key = await made("/keys", { name: "canary" });
  keyId = key.entry.id;
  hide("client key", key.key);
  const signing = await made("/signing-keys", { name: "s", algorithm: "hmac-sha256", clientKeyId: keyId });
  hide("signing key", signing.secret);
  const password = planted["operator password"];
  operatorId = (await made("/operators", { name: "ada", role: "auditor", password })).id;
  hide("operator token", (await made(`/operators/${operatorId}:token`, {})).token);
  hide("rotated client key", (await made(`/keys/${keyId}:rotate`, {})).key);
  const now = planted["rotated client key"] ?? "";

  const completions = "/v1/chat/completions";
  expect(await call("served", completions, chat(now, "well"))).toBe(200);
  expect(await call("draft", completions, chat(now, "draft"))).toBeLessThan(500);
  for (const model of ["refuses", "fails", "babbles", "hangs-up"])
    expect(await call(model, completions, chat(now, model))).toBeGreaterThanOrEqual(400);
  expect(await call("stream", completions, chat(now, "fails", { stream: true }))).toBeGreaterThanOrEqual(400);
  expect(await call("no model", completions, chat(now, "x", { model: "nothing/x" }))).toBe(404);
  expect(await call("wrong key", completions, chat(planted["wrong key"] ?? "", "well"))).toBe(401);
  const broken = `{"model": "up/well", "messages": [{"role": "user", "content": "${planted["prompt"]}`;
  expect(await call("broken", completions, { method: "POST", headers: headers(now), body: broken })).toBe(
    400,
  );
  const odd = chat(now, "well", { temperature: planted["prompt"] });
  expect(await call("odd", completions, odd)).toBeGreaterThanOrEqual(200);
  expect(
    await call("priority", completions, {
      ...chat(now, "well"),
      headers: { ...headers(now), "x-sallyport-priority": "now" },
    }),
  ).toBe(400);
  const query = `?token=${planted["query"]}`;
  expect(await call("service", `/shop/cart${query}`, { headers: headers(now) })).toBe(200);
  expect(await call("raw", `/p/up/files${query}`, { headers: headers(now) })).toBe(200);
  expect(await call("nowhere", `/nowhere${query}`, { headers: headers(now) })).toBe(404);
  const signed = signRequest(
    { method: "GET", url: `${gateway.url}/shop/signed` },
    { id: signing.entry.id, key: signing.secret },
  );
  expect(await call("signed", "/shop/signed", { headers: signed })).toBe(200);

  const signIn = (body: unknown) => api("/api/gateway/session", { method: "POST", body });
  told.push(["wrong password", (await signIn({ name: "ada", password: planted["wrong password"] })).text]);
  told.push(["wrong code", (await signIn({ code: planted["wrong password"] })).text]);
  const plan = { text: `providers: { up: { key: "${planted["text of a plan"]}", wrong: true } }` };
  told.push(["plan", (await api("/api/gateway/config/plan", { method: "POST", body: plan })).text]);
  told.push(["no token", (await api("/api/gateway/keys", { token: planted["wrong key"] ?? "" })).text]);
  const half = `{"name": "${planted["operator password"]}`;
  told.push(["half a body", (await api("/api/gateway/operators", { method: "POST", body: half })).text]);
  const short = { name: "eve", role: "nobody", password: planted["operator password"] };
  told.push(["no such role", (await api("/api/gateway/operators", { method: "POST", body: short })).text]);
}

/** Every answer that can be read, of every route there is. */
async function readAll(): Promise<void> {
  const listed = JSON.parse((await api("/api/gateway/requests?limit=200")).text).data.requests;
  const ids: Readonly<Record<string, readonly string[]>> = {
    requests: listed.map(({ id }: { readonly id: string }) => id),
    prices: listed.map(({ id }: { readonly id: string }) => id),
    budgets: ["all"],
    keys: [keyId],
    operators: [operatorId],
  };
  for (const { method, path } of Object.values(routes)) {
    if (method !== "GET") continue;
    const of = path.includes("{id}") ? (ids[path.split("/")[3] ?? ""] ?? ["up"]) : [""];
    for (const id of of)
      told.push([`GET ${path}`, (await api(path.replace("{id}", encodeURIComponent(id)))).text]);
  }
  for (const path of ["/", "/metrics", "/livez", "/readyz?verbose", "/startupz"])
    told.push([`GET ${path}`, (await api(path)).text]);
  told.push(["log", gateway.stderr()]);
}

const filesIn = (directory: string): readonly string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

/** As it is, and as it would be in an encoding. */
const formsOf = (secret: string): readonly Buffer[] =>
  [
    Buffer.from(secret),
    Buffer.from(secret, "utf8").toString("base64").slice(0, -4),
    Buffer.from(secret).toString("hex"),
    encodeURIComponent(secret),
  ].map((form) => Buffer.from(form));

/** No secret: it has to be found, or the search finds nothing. */
const publicName = "the id of the key";
const foundIn = (bytes: Buffer): readonly string[] =>
  Object.entries({ ...planted, [publicName]: keyId }).flatMap(([what, secret]) =>
    formsOf(secret).some((form) => bytes.includes(form)) ? [what] : [],
  );

describe("secrets, after a life of good and bad requests", () => {
  it("are in no error, record, metric, log line, admin answer or page, and in no file of the data directory", {
    timeout: 60_000,
  }, async () => {
    await liveThrough();
    // Records, series and the audit log are written behind the answers.
    await expect
      .poll(async () => JSON.parse((await api("/api/gateway/requests?limit=200")).text).data.requests.length)
      .toBeGreaterThanOrEqual(14);
    await readAll();
    const heard = told.flatMap(([where, text]) =>
      foundIn(Buffer.from(text)).map((what) => `${what} in ${where}`),
    );
    const directory = join(gateway.directory, "data");
    const seen = filesIn(directory);
    gateway.child.kill("SIGTERM");
    await gateway.exited;
    told.push(["log at the end", gateway.stderr()]);
    const kept = [...new Set([...seen, ...filesIn(directory)])].flatMap((file) => {
      try {
        return foundIn(readFileSync(file)).map((what) => `${what} in ${file.slice(directory.length)}`);
      } catch {
        return [];
      }
    });
    const isPublic = (found: string): boolean => found.startsWith(publicName);
    expect([...new Set([...heard, ...kept])].filter((found) => !isPublic(found))).toEqual([]);
    expect(heard).toContain(`${publicName} in GET /api/gateway/keys`);
    for (const name of ["/state.db", "/events/", "/settings.db", "/audit/records-"])
      expect(kept.some((found) => found.startsWith(`${publicName} in ${name}`))).toBe(true);
    const names = seen.map((file) => file.slice(directory.length + 1));
    expect(names).toEqual(expect.arrayContaining(["kek", "state.db", "settings.db", "ledger.db"]));
    expect(names.some((name) => name.startsWith("audit/records-"))).toBe(true);
    expect(names.some((name) => name.startsWith("events/"))).toBe(true);
    expect(told.length).toBeGreaterThan(60);
  });
});
