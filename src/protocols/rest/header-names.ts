/** Fields of one connection. Source: RFC 9110 section 7.6.1; RFC 9113 section 8.2.2; RFC 7540 section 3.2.1. */
const hopByHop: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "proxy-authenticate",
  "proxy-authentication-info",
  "proxy-authorization",
  "te",
  "transfer-encoding",
  "upgrade",
  "http2-settings",
  "trailer",
]);

/** What no client may send through, whatever is configured. */
const alwaysOwned = ["x-original-url", "x-rewrite-url", "x-http-method-override"];

/** What the gateway tells of the way itself, beside `x-forwarded-*`. */
const forwarding: ReadonlySet<string> = new Set([
  "forwarded",
  "x-real-ip",
  "true-client-ip",
  "cf-connecting-ip",
]);

/** What a `Connection` of a client can never strip, beside `content-*` and the names that the gateway sets. */
const unstrippable: ReadonlySet<string> = new Set([
  "host",
  "authorization",
  "cookie",
  "set-cookie",
  "cache-control",
  "via",
  "traceparent",
  "tracestate",
]);

/** Every name that the gateway may set, in folded form. Made once for a snapshot by `ownedNames`. */
export type OwnedNames = ReadonlySet<string>;

/**
 * The names that the gateway may set: those of the configured rooms and those that always are.
 * `x-sallyport-*` need not be told.
 */
export function ownedNames(names: readonly string[]): OwnedNames {
  return new Set([...alwaysOwned, ...names].map(foldedName));
}

/** A name as servers compare it that hand `X_User` and `X-User` to programs as one: lower case, `_` as `-`. */
export function foldedName(name: string): string {
  const lower = name.toLowerCase();
  return lower.includes("_") ? lower.replaceAll("_", "-") : lower;
}

export const isHopByHop = (folded: string): boolean => hopByHop.has(folded);

export const isOwned = (folded: string, owned: OwnedNames): boolean =>
  folded.startsWith("x-sallyport-") || owned.has(folded);

export const isForwarding = (folded: string): boolean =>
  folded.startsWith("x-forwarded-") || forwarding.has(folded);

/** Whether the name stands for more than the connection, so that no neighbour may have it removed. */
export const isUnstrippable = (folded: string, owned: OwnedNames): boolean =>
  unstrippable.has(folded) || folded.startsWith("content-") || isForwarding(folded) || isOwned(folded, owned);

/** Names that a `Connection` field lists, and how many of them are not obeyed. */
export interface Nominations {
  /** Lower case. */
  readonly obeyed: ReadonlySet<string>;
  readonly ignored: number;
}

const none: Nominations = { obeyed: new Set(), ignored: 0 };

/** Reads every `Connection` of a flat list. Names that are hop-by-hop anyway count neither way. */
export function nominationsOf(headers: readonly string[], owned: OwnedNames): Nominations {
  let obeyed: Set<string> | undefined;
  let ignored = 0;
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? "";
    if (name.length !== 10 || name.toLowerCase() !== "connection") continue;
    for (const member of (headers[index + 1] ?? "").split(",")) {
      const nominated = member.trim().toLowerCase();
      const folded = foldedName(nominated);
      if (nominated === "" || nominated === "close" || isHopByHop(folded)) continue;
      if (isUnstrippable(folded, owned)) ignored += 1;
      else (obeyed ??= new Set()).add(nominated);
    }
  }
  return obeyed === undefined && ignored === 0 ? none : { obeyed: obeyed ?? none.obeyed, ignored };
}
