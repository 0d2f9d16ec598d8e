import type { RequestMessage } from "../exchange/signed-message.ts";
import type { Secret } from "../kernel/secret.ts";
import type { EpochMs } from "../kernel/units.ts";

/** One request as it is signed. */
export interface Signable extends Pick<RequestMessage, "method" | "authority" | "path" | "query"> {
  readonly body: string | Uint8Array;
}

/** Signs requests of the gateway's own, so that who gets them knows whose they are. Implementation: `platform/request-signature`. */
export interface RequestSigner {
  /**
   * The headers of the profile `sallyport-hmac-v1`, as a flat list of names and values.
   *
   * @param nonce Never used before with this key: 22 to 64 characters `A-Za-z0-9_-`.
   */
  readonly sign: (
    request: Signable,
    by: { readonly keyId: string; readonly secret: Secret; readonly at: EpochMs; readonly nonce: string },
  ) => readonly string[];
}
