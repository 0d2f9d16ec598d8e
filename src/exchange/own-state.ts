/**
 * How the gateway's own state is known again in what clients bring back. Both marks are rare enough to be searched for
 * in the bytes of a body that nobody has parsed.
 */

/** How envelopes begin. Source: AI models specification, part 10. */
export const envelopeMark = "sp1.";

/** The same in base64, as Gemini's clients keep envelopes; the character after it depends on what follows. */
export const envelopeMarkBase64 = "c3AxL";

/** What stands between the prefix and the hash in the ids of items that the gateway made: no provider knows such an id. */
export const mintedMark = "_sp1";
