import type { KeptMoney } from "./day-money.ts";
import type { KeptGuard } from "./quality-guard.ts";

/** What must survive a restart of what was seen of one pool's answers. */
export interface KeptRouteOversight {
  readonly guard: KeptGuard;
  readonly money: { readonly guard: KeptMoney; readonly judge: KeptMoney };
  readonly grades: { readonly sum: number; readonly count: number };
}

/** The same of all pools, as it is stored. */
export interface KeptOversight {
  readonly version: 1;
  readonly routes: ReadonlyMap<string, KeptRouteOversight>;
}
