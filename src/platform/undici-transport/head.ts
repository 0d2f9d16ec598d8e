import type { UpstreamHead } from "../../ports/transport.ts";

/** Of what comes before and after an answer's body. */
export const headerBytesMax = 65_536;
const headerFieldsMax = 256;
/** Interim answers to one request; more are no answer. */
export const interimMax = 64;

/** Header lines as undici has them: buffers, or text that is already decoded. */
type RawFields = readonly (Buffer | string)[] | object | null | undefined;

/** The lines as a flat list, names in lower case. */
export function readList(raw: RawFields): readonly string[] {
  if (!isLines(raw)) return [];
  return raw.map((text, at) => {
    const decoded = typeof text === "string" ? text : text.toString("latin1");
    return at % 2 === 0 ? decoded.toLowerCase() : decoded;
  });
}

const isLines = (raw: RawFields): raw is readonly (Buffer | string)[] => Array.isArray(raw);

/** Whether there are more lines than are read. */
export const hasTooMany = (raw: RawFields): boolean => isLines(raw) && raw.length > 2 * headerFieldsMax;

/** `list` is decoded once somebody asks for it: most calls never do. */
export function readHead(
  status: number,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  raw: RawFields,
): UpstreamHead {
  const map = new Map<string, string>();
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) map.set(name, typeof value === "string" ? value : value.join(", "));
  }
  return new RawHead(status, map, raw);
}

/** A class, as a getter of an object literal makes V8 a hidden class for each object, which holds on to what it sees. */
class RawHead implements UpstreamHead {
  readonly status: number;
  readonly headers: UpstreamHead["headers"];
  readonly #raw: RawFields;
  #list: readonly string[] | undefined;

  constructor(status: number, headers: UpstreamHead["headers"], raw: RawFields) {
    this.status = status;
    this.headers = headers;
    this.#raw = raw;
  }

  get list(): readonly string[] {
    this.#list ??= readList(this.#raw);
    return this.#list;
  }
}

/** The same of lines that are decoded already. */
export function headOf(status: number, raw: readonly string[]): UpstreamHead {
  const list = readList(raw);
  const headers = new Map<string, string>();
  for (let at = 0; at + 1 < list.length; at += 2) {
    const name = list[at] ?? "";
    const value = list[at + 1] ?? "";
    const earlier = headers.get(name);
    headers.set(name, earlier === undefined ? value : `${earlier}, ${value}`);
  }
  return { status, headers, list };
}
