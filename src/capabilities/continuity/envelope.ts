import { envelopeMark } from "../../exchange/own-state.ts";
import type { Seal } from "../../exchange/part.ts";
import { isJsonObject, parseJson, printJson } from "../../kernel/json.ts";
import type { Sealer } from "../../ports/sealer.ts";

/** Far above any seal that was seen; what is longer is no envelope of ours. */
const lengthMax = 256 * 1024;

/**
 * A seal as a client of another dialect may keep it: `sp1.<keyId>.<payload>.<mark>`, the payload in base64url.
 * Source: AI models specification, part 10.
 */
export function wrapSeal({ origin, value, itemId }: Seal, boundary: string, sealer: Sealer): string {
  const payload = encode(
    printJson({ o: origin, b: boundary, ...(itemId === undefined ? {} : { i: itemId }), s: value }),
  );
  const text = `${envelopeMark}${sealer.keyId}.${payload}`;
  return `${text}.${sealer.mark(text)}`;
}

/** The seal in an envelope of this installation; `undefined` for any other text, a forged one too. */
export function unwrapSeal(text: string, sealer: Sealer): Seal | undefined {
  if (!text.startsWith(envelopeMark) || text.length > lengthMax) return undefined;
  const cut = text.lastIndexOf(".");
  const [, keyId, payload = "", ...rest] = text.slice(0, cut).split(".");
  if (keyId !== sealer.keyId || rest.length > 0) return undefined;
  if (!sealer.isMarked(text.slice(0, cut), text.slice(cut + 1))) return undefined;
  return sealIn(decode(payload) ?? "");
}

function sealIn(payload: string): Seal | undefined {
  const found = parseJson(payload);
  if (!isJsonObject(found)) return undefined;
  const { o: origin, b: boundary, i: itemId, s: value } = found;
  const known = origins.find((name) => name === origin);
  if (known === undefined || typeof boundary !== "string" || typeof value !== "string") return undefined;
  return { origin: known, boundary, value, ...(typeof itemId === "string" ? { itemId } : {}) };
}

const origins = [
  "openai-chat",
  "openai-responses",
  "anthropic-messages",
  "gemini-generate",
  "bedrock-converse",
  "cohere-chat",
  "mistral-chat",
] as const satisfies readonly Seal["origin"][];

function encode(text: string): string {
  const bytes = new TextEncoder().encode(text);
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function decode(text: string): string | undefined {
  if (!/^[\w-]*$/.test(text)) return undefined;
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return new TextDecoder().decode(Uint8Array.from(binary, (character) => character.charCodeAt(0)));
}
