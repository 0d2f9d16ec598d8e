import { judgeDigest } from "../src/capabilities/request-signing/digest.ts";
import { verifyMessage } from "../src/capabilities/request-signing/verify-message.ts";
import type { RequestMessage } from "../src/exchange/signed-message.ts";
import { contentDigestText } from "../src/framing/content-digest.ts";
import { readComponent, signMessage } from "../src/framing/sign-message.ts";
import { Secret } from "../src/kernel/secret.ts";
import { signatureCrypto } from "../src/platform/request-signature/index.ts";
import { systemClock } from "../src/platform/system/index.ts";
import { type CostRow, costOf } from "./cost-of.ts";

const secret = new Secret("sgs-a-secret-of-the-benchmark");
const key = signatureCrypto.verifyingKey("hmac-sha256", secret);
const body = new TextEncoder().encode("x".repeat(1024));
const large = new Uint8Array(1024 * 1024).fill(120);
const rules = { nonce: "required", ageSeconds: 300, skewSeconds: 60, components: [] } as const;

/** A request of 1 KB as a client signs it. */
function signedRequest(): RequestMessage {
  const digest = contentDigestText({ algorithm: "sha-256", digest: signatureCrypto.digest("sha-256", body) });
  const message: RequestMessage = {
    ...{ method: "POST", scheme: "https", authority: "api.example.test" },
    ...{ target: "/v1/chat/completions", path: "/v1/chat/completions", query: "" },
    fields: [
      ...[
        "host",
        "api.example.test",
        "user-agent",
        "node",
        "accept",
        "*/*",
        "accept-encoding",
        "gzip, deflate",
      ],
      ...["content-type", "application/json", "content-length", "1024", "content-digest", digest],
    ],
  };
  const names = ["@method", "@authority", "@path", "@query", "content-type", "content-digest"];
  const made = signMessage(message, {
    label: "sig",
    components: names.flatMap((name) => readComponent(name) ?? []),
    parameters: {
      created: Math.floor(systemClock.now() / 1000),
      nonce: "q83vEjRWeJASNFZ4kBI0Vg",
      keyid: "sgk_bench",
    },
    sign: signatureCrypto.signingKey("hmac-sha256", secret).sign,
  });
  return "fault" in made ? message : { ...message, fields: [...message.fields, ...made.headers] };
}

/** What proof of a signed request of 1 KB costs, and what digests of its body and of a larger one do. */
export function signatureRows(): readonly CostRow[] {
  const message = signedRequest();
  const now = systemClock.now();
  const asked = { rules, now, keyOf: () => key, holds: { contentType: true, body: true } };
  let refusals = 0;
  const count = (outcome: object | undefined): void => {
    if (outcome !== undefined && "reason" in outcome) refusals += 1;
  };
  const rows: readonly CostRow[] = [
    [
      "signature: proof of a head (hmac-sha256, six components), its digest not included",
      costOf(() => count(verifyMessage(message, asked)), 20),
      "≤ 30 µs",
    ],
    [
      "signature: the digest of 1 KB held against the body",
      costOf(() => count(judgeDigest(message, body, signatureCrypto)), 20),
      "-",
    ],
    [
      "signature: SHA-256 of 1 MiB",
      costOf(() => count({ digest: signatureCrypto.digest("sha-256", large) }), 1, 500),
      "≤ 2,621 µs (400 MB/s)",
    ],
  ];
  if (refusals > 0) throw new Error("a good signature was refused");
  return rows;
}
