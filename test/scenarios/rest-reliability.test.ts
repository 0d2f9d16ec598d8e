import { createServer as createH2Server } from "node:http2";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import { describe, expect, it } from "vitest";
import { testAuthority } from "../support/certificates.ts";
import { rawExchange } from "../support/http-client.ts";
import { rawUpstream, wholeAnswer } from "../support/raw-upstream.ts";
import { deadPort, requestText, restGateway, splitMessage, valuesOf } from "../support/rest-gateway.ts";

const ask = (port: number, line: string, head: readonly string[] = [], body = ""): Promise<string> =>
  rawExchange(port, { send: requestText(line, ["connection: close", ...head], body) });

const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);

describe("a service at two addresses", () => {
  it("is asked at the other when one is dead", async () => {
    await using live = await rawUpstream(({ socket }) => socket.write(wholeAnswer(200, "live")));
    await using gateway = await restGateway(`
services: { pair: { endpoints: [{ baseUrl: "http://127.0.0.1:${await deadPort()}" }, { baseUrl: "${live.url}" }] } }
routes: { r: { service: pair, path: /*, auth: none } }
`);
    for (let count = 0; count < 6; count += 1) {
      expect(statusOf(await ask(gateway.port, "GET /a"))).toBe(200);
      // What was never sent may go elsewhere, by any method.
      expect(statusOf(await ask(gateway.port, "POST /a", ["content-length: 2"], "hi"))).toBe(200);
    }
    expect(live.calls()).toHaveLength(12);
    expect(live.calls().every(({ head, body }) => head.startsWith("GET") || body === "hi")).toBe(true);
  });

  it.for([
    ["GET /a", [], 2],
    ["PUT /a", [], 2],
    ["POST /a", [], 1],
    ["PATCH /a", [], 1],
    ["POST /a", ["idempotency-key: 1"], 2],
  ] as const)("that break off is asked %s %j this often: %i", async ([line, head, count]) => {
    await using one = await rawUpstream(({ socket }) => socket.destroy());
    await using two = await rawUpstream(({ socket }) => socket.destroy());
    await using gateway = await restGateway(`
services: { pair: { endpoints: [{ baseUrl: "${one.url}" }, { baseUrl: "${two.url}" }] } }
routes: { r: { service: pair, path: /*, auth: none } }
`);
    const answer = await ask(gateway.port, line, [...head, "content-length: 2"], "hi");
    expect(statusOf(answer)).toBe(502);
    expect(one.calls().length + two.calls().length).toBe(count);
  });
});

it("a service that fails is left alone, and its clients are told for how long", async () => {
  await using broken = await rawUpstream(({ socket }) => socket.write(wholeAnswer(500, "no")));
  await using gateway = await restGateway(`
services: { s: { baseUrl: "${broken.url}" } }
routes: { r: { service: s, path: /*, auth: none } }
`);
  const answers: string[] = [];
  for (let count = 0; count < 60; count += 1) answers.push(await ask(gateway.port, "POST /a"));
  const refused = answers.filter((answer) => statusOf(answer) === 503);
  expect(answers.map(statusOf).slice(0, 3)).toEqual([500, 500, 500]);
  expect(refused.length).toBeGreaterThan(0);
  const { head } = splitMessage(refused[0] ?? "");
  expect(Number(valuesOf(head, "retry-after")[0])).toBeGreaterThan(0);
  expect(valuesOf(head, "x-sallyport-error")).toEqual(["circuit_open"]);
  expect(broken.calls().length).toBeLessThan(60);
});

it("a client whose body is too large says nothing against the service", async () => {
  await using live = await rawUpstream(({ socket }) => socket.write(wholeAnswer(200, "live")));
  await using gateway = await restGateway(`
services: { s: { baseUrl: "${live.url}" } }
routes: { r: { service: s, path: /*, auth: none, bodyBytesMax: 3 } }
`);
  const answers: string[] = [];
  for (let count = 0; count < 60; count += 1)
    answers.push(
      await ask(gateway.port, "PUT /a", ["transfer-encoding: chunked"], "5\r\nhello\r\n0\r\n\r\n"),
    );
  expect(answers.map(statusOf)).toEqual(Array.from({ length: 60 }, () => 413));
  expect(statusOf(await ask(gateway.port, "PUT /a", ["content-length: 2"], "hi"))).toBe(200);
});

