import type { Call, Effort } from "../../exchange/call.ts";
import type { RequestContext } from "../../exchange/codec.ts";
import type { Printable } from "../../kernel/json.ts";
import type { Ledger } from "./ledger.ts";

type Members = { readonly [member: string]: Printable };

/** Models that think, unless they are told not to. Source: Cohere documentation, "Reasoning"; as of 2026-11. */
const thinking = /^(?:command-a-reasoning|command-a-plus|north-)/;

/** Shares of the output limit that efforts spend. Source: AI models specification, part 8 (d). */
const shares: Readonly<Record<Exclude<Effort, "none">, number>> = {
  minimal: 0.1,
  low: 0.2,
  medium: 0.5,
  high: 0.8,
  xhigh: 0.95,
  max: 0.95,
};
const budgetMin = 1024;
const budgetMax = 128_000;

/**
 * `thinking`. These models think when nothing is said: an effort becomes a budget out of the output limit, and no
 * effort, or a limit too small for any, switches it off. A model that does not think loses the wish, declared.
 */
export function reasoningMember(
  call: Call,
  { model, outputTokensMax }: RequestContext,
  ledger: Ledger,
): Members {
  const { effort, budgetTokens, adaptive } = call.reasoning ?? {};
  const isAsked = budgetTokens !== undefined || adaptive === true || effort !== undefined;
  if (!isAsked) return {};
  const isOff = effort === "none" && budgetTokens === undefined;
  if (!thinking.test(nameOf(model))) {
    if (!isOff) ledger.note({ kind: "dropped", subject: "reasoning", note: "This model does not think." });
    return {};
  }
  if (isOff) return { thinking: { type: "disabled" } };
  const limit = call.sampling.outputTokensMax ?? outputTokensMax;
  if (limit !== undefined && limit <= budgetMin) {
    const note = `It needs an output limit above ${budgetMin}.`;
    ledger.note({ kind: "dropped", subject: "reasoning", note });
    return { thinking: { type: "disabled" } };
  }
  const budget = budgetFor({ effort, budgetTokens, limit }, ledger);
  return { thinking: { type: "enabled", ...(budget !== undefined && { token_budget: budget }) } };
}

interface Wanted {
  readonly effort: Effort | undefined;
  readonly budgetTokens: number | undefined;
  readonly limit: number | undefined;
}

/** The client's own budget, or its effort's share of the limit; without a limit the model decides. */
function budgetFor({ effort, budgetTokens, limit }: Wanted, ledger: Ledger): number | undefined {
  const top = limit === undefined ? budgetMax : Math.min(budgetMax, limit - 1);
  if (budgetTokens !== undefined) {
    const fitting = Math.min(top, Math.max(1, Math.floor(budgetTokens)));
    if (fitting !== budgetTokens)
      ledger.note({ kind: "clamped", subject: "budget_tokens", note: `It was sent as ${fitting}.` });
    return fitting;
  }
  if (effort === undefined || effort === "none" || limit === undefined) return undefined;
  return Math.min(top, Math.max(budgetMin, Math.floor(shares[effort] * limit)));
}

/** The model's own name, whatever a router or a region puts before it. */
function nameOf(model: string): string {
  return model.slice(model.lastIndexOf("/") + 1).toLowerCase();
}
