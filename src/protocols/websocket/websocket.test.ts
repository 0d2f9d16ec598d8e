import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type ErrorCode, errorCatalog, GatewayError } from "../../kernel/errors.ts";
import {
  checkHandshake,
  checkSwitched,
  closeReasonOf,
  handshakeHeaders,
  inspectHandshake,
  switchedHeaders,
  takeQueryKey,
  tunnelHandshake,
} from "./index.ts";

const sha1 = (text: string): string => createHash("sha1").update(text).digest("base64");
const key = "dGhlIHNhbXBsZSBub25jZQ==";
const nonce = "bm9uY2Ugb2YgdGhlIGdhdA==";
const good: Readonly<Record<string, string>> = {
  Host: "gate",
  Upgrade: "websocket",
  Connection: "keep-alive, Upgrade",
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Key": key,
};
const rules = { origins: ["https://app.example"], takesKeyAsSubprotocol: true };
const headOf = (headers: Readonly<Record<string, string>>, method = "GET") =>
  ({ method, httpVersion: "1.1", rawHeaders: Object.entries(headers).flat() }) as const;
const without = (name: string): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(good).filter(([header]) => header !== name));

describe("checkHandshake", () => {
  it("takes an extended CONNECT of HTTP/2, which has no key and no fields of the connection", () => {
    const rawHeaders = ["host", "gate", "sec-websocket-version", "13", "sec-websocket-protocol", "a"];
    const head = { method: "GET", httpVersion: "2", rawHeaders, isConnect: true } as const;
    const handshake = checkHandshake(head, rules);
    expect(handshake).toEqual({ protocols: ["a"] });
    expect(tunnelHandshake(handshake, nonce)).toEqual({ key: nonce, protocols: ["a"] });
    expect(switchedHeaders(handshake, { protocol: "a" }, sha1)).toEqual(["sec-websocket-protocol", "a"]);
    expect(() => checkHandshake({ ...head, isConnect: false }, rules)).toThrow("upgrade_required");
    expect(() => checkHandshake({ ...head, rawHeaders: [] }, rules)).toThrow("upgrade_required");
  });

  it("takes what browsers send", () => {
    expect(checkHandshake(headOf(good), rules)).toEqual({ key, protocols: [] });
  });

  it.for<readonly [string, Parameters<typeof checkHandshake>[0], ErrorCode]>([
    ["another method", headOf(good, "POST"), "method_not_allowed"],
    ["HTTP/1.0", { ...headOf(good), httpVersion: "1.0" }, "malformed_request"],
    ["no upgrade", headOf(without("Upgrade")), "upgrade_required"],
    ["another protocol", headOf({ ...good, Upgrade: "h2c" }), "upgrade_required"],
    ["no connection token", headOf({ ...good, Connection: "keep-alive" }), "malformed_request"],
    ["no version", headOf(without("Sec-WebSocket-Version")), "upgrade_required"],
    ["version 8", headOf({ ...good, "Sec-WebSocket-Version": "8" }), "upgrade_required"],
    ["no key", headOf(without("Sec-WebSocket-Key")), "malformed_request"],
    [
      "a key of 15 bytes",
      headOf({ ...good, "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAA" }),
      "malformed_request",
    ],
    ["two keys", headOf({ ...good, "sec-websocket-key": key }), "malformed_request"],
    ["a body", headOf({ ...good, "Content-Length": "3" }), "malformed_request"],
    [
      "a subprotocol that is no token",
      headOf({ ...good, "Sec-WebSocket-Protocol": "a b" }),
      "malformed_request",
    ],
    ["a subprotocol twice", headOf({ ...good, "Sec-WebSocket-Protocol": "a, a" }), "malformed_request"],
    [
      "cookies of a foreign page",
      headOf({ ...good, Origin: "https://evil.example", Cookie: "a=1" }),
      "policy_denied",
    ],
  ])("refuses %s", ([, head, code]) => {
    expect(() => checkHandshake(head, rules)).toThrow(expect.objectContaining({ code }));
  });

  it.for([
    ["a foreign page without cookies", { Origin: "https://evil.example" }],
    ["its own page with cookies", { Origin: "https://App.example", Cookie: "a=1" }],
    ["cookies of no page", { Cookie: "a=1" }],
  ] as const)("lets in %s", ([, more]) => {
    expect(checkHandshake(headOf({ ...good, ...more }), rules)).toMatchObject({ key });
  });

  it("takes a key out of the subprotocols, so that it goes nowhere else", () => {
    const offered = { ...good, "Sec-WebSocket-Protocol": "realtime, openai-insecure-api-key.sk-1" };
    const handshake = checkHandshake(headOf(offered), rules);
    expect(handshake).toEqual({ key, protocols: ["realtime"], credential: "sk-1" });
    expect(handshakeHeaders(tunnelHandshake(handshake, nonce)).join()).not.toContain("sk-1");
  });
});

