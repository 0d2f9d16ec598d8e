import { describe, expect, it } from "vitest";
import { readAccept } from "./accept.ts";
import { readResponse } from "./answer.ts";
import { graphqlRequestSettings, readGraphqlRequest, refuseByGet, refuseForgeable } from "./http.ts";
import { createDocumentStore } from "./trusted-documents.ts";

const newer = "application/graphql-response+json";
const older = "application/json";

it.for<[header: string | undefined, whole: string | undefined, hasEvents: boolean]>([
  [undefined, older, false],
  ["*/*", older, false],
  [newer, newer, false],
  [`${older}, ${newer}`, newer, false],
  [`${newer};q=0.5, ${older}`, older, false],
  ["text/event-stream", undefined, true],
  [`${newer}; charset=latin1, */*;q=0.1`, older, false],
])("reads Accept: %s", ([header, whole, hasEvents]) => {
  expect(readAccept(header)).toEqual({ whole, hasEvents });
});

it("takes none of other types", () => {
  expect(readAccept("text/html, application/json;q=0")).toBeUndefined();
});

describe("readGraphqlRequest", () => {
  const post = (body: string, contentType: string | undefined = older) =>
    readGraphqlRequest(
      { method: "POST", query: "", contentType, body: new TextEncoder().encode(body) },
      graphqlRequestSettings,
    );
  it.for([
    "",
    "[]",
    '{"query":1}',
    '{"query":"{a}","query":"{b}"}',
    '{"query":"{a}","variables":{"__proto__":1}}',
    '{"query":"{a}","variables":{"a":{"\\u0061":1,"a":2}}}',
    `{"query":"{a}","variables":{"a":${"[".repeat(70)}${"]".repeat(70)}}}`,
    `{"query":"{a}","variables":{"a":"${"x".repeat(65_536)}"}}`,
  ])("refuses %s", (body) => {
    expect(() => post(body)).toThrow("malformed_request");
  });
  it("keeps the digits of variables", () => {
    expect(post('{"query":"{a}","variables":{"id":9007199254740993}}').items[0]?.variablesText).toBe(
      '{"id":9007199254740993}',
    );
  });
  it("takes JSON in UTF-8 alone, by GET and POST alone, and no mutation by GET", () => {
    expect(() => post("{}", "text/plain")).toThrow("unsupported_media_type");
    expect(() => post("{}", "application/json; charset=latin1")).toThrow("unsupported_media_type");
    const put = { method: "PUT", query: "", contentType: older, body: new Uint8Array() };
    expect(() => readGraphqlRequest(put, graphqlRequestSettings)).toThrow("method_not_allowed");
    expect(() => refuseByGet("GET", "mutation")).toThrow("method_not_allowed");
  });
  it("wants a header of its own beside a cookie", () => {
    const head = { method: "GET", contentType: undefined, hasCookie: true, csrf: undefined };
    expect(() => refuseForgeable(head)).toThrow("policy_denied");
    expect(() => refuseForgeable({ ...head, csrf: "1" })).not.toThrow();
    expect(() => refuseForgeable({ ...head, method: "POST", contentType: older })).not.toThrow();
  });
});

it.for([
  '{"data":{"__proto__":1}}',
  '{"data":{"\\u005f_proto__":1}}',
  '{"data":{"constructor":{"prototype":1}}}',
  "[]",
  "{}",
])("does not pass on the answer %s", (text) => {
  expect(() => readResponse(text)).toThrow("upstream_malformed_response");
});

describe("createDocumentStore", () => {
  const sha256 = (text: string) => `hash-of-${text}`;
  const documents = new Map([["trusted", "{a}"]]);
  const hashed = (hash: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash: hash } } });

  it("runs trusted documents alone under enforce", () => {
    const { resolve } = createDocumentStore({ mode: "enforce", documents }, sha256);
    expect(resolve({ documentId: "sha256:trusted" })).toMatchObject({ text: "{a}", origin: "trusted" });
    expect(resolve(hashed("other"))).toEqual({ kind: "unknown" });
    expect(() => resolve({ query: "{b}" })).toThrow("policy_denied");
    expect(() => resolve({ query: "{b}", ...hashed("hash-of-{b}") })).toThrow("policy_denied");
  });
  it("registers what was sent with its own hash otherwise", () => {
    const { resolve } = createDocumentStore({ mode: "off", documents }, sha256);
    expect(resolve(hashed("hash-of-{b}"))).toEqual({ kind: "unknown" });
    expect(() => resolve({ query: "{c}", ...hashed("hash-of-{b}") })).toThrow("malformed_request");
    resolve({ query: "{b}", ...hashed("hash-of-{b}") });
    expect(resolve(hashed("hash-of-{b}"))).toMatchObject({ text: "{b}", origin: "registered" });
  });
});
