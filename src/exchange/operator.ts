/** What people and programs may be on the admin side; what each may do stands in `admin/roles.ts`. */
export const adminRoles = ["owner", "admin", "operator", "developer", "analyst", "auditor"] as const;
export type AdminRole = (typeof adminRoles)[number];

/** A part of what the gateway holds; a member that is absent bounds nothing. */
export interface Reach {
  readonly tenant?: string;
  /** Of that tenant. */
  readonly project?: string;
}

/** Somebody who uses the admin API. */
export interface Operator extends Reach {
  readonly id: string;
  readonly name: string;
  readonly role: AdminRole;
}

/** Who holds the installation's secret: its admin token, or a link made on its machine. */
export const rootOperator: Operator = { id: "root", name: "root", role: "owner" };

/** Whether all of `inner` lies in `outer`. */
export const reaches = (outer: Reach, inner: Reach): boolean =>
  (outer.tenant === undefined || outer.tenant === inner.tenant) &&
  (outer.project === undefined || outer.project === inner.project);
