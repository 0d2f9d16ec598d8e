export { becomeConfined, canBecome } from "./become.ts";
export { freezeIntrinsics } from "./freeze.ts";
export {
  isConfined,
  mayNoLongerBeginThreads,
  networkFlags,
  type Reach,
  threadFlags,
} from "./permission.ts";
