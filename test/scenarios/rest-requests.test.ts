import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BootedGateway } from "../support/booted-gateway.ts";
import { rawExchange } from "../support/http-client.ts";
import { type RawCall, type RawUpstream, rawUpstream, wholeAnswer } from "../support/raw-upstream.ts";
import { requestText, restGateway, splitMessage, valuesOf } from "../support/rest-gateway.ts";

let origin: RawUpstream;
let gateway: BootedGateway;

const answer = ({ head, socket }: RawCall): void => {
  const whole = wholeAnswer(200, "{}");
  socket.write(head.startsWith("HEAD ") ? whole.slice(0, -2) : whole);
};

beforeAll(async () => {
  origin = await rawUpstream(answer);
  gateway = await restGateway(`
allowLiteralSecrets: true
services:
  plain: { baseUrl: "${origin.url}/base", headers: { x-api-key: "the-service-own" } }
  bare: { baseUrl: "${origin.url}" }
routes:
  open: { service: bare, path: /open/*, auth: none }
  keyed: { service: bare, path: /keyed/* }
  own: { service: plain, path: /own/* }
  hosted: { service: bare, path: /hosted/*, auth: none, preserveHost: true }
  edited:
    service: bare
    path: /users/{id}
    auth: none
    rewrite: /people/{id}
    request:
      headers: { set: { x-set: one }, add: { x-added: two }, remove: [x-gone] }
      query: { set: { page: "1" }, remove: [debug] }
      body: { set: { /a: 1 }, remove: [/b], rename: { /c: d } }
    response:
      headers: { set: { x-down: yes }, remove: [x-powered-by] }
      body: { set: { /seen: true } }
      status: { 404: 410 }
  made:
    service: bare
    path: /teams/{team}/x
    request:
      headers: { compute: { x-team: 'captured["team"] + "/" + key.name', x-asked: 'header["x-a"]' } }
      query: { compute: { from: client.address, long: 'size(http.path) > 3' } }
      body: { compute: { /team: 'captured["team"]', /size: 'size(captured["team"])' } }
    response:
      headers: { compute: { x-of: request.id } }
  counted: { service: bare, path: /counted, auth: none, request: { query: { compute: { next: 'int(header["x-n"]) + 1' } } } }
  conditional: { service: bare, path: /when, auth: none, when: 'header["x-beta"] == "1"', rewrite: /beta }
  otherwise: { service: bare, path: /when, auth: none, rewrite: /stable }
  more: { service: bare, path: /open/exact, auth: none, rewrite: /won }
`);
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await origin[Symbol.asyncDispose]();
});

/** Sends, and tells what came of it at either end. */
async function passed(
  line: string,
  head: readonly string[] = [],
  body = "",
): Promise<{ readonly answer: string; readonly head: string; readonly body: string }> {
  const before = origin.calls().length;
  const told = await rawExchange(gateway.port, {
    send: requestText(line, ["connection: close", ...head], body),
  });
  const call = origin.calls()[before];
  return { answer: told, head: call?.head ?? "", body: call?.body ?? "" };
}

