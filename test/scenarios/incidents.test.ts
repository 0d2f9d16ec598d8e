import { request } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type BootedGateway, bootGateway } from "../support/booted-gateway.ts";
import { type NodeOrigin, nodeOrigin } from "../support/rest-gateway.ts";

/** What has happened to others, each tried here: security specification, part 11. */
interface Seen {
  readonly at: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}
const seen: Seen[] = [];

const completion = {
  ...{ id: "c", object: "chat.completion", created: 1, model: "small" },
  choices: [{ index: 0, message: { role: "assistant", content: "hi" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
};
const originOf = (at: string): Promise<NodeOrigin> =>
  nodeOrigin(({ url = "", headers }, response) => {
    let body = "";
    response.req.setEncoding("utf8").on("data", (piece: string) => {
      body += piece;
    });
    response.req.on("end", () => {
      seen.push({ at, url, headers, body });
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(completion));
    });
  });

const origins: NodeOrigin[] = [];
let gateway: BootedGateway;
let stranger: NodeOrigin;

beforeAll(async () => {
  const [one, other, shop] = await Promise.all(["one", "other", "shop"].map(originOf));
  stranger = await originOf("stranger");
  for (const origin of [one, other, shop, stranger]) if (origin !== undefined) origins.push(origin);
  gateway = await bootGateway(`
allowLiteralSecrets: true
providers:
  one: { dialect: openai-chat, baseUrl: "${one?.url}", key: key-of-one, models: [small] }
  other: { dialect: openai-chat, baseUrl: "${other?.url}", key: key-of-other, models: [large] }
services:
  shop: { baseUrl: "${shop?.url}", identityHeaders: true }
routes:
  orders: { protocol: rest, path: /orders/*, service: shop }
policies:
  - { id: no-bad-header, when: 'header("x-group").exists(value, value == "banned")', do: { deny: {} } }
`);
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  for (const origin of origins) await origin[Symbol.asyncDispose]();
});
beforeEach(() => {
  seen.length = 0;
});

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Headers as a flat list, so that a name may come twice. */
function ask(
  port: number,
  path: string,
  { method = "GET", headers = [], body = "" }: { method?: string; headers?: string[]; body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request(
      { host: "127.0.0.1", port, path, method, headers: ["host", `127.0.0.1:${port}`, ...headers] },
      (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (piece: string) => {
          text += piece;
        });
        answer.on("end", () => resolve({ status: answer.statusCode ?? 0, body: text }));
      },
    );
    call.on("error", reject).end(body);
  });
}

const data = (path: string, more: Parameters<typeof ask>[2] & { key?: string } = {}): Promise<Answer> => {
  const { key = gateway.key, headers = [], ...rest } = more;
  return ask(gateway.port, path, { ...rest, headers: ["authorization", `Bearer ${key}`, ...headers] });
};
const chat = (body: string, headers: string[] = [], key?: string): Promise<Answer> =>
  data("/v1/chat/completions", {
    method: "POST",
    headers: [
      "content-type",
      "application/json",
      "content-length",
      String(Buffer.byteLength(body)),
      ...headers,
    ],
    body,
    ...(key === undefined ? {} : { key }),
  });
const hello = (model: string): string =>
  JSON.stringify({ model, messages: [{ role: "user", content: "hi" }] });
const admin = (method: string, path: string, token: string | undefined, body?: object): Promise<Answer> => {
  const text = body === undefined ? "" : JSON.stringify(body);
  return ask(Number(new URL(gateway.booted.adminUrl).port), `/api/gateway${path}`, {
    method,
    headers: [
      ...(token === undefined ? [] : ["authorization", `Bearer ${token}`]),
      ...(body === undefined
        ? []
        : ["content-type", "application/json", "content-length", String(text.length)]),
    ],
    body: text,
  });
};
interface Created extends Readonly<Record<"id" | "key" | "token", string>> {
  readonly entry: { readonly id: string };
}

