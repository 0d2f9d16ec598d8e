import type { Call, Effort } from "../../exchange/call.ts";
import type { RequestContext } from "../../exchange/codec.ts";
import type { Printable } from "../../kernel/json.ts";
import type { Ledger } from "./ledger.ts";

type Members = { readonly [member: string]: Printable };

const onOrOff: readonly Effort[] = ["none", "high"];

/**
 * The efforts that models take, weakest first, by the name of the model; all others take none and refuse the member.
 * Source: Mistral documentation, "Reasoning", and the values that the API's refusals list; as of 2026-11.
 */
const families: readonly (readonly [RegExp, readonly Effort[]])[] = [
  [/^mistral-small(?:-latest|-4|-2[6-9]\d\d)?$/, onOrOff],
  [/^mistral-medium(?:-latest|-3|-3[.-]5|-2[6-9]\d\d)?$/, onOrOff],
  [/^mistral-large-(?:4|2[6-9]\d\d)$/, onOrOff],
  [/^magistral-/, onOrOff],
  [/^(?:zai-)?glm-5-3/, ["low", "high", "max"]],
  [/^(?:zai-)?glm-/, ["high", "max"]],
];

const order: readonly Effort[] = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];

/** Largest share of the output limit that still counts as this effort. Source: AI models specification, part 8 (d). */
const shares: readonly (readonly [number, Effort])[] = [
  [0.15, "minimal"],
  [0.35, "low"],
  [0.65, "medium"],
  [0.875, "high"],
];

/** `reasoning_effort`: the nearest lower one that the model takes, else its lowest. A model without loses it, declared. */
export function reasoningMember(call: Call, context: RequestContext, ledger: Ledger): Members {
  const wanted = wantedEffort(call, context);
  if (wanted === undefined) return {};
  const name = context.model.slice(context.model.lastIndexOf("/") + 1).toLowerCase();
  const taken = families.find(([pattern]) => pattern.test(name))?.[1] ?? [];
  const effort = taken.findLast((item) => order.indexOf(item) <= order.indexOf(wanted)) ?? taken[0];
  if (effort === undefined) {
    if (wanted !== "none")
      ledger.note({ kind: "dropped", subject: "reasoning_effort", note: "This model takes none." });
    return {};
  }
  if (effort !== wanted)
    ledger.note({ kind: "clamped", subject: "reasoning_effort", note: `It was sent as ${effort}.` });
  return { reasoning_effort: effort };
}

/** As the call says, or by its budget against the output limit; thinking by the model's own measure is a high effort. */
function wantedEffort(
  { reasoning, sampling }: Call,
  { outputTokensMax }: RequestContext,
): Effort | undefined {
  const { effort, budgetTokens, adaptive } = reasoning ?? {};
  if (effort !== undefined) return effort;
  if (budgetTokens === undefined) return adaptive === true ? "high" : undefined;
  const limit = sampling.outputTokensMax ?? outputTokensMax;
  if (limit === undefined || limit <= 0) return "high";
  return shares.find(([share]) => budgetTokens / limit <= share)?.[1] ?? "xhigh";
}
