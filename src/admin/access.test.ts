import { describe, expect, it } from "vitest";
import { openAdmin } from "./admin.test-support.ts";
import { guardedRoutes } from "./plain-routes.ts";

const session = "/api/gateway/session";

describe("a caller without a credential", () => {
  const closed = guardedRoutes.filter(({ permission }) => permission !== "public");

  it("is turned away at all routes but four", () => {
    const open = guardedRoutes.filter(({ permission }) => permission === "public");
    expect(open.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "POST /api/gateway/session",
      "GET /livez",
      "GET /startupz",
      "GET /readyz",
    ]);
    expect(closed.length).toBeGreaterThan(20);
  });

  it.for(closed)("gets 401 from $method $path", async ({ method, path }) => {
    const { asStranger, control } = openAdmin();
    const body = method === "POST" ? { body: '{"name":"x","text":"x"}' } : {};
    const given = await asStranger({ method, target: path.replace("{id}", "key_1"), ...body });
    expect(given.status).toBe(401);
    expect(given.headers.get("www-authenticate")).toBe('Bearer realm="sallyport"');
    expect(given.json()).toMatchObject({ status: "error", error: { code: "unauthenticated" } });
    expect(control.keys.list()).toEqual([]);
    expect(control.calls).toEqual({ reloads: 0, planned: [] });
  });

  it.for(["/api", "/api/", "/api/gateway/nothing", "/api/v2/keys"])(
    "cannot tell %s from a real route",
    async (target) => {
      const { asStranger } = openAdmin();
      const [unknown, real] = [
        await asStranger({ target }),
        await asStranger({ target: "/api/gateway/stats" }),
      ];
      const told = ({ status, json }: typeof real) => ({
        status,
        answer: { ...Object(json()), requestId: "" },
      });
      expect(told(unknown)).toEqual(told(real));
    },
  );

  it("cannot tell a wrong method from a right one", async () => {
    expect((await openAdmin().asStranger({ method: "PUT", target: "/api/gateway/stats" })).status).toBe(401);
  });
});

describe("a bearer token", () => {
  it.for([
    { name: "a wrong token", authorization: "Bearer wrong" },
    { name: "no token", authorization: "Bearer " },
    { name: "another scheme", authorization: "Basic admin-token-of-the-test" },
    { name: "two tokens", authorization: "Bearer admin-token-of-the-test x" },
    { name: "a token of 513 characters", authorization: `Bearer ${"x".repeat(513)}` },
  ])("is refused: $name", async ({ authorization }) => {
    expect(
      (await openAdmin().asStranger({ target: "/api/gateway/stats", headers: { authorization } })).status,
    ).toBe(401);
  });

  it("opens the API under any host name, as a scraper inside a cluster needs it", async () => {
    const given = await openAdmin().asAdmin({
      target: "/metrics",
      headers: { host: "pod-7.cluster.local:7228" },
    });
    expect(given.status).toBe(200);
    expect(given.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(given.text).toContain("app_x 1\n");
  });

  it("goes before a cookie: a wrong one is not saved by a good session", async () => {
    const { asStranger, signIn } = openAdmin();
    const headers = { cookie: await signIn(), authorization: "Bearer wrong" };
    expect((await asStranger({ target: "/api/gateway/stats", headers })).status).toBe(401);
  });

  it("has no session to end", async () => {
    const given = await openAdmin().asAdmin({ method: "DELETE", target: session });
    expect(given.status).toBe(409);
  });
});

describe("the host of a request", () => {
  it.for([
    { host: "127.0.0.1:7228", status: 200 },
    { host: "LOCALHOST:7228", status: 200 },
    { host: "dash.localhost", status: 200 },
    { host: "[::1]:7228", status: 200 },
    { host: "10.1.2.3", status: 200 },
    { host: "admin.example:443", status: 200 },
    { host: "evil.example", status: 421 },
    { host: "127.0.0.1.evil.example", status: 421 },
    { host: "notlocalhost", status: 421 },
    { host: "admin.example.evil.example", status: 421 },
    { host: undefined, status: 421 },
  ])("$host: $status", async ({ host, status }) => {
    for (const target of ["/readyz?verbose", "/", "/livez"]) {
      expect((await openAdmin().asStranger({ target, headers: { host } })).status).toBe(status);
    }
  });

  it("is checked for sessions and sign-ins", async () => {
    const { asStranger, signIn, control } = openAdmin();
    const headers = { host: "evil.example", cookie: await signIn() };
    expect((await asStranger({ target: "/api/gateway/stats", headers })).status).toBe(421);
    const body = JSON.stringify({ code: control.code });
    expect((await asStranger({ method: "POST", target: session, headers, body })).status).toBe(421);
  });
});
