import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BootedGateway } from "../support/booted-gateway.ts";
import { rawExchange } from "../support/http-client.ts";
import { maliciousRequests } from "../support/malicious-requests.ts";
import { type RawUpstream, rawUpstream, wholeAnswer } from "../support/raw-upstream.ts";
import { requestText, restGateway, valuesOf } from "../support/rest-gateway.ts";

let open: RawUpstream;
let admin: RawUpstream;
let gateway: BootedGateway;

/** All ways to `/admin/x` that have come to mind; none has a key. */
const waysToAdmin: readonly string[] = [
  ...[
    "/admin",
    "/admin/",
    "/admin/x",
    "//admin/x",
    "/./admin/x",
    "/a/../admin/x",
    "/%61dmin/x",
    "/a/%2e%2e/admin/x",
  ],
  ...[
    "/%2e/admin/x",
    "/a/b/../../admin/x",
    "/admin//x",
    "/admin/./x",
    "/admin/y/../x",
    "/admin%2fx",
    "/a/..;/admin/x",
  ],
  ...["/admin;/x", "/ADMIN/x", "/admin/x?key=", "/admin/x?a=/open", "/admin\\x", "/\\admin/x", "/admin%00/x"],
  ...[
    "/%2561dmin/x",
    "/a%2f..%2fadmin/x",
    "/..%2fadmin/x",
    "http://gate.example/admin/x",
    "HTTP://gate.example//admin/x",
  ],
  ...[
    "/admin/%78",
    "/%41dmin/x",
    "/admin%20/x",
    "/admin%09/x",
    "/admin./x",
    "/a/.%2e/admin/x",
    "/admin/x#",
    "/#/../admin/x",
  ],
];
/** Fields by which a reader could be told of another path, host or caller. */
const sayings: readonly string[] = [
  ...[
    "X-Original-URL: /admin/x",
    "X-Rewrite-URL: /admin/x",
    "X_Original_URL: /admin/x",
    "X-Forwarded-Host: admin.example",
  ],
  ...[
    "X-Forwarded-Prefix: /admin",
    "X-HTTP-Method-Override: DELETE",
    "Forwarded: host=admin.example;for=127.0.0.1",
  ],
  ...["X-Sallyport-Key: sp-admin", "X-Forwarded-For: 127.0.0.1", "Connection: close, authorization, host"],
  ...[
    "Connection: x-forwarded-for",
    "Authorization: Bearer sp-wrong",
    "X-Api-Key: sp-wrong",
    "Cookie: key=sp-wrong",
  ],
];

beforeAll(async () => {
  const answer = ({ socket }: { readonly socket: { write: (text: string) => unknown } }): void => {
    socket.write(wholeAnswer(200, "reached"));
  };
  open = await rawUpstream(answer);
  admin = await rawUpstream(answer);
  gateway = await restGateway(`
services:
  open: { baseUrl: "${open.url}" }
  admin: { baseUrl: "${admin.url}" }
routes:
  all: { service: open, path: /*, auth: none }
  admin: { service: admin, path: /admin/* }
`);
});
afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]();
  await open[Symbol.asyncDispose]();
  await admin[Symbol.asyncDispose]();
});

const statusesOf = (answer: string): readonly number[] =>
  [...answer.matchAll(/HTTP\/1\.1 (\d{3}) [A-Z]/g)].map(([, status]) => Number(status));

/** The end of the conversation: the server's, or that of a whole answer. */
const over = /reached$|"code":"[a-z_]+"[^]*\}$/;
const send = (raw: string): Promise<string> =>
  rawExchange(gateway.port, { send: Buffer.from(raw, "latin1"), until: over });

async function recordOf(
  answer: string,
): Promise<{ readonly path: string; readonly route: string | undefined }> {
  const id = /^x-sallyport-request-id: *(\S+)/im.exec(answer)?.[1] ?? "";
  const { requests } = gateway.booted.control;
  const record = await expect
    .poll(() => requests.read(id))
    .toBeDefined()
    .then(() => requests.read(id));
  return { path: record?.path ?? "", route: record?.route };
}

/** Such a fault is behind a head that is good. */
const hasBadChunk = ({ name }: { readonly name: string }): boolean => name.startsWith("a chunk");

