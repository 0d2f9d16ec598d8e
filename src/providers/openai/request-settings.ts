import type { Call } from "../../exchange/call.ts";
import type { Emulation } from "../../exchange/codec.ts";
import { fingerprint128 } from "../../kernel/fnv.ts";
import { base62 } from "../../kernel/ids.ts";
import type { Printable } from "../../kernel/json.ts";
import type { Ledger } from "./ledger.ts";
import type { Writing } from "./request-writing.ts";
import { qualifiesForStrict } from "./strict-schema.ts";

type Members = { readonly [member: string]: Printable };

/** `text`: the format of the output. */
export function textMember({ output }: Call, { ledger }: Writing): Members {
  switch (output?.kind) {
    case undefined:
      return {};
    case "json":
      return { text: { format: { type: "json_object" } } };
    case "schema": {
      const { name, schema } = output;
      const strict = output.strict && qualifiesForStrict(schema);
      if (output.strict && !strict) ledger.note({ kind: "dropped", subject: "strict" });
      return { text: { format: { type: "json_schema", name, schema, strict } } };
    }
  }
}

/** Least output limit. Source: OpenAI API, "integer below minimum value". */
const outputTokensMin = 16;

/**
 * Output limit and sampling. Reasoning models take neither temperature nor `top_p`; leaving out their default, 1, loses
 * nothing.
 */
export function samplingMembers(call: Call, { family, ledger, isNative }: Writing): Members {
  const { temperature, topP, outputTokensMax, logprobs } = call.sampling;
  if (family.isReasoning && (temperature ?? 1) !== 1)
    ledger.note({ kind: "dropped", subject: "temperature" });
  if (family.isReasoning && (topP ?? 1) !== 1) ledger.note({ kind: "dropped", subject: "top_p" });
  const isTooFew = outputTokensMax !== undefined && outputTokensMax < outputTokensMin && !isNative;
  const limit = isTooFew ? outputTokensMin : outputTokensMax;
  if (isTooFew)
    ledger.note({ kind: "clamped", subject: limitName(call), note: `It was sent as ${outputTokensMin}.` });
  return {
    ...(limit !== undefined && { max_output_tokens: limit }),
    ...(temperature !== undefined && !family.isReasoning && { temperature }),
    ...(topP !== undefined && !family.isReasoning && { top_p: topP }),
    ...(logprobs !== undefined && { top_logprobs: logprobs }),
    ...foreignSampling(call, { isNative, ledger }),
  };
}

/**
 * What OpenAI has no word for here. Other servers of this dialect do, so that its own clients may say it; for all
 * others it is dropped, or refused where the answer would be another one. Stop sequences are emulated: `stopEmulated`.
 */
function foreignSampling(call: Call, { isNative, ledger }: Pick<Writing, "isNative" | "ledger">): Members {
  const { choices, logitBias, topK, seed, presencePenalty, frequencyPenalty, stop = [] } = call.sampling;
  if (choices !== undefined && choices > 1)
    ledger.refuse("unsupported_parameter", "more than one answer", "n");
  if (logitBias !== undefined) ledger.refuse("unsupported_parameter", "logit_bias", "logit_bias");
  if (topK !== undefined) ledger.note({ kind: "dropped", subject: "top_k" });
  if (seed !== undefined) ledger.note({ kind: "dropped", subject: "seed" });
  if (isNative) {
    return {
      ...(presencePenalty !== undefined && { presence_penalty: presencePenalty }),
      ...(frequencyPenalty !== undefined && { frequency_penalty: frequencyPenalty }),
      ...(stop.length > 0 && { stop }),
    };
  }
  if (presencePenalty !== undefined) ledger.note({ kind: "dropped", subject: "presence_penalty" });
  if (frequencyPenalty !== undefined) ledger.note({ kind: "dropped", subject: "frequency_penalty" });
  if (stop.length > 0) ledger.note({ kind: "emulated", subject: stopName(call) });
  return {};
}

/** The sequences at which the answer has to be cut, since this dialect has no word for them. */
export function stopEmulated(
  { sampling: { stop } }: Call,
  { isNative }: Pick<Writing, "isNative">,
): Emulation {
  return isNative || stop === undefined || stop.length === 0 ? {} : { stop };
}

function stopName({ source }: Call): string {
  return source === "openai-chat" ? "stop" : "stop_sequences";
}

function limitName({ source }: Call): string {
  if (source === "anthropic-messages") return "max_tokens";
  return source === "openai-chat" ? "max_completion_tokens" : "max_output_tokens";
}

/** State, tier, end user, metadata. */
export function accountMembers(call: Call, writing: Writing): Members {
  const { continues, endUser, family, metadata } = { ...call, ...writing };
  const takesMetadata = call.source !== "anthropic-messages";
  if (metadata !== undefined && !takesMetadata) writing.ledger.note({ kind: "dropped", subject: "metadata" });
  return {
    ...(continues?.answer !== undefined && { previous_response_id: continues.answer }),
    ...(continues?.conversation !== undefined && { conversation: continues.conversation }),
    ...tierMember(call, writing.ledger),
    ...(metadata !== undefined && takesMetadata && { metadata }),
    ...(endUser !== undefined && { [family.endUser]: endUserFor(endUser, writing) }),
  };
}

const tiers: ReadonlyMap<string, string> = new Map([
  ["standard_only", "default"],
  ["standard", "default"],
  ["flex", "flex"],
  ["priority", "priority"],
]);

/** The tiers of the other dialects; their `auto` is the default. */
function tierMember({ tier, source }: Call, ledger: Ledger): Members {
  if (tier === undefined) return {};
  if (source === "openai-chat" || source === "openai-responses") return { service_tier: tier };
  if (tier === "auto") return {};
  const known = tiers.get(tier.toLowerCase());
  if (known === undefined) ledger.note({ kind: "dropped", subject: "service_tier" });
  return known === undefined ? {} : { service_tier: known };
}

/** Most characters of a safety identifier. Source: OpenAI API reference. */
const endUserMax = 128;

/** A longer one becomes a hash of itself, which identifies as well. */
function endUserFor(endUser: string, { family, ledger }: Writing): string {
  if (family.endUser === "user" || endUser.length <= endUserMax) return endUser;
  const note = `It is longer than ${endUserMax} characters; its hash was sent.`;
  ledger.note({ kind: "changed", subject: "user_id", note });
  return base62(fingerprint128(endUser));
}
