import type { Call, Effort } from "../../exchange/call.ts";
import type { Printable } from "../../kernel/json.ts";
import type { ReasoningForm } from "./model-family.ts";
import type { RequestNotes } from "./request-notes.ts";
import { forcesTool } from "./request-tools.ts";
import { isSystem } from "./request-turns.ts";

/** How reasoning is asked for. */
export interface EncodedReasoning {
  /** In `additionalModelRequestFields`. */
  readonly extra: { readonly [field: string]: Printable | undefined };
  /** Whether sampling parameters are not taken beside it. */
  readonly excludesSampling: boolean;
  /** The output limit that has to be sent. */
  readonly outputTokensMax: number | undefined;
}

/** The output limit beside thinking where neither the client nor the catalogue knows one. */
const outputTokensDefault = 4096;
/** Shares of the output limit that efforts spend on thinking. Source: AI models specification, part 8 (d). */
const budgetShares = { minimal: 0.1, low: 0.2, medium: 0.5, high: 0.8, xhigh: 0.95, max: 0.95 } as const;
/** Bounds of a thinking budget. Source: Amazon Bedrock user guide, "Extended thinking". */
const budgetMin = 1024;
const budgetMax = 128_000;
const order: readonly Effort[] = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];

/**
 * Asks for reasoning in the form the model takes. It is dropped, and that declared, where the model has none or would
 * refuse it. `catalogMax` is the catalogue's output limit.
 */
export function encodeReasoning(
  call: Call,
  catalogMax: number | undefined,
  notes: RequestNotes,
): EncodedReasoning {
  const { outputTokensMax } = call.sampling;
  const off: EncodedReasoning = { extra: {}, excludesSampling: false, outputTokensMax };
  const asked = call.reasoning;
  if (asked === undefined) return off;
  const { effort, budgetTokens, adaptive } = asked;
  const isOff = effort === "none" && budgetTokens === undefined;
  if (!isOff && effort === undefined && budgetTokens === undefined && adaptive !== true) return off;
  const form = notes.abilities.reasoning;
  switch (form.kind) {
    case "none":
      if (!isOff) notes.drop("reasoning", "this model takes no wish for it");
      return off;
    case "gpt-oss":
    case "gpt":
    case "nova":
      return { ...off, ...byEffort(call, form, notes) };
    case "budget":
    case "budget-or-adaptive":
    case "adaptive":
      return isOff
        ? { ...off, extra: form.kind === "budget" ? {} : { thinking: { type: "disabled" } } }
        : (encodeThinking(call, { kind: form.kind, catalogMax }, notes) ?? off);
  }
}

type EffortForm = Extract<ReasoningForm, { kind: "gpt-oss" | "gpt" | "nova" }>;

/** The nearest lower effort of those the model has, else its lowest. */
function byEffort(call: Call, form: EffortForm, notes: RequestNotes): Partial<EncodedReasoning> {
  const { outputTokensMax: limit } = call.sampling;
  const { budgetTokens, effort } = call.reasoning ?? {};
  const wanted = effort ?? effortOf(budgetTokens, limit);
  // An adaptive call leaves the effort to the model, which is what leaving it out means.
  if (wanted === undefined) {
    if (budgetTokens !== undefined) notes.drop("budget_tokens", "this model takes an effort, no budget");
    return {};
  }
  const rank = order.indexOf(wanted);
  let taken = form.efforts.findLast((known) => order.indexOf(known) <= rank) ?? form.efforts[0] ?? wanted;
  // Nova 2 takes no output limit beside its highest effort; a limit weighs more than a wish.
  if (form.kind === "nova" && taken === "high" && limit !== undefined) taken = "medium";
  if (taken !== wanted)
    notes.note({ kind: "changed", subject: "reasoning_effort", note: `${wanted} became ${taken}` });
  switch (form.kind) {
    case "gpt-oss":
      return { extra: { reasoning_effort: taken } };
    case "gpt":
      return { extra: { reasoning: { effort: taken } } };
    case "nova":
      return taken === "none"
        ? { extra: { reasoningConfig: { type: "disabled" } } }
        : {
            extra: { reasoningConfig: { type: "enabled", maxReasoningEffort: taken } },
            excludesSampling: taken === "high",
          };
  }
}

interface Claude {
  readonly kind: "budget" | "budget-or-adaptive" | "adaptive";
  readonly catalogMax: number | undefined;
}