describe("takeQueryKey", () => {
  it.for([
    ["/a?b=1", undefined, "/a?b=1"],
    ["/a?key=k%2B1&b=%41", "k+1", "/a?b=%41"],
    ["/a?b=1&key=k&key=l", "k", "/a?b=1"],
    ["/a?key=k", "k", "/a"],
    ["/a?monkey=1", undefined, "/a?monkey=1"],
  ] as const)("of %s", ([target, credential, rest]) => {
    expect(takeQueryKey(target)).toEqual({ credential, target: rest });
  });
});

describe("the upstream's handshake", () => {
  const extensions = "permessage-deflate; client_max_window_bits";
  const client = checkHandshake(
    headOf({ ...good, "Sec-WebSocket-Extensions": extensions, "Sec-WebSocket-Protocol": "a, b" }),
    rules,
  );
  const answer = (more: Readonly<Record<string, string>>) => ({
    status: 101,
    headers: new Map(
      Object.entries({
        upgrade: "WebSocket",
        connection: "upgrade",
        "sec-websocket-accept": "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
        ...more,
      }),
    ),
  });

  it("passes offers through a tunnel, and none of extensions where messages are read", () => {
    expect(handshakeHeaders(tunnelHandshake(client, nonce))).toEqual([
      ...["sec-websocket-version", "13", "sec-websocket-key", key],
      ...["sec-websocket-protocol", "a, b", "sec-websocket-extensions", extensions],
    ]);
    expect(handshakeHeaders(inspectHandshake(client, "bm9uY2U=")).join()).not.toContain("deflate");
  });

  it("is held against what was asked", () => {
    const agreed = checkSwitched(
      answer({ "sec-websocket-protocol": "b", "sec-websocket-extensions": "permessage-deflate" }),
      tunnelHandshake(client, nonce),
      sha1,
    );
    expect(agreed).toEqual({ protocol: "b", extensions: "permessage-deflate" });
    expect(switchedHeaders(client, agreed, sha1, ["x-id", "1"])).toEqual([
      ...["upgrade", "websocket", "connection", "Upgrade"],
      ...["sec-websocket-accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "sec-websocket-protocol", "b"],
      ...["sec-websocket-extensions", "permessage-deflate", "x-id", "1"],
    ]);
  });

  it.for([
    ["another accept", { "sec-websocket-accept": "x" }],
    ["no upgrade", { upgrade: "h2c" }],
    ["no connection", { connection: "close" }],
    ["a subprotocol that was not offered", { "sec-websocket-protocol": "c" }],
    ["an extension that was not offered", { "sec-websocket-extensions": "x-other" }],
  ] as const)("is refused for %s", ([, more]) => {
    expect(() => checkSwitched(answer(more), tunnelHandshake(client, nonce), sha1)).toThrow(
      expect.objectContaining({ code: "upstream_malformed_response" }),
    );
  });

  it("may choose no extension where none was offered", () => {
    const asked = inspectHandshake(client, key);
    expect(() =>
      checkSwitched(answer({ "sec-websocket-extensions": "permessage-deflate" }), asked, sha1),
    ).toThrow();
  });
});

describe("closeReasonOf", () => {
  it.for([
    ["budget_exhausted", 1008],
    ["unauthenticated", 1008],
    ["request_too_large", 1009],
    ["malformed_request", 1002],
    ["overloaded", 1013],
    ["internal", 1011],
    ["upstream_failed", 1011],
  ] as const)("%s is %i", ([code, expected]) => {
    expect(closeReasonOf(new GatewayError(code, "private"))).toEqual({ code: expected, reason: code });
  });
  it("has a code for every failure", () => {
    const all = Object.keys(errorCatalog).filter((code): code is ErrorCode => code in errorCatalog);
    for (const code of all) {
      const told = closeReasonOf(new GatewayError(code, "")).code;
      expect([1001, 1002, 1008, 1009, 1011, 1013]).toContain(told);
    }
  });
});
