import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BootedGateway } from "../support/booted-gateway.ts";
import { rawExchange } from "../support/http-client.ts";
import { dechunk, rawClient } from "../support/raw-client.ts";
import { framed, lastChunk, type RawUpstream, rawUpstream, wholeAnswer } from "../support/raw-upstream.ts";
import { deadPort, requestText, restGateway, splitMessage, valuesOf } from "../support/rest-gateway.ts";

let origin: RawUpstream;
let gateway: BootedGateway;
/** What the origin says, by path. */
const answers: Readonly<Record<string, string>> = {
  "/no-content": "HTTP/1.1 204 No Content\r\nx-a: 1\r\n\r\n",
  "/not-modified": 'HTTP/1.1 304 Not Modified\r\netag: "a"\r\ncontent-length: 9\r\n\r\n',
  "/cookies": wholeAnswer(200, "x", { "set-cookie": "a=1\r\nset-cookie: b=2", "alt-svc": 'h3=":443"' }),
  "/early": `HTTP/1.1 103 Early Hints\r\nlink: </a.css>; rel=preload\r\nx-sallyport-a: spoofed\r\nkeep-alive: 1\r\n\r\n${wholeAnswer(200, "x")}`,
  "/range": wholeAnswer(206, "ab", { "content-range": "bytes 0-1/9" }),
  "/trailers": `HTTP/1.1 200 OK\r\ntrailer: x-sum\r\ntransfer-encoding: chunked\r\n\r\n${framed("hi")}0\r\nx-sum: 7\r\nauthorization: no\r\n\r\n`,
  "/short": "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc",
  "/cut": `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${framed("abc")}`,
  "/whole": `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${framed("abc")}${lastChunk}`,
  "/endless-head": `HTTP/1.1 200 OK\r\n${"x-a: ".padEnd(1000, "a").concat("\r\n").repeat(100)}`,
  "/many-fields": `HTTP/1.1 200 OK\r\n${"x-a: b\r\n".repeat(300)}content-length: 0\r\n\r\n`,
  "/nonsense": "HELLO\r\n\r\n",
  "/control": "HTTP/1.1 200 OK\r\nx-a: a\u0001b\r\ncontent-length: 0\r\n\r\n",
  "/to-close": "HTTP/1.1 200 OK\r\n\r\nuntil the end",
};
const endsBehind = new Set(["/short", "/cut", "/to-close"]);

beforeAll(async () => {
  origin = await rawUpstream(({ head, socket }) => {
    const path = head.split(" ")[1] ?? "";
    const answer = answers[path];
    if (answer === undefined) return;
    if (endsBehind.has(path)) socket.end(answer, "latin1");
    else socket.write(answer, "latin1");
  });
  const dead = await deadPort();
  gateway = await restGateway(`
services:
  up: { baseUrl: "${origin.url}" }
  down: { baseUrl: "http://127.0.0.1:${dead}" }
routes:
  all: { service: up, path: /*, auth: none }
  keyed: { service: up, path: /keyed/* }
  none: { service: down, path: /down/*, auth: none }
`);
});
afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]();
  await origin[Symbol.asyncDispose]();
});

const get = (path: string, head: readonly string[] = []): Promise<string> =>
  rawExchange(gateway.port, { send: requestText(`GET ${path}`, ["connection: close", ...head]) });

