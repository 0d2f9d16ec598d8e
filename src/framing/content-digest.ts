import { type DigestAlgorithm, digestAlgorithms } from "../exchange/signed-message.ts";
import { parseDictionary } from "../kernel/structured-fields.ts";
import { bytesText } from "../kernel/structured-text.ts";
import { isInnerList } from "../kernel/structured-values.ts";

export interface ContentDigest {
  readonly algorithm: DigestAlgorithm;
  readonly digest: Uint8Array;
}

/**
 * The digests of a `Content-Digest` that can be held against the content; empty: it has others only; `undefined`: it is none.
 *
 * Source: RFC 9530, section 2.
 */
export function readContentDigest(text: string): readonly ContentDigest[] | undefined {
  const dictionary = parseDictionary(text);
  if (dictionary === undefined) return undefined;
  const found: ContentDigest[] = [];
  for (const [name, member] of dictionary) {
    if (isInnerList(member) || member.value.type !== "bytes") return undefined;
    const algorithm = digestAlgorithms.find((known) => known === name);
    if (algorithm !== undefined) found.push({ algorithm, digest: member.value.value });
  }
  return found;
}

/** The field of one digest. */
export const contentDigestText = ({ algorithm, digest }: ContentDigest): string =>
  `${algorithm}=${bytesText(digest)}`;
