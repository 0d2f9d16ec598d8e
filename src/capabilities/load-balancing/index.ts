export { type Balancer, balancers } from "./balancers.ts";
export { createPlacement, type MemberState, type Placement } from "./placement.ts";
export { createPool, type Pool, type PoolChange } from "./pool.ts";
export type { AddressState, PoolState } from "./read-model.ts";
export { type EndpointSettings, endpointFields, type HealthSettings } from "./settings.ts";
export {
  createLoadBalancing,
  type LoadBalancing,
  type PlacedCall,
  type Steered,
  type Steering,
} from "./stage.ts";
