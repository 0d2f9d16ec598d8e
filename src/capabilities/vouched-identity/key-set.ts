import { isJsonObject, type Json, type JsonObject, parseJson } from "../../kernel/json.ts";
import type { EpochMs } from "../../kernel/units.ts";
import type { PublicKey, TokenAlgorithm } from "../../ports/token-verifier.ts";

/** The public keys of an issuer, as they were fetched. Immutable. */
export interface KeySet {
  readonly keys: readonly IssuerKey[];
  readonly fetchedAt: EpochMs;
}

/** A key and what its issuer lets it be used for. */
export interface IssuerKey {
  readonly key: PublicKey;
  /** The only algorithm it is for; absent: any of its type. */
  readonly algorithm?: string;
  /** Tells keys apart, whatever they are called. */
  readonly mark: string;
}

/** What is known of an issuer's keys, and when it was last asked. */
export interface KeySetState {
  readonly set?: KeySet;
  /** When it was last asked because a token named a key that is not known, or because none was. */
  readonly missedAt?: EpochMs;
}

/** How long keys count without being asked for again. */
export const keySetFreshMs = 600_000;
/** How long keys count while their issuer does not answer. */
export const keySetStaleMsMax = 86_400_000;
/** One question to the issuer in this time, whatever is asked of us. */
export const keyMissEveryMs = 30_000;
/** How long a request waits for its issuer's keys. */
export const keyWaitMsMax = 2000;

const keysMax = 100;

export type KeySearch =
  | { readonly kind: "found"; readonly key: IssuerKey }
  /** The issuer is to be asked, and the request waits for it. */
  | { readonly kind: "ask" }
  /** There is such a key and it does not fit, or there is none and the issuer was asked just now. */
  | { readonly kind: "none"; readonly fault: "unknown_key" | "key_mismatch" | "issuer_unreachable" };

/** Looks for the key of a token. Source: security specification, section 1, "JWT / OIDC". */
export function searchKey(
  state: KeySetState,
  { kid, algorithm }: { readonly kid: string | undefined; readonly algorithm: TokenAlgorithm },
  now: EpochMs,
): KeySearch {
  const { set, missedAt } = state;
  const isUsable = set !== undefined && now - set.fetchedAt < keySetStaleMsMax;
  const mayAsk = missedAt === undefined || now - missedAt >= keyMissEveryMs;
  if (!isUsable) return mayAsk ? { kind: "ask" } : { kind: "none", fault: "issuer_unreachable" };
  const named = set.keys.filter(({ key }) => kid === undefined || key.kid === kid);
  const [key, other] = named.filter((one) => fits(one, algorithm));
  // Without a name it must be clear which one is meant.
  if (key !== undefined && (kid !== undefined || other === undefined)) return { kind: "found", key };
  if (named.length > 0) return { kind: "none", fault: "key_mismatch" };
  return mayAsk ? { kind: "ask" } : { kind: "none", fault: "unknown_key" };
}

/** Whether keys are to be asked for again, though what there is may be used. */
export const isAged = ({ set }: KeySetState, now: EpochMs): boolean =>
  set === undefined || now - set.fetchedAt >= keySetFreshMs;

/** Whether a key may be used by an algorithm: of its type and curve, and of what its issuer says. RFC 8725, section 3.1. */
function fits({ key, algorithm: only }: IssuerKey, algorithm: TokenAlgorithm): boolean {
  if (only !== undefined && only !== algorithm) return false;
  switch (algorithm) {
    case "RS256":
    case "PS256":
      return key.kty === "RSA";
    case "ES256":
      return key.kty === "EC" && key.crv === "P-256";
    case "EdDSA":
      return key.kty === "OKP" && key.crv === "Ed25519";
  }
}

/**
 * The keys of a JWK set (RFC 7517, section 5) that check signatures; others in it, symmetric ones too, are passed over.
 * `undefined`: it is no such set, or has no key that could be used, and the one before goes on.
 */
export function readKeySet(text: string, at: EpochMs): KeySet | undefined {
  const parsed = parseJson(text);
  if (!isJsonObject(parsed) || !isList(parsed["keys"])) return undefined;
  const keys = parsed["keys"].slice(0, keysMax).flatMap(readKey);
  return keys.length === 0 ? undefined : { keys, fetchedAt: at };
}

function readKey(jwk: Json): readonly IssuerKey[] {
  if (!isJsonObject(jwk)) return [];
  const { kty, use, key_ops: operations, alg } = jwk;
  if (kty !== "RSA" && kty !== "EC" && kty !== "OKP") return [];
  if (use !== undefined && use !== "sig") return [];
  if (isList(operations) && !operations.includes("verify")) return [];
  const members = Object.fromEntries(
    publicMembers.flatMap((name) => {
      const value = jwk[name];
      return typeof value === "string" ? [[name, value]] : [];
    }),
  );
  const key: PublicKey = Object.freeze({ kty, ...members });
  const mark = JSON.stringify(key);
  return [{ key, mark, ...(typeof alg === "string" ? { algorithm: alg } : {}) }];
}

const publicMembers = ["kid", "crv", "x", "y", "n", "e"] as const;

const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

/**
 * Where a provider of OpenID keeps its keys, by its discovery document; `undefined`: it is another's, or says nothing.
 * Source: OpenID Connect Discovery 1.0, sections 4.1 and 4.3: its `issuer` must be the one that was asked for.
 */
export function readDiscovery(text: string, issuer: string): string | undefined {
  const parsed = parseJson(text);
  if (!isJsonObject(parsed) || parsed["issuer"] !== issuer) return undefined;
  return uriOf(parsed);
}

const uriOf = ({ jwks_uri: uri }: JsonObject): string | undefined =>
  typeof uri === "string" && uri.length <= 2048 ? uri : undefined;
