import { describe, expect, it } from "vitest";
import { plainInbound, plainReply } from "../../test/support/plain-inbound.ts";
import { GatewayError } from "../kernel/errors.ts";
import { openAdmin } from "./admin.test-support.ts";
import { createAdmin } from "./create-admin.ts";
import { ask } from "./inbound.test-support.ts";

describe("probes", () => {
  it.for([
    { name: "a gateway at work", state: {}, readyz: [200, "ready\n"], startupz: 200 },
    { name: "a draining gateway", state: { isDraining: true }, readyz: [503, "draining\n"], startupz: 200 },
    {
      name: "a gateway without a configuration yet",
      state: { generation: 0 },
      readyz: [503, "starting\n"],
      startupz: 503,
    },
    {
      name: "a degraded gateway",
      state: { degraded: ["config: the newest file is not valid", "config: again", "log: disk full"] },
      readyz: [200, "ready\ndegraded: config\ndegraded: log\n"],
      startupz: 200,
    },
  ])("$name", async ({ state, readyz, startupz }) => {
    const { asStranger, control } = openAdmin();
    control.change(state);
    const ready = await asStranger({ target: "/readyz" });
    expect([ready.status, ready.text]).toEqual(readyz);
    expect((await asStranger({ target: "/startupz" })).status).toBe(startupz);
    expect((await asStranger({ target: "/livez" })).status).toBe(200);
    const verbose = await asStranger({ target: "/readyz?verbose" });
    expect(verbose.status).toBe(readyz[0]);
    const { generation, degraded } = control.state();
    expect(verbose.json()).toMatchObject({
      state: ready.text.split("\n", 1)[0],
      generation,
      degraded,
      version: "0.1.0",
    });
  });

  it("are kept by no cache and leave no log line", async () => {
    const { asStranger, logger } = openAdmin();
    expect((await asStranger({ target: "/livez" })).headers.get("cache-control")).toBe("no-store");
    expect(logger.lines()).toEqual([]);
  });
});

describe("the dashboard's files", () => {
  it("come with their caching, their tag and a strict content policy", async () => {
    const { asStranger } = openAdmin();
    const index = await asStranger({ target: "/index.html" });
    expect([index.status, index.text, index.headers.get("cache-control")]).toEqual([
      200,
      "index",
      "no-cache",
    ]);
    expect(index.headers.get("content-security-policy")).toMatch(
      /^default-src 'self';.*frame-ancestors 'none'/,
    );
    expect(index.headers.get("x-content-type-options")).toBe("nosniff");
    expect(index.headers.get("x-frame-options")).toBe("DENY");
    const script = await asStranger({ target: "/assets/app-1a2b.js" });
    expect(script.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  });

  it.for(['"index"', 'W/"index"', '"other", "index"', "*"])(
    "are not sent again to who has %s",
    async (known) => {
      const given = await openAdmin().asStranger({ target: "/", headers: { "if-none-match": known } });
      expect([given.status, given.text, given.headers.get("etag")]).toEqual([304, "", '"index"']);
    },
  );

  it("are sent again to who has another version", async () => {
    const given = await openAdmin().asStranger({ target: "/", headers: { "if-none-match": '"index2"' } });
    expect(given.status).toBe(200);
  });

  it.for(["/", "/requests", "/requests/0198b2c4", "/?code=x", "/apiary"])(
    "%s is the dashboard itself",
    async (target) => {
      expect((await openAdmin().asStranger({ target })).text).toBe("index");
    },
  );

  it.for([
    "/assets/gone.js",
    "/favicon.ico",
    "/../secret",
    "/%2e%2e/secret",
    "/a/../secret",
    "//secret",
    "/.env",
    "/a\\b",
  ])("%s is no file", async (target) => {
    expect((await openAdmin().asStranger({ target })).status).toBe(404);
  });
});

describe("a failure", () => {
  it("is told without its cause, which is in the log under the request's id", async () => {
    const { control, time, logger, random, host } = {
      ...openAdmin(),
      random: { bytes: () => new Uint8Array(10) },
      host: "",
    };
    const broken = {
      ...control,
      models: () => {
        throw new TypeError("the secret is s3cret");
      },
    };
    const handler = createAdmin({
      control: broken,
      clock: time.clock,
      random,
      logger,
      assets: () => undefined,
      version: host,
      dataUrl: "",
    });
    const given = await ask(handler, {
      target: "/api/gateway/models",
      headers: { authorization: `Bearer ${control.adminToken}` },
    });
    expect(given.status).toBe(500);
    expect(given.text).not.toContain("s3cret");
    const { requestId } = Object(given.json());
    const [line] = logger.lines();
    expect(line).toMatchObject({
      level: "error",
      fields: { requestId, code: "internal", stack: expect.stringContaining("s3cret") },
    });
  });

  it("of the store is 503 and may be tried again", async () => {
    const { control, time, logger } = openAdmin();
    const create = () => Promise.reject(new GatewayError("storage_unavailable", "disk full"));
    const handler = createAdmin({
      control: { ...control, keys: { ...control.keys, create } },
      clock: time.clock,
      random: { bytes: () => new Uint8Array(10) },
      logger,
      assets: () => undefined,
      version: "",
      dataUrl: "",
    });
    const headers = { authorization: `Bearer ${control.adminToken}` };
    const given = await ask(handler, {
      method: "POST",
      target: "/api/gateway/keys",
      body: '{"name":"x"}',
      headers,
    });
    expect([given.status, given.headers.get("x-sallyport-error")]).toEqual([503, "storage_unavailable"]);
    expect((await ask(handler, { target: "/" })).status).toBe(404);
  });

  it("of a client that went away has nobody to be told to", async () => {
    const { handler, control, logger } = openAdmin();
    const broken = await new Promise<string>((resolve, reject) => {
      const unexpected = () => reject(new Error("the client was answered"));
      const headers = new Map([
        ["authorization", `Bearer ${control.adminToken}`],
        ["content-type", "application/json"],
      ]);
      handler({
        ...plainInbound,
        method: "POST",
        target: "/api/gateway/keys",
        rawHeaders: [...headers].flat(),
        header: (name) => headers.get(name),
        remoteAddress: "127.0.0.1",
        httpVersion: "1.1",
        readBody: () => Promise.reject(new GatewayError("client_closed", "gone")),
        streamBody: () => undefined,
        reply: {
          ...plainReply,
          whole: unexpected,
          head: unexpected,
          write: () => true,
          end: unexpected,
          destroy: () => resolve("broken off"),
          onDrain: () => undefined,
          onGone: () => () => undefined,
          onSent: () => undefined,
        },
      });
    });
    expect(broken).toBe("broken off");
    expect(logger.lines()).toEqual([]);
  });
});
