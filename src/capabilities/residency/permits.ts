import { Permit, type Residency } from "../../exchange/permit.ts";
import type { Upstream } from "../../exchange/target.ts";
import type { Zones } from "./zones.ts";

/**
 * The first rule that a place does not keep; `undefined`: it keeps all. Nobody knows of an unknown place that it does.
 * `target`: who would be sent it; absent: nobody is, and what policies say of targets does not matter.
 */
export function brokenRule(
  residency: Residency,
  zones: Zones,
  target?: Upstream,
): Residency[number] | undefined {
  return residency.find((rule) =>
    rule.by === "policy"
      ? target !== undefined && rule.refuses(target) !== undefined
      : !rule.zones.some((zone) => zones.has(zone)),
  );
}

/**
 * Leave to bring content that is bound by `residency` to a place that lies in `zones`; `undefined`: it may not be brought
 * there. The only maker of permits.
 *
 * @param origin Where it will be sent; `undefined`: it stays in this process.
 */
export function permit(
  residency: Residency,
  { zones, origin, target }: { readonly zones: Zones; readonly origin?: string; readonly target?: Upstream },
): Permit | undefined {
  return brokenRule(residency, zones, target) === undefined ? new Permit(origin) : undefined;
}

/** For what the gateway sends on its own account: nothing of any request is in it. */
export const withoutContent = (origin: string): Permit => new Permit(origin);
