import { Permit, type Residency, type ZoneRule } from "../../exchange/permit.ts";
import type { Zones } from "./zones.ts";

/** The first rule that a place does not keep; `undefined`: it keeps all. Nobody knows of an unknown place that it does. */
export function brokenRule(residency: Residency, zones: Zones): ZoneRule | undefined {
  return residency.find((rule) => !rule.zones.some((zone) => zones.has(zone)));
}

/**
 * Leave to bring content that is bound by `residency` to a place that lies in `zones`; `undefined`: it may not be brought
 * there. The only maker of permits.
 *
 * @param origin Where it will be sent; `undefined`: it stays in this process.
 */
export function permit(
  residency: Residency,
  { zones, origin }: { readonly zones: Zones; readonly origin?: string },
): Permit | undefined {
  return brokenRule(residency, zones) === undefined ? new Permit(origin) : undefined;
}

/** For what the gateway sends on its own account: nothing of any request is in it. */
export const withoutContent = (origin: string): Permit => new Permit(origin);
