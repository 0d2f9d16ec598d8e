import type { Call, Effort } from "../../exchange/call.ts";
import type { Printable } from "../../kernel/json.ts";
import { budgetOf, nearestEffort, wantedEffort } from "./effort.ts";
import type { Ledger } from "./ledger.ts";
import type { ModelFamily } from "./model-family.ts";
import type { QuirkProfile } from "./quirks.ts";

/** How reasoning is asked for, and whether the model will think: some servers then want theirs back. */
export interface EncodedReasoning {
  readonly members: { readonly [member: string]: Printable };
  readonly isThinking: boolean;
}

interface Asking {
  readonly call: Call;
  readonly family: ModelFamily;
  readonly quirks: QuirkProfile;
  readonly ledger: Ledger;
}

/** Asks for reasoning in the server's way; what the model has no way for is declared. */
export function encodeReasoning(asking: Asking): EncodedReasoning {
  switch (asking.quirks.asksReasoning) {
    case "reasoning_effort":
      return byEffort(asking);
    case "thinking":
      return bySwitch(asking);
    case "enable_thinking":
      return byBudget(asking);
    case "reasoning":
      return byObject(asking);
  }
}

/** OpenAI's way. A model that takes no effort loses it, declared. */
function byEffort({ call, family, quirks, ledger }: Asking): EncodedReasoning {
  const wanted = wantedEffort(call);
  const isThinking = family.thinksUnasked || (call.reasoning !== undefined && wanted !== "none");
  if (wanted === undefined) {
    // An adaptive call leaves the effort to the model, which is what leaving it out means.
    if (call.reasoning?.budgetTokens !== undefined) ledger.note({ kind: "dropped", subject: "thinking" });
    return { members: {}, isThinking };
  }
  const effort = effortFor(wanted, quirks.efforts ?? family.efforts, ledger);
  if (effort !== undefined) return { members: { reasoning_effort: effort }, isThinking: effort !== "none" };
  if (wanted === "none" ? family.thinksUnasked : !family.echoesReasoning)
    ledger.note({ kind: "dropped", subject: "thinking" });
  return { members: {}, isThinking };
}

/** `thinking: {type}`, beside an effort where the model has several. */
function bySwitch({ call, family, quirks, ledger }: Asking): EncodedReasoning {
  const wanted = wantedEffort(call);
  const isAsked = call.reasoning !== undefined;
  const type = wanted === "none" ? "disabled" : "enabled";
  const isTaken = isAsked && family.thinkingTypes.includes(type);
  const isThinking = wanted === "none" ? family.thinksUnasked && !isTaken : isTaken || family.thinksUnasked;
  if (isAsked && isThinking !== (wanted !== "none")) ledger.note({ kind: "dropped", subject: "thinking" });
  const taken = family.thinkingTypes.length > 0 ? (quirks.efforts ?? family.efforts) : family.efforts;
  const effort = wanted === undefined || wanted === "none" ? undefined : effortFor(wanted, taken, ledger);
  return {
    members: {
      ...(isTaken && { thinking: { type } }),
      ...(effort !== undefined && { reasoning_effort: effort }),
    },
    isThinking,
  };
}

/** `enable_thinking`, with the budget that was asked for or that the effort stands for. */
function byBudget({ call, family }: Asking): EncodedReasoning {
  if (call.reasoning === undefined) return { members: {}, isThinking: family.thinksUnasked };
  const wanted = wantedEffort(call);
  if (wanted === "none") return { members: { enable_thinking: false }, isThinking: false };
  const budget = budgetOf(call);
  return {
    members: { enable_thinking: true, ...(budget !== undefined && { thinking_budget: budget }) },
    isThinking: true,
  };
}

const routerEfforts: readonly Effort[] = ["none", "minimal", "low", "medium", "high", "xhigh"];

/** OpenRouter's object, which takes effort and budget of any model and leaves the text out if asked. */
function byObject({ call, family, ledger }: Asking): EncodedReasoning {
  const { reasoning } = call;
  if (reasoning === undefined) return { members: {}, isThinking: family.thinksUnasked };
  const { effort, budgetTokens, show } = reasoning;
  const exclude = show === "omitted" ? { exclude: true } : {};
  if (budgetTokens !== undefined && effort === undefined)
    return { members: { reasoning: { max_tokens: budgetTokens, ...exclude } }, isThinking: true };
  const sent = effort === undefined ? undefined : effortFor(effort, routerEfforts, ledger);
  const asked = sent === undefined ? { enabled: true } : { effort: sent };
  return { members: { reasoning: { ...asked, ...exclude } }, isThinking: sent !== "none" };
}

function effortFor(wanted: Effort, taken: readonly Effort[], ledger: Ledger): Effort | undefined {
  const effort = nearestEffort(wanted, taken);
  if (effort !== undefined && effort !== wanted)
    ledger.note({ kind: "clamped", subject: "reasoning_effort", note: `It was sent as ${effort}.` });
  return effort;
}