describe("a request on its way to a service", () => {
  it.for(["GET", "HEAD", "OPTIONS", "QUERY", "PUT", "DELETE", "PATCH", "PROPFIND", "POST"])(
    "goes by %s",
    async (method) => {
      const { answer: told, head } = await passed(`${method} /open/a?b=%20c`);
      expect(told).toMatch(/^HTTP\/1\.1 200 /);
      expect(head.split("\r\n", 1)[0]).toBe(`${method} /open/a?b=%20c HTTP/1.1`);
      expect(splitMessage(told).body).toBe(method === "HEAD" ? "" : "{}");
      expect(valuesOf(splitMessage(told).head, "content-length")).toEqual(["2"]);
    },
  );

  it.for(["GET", "DELETE"])("has no body and no length, by %s", async (method) => {
    const { head } = await passed(`${method} /open/a`);
    expect(head).not.toMatch(/content-length|transfer-encoding/i);
  });

  it.for([
    ["POST", "an empty one", ["content-length: 0"], "", "0"],
    ["PUT", "one with a length", ["content-length: 5"], "hello", "5"],
    ["DELETE", "one where none is usual", ["content-length: 5"], "hello", "5"],
  ] as const)("%s keeps its body: %s", async ([method, , head, body, length]) => {
    const seen = await passed(`${method} /open/a`, head, body);
    expect(valuesOf(seen.head, "content-length")).toEqual([length]);
    expect(seen.body).toBe(body);
    expect(seen.head).not.toMatch(/transfer-encoding/i);
  });

  it("keeps fields in order, repeated ones apart, and no other of its connection", async () => {
    const { head } = await passed("GET /open/a", [
      ...["x-b: 1", "X-A: 2", "x-b: 3", "cookie: a=1", "keep-alive: 5", "te: gzip", "range: bytes=0-1"],
    ]);
    expect(head.split("\r\n").filter((line) => /^x-[ab]:/i.test(line))).toEqual([
      "x-b: 1",
      "x-a: 2",
      "x-b: 3",
    ]);
    expect(valuesOf(head, "range")).toEqual(["bytes=0-1"]);
    expect(head).not.toMatch(/^(?:te|keep-alive):/im);
    expect(valuesOf(head, "host")).toEqual([new URL(origin.url).host]);
  });

  it.for([
    "x-sallyport-user",
    "X_Sallyport_User",
    "X-Forwarded-Prefix",
    "X_Forwarded_For",
    "Forwarded",
    "X-Real-IP",
  ])("cannot bring %s", async (name) => {
    const { head } = await passed("GET /open/a", [`${name}: spoofed`]);
    expect(head).not.toContain("spoofed");
    expect(valuesOf(head, "x-forwarded-for")).toEqual(["127.0.0.1"]);
  });

  it.for(["x-set", "X_Set", "X-GONE", "x_gone"])(
    "cannot bring %s, which its route sets or removes",
    async (name) => {
      const { head } = await passed("PUT /users/7", [`trailer: ${name}, x-sum`, `${name}: spoofed`]);
      expect(valuesOf(head, "x-set")).toEqual(["one"]);
      expect(valuesOf(head, "trailer")).toEqual(["x-sum"]);
      expect(head).not.toContain("spoofed");
    },
  );

  it("keeps the client's host where it is to", async () => {
    const { head } = await passed("GET /hosted/a");
    expect(valuesOf(head, "host")).toEqual(["gate"]);
  });

  it("carries what expressions make of it, and so does its answer", async () => {
    const spoofed = ["X_Team: mine", "x-asked: mine"];
    const fields = [
      `authorization: Bearer ${gateway.key}`,
      "x-a: b",
      "content-type: application/json",
      ...spoofed,
    ];
    const made = await passed("POST /teams/red/x?a=1", [...fields, "content-length: 2"], "{}");
    expect(made.head.split(" ")[1]).toBe("/teams/red/x?a=1&from=127.0.0.1&long=true");
    expect(valuesOf(made.head, "x-team")).toEqual(["red/first key"]);
    expect(valuesOf(made.head, "x-asked")).toEqual(["b"]);
    expect(made.head).not.toContain("mine");
    expect(made.body).toBe('{"team":"red","size":3}');
    const { head } = splitMessage(made.answer);
    expect(valuesOf(head, "x-of")).toEqual(valuesOf(head, "x-sallyport-request-id"));
  });

  it.for([
    ["x-n: 7", 200, "/counted?next=8"],
    ["x-n: seven", 400, undefined],
  ] as const)("goes nowhere when one of them cannot be made: %s", async ([field, status, target]) => {
    const made = await passed("GET /counted", [field]);
    expect(made.answer).toContain(`HTTP/1.1 ${status} `);
    expect(made.head.split(" ")[1]).toBe(target);
    if (status === 400)
      expect(made.answer).toContain("What this route sets as `next` cannot be made of this request.");
  });

  it("is refused when it has been here", async () => {
    const { head } = await passed("GET /open/a");
    const [via = ""] = valuesOf(head, "via");
    const again = await passed("GET /open/a", [`via: ${via}`]);
    expect(again.answer).toMatch(/^HTTP\/1\.1 508 /);
    expect(again.head).toBe("");
  });

  it.for([
    ["/when", [], "/stable"],
    ["/when", ["x-beta: 1"], "/beta"],
    ["/open/exact", [], "/won"],
  ] as const)("takes the route it fits: %s %s", async ([path, fields, seen]) => {
    const { head } = await passed(`GET ${path}`, fields);
    expect(head.split(" ")[1]).toBe(seen);
  });

  it("is changed as its route says, and so is its answer", async () => {
    const body = '{"b":2,"c":3,"e":1.0}';
    const seen = await passed(
      "POST /users/7?debug=1&q=x&page=9",
      [
        "content-type: application/json",
        `content-length: ${body.length}`,
        "x-gone: 1",
        "accept-encoding: gzip",
        "x-added: one",
      ],
      body,
    );
    expect(seen.head.split("\r\n", 1)[0]).toBe("POST /people/7?q=x&page=1 HTTP/1.1");
    expect(seen.body).toBe('{"d":3,"e":1.0,"a":1}');
    expect(valuesOf(seen.head, "x-set")).toEqual(["one"]);
    expect(valuesOf(seen.head, "x-added")).toEqual(["one", "two"]);
    expect(valuesOf(seen.head, "x-gone")).toEqual([]);
    expect(valuesOf(seen.head, "accept-encoding")).toEqual(["identity"]);
    expect(valuesOf(splitMessage(seen.answer).head, "x-down")).toEqual(["yes"]);
    expect(seen.answer).toContain('{"seen":true}');
  });
});

