import type { Call, Effort } from "../../exchange/call.ts";
import type { Warning } from "../../exchange/warning.ts";
import type { Printable } from "../../kernel/json.ts";
import type { ModelAbilities } from "./model-version.ts";
import { forcesTool } from "./request-tools.ts";
import { isSystem } from "./request-turns.ts";

/** How thinking is asked for. */
export interface EncodedReasoning {
  readonly thinking?: Printable | undefined;
  readonly effort?: Effort;
  /** Whether the model will think, so that sampling parameters are not taken. */
  readonly isOn: boolean;
  readonly warnings: readonly Warning[];
}

/** Shares of the output limit that efforts spend on thinking. Source: OpenRouter, "Reasoning tokens". */
const budgetShares = { minimal: 0.1, low: 0.2, medium: 0.5, high: 0.8, xhigh: 0.95, max: 0.95 } as const;
/** Bounds of a thinking budget. Source: Anthropic API reference, "Extended thinking". */
const budgetMin = 1024;
const budgetMax = 128_000;

/**
 * Asks for thinking in the form the model takes. It is dropped, and that declared, where the API would refuse it: an
 * output limit too small for it, a forced tool, a prefilled answer, an open tool loop whose thinking is lost.
 */
export function encodeReasoning(
  call: Call,
  abilities: ModelAbilities,
  outputLimit: number,
): EncodedReasoning {
  const asked = call.reasoning;
  if (asked === undefined) return off;
  const { effort, budgetTokens, adaptive } = asked;
  if (effort === "none" && budgetTokens === undefined) {
    const hasSwitch = abilities.thinking === "adaptive" || abilities.thinking === "budget-or-adaptive";
    return hasSwitch ? { ...off, thinking: { type: "disabled" } } : off;
  }
  if (effort === undefined && budgetTokens === undefined && adaptive !== true) return off;
  const obstacle = obstacleTo(call, abilities);
  if (obstacle !== undefined) return dropped(obstacle);

  const takesAdaptive = abilities.thinking !== "budget";
  if (takesAdaptive && (budgetTokens === undefined || abilities.thinking === "adaptive")) {
    const asEffort = adaptiveThinking(
      { effort: effort ?? effortOf(budgetTokens, outputLimit), budget: budgetTokens, show: asked.show },
      abilities,
    );
    // In this dialect an effort alone says how much to write, and asks for no thinking.
    const isEffortAlone = call.source === "anthropic-messages" && adaptive !== true;
    return isEffortAlone && budgetTokens === undefined
      ? { ...asEffort, thinking: undefined, isOn: false }
      : asEffort;
  }
  if (outputLimit <= budgetMin) return dropped(`it needs an output limit above ${budgetMin}`);
  if (hasOpenToolLoop(call)) return dropped("continuity-lost: the open tool loop has no signed thinking");
  const wanted = budgetTokens ?? Math.floor(shareOf(effort) * outputLimit);
  const budget = Math.max(budgetMin, Math.min(wanted, budgetMax, outputLimit - 1));
  const isClamped = budgetTokens !== undefined && budget !== budgetTokens;
  return {
    thinking: { type: "enabled", budget_tokens: budget, ...displayOf(asked.show) },
    isOn: true,
    warnings: isClamped ? [{ kind: "clamped", subject: "budget_tokens", note: `to ${budget}` }] : [],
  };
}

function obstacleTo(call: Call, { thinking }: ModelAbilities): string | undefined {
  if (thinking === "none") return "this model does not think";
  if (forcesTool(call)) return "a tool is forced";
  const last = call.turns.findLast((turn) => !isSystem(turn));
  return last?.role === "assistant" ? "the answer is prefilled" : undefined;
}

const off: EncodedReasoning = { isOn: false, warnings: [] };

function dropped(note: string): EncodedReasoning {
  return { isOn: false, warnings: [{ kind: "dropped", subject: "reasoning", note }] };
}

function shareOf(effort: Effort | undefined): number {
  return effort === undefined || effort === "none" ? budgetShares.high : budgetShares[effort];
}

/** The effort that spends such a budget; the inverse of `budgetShares`. */
function effortOf(budget: number | undefined, outputLimit: number): Effort | undefined {
  if (budget === undefined) return undefined;
  const share = budget / outputLimit;
  if (share <= 0.35) return "low";
  if (share <= 0.65) return "medium";
  return share <= 0.875 ? "high" : "xhigh";
}

/** How much of the thinking is told: this API has no more than a summary to show. */
function displayOf(show: Shown): { readonly display?: "summarized" | "omitted" } {
  if (show === undefined) return {};
  return { display: show === "omitted" ? "omitted" : "summarized" };
}

type Shown = NonNullable<Call["reasoning"]>["show"];

function adaptiveThinking(
  { effort, budget, show }: { effort: Effort | undefined; budget: number | undefined; show: Shown },
  { xhigh }: ModelAbilities,
): EncodedReasoning {
  const fitting =
    effort === "minimal" || effort === "none" ? "low" : effort === "xhigh" && !xhigh ? "high" : effort;
  const warnings: Warning[] = [];
  if (budget !== undefined) {
    warnings.push({
      kind: "changed",
      subject: "budget_tokens",
      note: "this model takes an effort, no budget",
    });
  } else if (fitting !== effort) {
    warnings.push({ kind: "changed", subject: "reasoning_effort", note: `${effort} became ${fitting}` });
  }
  return {
    thinking: { type: "adaptive", ...displayOf(show) },
    ...(fitting === undefined ? {} : { effort: fitting }),
    isOn: true,
    warnings,
  };
}

/**
 * Whether the conversation ends in results for tool calls whose thinking has not come back: with thinking on, the API
 * wants the turn of such calls to begin with it.
 */
function hasOpenToolLoop({ turns }: Call): boolean {
  const isResults = turns.at(-1)?.parts.some(({ kind }) => kind === "tool-result") === true;
  if (!isResults) return false;
  const calling = turns.findLast(({ role }) => role === "assistant");
  const first = calling?.parts.find((part) => part.kind !== "text" || part.text.trim() !== "");
  const hasCall = calling?.parts.some(({ kind }) => kind === "tool-call") === true;
  return hasCall && !(first?.kind === "reasoning" && first.seal?.origin === "anthropic-messages");
}
