import type { Call } from "../../exchange/call.ts";
import type { CallFacts, EncodedRequest, RequestContext, Splice } from "../../exchange/codec.ts";
import { toolsAmong } from "../../exchange/emulation.ts";
import { isJsonObject, type Printable, parseJson, printJson } from "../../kernel/json.ts";
import { createLedger, type Ledger } from "./ledger.ts";
import { familyOf } from "./model-family.ts";
import { asksForUsage, defaultQuirks, type QuirkProfile } from "./quirks.ts";
import { chatMessages } from "./request-messages.ts";
import { encodeReasoning } from "./request-reasoning.ts";
import { accountMembers, outputMember, samplingMembers } from "./request-settings.ts";
import { toolMembers } from "./request-tools.ts";

/**
 * Writes a call as a Chat request. Deterministic: the same call gives the same bytes, and a conversation that grows by
 * a turn keeps those of the turns before. What cannot cross is declared, or refuses the call where leaving it out
 * would change what was asked.
 */
export function encodeChatRequest(
  call: Call,
  { model }: RequestContext,
  quirks: QuirkProfile = defaultQuirks,
): EncodedRequest {
  const family = familyOf(model);
  const ledger = createLedger(model);
  const writing = { call, model, family, quirks, ledger };
  const reasoning = encodeReasoning(writing);
  const body = printJson({
    model,
    messages: chatMessages(call, { ...writing, isThinking: reasoning.isThinking }),
    ...toolMembers(writing),
    ...outputMember(call, ledger),
    ...samplingMembers(writing),
    ...reasoning.members,
    ...accountMembers(writing),
    ...extensionsOf(call, ledger),
    ...(call.isStream && { stream: true }),
    ...(call.isStream && asksForUsage(quirks) && { stream_options: { include_usage: true } }),
  });
  const error = ledger.refusal();
  return error === undefined
    ? {
        kind: "request",
        body,
        warnings: ledger.warnings(),
        ...(quirks.acceptsAllowedTools ? {} : { emulation: toolsAmong(call) }),
      }
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
 * which a stream that nobody asked for it does not have. Other stream options stay, except where the server takes none.
 */
export function chatSplices(
  facts: CallFacts,
  { model }: RequestContext,
  quirks: QuirkProfile = defaultQuirks,
): readonly Splice[] {
  const splices: Splice[] = [];
  if (facts.model !== model || facts.lacksModel === true)
    splices.push({ member: "model", value: JSON.stringify(model) });
  if (!quirks.acceptsStreamOptions && facts.streamOptions !== undefined) {
    splices.push({ member: "stream_options", value: undefined });
  } else if (facts.isStream && !facts.wantsUsage && asksForUsage(quirks)) {
    const options = facts.streamOptions === undefined ? undefined : parseJson(facts.streamOptions);
    const kept = isJsonObject(options) ? options : {};
    splices.push({ member: "stream_options", value: printJson({ ...kept, include_usage: true }) });
  }
  return splices;
}
