import type { RequestMessage } from "../exchange/signed-message.ts";

/** What a signature of the profile `sallyport-hmac-v1` says of itself. */
export interface SimpleParameters {
  /** Unix seconds, as they stand in the header. */
  readonly timestamp: string;
  readonly nonce: string;
  /** Lower-case hex of the body's SHA-256. */
  readonly bodyHash: string;
}

/**
 * What is signed in the profile `sallyport-hmac-v1`: eight lines.
 *
 * Source: security specification, part 2, "Simple profile".
 */
export const simpleSignatureText = (
  { method, authority, path, query }: Pick<RequestMessage, "method" | "authority" | "path" | "query">,
  { timestamp, nonce, bodyHash }: SimpleParameters,
): string => ["sallyport-hmac-v1", timestamp, nonce, method, authority, path, query, bodyHash].join("\n");