function encodeThinking(
  call: Call,
  { kind, catalogMax }: Claude,
  notes: RequestNotes,
): EncodedReasoning | undefined {
  const { effort, budgetTokens, adaptive } = call.reasoning ?? {};
  const given = call.sampling.outputTokensMax;
  const obstacle = obstacleTo(call);
  if (obstacle !== undefined) {
    notes.drop("reasoning", obstacle);
    return undefined;
  }
  if (kind === "adaptive" || (kind === "budget-or-adaptive" && budgetTokens === undefined)) {
    const asEffort = adaptiveThinking(call, effort ?? effortOf(budgetTokens, given ?? catalogMax), notes);
    // With Messages an effort alone says how much to write, and asks for no thinking.
    const isEffortAlone =
      call.source === "anthropic-messages" && adaptive !== true && budgetTokens === undefined;
    const extra = isEffortAlone ? { output_config: asEffort["output_config"] } : asEffort;
    return { extra, excludesSampling: !isEffortAlone, outputTokensMax: given };
  }
  const limit = given ?? catalogMax ?? (budgetTokens ?? 0) + outputTokensDefault;
  if (limit <= budgetMin) {
    notes.drop("reasoning", `it needs an output limit above ${budgetMin}`);
    return undefined;
  }
  if (hasOpenToolLoop(call)) {
    notes.drop("reasoning", "continuity-lost: the open tool loop has no signed thinking");
    return undefined;
  }
  if (given === undefined)
    notes.note({
      kind: "changed",
      subject: "max_tokens",
      note: `not given, needed beside thinking: ${limit}`,
    });
  const wanted = budgetTokens ?? Math.floor(shareOf(effort) * limit);
  const budget = Math.max(budgetMin, Math.min(wanted, budgetMax, limit - 1));
  if (budgetTokens !== undefined && budget !== budgetTokens)
    notes.note({ kind: "clamped", subject: "budget_tokens", note: `to ${budget}` });
  return {
    extra: { thinking: { type: "enabled", budget_tokens: budget } },
    excludesSampling: true,
    outputTokensMax: limit,
  };
}

function obstacleTo(call: Call): string | undefined {
  if (forcesTool(call)) return "a tool is forced";
  const last = call.turns.findLast((turn) => !isSystem(turn));
  return last?.role === "assistant" ? "the answer is prefilled" : undefined;
}

function adaptiveThinking(
  call: Call,
  effort: Effort | undefined,
  notes: RequestNotes,
): EncodedReasoning["extra"] {
  const { show, budgetTokens } = call.reasoning ?? {};
  const isLow = effort === "minimal" || effort === "none";
  const fitting = isLow ? "low" : effort === "xhigh" && !notes.abilities.xhigh ? "high" : effort;
  if (budgetTokens !== undefined)
    notes.note({
      kind: "changed",
      subject: "budget_tokens",
      note: "this model takes an effort, no budget",
    });
  else if (fitting !== effort)
    notes.note({ kind: "changed", subject: "reasoning_effort", note: `${effort} became ${fitting}` });
  const display = show === undefined ? undefined : show === "omitted" ? "omitted" : "summarized";
  return {
    thinking: { type: "adaptive", display },
    output_config: fitting === undefined ? undefined : { effort: fitting },
  };
}

function shareOf(effort: Effort | undefined): number {
  return effort === undefined || effort === "none" ? budgetShares.high : budgetShares[effort];
}

/** The effort that spends such a budget; the inverse of `budgetShares`. */
function effortOf(budget: number | undefined, outputLimit: number | undefined): Effort | undefined {
  if (budget === undefined || outputLimit === undefined) return undefined;
  const share = budget / outputLimit;
  if (share <= 0.15) return "minimal";
  if (share <= 0.35) return "low";
  if (share <= 0.65) return "medium";
  return share <= 0.875 ? "high" : "xhigh";
}

/**
 * Whether the conversation ends in results for tool calls whose thinking has not come back: with thinking on, Claude
 * wants the turn of such calls to begin with it.
 */
function hasOpenToolLoop({ turns }: Call): boolean {
  const isResults = turns.at(-1)?.parts.some(({ kind }) => kind === "tool-result") === true;
  if (!isResults) return false;
  const calling = turns.findLast(({ role }) => role === "assistant");
  const first = calling?.parts.find((part) => part.kind !== "text" || part.text.trim() !== "");
  const hasCall = calling?.parts.some(({ kind }) => kind === "tool-call") === true;
  return hasCall && !(first?.kind === "reasoning" && first.seal?.origin === "bedrock-converse");
}
