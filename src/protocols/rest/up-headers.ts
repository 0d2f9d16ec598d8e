import type { ForwardedMode } from "../../kernel/client-address.ts";
import { type Connecting, forwardedFields } from "./forwarded.ts";
import {
  foldedName,
  isForwarding,
  isHopByHop,
  isOwned,
  nominationsOf,
  type OwnedNames,
} from "./header-names.ts";
import { trailerNames } from "./trailers.ts";
import { refuseLoop, viaWith } from "./via.ts";

/** What a request brings to the way up, beside its headers. */
export interface UpRequest extends Connecting {
  /** Flat list as it came, checked by `checkHead`. */
  readonly rawHeaders: readonly string[];
  readonly method: string;
  readonly httpVersion: "1.0" | "1.1" | "2";
  /** Whether the peer is in `server.trustedProxies`. */
  readonly isPeerTrusted: boolean;
  /** Where the client's gateway credential came: it goes no further. Names of headers in lower case. */
  readonly credentialIn: { readonly headers: readonly string[]; readonly cookies: readonly string[] };
  /** Bytes of the body as it goes up; absent: none is told, the transport frames it. */
  readonly contentLength?: number;
  /** Instead of the client's own. */
  readonly traceparent?: string;
  /** The protocol that the connection is to become, where the transport does not say so itself: `websocket`. */
  readonly upgrade?: string;
}

/** What holds for all requests of a route. */
export interface UpRules {
  readonly owned: OwnedNames;
  readonly forwarded: ForwardedMode;
  /** Ours in `Via`: `sallyport-1a2b3c4d`. */
  readonly pseudonym: string;
  /** The upstream's authority; absent: the client's `Host` is preserved. */
  readonly upstreamHost?: string;
  /** By which we prove ourselves to the upstream: flat list, names in lower case. */
  readonly credential: readonly string[];
  /** Trailers pass: `te: trailers` is kept, and `trailer` without the names that may not come there. */
  readonly passesTrailers: boolean;
}

export interface UpHeaders {
  /** Flat list for the transport: names in lower case, `host` first, the upstream's credential last. */
  readonly headers: readonly string[];
  /** Names in the client's `Connection` that were not obeyed. */
  readonly ignoredNominations: number;
}

/** What has been read while the client's fields were sifted. */
interface Sifted {
  readonly passed: string[];
  readonly via: string[];
  readonly forwardedFor: string[];
  readonly forwarded: string[];
  readonly kept: Set<string>;
  readonly cookies: string[];
  takesTrailers: boolean;
  readonly trailers: string[];
}

/**
 * The fields of a request to an upstream. First the client's are sifted: those of the connection and those it lists, those
 * the gateway owns, those of the way unless a trusted proxy wrote them, `Host`, framing, `Expect` and the gateway
 * credential go. Then ours are added, so that no client can have them removed.
 *
 * @throws GatewayError `loop_detected`.
 * Source: protocols specification, part 1, "Headers on the way up", 1-5; RFC 9110 section 7.6.
 */
export function upHeaders(request: UpRequest, rules: UpRules): UpHeaders {
  const nominations = nominationsOf(request.rawHeaders, rules.owned);
  const sifted = sift(request, rules, nominations.obeyed);
  refuseLoop(sifted.via, rules.pseudonym);
  const headers = ["host", rules.upstreamHost ?? request.host, ...sifted.passed];
  if (sifted.cookies.length > 0) headers.push("cookie", sifted.cookies.join("; "));
  if (request.contentLength !== undefined) headers.push("content-length", `${request.contentLength}`);
  headers.push(...forwardedFields(request, sifted, rules.forwarded));
  headers.push("via", viaWith(sifted.via, { protocol: request.httpVersion, pseudonym: rules.pseudonym }));
  if (request.traceparent !== undefined) headers.push("traceparent", request.traceparent);
  if (rules.passesTrailers && sifted.takesTrailers) headers.push("te", "trailers");
  const announced = rules.passesTrailers ? trailerNames(sifted.trailers, rules.owned) : "";
  if (announced !== "") headers.push("trailer", announced);
  if (request.upgrade !== undefined) headers.push("connection", "Upgrade", "upgrade", request.upgrade);
  headers.push(...rules.credential);
  return { headers, ignoredNominations: nominations.ignored };
}