describe("an answer of a service", () => {
  it.for([
    ["/no-content", 204, [], ""],
    ["/not-modified", 304, ["9"], ""],
    ["/range", 206, ["2"], "ab"],
    ["/to-close", 200, [], "until the end"],
  ] as const)("%s keeps its framing", async ([path, status, length, body]) => {
    const { head, body: came } = splitMessage(await get(path));
    expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(valuesOf(head, "content-length")).toEqual(length);
    expect(/transfer-encoding/i.test(head) ? dechunk(`${head}\r\n\r\n${came}`).body : came).toBe(body);
  });

  it("keeps each of its cookies, and not Alt-Svc", async () => {
    const { head } = splitMessage(await get("/cookies"));
    expect(valuesOf(head, "set-cookie")).toEqual(["a=1", "b=2"]);
    expect(valuesOf(head, "alt-svc")).toEqual([]);
    expect(valuesOf(head, "via")).toHaveLength(1);
  });

  it("comes with its early hints, without what the gateway owns", async () => {
    const { head, body } = splitMessage(await get("/early"));
    expect(head).toMatch(/^HTTP\/1\.1 103 /);
    expect(valuesOf(head, "link")).toEqual(["</a.css>; rel=preload"]);
    expect(head).not.toMatch(/x-sallyport-a|keep-alive/);
    expect(body).toMatch(/^HTTP\/1\.1 200 /);
  });

  it("has trailers for who takes them", async () => {
    expect(await get("/trailers", ["te: trailers"])).toMatch(/\r\n0\r\nx-sum: 7\r\n\r\n$/i);
    expect(await get("/trailers")).toMatch(/\r\n0\r\n\r\n$/);
  });

  it.for(["/short", "/cut"])("%s is not taken for a whole one", async (path) => {
    const answer = await get(path);
    expect(answer).toContain("abc");
    const { head, body } = splitMessage(answer);
    if (/transfer-encoding/i.test(head)) expect(dechunk(answer).isWhole).toBe(false);
    else expect(body.length).toBeLessThan(Number(valuesOf(head, "content-length")[0]));
  });

  it("is whole when it is", async () => {
    expect(dechunk(await get("/whole"))).toEqual({ body: "abc", isWhole: true });
  });

  it.for(["/endless-head", "/many-fields", "/nonsense", "/control", "/down/a"])(
    "%s is a 502",
    async (path) => {
      const answer = await get(path);
      expect(answer).toMatch(/^HTTP\/1\.1 502 /);
      expect(valuesOf(splitMessage(answer).head, "content-type")).toEqual(["application/problem+json"]);
      expect(answer).not.toContain("127.0.0.1");
    },
  );

  it("passes piece by piece, and its upstream ends when the client goes", async () => {
    const before = origin.calls().length;
    const client = rawClient(gateway.port);
    client.socket.write(requestText("GET /later"));
    const call = await origin.call(before);
    call.socket.write(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${framed("one")}`);
    await client.until(/one/);
    const wentAt = performance.now();
    client.socket.destroy();
    const tookMs = (await call.closedAt) - wentAt;
    // The specification asks for 100; other work on the machine gets room.
    expect(tookMs).toBeLessThan(1000);
  });

  it("that has not begun ends upstream too when the client goes", async () => {
    const before = origin.calls().length;
    const client = rawClient(gateway.port);
    client.socket.write(requestText("GET /never"));
    const call = await origin.call(before);
    const wentAt = performance.now();
    client.socket.destroy();
    expect((await call.closedAt) - wentAt).toBeLessThan(1000);
  });
});

describe("an upload", () => {
  it("goes on as it comes, and a final answer meanwhile comes back at once", async () => {
    const heard: string[] = [];
    await using early = await rawUpstream();
    await using two = await restGateway(
      `services: { s: { baseUrl: "${early.url}" } }\nroutes: { r: { service: s, path: /*, auth: none } }`,
    );
    const client = rawClient(two.port);
    client.socket.write(requestText("POST /a", ["transfer-encoding: chunked"], framed("first")));
    const call = await early.call(0);
    expect(valuesOf(call.head, "transfer-encoding")).toEqual(["chunked"]);
    call.socket.write(wholeAnswer(403, "no"));
    heard.push(await client.until(/no$/));
    expect(heard[0]).toMatch(/^HTTP\/1\.1 403 /);
    expect(valuesOf(splitMessage(heard[0] ?? "").head, "connection")).toEqual(["close"]);
    await client.closed;
  });

  it("that waits for 100 gets it from the service, and none before its key was looked at", async () => {
    const refused = await rawExchange(gateway.port, {
      send: requestText("POST /keyed/a", ["content-length: 5", "expect: 100-continue"]),
      until: /\r\n\r\n/,
    });
    expect(refused).toMatch(/^HTTP\/1\.1 401 /);
    const before = origin.calls().length;
    const client = rawClient(gateway.port);
    client.socket.write(requestText("POST /later", ["content-length: 5", "expect: 100-continue"]));
    await client.until(/^HTTP\/1\.1 100 /);
    client.socket.write("hello");
    const call = await origin.call(before);
    expect(valuesOf(call.head, "expect")).toEqual(["100-continue"]);
    expect(call.body).toBe("hello");
    call.socket.write(wholeAnswer(200, "done"));
    expect(await client.until(/done$/)).toContain("HTTP/1.1 200 ");
    client.socket.destroy();
  });
});
