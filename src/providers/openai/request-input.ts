import type { Call, Turn } from "../../exchange/call.ts";
import type { Part } from "../../exchange/part.ts";
import type { Printable } from "../../kernel/json.ts";
import { callIdFor } from "./call-id.ts";
import { assistantItems } from "./request-assistant.ts";
import { contentOf, inputParts, isContentType } from "./request-parts.ts";
import { noteDroppedMark, type Writing } from "./request-writing.ts";

/**
 * The `input` of a request: items in order. Each turn is written by itself, so that a conversation that grows keeps the
 * bytes of what came before. System text is the first message, for a client of this dialect it is `instructions`.
 */
export function inputItems(call: Call, writing: Writing): readonly Printable[] {
  const { family, isNative, ledger } = writing;
  const heads = family.systemRole === "user" && !isNative && call.instructions.length > 0;
  if (heads) ledger.note({ kind: "changed", subject: "system", note: "It heads the first user message." });
  const turns = heads ? headFirstUserTurn(call.turns, call.instructions) : call.turns;
  const system = isNative || heads ? [] : messageItems("system", call.instructions, writing);
  return [...system, ...turns.flatMap((turn, index) => turnItems(turn, turns[index + 1], writing))];
}

/** The `instructions` of a client of this dialect; all others have theirs in the input. */
export function instructionsMember(
  { instructions }: Call,
  { isNative, ledger }: Writing,
): { readonly instructions?: string } {
  if (!isNative || instructions.length === 0) return {};
  const texts = instructions.flatMap((part) => {
    if (part.kind !== "text") {
      ledger.refuse("unsupported_content", `instructions of type ${part.kind}`, "instructions");
      return [];
    }
    if (part.cache !== undefined) noteDroppedMark(ledger);
    return part.text;
  });
  return { instructions: texts.join("\n\n") };
}

function headFirstUserTurn(turns: readonly Turn[], head: readonly Part[]): readonly Turn[] {
  const first = turns.findIndex(({ role }) => role === "user");
  const turn = turns[first];
  if (turn === undefined) return [{ role: "user", parts: head }, ...turns];
  return turns.with(first, { ...turn, parts: [...head, ...turn.parts] });
}

function turnItems(turn: Turn, next: Turn | undefined, writing: Writing): readonly Printable[] {
  if (turn.name !== undefined) writing.ledger.note({ kind: "dropped", subject: "name" });
  switch (turn.role) {
    case "user":
      return userItems(turn, writing);
    case "assistant":
      return assistantItems(turn, next, writing);
    case "system":
    case "developer":
      return messageItems(writing.family.systemRole === "user" ? "user" : turn.role, turn.parts, writing);
  }
}

/** A message of these parts, and the items among them apart from it; none for blank text. */
function messageItems(
  role: "user" | "system" | "developer",
  parts: readonly Part[],
  writing: Writing,
): readonly Printable[] {
  const items: Printable[] = [];
  let spoken: Part[] = [];
  const flush = (): void => {
    const content = inputParts(spoken, writing);
    spoken = [];
    if (content.length > 0) items.push({ type: "message", role, content: contentOf(content) });
  };
  for (const part of parts) {
    if (part.kind === "opaque" && part.origin === "openai-responses" && !isContentType(part.type)) {
      flush();
      items.push(part.raw);
    } else if (part.kind === "tool-result") {
      flush();
      items.push(resultItem(part, writing));
    } else spoken.push(part);
  }
  flush();
  return items;
}

/** Results of tools come first; a client of this dialect has its own order. */
function userItems({ parts }: Turn, writing: Writing): readonly Printable[] {
  if (writing.isNative) return messageItems("user", parts, writing);
  const results = parts.filter(({ kind }) => kind === "tool-result");
  const spoken = parts.filter(({ kind }) => kind !== "tool-result");
  return messageItems("user", [...results, ...spoken], writing);
}

/** Images and files of a result go along natively. */
function resultItem(result: Extract<Part, { kind: "tool-result" }>, writing: Writing): Printable {
  const { ledger, isCustom } = writing;
  if (result.isError) ledger.note({ kind: "dropped", subject: "is_error" });
  if (result.cache !== undefined) noteDroppedMark(ledger);
  const named = result.name === undefined ? {} : { name: result.name };
  return {
    type: isCustom({ id: result.callId, ...named }) ? "custom_tool_call_output" : "function_call_output",
    call_id: callIdFor(result.callId),
    output: contentOf(inputParts(result.content, writing)),
  };
}
