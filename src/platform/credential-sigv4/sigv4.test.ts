import { describe, expect, it } from "vitest";
import type { Signable } from "../../exchange/target.ts";
import { epochMs, monotonicMs } from "../../kernel/units.ts";
import type { Clock } from "../../ports/clock.ts";
import { createSigV4, type SigV4Settings, signingKey } from "./sigv4.ts";

/** The credential, place and moment of AWS's test suite. */
const suite: SigV4Settings = {
  accessKeyId: "AKIDEXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
  region: "us-east-1",
  service: "service",
};
const clockAt = (moment: string): Clock => ({
  now: () => epochMs(Date.parse(moment)),
  monotonic: () => monotonicMs(0),
});
const suiteClock = clockAt("2015-08-30T12:36:00Z");
const request = (changes: Partial<Signable> = {}): Signable => ({
  method: "GET",
  origin: "https://example.amazonaws.com",
  path: "/",
  headers: [],
  body: "",
  ...changes,
});

/** Of the test get-vanilla; the suite has the same for paths that lead to the same place. */
const vanilla = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31";

/** The headers as an object. */
function headersOf(flat: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    flat.flatMap((name, index) => (index % 2 === 0 ? [[name, flat[index + 1] ?? ""]] : [])),
  );
}
const signature = (flat: readonly string[]) =>
  /Signature=(\w+)$/.exec(headersOf(flat)["authorization"] ?? "")?.[1];
const signedHeaders = (flat: readonly string[]) =>
  /SignedHeaders=([^,]+),/.exec(headersOf(flat)["authorization"] ?? "")?.[1];

describe("signingKey", () => {
  it("is the one of AWS's example", () => {
    expect(signingKey({ ...suite, service: "iam" }, "20150830").toString("hex")).toBe(
      "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9",
    );
  });
});

