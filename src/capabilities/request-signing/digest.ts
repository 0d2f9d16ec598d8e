import type { RequestMessage } from "../../exchange/signed-message.ts";
import { readContentDigest } from "../../framing/content-digest.ts";
import { joinedField } from "../../framing/field-values.ts";
import type { SignatureCrypto } from "../../ports/signature-crypto.ts";
import { type Refused, refused } from "./reason.ts";

/**
 * Whether a body is the one whose digests the head tells. All that can be computed here have to be right, and one at least.
 * The body is taken as it came, before any content coding is undone.
 *
 * Source: RFC 9530, section 2.
 */
export function judgeDigest(
  { fields }: Pick<RequestMessage, "fields">,
  body: Uint8Array,
  { digest, isSame }: Pick<SignatureCrypto, "digest" | "isSame">,
): Refused | undefined {
  const digests = readContentDigest(joinedField(fields, "content-digest") ?? "");
  if (digests === undefined || digests.length === 0)
    return refused("malformed", "`Content-Digest` has neither sha-256 nor sha-512");
  const wrong = digests.find((told) => !isSame(digest(told.algorithm, body), told.digest));
  return wrong && refused("digest_mismatch", `${wrong.algorithm} of ${body.length} bytes`);
}
