import type { Call } from "../../exchange/call.ts";
import type { CallFacts, EncodedRequest, RequestContext, Splice } from "../../exchange/codec.ts";
import { isJsonObject, type Printable, parseJson, printJson } from "../../kernel/json.ts";
import { createLedger, type Ledger } from "./ledger.ts";
import { familyOf } from "./model-family.ts";
import { chatMessages } from "./request-messages.ts";
import {
  accountMembers,
  outputMember,
  reasoningMember,
  samplingMembers,
  toolMembers,
} from "./request-settings.ts";

/**
 * Writes a call as a Chat request. Deterministic: the same call gives the same bytes, and a conversation that grows by
 * a turn keeps those of the turns before. What cannot cross is declared, or refuses the call where leaving it out
 * would change what was asked.
 */
export function encodeChatRequest(call: Call, { model }: RequestContext): EncodedRequest {
  const family = familyOf(model);
  const ledger = createLedger(model);
  const body = printJson({
    model,
    messages: chatMessages(call, family, ledger),
    ...toolMembers(call, ledger),
    ...outputMember(call, ledger),
    ...samplingMembers(call, family, ledger),
    ...reasoningMember(call, family, ledger),
    ...accountMembers(call, family, ledger),
    ...extensionsOf(call, ledger),
    ...(call.isStream && { stream: true, stream_options: { include_usage: true } }),
  });
  const error = ledger.refusal();
  return error === undefined
    ? { kind: "request", body, warnings: ledger.warnings() }
    : { kind: "refused", error };
}

/** Members whose absence would change what was asked: a place or servers that only their own provider has. */
const ownDialectOnly: ReadonlySet<string> = new Set(["container", "mcp_servers"]);

/** Members of another dialect mean nothing here and are declared by name; those of a Chat client pass as they are. */
function extensionsOf(
  { extensions, source }: Call,
  ledger: Ledger,
): { readonly [member: string]: Printable } {
  if (source === "openai-chat") return Object.fromEntries(extensions);
  for (const subject of extensions.keys()) {
    if (ownDialectOnly.has(subject)) ledger.refuse("unsupported_parameter", subject);
    else ledger.note({ kind: "dropped", subject });
  }
  return {};
}

/**
 * The splices of a body that keeps its dialect: the upstream's name of the model, and the wish for the usage chunk,
 * which a stream that nobody asked for it does not have. Other stream options stay.
 */
export function chatSplices(facts: CallFacts, { model }: RequestContext): readonly Splice[] {
  const splices: Splice[] = [];
  if (facts.model !== model) splices.push({ member: "model", value: JSON.stringify(model) });
  if (facts.isStream && !facts.wantsUsage) {
    const options = facts.streamOptions === undefined ? undefined : parseJson(facts.streamOptions);
    const kept = isJsonObject(options) ? options : {};
    splices.push({ member: "stream_options", value: printJson({ ...kept, include_usage: true }) });
  }
  return splices;
}
