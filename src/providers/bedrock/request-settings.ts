import type { Call } from "../../exchange/call.ts";
import { isJsonObject, type Json, type Printable, parseJson, printJson } from "../../kernel/json.ts";
import { type RequestNotes, refuse } from "./request-notes.ts";

type Members = { readonly [member: string]: Printable | undefined };

/** Most stop sequences. Source: Amazon Bedrock API reference, `InferenceConfiguration.stopSequences`. */
const stopsMax = 2500;

/** Writes `inferenceConfig`; `isExcluded`: the model takes no sampling parameters beside its reasoning. */
export function encodeInference(
  { sampling }: Call,
  {
    outputTokensMax,
    isExcluded,
  }: { readonly outputTokensMax: number | undefined; readonly isExcluded: boolean },
  notes: RequestNotes,
): Members {
  dropForeign(sampling, notes);
  const stopSequences = encodeStops(sampling, notes);
  const reason = notes.abilities.sampling
    ? isExcluded
      ? "reasoning does not allow it"
      : undefined
    : "this model does not take it";
  const { temperature, topP } = sampling;
  if (reason !== undefined) {
    // Leaving out the default loses nothing.
    if ((temperature ?? 1) !== 1) notes.drop("temperature", reason);
    if ((topP ?? 1) !== 1) notes.drop("top_p", reason);
    return { maxTokens: outputTokensMax, stopSequences };
  }
  const isOneTooMany = notes.abilities.isClaude && temperature !== undefined && topP !== undefined;
  if (isOneTooMany) notes.drop("top_p", "temperature is given too");
  return {
    maxTokens: outputTokensMax,
    temperature: temperature === undefined ? undefined : clamp(temperature, "temperature", notes),
    topP: topP === undefined || isOneTooMany ? undefined : clamp(topP, "top_p", notes),
    stopSequences,
  };
}

/** `top_k`, which only Claude has a field for, as far as it may be said. */
export function encodeTopK({ sampling: { topK } }: Call, isExcluded: boolean, notes: RequestNotes): Members {
  if (topK === undefined) return {};
  if (notes.abilities.isClaude && notes.abilities.sampling && !isExcluded) return { top_k: topK };
  notes.drop("top_k", isExcluded ? "reasoning does not allow it" : undefined);
  return {};
}

/** What this API has no word for. */
function dropForeign(
  { seed, presencePenalty, frequencyPenalty, choices, logprobs, logitBias }: Call["sampling"],
  { drop }: RequestNotes,
): void {
  if (choices !== undefined && choices > 1)
    refuse("unsupported_parameter", "n", "This model gives one answer per call.");
  if (logprobs !== undefined)
    refuse("unsupported_parameter", "logprobs", "This model tells no log probabilities.");
  if (isJsonObject(logitBias) && Object.keys(logitBias).length > 0)
    refuse("unsupported_parameter", "logit_bias", "This model takes no bias of tokens.");
  if (seed !== undefined) drop("seed");
  if (presencePenalty !== undefined) drop("presence_penalty");
  if (frequencyPenalty !== undefined) drop("frequency_penalty");
}

function encodeStops({ stop = [] }: Call["sampling"], notes: RequestNotes): readonly string[] | undefined {
  if (stop.length > stopsMax)
    refuse("unsupported_parameter", "stop", `This model takes ${stopsMax} stop sequences.`);
  const isEmpty = (text: string): boolean => (notes.abilities.isClaude ? text.trim() : text) === "";
  const stops = stop.filter((sequence) => !isEmpty(sequence));
  if (stops.length < stop.length) notes.drop("stop", "blank sequences");
  return stops.length === 0 ? undefined : stops;
}

function clamp(value: number, subject: string, notes: RequestNotes): number {
  const clamped = Math.min(1, Math.max(0, value));
  if (clamped !== value) notes.note({ kind: "clamped", subject, note: `to ${clamped}` });
  return clamped;
}

/** Where Claude tells the stop sequence that it met; Converse itself has no place for it. */
export function stopSequencePaths(stops: Printable | undefined, notes: RequestNotes): Printable | undefined {
  return stops === undefined || !notes.abilities.isClaude
    ? undefined
    : ["/stop_sequence", "/delta/stop_sequence"];
}

