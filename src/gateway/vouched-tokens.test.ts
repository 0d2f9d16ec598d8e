import { createHmac } from "node:crypto";
import { exportSPKI } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { epochMs, milliseconds } from "../kernel/units.ts";
import type { ClientCertificate } from "../ports/server.ts";
import { issuerKey, issuerUrl, tokensOfTest, turn } from "./vouched-tokens.test-support.ts";

let key: Awaited<ReturnType<typeof issuerKey>>;
let rsa: Awaited<ReturnType<typeof issuerKey>>;
beforeAll(async () => {
  [key, rsa] = await Promise.all([issuerKey("one"), issuerKey("rsa", "RS256")]);
});

/** A gateway that knows both keys of its issuer. */
function ready(settings: Readonly<Record<string, unknown>> = {}) {
  const test = tokensOfTest(settings);
  test.serve({ "/keys": { keys: [key.jwk, rsa.jwk] } });
  return test;
}

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const refused = (fault: string) => ({ kind: "refuse", fault });

describe("a token", () => {
  it("that is whole makes its bearer known, by the rules of its issuer", async () => {
    const test = ready({
      claims: {
        tenant: { claim: "org", map: { o1: "acme" } },
        project: { value: "web" },
        user: "email",
        roles: "/realm/roles",
        scopes: "scope",
        models: { claim: "plan", map: { free: ["mini-*"] } },
        priority: "lane",
      },
    });
    const claims = test.claims({
      org: "o1",
      email: "a@x",
      realm: { roles: ["dev", "ops"] },
      scope: "openid lane:ai route:chat-*",
      plan: "free",
      lane: "batch",
    });
    expect(await test.judge(await key.sign(claims))).toMatchObject({
      kind: "identity",
      identity: {
        method: "jwt",
        subject: "alice",
        name: "a@x",
        user: "a@x",
        tenant: "acme",
        project: "web",
        roles: ["dev", "ops"],
        scopes: [{ lanes: ["ai"], routes: ["chat-*"], methods: [], tools: [] }],
        models: [["mini-*"]],
        priority: "batch",
        expiresAt: (test.now() + 3600) * 1000 + 30_000,
      },
    });
  });

  it.for<{ name: string; claims: Readonly<Record<string, unknown>>; fault: string }>([
    { name: "of another audience", claims: { aud: "other" }, fault: "audience" },
    { name: "of no audience", claims: { aud: undefined }, fault: "audience" },
    { name: "of an unknown issuer", claims: { iss: "https://evil.example" }, fault: "unknown_issuer" },
    { name: "without a subject", claims: { sub: undefined }, fault: "subject" },
    { name: "without an end", claims: { exp: undefined }, fault: "no_expiry" },
    { name: "whose end is no number", claims: { exp: "2099" }, fault: "malformed" },
    { name: "without a tenant", claims: { org: undefined }, fault: "tenant" },
    { name: "whose tenant is no name", claims: { org: "a\r\nx-evil: 1" }, fault: "tenant" },
    { name: "bound to a key that is not proved", claims: { cnf: { jkt: "x" } }, fault: "not_bound" },
    { name: "bound to a certificate, without one", claims: { cnf: { "x5t#S256": "x" } }, fault: "not_bound" },
  ])("$name is refused", async ({ claims, fault }) => {
    const test = ready();
    expect(await test.judge(await key.sign(test.claims(claims)))).toEqual(refused(fault));
  });

  it.for([
    { name: "over for longer than clocks differ", iat: -3600, exp: -30, fault: "expired" },
    { name: "from later than clocks differ", iat: 31, exp: 3600, fault: "not_yet_valid" },
    { name: "good for more than a day", iat: 0, exp: 86_401, fault: "lives_too_long" },
  ])("$name is refused, and a second less is not", async ({ iat, exp, fault }) => {
    const test = ready();
    const of = (less: number) =>
      key.sign(
        test.claims({
          iat: test.now() + iat - (fault === "not_yet_valid" ? less : 0),
          exp: test.now() + exp + (fault === "expired" ? less : fault === "lives_too_long" ? -less : 0),
        }),
      );
    expect(await test.judge(await of(0))).toEqual(refused(fault));
    expect(await test.judge(await of(1))).toMatchObject({ kind: "identity" });
  });

  it("is not good before `nbf`", async () => {
    const test = ready();
    const token = await key.sign(test.claims({ nbf: test.now() + 60 }));
    expect(await test.judge(token)).toEqual(refused("not_yet_valid"));
    test.time.advance(milliseconds(30_000));
    expect(await test.judge(token)).toMatchObject({ kind: "identity" });
  });

  it("of another type than the issuer's is refused", async () => {
    const test = ready({ typ: "at+jwt" });
    const claims = test.claims();
    expect(await test.judge(await key.sign(claims, { typ: "JWT" }))).toEqual(refused("type"));
    expect(await test.judge(await key.sign(claims))).toEqual(refused("type"));
    expect(await test.judge(await key.sign(claims, { typ: "application/AT+jwt" }))).toMatchObject({
      kind: "identity",
    });
  });

  it("of more than 8 KiB is not read", async () => {
    const test = ready();
    const token = await key.sign(test.claims({ more: "x".repeat(7000) }));
    expect(token.length).toBeGreaterThan(9000);
    expect(await test.judge(token)).toEqual(refused("malformed"));
    expect(test.asked).toEqual([]);
  });

  it("that is not signed is refused, however it says so", async () => {
    const test = ready();
    for (const alg of ["none", "None", "NONE", "nOnE", ""])
      expect(await test.judge(`${part({ alg, kid: "one" })}.${part(test.claims())}.`)).toEqual(
        refused("algorithm"),
      );
    const [, claims] = (await key.sign(test.claims())).split(".");
    expect(await test.judge(`${part({ alg: "EdDSA", kid: "one" })}.${claims}.`)).toEqual(
      refused("signature"),
    );
  });

  it("is not signed with a public key as a shared secret", async () => {
    const test = ready();
    const spki = await exportSPKI(rsa.publicKey);
    for (const secret of [spki, spki.trim(), JSON.stringify(rsa.jwk), String(rsa.jwk.n)]) {
      const signed = `${part({ alg: "HS256", kid: "rsa" })}.${part(test.claims())}`;
      const mac = createHmac("sha256", secret).update(signed).digest("base64url");
      expect(await test.judge(`${signed}.${mac}`)).toEqual(refused("algorithm"));
      // The same mark under the name of an algorithm that is allowed.
      const renamed = `${part({ alg: "RS256", kid: "rsa" })}.${part(test.claims())}.${mac}`;
      expect(await test.judge(renamed)).toEqual(refused("signature"));
    }
  });

  it("is checked by a key of its algorithm's type, and by none that is only named", async () => {
    const test = ready();
    const claims = test.claims();
    expect(await test.judge(await key.sign(claims, { kid: "rsa" }))).toEqual(refused("key_mismatch"));
    const stranger = await issuerKey("one");
    expect(await test.judge(await stranger.sign(claims))).toEqual(refused("signature"));
  });

  it.for(["jwk", "jku", "x5u", "x5c"])("that brings its own keys by `%s` is refused", async (name) => {
    const test = ready();
    const stranger = await issuerKey("one");
    const value = name === "jwk" ? stranger.jwk : name === "x5c" ? ["MIIB"] : "https://evil.example/keys";
    const header = { alg: "EdDSA", kid: "one", [name]: value };
    const [, claims, mark] = (await stranger.sign(test.claims())).split(".");
    expect(await test.judge(`${part(header)}.${claims}.${mark}`)).toEqual(refused("key_in_header"));
    expect(test.asked).toEqual([]);
  });

  it("that must be understood otherwise is refused", async () => {
    const test = ready();
    const [, claims, mark] = (await key.sign(test.claims())).split(".");
    for (const header of [
      { alg: "EdDSA", kid: "one", crit: ["exp"] },
      { alg: "EdDSA", kid: "one", b64: false },
    ])
      expect(await test.judge(`${part(header)}.${claims}.${mark}`)).toEqual(refused("critical_header"));
  });

  it("by an algorithm that its issuer does not use is refused", async () => {
    const test = ready({ algorithms: ["RS256"] });
    expect(await test.judge(await key.sign(test.claims()))).toEqual(refused("algorithm"));
    expect(await test.judge(await rsa.sign(test.claims()))).toMatchObject({ kind: "identity" });
  });

  it("with any character of its signature or claims changed is refused", async () => {
    const test = ready();
    const token = await key.sign(test.claims());
    const from = token.indexOf(".") + 1;
    for (let at = from; at < token.length - 1; at += 7) {
      const other = token[at] === "A" ? "B" : "A";
      const changed = `${token.slice(0, at)}${other}${token.slice(at + 1)}`;
      expect(await test.judge(changed), `character ${at}`).toMatchObject({ kind: "refuse" });
    }
  });

  it("is refused from the moment on that its id is denied, though it is remembered", async () => {
    const test = ready();
    const token = await key.sign(test.claims({ jti: "t1" }));
    const other = await key.sign(test.claims({ jti: "t2" }));
    expect(await test.judge(token)).toMatchObject({ kind: "identity" });
    expect(await test.judge(other)).toMatchObject({ kind: "identity" });
    test.denied.add(`${issuerUrl} t1`);
    expect(test.judge(token)).toEqual(refused("denied"));
    expect(test.judge(other)).toMatchObject({ kind: "identity" });
  });
});

