import type { Call, Turn } from "../../exchange/call.ts";
import type { Part } from "../../exchange/part.ts";
import { type Printable, printJson } from "../../kernel/json.ts";
import type { Ledger } from "./ledger.ts";
import { contentOf, textParts, userParts } from "./request-parts.ts";

/**
 * The `messages` of a request, each turn by itself, so that a conversation that grows keeps the bytes of what came
 * before. System text stands first, wherever it was: the API takes it nowhere else. A user turn gives its tool results
 * first, one message each, then what else the user said.
 */
export function encodeMessages(call: Call, ledger: Ledger): readonly Printable[] {
  const system = contentOf(textParts(systemParts(call, ledger)));
  const turns = call.turns.flatMap((turn) => messagesOf(turn, ledger));
  if (call.turns.findLast((turn) => !isSystem(turn))?.role === "assistant")
    ledger.refuse("unsupported_content", "an assistant message at the end, to be continued", "messages");
  return [...(system === undefined ? [] : [{ role: "system", content: system }]), ...turns];
}

function systemParts({ instructions, turns }: Call, ledger: Ledger): readonly Part[] {
  const begin = turns.findIndex((turn) => !isSystem(turn));
  const late = turns.some((turn, index) => isSystem(turn) && index > begin && begin >= 0);
  if (late)
    ledger.note({ kind: "changed", subject: "system", note: "A later one stands before the conversation." });
  const parts = [...instructions, ...turns.filter(isSystem).flatMap((turn) => turn.parts)];
  for (const part of parts) {
    declareMark(part, ledger);
    if (part.kind !== "text")
      ledger.refuse("unsupported_content", `a system part of type ${part.kind}`, "messages");
  }
  return parts;
}

function isSystem({ role }: Turn): boolean {
  return role === "system" || role === "developer";
}

function messagesOf(turn: Turn, ledger: Ledger): readonly Printable[] {
  if (turn.name !== undefined) ledger.note({ kind: "dropped", subject: "name" });
  switch (turn.role) {
    case "user":
      return userMessages(turn, ledger);
    case "assistant":
      return assistantMessages(turn, ledger);
    case "system":
    case "developer":
      return [];
  }
}

type ToolResult = Extract<Part, { kind: "tool-result" }>;

function userMessages({ parts }: Turn, ledger: Ledger): readonly Printable[] {
  const results = parts.filter((part) => part.kind === "tool-result");
  const spoken = parts.filter((part) => part.kind !== "tool-result");
  const shown = results.flatMap((result) => shownWith(result, ledger));
  const content = contentOf([...shown, ...userParts(spoken, ledger)]);
  return [
    ...results.map((result) => resultMessage(result, ledger)),
    ...(content === undefined ? [] : [{ role: "user", content }]),
  ];
}

function resultMessage(result: ToolResult, ledger: Ledger): Printable {
  if (result.isError) ledger.note({ kind: "dropped", subject: "is_error" });
  declareMark(result, ledger);
  for (const part of result.content) declareMark(part, ledger);
  const texts = textParts(result.content);
  const hasMore = texts.length === 0 && result.content.some(({ kind }) => kind !== "text");
  return {
    role: "tool",
    tool_call_id: result.callId,
    content: hasMore ? "See the next message." : (contentOf(texts) ?? ""),
  };
}

/** Tool messages carry text only: images and files of a result are shown in the user message after it, labelled. */
function shownWith(result: ToolResult, ledger: Ledger): readonly Printable[] {
  const others = result.content.filter(({ kind }) => kind !== "text");
  const parts = userParts(others, ledger);
  if (parts.length === 0) return [];
  ledger.note({
    kind: "changed",
    subject: "tool_result",
    note: "What is no text in it is in the user message after it.",
  });
  return [{ type: "text", text: `Content of the tool result ${result.callId}:` }, ...parts];
}

function assistantMessages({ parts }: Turn, ledger: Ledger): readonly Printable[] {
  const texts: string[] = [];
  const calls: Printable[] = [];
  for (const part of parts) {
    declareMark(part, ledger);
    switch (part.kind) {
      case "text":
      case "refusal":
        if (part.text.trim() !== "") texts.push(part.text);
        break;
      case "reasoning":
        // Cohere seals none of its own, so that whose it is cannot be told.
        ledger.note({ kind: "dropped", subject: "reasoning" });
        break;
      case "tool-call":
        calls.push(toolCall(part));
        break;
      case "opaque":
        ledger.refuse("unsupported_content", `assistant content of type ${part.type}`, "messages");
        break;
      case "image":
      case "document":
      case "audio":
      case "video":
      case "tool-result":
        ledger.refuse("unsupported_content", `assistant content of type ${part.kind}`, "messages");
        break;
    }
  }
  const text = texts.join("");
  if (calls.length === 0) return text === "" ? [] : [{ role: "assistant", content: text }];
  if (text === "") return [{ role: "assistant", tool_calls: calls }];
  ledger.note({ kind: "changed", subject: "content", note: "Text beside tool calls is their plan." });
  return [{ role: "assistant", tool_plan: text, tool_calls: calls }];
}

function toolCall({ id, name, argumentsText, isCustom }: Extract<Part, { kind: "tool-call" }>): Printable {
  const given = argumentsText === "" ? "{}" : argumentsText;
  const written = isCustom === true ? printJson({ input: argumentsText }) : given;
  return { id, type: "function", function: { name, arguments: written } };
}

function declareMark({ cache }: Part, ledger: Ledger): void {
  if (cache !== undefined) ledger.note({ kind: "dropped", subject: "cache_control" });
}
