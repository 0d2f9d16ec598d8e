import { describe, expect, it } from "vitest";
import { openAdmin } from "./admin.test-support.ts";
import { components } from "./schemas.ts";

describe("a request that an admin route cannot take", () => {
  it.for([
    { name: "an unknown path", target: "/api/gateway/nothing", status: 404, code: "route_not_found" },
    { name: "an unknown path under /api", target: "/api", status: 404, code: "route_not_found" },
    { name: "a trailing slash", target: "/api/gateway/stats/", status: 404, code: "route_not_found" },
    { name: "a doubled slash", target: "/api//gateway/stats", status: 404, code: "route_not_found" },
    {
      name: "a broken escape in an id",
      target: "/api/gateway/requests/%zz",
      status: 404,
      code: "route_not_found",
    },
    { name: "an empty id", target: "/api/gateway/requests/", status: 404, code: "route_not_found" },
    {
      name: "an id of two segments",
      target: "/api/gateway/requests/a/b",
      status: 404,
      code: "route_not_found",
    },
    {
      name: "an id that nothing has",
      target: "/api/gateway/requests/x",
      status: 404,
      code: "route_not_found",
      param: "id",
    },
    {
      name: "a key that nobody has",
      method: "DELETE",
      target: "/api/gateway/keys/x",
      status: 404,
      code: "route_not_found",
      param: "id",
    },
    {
      name: "a quirk that was never learned",
      method: "PUT",
      target: "/api/gateway/quirks/x",
      body: JSON.stringify({ state: "pinned" }),
      status: 404,
      code: "route_not_found",
      param: "id",
    },
    {
      name: "a state that no quirk has",
      method: "PUT",
      target: "/api/gateway/quirks/x",
      body: JSON.stringify({ state: "forgotten" }),
      status: 400,
      code: "malformed_request",
      param: "state",
    },
    {
      name: "minutes above 60",
      target: "/api/gateway/series?minutes=61",
      status: 400,
      code: "malformed_request",
      param: "minutes",
    },
    {
      name: "a budget of 0",
      target: "/api/gateway/costs/forecast?budgetUsd=0",
      status: 400,
      code: "malformed_request",
      param: "budgetUsd",
    },
    {
      name: "a budget that is no number",
      target: "/api/gateway/costs/forecast?budgetUsd=ten",
      status: 400,
      code: "malformed_request",
      param: "budgetUsd",
    },
    {
      name: "minutes that are no number",
      target: "/api/gateway/series?minutes=x",
      status: 400,
      code: "malformed_request",
      param: "minutes",
    },
    {
      name: "a limit of 0",
      target: "/api/gateway/requests?limit=0",
      status: 400,
      code: "malformed_request",
      param: "limit",
    },
    {
      name: "an unknown status",
      target: "/api/gateway/requests?status=odd",
      status: 400,
      code: "malformed_request",
      param: "status",
    },
    {
      name: "an unknown query name",
      target: "/api/gateway/requests?modle=x",
      status: 400,
      code: "malformed_request",
      param: "modle",
    },
    {
      name: "a doubled query name",
      target: "/api/gateway/requests?model=x&model=y",
      status: 400,
      code: "malformed_request",
      param: "model",
    },
    {
      name: "a body that is not JSON",
      method: "POST",
      target: "/api/gateway/keys",
      body: "{",
      status: 400,
      code: "malformed_request",
    },
    {
      name: "a body that is not UTF-8",
      method: "POST",
      target: "/api/gateway/keys",
      body: Uint8Array.from([...new TextEncoder().encode('{"name":"'), 0xff, 0x22, 0x7d]),
      status: 400,
      code: "malformed_request",
    },
    {
      name: "an empty body",
      method: "POST",
      target: "/api/gateway/keys",
      body: "",
      status: 400,
      code: "malformed_request",
    },
    {
      name: "a missing member",
      method: "POST",
      target: "/api/gateway/keys",
      body: "{}",
      status: 400,
      code: "malformed_request",
      param: "name",
    },
    {
      name: "a blank name",
      method: "POST",
      target: "/api/gateway/keys",
      body: '{"name":"  "}',
      status: 400,
      code: "malformed_request",
      param: "name",
    },
    {
      name: "a wrong type deep inside",
      method: "POST",
      target: "/api/gateway/keys",
      body: '{"name":"x","models":["a",1]}',
      status: 400,
      code: "malformed_request",
      param: "models[1]",
    },
    {
      name: "an unknown member",
      method: "POST",
      target: "/api/gateway/keys",
      body: '{"name":"x","model":[]}',
      status: 400,
      code: "malformed_request",
      param: "model",
    },
    {
      name: "a form",
      method: "POST",
      target: "/api/gateway/keys",
      body: "name=x",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      status: 415,
      code: "unsupported_media_type",
    },
    {
      name: "a body above 1 MiB",
      method: "POST",
      target: "/api/gateway/config/plan",
      body: `{"text":"${"x".repeat(1024 * 1024)}"}`,
      status: 413,
      code: "request_too_large",
    },
    { name: "a target that is no path", target: "*", status: 400, code: "malformed_request" },
    {
      name: "a fragment in the target",
      target: "/api/gateway/stats#x",
      status: 400,
      code: "malformed_request",
    },
  ] as const)("$name is $status $code", async (row) => {
    const { asAdmin } = openAdmin();
    const { name: _name, status, code, ...asked } = row;
    const given = await asAdmin(asked);
    expect(given.status).toBe(status);
    expect(given.headers.get("x-sallyport-error")).toBe(code);
    expect(components.Failure.safeParse(given.json()).error).toBeUndefined();
    const param = "param" in row ? { param: row.param } : {};
    expect(given.json()).toEqual({
      status: "error",
      error: { code, message: expect.any(String), ...param },
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  it.for([
    { method: "PUT", target: "/api/gateway/stats", allow: "GET, HEAD" },
    { method: "DELETE", target: "/api/gateway/keys", allow: "GET, HEAD, POST" },
    { method: "GET", target: "/api/gateway/keys/key_1", allow: "PUT, DELETE" },
    { method: "OPTIONS", target: "/api/gateway/session", allow: "POST, GET, HEAD, DELETE" },
    { method: "POST", target: "/metrics", allow: "GET, HEAD" },
    { method: "POST", target: "/index.html", allow: "GET, HEAD" },
  ])("$method $target is 405 and names the methods", async ({ method, target, allow }) => {
    const given = await openAdmin().asAdmin({ method, target });
    expect(given.status).toBe(405);
    expect(given.headers.get("allow")).toBe(allow);
  });

  it("is taken in absolute form too", async () => {
    expect((await openAdmin().asAdmin({ target: "http://127.0.0.1:7228/api/gateway/stats" })).status).toBe(
      200,
    );
  });
});