describe("a token that is bound to a certificate", () => {
  const certificate = (byte: string): ClientCertificate => ({
    subject: "CN=a",
    altNames: [],
    fingerprint: Array.from({ length: 32 }, () => byte).join(":"),
    validUntil: epochMs(Number.MAX_SAFE_INTEGER),
  });

  it("counts on the connection of that certificate alone, remembered or not (RFC 8705)", async () => {
    const test = ready();
    const thumbprint = Buffer.from("ab".repeat(32), "hex").toString("base64url");
    const token = await key.sign(test.claims({ cnf: { "x5t#S256": thumbprint } }));
    for (let times = 0; times < 2; times += 1) {
      expect(await test.judge(token, certificate("CD"))).toEqual(refused("not_bound"));
      expect(await test.judge(token)).toEqual(refused("not_bound"));
      expect(await test.judge(token, certificate("AB"))).toMatchObject({ kind: "identity" });
    }
  });
});

describe("what is remembered", () => {
  it("answers at once, for five minutes, and never longer than the token", async () => {
    const test = ready();
    const token = await key.sign(test.claims({ exp: test.now() + 100 }));
    expect(test.judge(token)).toBeInstanceOf(Promise);
    await test.judge(token);
    expect(test.judge(token)).toMatchObject({ kind: "identity" });
    test.time.advance(milliseconds(129_000));
    expect(test.judge(token)).toMatchObject({ kind: "identity" });
    test.time.advance(milliseconds(1000));
    expect(await test.judge(token)).toEqual(refused("expired"));
    const long = await key.sign(test.claims());
    await test.judge(long);
    test.time.advance(milliseconds(299_999));
    expect(test.judge(long)).toMatchObject({ kind: "identity" });
    test.time.advance(milliseconds(1));
    expect(test.judge(long)).toBeInstanceOf(Promise);
    expect(await test.judge(long)).toMatchObject({ kind: "identity" });
  });

  it.for([20, 1000])(
    "is under the whole token: another with the same first %i bytes is another (CVE-2026-35030)",
    async (bytes) => {
      const test = ready();
      // Claims in the same order, all that differs at the end.
      const of = (sub: string) => {
        const { sub: _, ...rest } = test.claims();
        return key.sign({ filler: "x".repeat(bytes), ...rest, sub });
      };
      const [mine, yours] = await Promise.all([of("mallory"), of("alice")]);
      expect(mine.slice(0, bytes)).toBe(yours.slice(0, bytes));
      expect(await test.judge(mine)).toMatchObject({ identity: { subject: "mallory" } });
      expect(await test.judge(yours)).toMatchObject({ identity: { subject: "alice" } });
      expect(test.judge(mine)).toMatchObject({ identity: { subject: "mallory" } });
      const forged = `${yours.slice(0, yours.lastIndexOf("."))}${mine.slice(mine.lastIndexOf("."))}`;
      expect(await test.judge(forged)).toEqual(refused("signature"));
    },
  );

  it("is forgotten when the issuer takes its key back", async () => {
    const test = ready();
    const token = await key.sign(test.claims());
    await test.judge(token);
    test.serve({ "/keys": { keys: [rsa.jwk] } });
    test.time.advance(milliseconds(240_000));
    expect(test.judge(token)).toMatchObject({ kind: "identity" });
    test.time.advance(milliseconds(390_000));
    await turn();
    expect(await test.judge(token)).toEqual(refused("unknown_key"));
  });
});
