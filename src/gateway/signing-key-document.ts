import type { SigningKeyEntry } from "../exchange/signing-key.ts";
import { GatewayError } from "../kernel/errors.ts";
import type { Json } from "../kernel/json.ts";
import { signatureAlgorithms } from "../ports/signature-crypto.ts";

/**
 * A signing key as the store has it.
 * @throws GatewayError `storage_unavailable`, when it is none: a key that cannot be read must not be taken for one that is not there.
 */
export function readSigningKey(
  id: string,
  body: Json,
): { readonly entry: SigningKeyEntry; readonly sealed: string | undefined } {
  const read = isObject(body) ? body : {};
  const { name, clientKeyId, publicKey, sealed, createdAt, expiresAt, revokedAt } = read;
  const algorithm = signatureAlgorithms.find((known) => known === read["algorithm"]);
  if (algorithm === undefined || typeof name !== "string" || typeof clientKeyId !== "string")
    throw broken(id);
  if (typeof createdAt !== "number" || !isTime(expiresAt) || !isTime(revokedAt)) throw broken(id);
  if (typeof (algorithm === "hmac-sha256" ? sealed : publicKey) !== "string") throw broken(id);
  return {
    entry: {
      ...{ id, name, algorithm, clientKeyId, createdAt, expiresAt, revokedAt },
      ...(typeof publicKey === "string" ? { publicKey } : {}),
    },
    sealed: typeof sealed === "string" ? sealed : undefined,
  };
}

const isObject = (value: Json): value is { readonly [member: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isTime = (value: Json | undefined): value is number | null =>
  value === null || typeof value === "number";
const broken = (id: string): GatewayError =>
  new GatewayError("storage_unavailable", `the signing key \`${id}\` cannot be read`);
