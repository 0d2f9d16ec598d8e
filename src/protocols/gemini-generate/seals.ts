import type { AnswerContext, DecodeContext } from "../../exchange/codec.ts";
import type { Seal } from "../../exchange/part.ts";

/**
 * A `thoughtSignature` as the seal it carries: another provider's, if it is an envelope of ours, else Gemini's own.
 * Clients that keep signatures as bytes send them back in the alphabet of URLs.
 */
export function openSignature(signature: string, unwrap: DecodeContext["unwrap"]): Seal {
  const envelope = unwrap === undefined ? undefined : textOfBase64(signature);
  const foreign = envelope === undefined ? undefined : unwrap?.(envelope);
  return foreign ?? { origin: "gemini-generate", value: signature };
}

/**
 * A seal as a `thoughtSignature`, which has to be base64: Gemini's own as it is, another's in an envelope; `undefined`
 * when there are no envelopes.
 */
export function signatureOf(seal: Seal, { wrap }: Pick<AnswerContext, "wrap">): string | undefined {
  if (seal.origin === "gemini-generate") return seal.value;
  return wrap === undefined ? undefined : base64OfText(wrap(seal));
}

/** Base64 in the standard alphabet, whichever it was written in. */
export function standardBase64(text: string): string {
  return /[-_]/.test(text) ? text.replaceAll("-", "+").replaceAll("_", "/") : text;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

function base64OfText(text: string): string {
  return btoa(Array.from(encoder.encode(text), (byte) => String.fromCharCode(byte)).join(""));
}

/** The text in base64; `undefined` when there is none: native signatures are bytes. */
function textOfBase64(text: string): string | undefined {
  try {
    const binary = atob(standardBase64(text));
    return decoder.decode(Uint8Array.from(binary, (character) => character.charCodeAt(0)));
  } catch {
    return undefined;
  }
}
