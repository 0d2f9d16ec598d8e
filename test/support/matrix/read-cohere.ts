import { type Ending, endingBesides, type PlainReader, type Said } from "./said.ts";
import { at, hasObject, listAt, numberAt, type Tree, textAt } from "./tree.ts";

const endings: Readonly<Record<string, Ending>> = {
  COMPLETE: "stop",
  STOP_SEQUENCE: "stop",
  MAX_TOKENS: "length",
  TOOL_CALL: "tools",
};

/** Cohere's chat, version 2. */
export const cohereReader: PlainReader = {
  whole: (body) => saidBy(at(body, "message"), textAt(body, "finish_reason"), at(body, "usage")),
  stream: (events) => {
    const content: { type: string; text: string }[] = [];
    const calls: { name: string; text: string }[] = [];
    const citations: Tree[] = [];
    let plan = "";
    let finish = "";
    let usage: Tree;
    for (const event of events) {
      const message = at(event, "delta", "message");
      const call = at(message, "tool_calls");
      const piece = at(message, "content");
      switch (textAt(event, "type")) {
        case "content-start":
          content.push({
            type: textAt(piece, "type"),
            text: textAt(piece, "text") + textAt(piece, "thinking"),
          });
          break;
        case "content-delta": {
          const open = content.at(-1);
          if (open !== undefined) open.text += textAt(piece, "text") + textAt(piece, "thinking");
          break;
        }
        case "tool-plan-delta":
          plan += textAt(message, "tool_plan");
          break;
        case "tool-call-start":
          calls.push({ name: textAt(call, "function", "name"), text: textAt(call, "function", "arguments") });
          break;
        case "tool-call-delta": {
          const open = calls.at(-1);
          if (open !== undefined) open.text += textAt(call, "function", "arguments");
          break;
        }
        case "citation-start":
          citations.push(at(message, "citations"));
          break;
        case "message-end":
          finish = textAt(event, "delta", "finish_reason");
          usage = at(event, "delta", "usage");
          break;
        default:
          break;
      }
    }
    const message = {
      content: content.map(({ type, text }) => ({ type, [type]: text })),
      tool_plan: plan,
      tool_calls: calls.map(({ name, text }) => ({ function: { name, arguments: text } })),
      citations,
    };
    return saidBy(message, finish, usage);
  },
};

function saidBy(message: Tree, finish: string, usage: Tree): Said {
  const calls = listAt(message, "tool_calls").map((call) => ({
    name: textAt(call, "function", "name"),
    argumentsText: textAt(call, "function", "arguments"),
  }));
  const words = (type: "text" | "thinking"): string =>
    listAt(message, "content")
      .map((piece) => textAt(piece, type))
      .join("");
  return {
    text: words("text"),
    // What it plans to do with its tools is thinking aloud.
    reasoning: words("thinking") + textAt(message, "tool_plan"),
    refusal: "",
    calls,
    ending: endingBesides(endings[finish] ?? "other", { calls, refusal: "" }),
    usage: {
      input: numberAt(usage, "tokens", "input_tokens"),
      output: numberAt(usage, "tokens", "output_tokens"),
      cached: numberAt(usage, "cached_tokens"),
    },
    citations: listAt(message, "citations").flatMap((citation) =>
      listAt(citation, "sources").map((source) => ({
        url: textAt(source, "document", "url"),
        title: textAt(source, "document", "title") || (hasObject(source) ? textAt(source, "id") : ""),
      })),
    ),
  };
}
