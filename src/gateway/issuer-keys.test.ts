import { beforeAll, describe, expect, it } from "vitest";
import { milliseconds } from "../kernel/units.ts";
import { issuerKey, issuerUrl, silence, tokensOfTest, turn } from "./vouched-tokens.test-support.ts";

let key: Awaited<ReturnType<typeof issuerKey>>;
beforeAll(async () => {
  key = await issuerKey("one");
});

const minute = 60_000;
const refused = (fault: string) => ({ kind: "refuse", fault });
const known = { kind: "identity" };

describe("the keys of an issuer", () => {
  it("are asked for once in 30 s, however many tokens name one that there is not", async () => {
    const test = tokensOfTest();
    test.serve({ "/keys": { keys: [key.jwk] } });
    expect(await test.judge(await key.sign(test.claims()))).toMatchObject(known);
    expect(test.asked).toHaveLength(1);
    test.time.advance(milliseconds(30_000));
    const flood = await Promise.all(
      Array.from({ length: 200 }, (_, at) => key.sign(test.claims(), { kid: `no-${at}` })),
    );
    const told = await Promise.all(flood.map(async (token) => test.judge(token)));
    expect(new Set(told.map((verdict) => JSON.stringify(verdict)))).toEqual(
      new Set([JSON.stringify(refused("unknown_key"))]),
    );
    expect(test.asked).toHaveLength(2);
    for (const token of flood) await test.judge(token);
    expect(test.asked).toHaveLength(2);
    test.time.advance(milliseconds(30_000));
    await test.judge(flood[0] ?? "");
    expect(test.asked).toHaveLength(3);
  });

  it("of which one is new are asked for when a token names it", async () => {
    const test = tokensOfTest();
    test.serve({ "/keys": { keys: [key.jwk] } });
    await test.judge(await key.sign(test.claims()));
    const next = await issuerKey("two");
    test.serve({ "/keys": { keys: [key.jwk, next.jwk] } });
    test.time.advance(milliseconds(30_000));
    expect(await test.judge(await next.sign(test.claims()))).toMatchObject(known);
  });

  it("are asked for in the background when they are ten minutes old, and no request waits for it", async () => {
    const test = tokensOfTest();
    test.serve({ "/keys": { keys: [key.jwk] } });
    test.keys.configure([{ issuer: issuerUrl, jwksUri: `${issuerUrl}/keys` }]);
    await turn();
    expect(test.asked).toHaveLength(1);
    test.time.advance(milliseconds(9 * minute));
    expect(test.asked).toHaveLength(1);
    test.time.advance(milliseconds(2 * minute));
    await turn();
    expect(test.asked).toHaveLength(2);
  });

  it("serve for 24 hours while their issuer does not answer, and not a moment longer", async () => {
    const test = tokensOfTest();
    test.serve({ "/keys": { keys: [key.jwk] } });
    await test.judge(await key.sign(test.claims()));
    test.serve(undefined);
    test.time.advance(milliseconds(24 * 60 * minute - 1));
    expect(await test.judge(await key.sign(test.claims()))).toMatchObject(known);
    test.time.advance(milliseconds(1));
    expect(await test.judge(await key.sign(test.claims({ jti: "later" })))).toEqual(
      refused("issuer_unreachable"),
    );
    test.serve({ "/keys": { keys: [key.jwk] } });
    test.time.advance(milliseconds(30_000));
    expect(await test.judge(await key.sign(test.claims({ jti: "back" })))).toMatchObject(known);
  });

  it("let a request wait for two seconds, no longer, and others not once more", async () => {
    const test = tokensOfTest();
    test.serve({ "/keys": silence });
    let verdict: unknown;
    const token = await key.sign(test.claims());
    void Promise.resolve(test.judge(token)).then((told) => {
      verdict = told;
    });
    await turn();
    test.time.advance(milliseconds(1999));
    await turn();
    expect(verdict).toBeUndefined();
    test.time.advance(milliseconds(1));
    await turn();
    expect(verdict).toEqual(refused("issuer_unreachable"));
    expect(test.asked).toHaveLength(1);
  });

  it("are found by discovery, which must be the issuer's own and must not lead to a less safe place", async () => {
    const path = "/.well-known/openid-configuration";
    const of = async (document: unknown) => {
      const test = tokensOfTest({ jwksUri: null });
      test.serve({ [path]: document, "/certs": { keys: [key.jwk] } });
      return { verdict: await test.judge(await key.sign(test.claims())), asked: test.asked };
    };
    expect(await of({ issuer: issuerUrl, jwks_uri: `${issuerUrl}/certs` })).toMatchObject({
      verdict: known,
      asked: [path, "/certs"],
    });
    for (const document of [
      { issuer: "https://other.example", jwks_uri: `${issuerUrl}/certs` },
      { issuer: issuerUrl, jwks_uri: "http://127.0.0.1/certs" },
      { issuer: issuerUrl, jwks_uri: "http://login.example/certs" },
      { issuer: issuerUrl, jwks_uri: "file:///certs" },
      { issuer: issuerUrl },
      [],
    ])
      expect(await of(document), JSON.stringify(document)).toMatchObject({
        verdict: refused("issuer_unreachable"),
        asked: [path],
      });
  });

  it.for([
    { name: "no set", body: { key: 1 } },
    { name: "a set of shared secrets", body: { keys: [{ kty: "oct", k: "c2VjcmV0", kid: "one" }] } },
    {
      name: "a set of keys for other uses",
      body: { keys: [{ kty: "OKP", crv: "Ed25519", x: "x", use: "enc" }] },
    },
  ])("stay when what is answered is $name", async ({ body }) => {
    const test = tokensOfTest();
    test.serve({ "/keys": { keys: [key.jwk] } });
    await test.judge(await key.sign(test.claims()));
    test.serve({ "/keys": body });
    test.time.advance(milliseconds(11 * minute));
    await turn();
    expect(test.asked.length).toBeGreaterThan(1);
    expect(await test.judge(await key.sign(test.claims({ jti: "x" })))).toMatchObject(known);
  });
});
