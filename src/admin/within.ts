import { type Operator, type Reach, reaches } from "../exchange/operator.ts";
import type { Control } from "../gateway/control.ts";
import { GatewayError } from "../kernel/errors.ts";

/** Whom a rule is for, where it names one tenant, and perhaps more of what is in it. A name with `*` names nobody. */
export interface RuleScope extends Reach {
  /** Whether it names something within the project: a key, or a user. */
  readonly isNarrower: boolean;
}

/**
 * Whether the caller may set such a rule: not one that holds for the whole of what they are bound to, for that was set
 * by others, to bound them.
 */
export const maySet = (by: Operator, scope: RuleScope): boolean =>
  by.tenant === undefined ||
  (reaches(by, scope) && (scope.isNarrower || (by.project === undefined && scope.project !== undefined)));

/** @throws GatewayError `policy_denied`: what would be made is not the caller's. */
export function checkReach(by: Operator, wanted: Reach): void {
  if (!reaches(by, wanted)) throw beyond(by);
}

/** @throws GatewayError `policy_denied`. */
export function checkSets(by: Operator, scope: RuleScope): void {
  if (maySet(by, scope)) return;
  throw new GatewayError("policy_denied", `${by.id} is bound to ${by.tenant ?? ""}/${by.project ?? "*"}`, {
    message:
      "You may set this for what lies within your tenant or project, not for the whole of it, nor beyond it.",
  });
}

export const beyond = (by: Operator): GatewayError =>
  new GatewayError("policy_denied", `${by.id} is bound to ${by.tenant ?? ""}/${by.project ?? "*"}`, {
    message: "This is beyond the tenant or the project that you are bound to.",
  });

/** When the caller is nobody any more, ms since 1970; `undefined`: never. */
export const endOf = ({ operators }: Pick<Control, "operators">, by: Operator): number | undefined =>
  operators.list().find(({ id }) => id === by.id)?.expiresAt ?? undefined;

/** @throws GatewayError `policy_denied`: it would be there when whoever makes it is not. */
export function checkEnd(end: number | undefined, wanted: number | null): void {
  if (end === undefined || (wanted !== null && wanted <= end)) return;
  throw new GatewayError("policy_denied", `ends at ${wanted ?? "no time"}, and its maker at ${end}`, {
    message: "What you make may not outlive you: `expiresAt` must not be later than your own.",
    param: "expiresAt",
  });
}
