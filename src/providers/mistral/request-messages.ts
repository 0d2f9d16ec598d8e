import type { Call, Turn } from "../../exchange/call.ts";
import type { Part } from "../../exchange/part.ts";
import type { Printable } from "../../kernel/json.ts";
import type { Ledger } from "./ledger.ts";
import { assistantMessage, type RequestMessage, type Writing } from "./request-assistant.ts";
import { contentOf, declareMark, textParts, userParts } from "./request-parts.ts";
import { createToolIds } from "./tool-ids.ts";

/**
 * The `messages` of a request, each turn by itself, so that a conversation that grows keeps the bytes of what came
 * before. System text stands first, wherever it was; a user turn gives its tool results first, one message each, then
 * what else the user said.
 */
export function encodeMessages(call: Call, ledger: Ledger): readonly Printable[] {
  const writing: Writing = { ledger, toolId: createToolIds() };
  const system = contentOf(textParts(systemParts(call, ledger)));
  const messages = call.turns.flatMap((turn) => messagesOf(turn, writing));
  return [
    ...(system === undefined ? [] : [{ role: "system", content: system }]),
    ...continued(bridged(messages, ledger), call, ledger),
  ];
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

function messagesOf(turn: Turn, writing: Writing): readonly RequestMessage[] {
  if (turn.name !== undefined) writing.ledger.note({ kind: "dropped", subject: "name" });
  switch (turn.role) {
    case "user":
      return userMessages(turn, writing);
    case "assistant":
      return assistantMessage(turn, writing);
    case "system":
    case "developer":
      return [];
  }
}

type ToolResult = Extract<Part, { kind: "tool-result" }>;

function userMessages({ parts }: Turn, writing: Writing): readonly RequestMessage[] {
  const results = parts.filter((part) => part.kind === "tool-result");
  const spoken = parts.filter((part) => part.kind !== "tool-result");
  const shown = results.flatMap((result) => shownWith(result, writing));
  const content = contentOf([...shown, ...userParts(spoken, writing.ledger)]);
  return [
    ...results.map((result) => resultMessage(result, writing)),
    ...(content === undefined ? [] : [{ role: "user" as const, content }]),
  ];
}

function resultMessage(result: ToolResult, { ledger, toolId }: Writing): RequestMessage {
  if (result.isError) ledger.note({ kind: "dropped", subject: "is_error" });
  declareMark(result, ledger);
  for (const part of result.content) declareMark(part, ledger);
  const text = textParts(result.content)
    .map((part) => part.text)
    .join("\n");
  const hasMore = text === "" && result.content.some(({ kind }) => kind !== "text");
  return {
    role: "tool",
    ...(isToolName(result.name) && { name: result.name }),
    tool_call_id: toolId(result.callId),
    content: hasMore ? "See the next message." : text,
  };
}

/** The names that the API takes; the id tells as much. */
function isToolName(name: string | undefined): name is string {
  return name !== undefined && /^[a-zA-Z0-9_-]{1,64}$/.test(name);
}

/** Tool messages carry text only: images and files of a result are shown in the user message after it, labelled. */
function shownWith(result: ToolResult, { ledger, toolId }: Writing): readonly Printable[] {
  const others = result.content.filter(({ kind }) => kind !== "text");
  const parts = userParts(others, ledger);
  if (parts.length === 0) return [];
  ledger.note({
    kind: "changed",
    subject: "tool_result",
    note: "What is no text in it is in the user message after it.",
  });
  return [{ type: "text", text: `Content of the tool result ${toolId(result.callId)}:` }, ...parts];
}

/** What stands between the results of tools and a user who speaks before the model did. */
const bridge: RequestMessage = { role: "assistant", content: "OK." };

/**
 * After a tool message the API takes none of the user's: it answers "Unexpected role 'user' after role 'tool'". A
 * short message of the assistant goes between, declared.
 *
 * Source: mistral-common, `validator.py`, order of messages.
 */
function bridged(messages: readonly RequestMessage[], ledger: Ledger): readonly RequestMessage[] {
  return messages.flatMap((message, index) => {
    if (message.role !== "user" || messages[index - 1]?.role !== "tool") return [message];
    ledger.note({
      kind: "changed",
      subject: "messages",
      note: "An assistant message stands between tool results and the user message after them.",
    });
    return [bridge, message];
  });
}

/**
 * An assistant message at the end is continued, with the mark that the API asks for. It repeats the text of the
 * message, which clients of Chat do not mind; those who join the two would have it twice, and are refused.
 */
function continued(
  messages: readonly RequestMessage[],
  { source }: Call,
  ledger: Ledger,
): readonly RequestMessage[] {
  const last = messages.at(-1);
  if (last?.role !== "assistant" || "tool_calls" in last) return messages;
  if (source !== "openai-chat" && source !== "openai-responses")
    ledger.refuse("unsupported_content", "an assistant message at the end, to be continued", "messages");
  const note = "The answer begins with the text of the last message.";
  ledger.note({ kind: "changed", subject: "messages", note });
  return [...messages.slice(0, -1), { ...last, prefix: true }];
}
