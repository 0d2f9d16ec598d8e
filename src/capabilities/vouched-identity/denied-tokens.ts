import type { EpochMs } from "../../kernel/units.ts";

/** A token that counts no more, though it is not over. */
export interface DeniedToken {
  readonly issuer: string;
  readonly jti: string;
  readonly reason: string;
  readonly deniedAt: EpochMs;
  /** Kept until then: when the token itself is over, at most 24 hours from when it was denied. */
  readonly until: EpochMs;
}

/** The list without those that are over by themselves, in the order of their denial. */
export const stillDenied = (list: readonly DeniedToken[], now: EpochMs): readonly DeniedToken[] =>
  list.filter(({ until }) => now < until);

/** The list with one more; one of the same name gives way to it. */
export const withDenied = (
  list: readonly DeniedToken[],
  denied: DeniedToken,
  now: EpochMs,
): readonly DeniedToken[] => [...stillDenied(list, now).filter((one) => !isSame(one, denied)), denied];

/** The list without one; the same list when it is not in it. */
export function withoutDenied(
  list: readonly DeniedToken[],
  wanted: Pick<DeniedToken, "issuer" | "jti">,
): readonly DeniedToken[] {
  const rest = list.filter((one) => !isSame(one, wanted));
  return rest.length === list.length ? list : rest;
}

const isSame = (
  one: Pick<DeniedToken, "issuer" | "jti">,
  other: Pick<DeniedToken, "issuer" | "jti">,
): boolean => one.issuer === other.issuer && one.jti === other.jti;
