import type { Call } from "../../exchange/call.ts";
import type { EncodedRequest, RequestContext } from "../../exchange/codec.ts";
import { toolsAmong } from "../../exchange/emulation.ts";
import { printJson } from "../../kernel/json.ts";
import { createLedger } from "./ledger.ts";
import { declareAccount, declareExtensions } from "./request-extensions.ts";
import { encodeMessages } from "./request-messages.ts";
import { reasoningMember } from "./request-reasoning.ts";
import { outputMember, samplingMembers } from "./request-settings.ts";
import { toolMembers } from "./request-tools.ts";

/**
 * Writes a call as a Cohere v2 chat request. Deterministic: the same call gives the same bytes, and a conversation
 * that grows by a turn keeps those of the turns before. What cannot cross is declared, or refuses the call where
 * leaving it out would change what was asked.
 *
 * Source: Cohere API reference, "Chat" (v2), as of 2026-11; `cohere-ai` 8.1.0.
 */
export function encodeRequest(call: Call, context: RequestContext): EncodedRequest {
  const { model } = context;
  const ledger = createLedger(model);
  const body = printJson({
    model,
    messages: encodeMessages(call, ledger),
    ...toolMembers(call, ledger),
    ...outputMember(call),
    ...samplingMembers(call, ledger),
    ...reasoningMember(call, context, ledger),
    stream: call.isStream,
  });
  declareAccount(call, ledger);
  declareExtensions(call, ledger);
  const error = ledger.refusal();
  return error === undefined
    ? { kind: "request", body, warnings: ledger.warnings(), emulation: toolsAmong(call) }
    : { kind: "refused", error };
}
