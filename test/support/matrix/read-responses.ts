import { type Ending, endingBesides, type PlainReader, type Said, type SaidCall } from "./said.ts";
import { at, hasObject, listAt, numberAt, type Tree, textAt } from "./tree.ts";

/** OpenAI's Responses. */
export const responsesReader: PlainReader = {
  whole: (body) => saidBy(body, listAt(body, "output")),
  stream: (events) => {
    const items = new Map<number, Tree>();
    let last: Tree;
    let text = "";
    for (const event of events) {
      const type = textAt(event, "type");
      if (type === "response.output_item.done")
        items.set(numberAt(event, "output_index") ?? 0, at(event, "item"));
      if (type === "response.output_text.delta") text += textAt(event, "delta");
      if (hasObject(event, "response")) last = at(event, "response");
    }
    const told = listAt(last, "output");
    const done = [...items.entries()].toSorted(([left], [right]) => left - right).map(([, item]) => item);
    const said = saidBy(last, told.length >= done.length ? told : done);
    // What was streamed is what counts: a final object that says something else would show here.
    return { ...said, text };
  },
};

function saidBy(response: Tree, output: readonly Tree[]): Said {
  const contents = output.filter(isOf("message")).flatMap((item) => listAt(item, "content"));
  const texts = contents.filter(isOf("output_text"));
  const refusal = contents
    .filter(isOf("refusal"))
    .map((part) => textAt(part, "refusal"))
    .join("");
  const calls = output.flatMap(callOf);
  const isRefused = contents.some(isOf("refusal"));
  return {
    text: texts.map((part) => textAt(part, "text")).join(""),
    reasoning: output.filter(isOf("reasoning")).map(reasoningOf).join(""),
    refusal,
    calls,
    ending: isRefused ? "refusal" : endingBesides(endingOf(response), { calls, refusal }),
    usage: {
      input: numberAt(response, "usage", "input_tokens"),
      output: numberAt(response, "usage", "output_tokens"),
      cached: numberAt(response, "usage", "input_tokens_details", "cached_tokens"),
      reasoning: numberAt(response, "usage", "output_tokens_details", "reasoning_tokens"),
    },
    citations: texts
      .flatMap((part) => listAt(part, "annotations"))
      .map((note) => ({
        url: textAt(note, "url"),
        title: textAt(note, "title") || textAt(note, "filename"),
      })),
  };
}

const isOf = (type: string) => (item: Tree) => textAt(item, "type") === type;

function callOf(item: Tree): readonly SaidCall[] {
  const name = textAt(item, "name");
  if (isOf("function_call")(item)) return [{ name, argumentsText: textAt(item, "arguments") }];
  return isOf("custom_tool_call")(item) ? [{ name, argumentsText: textAt(item, "input") }] : [];
}

function reasoningOf(item: Tree): string {
  return (
    [...listAt(item, "summary"), ...listAt(item, "content")]
      .map((part) => textAt(part, "text"))
      // Parts of a summary are paragraphs.
      .join("\n\n")
  );
}

function endingOf(response: Tree): Ending {
  const status = textAt(response, "status");
  if (status === "completed") return "stop";
  if (status !== "incomplete") return "other";
  const reason = textAt(response, "incomplete_details", "reason");
  if (reason === "max_output_tokens") return "length";
  return reason === "content_filter" ? "filter" : "other";
}
