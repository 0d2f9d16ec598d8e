import { GatewayError } from "../../kernel/errors.ts";
import { foldedName, isHopByHop, isOwned, nominationsOf, type OwnedNames } from "./header-names.ts";
import { trailerNames } from "./trailers.ts";
import { viaWith } from "./via.ts";

/** What holds for the answers of a route. */
export interface DownRules {
  /** Names that no upstream may set towards a client. */
  readonly owned: OwnedNames;
  readonly pseudonym: string;
  /** The version by which the answer came: `1.1`. */
  readonly httpVersion: "1.0" | "1.1" | "2";
  readonly passesTrailers: boolean;
  /** With a 101: the protocol that the connection becomes. */
  readonly upgrade?: string;
  readonly headersMax: number;
  readonly headerBytesMax: number;
}

/** Source: protocols specification, part 1: 64 KiB and 256 fields for upstreams. */
export const defaultDownLimits = { headersMax: 256, headerBytesMax: 65_536 } as const;

const badValue = /[^\t\x20-\x7e\x80-\xff]/;

/**
 * The fields of an answer, or of an interim one, on its way to the client: without those of the upstream's connection,
 * `Alt-Svc` (it would speak for the wrong origin) and what the gateway owns; `Via` appended. All others stay as they came
 * and where they came, repeated ones apart. `Date` is the server engine's, where it is missing.
 *
 * @param list Flat list as it came, repeated fields apart.
 * @throws GatewayError `upstream_malformed_response`, reason `too_large` or `protocol`.
 */
export function downHeaders(list: readonly string[], rules: DownRules): readonly string[] {
  checkSize(list, rules);
  const { obeyed } = nominationsOf(list, rules.owned);
  const headers: string[] = [];
  const via: string[] = [];
  const trailers: string[] = [];
  let isChunked = false;
  for (let index = 0; index < list.length; index += 2) {
    const name = (list[index] ?? "").toLowerCase();
    const value = list[index + 1] ?? "";
    const folded = foldedName(name);
    if (name === "via") via.push(value);
    else if (name === "trailer") trailers.push(value);
    else if (name === "transfer-encoding") isChunked = true;
    else if (isHopByHop(folded) || name === "alt-svc" || obeyed.has(name) || isOwned(folded, rules.owned))
      continue;
    else headers.push(name, value);
  }
  // A length beside a transfer coding does not count. Source: RFC 9112, section 6.3.
  const passed = isChunked ? withoutLength(headers) : headers;
  const announced = rules.passesTrailers ? trailerNames(trailers, rules.owned) : "";
  if (announced !== "") passed.push("trailer", announced);
  passed.push("via", viaWith(via, { protocol: rules.httpVersion, pseudonym: rules.pseudonym }));
  if (rules.upgrade !== undefined) passed.push("connection", "Upgrade", "upgrade", rules.upgrade);
  return passed;
}

function withoutLength(headers: readonly string[]): string[] {
  return headers.filter((_, index) => headers[index - (index % 2)] !== "content-length");
}

function checkSize(list: readonly string[], { headersMax, headerBytesMax }: DownRules): void {
  let bytes = 0;
  for (const [index, text] of list.entries()) {
    bytes += text.length;
    if (index % 2 === 1 && badValue.test(text))
      throw malformed("protocol", "a control byte in a field value");
  }
  if (list.length > headersMax * 2) throw malformed("too_large", `${list.length / 2} header fields`);
  if (bytes > headerBytesMax) throw malformed("too_large", `${bytes} bytes of header fields`);
}

const malformed = (reason: "protocol" | "too_large", detail: string) =>
  new GatewayError("upstream_malformed_response", detail, { reason });