describe("createSigV4", () => {
  it("gives the headers of AWS's test get-vanilla", () => {
    expect(createSigV4(suite, suiteClock)(request())).toEqual([
      "x-amz-date",
      "20150830T123600Z",
      "authorization",
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
    ]);
  });

  it.for<{ readonly name: string; readonly given: Partial<Signable>; readonly expected: string }>([
    {
      name: "post-vanilla",
      given: { method: "POST" },
      expected: "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
    },
    {
      name: "get-vanilla-query-order-key-case",
      given: { path: "/?Param2=value2&Param1=value1" },
      expected: "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
    },
    {
      name: "get-vanilla-query-order-value",
      given: { path: "/?Param1=value2&Param1=value1" },
      expected: "5772eed61e12b33fae39ee5e7012498b51d56abc0abb7c60486157bd471c4694",
    },
    {
      name: "get-vanilla-query-order-key",
      given: { path: "/?Param1=value2&Param1=Value1" },
      expected: "eedbc4e291e521cf13422ffca22be7d2eb8146eecf653089df300a15b2382bd1",
    },
    {
      name: "post-header-value-case",
      given: { method: "POST", headers: ["my-header1", "VALUE1"] },
      expected: "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d",
    },
    { name: "get-slash", given: { path: "//" }, expected: vanilla },
    { name: "get-slash-dot-slash", given: { path: "/./" }, expected: vanilla },
    { name: "get-relative", given: { path: "/example/.." }, expected: vanilla },
    { name: "get-relative-relative", given: { path: "/example1/example2/../.." }, expected: vanilla },
  ])("signs AWS's test $name as the suite does", ({ given, expected }) => {
    expect(signature(createSigV4(suite, suiteClock)(request(given)))).toBe(expected);
  });

  it("signs AWS's documented ListUsers call as the documentation does", () => {
    const signed = createSigV4(
      { ...suite, service: "iam" },
      suiteClock,
    )(
      request({
        origin: "https://iam.amazonaws.com",
        path: "/?Action=ListUsers&Version=2010-05-08",
        headers: ["content-type", "application/x-www-form-urlencoded; charset=utf-8"],
      }),
    );
    expect(signature(signed)).toBe("5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
    expect(signedHeaders(signed)).toBe("content-type;host;x-amz-date");
  });

  /** Signatures of @smithy/signature-v4 5.7.5, the AWS SDK's signer, and the same of aws4 1.13.2. */
  it.for<{
    readonly name: string;
    readonly token?: string;
    readonly given: Partial<Signable>;
    readonly covers: string;
    readonly expected: string;
  }>([
    {
      name: "a Converse call, whose model is percent-encoded twice",
      given: {
        path: "/model/anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse",
        headers: ["content-type", "application/json"],
        body: '{"messages":[{"role":"user","content":[{"text":"grüß"}]}]}',
      },
      covers: "content-type;host;x-amz-date",
      expected: "c90083f3277b08533f009e3c12ee0c11d67ca684775d12b7b2f66198ee547825",
    },
    {
      name: "an ARN, and not the user agent",
      given: {
        path: "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A012345678901%3Ainference-profile%2Fus.anthropic.claude-3-7-sonnet-20250219-v1%3A0/converse-stream",
        headers: ["content-type", "application/json", "user-agent", "x", "accept", "*/*"],
        body: new TextEncoder().encode("{}"),
      },
      covers: "accept;content-type;host;x-amz-date",
      expected: "3658195be66c423813e4b8da600ed60b24d9f76be33be17d0f7fe184eaa5a56a",
    },
    {
      name: "a temporary credential",
      token: "IQoJb3JpZ2luX2VjEXAMPLE//token==",
      given: { path: "/model/m/converse", headers: ["content-type", "application/json"], body: "{}" },
      covers: "content-type;host;x-amz-date;x-amz-security-token",
      expected: "6ab6289ae2ec65f217a6cb14eeb2930f78a6e7b2b22de8504932cdcb37f5efff",
    },
    {
      name: "a port, a query out of order, and values with much space",
      given: {
        origin: "http://127.0.0.1:8080",
        path: "/model/m/converse?b=2&a=%2F%20&a=1",
        headers: ["x-b", "  two   words ", "content-type", "text/plain"],
        body: "{}",
      },
      covers: "content-type;host;x-amz-date;x-b",
      expected: "ce77af4554ca0019bf4586e70263c6ea64104b235d9f3b4adef5948d789a64af",
    },
  ])("signs $name", ({ token, given, covers, expected }) => {
    const settings = { ...suite, region: "eu-central-1", service: "bedrock" };
    const sign = createSigV4(
      token === undefined ? settings : { ...settings, sessionToken: token },
      suiteClock,
    );
    const signed = sign(
      request({ method: "POST", origin: "https://bedrock-runtime.eu-central-1.amazonaws.com", ...given }),
    );
    expect({ covers: signedHeaders(signed), signature: signature(signed) }).toEqual({
      covers,
      signature: expected,
    });
    expect(headersOf(signed)["x-amz-security-token"]).toBe(token);
  });

  it("signs several headers of one name as one, in their order", () => {
    const sign = createSigV4(suite, suiteClock);
    const apart = sign(request({ headers: ["x-a", "2", "x-a", "1"] }));
    expect(signature(apart)).toBe(signature(sign(request({ headers: ["x-a", "2,1"] }))));
    expect(signature(apart)).not.toBe(signature(sign(request({ headers: ["x-a", "1,2"] }))));
  });

  it("signs the host that the request names, where it names one", () => {
    const sign = createSigV4(suite, suiteClock);
    const named = request({ origin: "https://10.0.0.1", headers: ["host", "example.amazonaws.com"] });
    expect(signature(sign(named))).toBe(vanilla);
  });

  it.for([
    { name: "the method", change: { method: "PUT" } },
    { name: "the host", change: { origin: "https://evil.example" } },
    { name: "the path", change: { path: "/model/n/converse" } },
    { name: "the query", change: { path: "/model/m/converse?a=1" } },
    { name: "a header", change: { headers: ["content-type", "text/plain"] } },
    { name: "the body", change: { body: "{} " } },
  ])("covers $name", ({ change }) => {
    const sign = createSigV4(suite, suiteClock);
    const plain = request({
      method: "POST",
      path: "/model/m/converse",
      headers: ["content-type", "application/json"],
      body: "{}",
    });
    expect(signature(sign({ ...plain, ...change }))).not.toBe(signature(sign(plain)));
  });

  it("signs anew with the time, and with a new key after midnight UTC", () => {
    let moment = "2026-11-25T23:59:59Z";
    const sign = createSigV4(suite, { ...suiteClock, now: () => epochMs(Date.parse(moment)) });
    expect(headersOf(sign(request()))["x-amz-date"]).toBe("20261125T235959Z");
    moment = "2026-11-26T00:00:01Z";
    const next = sign(request());
    expect(headersOf(next)["authorization"]).toContain("Credential=AKIDEXAMPLE/20261126/us-east-1/");
    expect(next).toEqual(createSigV4(suite, clockAt(moment))(request()));
  });
});
