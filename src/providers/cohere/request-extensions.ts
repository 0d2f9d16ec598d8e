import type { Call } from "../../exchange/call.ts";
import { type Json, parseJson } from "../../kernel/json.ts";
import type { Ledger } from "./ledger.ts";
import { hasBias } from "./request-settings.ts";

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

/** Written among the settings. */
const written: ReadonlySet<string> = new Set(["logprobs", "top_logprobs"]);

/**
 * Members of the client's body that have no canonical form: those that ask for an answer of another kind refuse the
 * call, all others are declared by name.
 */
export function declareExtensions({ extensions }: Call, ledger: Ledger): void {
  for (const [name, { text }] of extensions) {
    if (written.has(name)) continue;
    if (asksOtherwise(name, parseJson(text))) ledger.refuse("unsupported_parameter", name, name);
    else ledger.note({ kind: "dropped", subject: name });
  }
}

/** Whether leaving the member out would give an answer of another kind than the client asked for. */
function asksOtherwise(name: string, value: Json | undefined): boolean {
  switch (name) {
    case "logit_bias":
      return hasBias(value);
    case "modalities":
    case "responseModalities":
      return Array.isArray(value) && !value.every(isText);
    case "background":
      return value === true;
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

function isText(modality: Json): boolean {
  return typeof modality === "string" && modality.toLowerCase() === "text";
}
