import {
  believeToken,
  type IssuerSettings,
  isInRightHands,
  judgeHeader,
  type ReadToken,
  readToken,
  type TokenFault,
} from "../capabilities/vouched-identity/index.ts";
import type { Identity } from "../exchange/identity.ts";
import { createLru } from "../kernel/lru.ts";
import { type EpochMs, epochMs } from "../kernel/units.ts";
import type { Clock } from "../ports/clock.ts";
import type { ClientCertificate } from "../ports/server.ts";
import type { TokenVerifier } from "../ports/token-verifier.ts";
import type { IssuerKeys } from "./issuer-keys.ts";

/** An issuer as the configuration in force has it. */
export interface Issuer {
  readonly settings: IssuerSettings;
  /** All that is set of it, in one text: what was believed under other settings is looked at anew. */
  readonly mark: string;
}

export type TokenVerdict =
  | { readonly kind: "identity"; readonly identity: Identity }
  | { readonly kind: "refuse"; readonly fault: TokenFault };

/** Believes tokens of issuers, and remembers for five minutes which it has believed. */
export interface VouchedTokens {
  /** A promise only for a token that is not remembered. */
  readonly judge: (
    text: string,
    issuers: ReadonlyMap<string, Issuer>,
    certificate: ClientCertificate | undefined,
  ) => TokenVerdict | Promise<TokenVerdict>;
}

/** What was believed, by which key, and until when it need not be checked again. */
interface Remembered {
  readonly identity: Identity;
  readonly keyMark: string;
  readonly until: EpochMs;
}

const rememberedMax = 10_000;
const rememberedMs = 300_000;

export function createVouchedTokens(ports: {
  readonly clock: Pick<Clock, "now">;
  readonly verifier: TokenVerifier;
  readonly keys: Pick<IssuerKeys, "find" | "holds">;
  readonly isDenied: (issuer: string, id: string) => boolean;
}): VouchedTokens {
  const { clock, verifier, keys, isDenied } = ports;
  const remembered = createLru<Remembered>(rememberedMax);
  /** What may change from one request to the next, though the token stays the same. */
  const now = (
    identity: Identity,
    { claims }: ReadToken,
    certificate: ClientCertificate | undefined,
  ): TokenVerdict => {
    const { iss, jti } = claims;
    if (typeof jti === "string" && typeof iss === "string" && isDenied(iss, jti)) return refuse("denied");
    if (identity.expiresAt !== undefined && clock.now() >= identity.expiresAt) return refuse("expired");
    return isInRightHands(claims, certificate) ? { kind: "identity", identity } : refuse("not_bound");
  };
  const check = async (read: ReadToken, { settings }: Issuer, name: string): Promise<TokenVerdict> => {
    const header = judgeHeader(read.header, settings);
    if (header.kind === "refuse") return header;
    const found = await keys.find(settings, header);
    if (found.kind === "none") return refuse(found.fault);
    const { key, mark: keyMark } = found.key;
    if (!(await verifier.isSigned(read.text, key, header.algorithm))) return refuse("signature");
    const at = clock.now();
    const believed = believeToken(read, settings, { now: at, nameOf: verifier.sha256 });
    if (believed.kind === "identity") {
      const until = epochMs(Math.min(at + rememberedMs, believed.identity.expiresAt ?? 0));
      remembered.set(name, { identity: believed.identity, keyMark, until }, 1);
    }
    return believed;
  };
  return {
    judge: (text, issuers, certificate) => {
      const read = readToken(text);
      if (read === undefined) return refuse("malformed");
      const { iss } = read.claims;
      const issuer = typeof iss === "string" ? issuers.get(iss) : undefined;
      if (issuer === undefined) return refuse("unknown_issuer");
      // The whole token: two that begin alike are two (CVE-2026-35030).
      const name = verifier.sha256(`${issuer.mark}\n${text}`);
      const known = remembered.get(name);
      if (known !== undefined && clock.now() < known.until && keys.holds(issuer.settings, known.keyMark))
        return now(known.identity, read, certificate);
      return check(read, issuer, name).then((verdict) =>
        verdict.kind === "identity" ? now(verdict.identity, read, certificate) : verdict,
      );
    },
  };
}

const refuse = (fault: TokenFault): TokenVerdict => ({ kind: "refuse", fault });