describe("a credential", () => {
  it.for([
    ["none", []],
    ["a wrong one", ["authorization: Bearer sp-wrong"]],
  ] as const)("%s is refused", async ([, fields]) => {
    const { answer: told, head } = await passed("GET /keyed/a", fields);
    expect(told).toMatch(/^HTTP\/1\.1 401 /);
    expect(told).toContain("application/problem+json");
    expect(head).toBe("");
  });

  it.for(["authorization: Bearer ", "x-api-key: ", "x-goog-api-key: "])(
    "goes no further: %s",
    async (field) => {
      const { answer: told, head } = await passed("GET /keyed/a", [`${field}${gateway.key}`]);
      expect(told).toMatch(/^HTTP\/1\.1 200 /);
      expect(head).not.toContain(gateway.key);
    },
  );

  it("of the query goes no further, and a `key` of the service does", async () => {
    const target = `GET /keyed/a?key=mine&key=${gateway.key}&b=%2f`;
    // An address is written into logs all along the way: a key in it opens no service.
    expect((await passed(target)).answer).toMatch(/^HTTP\/1\.1 401 /);
    const { head } = await passed(target, [`x-api-key: ${gateway.key}`]);
    expect(head.split(" ")[1]).toBe("/keyed/a?key=mine&b=%2f");
  });

  it("for the service passes beside the gateway's", async () => {
    const { head } = await passed("GET /keyed/a", ["authorization: Basic YTpi", `x-api-key: ${gateway.key}`]);
    expect(valuesOf(head, "authorization")).toEqual(["Basic YTpi"]);
    expect(valuesOf(head, "x-api-key")).toEqual([]);
  });

  it("of the gateway takes the client's place", async () => {
    const { head } = await passed("GET /own/a", [
      `authorization: Bearer ${gateway.key}`,
      "x-api-key: spoofed",
    ]);
    expect(head.split(" ")[1]).toBe("/base/own/a");
    expect(valuesOf(head, "x-api-key")).toEqual(["the-service-own"]);
  });
});
