import type { StreamPart } from "../../exchange/part.ts";
import type { JsonSlice } from "../../framing/json-slices.ts";
import { isJsonObject, type Json, type JsonObject } from "../../kernel/json.ts";
import { isOfText, readCitations } from "./citations.ts";
import { opaque, stringIn } from "./response.ts";
import { createCallReader } from "./stream-calls.ts";

/** Reads the events between the first and the last; parts are numbered in the order in which they begin. */
export interface BlockReader {
  readonly read: (event: JsonObject, raw: JsonSlice) => readonly StreamPart[];
  /** The ends of all that is still open. */
  readonly closeAll: () => readonly StreamPart[];
  readonly hasCalls: () => boolean;
}

interface OpenWords {
  readonly kind: "text" | "reasoning";
  readonly part: number;
  /** Of text: what was said so far. */
  said: string;
}

/**
 * Text stays open beyond its own end, until something else begins: its citations may come after it, and belong inside.
 */
export function createBlockReader(): BlockReader {
  let parts = 0;
  let words: OpenWords | undefined;
  const calls = createCallReader(() => parts++);

  const closeWords = (): readonly StreamPart[] => {
    if (words === undefined) return [];
    const { kind, part } = words;
    words = undefined;
    return [{ kind: `${kind}-end`, part }];
  };
  const open = (kind: OpenWords["kind"]): readonly StreamPart[] => {
    const before = closeWords();
    words = { kind, part: parts++, said: "" };
    return [...before, { kind: `${kind}-start`, part: words.part }];
  };
  const say = (kind: OpenWords["kind"], text: string): readonly StreamPart[] => {
    if (text === "") return [];
    const opening = words?.kind === kind ? [] : open(kind);
    if (words === undefined) return opening;
    if (kind === "text") words.said += text;
    return [...opening, { kind: `${kind}-delta`, part: words.part, text }];
  };
  const sayContent = (content: JsonObject): readonly StreamPart[] => [
    ...say("reasoning", stringIn(content, "thinking")),
    ...say("text", stringIn(content, "text")),
  ];
  const begin = (content: JsonObject, raw: JsonSlice | undefined): readonly StreamPart[] => {
    const { type } = content;
    if (typeof type === "string" && type !== "text" && type !== "thinking")
      return [...closeWords(), { kind: "whole", part: parts++, value: opaque(type, raw) }];
    return [...closeWords(), ...sayContent(content)];
  };
  const cite = (citation: JsonObject, raw: JsonSlice | undefined): readonly StreamPart[] => {
    if (words?.kind !== "text" || !isOfText(citation))
      return [{ kind: "whole", part: parts++, value: opaque("citation", raw) }];
    const { part, said } = words;
    return readCitations(citation, said).map((read) => ({ kind: "citation", part, citation: read }));
  };

  return {
    read(event, raw) {
      const { message, slice } = messageOf(event, raw);
      switch (event["type"]) {
        case "content-start":
          return begin(objectOf(message["content"]), slice?.member("content"));
        case "content-delta":
          return sayContent(objectOf(message["content"]));
        case "content-end":
          return words?.kind === "text" ? [] : closeWords();
        case "tool-plan-delta":
          return say("reasoning", stringIn(message, "tool_plan"));
        case "tool-call-start":
        case "tool-call-delta":
        case "tool-call-end":
          return [...closeWords(), ...calls.read(event, slice?.member("tool_calls"))];
        case "citation-start":
          return cite(objectOf(message["citations"]), slice?.member("citations"));
        default:
          // `citation-end`, and events that are newer than we are.
          return [];
      }
    },
    closeAll: () => [...closeWords(), ...calls.closeAll()],
    hasCalls: calls.hasCalls,
  };
}

/** The message that an event changes, and its text. */
export function messageOf(
  { delta }: JsonObject,
  raw: JsonSlice,
): { readonly message: JsonObject; readonly slice: JsonSlice | undefined } {
  const message = isJsonObject(delta) ? objectOf(delta["message"]) : {};
  return { message, slice: raw.member("delta")?.member("message") };
}

function objectOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
