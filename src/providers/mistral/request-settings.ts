import type { Call } from "../../exchange/call.ts";
import type { Printable } from "../../kernel/json.ts";
import type { Ledger } from "./ledger.ts";
import { qualifiesForStrict } from "./strict-schema.ts";

type Members = { readonly [member: string]: Printable };

/** `response_format`. */
export function outputMember({ output }: Call, ledger: Ledger): Members {
  switch (output?.kind) {
    case undefined:
      return {};
    case "json":
      return { response_format: { type: "json_object" } };
    case "schema": {
      const { name, schema } = output;
      const strict = output.strict && qualifiesForStrict(schema);
      if (output.strict && !strict) ledger.note({ kind: "dropped", subject: "strict" });
      return { response_format: { type: "json_schema", json_schema: { name, schema, strict } } };
    }
  }
}

const temperatureMax = 1.5;
const penaltyMax = 2;

/** Output limit and sampling. What is out of range is clamped, and that declared. */
export function samplingMembers(call: Call, ledger: Ledger): Members {
  const { sampling } = call;
  const { topP, topK, stop = [], choices, outputTokensMax } = sampling;
  if (topK !== undefined) ledger.note({ kind: "dropped", subject: "top_k" });
  // A translated answer is one.
  if (choices !== undefined && choices > 1) ledger.refuse("unsupported_parameter", "n above 1", "n");
  if (sampling.logprobs !== undefined) ledger.refuse("unsupported_parameter", "logprobs", "logprobs");
  const clamped = (member: string, value: number | undefined, range: Range): Members =>
    value === undefined ? {} : { [member]: clamp(member, value, { range, ledger }) };
  const penalty = { min: -1 * penaltyMax, max: penaltyMax };
  return {
    ...(outputTokensMax !== undefined && { max_tokens: outputTokensMax }),
    ...clamped("temperature", sampling.temperature, { min: 0, max: temperatureMax }),
    ...clamped("top_p", topP, { min: 0, max: 1 }),
    ...(stop.length > 0 && { stop }),
    ...seedMember(call, ledger),
    ...clamped("presence_penalty", sampling.presencePenalty, penalty),
    ...clamped("frequency_penalty", sampling.frequencyPenalty, penalty),
  };
}

interface Range {
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

function seedMember({ sampling: { seed } }: Call, ledger: Ledger): Members {
  if (seed === undefined) return {};
  if (Number.isSafeInteger(seed) && seed >= 0) return { random_seed: seed };
  ledger.note({ kind: "dropped", subject: "seed", note: "It is no natural number." });
  return {};
}
