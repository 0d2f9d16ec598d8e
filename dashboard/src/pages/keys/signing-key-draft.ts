import { readDay } from "../../format/lists.ts";
import type { ShownSigningKey, WantedSigningKey } from "../../generated/client.ts";

export const algorithms: readonly { readonly value: ShownSigningKey["algorithm"]; readonly name: string }[] =
  [
    { value: "hmac-sha256", name: "a secret (HMAC-SHA256)" },
    { value: "ed25519", name: "a key pair (Ed25519)" },
    { value: "ecdsa-p256-sha256", name: "a key pair (ECDSA P-256)" },
  ];

/** A signing key as it is typed. */
export interface SigningKeyDraft {
  readonly name: string;
  readonly algorithm: ShownSigningKey["algorithm"];
  readonly clientKeyId: string;
  /** PEM, of a key pair. */
  readonly publicKey: string;
  /** A day, or nothing. */
  readonly expires: string;
}

/** Whether it is a pair of which the gateway gets the public half only. */
export const isPair = ({ algorithm }: SigningKeyDraft): boolean => algorithm !== "hmac-sha256";

/** What was typed, as the admin API takes it. */
export const wantedSigningKeyOf = (draft: SigningKeyDraft): WantedSigningKey => ({
  name: draft.name.trim(),
  algorithm: draft.algorithm,
  clientKeyId: draft.clientKeyId,
  ...(isPair(draft) ? { publicKey: `${draft.publicKey.trim()}\n` } : {}),
  ...(draft.expires === "" ? {} : { expiresAt: readDay(draft.expires) }),
});
