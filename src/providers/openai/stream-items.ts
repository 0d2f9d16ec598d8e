import type { StreamPart } from "../../exchange/part.ts";
import type { JsonObject } from "../../kernel/json.ts";
import { citationOf } from "./citations.ts";
import {
  argumentsOf,
  callIdOf,
  kindOf,
  listIn,
  type OutputItem,
  opaquePart,
  sealOf,
  summaryGap,
  textIn,
  textsOfReasoning,
  wordlessThought,
} from "./items.ts";
import { logprobsIn } from "./logprobs.ts";
import { createTextBlock, type TextBlock } from "./stream-blocks.ts";

/** Reads the events of one item of the output. */
export interface ItemReader {
  /** The parts of an event inside the item. */
  readonly read: (event: JsonObject) => readonly StreamPart[];
  /** The parts that end it: what `done` has and no event told, too; `undefined`: nobody told how it ended. */
  readonly end: (done: OutputItem | undefined) => readonly StreamPart[];
}

/** What reading an item needs to know of the stream around it. */
export interface ItemContext {
  readonly nextPart: () => number;
  /** What the id of a call without one is made of. */
  readonly place: string;
}

/** The reader of an item, and the parts that begin it. */
export function openItem(
  opened: OutputItem,
  context: ItemContext,
): { readonly reader: ItemReader; readonly begun: readonly StreamPart[] } {
  switch (kindOf(opened.item)) {
    case "message":
      return { reader: messageReader(context), begun: [] };
    case "reasoning":
      return { reader: reasoningReader(context), begun: [] };
    case "function-call":
    case "custom-call":
      return callReader(opened.item, context);
    case "opaque":
      return { reader: opaqueReader(opened, context), begun: [] };
  }
}

function messageReader({ nextPart }: ItemContext): ItemReader {
  const blocks = new Map<number, TextBlock>();
  const blockAt = (index: number, kind: "text" | "refusal"): TextBlock => {
    const open = blocks.get(index) ?? createTextBlock(kind, nextPart);
    blocks.set(index, open);
    return open;
  };
  /** What is missing of a content part, and its end. */
  const finish = (content: JsonObject, index: number): readonly StreamPart[] => {
    const { type } = content;
    if (type !== "output_text" && type !== "refusal") return [];
    const block = blockAt(index, type === "refusal" ? "refusal" : "text");
    const told = block.settle(textIn(type === "refusal" ? content["refusal"] : content["text"]));
    const cited = listIn(content["annotations"])
      .slice(block.citations())
      .flatMap((annotation) => block.cite((text) => citationOf(annotation, text)));
    const ranked = block.isRanked() ? [] : block.rank(logprobsIn(content["logprobs"]));
    return [...told, ...ranked, ...cited, ...block.end()];
  };
  return {
    read(event) {
      const index = typeof event["content_index"] === "number" ? event["content_index"] : 0;
      switch (event["type"]) {
        case "response.output_text.delta":
          return [
            ...blockAt(index, "text").say(textIn(event["delta"])),
            ...blockAt(index, "text").rank(logprobsIn(event["logprobs"])),
          ];
        case "response.output_text.done":
          return blockAt(index, "text").settle(textIn(event["text"]));
        case "response.refusal.delta":
          return blockAt(index, "refusal").say(textIn(event["delta"]));
        case "response.refusal.done":
          return blockAt(index, "refusal").settle(textIn(event["refusal"]));
        case "response.output_text.annotation.added":
          return listIn([event["annotation"] ?? null]).flatMap((annotation) =>
            blockAt(index, "text").cite((text) => citationOf(annotation, text)),
          );
        case "response.content_part.done":
          return listIn([event["part"] ?? null]).flatMap((part) => finish(part, index));
        default:
          return [];
      }
    },
    end(done) {
      const contents = listIn(done?.item["content"]).flatMap((content, index): readonly StreamPart[] => {
        const { type } = content;
        if (type === "output_text" || type === "refusal") return finish(content, index);
        const raw = () => done?.raw()?.member("content")?.element(index);
        return [{ kind: "whole", part: nextPart(), value: opaquePart(content, raw) }];
      });
      return [...contents, ...[...blocks.values()].flatMap((block) => block.end())];
    },
  };
}

