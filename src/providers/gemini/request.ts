import type { Call } from "../../exchange/call.ts";
import type { EncodedRequest, RequestContext } from "../../exchange/codec.ts";
import { GatewayError } from "../../kernel/errors.ts";
import { printJson } from "../../kernel/json.ts";
import { abilitiesOf } from "./model-version.ts";
import { encodeContents, encodeSystem } from "./request-contents.ts";
import { encodeExtensions } from "./request-extensions.ts";
import { createNotes, type RequestNotes, refuse } from "./request-notes.ts";
import { encodeReasoning } from "./request-reasoning.ts";
import { declareAccount, encodeOutput, encodeSampling, encodeTier } from "./request-settings.ts";
import { encodeToolConfig, encodeTools } from "./request-tools.ts";

/**
 * Writes a call as the body of `generateContent`: the same call and context give the same bytes. What this dialect or
 * this model cannot carry is declared, or refused where the answer would be of another kind.
 */
export function encodeRequest(call: Call, context: RequestContext): EncodedRequest {
  const notes = createNotes(call.source, abilitiesOf(context.model));
  try {
    return { kind: "request", body: writeBody(call, context, notes), warnings: notes.warnings() };
  } catch (thrown) {
    if (thrown instanceof GatewayError) return { kind: "refused", error: thrown };
    throw thrown;
  }
}

function writeBody(call: Call, { outputTokensMax }: RequestContext, notes: RequestNotes): string {
  const system = encodeSystem(call, notes);
  const contents = encodeContents(call, notes);
  if (contents.length === 0) refuse("unsupported_content", "messages", "A message with content is needed.");
  const config = {
    ...encodeSampling(call, notes),
    ...encodeOutput(call),
    thinkingConfig: encodeReasoning(call, outputTokensMax, notes),
  };
  declareAccount(call, notes);
  const isPlain = Object.values(config).every((setting) => setting === undefined);
  return printJson(
    encodeExtensions(
      call,
      {
        systemInstruction: system,
        contents,
        tools: encodeTools(call, notes),
        toolConfig: encodeToolConfig(call, notes),
        generationConfig: isPlain ? undefined : config,
        serviceTier: encodeTier(call, notes),
        labels: call.source === "gemini-generate" ? call.metadata : undefined,
      },
      notes,
    ),
  );
}
