import {
  createOversight,
  type Oversight,
  type OversightState,
  type RouteRules,
  type RoutingTable,
} from "../capabilities/routing/index.ts";
import { GatewayError } from "../kernel/errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { Memory } from "./keep-learned.ts";
import type { RouteSteering } from "./route-control.ts";

/** Pools whose answers are held against those of a reference. Owned by one gateway. */
export interface Guarding {
  readonly oversight: Oversight;
  /** Whether the reference serves in the place of the pool's own choice. */
  readonly isGuarded: (pool: string, table: RoutingTable) => boolean;
  /** `undefined`: none of its answers are read. */
  readonly stateOf: (pool: string, rules: RouteRules) => OversightState | undefined;
  /** @throws GatewayError `conflict` for a pool without a reference that shall be guarded. */
  readonly steer: (pool: string, rules: RouteRules, action: RouteSteering) => void;
  readonly memory: Memory;
}

export function createGuarding({ now }: Pick<Clock, "now">): Guarding {
  const oversight = createOversight(now);
  /** What a pool is made of, in words; worked out once for each configuration. */
  const revisions = new WeakMap<RouteRules, string>();
  const revisionOf = (pool: string, rules: RouteRules, { pools }: RoutingTable): string => {
    const known = revisions.get(rules) ?? JSON.stringify([rules, pools.get(pool)]);
    revisions.set(rules, known);
    return known;
  };
  return {
    oversight,
    isGuarded: (pool, table) => {
      const rules = table.routes.get(pool);
      if (rules?.strategy !== "learned" || rules.reference === undefined) return false;
      const { guard } = oversight.of(pool);
      guard.revised(revisionOf(pool, rules, table));
      return guard.isGuarded();
    },
    stateOf: (pool, { guard, judge, reference }) =>
      guard === undefined && judge === undefined && reference === undefined
        ? undefined
        : oversight.of(pool).state(),
    steer: (pool, { reference }, action) => {
      if (action === "reset") oversight.forget(pool);
      if (action === "resume") oversight.of(pool).guard.set("active");
      if (action !== "guard") return;
      if (reference === undefined) {
        const message = `\`${pool}\` names no \`reference\` that could serve in its place.`;
        throw new GatewayError("conflict", message, { message });
      }
      oversight.of(pool).guard.set("guarded");
    },
    memory: { name: "oversight", kept: oversight.kept, restore: oversight.restore },
  };
}
