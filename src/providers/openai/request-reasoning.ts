import type { Call } from "../../exchange/call.ts";
import type { Printable } from "../../kernel/json.ts";
import { nearestEffort, wantedEffort } from "./effort.ts";
import type { Writing } from "./request-writing.ts";

type Reasoning = { readonly effort?: string; readonly summary?: string };

/** `reasoning`: the effort as the model takes it, a summary if the client wants to see one. */
export function reasoningMember(call: Call, writing: Writing): { readonly reasoning?: Reasoning } {
  const reasoning = { ...effortOf(call, writing), ...summaryOf(call, writing) };
  return Object.keys(reasoning).length === 0 ? {} : { reasoning };
}

function effortOf(call: Call, { family, ledger, isNative }: Writing): Reasoning {
  const wanted = wantedEffort(call);
  const subject = subjectFor(call);
  if (wanted === undefined) {
    // An adaptive call leaves the effort to the model, which is what leaving it out means.
    if (call.reasoning?.budgetTokens !== undefined) ledger.note({ kind: "dropped", subject });
    return {};
  }
  // Of a model that we do not know, a client of its own dialect knows best.
  if (isNative && family.efforts.length === 0) return { effort: wanted };
  const effort = nearestEffort(wanted, family.efforts);
  if (effort === undefined) {
    if (wanted !== "none") ledger.note({ kind: "dropped", subject });
    return {};
  }
  if (effort !== wanted) ledger.note({ kind: "clamped", subject, note: `It was sent as ${effort}.` });
  return { effort };
}

/** Unasked, no summary is wanted: some models give theirs only to organisations that have been verified. */
function summaryOf({ reasoning }: Call, { family, isNative }: Writing): Reasoning {
  const { show = "omitted" } = reasoning ?? {};
  if (show === "omitted" || !(family.isReasoning || family.sealsReasoning || isNative)) return {};
  return { summary: show === "full" ? "detailed" : "auto" };
}

/** How clients ask for it. */
const subjects: ReadonlyMap<string, string> = new Map([
  ["openai-chat", "reasoning_effort"],
  ["openai-responses", "reasoning.effort"],
  ["anthropic-messages", "thinking"],
  ["gemini-generate", "thinkingConfig"],
]);

function subjectFor({ source }: Call): string {
  return subjects.get(source) ?? "reasoning";
}

/**
 * `store` as it will be sent. A client of another dialect can never ask for what the provider keeps, and carries its
 * whole conversation itself: unless it says so, nothing is kept for it. Its reasoning state then has to travel
 * encrypted, which `includes` asks for.
 */
export function storeFor({ isStored, source, extensions }: Call): boolean | undefined {
  if (source === "openai-responses") return isStored;
  return isStored ?? (source === "openai-chat" && extensions.get("store")?.text === "true");
}

/** `include`: the encrypted reasoning of models that have it, log probabilities. A client of this dialect has its own. */
export function includes(call: Call, { family, isNative }: Writing): readonly Printable[] {
  return [
    ...(family.sealsReasoning && !isNative ? ["reasoning.encrypted_content"] : []),
    ...(call.sampling.logprobs === undefined ? [] : ["message.output_text.logprobs"]),
  ];
}
