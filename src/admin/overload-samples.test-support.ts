import type { GatewayState } from "../gateway/control.ts";

export const sampleOverload: GatewayState["overload"] = {
  ...{ level: 2, admittedShare: 0.6, from: "batch", fairCost: 1.5 },
  readings: { loopMsMean: 24.5, loopMsP99: 160, heapShare: 0.1, rssShare: 0 },
};
