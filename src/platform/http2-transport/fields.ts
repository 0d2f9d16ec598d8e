import type { UpstreamHead, UpstreamRequest } from "../../ports/transport.ts";

/** Fields of a head or of trailers that are read; more are no answer. */
export const headerFieldsMax = 256;
/** Names and values of a head. */
export const headerBytesMax = 65_536;

/** Fields of a connection, not of a message: RFC 9113, section 8.2.2. */
const connectionFields: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
  "http2-settings",
  "expect",
  "host",
]);

/** The fields of a request, pseudo-fields first: a flat list. */
export function requestFields(request: UpstreamRequest): readonly string[] {
  const { protocol, host } = new URL(request.origin);
  let authority = host;
  const fields: string[] = [];
  const { headers } = request;
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = headers[at] ?? "";
    const value = headers[at + 1] ?? "";
    if (name === "host") authority = value;
    else if (isSent(name, value)) fields.push(name, value);
  }
  if (request.expectsContinue === true) fields.push("expect", "100-continue");
  const pseudo = [":method", request.method, ":scheme", protocol.slice(0, -1)];
  return [...pseudo, ":authority", authority, ":path", request.path, ...fields];
}

const isSent = (name: string, value: string): boolean =>
  name === "te" ? value.toLowerCase() === "trailers" : !connectionFields.has(name);

/** The head in Node's raw fields; `undefined`: larger than is read. */
export function readHead(raw: readonly string[]): UpstreamHead | undefined {
  const list = readTrailers(raw);
  if (list === undefined) return undefined;
  const headers = new Map<string, string>();
  for (let at = 0; at + 1 < list.length; at += 2) {
    const name = list[at] ?? "";
    const value = list[at + 1] ?? "";
    const earlier = headers.get(name);
    headers.set(name, earlier === undefined ? value : `${earlier}, ${value}`);
  }
  return { status: Number(raw[raw.indexOf(":status") + 1]), headers, list };
}

/** Fields without pseudo-fields; `undefined`: more than are read. */
export function readTrailers(raw: readonly string[]): readonly string[] | undefined {
  let bytes = 0;
  const list: string[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at] ?? "";
    const value = raw[at + 1] ?? "";
    bytes += name.length + value.length;
    if (!name.startsWith(":")) list.push(name, value);
  }
  return list.length > 2 * headerFieldsMax || bytes > headerBytesMax ? undefined : list;
}

/** A flat list as Node wants trailers: values of a repeated name together, and none that it throws at. */
export function asObject(list: readonly string[]): Record<string, string[]> {
  const object: Record<string, string[]> = Object.create(null);
  for (let at = 0; at + 1 < list.length; at += 2) {
    const name = list[at] ?? "";
    const value = list[at + 1] ?? "";
    if (isSent(name, value)) (object[name] ??= []).push(value);
  }
  return object;
}
