import { describe, expect, it } from "vitest";
import { openAdmin } from "./admin.test-support.ts";

const here = "http://127.0.0.1:7228";
const session = "/api/gateway/session";

describe("a session", () => {
  const body = (code: string): string => JSON.stringify({ code });

  it("begins with the one-time code, in a cookie that scripts and other sites do not see", async () => {
    const { asStranger, control } = openAdmin();
    const given = await asStranger({ method: "POST", target: session, body: body(control.code) });
    expect(given.status).toBe(201);
    expect(given.headers.get("set-cookie")).toBe(
      "sallyport_session=session-token-1; Path=/; HttpOnly; SameSite=Strict; Max-Age=28800",
    );
    expect(given.text).not.toContain("session-token");
  });

  it("travels by TLS alone where the browser came by TLS", async () => {
    const { asStranger, control } = openAdmin();
    const headers = {
      host: "admin.example",
      origin: "https://admin.example",
      "sec-fetch-site": "same-origin",
    };
    const given = await asStranger({ method: "POST", target: session, body: body(control.code), headers });
    expect(given.headers.get("set-cookie")).toBe(
      "__Host-sallyport=session-token-1; Path=/; HttpOnly; SameSite=Strict; Max-Age=28800; Secure",
    );
  });

  it("away from this machine is known by the cookie that only this host can set, never by one that a sibling can plant", async () => {
    const { asStranger, control } = openAdmin();
    const headers = { host: "admin.example", "sec-fetch-site": "same-origin" };
    const given = await asStranger({ method: "POST", target: session, body: body(control.code), headers });
    const cookie = given.headers.get("set-cookie")?.split(";")[0] ?? "";
    const planted = cookie.replace("__Host-sallyport", "sallyport_session");
    const read = async (value: string) =>
      (await asStranger({ target: session, headers: { ...headers, cookie: value } })).status;
    expect(await read(planted)).toBe(401);
    expect(await read(`sallyport_session=planted; ${cookie}`)).toBe(200);
    const out = await asStranger({ method: "DELETE", target: session, headers: { ...headers, cookie } });
    expect(out.headers.get("set-cookie")).toBe(
      "__Host-sallyport=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0; Secure",
    );
  });

  it("begins once with each code", async () => {
    const { asStranger, control } = openAdmin();
    const attempt = () => asStranger({ method: "POST", target: session, body: body(control.code) });
    expect((await attempt()).status).toBe(201);
    const second = await attempt();
    expect(second.status).toBe(401);
    expect(second.headers.has("set-cookie")).toBe(false);
  });

  it("does not begin on another site's behalf", async () => {
    const { asStranger, control } = openAdmin();
    const headers = { origin: "https://evil.example" };
    const given = await asStranger({ method: "POST", target: session, body: body(control.code), headers });
    expect(given.status).toBe(403);
    expect(control.session.redeem(control.code)).toBeDefined();
  });

  it("opens the API and ends at sign-out", async () => {
    const { asStranger, signIn } = openAdmin();
    const cookie = await signIn();
    const read = { target: session, headers: { cookie: `theme=dark; ${cookie}` } };
    expect((await asStranger(read)).json()).toMatchObject({ data: { kind: "session" } });
    const out = await asStranger({ method: "DELETE", target: session, headers: { cookie, origin: here } });
    expect(out.status).toBe(200);
    expect(out.headers.get("set-cookie")).toBe(
      "sallyport_session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0",
    );
    expect((await asStranger(read)).status).toBe(401);
  });

  it.for([
    { name: "by our own page", headers: { origin: here }, status: 200 },
    {
      name: "by our own page, told by fetch metadata alone",
      headers: { "sec-fetch-site": "same-origin" },
      status: 200,
    },
    { name: "by another site", headers: { origin: "https://evil.example" }, status: 403 },
    { name: "by another port of this machine", headers: { origin: "http://127.0.0.1:7227" }, status: 403 },
    { name: "by a sandboxed frame", headers: { origin: "null" }, status: 403 },
    {
      name: "by another site, told by fetch metadata",
      headers: { "sec-fetch-site": "cross-site" },
      status: 403,
    },
    { name: "by a sibling site", headers: { origin: here, "sec-fetch-site": "same-site" }, status: 403 },
    { name: "without any proof of where it is from", headers: {}, status: 403 },
  ])("may change things $name: $status", async ({ headers, status }) => {
    const { asStranger, signIn, control } = openAdmin();
    const cookie = await signIn();
    const given = await asStranger({
      method: "POST",
      target: "/api/gateway/config/reload",
      headers: { cookie, ...headers },
    });
    expect(given.status).toBe(status);
    expect(control.calls.reloads).toBe(status === 200 ? 1 : 0);
  });
});

describe("wrong credentials", () => {
  it("are held up after 20 from one address, right ones are not", async () => {
    const { asStranger, asAdmin, time } = openAdmin();
    const wrong = (address: string) =>
      asStranger({ target: "/api/gateway/stats", headers: { authorization: "Bearer wrong" }, address });
    for (let tries = 0; tries < 20; tries += 1) expect((await wrong("10.0.0.1")).status).toBe(401);
    const held = await wrong("10.0.0.1");
    expect([held.status, held.headers.get("retry-after")]).toEqual([429, "60"]);
    expect((await wrong("10.0.0.2")).status).toBe(401);
    expect((await asAdmin({ target: "/api/gateway/stats", address: "10.0.0.1" })).status).toBe(200);
    time.advance(59_999);
    expect((await wrong("10.0.0.1")).status).toBe(429);
    time.advance(1);
    expect((await wrong("10.0.0.1")).status).toBe(401);
  });

  it("count at sign-in too", async () => {
    const { asStranger } = openAdmin();
    const wrong = () => asStranger({ method: "POST", target: session, body: '{"code":"wrong"}' });
    for (let tries = 0; tries < 20; tries += 1) expect((await wrong()).status).toBe(401);
    expect((await wrong()).status).toBe(429);
  });

  it("do not count when there are none: a page left open is no attack", async () => {
    const { asStranger } = openAdmin();
    for (let tries = 0; tries < 25; tries += 1) {
      expect((await asStranger({ target: "/api/gateway/stats" })).status).toBe(401);
    }
  });
});
