import { createClient as createSse } from "graphql-sse";
import { createClient as createWs } from "graphql-ws";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { type BootedGateway, bootGateway } from "../support/booted-gateway.ts";
import { runGraphqlAudits } from "../support/graphql-audits.ts";
import { startGraphqlServer } from "../support/graphql-server.ts";

let upstream: Awaited<ReturnType<typeof startGraphqlServer>>;
let gateway: BootedGateway;
let url: string;
let auth: { readonly authorization: string };
beforeAll(async () => {
  upstream = await startGraphqlServer();
  const { origin } = new URL(upstream.url);
  gateway = await bootGateway(`
services:
  hello: { baseUrl: "${origin}" }
routes:
  hello:
    protocol: graphql
    path: /graphql
    service: hello
    graphql: { introspection: { allow: true } }
`);
  url = `http://127.0.0.1:${gateway.port}/graphql`;
  auth = { authorization: `Bearer ${gateway.key}` };
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  upstream.close();
});

describe("a single service behind the gateway", () => {
  it("meets all server audits of graphql-http, with a key and limits", async () => {
    expect(await runGraphqlAudits(url, auth)).toEqual({ count: 61, unmet: [] });
  });

  it("refuses without a key in GraphQL's form", async () => {
    const answer = await fetch(`${url}?query={hello}`);
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: "UNAUTHENTICATED" } }] });
  });

  it("passes a subscription by events to the official client", async () => {
    const client = createSse({ url, headers: auth });
    const seen: unknown[] = [];
    for await (const result of client.iterate({ query: "subscription { count(to: 3) }" })) seen.push(result);
    expect(seen).toEqual([1, 2, 3].map((count) => ({ data: { count } })));
  });

  it("runs operations on a socket of the official client, each held against the limits", async () => {
    class WithKey extends WebSocket {
      constructor(address: string, protocols: string[]) {
        super(address, protocols, { headers: auth });
      }
    }
    const client = createWs({ url: url.replace("http", "ws"), webSocketImpl: WithKey, retryAttempts: 0 });
    const seen: unknown[] = [];
    for await (const result of client.iterate({ query: "subscription { count(to: 3) }" })) seen.push(result);
    expect(seen).toEqual([1, 2, 3].map((count) => ({ data: { count } })));
    for await (const result of client.iterate({ query: "mutation { set }" }))
      expect(result).toEqual({ data: { set: "done" } });
    const tooDeep = async () => {
      for await (const _ of client.iterate({ query: `{ ${"hello ".repeat(3000)} }` })) expect.unreachable();
    };
    await expect(tooDeep()).rejects.toMatchObject([{ extensions: { rule: "tokens" } }]);
    await client.dispose();
  });

  it.for([
    ["tokens", `{ ${"hello ".repeat(3000)} }`],
    ["aliases", `{ ${Array.from({ length: 40 }, (_, index) => `a${index}: hello`).join(" ")} }`],
    ["directives", `{ hello ${"@include(if: true) ".repeat(60)} }`],
  ] as const)("refuses a document with too many %s before anybody is asked", async ([, query]) => {
    const answer = await fetch(url, {
      method: "POST",
      headers: { ...auth, "content-type": "application/json" },
      body: JSON.stringify({ query }),
    });
    expect(answer.status).toBe(400);
  });
});
