import type { Turn } from "../../exchange/call.ts";
import type { Part } from "../../exchange/part.ts";
import { type Printable, printJson } from "../../kernel/json.ts";
import type { Ledger } from "./ledger.ts";
import { declareMark } from "./request-parts.ts";

/** A message of a request. */
export interface RequestMessage {
  readonly role: "system" | "user" | "assistant" | "tool";
  readonly [member: string]: Printable;
}

/** What writing messages needs to know. */
export interface Writing {
  readonly ledger: Ledger;
  readonly toolId: (original: string) => string;
}

/** An assistant turn as its message; none where nothing of it is left. */
export function assistantMessage({ parts }: Turn, writing: Writing): readonly RequestMessage[] {
  const { ledger, toolId } = writing;
  const chunks: Chunk[] = [];
  const calls: Printable[] = [];
  for (const part of parts) {
    declareMark(part, ledger);
    switch (part.kind) {
      case "text":
      case "refusal":
        if (part.text.trim() !== "") chunks.push({ type: "text", text: part.text });
        break;
      case "reasoning":
        chunks.push(...thinkingChunk(part, ledger));
        break;
      case "tool-call":
        calls.push({
          id: toolId(part.id),
          type: "function",
          function: { name: part.name, arguments: argumentsFor(part) },
        });
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
  if (chunks.length + calls.length === 0) return [];
  return [{ role: "assistant", content: joined(chunks), ...(calls.length > 0 && { tool_calls: calls }) }];
}

type Chunk =
  | { readonly type: "text"; readonly text: string }
  | {
      readonly type: "thinking";
      readonly thinking: readonly Printable[];
      readonly signature: string;
      readonly closed: true;
    };

/** Thinking goes back only to the provider that signed it: what is unsigned may be anybody's. */
function thinkingChunk(
  { text, seal }: Extract<Part, { kind: "reasoning" }>,
  ledger: Ledger,
): readonly Chunk[] {
  if (seal?.origin !== "mistral-chat") {
    ledger.note({ kind: "dropped", subject: "reasoning" });
    return [];
  }
  const thinking = [{ type: "text", text }];
  return [{ type: "thinking", thinking, signature: seal.value, closed: true }];
}

/** Text alone as a string, which every model takes. */
function joined(chunks: readonly Chunk[]): string | readonly Chunk[] {
  const texts = chunks.flatMap((chunk) => (chunk.type === "text" ? [chunk.text] : []));
  return texts.length === chunks.length ? texts.join("") : chunks;
}

/** Arguments as the text they came as; the free input of a custom tool as the one argument it was declared with. */
function argumentsFor({ argumentsText, isCustom }: Extract<Part, { kind: "tool-call" }>): string {
  if (isCustom === true) return printJson({ input: argumentsText });
  return argumentsText === "" ? "{}" : argumentsText;
}
