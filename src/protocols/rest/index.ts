export { type CanonicalTarget, canonicalTarget } from "./canonical-target.ts";
export { checkHead } from "./check-head.ts";