/** Fields that are never copied: the transport or `upHeaders` makes them anew. */
const remade: ReadonlySet<string> = new Set(["host", "content-length", "expect"]);

function sift(request: UpRequest, rules: UpRules, nominated: ReadonlySet<string>): Sifted {
  const { rawHeaders, credentialIn } = request;
  const sifted: Sifted = {
    passed: [],
    via: [],
    forwardedFor: [],
    forwarded: [],
    kept: new Set(),
    cookies: [],
    takesTrailers: false,
    trailers: [],
  };
  const dropped = droppedNames(request, rules);
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? "").toLowerCase();
    const value = rawHeaders[index + 1] ?? "";
    const folded = foldedName(name);
    if (isHopByHop(folded)) {
      if (name === "te") sifted.takesTrailers ||= /(?:^|,)\s*trailers\s*(?:,|$)/i.test(value);
      else if (name === "trailer") sifted.trailers.push(value);
    } else if (nominated.has(name) || isOwned(folded, rules.owned) || remade.has(folded)) continue;
    else if (isForwarding(folded)) {
      // A proxy writes them with hyphens: what has underscores is its client's.
      if (request.isPeerTrusted && name === folded) keepForwarding(sifted, name, value);
    } else if (dropped.has(folded)) continue;
    else if (name === "via") sifted.via.push(value);
    else if (name === "cookie") keepCookie(sifted, value, request);
    else if (name === "max-forwards") sifted.passed.push(name, oneLess(value, request.method));
    else sifted.passed.push(name, value);
  }
  return sifted;

  function droppedNames({ traceparent }: UpRequest, { credential }: UpRules): ReadonlySet<string> {
    const names = credential.filter((_, index) => index % 2 === 0);
    return new Set(
      [...names, ...credentialIn.headers, ...(traceparent === undefined ? [] : ["traceparent"])].map(
        foldedName,
      ),
    );
  }
}

function keepForwarding(sifted: Sifted, name: string, value: string): void {
  if (name === "x-forwarded-for") sifted.forwardedFor.push(value);
  else if (name === "forwarded") sifted.forwarded.push(value);
  else {
    sifted.kept.add(name);
    sifted.passed.push(name, value);
  }
}

/** In HTTP/2 cookies may come apart; HTTP/1.1 has one field for them. Source: RFC 9113, section 8.2.3. */
function keepCookie(sifted: Sifted, value: string, { httpVersion, credentialIn }: UpRequest): void {
  const left = credentialIn.cookies.length === 0 ? value : withoutCookies(value, credentialIn.cookies);
  if (left === "") return;
  if (httpVersion === "2") sifted.cookies.push(left);
  else sifted.passed.push("cookie", left);
}

function withoutCookies(value: string, names: readonly string[]): string {
  const pairs = value.split(";");
  const left = pairs.filter((pair) => !names.includes((pair.split("=", 1)[0] ?? "").trim()));
  return left.length === pairs.length ? value : left.join(";").trim();
}

/** Source: RFC 9110, section 7.6.2. */
const oneLess = (value: string, method: string): string =>
  method === "OPTIONS" && /^[1-9]\d{0,8}$/.test(value) ? `${Number(value) - 1}` : value;

/** Whether an `OPTIONS` asks for an answer of the gateway's own: its `Max-Forwards` is 0. */
export function isLastHop(method: string, maxForwards: string | undefined): boolean {
  return method === "OPTIONS" && maxForwards !== undefined && /^0+$/.test(maxForwards.trim());
}