/** What the answer says that there is now: who or what it is, and the secret that is shown once. */
async function created(path: string, body: object = {}) {
  const answer = await admin("POST", path, root(), body);
  expect(answer, answer.body).toMatchObject({ status: 201 });
  const { data: made }: { readonly data: Created } = JSON.parse(answer.body);
  return made;
}
const withoutId = (text: string): string => text.replace(/"requestId":"[^"]*"/, "");
const root = (): string => gateway.booted.adminToken;

describe("keys", () => {
  it.for([
    ...["' OR 1=1 --", 'sp-" OR ""="', "sp-'; DROP TABLE keys; --", "sp-0123456789ab-' UNION SELECT 1--"],
    ...["sp-%27%20OR%201=1", "sp-0123456789ab-".padEnd(65, "'"), "x'||(SELECT secret FROM keys)||'"],
  ])("CVE-2026-42208: %s is no key, and harms none", async (key) => {
    const before = gateway.booted.control.keys.list().length;
    expect((await chat(hello("small"), [], key)).status).toBe(401);
    expect((await chat(hello("small"))).status).toBe(200);
    expect(gateway.booted.control.keys.list()).toHaveLength(before);
  });

  it("CVE-2026-47101: a key does no more than what it belongs to, whatever it was given", async () => {
    await created("/tenants", { id: "narrow", models: ["small"] });
    await created("/projects", { id: "default", tenant: "narrow" });
    for (const models of [["*"], ["large"], ["small", "large"], ["s*"]]) {
      const wide = await admin("POST", "/keys", root(), { name: "wide", tenant: "narrow", models });
      expect(wide.status, models.join()).toBe(403);
    }
    const { key } = await created("/keys", { name: "any", tenant: "narrow" });
    expect((await chat(hello("large"), [], key)).status).toBe(404);
    expect((await chat(hello("small"), [], key)).status).toBe(200);
    const { id: ann } = await created("/operators", { name: "ann", role: "admin", tenant: "narrow" });
    const { token } = await created(`/operators/${ann}:token`);
    expect((await admin("POST", "/operators", token, { name: "eve", role: "owner" })).status).toBe(403);
    expect((await admin("POST", "/operators", token, { name: "eve", role: "admin" })).status).toBe(403);
    expect((await admin("PUT", "/tenants/narrow", token, { models: [] })).status).toBe(403);
  });

  it("CVE-2026-30886: what belongs to another tenant is not there", async () => {
    await created("/tenants", { id: "theirs" });
    await created("/projects", { id: "default", tenant: "theirs" });
    const { entry } = await created("/keys", { name: "theirs", tenant: "theirs" });
    const { id } = entry;
    const { id: bob } = await created("/operators", { name: "bob", role: "admin", tenant: "default" });
    const { token } = await created(`/operators/${bob}:token`);
    const foreign = await admin("DELETE", `/keys/${id}`, token);
    const none = await admin("DELETE", "/keys/key_nobody", token);
    expect([foreign.status, none.status]).toEqual([404, 404]);
    expect(withoutId(foreign.body)).toBe(withoutId(none.body));
    expect((await admin("GET", "/keys", token)).body).not.toContain(id);
    expect((await admin("GET", "/keys", root())).body).toContain(id);
  });
});

