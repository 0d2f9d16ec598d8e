import { believeCertificate, judgeProofs } from "../capabilities/vouched-identity/index.ts";
import type { Identity } from "../exchange/identity.ts";
import type { AcceptedProofs, Proof } from "../exchange/proof.ts";
import { GatewayError } from "../kernel/errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { ClientCertificate } from "../ports/server.ts";
import type { IdentityRules } from "./identity-rules.ts";
import type { VouchedTokens } from "./vouched-tokens.ts";

/** All that a request proves itself with. */
export interface Proofs {
  /** Gateway keys, different ones. */
  readonly keys: readonly string[];
  /** Tokens, different ones. */
  readonly tokens: readonly string[];
  readonly certificate: ClientCertificate | undefined;
  /** Who has signed it; absent: nobody has. */
  readonly signer?: Identity | undefined;
}

/** Who asks, or why nobody is known. `method`: what was to prove it; `handle`: of the key that it says it has. */
export type Verdict =
  | { readonly kind: "known"; readonly identity: Identity }
  | {
      readonly kind: "unknown";
      readonly method: Identity["method"];
      readonly fault: string;
      readonly refusal: GatewayError;
      readonly handle?: string | undefined;
    };

/** The part of door 1 that weighs proofs of different kinds against each other. */
export interface Vouching {
  /** @param byKey Door 1 for the gateway key; it is asked as well where nothing has come at all. */
  readonly judge: (
    proofs: Proofs,
    asked: { readonly rules: IdentityRules; readonly accepted: AcceptedProofs | undefined },
    byKey: () => Verdict,
  ) => Verdict | Promise<Verdict>;
}

const methods: Readonly<Record<Proof, Identity["method"]>> = {
  key: "api-key",
  jwt: "jwt",
  mtls: "mtls",
  signature: "signature",
};

export function createVouching(ports: {
  readonly clock: Pick<Clock, "now">;
  readonly tokens: VouchedTokens;
  readonly nameOf: (text: string) => string;
}): Vouching {
  const { clock, tokens, nameOf } = ports;
  const bringerOf = rememberedBringers((certificate, rules) =>
    believeCertificate(certificate, rules, { now: clock.now(), nameOf }),
  );
  return {
    judge: (proofs, { rules, accepted }, byKey) => {
      const { certificate, signer } = proofs;
      if (accepted === undefined && isKeyAlone(proofs)) return byKey();
      const bringer = certificate === undefined ? undefined : bringerOf(certificate, rules.certificates);
      const given = givenBy(proofs, bringer);
      const [first] = given;
      if (first === undefined) return byKey();
      const acceptance = judgeProofs(new Set(given), accepted);
      if (acceptance.kind !== "accepted") return unknown(methods[first], acceptance.kind);
      if (proofs.keys.length > 1 || proofs.tokens.length > 1) return unknown(methods[first], "ambiguous");
      const verdictOf: Readonly<Record<Proof, () => Verdict | Promise<Verdict>>> = {
        key: byKey,
        jwt: () => byToken(tokens.judge(proofs.tokens[0] ?? "", rules.issuers, certificate)),
        mtls: () => knownAs(bringer, clock),
        signature: () => knownAs(signer, clock),
      };
      const { checks } = acceptance;
      const isSignedFor = given.includes("signature") && given.includes("key") && !checks.includes("key");
      const all = isSignedFor ? [...checks, "key" as const] : checks;
      const verdicts = all.map((proof) => verdictOf[proof]());
      const settled = verdicts.flatMap((verdict) => (verdict instanceof Promise ? [] : [verdict]));
      return settled.length === verdicts.length
        ? agreed(settled)
        : Promise.all(verdicts.map(async (verdict) => verdict)).then(agreed);
    },
  };
}

/** As nearly all requests come: nothing has to be weighed. */
const isKeyAlone = ({ keys, tokens, certificate, signer }: Proofs): boolean =>
  keys.length === 1 && tokens.length === 0 && certificate === undefined && signer === undefined;

function givenBy({ keys, tokens, signer }: Proofs, bringer: Identity | undefined): readonly Proof[] {
  const given: Proof[] = [];
  if (keys.length > 0) given.push("key");
  if (tokens.length > 0) given.push("jwt");
  if (signer !== undefined) given.push("signature");
  if (bringer !== undefined) given.push("mtls");
  return given;
}

type TokenVerdict = Awaited<ReturnType<VouchedTokens["judge"]>>;

const byToken = (verdict: TokenVerdict | Promise<TokenVerdict>): Verdict | Promise<Verdict> =>
  verdict instanceof Promise ? verdict.then(ofToken) : ofToken(verdict);

const ofToken = (verdict: TokenVerdict): Verdict =>
  verdict.kind === "identity" ? { kind: "known", identity: verdict.identity } : unknown("jwt", verdict.fault);

function knownAs(identity: Identity | undefined, clock: Pick<Clock, "now">): Verdict {
  if (identity === undefined) return unknown("anonymous", "missing");
  const { expiresAt, method } = identity;
  if (expiresAt !== undefined && clock.now() >= expiresAt) return unknown(method, "expired");
  return { kind: "known", identity };
}

/** The first one says who it is; none may say no, and none may be of another tenant. */
function agreed(verdicts: readonly Verdict[]): Verdict {
  const refused = verdicts.find(({ kind }) => kind === "unknown");
  if (refused !== undefined) return refused;
  const [first, ...others] = verdicts.flatMap((verdict) => (verdict.kind === "known" ? [verdict] : []));
  if (first === undefined) return unknown("anonymous", "missing");
  const isOne = others.every(({ identity }) => isSame(identity, first.identity));
  return isOne ? first : unknown(first.identity.method, "ambiguous");
}

/** A signature is made for a key; all else may only not be of another tenant. */
const isSame = (one: Identity, other: Identity): boolean =>
  one.tenant === other.tenant &&
  (![one, other].some(({ method }) => method === "signature") ||
    ![one, other].some(({ method }) => method === "api-key") ||
    one.keyId === other.keyId);

const publicWords: Readonly<Record<string, string>> = {
  ambiguous: "Two different credentials came with this request; send one.",
  missing: "What this request proves who it is by is not what this route asks for.",
};

/** The same words whatever is wrong with it, since what exists is nobody's to find out. */
function unknown(method: Identity["method"], fault: string): Verdict {
  const message = publicWords[fault] ?? "This token is not valid here.";
  const isOurs = fault === "issuer_unreachable";
  const refusal = isOurs
    ? new GatewayError("storage_unavailable", "the keys of the token's issuer cannot be had", {
        message: "The keys of this token's issuer cannot be reached.",
      })
    : new GatewayError("unauthenticated", `${method}: ${fault}`, { message, reason: fault });
  return { kind: "unknown", method, fault, refusal };
}

/** Who brings a certificate, found once for a connection and a configuration. */
function rememberedBringers(
  find: (certificate: ClientCertificate, rules: IdentityRules["certificates"]) => Identity | undefined,
): typeof find {
  const found = new WeakMap<
    ClientCertificate,
    { readonly rules: IdentityRules["certificates"]; readonly identity: Identity | undefined }
  >();
  return (certificate, rules) => {
    const known = found.get(certificate);
    if (known?.rules === rules) return known.identity;
    const identity = find(certificate, rules);
    found.set(certificate, { rules, identity });
    return identity;
  };
}
