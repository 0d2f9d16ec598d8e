import { once } from "node:events";
import { createServer } from "node:http";
import { createServer as createPlainServer } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type BootedGateway, bootGateway } from "../support/booted-gateway.ts";
import { compose } from "../support/federation/federation.ts";
import { ask, gatewayOver } from "../support/federation/gateway.ts";

/** How each request is met, in order; the last one for all that follow. */
type Way = "break" | "answer" | "busy";
let ways: readonly Way[] = ["answer"];
let met: string[] = [];
const server = createServer((request, response) => {
  let text = "";
  request.on("data", (chunk) => {
    text += String(chunk);
  });
  request.on("end", () => {
    const way = ways[Math.min(met.length, ways.length - 1)];
    met.push(text);
    if (way === "break") return void request.socket.destroy();
    response.writeHead(way === "busy" ? 503 : 200, { "content-type": "application/json" });
    response.end('{"data":{"one":1},"extensions":{"took":7}}');
  });
});
/** Takes connections and ends them. */
const broken = createPlainServer((socket) => socket.destroy());

const portOf = (listening: { readonly address: () => unknown }): number => {
  const address: unknown = listening.address();
  return typeof address === "object" && address !== null && "port" in address ? Number(address.port) : 0;
};

const sdl = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key"])
  type Query { one: Int } type Mutation { one: Int }`;
let single: BootedGateway;
let federated: BootedGateway;
let pairs: readonly BootedGateway[];
const singleAt = (service: string) =>
  bootGateway(`
services:
  only: ${service}
routes:
  graph: { protocol: graphql, path: /graphql, service: only }
`);
beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  broken.listen(0, "127.0.0.1");
  await Promise.all([once(server, "listening"), once(broken, "listening")]);
  const url = `http://127.0.0.1:${portOf(server)}`;
  single = await singleAt(`{ baseUrl: "${url}" }`);
  federated = await gatewayOver({ supergraph: compose({ only: sdl }, { only: url }), urls: { only: url } });
  const bad = `http://127.0.0.1:${portOf(broken)}`;
  // A key always goes to the same name: of these two services one is broken there.
  const pairOf = (one: string, other: string) =>
    singleAt(
      `{ endpoints: [{ name: a, baseUrl: "${one}" }, { name: b, baseUrl: "${other}" }], balance: consistent-hash }`,
    );
  pairs = [await pairOf(bad, url), await pairOf(url, bad)];
});
afterAll(async () => {
  await Promise.all([single, federated, ...pairs].map((one) => one[Symbol.asyncDispose]()));
  server.close();
  broken.close();
});
beforeEach(() => {
  met = [];
});

const right = { data: { one: 1 } };

describe.each(["single", "federated"])(
  "a %s service whose connection breaks before it has answered",
  (kind) => {
    const gateway = () => (kind === "single" ? single : federated);

    it("is asked a query once more", async () => {
      ways = ["break", "answer"];
      expect(await ask(gateway(), "{ one }", undefined)).toMatchObject(right);
      expect(met).toHaveLength(2);
      expect(met[0]).toBe(met[1]);
    });

    it("is asked a query no more than twice", async () => {
      ways = ["break"];
      expect(await ask(gateway(), "{ one }", undefined)).toMatchObject({ errors: [{}] });
      expect(met).toHaveLength(2);
    });

    it("is asked a mutation once", async () => {
      ways = ["break", "answer"];
      expect(await ask(gateway(), "mutation { one }", undefined)).toMatchObject({ errors: [{}] });
      expect(met).toHaveLength(1);
    });
  },
);

it("what a service has answered stands, whatever it says", async () => {
  ways = ["busy", "answer"];
  await ask(single, "{ one }", undefined);
  expect(met).toHaveLength(1);
});

it("a query is asked at another address when the first is broken", async () => {
  ways = ["answer"];
  for (const pair of pairs) expect(await ask(pair, "{ one }", undefined)).toMatchObject(right);
  const records = await Promise.all(pairs.map((pair) => pair.records(1)));
  const tries = records.map(([record]) => (record?.attempts ?? []).map(({ status }) => status));
  expect(tries.toSorted((one, other) => one.length - other.length)).toEqual([[200], [null, 200]]);
});

it("extensions of a single service go to the client, those of a subgraph do not; answers differ by Accept", async () => {
  ways = ["answer"];
  expect(await ask(single, "{ one }", undefined)).toEqual({ ...right, extensions: { took: 7 } });
  expect(await ask(federated, "{ one }", undefined)).toEqual(right);
  for (const accept of ["application/json", "application/graphql-response+json", "text/event-stream"]) {
    const answer = await fetch(`http://127.0.0.1:${single.port}/graphql?query={one}`, {
      headers: { authorization: `Bearer ${single.key}`, accept },
    });
    expect(answer.headers.get("vary")).toBe("accept");
    expect(answer.headers.get("content-type")).toBe(`${accept}; charset=utf-8`);
    await answer.text();
  }
});
