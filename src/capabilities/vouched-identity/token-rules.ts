import type { Json, JsonObject } from "../../kernel/json.ts";
import type { EpochMs } from "../../kernel/units.ts";
import type { TokenAlgorithm } from "../../ports/token-verifier.ts";
import type { TokenFault } from "./refusal.ts";
import type { IssuerSettings } from "./settings.ts";

/** How far clocks may differ. */
export const clockToleranceMs = 30_000;

/** By what the signature of a token is to be checked; all else of its header was looked at. */
export type HeaderVerdict =
  | { readonly kind: "check"; readonly algorithm: TokenAlgorithm; readonly kid: string | undefined }
  | { readonly kind: "refuse"; readonly fault: TokenFault };

/**
 * Judges the header of a token before any key is looked up.
 *
 * A token may choose among the algorithms of its issuer and name a key of its issuer's; it may bring neither keys nor
 * places of keys, and no extension that must be understood.
 *
 * Sources: RFC 7515, sections 4.1.2 to 4.1.11; RFC 8725, sections 3.1, 3.2 and 3.11.
 */
export function judgeHeader(
  header: JsonObject,
  { algorithms, typ }: Pick<IssuerSettings, "algorithms" | "typ">,
): HeaderVerdict {
  const algorithm = algorithms.find((allowed) => allowed === header["alg"]);
  if (algorithm === undefined) return refuse("algorithm");
  if (header["crit"] !== undefined || header["b64"] !== undefined) return refuse("critical_header");
  if (keysInHeaders.some((name) => header[name] !== undefined)) return refuse("key_in_header");
  if (typ !== undefined && mediaType(header["typ"]) !== mediaType(typ)) return refuse("type");
  const { kid } = header;
  if (kid !== undefined && typeof kid !== "string") return refuse("malformed");
  return { kind: "check", algorithm, kid };
}

const keysInHeaders = ["jwk", "jku", "x5u", "x5c"] as const;

/** RFC 7515, section 4.1.9: in any case, `application/` may be left out. */
const mediaType = (typ: Json | undefined): string | undefined =>
  typeof typ === "string" ? typ.toLowerCase().replace(/^application\//, "") : undefined;

/**
 * What is wrong with the claims of a token whose signature is good; `undefined`: nothing.
 * `issuer` is the one whose keys were asked: the token must say the same.
 *
 * Source: RFC 7519, section 4.1; RFC 9068, section 4.
 */
export function judgeClaims(
  claims: JsonObject,
  { issuer, audience, lifetimeMs }: Pick<IssuerSettings, "issuer" | "audience" | "lifetimeMs">,
  now: EpochMs,
): TokenFault | undefined {
  if (claims["iss"] !== issuer) return "unknown_issuer";
  if (!audience.some((own) => isFor(claims["aud"], own))) return "audience";
  const { sub } = claims;
  if (typeof sub !== "string" || sub === "" || sub.length > 255) return "subject";
  return judgeTimes(claims, lifetimeMs, now);
}

const isFor = (aud: Json | undefined, own: string): boolean =>
  aud === own || (Array.isArray(aud) && aud.includes(own));

function judgeTimes({ exp, nbf, iat }: JsonObject, lifetimeMs: number, now: EpochMs): TokenFault | undefined {
  if (exp === undefined) return "no_expiry";
  if (!isTime(exp) || [nbf, iat].some((time) => time !== undefined && !isTime(time))) return "malformed";
  if (isOver(exp, now)) return "expired";
  const from = [nbf, iat].filter(isTime).map((time) => time * 1000);
  if (from.some((start) => start > now + clockToleranceMs)) return "not_yet_valid";
  // One that does not say since when it is good is measured from now.
  const start = isTime(iat) ? iat * 1000 : now + clockToleranceMs;
  return exp * 1000 - start > lifetimeMs ? "lives_too_long" : undefined;
}

/** RFC 7519, section 2, "NumericDate": seconds, fractions allowed. */
const isTime = (value: Json | undefined): value is number =>
  typeof value === "number" && Number.isFinite(value) && value >= 0 && value < 1e12;

/** Whether a token of this `exp` counts no more. */
export const isOver = (exp: number, now: EpochMs): boolean => now >= exp * 1000 + clockToleranceMs;

const refuse = (fault: TokenFault): HeaderVerdict => ({ kind: "refuse", fault });