/** Summary and thought are blocks of their own; the seal comes with the end of the last. */
function reasoningReader({ nextPart }: ItemContext): ItemReader {
  const summary = createListText("summary", nextPart);
  const content = createListText("reasoning", nextPart);
  return {
    read(event) {
      switch (event["type"]) {
        case "response.reasoning_summary_text.delta":
          return summary.say(event["summary_index"], textIn(event["delta"]));
        case "response.reasoning_summary_text.done":
          return summary.settle(event["summary_index"], textIn(event["text"]));
        case "response.reasoning_text.delta":
          return content.say(event["content_index"], textIn(event["delta"]));
        case "response.reasoning_text.done":
          return content.settle(event["content_index"], textIn(event["text"]));
        default:
          return [];
      }
    },
    end(done) {
      const texts = done === undefined ? { summary: "", content: "" } : textsOfReasoning(done.item);
      const seal = done && sealOf(done.item);
      const told = [...summary.block.settle(texts.summary), ...content.block.settle(texts.content)];
      const hasContent = content.block.hasBegun();
      if (!hasContent && !summary.block.hasBegun())
        return seal === undefined ? [] : [{ kind: "whole", part: nextPart(), value: wordlessThought(seal) }];
      return [
        ...told,
        ...summary.block.end(hasContent ? undefined : seal),
        ...content.block.end(hasContent ? seal : undefined),
      ];
    },
  };
}

/** A block of texts that the provider tells as a list. */
interface ListText {
  readonly block: TextBlock;
  readonly say: (index: unknown, text: string) => readonly StreamPart[];
  readonly settle: (index: unknown, whole: string) => readonly StreamPart[];
}

function createListText(kind: "summary" | "reasoning", nextPart: () => number): ListText {
  const block = createTextBlock(kind, nextPart);
  const said = new Map<unknown, string>();
  const say: ListText["say"] = (index, text) => {
    const before = said.get(index);
    const gap = block.hasBegun() && before === undefined ? block.say(summaryGap) : [];
    said.set(index, (before ?? "") + text);
    return [...gap, ...block.say(text)];
  };
  return {
    block,
    say,
    settle(index, whole) {
      const before = said.get(index) ?? "";
      return whole !== before && whole.startsWith(before) ? say(index, whole.slice(before.length)) : [];
    },
  };
}

/** A call begins when its name is known. */
function callReader(
  item: JsonObject,
  { nextPart, place }: ItemContext,
): { readonly reader: ItemReader; readonly begun: readonly StreamPart[] } {
  const isCustom = item["type"] === "custom_tool_call";
  let part = -1;
  let said = "";
  const begin = (told: JsonObject): readonly StreamPart[] => {
    part = nextPart();
    const [id, name] = [callIdOf(told, place), textIn(told["name"])];
    return [
      { kind: "tool-input-start", part, id, name, ...(isCustom && { isCustom }) },
      ...(said === "" ? [] : [{ kind: "tool-input-delta" as const, part, argumentsText: said }]),
    ];
  };
  const say = (argumentsText: string): readonly StreamPart[] => {
    said += argumentsText;
    return argumentsText === "" || part < 0 ? [] : [{ kind: "tool-input-delta", part, argumentsText }];
  };
  const settle = (whole: string): readonly StreamPart[] =>
    whole.startsWith(said) ? say(whole.slice(said.length)) : [];
  const given = say(argumentsOf(item));
  const begun = textIn(item["name"]) === "" ? given : begin(item);
  const reader: ItemReader = {
    read(event) {
      switch (event["type"]) {
        case "response.function_call_arguments.delta":
        case "response.custom_tool_call_input.delta":
          return say(textIn(event["delta"]));
        case "response.function_call_arguments.done":
          return settle(textIn(event["arguments"]));
        case "response.custom_tool_call_input.done":
          return settle(textIn(event["input"]));
        default:
          return [];
      }
    },
    end(done) {
      const rest = done === undefined ? [] : settle(argumentsOf(done.item));
      const opening = part < 0 ? begin(done?.item ?? item) : [];
      return [...rest, ...opening, { kind: "tool-input-end", part }];
    },
  };
  return { reader, begun };
}

/** An item of another kind comes in one piece, when it is done. */
function opaqueReader(opened: OutputItem, { nextPart }: ItemContext): ItemReader {
  return {
    read: () => [],
    end(done) {
      const { item, raw } = done ?? opened;
      return [{ kind: "whole", part: nextPart(), value: opaquePart(item, raw) }];
    },
  };
}
