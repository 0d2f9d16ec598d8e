import type { Call } from "../../exchange/call.ts";
import type { CallFacts, EncodedRequest, RequestContext, Splice } from "../../exchange/codec.ts";
import { printJson } from "../../kernel/json.ts";
import { createLedger } from "./ledger.ts";
import { familyOf } from "./model-family.ts";
import { mergeExtensions } from "./request-extensions.ts";
import { inputItems, instructionsMember } from "./request-input.ts";
import { includes, reasoningMember, storeFor } from "./request-reasoning.ts";
import { accountMembers, samplingMembers, stopEmulated, textMember } from "./request-settings.ts";
import { toolMembers } from "./request-tools.ts";
import { createWriting } from "./request-writing.ts";

/**
 * Writes a call as a Responses request. Deterministic: the same call gives the same bytes, and a conversation that
 * grows by a turn keeps those of the turns before. What cannot cross is declared, or refuses the call where leaving it
 * out would change what was asked.
 */
export function encodeResponsesRequest(call: Call, { model }: RequestContext): EncodedRequest {
  const family = familyOf(model);
  const ledger = createLedger(model, call.source);
  const store = storeFor(call);
  const writing = createWriting(call, { family, ledger, store });
  const include = includes(call, writing);
  const members = {
    model,
    ...instructionsMember(call, writing),
    input: inputItems(call, writing),
    ...toolMembers(call, writing),
    ...textMember(call, writing),
    ...samplingMembers(call, writing),
    ...reasoningMember(call, writing),
    ...(include.length > 0 && { include }),
    ...(store !== undefined && { store }),
    ...accountMembers(call, writing),
    ...(call.isStream && { stream: true }),
  };
  const body = printJson(mergeExtensions(members, call, ledger));
  const error = ledger.refusal();
  return error === undefined
    ? { kind: "request", body, warnings: ledger.warnings(), emulation: stopEmulated(call, writing) }
    : { kind: "refused", error };
}

/** The splices of a body that keeps its dialect: only the model's name may have to change. */
export function responsesSplices({ model: asked }: CallFacts, { model }: RequestContext): readonly Splice[] {
  return asked === model ? [] : [{ member: "model", value: JSON.stringify(model) }];
}
