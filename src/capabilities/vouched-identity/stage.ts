import { defaultProject, type Identity } from "../../exchange/identity.ts";
import { type EpochMs, epochMs } from "../../kernel/units.ts";
import type { ClientCertificate } from "../../ports/server.ts";
import { vouchedBy } from "./certificate-rules.ts";
import { mapClaims } from "./claim-rules.ts";
import type { TokenFault } from "./refusal.ts";
import type { CertificateSettings, IssuerSettings } from "./settings.ts";
import type { ReadToken } from "./token.ts";
import { clockToleranceMs, judgeClaims } from "./token-rules.ts";

export type Believed =
  | { readonly kind: "identity"; readonly identity: Identity }
  | { readonly kind: "refuse"; readonly fault: TokenFault };

/**
 * Door 1, for a token whose signature is good: who its bearer is.
 * @param nameOf A name for (issuer, subject) under which it is counted: no two have the same, and no key has it.
 */
export function believeToken(
  { claims }: ReadToken,
  issuer: IssuerSettings,
  { now, nameOf }: { readonly now: EpochMs; readonly nameOf: (text: string) => string },
): Believed {
  const fault = judgeClaims(claims, issuer, now);
  if (fault !== undefined) return { kind: "refuse", fault };
  const mapped = mapClaims(claims, issuer.claims);
  if (mapped.kind === "refuse") return mapped;
  const { vouched } = mapped;
  const { project = defaultProject, subject, user } = vouched;
  const identity: Identity = {
    ...vouched,
    method: "jwt",
    keyId: `jwt_${nameOf(`${issuer.issuer}\n${subject}`).slice(0, 22)}`,
    name: user ?? subject,
    project,
    claims,
    ...(typeof claims["jti"] === "string" ? { token: { issuer: issuer.issuer, id: claims["jti"] } } : {}),
    residency: [],
    expiresAt: epochMs(Number(claims["exp"]) * 1000 + clockToleranceMs),
    labels: {},
  };
  return { kind: "identity", identity };
}

/** Door 1, for a certificate that was verified: who brings it; `undefined`: nobody that is known, or not any more. */
export function believeCertificate(
  certificate: ClientCertificate,
  rules: readonly CertificateSettings[],
  { now, nameOf }: { readonly now: EpochMs; readonly nameOf: (text: string) => string },
): Identity | undefined {
  const vouched = vouchedBy(certificate, rules);
  if (vouched === undefined || now >= certificate.validUntil) return undefined;
  const { project = defaultProject, subject } = vouched;
  return {
    ...vouched,
    method: "mtls",
    keyId: `mtls_${nameOf(`mtls\n${subject}`).slice(0, 22)}`,
    project,
    claims: {},
    residency: [],
    expiresAt: certificate.validUntil,
    labels: {},
  };
}
