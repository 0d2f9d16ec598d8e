import type { Operator } from "../exchange/operator.ts";
import type { AuditType } from "../gateway/control.ts";
import type { EpochMs } from "../kernel/units.ts";
import type { Permission } from "./admin-route.ts";
import type { RouteId } from "./routes.ts";

/** A call of the admin API, for whoever keeps account of them. */
export interface AdminCall {
  readonly at: EpochMs;
  readonly requestId: string;
  readonly route: RouteId;
  readonly method: string;
  readonly permission: Permission;
  /** What it changes, as that is called on record; `undefined`: nothing. */
  readonly audit: AuditType | undefined;
  /** What stands for `{id}` in the path, `""` where nothing does. */
  readonly name: string;
  /** `undefined`: nobody in particular. */
  readonly operator: Operator | undefined;
  readonly remoteAddress: string;
  /** `undefined`: it was done. */
  readonly refusedBy: string | undefined;
}

/** Told of each call before it is answered: what was done is on record before anybody relies on it. */
export type OnAdminCall = (call: AdminCall) => Promise<void> | undefined;
