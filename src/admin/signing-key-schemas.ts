import * as z from "zod";
import { epochMs } from "./quantities.ts";

const algorithm = z
  .enum(["hmac-sha256", "ed25519", "ecdsa-p256-sha256"])
  .describe("How it signs; nothing that a request says changes it.");
const publicKey = z.string().min(1).max(4096);

const shownSigningKey = z.strictObject({
  id: z.string().describe("What signatures call `keyid`."),
  name: z.string(),
  algorithm,
  clientKeyId: z.string().describe("The client key that it stands for: it may do what that one may."),
  publicKey: z.exactOptional(publicKey).describe("PEM; absent: it is a secret."),
  createdAt: epochMs,
  expiresAt: epochMs.nullable(),
  revokedAt: epochMs.nullable(),
});

/** Signing keys, as they are shown and as they are wished for. */
export const signingKeyComponents = {
  CreatedSigningKey: z.strictObject({
    secret: z
      .string()
      .nullable()
      .describe("The secret of `hmac-sha256`. It is shown this once, and kept sealed; of others: null."),
    entry: shownSigningKey,
  }),
  ShownSigningKey: shownSigningKey,
  SigningKeyList: z.strictObject({ keys: z.array(shownSigningKey) }),
  WantedSigningKey: z.strictObject({
    name: z.string().trim().min(1).max(100),
    algorithm: algorithm.default("hmac-sha256"),
    clientKeyId: z.string().min(1).max(100).describe("The client key that it stands for."),
    publicKey: z
      .exactOptional(publicKey)
      .describe("PEM (SPKI), of all algorithms but `hmac-sha256`: the private key stays with whoever signs."),
    expiresAt: z.exactOptional(epochMs.nullable()).describe("When it ends; absent: with its client key."),
  }),
} as const;
