import {
  createOversight,
  type Oversight,
  type OversightState,
  type RouteRules,
  type RoutingTable,
} from "../capabilities/routing/index.ts";
import { GatewayError } from "../kernel/errors.ts";
import { milliseconds } from "../kernel/units.ts";
import type { Clock } from "../ports/clock.ts";
import { createUrgency, type Memory } from "./keep-learned.ts";
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
  /** A pool is guarded from now on: that must outlive a restart. */
  readonly onGuarded: () => void;
  readonly memory: Memory;
}

const atOnce = milliseconds(0);

export function createGuarding({ now }: Pick<Clock, "now">): Guarding {
  const oversight = createOversight(now);
  const urgent = createUrgency();
  /** What a pool is made of, in words; worked out once for each configuration. */
  const revisions = new WeakMap<RouteRules, string>();
  const revisionOf = (pool: string, rules: RouteRules, { pools }: RoutingTable): string => {
    const { reference, guard } = rules;
    const known = revisions.get(rules) ?? JSON.stringify([reference, guard?.tolerance, pools.get(pool)]);
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
      if (action === "guard" && reference === undefined) {
        const message = `\`${pool}\` names no \`reference\` that could serve in its place.`;
        throw new GatewayError("conflict", message, { message });
      }
      if (action === "reset") oversight.forget(pool);
      else if (action === "guard") oversight.of(pool).guard.set("guarded");
      else if (action === "unguard") oversight.of(pool).guard.set("active");
      else return;
      urgent.within(atOnce);
    },
    onGuarded: () => urgent.within(atOnce),
    memory: {
      name: "oversight",
      kept: oversight.kept,
      restore: oversight.restore,
      onUrgent: urgent.onUrgent,
    },
  };
}
