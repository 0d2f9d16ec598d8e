import type { RequestMessage } from "../../exchange/signed-message.ts";
import { valuesOf } from "../../framing/field-values.ts";
import { simpleSignatureText } from "../../framing/simple-signature.ts";
import type { VerifyingKey } from "../../ports/signature-crypto.ts";
import { judgeTime } from "./judge.ts";
import { type Refused, refused } from "./reason.ts";
import type { Verification } from "./verify-message.ts";

/** A signature of the simple profile as far as it can be judged without the body. */
export interface SimpleHead {
  readonly keyId: string;
  readonly nonce: string;
  /** Whether it is the signature of a body with this SHA-256, lower-case hex. */
  readonly verify: (bodyHash: string) => boolean;
}

const forms = {
  "x-sallyport-key-id": /^[\x21-\x7e]{1,200}$/,
  "x-sallyport-timestamp": /^\d{1,12}$/,
  "x-sallyport-nonce": /^[A-Za-z0-9_-]{22,64}$/,
  "x-sallyport-signature": /^v1=[0-9a-f]{64}$/,
} as const;

/** The head of a request signed in the profile `sallyport-hmac-v1`. */
export function readSimple(
  message: RequestMessage,
  { rules, now, keyOf }: Omit<Verification, "holds">,
): SimpleHead | Refused {
  const read = (name: keyof typeof forms): string | undefined => {
    const values = valuesOf(message.fields, name) ?? [];
    const [value = ""] = values;
    return values.length === 1 && forms[name].test(value) ? value : undefined;
  };
  const keyId = read("x-sallyport-key-id");
  const timestamp = read("x-sallyport-timestamp");
  const nonce = read("x-sallyport-nonce");
  const signature = read("x-sallyport-signature");
  if (keyId === undefined || timestamp === undefined || nonce === undefined || signature === undefined)
    return refused("malformed", "one of the four headers is missing, doubled or of another form");
  const key = keyOf(keyId);
  if (key === undefined) return refused("unknown_key", `no key \`${keyId}\``);
  if (key.algorithm !== "hmac-sha256")
    return refused("wrong_alg", `the simple profile, but the key is of ${key.algorithm}`);
  const fault = judgeTime(Number(timestamp), now, rules);
  if (fault !== undefined) return fault;
  return {
    keyId,
    nonce,
    verify: (bodyHash) => isGood(key, message, { timestamp, nonce, bodyHash }, signature),
  };
}

const isGood = (
  key: VerifyingKey,
  message: RequestMessage,
  parameters: Parameters<typeof simpleSignatureText>[1],
  signature: string,
): boolean => key.verify(simpleSignatureText(message, parameters), bytesOfHex(signature.slice(3)));

export const bytesOfHex = (hex: string): Uint8Array =>
  Uint8Array.from({ length: hex.length / 2 }, (_, index) =>
    Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16),
  );

export const hexOf = (bytes: Uint8Array): string => {
  let hex = "";
  for (const byte of bytes) hex += byte.toString(16).padStart(2, "0");
  return hex;
};
