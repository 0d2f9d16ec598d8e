import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { foldedName, ownedNames } from "./header-names.ts";
import { isLastHop, type UpRequest, type UpRules, upHeaders } from "./up-headers.ts";

const request: UpRequest = {
  rawHeaders: [],
  method: "GET",
  httpVersion: "1.1",
  host: "gate.example:7227",
  remoteAddress: "192.0.2.1",
  localPort: 7227,
  scheme: "http",
  isPeerTrusted: false,
  credentialIn: { headers: [], cookies: [] },
};
const rules: UpRules = {
  owned: ownedNames(["X-User", "x-tenant-id"]),
  forwarded: "x",
  pseudonym: "sallyport-0a1b2c3d",
  upstreamHost: "up.example",
  credential: [],
  passesTrailers: false,
};
/** What stands in every request of this table. */
const told = {
  for: ["x-forwarded-for", "192.0.2.1"],
  rest: [
    ...["x-forwarded-proto", "http", "x-forwarded-host", "gate.example:7227"],
    ...["x-forwarded-port", "7227"],
  ],
  via: ["via", "1.1 sallyport-0a1b2c3d"],
};
const up = (rawHeaders: readonly string[], more: Partial<UpRequest> = {}, others: Partial<UpRules> = {}) =>
  upHeaders({ ...request, rawHeaders, ...more }, { ...rules, ...others });
/** The client's own fields as they go up. */
const passed = (...parameters: Parameters<typeof up>) => {
  const { headers } = up(...parameters);
  expect(headers.slice(0, 2)).toEqual(["host", "up.example"]);
  expect(headers.slice(-10)).toEqual([...told.for, ...told.rest, ...told.via]);
  return headers.slice(2, -10);
};

