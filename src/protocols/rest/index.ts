export {
  type CanonicalTarget,
  canonicalTarget,
  defaultTargetRules,
  type TargetRules,
} from "./canonical-target.ts";
export { type CheckedHead, checkHead, type HeadRules } from "./check-head.ts";
export { type ComputedEdits, type Makers, withComputed } from "./computed-edits.ts";
export { type DownRules, defaultDownLimits, downHeaders } from "./down-headers.ts";
export { editHeaders, editQuery, type FieldEdits, headerFaults } from "./field-edits.ts";
export { foldedName, isForwarding, isOwned, type OwnedNames, ownedNames } from "./header-names.ts";
export { type Host, hostAllowList } from "./host.ts";
export { editJson, type JsonEdit } from "./json-edits.ts";
export { type PathPattern, readPathPattern } from "./path-pattern.ts";
export { encodeProblem, problemType } from "./problem.ts";
export { type RejectReason } from "./reject-reason.ts";
export { createRouteMatcher, type RouteMatch, type RouteMatcher, type RouteRule } from "./route-matcher.ts";
export { passingTrailers } from "./trailers.ts";
export { compileTransforms, type TransformSettings, type Transforms } from "./transforms.ts";
export { type UpHeaders, type UpRequest, type UpRules, upHeaders } from "./up-headers.ts";