describe("malicious requests by sockets", () => {
  it("are a hundred at least", () => {
    expect(maliciousRequests.length + waysToAdmin.length + sayings.length).toBeGreaterThanOrEqual(100);
  });

  it.for(maliciousRequests.filter((one) => !hasBadChunk(one)))(
    "$name",
    async ({ raw, fate, hidden = [] }) => {
      const before = open.calls().length;
      const answer = await send(raw);
      const statuses = statusesOf(answer);
      const seen = open.calls().slice(before);
      expect(admin.calls()).toEqual([]);
      if ("refused" in fate) {
        expect(
          statuses.slice(0, 1).every((status) => fate.refused.includes(status) || isOfTheParser(status)),
        ).toBe(true);
        expect(statuses).toHaveLength(1);
        expect(seen).toEqual([]);
        return;
      }
      if (fate.path.startsWith("/admin")) {
        expect(statuses).toEqual([401]);
        expect(seen).toEqual([]);
        return;
      }
      expect(statuses).toEqual([200]);
      expect(seen.map(({ head }) => head.split(" ")[1])).toEqual([fate.path]);
      expect(seen[0]?.head).not.toContain("spoofed");
      for (const name of hidden)
        if (!/forwarded.for/i.test(name))
          expect(valuesOf(seen[0]?.head ?? "", name.toLowerCase())).toEqual([]);
      expect(valuesOf(seen[0]?.head ?? "", "host")).toEqual([new URL(open.url).host]);
      expect((await recordOf(answer)).path).toBe(fate.path);
    },
  );

  it.for(waysToAdmin)("no way to the guarded service: %s", async (target) => {
    const before = open.calls().length;
    const answer = await send(`GET ${target} HTTP/1.1\r\nHost: gate.example\r\n\r\n`);
    expect(admin.calls()).toEqual([]);
    const [seen] = open.calls().slice(before);
    if (seen === undefined) {
      expect(statusesOf(answer).every((status) => status === 401 || status === 400)).toBe(true);
      return;
    }
    // It went to the open service as what it was logged, and as what cannot be taken for the guarded path.
    const path = seen.head.split(" ")[1]?.split("?", 1)[0] ?? "";
    expect(path).not.toMatch(/^\/+admin(?:\/|$)/);
    expect(await recordOf(answer)).toEqual({ path, route: "all" });
  });

  it.for(sayings)("nothing said beside the path leads there: %s", async (field) => {
    const before = open.calls().length;
    expect(await send(`GET /admin/x HTTP/1.1\r\nHost: gate.example\r\n${field}\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 40[01] /,
    );
    const answer = await send(`GET /a HTTP/1.1\r\nHost: gate.example\r\n${field}\r\n\r\n`);
    expect(statusesOf(answer)).toEqual([200]);
    expect(admin.calls()).toEqual([]);
    const [seen] = open.calls().slice(before);
    expect(seen?.head).toMatch(/^GET \/a HTTP\/1\.1\r\n/);
    expect(seen?.head).not.toMatch(/\/admin|admin\.example|sp-admin|method.override/i);
    expect(await recordOf(answer)).toEqual({ path: "/a", route: "all" });
  });

  it("no request hides in the body of another", async () => {
    const hidden = "GET /admin/x HTTP/1.1\r\nHost: gate\r\n\r\n";
    const before = open.calls().length;
    const answer = await send(requestText("POST /a", [`content-length: ${hidden.length}`], hidden));
    expect(statusesOf(answer)).toEqual([200]);
    expect(
      open
        .calls()
        .slice(before)
        .map(({ body }) => body),
    ).toEqual([hidden]);
    expect(admin.calls()).toEqual([]);
  });

  it("one behind another is judged by itself", async () => {
    const answer = await rawExchange(gateway.port, {
      send: requestText("GET /a") + requestText("GET /admin/x", ["connection: close"]),
    });
    expect(statusesOf(answer)).toEqual([200, 401]);
    expect(admin.calls()).toEqual([]);
  });
});

describe("a body whose chunks are malformed", () => {
  it.for(maliciousRequests.filter(hasBadChunk))("is never whole at a service: $name", async ({ raw }) => {
    await using origin = await rawUpstream();
    await using gate = await restGateway(
      `services: { s: { baseUrl: "${origin.url}" } }\nroutes: { r: { service: s, path: /*, auth: none } }`,
    );
    const answer = await rawExchange(gate.port, { send: Buffer.from(raw, "latin1") });
    expect(statusesOf(answer)).toEqual([400]);
    // Its head may have gone up before the body was read: then it broke off there.
    await expect.poll(origin.connections).toBe(0);
    for (const { head } of origin.calls()) expect(head).toMatch(/^POST \/a HTTP/);
  });
});

/** What the HTTP parser refuses before any of ours is asked. */
const isOfTheParser = (status: number): boolean => [400, 414, 431, 505].includes(status);
