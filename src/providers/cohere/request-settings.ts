import type { Call } from "../../exchange/call.ts";
import { isJsonObject, type Printable, parseJson } from "../../kernel/json.ts";
import type { Ledger } from "./ledger.ts";

type Members = { readonly [member: string]: Printable };

/** `response_format`. A schema is always enforced; it has no name here. */
export function outputMember({ output }: Call): Members {
  switch (output?.kind) {
    case undefined:
      return {};
    case "json":
      return { response_format: { type: "json_object" } };
    case "schema":
      return { response_format: { type: "json_object", json_schema: output.schema } };
  }
}

/** Most stop sequences. Source: Cohere API reference, "Chat" (v2). */
const stopMax = 5;

/** Output limit and sampling. What is out of range is clamped, and that declared. */
export function samplingMembers(call: Call, ledger: Ledger): Members {
  const { temperature, topP, topK, seed, choices, outputTokensMax } = call.sampling;
  if (choices !== undefined && choices > 1) ledger.refuse("unsupported_parameter", "n above 1", "n");
  const isSeed = seed === undefined || (Number.isSafeInteger(seed) && seed >= 0);
  if (!isSeed) ledger.note({ kind: "dropped", subject: "seed", note: "It is no natural number." });
  const clamped = (subject: string, value: number | undefined, range: Range): Members =>
    value === undefined ? {} : { [range.member]: clamp(subject, value, { range, ledger }) };
  return {
    ...(outputTokensMax !== undefined && { max_tokens: outputTokensMax }),
    ...clamped("temperature", temperature, { member: "temperature", min: 0, max: 1 }),
    ...clamped("top_p", topP, { member: "p", min: 0.01, max: 0.99 }),
    ...clamped("top_k", topK, { member: "k", min: 0, max: 500 }),
    ...stopMember(call, ledger),
    ...(seed !== undefined && isSeed && { seed }),
    ...penaltyMembers(call, ledger),
    ...logprobsMember(call, ledger),
  };
}

interface Range {
  readonly member: string;
  readonly min: number;
  readonly max: number;
}

function clamp(
  subject: string,
  value: number,
  { range, ledger }: { readonly range: Range; readonly ledger: Ledger },
): number {
  const fitting = Math.min(range.max, Math.max(range.min, value));
  if (fitting !== value) ledger.note({ kind: "clamped", subject, note: `It was sent as ${fitting}.` });
  return fitting;
}

function stopMember({ sampling: { stop = [] } }: Call, ledger: Ledger): Members {
  if (stop.length > stopMax)
    ledger.refuse("unsupported_parameter", `more than ${stopMax} stop sequences`, "stop");
  return stop.length === 0 ? {} : { stop_sequences: stop };
}

/** From 0 to 1, and only one of the two: the API refuses both. */
function penaltyMembers({ sampling }: Call, ledger: Ledger): Members {
  const frequency = sampling.frequencyPenalty ?? 0;
  const presence = sampling.presencePenalty ?? 0;
  const write = (member: string, value: number): Members =>
    value === 0 ? {} : { [member]: clamp(member, value, { range: { member, min: 0, max: 1 }, ledger }) };
  if (frequency === 0) return write("presence_penalty", presence);
  if (presence !== 0)
    ledger.note({
      kind: "dropped",
      subject: "presence_penalty",
      note: "This model takes one penalty, and a frequency penalty is given.",
    });
  return write("frequency_penalty", frequency);
}

/** Log probabilities are of the chosen tokens only. */
function logprobsMember({ sampling, extensions }: Call, ledger: Ledger): Members {
  const isAsked = parseJson(extensions.get("logprobs")?.text ?? "") === true;
  const top = parseJson(extensions.get("top_logprobs")?.text ?? "");
  const wanted = sampling.logprobs ?? (isAsked ? (typeof top === "number" ? top : 0) : undefined);
  if (wanted === undefined) return {};
  if (wanted > 0)
    ledger.note({ kind: "clamped", subject: "top_logprobs", note: "Only the chosen tokens' are told." });
  return { logprobs: true };
}

/** Whether a `logit_bias` says anything. */
export function hasBias(bias: unknown): boolean {
  return isJsonObject(bias) && Object.keys(bias).length > 0;
}
