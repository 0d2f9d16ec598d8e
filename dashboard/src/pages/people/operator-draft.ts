import { readDay, writeDay } from "../../format/lists.ts";
import type { ShownOperator, WantedOperator } from "../../generated/client.ts";

/** Somebody as they are typed. */
export interface OperatorDraft {
  readonly name: string;
  readonly role: WantedOperator["role"];
  readonly tenant: string;
  readonly project: string;
  /** Nothing: as it is. */
  readonly password: string;
  readonly expires: string;
  readonly isDisabled: boolean;
}

/** @param bound The tenant that whoever types is bound to. */
export function draftOfOperator(before: ShownOperator | undefined, bound: string | undefined): OperatorDraft {
  const { name, role, isDisabled, expiresAt } = before ?? unnamed;
  const { tenant = "", project = "" } = before ?? (bound === undefined ? {} : { tenant: bound });
  return { name, role, tenant, project, password: "", expires: writeDay(expiresAt), isDisabled };
}

const unnamed = { name: "", role: "operator", isDisabled: false, expiresAt: null } as const;

/** What was typed, as the admin API takes it. @param before Who it changes: an end that was not touched stays to the ms. */
export const wantedOperatorOf = (
  { name, role, tenant, project, password, expires, isDisabled }: OperatorDraft,
  before: ShownOperator | undefined,
): WantedOperator => ({
  name: name.trim(),
  role,
  ...(tenant.trim() === "" ? {} : { tenant: tenant.trim() }),
  ...(project.trim() === "" ? {} : { project: project.trim() }),
  ...(password === "" ? {} : { password }),
  expiresAt:
    before !== undefined && expires === writeDay(before.expiresAt) ? before.expiresAt : readDay(expires),
  isDisabled,
});
