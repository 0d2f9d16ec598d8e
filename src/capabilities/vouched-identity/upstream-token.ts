import type { EpochMs } from "../../kernel/units.ts";

/** How long a token for a service is good. */
export const upstreamTokenMs = 60_000;
/** How long one key signs; the one before stays published as long. */
export const signingPeriodMs = 30 * 86_400_000;

/**
 * The seeds of the keys at a time: the first signs; the one before is still believed by those who got a token just
 * before the change, and the one after is published ahead, so that whoever has fetched the keys knows it already.
 * Nothing is stored: whoever has the installation's secret makes the same keys, so all replicas agree.
 */
export function signingSeeds(now: EpochMs): readonly [now: string, before: string, next: string] {
  const period = Math.floor(now / signingPeriodMs);
  const seed = (at: number): string => `identity-token/${at}`;
  return [seed(period), seed(period - 1), seed(period + 1)];
}

/** What a service is told of who asks, for itself alone. `id`: of this token. RFC 7519, section 4.1. */
export const upstreamClaims = (
  { subject, tenant }: { readonly subject: string; readonly tenant: string },
  { service, issuer, id }: { readonly service: string; readonly issuer: string; readonly id: string },
  now: EpochMs,
): Readonly<Record<string, string | number>> => {
  const iat = Math.floor(now / 1000);
  return { iss: issuer, aud: service, sub: subject, tenant, iat, exp: iat + upstreamTokenMs / 1000, jti: id };
};
