import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import {
  compileDirectory,
  identify,
  idOfHandle,
  type KeyDirectory,
  keyHandle,
  printKey,
  unbounded,
} from "../src/capabilities/identity/index.ts";
import { type IssuerKey, vouchedIdentitySettings } from "../src/capabilities/vouched-identity/index.ts";
import { type ClientKey, defaultProject, defaultTenant } from "../src/exchange/identity.ts";
import { compileIdentity } from "../src/gateway/identity-rules.ts";
import { createVouchedTokens } from "../src/gateway/vouched-tokens.ts";
import { base62 } from "../src/kernel/ids.ts";
import { tokenVerifier } from "../src/platform/jose/index.ts";
import { openInstallation } from "../src/platform/secrets/index.ts";
import { systemClock, systemRandom } from "../src/platform/system/index.ts";
import type { KeyDigests } from "../src/ports/key-digests.ts";
import { asyncCostOf, type CostRow, costOf, heldBytes } from "./cost-of.ts";

const keyCount = 100_000;
const tokenCount = 1000;

/** What it costs to know who asks: by one of 100,000 keys, by a token that is remembered, and by one that is not. */
export async function identityRows(): Promise<readonly CostRow[]> {
  const directory = mkdtempSync(join(tmpdir(), "sallyport-bench-"));
  const { keyDigests } = openInstallation(directory);
  rmSync(directory, { recursive: true });
  return [...keyRows(keyDigests), ...(await tokenRows())];
}

function keyRows(digests: KeyDigests): readonly CostRow[] {
  const texts: string[] = [];
  const { made, bytes } = heldBytes(() => directoryOf(digests, texts));
  console.log(`identity: ${keyCount} keys: ${(bytes / 1e6).toFixed(0)} MB (≤ 60 MB)`);
  const asked = texts.map((text) => ({
    presented: [text],
    at: systemClock.now(),
    address: () => "192.0.2.1",
  }));
  let unknown = 0;
  const cost = costOf((index) => {
    const one = asked[(index * 7919) % asked.length];
    if (one === undefined || identify(one, made, digests).kind === "unknown") unknown += 1;
  }, 5);
  if (unknown > 0) throw new Error("a good key was not known");
  return [[`identity: a client key among ${keyCount}`, cost, "p99 ≤ 20 µs"]];
}

/** As they come from the store; `texts` gets a thousand of the keys themselves. */
function directoryOf(digests: KeyDigests, texts: string[]): KeyDirectory {
  const random = systemRandom();
  const owner = { ...unbounded, labels: {}, isDisabled: false, createdAt: 0 };
  const keys = Array.from({ length: keyCount }, (_, index): ClientKey => {
    const [handle, secret] = [keyHandle(random.bytes(12)), base62(random.bytes(32))];
    if (index % (keyCount / 1000) === 0) texts.push(printKey(handle, secret));
    return {
      ...structuredClone(unbounded),
      ...{
        id: idOfHandle(handle),
        name: `key ${index}`,
        tenant: defaultTenant,
        project: defaultProject,
        user: null,
      },
      ...{
        handle,
        secret: { form: "v1", digest: digests.ofSecret(secret) },
        previous: null,
        hint: secret.slice(-4),
      },
      ...{ priority: null, labels: {}, createdAt: 0, revokedAt: null, lastUsedAt: null },
    };
  });
  return compileDirectory(keys, {
    tenants: [{ ...owner, id: defaultTenant, name: "default" }],
    projects: [{ ...owner, id: defaultProject, tenant: defaultTenant, name: "default" }],
  });
}

async function tokenRows(): Promise<readonly CostRow[]> {
  const { publicKey, privateKey } = await generateKeyPair("EdDSA", { extractable: true });
  const { x = "" } = await exportJWK(publicKey);
  const key: IssuerKey = { key: Object.freeze({ kty: "OKP", crv: "Ed25519", x, kid: "k" }), mark: "k" };
  const issuer = "https://issuer.example";
  const identity = vouchedIdentitySettings.parse({
    issuers: [{ issuer, audience: "sallyport", claims: { tenant: "org" } }],
  });
  const { issuers } = compileIdentity({ identity });
  const sign = (index: number): Promise<string> =>
    new SignJWT({ sub: `user ${index}`, org: "acme", scope: "orders:read orders:write" })
      .setProtectedHeader({ alg: "EdDSA", kid: "k" })
      .setIssuer(issuer)
      .setAudience("sallyport")
      .setIssuedAt()
      .setExpirationTime("1h")
      .sign(privateKey);
  const texts = await Promise.all(Array.from({ length: tokenCount }, (_, index) => sign(index)));
  const textAt = (index: number): string => texts[index % texts.length] ?? "";
  let refused = 0;
  const parts = {
    clock: systemClock,
    verifier: tokenVerifier,
    keys: { find: () => ({ kind: "found", key }) as const, holds: () => true },
    isDenied: () => false,
  };
  // Each time nobody remembers any of them.
  const fresh = await asyncCostOf(async (index) => {
    const verdict = await createVouchedTokens(parts).judge(textAt(index), issuers, undefined);
    if (verdict.kind === "refuse") refused += 1;
  }, 5000);
  const tokens = createVouchedTokens(parts);
  for (const text of texts) await tokens.judge(text, issuers, undefined);
  const cached = costOf((index) => {
    const verdict = tokens.judge(textAt(index), issuers, undefined);
    if (verdict instanceof Promise || verdict.kind === "refuse") refused += 1;
  }, 5);
  if (refused > 0) throw new Error("a good token was refused, or not remembered");
  return [
    ["identity: a token that is remembered", cached, "p99 ≤ 30 µs"],
    [
      "identity: a token (EdDSA) that is not remembered, its signature checked off the thread",
      fresh,
      "≤ 300 µs",
    ],
  ];
}
