import type { Turn } from "../../exchange/call.ts";
import type { Part } from "../../exchange/part.ts";
import { fingerprint128 } from "../../kernel/fnv.ts";
import { base62 } from "../../kernel/ids.ts";
import type { Printable } from "../../kernel/json.ts";
import type { Ledger } from "./ledger.ts";
import type { ModelFamily } from "./model-family.ts";
import type { QuirkProfile } from "./quirks.ts";
import { detailsOf, geminiDetail, signatureFor } from "./request-seals.ts";
import { emulatedArguments } from "./request-tools.ts";

/** What messages are written by. */
export interface Writing {
  /** The upstream's name of the model. */
  readonly model: string;
  readonly family: ModelFamily;
  readonly quirks: QuirkProfile;
  readonly ledger: Ledger;
  /** The model will think: some servers then want the reasoning of earlier messages back. */
  readonly isThinking: boolean;
}

/** An assistant message while it is put together. */
interface Draft {
  readonly text: string[];
  readonly refusals: string[];
  readonly thoughts: string[];
  readonly details: Printable[];
  readonly calls: Printable[];
  signature: string | undefined;
}

/** What an assistant turn is as a message; nothing is left of one without content. */
export function assistantMessages(turn: Turn, writing: Writing): readonly Printable[] {
  const { ledger } = writing;
  const draft: Draft = {
    text: [],
    refusals: [],
    thoughts: [],
    details: [],
    calls: [],
    signature: undefined,
  };
  const echo = echoes(turn, writing);
  for (const part of turn.parts) {
    if (part.cache !== undefined) ledger.note({ kind: "dropped", subject: "cache_control" });
    addPart(part, draft, { writing, echo });
  }
  const { text, refusals, thoughts, details, calls, signature } = draft;
  if (text.length + refusals.length + calls.length === 0) return [];
  return [
    {
      role: "assistant",
      content: text.length === 0 ? null : text.join(""),
      ...(refusals.length > 0 && { refusal: refusals.join("") }),
      ...(echo !== undefined && { [echo]: thoughts.join("") }),
      ...(details.length > 0 && { reasoning_details: details }),
      ...(signature !== undefined && { extra_content: { google: { thought_signature: signature } } }),
      ...(calls.length > 0 && { tool_calls: calls }),
      ...nameOf(turn),
    },
  ];
}

interface Adding {
  readonly writing: Writing;
  readonly echo: string | undefined;
}

function addPart(part: Part, draft: Draft, { writing, echo }: Adding): void {
  const { ledger } = writing;
  switch (part.kind) {
    case "text":
      if (part.text.trim() !== "") draft.text.push(part.text);
      if ((part.citations ?? []).length > 0) ledger.note({ kind: "dropped", subject: "citations" });
      draft.signature = signatureFor(part.seal, writing) ?? draft.signature;
      draft.details.push(...geminiDetail(part.seal, undefined, writing));
      break;
    case "refusal":
      draft.refusals.push(part.text);
      break;
    case "reasoning": {
      const details = detailsOf(part, writing);
      draft.details.push(...details);
      // State of another vendor opens nowhere else; its text is shown only to those who ask for it back.
      if (echo !== undefined && !part.isRedacted) draft.thoughts.push(part.text);
      else if (details.length === 0) ledger.note({ kind: "dropped", subject: "thinking" });
      break;
    }
    case "tool-call":
      draft.details.push(...geminiDetail(part.seal, callIdFor(part.id), writing));
      draft.calls.push(callOf(part, writing));
      break;
    case "opaque":
      ledger.refuse("unsupported_content", `assistant content of type ${part.type}`);
      break;
    case "image":
    case "document":
    case "audio":
    case "video":
    case "tool-result":
      ledger.refuse("unsupported_content", `assistant content of type ${part.kind}`);
      break;
  }
}

function callOf(part: Extract<Part, { kind: "tool-call" }>, writing: Writing): Printable {
  const { name, argumentsText } = part;
  const id = callIdFor(part.id);
  if (part.isCustom === true && writing.quirks.customTools === "native")
    return { id, type: "custom", custom: { name, input: argumentsText } };
  const called = part.isCustom === true ? emulatedArguments(argumentsText) : argumentsText;
  const signature = signatureFor(part.seal, writing);
  return {
    id,
    type: "function",
    function: { name, arguments: called === "" ? "{}" : called },
    ...(signature !== undefined && { extra_content: { google: { thought_signature: signature } } }),
  };
}

/** The member in which this message brings its reasoning back, empty if need be; `undefined` where it need not. */
function echoes({ parts }: Turn, { family, quirks, isThinking }: Writing): string | undefined {
  const { writesReasoning, echoesReasoning } = quirks;
  if (!isThinking || writesReasoning === "none") return undefined;
  const isWanted =
    echoesReasoning === "always" ||
    (echoesReasoning === "by-model" && family.echoesReasoning) ||
    (echoesReasoning === "with-tools" && parts.some(({ kind }) => kind === "tool-call"));
  return isWanted ? writesReasoning : undefined;
}

export function nameOf({ name }: Turn): { readonly name?: string } {
  return name === undefined ? {} : { name };
}

/** At most 40 plain characters; one that fits stays, any other becomes a hash of itself, the same on every turn. */
export function callIdFor(id: string): string {
  return /^[A-Za-z0-9_-]{1,40}$/.test(id) ? id : `call_${base62(fingerprint128(id))}`;
}
