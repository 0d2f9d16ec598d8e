import type { Call } from "../../exchange/call.ts";
import { isJsonObject, type Json, type Printable, parseJson, type RawJson } from "../../kernel/json.ts";
import type { Ledger } from "./ledger.ts";

type Members = { readonly [member: string]: Printable };

/** Tier, end user, metadata, storage: nothing of it has a place here. State of an earlier call is refused. */
export function declareAccount(call: Call, ledger: Ledger): void {
  const { tier, endUser, metadata, isStored, continues, sampling } = call;
  const drop = (subject: string): void => ledger.note({ kind: "dropped", subject });
  if (tier !== undefined && tier !== "auto" && tier !== "default") drop("service_tier");
  if (endUser !== undefined) drop("user");
  if (metadata !== undefined) drop("metadata");
  if (isStored === true) drop("store");
  if (continues?.answer !== undefined)
    ledger.refuse("unsupported_parameter", "the state of an earlier answer", "previous_response_id");
  if (continues?.conversation !== undefined)
    ledger.refuse("unsupported_parameter", "a conversation kept elsewhere", "conversation");
  if (hasBias(sampling.logitBias)) ledger.refuse("unsupported_parameter", "logit_bias", "logit_bias");
}

/** Members of Mistral's own that clients of Chat send along, by the names it gives them. */
const own: ReadonlySet<string> = new Set(["prompt_mode", "safe_prompt", "guardrails"]);

/**
 * Members of the client's body that have no canonical form: Mistral's own pass, and a prediction; those that ask for
 * an answer of another kind refuse the call; all others are declared by name.
 */
export function extensionMembers({ extensions, source }: Call, ledger: Ledger): Members {
  const members: { [member: string]: Printable } = {};
  for (const [name, raw] of extensions) {
    const value = parseJson(raw.text);
    const prediction = name === "prediction" ? predictionOf(value, raw) : undefined;
    if (prediction !== undefined) members[name] = prediction;
    else if (own.has(name) && source === "openai-chat") members[name] = raw;
    else if (asksOtherwise(name, value)) ledger.refuse("unsupported_parameter", name, name);
    else ledger.note({ kind: "dropped", subject: name });
  }
  return members;
}

/** A prediction; its content is one text here, where Chat also has a list of them. */
function predictionOf(value: Json | undefined, raw: RawJson): Printable | undefined {
  if (!isJsonObject(value)) return undefined;
  const { content } = value;
  if (typeof content === "string") return raw;
  if (!Array.isArray(content)) return undefined;
  const texts = content.map((part: Json) => (isJsonObject(part) ? part["text"] : undefined));
  const isAllText = texts.every((text) => typeof text === "string");
  return isAllText ? { type: "content", content: texts.join("") } : undefined;
}

/** Whether leaving the member out would give an answer of another kind than the client asked for. */
function asksOtherwise(name: string, value: Json | undefined): boolean {
  switch (name) {
    case "logit_bias":
      return hasBias(value);
    case "modalities":
    case "responseModalities":
      return Array.isArray(value) && !value.every(isText);
    case "logprobs":
    case "background":
      return value === true;
    case "top_logprobs":
      return typeof value === "number" && value > 0;
    case "audio":
    case "cachedContent":
    case "container":
    case "conversation":
    case "mcp_servers":
    case "prompt":
    case "speechConfig":
    case "tool_choice":
    case "web_search_options":
      return value !== null;
    default:
      return false;
  }
}

function hasBias(bias: Json | undefined): boolean {
  return isJsonObject(bias) && Object.keys(bias).length > 0;
}

function isText(modality: Json): boolean {
  return typeof modality === "string" && modality.toLowerCase() === "text";
}
