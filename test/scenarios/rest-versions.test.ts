import type { IncomingMessage, ServerResponse } from "node:http";
import {
  createServer as createH2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from "node:http2";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Asked, ask, type Version } from "../support/any-version-client.ts";
import type { BootedGateway } from "../support/booted-gateway.ts";
import { type NodeOrigin, nodeOrigin, restGateway } from "../support/rest-gateway.ts";

/** Says what came, behind early hints. */
function mirror(
  request: IncomingMessage | Http2ServerRequest,
  response: ServerResponse | Http2ServerResponse,
): void {
  let body = "";
  request.on("data", (chunk: Buffer) => (body += chunk.toString()));
  request.on("end", () => {
    response.writeEarlyHints({ link: "</a.css>; rel=preload" });
    response.setHeader("content-type", "application/json");
    const told = JSON.stringify({ body, trailers: request.trailers, trailer: request.headers["trailer"] });
    response.end(told, () => undefined);
  });
}

const two = createH2Server((request, response) => mirror(request, response));
let one: NodeOrigin;
let gateway: BootedGateway;
beforeAll(async () => {
  one = await nodeOrigin((request, response) => mirror(request, response));
  await new Promise<void>((resolve) => two.listen(0, "127.0.0.1", resolve));
  gateway = await restGateway(`
services:
  one: { baseUrl: "${one.url}" }
  two: { baseUrl: "http://127.0.0.1:${(two.address() as AddressInfo).port}", http: "2" }
routes:
  one: { service: one, path: /one, auth: none }
  two: { service: two, path: /two, auth: none }
  set: { service: one, path: /set, auth: none, request: { headers: { set: { x-user: bob }, remove: [x-role] } } }
`);
});
afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]();
  await one[Symbol.asyncDispose]();
  await new Promise((resolve) => two.close(resolve));
});

const legs: readonly (readonly [Version, "/one" | "/two"])[] = [
  ["http/1.1", "/one"],
  ["http/1.1", "/two"],
  ["h2c", "/one"],
  ["h2c", "/two"],
];
const post = (version: Version, path: string, more: Partial<Asked>) =>
  ask(version, gateway.port, { method: "POST", path, body: "hi", ...more });

describe.for(legs)("a client of %s at a service behind %s", ([version, path]) => {
  it("is told the version in which the service has answered, also of interim answers", async () => {
    const { headers, interims } = await post(version, path, {});
    const via = new RegExp(`^${path === "/two" ? "2" : "1\\.1"} sallyport-[0-9a-f]{8}$`);
    expect(headers["via"]).toMatch(via);
    expect(interims.map(({ status }) => status)).toEqual([103]);
    expect(interims[0]?.headers["via"]).toMatch(via);
  });

  it("sends the trailers that it announces, but none that speak of framing, routing or who it is", async () => {
    const trailers = {
      "x-sum": "7",
      authorization: "Bearer x",
      "content-encoding": "br",
      "x-sallyport-a": "b",
    };
    const { body } = await post(version, path, {
      headers: { trailer: Object.keys(trailers).join(", ") },
      trailers,
    });
    expect(JSON.parse(body)).toMatchObject({ body: "hi", trailers: { "x-sum": "7" } });
    expect(Object.keys((JSON.parse(body) as { trailers: object }).trailers)).toEqual(["x-sum"]);
  });
});

it("no client brings behind its body what its route sets or removes", async () => {
  const trailers = { "x-user": "admin", X_User: "admin", "x-role": "root", "x-sum": "7" };
  const headers = { trailer: Object.keys(trailers).join(", ") };
  const { body } = await post("http/1.1", "/set", { headers, trailers });
  expect(JSON.parse(body)).toEqual({ body: "hi", trailers: { "x-sum": "7" }, trailer: "x-sum" });
});

describe("trailers that a client of HTTP/2 does not announce", () => {
  it.for([
    ["/one", {}],
    ["/two", { "x-sum": "7" }],
  ] as const)("%s gets %j", async ([path, expected]) => {
    const { body } = await post("h2c", path, { trailers: { "x-sum": "7" } });
    expect(JSON.parse(body)).toMatchObject({ body: "hi" });
    expect((JSON.parse(body) as { trailers: unknown }).trailers).toEqual(expected);
  });
});
