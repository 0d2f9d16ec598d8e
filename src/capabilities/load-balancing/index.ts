export { createPlacement, type MemberState, type Placement } from "./placement.ts";
export type { AddressState, PoolState } from "./read-model.ts";
export { type EndpointSettings, endpointFields, type HealthSettings } from "./settings.ts";
export {
  createLoadBalancing,
  type LoadBalancing,
  type PlacedCall,
  type Steered,
  type Steering,
} from "./stage.ts";
