import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask } from "../support/any-version-client.ts";
import type { BootedGateway } from "../support/booted-gateway.ts";
import { rawExchange } from "../support/http-client.ts";
import { type RawUpstream, rawUpstream } from "../support/raw-upstream.ts";
import { requestText, restGateway, splitMessage, valuesOf } from "../support/rest-gateway.ts";

let origin: RawUpstream;
let gateway: BootedGateway;

beforeAll(async () => {
  origin = await rawUpstream();
  gateway = await restGateway(`
server: { hosts: ["gate", "127.0.0.1"] }
services:
  up: { baseUrl: "${origin.url}" }
routes:
  orders: { service: up, path: /orders, methods: [GET], auth: none }
  beside: { service: up, path: /v1/orders, methods: [GET], auth: none }
`);
});
afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]();
  await origin[Symbol.asyncDispose]();
});

const closing = ["connection: close"];
const send = async (text: string) =>
  splitMessage(await rawExchange(gateway.port, { send: text, until: /\r\n\r\n\{[^]*\}$/ }));
const long = "a".repeat(9000);
const flood = `x-flood: ${"y".repeat(20_000)}`;

describe("a refusal before a route is known", () => {
  it.for<{ name: string; text: string; status: number; code: string }>([
    { name: "no route", text: requestText("GET /none", closing), status: 404, code: "route_not_found" },
    { name: "a method", text: requestText("POST /orders"), status: 405, code: "method_not_allowed" },
    {
      name: "a method of a service below /v1",
      text: requestText("POST /v1/orders"),
      status: 405,
      code: "method_not_allowed",
    },
    { name: "a target", text: requestText("GET /a%00"), status: 400, code: "malformed_request" },
    {
      name: "a climb above the root",
      text: requestText("GET /../a"),
      status: 400,
      code: "malformed_request",
    },
    { name: "a long path", text: requestText(`GET /${long}`), status: 414, code: "uri_too_long" },
    {
      name: "another host",
      text: "GET /orders HTTP/1.1\r\nhost: other\r\n\r\n",
      status: 421,
      code: "misdirected",
    },
    {
      name: "a large head",
      text: requestText("GET /orders", [flood]),
      status: 431,
      code: "headers_too_large",
    },
    {
      name: "many fields",
      text: requestText("GET /orders", Array<string>(120).fill("x-a: 1")),
      status: 431,
      code: "headers_too_large",
    },
    { name: "what is no HTTP", text: "HELLO\r\n\r\n", status: 400, code: "malformed_request" },
    {
      name: "a doubled singleton",
      text: requestText("GET /orders", ["range: bytes=0-1", "range: bytes=0-9"]),
      status: 400,
      code: "malformed_request",
    },
    { name: "TRACE", text: requestText("TRACE /orders"), status: 405, code: "method_not_allowed" },
  ])("of $name is a problem document", async ({ text, status, code }) => {
    const { head, body } = await send(text);
    expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(valuesOf(head, "content-type")).toEqual(["application/problem+json"]);
    const [id] = valuesOf(head, "x-sallyport-request-id");
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(JSON.parse(body)).toMatchObject({
      type: `urn:sallyport:error:${code}`,
      status,
      code,
      requestId: id,
      instance: `urn:uuid:${id}`,
    });
    expect(valuesOf(head, "x-sallyport-error")).toEqual([code]);
  });

  const ofOpenai = { error: { type: "invalid_request_error" } };
  const ofAnthropic = { type: "error", error: { type: expect.any(String) } };
  const ofGemini = { error: { status: expect.any(String), code: expect.any(Number) } };
  it.for<{ name: string; text: string; status: number; told: object }>([
    { name: "no endpoint", text: requestText("POST /v1/none"), status: 404, told: ofOpenai },
    { name: "a method", text: requestText("DELETE /v1/models"), status: 405, told: ofOpenai },
    { name: "a target", text: requestText("GET //v1/a%00?b=1"), status: 400, told: ofOpenai },
    { name: "a mount", text: requestText("GET /anthropic/a%00"), status: 400, told: ofAnthropic },
    { name: "Gemini's", text: requestText("GET /v1beta/a%00"), status: 400, told: ofGemini },
    {
      name: "Anthropic's client",
      text: requestText("POST /v1/none", ["anthropic-version: 2023-06-01"]),
      status: 404,
      told: ofAnthropic,
    },
    {
      name: "a large head",
      text: requestText("POST /v1/messages", [flood]),
      status: 431,
      told: ofAnthropic,
    },
    {
      name: "a doubled singleton",
      text: requestText("GET /v1/models", ["range: bytes=0-1", "range: bytes=0-9"]),
      status: 400,
      told: ofOpenai,
    },
  ])("below an AI API is told in its dialect: $name", async ({ text, status, told }) => {
    const { head, body } = await send(text);
    expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(valuesOf(head, "content-type")).toEqual(["application/json"]);
    expect(JSON.parse(body)).toMatchObject(told);
  });

  it("is told in HTTP/2 as in HTTP/1.1", async () => {
    const none = await ask("h2c", gateway.port, { path: "/none" });
    expect(none).toMatchObject({ status: 404, headers: { "content-type": "application/problem+json" } });
    const many = Object.fromEntries(Array.from({ length: 140 }, (_, at) => [`x-${at}`, "1"]));
    const flooded = await ask("h2c", gateway.port, { path: "/orders", headers: many });
    expect(flooded).toMatchObject({ status: 431, headers: { "content-type": "application/problem+json" } });
    expect(JSON.parse(flooded.body)).toMatchObject({ code: "headers_too_large", status: 431 });
  });

  it("in gRPC is a status of gRPC", async () => {
    const told = await ask("h2c", gateway.port, {
      method: "POST",
      path: "/a.Service/Method",
      headers: { "content-type": "application/grpc", te: "trailers" },
      body: "",
    });
    expect(told).toMatchObject({ status: 200, headers: { "grpc-status": "12" } });
  });
});
