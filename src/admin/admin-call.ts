import type { EpochMs } from "../kernel/units.ts";
import type { Permission } from "./admin-route.ts";
import type { Caller } from "./caller.ts";
import type { RouteId } from "./routes.ts";

/** A call of the admin API, for whoever keeps account of them. */
export interface AdminCall {
  readonly at: EpochMs;
  readonly requestId: string;
  readonly route: RouteId;
  readonly method: string;
  readonly permission: Permission;
  /** What stands for `{id}` in the path, `""` where nothing does. */
  readonly name: string;
  /** Without its token; absent: nobody in particular. */
  readonly caller: Caller["kind"] | undefined;
  readonly remoteAddress: string;
  /** `undefined`: it was done. */
  readonly refusedBy: string | undefined;
}

/** Told of each call before it is answered: what was done is on record before anybody relies on it. */
export type OnAdminCall = (call: AdminCall) => Promise<void> | undefined;
