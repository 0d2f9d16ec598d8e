import type { Call, Turn } from "../../exchange/call.ts";
import type { Part } from "../../exchange/part.ts";
import type { Printable } from "../../kernel/json.ts";
import type { Ledger } from "./ledger.ts";
import { assistantMessages, callIdFor, nameOf, type Writing } from "./request-assistant.ts";
import { contentOf, textParts, userParts } from "./request-parts.ts";

/**
 * The `messages` of a Chat request, each turn by itself, so that a conversation that grows keeps the bytes of what
 * came before. A user turn gives its tool results first, one message each, then what else the user said.
 */
export function chatMessages(call: Call, writing: Writing): readonly Printable[] {
  const { family, ledger } = writing;
  const system = instructionsOf(call, ledger);
  const headed = family.systemRole === "user" && system.length > 0;
  if (headed) ledger.note({ kind: "changed", subject: "system", note: "It heads the first user message." });
  const turns = headed ? headFirstUserTurn(call.turns, call.instructions) : call.turns;
  return [
    ...(system.length > 0 && !headed ? [{ role: "system", content: contentOf(system) ?? "" }] : []),
    ...turns.flatMap((turn) => messagesOf(turn, writing)),
  ];
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
      const role = roleOf(turn.role, writing);
      return content === undefined ? [] : [{ role, content, ...nameOf(turn) }];
    }
  }
}

/** The role of system text in the midst of a conversation. */
function roleOf(role: "system" | "developer", { family, quirks }: Writing): string {
  if (family.systemRole === "user") return "user";
  return role === "developer" ? quirks.systemRole : "system";
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
