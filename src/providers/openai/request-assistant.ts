import type { Turn } from "../../exchange/call.ts";
import type { Part, Seal } from "../../exchange/part.ts";
import type { Printable } from "../../kernel/json.ts";
import { callIdFor } from "./call-id.ts";
import { isContentType } from "./request-parts.ts";
import { noteDroppedMark, type Writing } from "./request-writing.ts";

type PartOf<Kind extends Part["kind"]> = Extract<Part, { kind: Kind }>;

/** An item of an assistant's turn while it is put together. */
type Draft =
  | { readonly kind: "message"; readonly content: Printable[] }
  | { readonly kind: "reasoning"; readonly seal: Seal; readonly parts: PartOf<"reasoning">[] }
  | { readonly kind: "item"; readonly item: Printable };

/**
 * The items of an assistant's turn, in the order of its parts: text and refusals that follow each other are one
 * message, pieces of one sealed thought one reasoning item.
 */
export function assistantItems(turn: Turn, next: Turn | undefined, writing: Writing): readonly Printable[] {
  const drafts: Draft[] = [];
  for (const [index, part] of turn.parts.entries()) {
    if (part.cache !== undefined) noteDroppedMark(writing.ledger);
    addPart(drafts, withStateAfter(part, turn.parts[index + 1]), writing);
  }
  // The provider refuses reasoning that is not followed by what it led to.
  while (!writing.isNative && next?.role !== "assistant" && drafts.at(-1)?.kind === "reasoning") {
    drafts.pop();
    noteDroppedReasoning(writing, "nothing came after it");
  }
  return drafts.map(itemOf);
}

/** Clients of other dialects have our state apart from its summary, just after it. */
function withStateAfter(part: Part, next: Part | undefined): Part {
  const isBare = part.kind === "reasoning" && (part.seal?.value ?? "") === "" && !isOwn(part.seal);
  const isState = next?.kind === "reasoning" && next.text === "" && isOwn(next.seal);
  return isBare && isState && next.seal !== undefined ? { ...part, isSummary: true, seal: next.seal } : part;
}

function isOwn(seal: Seal | undefined): boolean {
  return seal?.origin === "openai-responses";
}

function addPart(drafts: Draft[], part: Part, writing: Writing): void {
  const { ledger } = writing;
  switch (part.kind) {
    case "text":
      if (part.text.trim() !== "") say(drafts, outputText(part, writing));
      return;
    case "refusal":
      if (part.text.trim() !== "") say(drafts, { type: "refusal", refusal: part.text });
      return;
    case "reasoning":
      addReasoning(drafts, part, writing);
      return;
    case "tool-call":
      noteForeignSeal(part.seal, writing);
      drafts.push({ kind: "item", item: callItem(part, writing) });
      return;
    case "opaque":
      if (part.origin !== "openai-responses")
        ledger.refuse("unsupported_content", `assistant content of type ${part.type}`);
      else if (isContentType(part.type)) say(drafts, part.raw);
      else drafts.push({ kind: "item", item: part.raw });
      return;
    case "image":
    case "document":
    case "audio":
    case "video":
    case "tool-result":
      ledger.refuse("unsupported_content", `assistant content of type ${part.kind}`);
  }
}

function say(drafts: Draft[], content: Printable): void {
  const last = drafts.at(-1);
  if (last?.kind === "message") last.content.push(content);
  else drafts.push({ kind: "message", content: [content] });
}

/** Strict servers want `annotations` even where there are none. */
function outputText(part: PartOf<"text">, writing: Writing): Printable {
  noteForeignSeal(part.seal, writing);
  const own = (part.citations ?? []).filter(({ origin }) => origin === "openai-responses");
  if (own.length < (part.citations?.length ?? 0))
    writing.ledger.note({ kind: "dropped", subject: "citations" });
  return { type: "output_text", text: part.text, annotations: own.map(({ raw }) => raw) };
}

function callItem(part: PartOf<"tool-call">, { isCustom }: Writing): Printable {
  const { name, argumentsText } = part;
  const call_id = callIdFor(part.id);
  return (part.isCustom ?? isCustom({ name }))
    ? { type: "custom_tool_call", call_id, name, input: argumentsText }
    : { type: "function_call", call_id, name, arguments: argumentsText === "" ? "{}" : argumentsText };
}

/** Reasoning goes back only to those who sealed it, under its id; where nothing is kept, an id alone says nothing. */
function addReasoning(drafts: Draft[], part: PartOf<"reasoning">, writing: Writing): void {
  const { seal } = part;
  if (seal?.origin !== "openai-responses") {
    noteDroppedReasoning(writing, "it is not this provider's own");
    return;
  }
  const last = drafts.at(-1);
  if (last?.kind === "reasoning" && seal.itemId !== undefined && last.seal.itemId === seal.itemId) {
    last.parts.push(part);
    return;
  }
  const saysItself = seal.value !== "" || (part.isSummary !== true && part.text !== "");
  if (saysItself || (!writing.isStateless && seal.itemId !== undefined))
    drafts.push({ kind: "reasoning", seal, parts: [part] });
  else {
    const note = "Only its id is known, and the provider keeps nothing.";
    writing.ledger.note({ kind: "continuity-lost", subject: "reasoning", note });
  }
}

function noteForeignSeal(seal: Seal | undefined, writing: Writing): void {
  if (seal !== undefined) noteDroppedReasoning(writing, "it is not this provider's own");
}

function noteDroppedReasoning({ ledger }: Writing, note: string): void {
  ledger.note({ kind: "dropped", subject: "reasoning", note });
}

function itemOf(draft: Draft): Printable {
  switch (draft.kind) {
    case "message":
      return { type: "message", role: "assistant", content: draft.content };
    case "item":
      return draft.item;
    case "reasoning":
      return reasoningItem(draft);
  }
}

function reasoningItem({ seal, parts }: Extract<Draft, { kind: "reasoning" }>): Printable {
  const { itemId } = seal;
  const value = parts.map((part) => part.seal?.value ?? "").find((sealed) => sealed !== "");
  const said = parts.filter(({ text }) => text !== "");
  const summary = said.filter(({ isSummary }) => isSummary === true);
  const content = said.filter(({ isSummary }) => isSummary !== true);
  return {
    type: "reasoning",
    ...(itemId !== undefined && { id: itemId }),
    summary: summary.map(({ text }) => ({ type: "summary_text", text })),
    ...(content.length > 0 && { content: content.map(({ text }) => ({ type: "reasoning_text", text })) }),
    ...(value !== undefined && { encrypted_content: value }),
  };
}