describe("upHeaders", () => {
  it.for<{ name: string; headers: readonly string[]; passed: readonly string[] }>([
    {
      name: "fields pass in their order, repeated ones apart, names in lower case",
      headers: ["Accept", "a", "X-B", "1", "accept", "b", "x-b", ""],
      passed: ["accept", "a", "x-b", "1", "accept", "b", "x-b", ""],
    },
    { name: "Host goes", headers: ["Host", "gate.example:7227"], passed: [] },
    ...[
      "Connection",
      "Keep-Alive",
      "Proxy-Connection",
      "Proxy-Authorization",
      "TE",
      "Transfer-Encoding",
      "Upgrade",
      "Trailer",
      "Content-Length",
      "Expect",
    ].map((name) => ({ name: `${name} goes`, headers: [name, "x", "a", "b"], passed: ["a", "b"] })),
    {
      name: "names that Connection lists go, in any case and on any line",
      headers: [
        "x-one",
        "1",
        "Connection",
        "close, X-One",
        "connection",
        " x-TWO ,,",
        "X-Two",
        "2",
        "x-three",
        "3",
      ],
      passed: ["x-three", "3"],
    },
    ...[
      "x-sallyport-request-id",
      "X_Sallyport_Tenant",
      "x-user",
      "X_User",
      "x-Tenant_ID",
      "x-original-url",
      "X-Original_URL",
      "x-rewrite-url",
      "x-http-method-override",
      "X_HTTP_METHOD_OVERRIDE",
      "forwarded",
      "x-forwarded-for",
      "X_Forwarded_For",
      "x-forwarded-proto",
      "x-forwarded-anything",
      "x-real-ip",
      "true-client-ip",
      "cf-connecting-ip",
      "CF_Connecting_IP",
    ].map((name) => ({ name: `${name} of a stranger goes`, headers: [name, "spoofed"], passed: [] })),
  ])("$name", ({ headers, passed: left }) => {
    expect(passed(headers)).toEqual(left);
  });

  it.for([
    "host",
    "content-type",
    "Content-Length",
    "authorization",
    "cookie",
    "cache-control",
    "x-user",
    "x_user",
    "X-Sallyport-Key",
    "x-forwarded-for",
    "via",
    "traceparent",
  ])("does not let Connection strip %s, and counts it", (name) => {
    expect(up(["connection", `close, ${name}, x-a`]).ignoredNominations).toBe(1);
  });

  it("keeps what was nominated in vain", () => {
    const headers = [
      "connection",
      "authorization, content-type",
      "authorization",
      "Basic x",
      "content-type",
      "a/b",
    ];
    expect(passed(headers)).toEqual(headers.slice(2));
  });

  it("lets no client strip what the gateway adds", () => {
    const nominated = "via, x-forwarded-for, x-forwarded-proto, host, authorization, traceparent, x-cred";
    const { headers } = up(
      ["connection", nominated],
      { traceparent: "00-t" },
      { credential: ["x-cred", "secret"] },
    );
    expect(headers).toEqual([
      ...["host", "up.example", ...told.for, ...told.rest, ...told.via],
      ...["traceparent", "00-t", "x-cred", "secret"],
    ]);
  });

  it("puts the upstream's credential last, in the place of what the client wrote under its name", () => {
    const { headers } = up(
      ["Authorization", "Basic client", "x_api_key", "client", "accept", "a"],
      {},
      { credential: ["authorization", "Bearer ours", "x-api-key", "ours"] },
    );
    expect(headers.slice(2, 4)).toEqual(["accept", "a"]);
    expect(headers.slice(-4)).toEqual(["authorization", "Bearer ours", "x-api-key", "ours"]);
    expect(headers.join(" ")).not.toContain("client");
  });

  it("takes out the credential for the gateway, and nothing beside it", () => {
    const credentialIn = { headers: ["x-api-key"], cookies: ["session"] };
    const cookie = "a=1; session=secret; xsession=2; b";
    expect(
      passed(
        ["X-Api-Key", "secret", "authorization", "Basic x", "Cookie", cookie, "cookie", "session=secret"],
        {
          credentialIn,
        },
      ),
    ).toEqual(["authorization", "Basic x", "cookie", "a=1; xsession=2; b"]);
  });

  it("makes one cookie field of those of HTTP/2", () => {
    const { headers } = up(["cookie", "a=1", "x", "y", "cookie", "b=2"], { httpVersion: "2" });
    expect(headers.slice(2, 6)).toEqual(["x", "y", "cookie", "a=1; b=2"]);
  });

  it("preserves the client's host where no upstream's is told", () => {
    const { upstreamHost: _, ...preserving } = rules;
    expect(upHeaders(request, preserving).headers.slice(0, 2)).toEqual(["host", "gate.example:7227"]);
  });

  it.for<{
    name: string;
    headers: readonly string[];
    expected: readonly string[];
    mode: UpRules["forwarded"];
  }>([
    {
      name: "x: the list goes on, the rest stays",
      mode: "x",
      headers: [
        ...[
          "X-Forwarded-For",
          "198.51.100.1",
          "x-forwarded-for",
          "198.51.100.2",
          "X-Forwarded-Proto",
          "https",
        ],
        ...["x_forwarded_host", "spoofed", "x-real-ip", "198.51.100.1"],
      ],
      expected: [
        ...["x-forwarded-proto", "https", "x-real-ip", "198.51.100.1"],
        ...["x-forwarded-for", "198.51.100.1, 198.51.100.2, 2001:db8::1"],
        ...["x-forwarded-host", "gate.example:7227", "x-forwarded-port", "7227"],
      ],
    },
    {
      name: "x: a Forwarded that came is not left to tell half of it",
      mode: "x",
      headers: ["forwarded", "for=198.51.100.1"],
      expected: [
        ...["x-forwarded-for", "2001:db8::1", "x-forwarded-proto", "http"],
        ...["x-forwarded-host", "gate.example:7227", "x-forwarded-port", "7227"],
        "forwarded",
        'for=198.51.100.1, for="[2001:db8::1]";host="gate.example:7227";proto=http',
      ],
    },
    {
      name: "rfc: Forwarded alone",
      mode: "rfc",
      headers: [],
      expected: ["forwarded", 'for="[2001:db8::1]";host="gate.example:7227";proto=http'],
    },
    {
      name: "both",
      mode: "both",
      headers: [],
      expected: [
        ...["x-forwarded-for", "2001:db8::1", "x-forwarded-proto", "http"],
        ...["x-forwarded-host", "gate.example:7227", "x-forwarded-port", "7227"],
        ...["forwarded", 'for="[2001:db8::1]";host="gate.example:7227";proto=http'],
      ],
    },
  ])("behind a trusted proxy, $name", ({ mode, headers, expected }) => {
    const peer = { isPeerTrusted: true, remoteAddress: "2001:db8::1%eth0" };
    expect(up(headers, peer, { forwarded: mode }).headers.slice(2, -2)).toEqual(expected);
  });

  it("tells an IPv4 peer of an IPv6 socket as IPv4, without quotes", () => {
    const { headers } = up([], { remoteAddress: "::ffff:192.0.2.7", host: "a" }, { forwarded: "rfc" });
    expect(headers.slice(2, 4)).toEqual(["forwarded", "for=192.0.2.7;host=a;proto=http"]);
  });

  it("goes on with Via, by the version that came", () => {
    expect(up(["Via", "1.0 fred", "via", "1.1 p (a)"], { httpVersion: "1.0" }).headers.slice(-2)).toEqual([
      "via",
      "1.0 fred, 1.1 p (a), 1.0 sallyport-0a1b2c3d",
    ]);
  });

  it.for(["1.1 sallyport-0a1b2c3d", "1.1 a, HTTP/2\tSALLYPORT-0A1B2C3D (x), 1.1 b"])(
    "refuses a loop: Via: %s",
    (via) => {
      expect(() => up(["via", "1.1 x", "Via", via])).toThrowError("loop_detected");
    },
  );

  it.for(["1.1 sallyport-0a1b2c3e", "1.1 xsallyport-0a1b2c3d", "1.1 a (sallyport-0a1b2c3d)"])(
    "takes another's entry for no loop: Via: %s",
    (via) => {
      expect(() => up(["via", via])).not.toThrow();
    },
  );

  it("keeps te and trailer where trailers pass, without what may not come there", () => {
    const headers = [
      "te",
      "gzip, Trailers",
      "trailer",
      "x-sum, content-length, x_user",
      "trailer",
      "grpc-status",
    ];
    expect(up(headers, {}, { passesTrailers: true }).headers.slice(-4)).toEqual([
      ...["te", "trailers", "trailer", "x-sum, grpc-status"],
    ]);
    expect(passed(headers)).toEqual([]);
  });

  it("sets the upgrade that is asked for, not the one that the client wrote", () => {
    const { headers } = up(
      ["connection", "upgrade, x-a", "upgrade", "h2c", "x-a", "1", "sec-websocket-key", "k"],
      {
        upgrade: "websocket",
      },
    );
    expect(headers.slice(2, 4)).toEqual(["sec-websocket-key", "k"]);
    expect(headers.slice(-4)).toEqual(["connection", "Upgrade", "upgrade", "websocket"]);
  });

  it("makes the length anew, and counts an OPTIONS down", () => {
    expect(up(["content-length", "007"], { contentLength: 7 }).headers.slice(2, 4)).toEqual([
      "content-length",
      "7",
    ]);
    expect(passed(["max-forwards", "3"], { method: "OPTIONS" })).toEqual(["max-forwards", "2"]);
    expect(passed(["max-forwards", "3"])).toEqual(["max-forwards", "3"]);
    expect(isLastHop("OPTIONS", "0")).toBe(true);
    expect(isLastHop("OPTIONS", "1")).toBe(false);
    expect(isLastHop("GET", "0")).toBe(false);
  });

  it("whatever comes, no name of ours is the client's, and all that we add is there once", () => {
    const name = fc.constantFrom(
      ...["Connection", "X-User", "x_user", "X-Sallyport-A", "via", "X-Forwarded-For", "x_forwarded_for"],
      ...["Authorization", "authorization", "Host", "te", "upgrade", "x-other", "traceparent", "Cookie"],
    );
    const value = fc.constantFrom(
      "spoofed",
      "host, via, x-forwarded-for, authorization",
      "x-other",
      "x_user",
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value)), fc.boolean(), (fields, isPeerTrusted) => {
        const { headers } = up(
          fields.flat(),
          { isPeerTrusted, traceparent: "00-ours" },
          { credential: ["authorization", "Bearer ours"] },
        );
        const lines = headers.flatMap((field, index) => (index % 2 === 0 ? [foldedName(field)] : []));
        expect(lines).not.toContain("x-user");
        expect(lines.filter((line) => line.startsWith("x-sallyport-") || line === "te")).toEqual([]);
        for (const once of ["host", "via", "x-forwarded-for", "traceparent", "authorization"])
          expect(lines.filter((line) => line === once)).toHaveLength(1);
        expect(headers.slice(-2)).toEqual(["authorization", "Bearer ours"]);
        expect(headers[headers.indexOf("x-forwarded-for") + 1]).toMatch(
          isPeerTrusted ? /(?:^|, )192\.0\.2\.1$/ : /^192\.0\.2\.1$/,
        );
      }),
    );
  });
});
