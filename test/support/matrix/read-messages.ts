import { asValue, type Ending, type PlainReader, type Said } from "./said.ts";
import { at, hasObject, listAt, numberAt, sum, type Tree, textAt } from "./tree.ts";

const endings: Readonly<Record<string, Ending>> = {
  end_turn: "stop",
  stop_sequence: "stop",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  tool_use: "tools",
  refusal: "refusal",
  "refusal with details": "filter",
  pause_turn: "pause",
};

interface Block {
  readonly start: Tree;
  text: string;
  thinking: string;
  input: string;
  readonly citations: Tree[];
}

/** A refusal with details is that of a filter. */
const reasonIn = (ended: Tree): string =>
  textAt(ended, "stop_reason") === "refusal" && hasObject(ended, "stop_details")
    ? "refusal with details"
    : textAt(ended, "stop_reason");

/** Anthropic's Messages. */
export const messagesReader: PlainReader = {
  whole: (body) => saidBy(listAt(body, "content"), reasonIn(body), at(body, "usage")),
  stream: (events) => {
    const blocks = new Map<unknown, Block>();
    let reason = "";
    let usage: Record<string, unknown> = {};
    for (const event of events) {
      const index = at(event, "index");
      const delta = at(event, "delta");
      switch (textAt(event, "type")) {
        case "message_start":
          usage = { ...usage, ...(at(event, "message", "usage") as object | undefined) };
          reason = reasonIn(at(event, "message"));
          // A call that a program made is told whole with the start of its message.
          for (const [place, start] of listAt(event, "message", "content").entries())
            blocks.set(`start ${place}`, {
              start,
              text: textAt(start, "text"),
              thinking: textAt(start, "thinking"),
              input: "",
              citations: [...listAt(start, "citations")],
            });
          break;
        case "content_block_start": {
          const start = at(event, "content_block");
          const citations = [...listAt(start, "citations")];
          blocks.set(index, {
            start,
            text: textAt(start, "text"),
            thinking: textAt(start, "thinking"),
            input: "",
            citations,
          });
          break;
        }
        case "content_block_delta": {
          const block = blocks.get(index);
          if (block === undefined) throw new Error("a delta of no block");
          block.text += textAt(delta, "text");
          block.thinking += textAt(delta, "thinking");
          block.input += textAt(delta, "partial_json");
          if (hasObject(delta, "citation")) block.citations.push(at(delta, "citation"));
          break;
        }
        case "message_delta":
          reason = reasonIn(delta) || reason;
          usage = laterUsage(usage, at(event, "usage"));
          break;
        default:
          break;
      }
    }
    const content = [...blocks.values()].map(({ start, text, thinking, input, citations }) => ({
      ...(start as object),
      text,
      thinking,
      citations,
      // Arguments may come whole at the start.
      ...(textAt(start, "type") === "tool_use" &&
        (input !== "" || !hasArguments(start)) && { inputText: input }),
    }));
    return saidBy(content, reason, usage);
  },
};

function saidBy(content: readonly Tree[], reason: string, usage: Tree): Said {
  const texts = content.filter((block) => textAt(block, "type") === "text");
  const calls = content
    .filter((block) => textAt(block, "type") === "tool_use")
    .map((block) => {
      const text = at(block, "inputText");
      const name = textAt(block, "name");
      return typeof text === "string" ? { name, argumentsText: text } : asValue(name, at(block, "input"));
    });
  const ending = endings[reason] ?? "other";
  return {
    text: texts.map((block) => textAt(block, "text")).join(""),
    reasoning: content
      .filter((block) => textAt(block, "type") === "thinking")
      .map((block) => textAt(block, "thinking"))
      .join(""),
    refusal: "",
    calls,
    ending: ending === "tools" && calls.length === 0 ? "stop" : ending,
    usage: {
      // What the cache gave and took stands beside the input.
      input: sum(
        numberAt(usage, "input_tokens"),
        numberAt(usage, "cache_read_input_tokens"),
        numberAt(usage, "cache_creation_input_tokens"),
      ),
      output: numberAt(usage, "output_tokens"),
      cached: numberAt(usage, "cache_read_input_tokens"),
      reasoning: numberAt(usage, "output_tokens_details", "thinking_tokens"),
    },
    citations: texts
      .flatMap((block) => listAt(block, "citations"))
      .map((citation) => ({
        url: textAt(citation, "url"),
        title: textAt(citation, "title") || textAt(citation, "document_title"),
      })),
  };
}

function hasArguments(start: Tree): boolean {
  return Object.keys((at(start, "input") as object | undefined) ?? {}).length > 0;
}

/** The larger of each counter; the first message has estimates of the output. */
function laterUsage(before: Record<string, unknown>, after: Tree): Record<string, unknown> {
  const next = { ...before };
  for (const [name, value] of Object.entries((after as object | undefined) ?? {})) {
    const old = before[name];
    if (value === null) continue;
    next[name] = typeof value === "number" && typeof old === "number" ? Math.max(old, value) : value;
  }
  return next;
}
