export type { GuardrailSettings } from "./settings.ts";
export { guardrailSettings } from "./settings.ts";
export {
  type ContentFacts,
  contentFacts,
  type Guardrails,
  guardRequest,
  lateScore,
  type Told,
} from "./stage.ts";
export { createRepeats, type ToolRule, toolFacts } from "./tools.ts";
export { ruleAgainst } from "./unread.ts";