describe("where calls go, and with what", () => {
  it.for([
    ["x-portkey-custom-host", "URL"],
    ["x-portkey-config", '{"custom_host":"URL"}'],
    ["x-upstream-url", "URL"],
    ["x-sallyport-upstream", "URL"],
    ["x-sallyport-base-url", "URL"],
    ["x-forwarded-host", "HOST"],
    ["x-original-url", "URL/v1"],
    ["forwarded", "host=HOST"],
  ])("Portkey's custom host: `%s` names no upstream", async ([name = "", value = ""]) => {
    const { host, origin } = new URL(stranger.url);
    const told = value.replace("URL", origin).replace("HOST", host);
    expect((await chat(hello("small"), [name, told])).status).toBe(200);
    expect(seen.map(({ at }) => at)).toEqual(["one"]);
  });

  it.for(["base_url", "api_base", "baseUrl", "custom_host", "endpoint"])(
    "nor does `%s` in the body",
    async (member) => {
      await chat(JSON.stringify({ ...JSON.parse(hello("small")), [member]: stranger.url }));
      expect(seen.map(({ at }) => at)).toEqual(["one"]);
    },
  );

  it("CVE-2026-30886: each provider gets its own credential, whatever the client brings", async () => {
    const brought = ["x-api-key", gateway.key, "x-sallyport-provider", "other", "api-key", gateway.key];
    for (const model of ["small", "large"]) expect((await chat(hello(model), brought)).status).toBe(200);
    expect(seen.map(({ at, headers: { authorization } }) => [at, authorization])).toEqual([
      ["one", "Bearer key-of-one"],
      ["other", "Bearer key-of-other"],
    ]);
    expect(JSON.stringify(seen)).not.toContain(gateway.key);
  });

  it("APISIX CVE-2026-31908: nobody says who he is by our own headers", async () => {
    const spoofed = [
      "x-sallyport-subject",
      "root",
      "X-Sallyport-Tenant",
      "theirs",
      "x-sallyport-subject",
      "admin",
    ];
    expect((await data("/orders/1", { headers: spoofed })).status).toBe(200);
    const [call] = seen;
    expect(call?.headers["x-sallyport-tenant"]).toBe("default");
    expect(call?.headers["x-sallyport-subject"]).not.toMatch(/root|admin/);
    expect(JSON.stringify(call?.headers)).not.toMatch(/theirs|root/);
  });
});

describe("what is checked is what is sent", () => {
  it.for(['{"model":"small","model":"large",M}', '{"model":"small",M,"\\u006dodel":"large"}'])(
    "GHSA-4gph-2hhr-5mwg: a model that is named twice is refused: %s",
    async (body) => {
      const answer = await chat(body.replace("M", '"messages":[{"role":"user","content":"hi"}]'));
      expect(answer.status).toBe(400);
      expect(seen).toEqual([]);
    },
  );

  it.for(["Model", "MODEL", "model ", "mod\u0435l"])(
    "GHSA-4gph-2hhr-5mwg: `%s` is another member, which chooses nothing",
    async (member) => {
      await chat(JSON.stringify({ [member]: "large", ...JSON.parse(hello("small")) }));
      expect(seen.map(({ at }) => at).filter((at) => at !== "one")).toEqual([]);
    },
  );

  it.for([["banned"], ["fine", "banned"], ["banned", "fine"], ["fine", "fine", "fine", "banned"]])(
    "Istio CVE-2026-26308: a rule sees all values of a header: %s",
    async (values) => {
      const answer = await data("/orders/1", { headers: values.flatMap((value) => ["x-group", value]) });
      expect(answer.status).toBe(403);
      expect(seen).toEqual([]);
    },
  );

  it("and lets the others pass", async () => {
    expect((await data("/orders/1", { headers: ["x-group", "fine"] })).status).toBe(200);
  });
});

describe("what is open", () => {
  it("Kong's admin on 8001: the admin port is this machine's, and answers nobody unknown", async () => {
    expect(new URL(gateway.booted.adminUrl).hostname).toBe("127.0.0.1");
    expect((await admin("GET", "/keys", undefined)).status).toBe(401);
    await expect(
      bootGateway("providers: {}\nadmin: { host: 0.0.0.0 }\n").then((open) => open[Symbol.asyncDispose]()),
    ).rejects.toThrow();
  });

  it("OmniRoute's open first visit: a first visit is no sign-in", async () => {
    for (const path of ["/session", "/keys", "/operators", "/config"])
      expect((await admin("GET", path, undefined)).status).toBe(401);
    expect((await admin("POST", "/operators", undefined, { name: "me", role: "owner" })).status).toBe(401);
  });

  it.for(["changeme", "CHANGEME", "admin", "password", "sallyport", "test", "secret", "sk-1234"])(
    "GHSA-g53w-w6mj-hrpp: nobody comes in with `%s`",
    async (guess) => {
      expect((await chat(hello("small"), [], guess)).status).toBe(401);
      expect((await admin("GET", "/keys", guess)).status).toBe(401);
    },
  );
});
