import { listOf } from "./header-list.ts";

/** Browsers cannot set headers on a WebSocket; OpenAI's clients put the key here. */
const keyPrefix = "openai-insecure-api-key.";

/** Finds a key among the subprotocols and takes it out, so that it goes nowhere else. */
export function takeCredential(protocols: readonly string[]): {
  readonly credential: string | undefined;
  readonly protocols: readonly string[];
} {
  const isKey = (protocol: string): boolean => protocol.startsWith(keyPrefix);
  return {
    credential: protocols.find(isKey)?.slice(keyPrefix.length),
    protocols: protocols.filter((protocol) => !isKey(protocol)),
  };
}

/** The key that came as a subprotocol; `rawHeaders`: a flat list as it came. */
export const subprotocolKey = (rawHeaders: readonly string[]): string | undefined =>
  takeCredential(listOf(rawHeaders, "sec-websocket-protocol")).credential;

/**
 * Finds `key` in a query and takes every one out; everything else stays as it is written, byte for byte.
 *
 * @param target Path and query as the client sent them.
 */
export function takeQueryKey(target: string): {
  readonly credential: string | undefined;
  readonly target: string;
} {
  const at = target.indexOf("?");
  if (at < 0) return { credential: undefined, target };
  const fields = target.slice(at + 1).split("&");
  const isKey = (field: string): boolean => field === "key" || field.startsWith("key=");
  const found = fields.find(isKey);
  if (found === undefined) return { credential: undefined, target };
  const kept = fields.filter((field) => !isKey(field)).join("&");
  return {
    credential: decode(found.slice("key=".length)),
    target: kept === "" ? target.slice(0, at) : `${target.slice(0, at)}?${kept}`,
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}
