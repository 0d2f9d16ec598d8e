import type { ErrorCode } from "../../kernel/errors.ts";

/** The head of a request of HTTP/2, as one of HTTP/1.1 would be told. */
export interface Http2Head {
  readonly kind: "head";
  readonly method: string;
  readonly target: string;
  /** Flat; `host` first, cookies in one field. */
  readonly rawHeaders: readonly string[];
  readonly host: string;
  /** What its stream is to become (RFC 8441): it is told as the GET that asks for it in HTTP/1.1. */
  readonly protocol?: "websocket";
}

export type ReadHttp2Head = Http2Head | { readonly kind: "refused"; readonly code: ErrorCode };

const refuse = (code: ErrorCode): ReadHttp2Head => ({ kind: "refused", code });

/** Source: RFC 9113, section 8.2.2. */
const connectionFields: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
]);

/** Whether a field speaks of the connection, which HTTP/2 has no fields for. */
export const isConnectionField = (name: string): boolean => connectionFields.has(name);

interface Collected {
  readonly pseudo: Map<string, string>;
  readonly fields: string[];
  readonly cookies: string[];
  host: string | undefined;
}

/**
 * Reads the fields of a HEADERS block. What the parser has let pass is looked at again, since everything behind this
 * point relies on it.
 *
 * Source: RFC 9113, sections 8.2 and 8.3; RFC 9110, section 7.2.
 *
 * @param flat Names and values in turn, pseudo-headers first, as they came.
 */
export function readHttp2Head(
  flat: readonly string[],
  limits: {
    readonly headerBytesMax: number;
    readonly headerPairsMax: number;
    readonly connectProtocol?: boolean;
  },
): ReadHttp2Head {
  if (isTooLarge(flat, limits)) return refuse("headers_too_large");
  const collected: Collected = { pseudo: new Map(), fields: [], cookies: [], host: undefined };
  for (let at = 0; at + 1 < flat.length; at += 2)
    if (!collect(collected, flat[at] ?? "", flat[at + 1] ?? "")) return refuse("malformed_request");
  const { pseudo, fields, cookies } = collected;
  const { method, target, isSocket } = lineOf(pseudo, limits.connectProtocol === true);
  if (method === "CONNECT" || method === "TRACE") return refuse("method_not_allowed");
  const host = hostOf(collected);
  if (!isLine(method, target, pseudo.get(":scheme")) || host === undefined)
    return refuse("malformed_request");
  if (cookies.length > 0) fields.push("cookie", cookies.join("; "));
  const head = { kind: "head", method, target, host, rawHeaders: ["host", host, ...fields] } as const;
  return isSocket ? { ...head, protocol: "websocket" } : head;
}

const isTooLarge = (
  flat: readonly string[],
  limits: { readonly headerBytesMax: number; readonly headerPairsMax: number },
): boolean =>
  flat.length / 2 > limits.headerPairsMax ||
  flat.reduce((sum, text) => sum + text.length, 0) > limits.headerBytesMax;

function lineOf(pseudo: ReadonlyMap<string, string>, takesSockets: boolean) {
  const method = pseudo.get(":method") ?? "";
  const isSocket = takesSockets && method === "CONNECT" && pseudo.get(":protocol") === "websocket";
  return { method: isSocket ? "GET" : method, target: pseudo.get(":path") ?? "", isSocket };
}

const isLine = (method: string, target: string, scheme: string | undefined): boolean =>
  method !== "" &&
  (scheme === "http" || scheme === "https") &&
  (target.startsWith("/") || (target === "*" && method === "OPTIONS"));

/** `undefined`: it names none, or two. */
function hostOf({ pseudo, host: field }: Collected): string | undefined {
  const host = pseudo.get(":authority") ?? field;
  if (host === undefined || host === "" || host.includes("@")) return undefined;
  return field === undefined || field.toLowerCase() === host.toLowerCase() ? host : undefined;
}

/** @returns `false`: the head is malformed. */
function collect(into: Collected, name: string, value: string): boolean {
  if (name.startsWith(":")) return collectPseudo(into, name, value);
  if (/[A-Z]/.test(name) || isConnectionField(name)) return false;
  if (name === "te" && value.toLowerCase() !== "trailers") return false;
  if (name === "host") {
    if (into.host !== undefined) return false;
    into.host = value;
    return true;
  }
  if (name === "cookie") into.cookies.push(value);
  else into.fields.push(name, value);
  return true;
}

/** They stand first, each once. */
function collectPseudo(into: Collected, name: string, value: string): boolean {
  const isLate = into.fields.length > 0 || into.cookies.length > 0 || into.host !== undefined;
  if (isLate || into.pseudo.has(name)) return false;
  into.pseudo.set(name, value);
  return true;
}
