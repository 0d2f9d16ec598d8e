export { type ClientPlaces, createClientPlaces, type Networks, readNetworks } from "./networks.ts";
export { brokenRule, permit, withoutContent } from "./permits.ts";
export { geoSettings, type RegionsSettings, regionsSettings, unknownZone } from "./settings.ts";
export { residencyOf, ruleText } from "./stage.ts";
export {
  commonZones,
  distanceMs,
  type Nearness,
  nearnessOf,
  nowhere,
  unreadModel,
  type Zones,
  zonesOf,
  zonesOfBedrock,
} from "./zones.ts";
