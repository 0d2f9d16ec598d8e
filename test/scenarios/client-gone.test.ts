import { connect as connectH2, createServer as createH2Server, type ServerHttp2Stream } from "node:http2";
import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { rawUpstream } from "../support/raw-upstream.ts";
import { nodeOrigin, requestText, restGateway } from "../support/rest-gateway.ts";

const graphql = JSON.stringify({ query: "{ hello }" });
const asks: readonly (readonly [name: string, text: string])[] = [
  ["rest", requestText("GET /rest/a")],
  [
    "graphql",
    requestText(
      "POST /graphql",
      ["content-type: application/json", `content-length: ${graphql.length}`],
      graphql,
    ),
  ],
];

/** Whatever waits for its upstream: the client goes, and nothing of the request is left behind. */
describe("a client that goes while its service is silent", () => {
  it.for(asks)("by %s frees its place and ends the call upstream", async ([, text]) => {
    const asked = Promise.withResolvers<undefined>();
    const ended = Promise.withResolvers<undefined>();
    await using silent = await rawUpstream(({ socket }) => {
      asked.resolve(undefined);
      socket.once("close", () => ended.resolve(undefined));
    });
    await using gateway = await restGateway(`
services: { s: { baseUrl: "${silent.url}" } }
routes:
  rest: { service: s, path: /rest/*, auth: none }
  graphql: { service: s, path: /graphql, auth: none, protocol: graphql }
`);
    const client = connect(gateway.port, "127.0.0.1", () => client.write(text));
    await asked.promise;
    client.destroy();
    await ended.promise;
    await expect.poll(() => gateway.booted.control.state().inFlight).toBe(0);
  });

  it("by gRPC, having sent all it has to say", async () => {
    const asked = Promise.withResolvers<undefined>();
    const ended = Promise.withResolvers<undefined>();
    const origin = createH2Server();
    origin.on("stream", (stream: ServerHttp2Stream) => {
      stream.on("error", () => undefined);
      stream.once("close", () => ended.resolve(undefined));
      stream.respond({ ":status": 200, "content-type": "application/grpc" });
      asked.resolve(undefined);
    });
    await new Promise<void>((resolve) => origin.listen(0, "127.0.0.1", resolve));
    const address = origin.address();
    const port = typeof address === "object" ? address?.port : 0;
    await using gateway = await restGateway(`
services: { s: { baseUrl: "http://127.0.0.1:${port}" } }
routes: { grpc: { service: s, path: /a.B/*, auth: none, protocol: grpc } }
`);
    const session = connectH2(`http://127.0.0.1:${gateway.port}`);
    const stream = session.request({
      ":method": "POST",
      ":path": "/a.B/C",
      "content-type": "application/grpc",
      te: "trailers",
    });
    stream.on("error", () => undefined);
    stream.end(Buffer.from([0, 0, 0, 0, 0]));
    await asked.promise;
    stream.close();
    await ended.promise;
    await expect.poll(() => gateway.booted.control.state().inFlight).toBe(0);
    session.destroy();
    origin.close();
  });

  it("by GraphQL while another of its fetches waits for a slot", async () => {
    const { promise: asked, resolve } = Promise.withResolvers<undefined>();
    await using origin = await nodeOrigin(() => resolve(undefined));
    await using gateway = await restGateway(`
overload: { bulkhead: { targets: { s: { concurrency: 1 } } } }
services: { s: { baseUrl: "${origin.url}" } }
routes: { graphql: { service: s, path: /graphql, auth: none, protocol: graphql } }
`);
    const [, text] = asks[1] ?? ["", ""];
    const first = connect(gateway.port, "127.0.0.1", () => first.write(text));
    await asked;
    const second = connect(gateway.port, "127.0.0.1", () => second.write(text));
    await expect.poll(() => gateway.booted.control.state().inFlight).toBe(2);
    second.destroy();
    await expect.poll(() => gateway.booted.control.state().inFlight).toBe(1);
    first.destroy();
    await expect.poll(() => gateway.booted.control.state().inFlight).toBe(0);
  });
});
