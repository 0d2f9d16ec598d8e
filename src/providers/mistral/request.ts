import type { Call } from "../../exchange/call.ts";
import type { EncodedRequest, RequestContext } from "../../exchange/codec.ts";
import { toolsAmong } from "../../exchange/emulation.ts";
import { printJson } from "../../kernel/json.ts";
import { createLedger } from "./ledger.ts";
import { declareAccount, extensionMembers } from "./request-extensions.ts";
import { encodeMessages } from "./request-messages.ts";
import { reasoningMember } from "./request-reasoning.ts";
import { outputMember, samplingMembers } from "./request-settings.ts";
import { toolMembers } from "./request-tools.ts";

/**
 * Writes a call as a Mistral chat request. Deterministic: the same call gives the same bytes, and a conversation that
 * grows by a turn keeps those of the turns before. The API refuses members it does not know: what cannot cross is
 * declared, or refuses the call where leaving it out would change what was asked.
 *
 * Source: Mistral API reference, "Chat", as of 2026-11; `@mistralai/mistralai` 2.7.0.
 */
export function encodeRequest(call: Call, context: RequestContext): EncodedRequest {
  const { model } = context;
  const ledger = createLedger(model);
  const body = printJson({
    model,
    messages: encodeMessages(call, ledger),
    ...toolMembers(call, ledger),
    ...outputMember(call, ledger),
    ...samplingMembers(call, ledger),
    ...reasoningMember(call, context, ledger),
    ...extensionMembers(call, ledger),
    ...(call.isStream && { stream: true }),
  });
  declareAccount(call, ledger);
  const error = ledger.refusal();
  return error === undefined
    ? { kind: "request", body, warnings: ledger.warnings(), emulation: toolsAmong(call) }
    : { kind: "refused", error };
}