describe("a service behind TLS", () => {
  it("is known by its certificate, and knows the gateway by its", async () => {
    using authority = testAuthority();
    const server = authority.issue("server", ["DNS:orders.example"]);
    const client = authority.issue("gateway", ["DNS:gate.example"]);
    const origin = createTlsServer(
      { ...server, ca: authority.ca, requestCert: true, rejectUnauthorized: true },
      (request, response) =>
        response.end((request.socket as TLSSocket).getPeerCertificate().subject.CN ?? "nobody"),
    );
    await new Promise<void>((resolve) => origin.listen(0, "127.0.0.1", resolve));
    const { port } = origin.address() as AddressInfo;
    const url = `https://127.0.0.1:${port}`;
    const quoted = (text: string): string => JSON.stringify(text);
    await using gateway = await restGateway(`
allowLiteralSecrets: true
services:
  known: { baseUrl: "${url}", tls: { ca: ${quoted(authority.ca)}, cert: ${quoted(client.cert)}, key: ${quoted(client.key)}, serverName: orders.example } }
  anonymous: { baseUrl: "${url}", tls: { ca: ${quoted(authority.ca)}, serverName: orders.example } }
  misnamed: { baseUrl: "${url}", tls: { ca: ${quoted(authority.ca)}, cert: ${quoted(client.cert)}, key: ${quoted(client.key)}, serverName: other.example } }
  unknown: { baseUrl: "${url}", tls: { cert: ${quoted(client.cert)}, key: ${quoted(client.key)}, serverName: orders.example } }
routes:
  known: { service: known, path: /known, auth: none }
  anonymous: { service: anonymous, path: /anonymous, auth: none }
  misnamed: { service: misnamed, path: /misnamed, auth: none }
  unknown: { service: unknown, path: /unknown, auth: none }
`);
    expect(await ask(gateway.port, "GET /known")).toMatch(/^HTTP\/1\.1 200 [^]*gateway/);
    for (const path of ["/anonymous", "/misnamed", "/unknown"])
      expect(statusOf(await ask(gateway.port, `GET ${path}`))).toBe(502);
    origin.closeAllConnections();
    await new Promise((resolve) => origin.close(resolve));
  });
});

it("a service is spoken to by HTTP/2, trailers and all", async () => {
  const origin = createH2Server((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      response.setHeader("x-authority", request.authority);
      response.addTrailers({ "x-sum": "7", authorization: "no" });
      response.end(
        `${request.httpVersion} ${request.method} ${request.url} ${Buffer.concat(pieces)} ${request.trailers["x-up"] ?? ""}`,
      );
    });
  });
  await new Promise<void>((resolve) => origin.listen(0, "127.0.0.1", resolve));
  const { port } = origin.address() as AddressInfo;
  await using gateway = await restGateway(`
services: { s: { baseUrl: "http://127.0.0.1:${port}", http: "2" } }
routes: { r: { service: s, path: /*, auth: none } }
`);
  const answer = await ask(
    gateway.port,
    "POST /a?b=1",
    ["te: trailers", "trailer: x-up", "transfer-encoding: chunked"],
    "5\r\nhello\r\n0\r\nx-up: 3\r\nhost: evil\r\n\r\n",
  );
  expect(answer).toContain("2.0 POST /a?b=1 hello 3");
  expect(answer).toMatch(/\r\n0\r\nx-sum: 7\r\n\r\n$/i);
  expect(valuesOf(splitMessage(answer).head, "x-authority")).toEqual([`127.0.0.1:${port}`]);
  expect(await ask(gateway.port, "HEAD /a")).toMatch(/^HTTP\/1\.1 200 [^]*\r\n\r\n$/);
  await gateway.booted.close(0);
  origin.close();
});

it("a service of a forbidden place is not asked", async () => {
  await using far = await rawUpstream(({ socket }) => socket.write(wholeAnswer(200, "far")));
  await using gateway = await restGateway(`
services: { s: { baseUrl: "${far.url}", region: us-east-1 } }
routes: { r: { service: s, path: /*, auth: none } }
`);
  expect(statusOf(await ask(gateway.port, "GET /a"))).toBe(200);
  const bound = await ask(gateway.port, "GET /a", ["x-sallyport-region: eu"]);
  expect(statusOf(bound)).toBe(400);
  expect(valuesOf(splitMessage(bound).head, "x-sallyport-error")).toEqual(["constraints_unsatisfiable"]);
  expect(far.calls()).toHaveLength(1);
});
