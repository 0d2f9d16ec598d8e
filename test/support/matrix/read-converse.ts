import { asValue, type Ending, endingBesides, type PlainReader, type Said, type SaidCall } from "./said.ts";
import { at, hasObject, listAt, numberAt, sum, type Tree, textAt } from "./tree.ts";

const endings: Readonly<Record<string, Ending>> = {
  end_turn: "stop",
  stop_sequence: "stop",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  tool_use: "tools",
  guardrail_intervened: "filter",
  content_filtered: "filter",
};

/** Amazon Bedrock's Converse. An event is `{ name: data }`. */
export const converseReader: PlainReader = {
  whole: (body) => {
    const content = listAt(body, "output", "message", "content");
    return saidBy(content, textAt(body, "stopReason"), at(body, "usage"));
  },
  stream: (events) => {
    const blocks = new Map<
      unknown,
      { text: string; reasoning: string; name?: string; input: string; citations: Tree[] }
    >();
    let reason = "";
    let usage: Tree;
    for (const event of events) {
      const index =
        at(event, "contentBlockStart", "contentBlockIndex") ??
        at(event, "contentBlockDelta", "contentBlockIndex");
      const start = at(event, "contentBlockStart", "start", "toolUse");
      const delta = at(event, "contentBlockDelta", "delta");
      if (index !== undefined) {
        const block = blocks.get(index) ?? { text: "", reasoning: "", input: "", citations: [] };
        blocks.set(index, block);
        if (hasObject(start)) block.name = textAt(start, "name");
        block.text += textAt(delta, "text");
        block.reasoning += textAt(delta, "reasoningContent", "text");
        block.input += textAt(delta, "toolUse", "input");
        if (hasObject(delta, "citation")) block.citations.push(at(delta, "citation"));
      }
      reason = textAt(event, "messageStop", "stopReason") || reason;
      usage = at(event, "metadata", "usage") ?? usage;
    }
    const content = [...blocks.values()].map(({ text, reasoning, name, input, citations }) => ({
      text,
      ...(reasoning !== "" && { reasoningContent: { reasoningText: { text: reasoning } } }),
      ...(name !== undefined && { toolUse: { name, inputText: input } }),
      ...(citations.length > 0 && { citationsContent: { citations } }),
    }));
    return saidBy(content, reason, usage);
  },
};

function saidBy(content: readonly Tree[], reason: string, usage: Tree): Said {
  const calls = content.flatMap((block): readonly SaidCall[] => {
    if (!hasObject(block, "toolUse")) return [];
    const name = textAt(block, "toolUse", "name");
    const text = at(block, "toolUse", "inputText");
    return [
      typeof text === "string" ? { name, argumentsText: text } : asValue(name, at(block, "toolUse", "input")),
    ];
  });
  return {
    text: content
      .map(
        (block) =>
          textAt(block, "text") +
          listAt(block, "citationsContent", "content")
            .map((piece) => textAt(piece, "text"))
            .join(""),
      )
      .join(""),
    reasoning: content.map((block) => textAt(block, "reasoningContent", "reasoningText", "text")).join(""),
    refusal: "",
    calls,
    ending: endingBesides(endings[reason] ?? "other", { calls, refusal: "" }),
    usage: {
      input: sum(
        numberAt(usage, "inputTokens"),
        numberAt(usage, "cacheReadInputTokens"),
        numberAt(usage, "cacheWriteInputTokens"),
      ),
      output: numberAt(usage, "outputTokens"),
      cached: numberAt(usage, "cacheReadInputTokens"),
    },
    citations: content
      .flatMap((block) => listAt(block, "citationsContent", "citations"))
      .map((citation) => ({
        url: textAt(citation, "location", "web", "url"),
        title: textAt(citation, "title"),
      })),
  };
}
