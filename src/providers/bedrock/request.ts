import type { Call } from "../../exchange/call.ts";
import type { EncodedRequest, RequestContext } from "../../exchange/codec.ts";
import { toolsAmong } from "../../exchange/emulation.ts";
import { GatewayError } from "../../kernel/errors.ts";
import { type Printable, printJson } from "../../kernel/json.ts";
import { abilitiesOf } from "./model-family.ts";
import { createNotes, refuse } from "./request-notes.ts";
import { encodeReasoning } from "./request-reasoning.ts";
import {
  encodeFormat,
  encodeInference,
  encodeMetadata,
  encodeTier,
  encodeTopK,
  settleRest,
  stopSequencePaths,
} from "./request-settings.ts";
import { encodeTools } from "./request-tools.ts";
import { encodeMessages, encodeSystem, isSystem } from "./request-turns.ts";

/**
 * Writes a call as a Converse request: the same call and context give the same bytes. What this dialect or this model
 * cannot carry is declared as dropped, or refused where the answer would be of another kind.
 *
 * Source: Amazon Bedrock API reference, `Converse`; types of @aws-sdk/client-bedrock-runtime 3.1164.0.
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
  const notes = createNotes(abilitiesOf(model));
  if (!notes.abilities.prefill && call.turns.findLast((turn) => !isSystem(turn))?.role === "assistant") {
    refuse(
      "unsupported_content",
      "messages",
      "This model does not continue an assistant message: the last message must be the user's.",
    );
  }
  const toolSet = encodeTools(call, notes);
  const drafts = encodeMessages(call.turns, notes);
  if (drafts.length === 0) refuse("unsupported_content", "messages", "A message with content is needed.");
  const sections = [toolSet.tools, encodeSystem(call, notes), ...drafts.map(({ content }) => content)];
  // The order in which the model reads them, and in which cache points count.
  const [tools = [], system = [], ...contents] = notes.withinLimit(sections);
  const reasoning = encodeReasoning(call, outputTokensMax, notes);
  const isExcluded = reasoning.excludesSampling;
  const inference = encodeInference(call, { outputTokensMax: reasoning.outputTokensMax, isExcluded }, notes);
  const fields = { ...reasoning.extra, ...encodeTopK(call, isExcluded, notes), ...toolSet.extra };
  settleRest(call, notes);
  const body = printJson({
    messages: drafts.map(({ role }, index) => ({ role, content: contents[index] ?? [] })),
    system: system.length === 0 ? undefined : system,
    inferenceConfig: unlessEmpty(inference),
    toolConfig: tools.length === 0 ? undefined : { tools, toolChoice: toolSet.choice },
    additionalModelRequestFields: unlessEmpty(fields),
    additionalModelResponseFieldPaths: stopSequencePaths(inference["stopSequences"], notes),
    requestMetadata: encodeMetadata(call, notes),
    serviceTier: encodeTier(call, notes),
    outputConfig: encodeFormat(call, notes),
  });
  return { kind: "request", body, warnings: notes.warnings(), emulation: toolsAmong(call) };
}

type Members = { readonly [member: string]: Printable | undefined };

function unlessEmpty(members: Members): Members | undefined {
  return Object.values(members).some((member) => member !== undefined) ? members : undefined;
}
