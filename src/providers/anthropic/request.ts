import type { Call } from "../../exchange/call.ts";
import type { EncodedRequest, RequestContext } from "../../exchange/codec.ts";
import { toolsAmong } from "../../exchange/emulation.ts";
import type { Warning } from "../../exchange/warning.ts";
import { GatewayError } from "../../kernel/errors.ts";
import { printJson } from "../../kernel/json.ts";
import { abilitiesOf } from "./model-version.ts";
import { createToolIds } from "./request-ids.ts";
import { createCacheControl, type RequestNotes, refuse } from "./request-notes.ts";
import { encodeReasoning } from "./request-reasoning.ts";
import {
  encodeExtensions,
  encodeFormat,
  encodeSampling,
  encodeState,
  encodeTier,
} from "./request-settings.ts";
import { encodeToolChoice, encodeTools } from "./request-tools.ts";
import { countCacheMarks, encodeMessages, encodeSystem, isSystem } from "./request-turns.ts";

/** The output limit of a model that the catalogue does not know, where this dialect demands one. */
const outputTokensDefault = 4096;

/**
 * Writes a call as a Messages request: the same call and context give the same bytes. What this dialect or this model
 * cannot carry is declared as dropped, or refused where the answer would be of another kind.
 */
export function encodeRequest(call: Call, context: RequestContext): EncodedRequest {
  try {
    return writeRequest(call, context);
  } catch (thrown) {
    if (thrown instanceof GatewayError) return { kind: "refused", error: thrown };
    throw thrown;
  }
}

function writeRequest(call: Call, { model, outputTokensMax }: RequestContext): EncodedRequest {
  const abilities = abilitiesOf(model);
  const warnings: Warning[] = [];
  const cacheControl = createCacheControl(countCacheMarks(call), warnings);
  const notes: RequestNotes = { warnings, toolId: createToolIds(), cacheControl };
  if (!abilities.prefill && call.turns.findLast((turn) => !isSystem(turn))?.role === "assistant") {
    refuse(
      "unsupported_content",
      "messages",
      "This model does not continue an assistant message: the last message must be the user's.",
    );
  }
  const limit = call.sampling.outputTokensMax ?? outputTokensMax ?? outputTokensDefault;
  if (call.sampling.outputTokensMax === undefined && outputTokensMax === undefined) {
    warnings.push({ kind: "defaulted", subject: "max_tokens", note: String(limit) });
  }

  // Cache marks are counted in this order: tools, system, messages.
  const tools = encodeTools(call, abilities, notes);
  const system = encodeSystem(call, notes);
  const messages = encodeMessages(call.turns, notes);
  if (messages.length === 0) refuse("unsupported_content", "messages", "A message with content is needed.");
  const reasoning = encodeReasoning(call, abilities, limit);
  warnings.push(...reasoning.warnings);
  const sampling = encodeSampling(call, { abilities, isThinking: reasoning.isOn }, notes);
  const format = encodeFormat(call, abilities, notes);
  const tier = encodeTier(call, notes);
  if (call.metadata !== undefined) warnings.push({ kind: "dropped", subject: "metadata" });
  encodeState(call, notes);
  const extensions = encodeExtensions(call, notes);

  const hasConfig = format !== undefined || reasoning.effort !== undefined;
  const body = printJson({
    model,
    max_tokens: limit,
    system: system.length === 0 ? undefined : system,
    messages,
    tools,
    tool_choice: encodeToolChoice(call, notes),
    ...sampling,
    thinking: reasoning.thinking,
    output_config: hasConfig ? { effort: reasoning.effort, format } : undefined,
    metadata: call.endUser === undefined ? undefined : { user_id: call.endUser },
    service_tier: tier,
    stream: call.isStream ? true : undefined,
    ...extensions,
  });
  return { kind: "request", body, warnings, emulation: toolsAmong(call) };
}
