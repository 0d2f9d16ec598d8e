export { type CanonicalTarget, canonicalTarget } from "./canonical-target.ts";
export { checkHead, type HeadLimits } from "./check-head.ts";
