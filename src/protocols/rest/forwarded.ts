import { type ForwardedMode, plainAddress } from "../../kernel/client-address.ts";

/** What is told of a connection to the upstream. */
export interface Connecting {
  readonly remoteAddress: string;
  readonly scheme: "http" | "https";
  /** As the client named it, canonical, with port if it told one. */
  readonly host: string;
  readonly localPort: number;
}

/** What trusted proxies before us have told, values in their order. */
export interface ToldBefore {
  readonly forwardedFor: readonly string[];
  readonly forwarded: readonly string[];
  /** Folded names of all `x-forwarded-*` that stay as they came. */
  readonly kept: ReadonlySet<string>;
}

/**
 * The fields that tell of the way, as a flat list. Whatever trusted proxies told is carried on: the lists are appended to,
 * in whichever form they came, and what they said of scheme, host and port stays.
 *
 * Source: RFC 7239 section 4; protocols specification, part 1, "Headers on the way up", 4.
 */
export function forwardedFields(
  connecting: Connecting,
  before: ToldBefore,
  mode: ForwardedMode,
): readonly string[] {
  const { scheme, host, localPort } = connecting;
  const address = plainAddress(connecting.remoteAddress);
  const fields: string[] = [];
  if (mode !== "rfc" || before.forwardedFor.length > 0)
    fields.push("x-forwarded-for", [...before.forwardedFor, address].join(", "));
  if (mode !== "rfc") {
    if (!before.kept.has("x-forwarded-proto")) fields.push("x-forwarded-proto", scheme);
    if (!before.kept.has("x-forwarded-host")) fields.push("x-forwarded-host", host);
    if (!before.kept.has("x-forwarded-port")) fields.push("x-forwarded-port", `${localPort}`);
  }
  if (mode !== "x" || before.forwarded.length > 0)
    fields.push(
      "forwarded",
      [...before.forwarded, `for=${node(address)};host=${quoted(host)};proto=${scheme}`].join(", "),
    );
  return fields;
}

/** IPv6 stands in brackets, and so in quotes; what is no address is `unknown`. Source: RFC 7239, section 6. */
function node(address: string): string {
  if (address === "") return "unknown";
  return address.includes(":") ? `"[${address}]"` : quoted(address);
}

const quoted = (value: string): string =>
  /^[\w!#$%&'*+.^`|~-]+$/.test(value) ? value : `"${value.replace(/["\\]/g, String.raw`\$&`)}"`;
