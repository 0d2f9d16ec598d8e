import type { Call, Turn } from "../../exchange/call.ts";
import type { Part } from "../../exchange/part.ts";
import { fingerprint128 } from "../../kernel/fnv.ts";
import { base62 } from "../../kernel/ids.ts";
import type { Printable } from "../../kernel/json.ts";
import type { Ledger } from "./ledger.ts";
import type { ModelFamily } from "./model-family.ts";
import { contentOf, textParts, userParts } from "./request-parts.ts";

/**
 * The `messages` of a Chat request, each turn by itself, so that a conversation that grows keeps the bytes of what
 * came before. A user turn gives its tool results first, one message each, then what else the user said.
 */
export function chatMessages(call: Call, family: ModelFamily, ledger: Ledger): readonly Printable[] {
  const system = instructionsOf(call, ledger);
  const headed = family.systemRole === "user" && system.length > 0;
  if (headed) ledger.note({ kind: "changed", subject: "system", note: "It heads the first user message." });
  const turns = headed ? headFirstUserTurn(call.turns, call.instructions) : call.turns;
  const echo = family.echoesReasoning && call.reasoning !== undefined && call.reasoning.effort !== "none";
  return [
    ...(system.length > 0 && !headed ? [{ role: "system", content: contentOf(system) ?? "" }] : []),
    ...turns.flatMap((turn) => messagesOf(turn, { family, ledger, echo })),
  ];
}

interface Writing {
  readonly family: ModelFamily;
  readonly ledger: Ledger;
  /** Assistant messages bring their reasoning back, empty if need be. */
  readonly echo: boolean;
}

function instructionsOf({ instructions }: Call, ledger: Ledger): readonly Printable[] {
  for (const part of instructions) {
    if (part.kind !== "text") ledger.refuse("unsupported_content", `a system part of type ${part.kind}`);
    if (part.cache !== undefined) ledger.note({ kind: "dropped", subject: "cache_control" });
  }
  return textParts(instructions);
}

function headFirstUserTurn(turns: readonly Turn[], head: readonly Part[]): readonly Turn[] {
  const first = turns.findIndex(({ role }) => role === "user");
  const turn = turns[first];
  if (turn === undefined) return [{ role: "user", parts: head }, ...turns];
  return turns.with(first, { ...turn, parts: [...head, ...turn.parts] });
}

function messagesOf(turn: Turn, writing: Writing): readonly Printable[] {
  switch (turn.role) {
    case "user":
      return userMessages(turn, writing.ledger);
    case "assistant":
      return assistantMessages(turn, writing);
    case "system":
    case "developer": {
      const content = contentOf(textParts(turn.parts));
      const role = writing.family.systemRole;
      return content === undefined ? [] : [{ role, content, ...nameOf(turn) }];
    }
  }
}

function userMessages(turn: Turn, ledger: Ledger): readonly Printable[] {
  const results = turn.parts.filter((part) => part.kind === "tool-result");
  const spoken = userParts(
    turn.parts.filter((part) => part.kind !== "tool-result"),
    ledger,
  );
  const shown = results.flatMap((result) => shownWith(result, ledger));
  const content = contentOf([...shown, ...spoken]);
  return [
    ...results.map((result) => resultMessage(result, ledger)),
    ...(content === undefined ? [] : [{ role: "user", content, ...nameOf(turn) }]),
  ];
}

type ToolResult = Extract<Part, { kind: "tool-result" }>;

function resultMessage(result: ToolResult, ledger: Ledger): Printable {
  if (result.isError) ledger.note({ kind: "dropped", subject: "is_error" });
  if (result.cache !== undefined) ledger.note({ kind: "dropped", subject: "cache_control" });
  const text = textParts(result.content)
    .map((part) => part.text)
    .join("\n");
  const hasMore = text === "" && result.content.some(({ kind }) => kind !== "text");
  return {
    role: "tool",
    tool_call_id: callIdFor(result.callId),
    content: hasMore ? "See the next message." : text,
  };
}

/** Tool messages carry text only: images and files of a result are shown in the user message after it, labelled. */
function shownWith(result: ToolResult, ledger: Ledger): readonly Printable[] {
  const parts = userParts(
    result.content.filter(({ kind }) => kind !== "text"),
    ledger,
  );
  if (parts.length === 0) return [];
  ledger.note({
    kind: "changed",
    subject: "tool_result",
    note: "Its images are in the user message after it.",
  });
  return [{ type: "text", text: `Content of the tool result ${callIdFor(result.callId)}:` }, ...parts];
}

function assistantMessages(turn: Turn, { ledger, echo }: Writing): readonly Printable[] {
  const text: string[] = [];
  const refusals: string[] = [];
  const thoughts: string[] = [];
  const calls: Printable[] = [];
  for (const part of turn.parts) {
    if (part.cache !== undefined) ledger.note({ kind: "dropped", subject: "cache_control" });
    switch (part.kind) {
      case "text":
        if (part.text.trim() !== "") text.push(part.text);
        break;
      case "refusal":
        refusals.push(part.text);
        break;
      case "reasoning":
        // State of another vendor opens nowhere else; its text is shown only to those who ask for it back.
        if (echo && !part.isRedacted) thoughts.push(part.text);
        else ledger.note({ kind: "dropped", subject: "thinking" });
        break;
      case "tool-call":
        calls.push({
          id: callIdFor(part.id),
          type: "function",
          function: { name: part.name, arguments: part.argumentsText === "" ? "{}" : part.argumentsText },
        });
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
  if (text.length + refusals.length + calls.length === 0) return [];
  return [
    {
      role: "assistant",
      content: text.length === 0 ? null : text.join(""),
      ...(refusals.length > 0 && { refusal: refusals.join("") }),
      ...(echo && { reasoning_content: thoughts.join("") }),
      ...(calls.length > 0 && { tool_calls: calls }),
      ...nameOf(turn),
    },
  ];
}

function nameOf({ name }: Turn): { readonly name?: string } {
  return name === undefined ? {} : { name };
}

/** At most 40 plain characters; one that fits stays, any other becomes a hash of itself, the same on every turn. */
function callIdFor(id: string): string {
  return /^[A-Za-z0-9_-]{1,40}$/.test(id) ? id : `call_${base62(fingerprint128(id))}`;
}