/** Writes `outputConfig` for a schema, which is a text here: never a forced tool, which thinking does not allow. */
export function encodeFormat({ output }: Call, notes: RequestNotes): Printable | undefined {
  if (output === undefined) return undefined;
  if (output.kind === "json") {
    notes.drop("response_format", "JSON without a schema");
    return undefined;
  }
  if (!notes.abilities.schema)
    refuse("unsupported_parameter", "response_format", "This model does not take an output schema.");
  const jsonSchema = { schema: printJson(output.schema), name: output.name };
  return { textFormat: { type: "json_schema", structure: { jsonSchema } } };
}

const tiers: ReadonlySet<string> = new Set(["default", "flex", "priority", "reserved"]);

/** Writes the service tier, where the client's has an equal; `auto` is what it does when nothing is said. */
export function encodeTier({ tier }: Call, notes: RequestNotes): Printable | undefined {
  if (tier === undefined || tier === "auto") return undefined;
  if (tier === "standard_only") return { type: "default" };
  if (tiers.has(tier)) return { type: tier };
  notes.drop("service_tier");
  return undefined;
}

/** Most entries, and what a key and a value may be. Source: Amazon Bedrock API reference, `Converse.requestMetadata`. */
const metadataMax = 16;
const metadataText = /^[a-zA-Z0-9\s:_@$#=/+,.-]*$/;
const metadataLengthMax = 256;

/** Writes `requestMetadata`: the entries that fit. */
export function encodeMetadata({ metadata }: Call, notes: RequestNotes): Printable | undefined {
  if (metadata === undefined) return undefined;
  const entries = isJsonObject(metadata) ? Object.entries(metadata) : [];
  const fitting = entries
    .filter(([name, value]) => name !== "" && isMetadataText(name) && isMetadataText(value))
    .slice(0, metadataMax);
  if (fitting.length < entries.length || !isJsonObject(metadata))
    notes.drop("metadata", fitting.length === 0 ? undefined : "the entries that this API does not take");
  return fitting.length === 0 ? undefined : Object.fromEntries(fitting);
}

function isMetadataText(value: Json): boolean {
  return typeof value === "string" && value.length <= metadataLengthMax && metadataText.test(value);
}

/**
 * What is left: who the end user is, whether the answer is kept, earlier answers, and members of the client's body that
 * have no canonical form. Those whose absence would give an answer of another kind refuse the call, all others are
 * declared as dropped.
 */
export function settleRest(call: Call, { drop }: RequestNotes): void {
  const { source, endUser, isStored, continues, extensions } = call;
  if (endUser !== undefined) drop(source === "anthropic-messages" ? "metadata.user_id" : "user");
  if (isStored === true) drop("store");
  if (continues?.answer !== undefined)
    refuse("unsupported_parameter", "previous_response_id", "This model keeps no earlier answers.");
  if (continues?.conversation !== undefined)
    refuse("unsupported_parameter", "conversation", "This model keeps no conversations.");
  for (const [name, { text }] of extensions) {
    const value = parseJson(text);
    if (value === null) continue;
    if (asksOtherwise(name, value))
      refuse("unsupported_parameter", name, `This model does not take ${name}.`);
    drop(name);
  }
}

/** Whether leaving the member out would give an answer of another kind than the client asked for. */
function asksOtherwise(name: string, value: Json | undefined): boolean {
  switch (name) {
    case "logprobs":
    case "background":
      return value === true;
    case "top_logprobs":
      return typeof value === "number" && value > 0;
    case "logit_bias":
      return isJsonObject(value) && Object.keys(value).length > 0;
    case "audio":
    case "web_search_options":
    case "speechConfig":
      return isJsonObject(value);
    case "modalities":
    case "responseModalities":
      return (
        Array.isArray(value) &&
        value.some((modality) => typeof modality !== "string" || modality.toLowerCase() !== "text")
      );
    case "mcp_servers":
      return Array.isArray(value) && value.length > 0;
    case "container":
    case "prompt":
    case "cachedContent":
      return true;
    default:
      return false;
  }
}
