import type { Part, Seal } from "../../exchange/part.ts";
import { type ItemList, unsealed } from "./item-list.ts";
import type { ReasoningWriter } from "./item-reasoning.ts";
import type { OutputParts } from "./output-parts.ts";

type Reasoning = Extract<Part, { kind: "reasoning" }>;

/** Writes thoughts, one block at a time, each an item of its own. */
export interface ThoughtBlocks {
  readonly start: (isSummary: boolean) => void;
  readonly add: (text: string) => void;
  readonly end: (seal: Seal | undefined) => void;
  readonly whole: (part: Reasoning) => void;
  /** From now on a thought is written when it is whole. */
  readonly hold: () => void;
}

/**
 * State of this dialect's own goes out under the id that the provider gave, since it opens only beside it; that of
 * another provider in an envelope. An id that comes when the thought has been told under one of ours makes an item of
 * its own.
 */
export function createThoughtBlocks(
  { warnings, wrap }: Pick<OutputParts, "warnings" | "wrap">,
  list: ItemList,
): ThoughtBlocks {
  let kind: "summary" | "content" = "content";
  let writer: ReasoningWriter | undefined;
  let held = "";
  let isHolding = false;

  const begin = (item: ReasoningWriter): ReasoningWriter => {
    item.start(kind);
    return item;
  };
  const say = (item: ReasoningWriter, text: string): void => {
    begin(item);
    if (text !== "") item.add(text);
    item.end();
  };
  /** A thought that this dialect's own provider sealed, or knows by its id. */
  const writeOwn = ({ value, itemId }: Seal, text: string): void => {
    const item = itemId === undefined ? list.reasoning() : list.ownReasoning(itemId);
    if (item === undefined) {
      warnings.push({ kind: "dropped", subject: "reasoning", note: `a second item has the id ${itemId}` });
      return;
    }
    if (kind === "summary" && item.hasContent())
      warnings.push({ kind: "dropped", subject: "reasoning", note: "a summary came after the reasoning" });
    else if (text !== "") say(item, text);
    if (value !== "") item.seal(value);
  };
  /** A thought of another provider. Without any text in its item it was redacted. */
  const writeForeign = (part: Reasoning): void => {
    const envelope = part.seal === undefined ? undefined : wrap?.(part.seal);
    if (part.seal !== undefined && envelope === undefined) warnings.push(unsealed);
    const isNothing = part.isRedacted || part.text === "";
    if (isNothing && envelope === undefined) return;
    const item = list.reasoning();
    if (!part.isRedacted) say(item, part.text);
    if (envelope !== undefined) item.seal(envelope);
  };
  const write = (part: Reasoning): void => {
    kind = part.isSummary === true ? "summary" : "content";
    if (part.seal?.origin === "openai-responses") writeOwn(part.seal, part.isRedacted ? "" : part.text);
    else writeForeign(part);
  };
  /** The end of a thought that has been told already. */
  const finish = (item: ReasoningWriter, seal: Seal | undefined): void => {
    item.end();
    if (seal === undefined) return;
    if (seal.origin !== "openai-responses") {
      const envelope = wrap?.(seal);
      if (envelope === undefined) warnings.push(unsealed);
      else item.seal(envelope);
    } else if (seal.itemId !== undefined) writeOwn(seal, "");
    else if (seal.value !== "") item.seal(seal.value);
  };
  return {
    start(isSummary) {
      kind = isSummary ? "summary" : "content";
      writer = undefined;
      held = "";
    },
    add(text) {
      if (text === "") return;
      if (isHolding) {
        held += text;
        return;
      }
      writer ??= begin(list.reasoning());
      writer.add(text);
    },
    end(seal) {
      if (writer !== undefined) finish(writer, seal);
      else {
        const told = {
          kind: "reasoning",
          text: held,
          isSummary: kind === "summary",
          isRedacted: false,
        } as const;
        write(seal === undefined ? told : { ...told, seal });
      }
      writer = undefined;
      held = "";
    },
    whole: write,
    hold() {
      isHolding = true;
    },
  };
}
