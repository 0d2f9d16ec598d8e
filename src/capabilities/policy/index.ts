export {
  type CompiledPolicy,
  compilePolicies,
  noPolicies,
  type PolicyProblem,
  type PolicySet,
} from "./compile.ts";
export { type Conflict, conflictsOf } from "./conflicts.ts";
export { type Bound, type Bounded, refusalOf } from "./constraints.ts";
export { type Asked, decide, type Met, type Verdict } from "./decide.ts";
export { policyFacts, type RequestFactName, type ResponseFactName, type TargetFactName } from "./facts.ts";
export { readVersion, readViolation } from "./kept-state.ts";
export { actionName, type Edit, type Phase, type Policy } from "./policy.ts";
export { decisionOf, factLabel, type Notes, standard, takeNotes } from "./record.ts";
export {
  type PolicyRulesSettings,
  policiesSettings,
  policyRulesSettings,
  policySettings,
} from "./settings.ts";
export { createSimulation, type Simulated } from "./simulate.ts";
export { type ConfiguredPolicies, createPolicyDesk, type PolicyDesk, type PolicyVersion } from "./stage.ts";
export { createViolations, type Violation, type ViolationFilter, type Violations } from "./violations.ts";
