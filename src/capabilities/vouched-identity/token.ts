import { isJsonObject, type JsonObject, parseJson } from "../../kernel/json.ts";

/** A token (RFC 7519, compact) as it is written. Nothing of it is to be believed yet. */
export interface ReadToken {
  readonly text: string;
  readonly header: JsonObject;
  readonly claims: JsonObject;
}

/** The longest token that is read, in bytes; base64url and dots are one byte a character. */
export const tokenBytesMax = 8192;

const shape = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*$/;

/** Whether a credential is written like a token: three parts of base64url; the last may be missing, which no rule allows. */
export const isTokenLike = (text: string): boolean => text.startsWith("eyJ") && shape.test(text);

/** The two readable parts of a token; `undefined`: it is none, or longer than is read. */
export function readToken(text: string): ReadToken | undefined {
  if (text.length > tokenBytesMax || !isTokenLike(text)) return undefined;
  const [first = "", second = ""] = text.split(".", 2);
  const header = objectOf(first);
  const claims = objectOf(second);
  return header === undefined || claims === undefined ? undefined : { text, header, claims };
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function objectOf(part: string): JsonObject | undefined {
  try {
    const binary = atob(part.replaceAll("-", "+").replaceAll("_", "/"));
    const value = parseJson(utf8.decode(Uint8Array.from(binary, (character) => character.charCodeAt(0))));
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
