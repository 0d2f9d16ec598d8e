import type { StreamPart } from "../exchange/part.ts";
import { GatewayError } from "../kernel/errors.ts";
import type { Delivered, DeliveredBlock } from "./delivered.ts";
import type { Seam } from "./stream-lane.ts";

/** What a target is to go on from: the text without the white space at its end, which some do not take. */
export function prefillOf(delivered: Delivered): string | undefined {
  const [only, ...others] = delivered.blocks();
  if (only?.kind !== "text" || others.length > 0 || delivered.isUnique()) return undefined;
  const text = only.text.trimEnd();
  return text === "" ? undefined : text;
}

/**
 * Takes up a text: the opening of the second answer is swallowed, its first text goes on in the one that is open, and the
 * white space that was kept from it is not told twice.
 */
export function continuing(delivered: Delivered): Seam {
  const [open] = delivered.blocks();
  const text = open?.text ?? "";
  let expected = text.slice(text.trimEnd().length);
  let mapped: number | undefined;
  const renumbered = renumbering(delivered.nextPart());
  const numberOf = (part: number): number => (part === mapped && open ? open.part : renumbered(part));
  return (part) => {
    if (part.kind === "start") return [];
    if (part.kind === "text-start" && mapped === undefined && open?.isEnded === false) {
      mapped = part.part;
      return [];
    }
    if (part.kind === "text-delta" && part.part === mapped && expected !== "") {
      const shared = sharedLength(part.text, expected);
      const isOver = shared < part.text.length;
      expected = isOver ? "" : expected.slice(shared);
      return isOver ? [{ ...part, part: numberOf(part.part), text: part.text.slice(shared) }] : [];
    }
    return "part" in part ? [{ ...part, part: numberOf(part.part) }] : [part];
  };
}

/** Each number of another answer as one that is free in this. */
function renumbering(from: number): (part: number) => number {
  const numbers = new Map<number, number>();
  return (part) => {
    const known = numbers.get(part);
    if (known !== undefined) return known;
    const next = from + numbers.size;
    numbers.set(part, next);
    return next;
  };
}

function sharedLength(left: string, right: string): number {
  let length = 0;
  while (length < left.length && left[length] === right[length]) length += 1;
  return length;
}

type Words = Extract<
  StreamPart,
  { kind: "text-delta" | "refusal-delta" | "reasoning-delta" | "tool-input-delta" }
>;

/**
 * Holds a second answer back while it is the same as what was told of the first, then lets it flow on; at the first
 * difference it throws.
 */
export function verifying(delivered: Delivered): Seam {
  const blocks = delivered.blocks().map((block) => ({ ...block }));
  const renumbered = renumbering(delivered.nextPart());
  /** Which block of the first answer a block of the second is. */
  const twins = new Map<number, { readonly block: DeliveredBlock; at: number }>();
  let next = 0;

  const isMatched = (): boolean =>
    next === blocks.length && [...twins.values()].every(({ block, at }) => at === block.text.length);
  const begin = (part: number, kind: DeliveredBlock["kind"], name: string): boolean => {
    const block = blocks[next];
    if (block === undefined) return false;
    if (block.kind !== kind || block.name !== name) throw differs();
    twins.set(part, { block, at: 0 });
    next += 1;
    return true;
  };
  const say = (part: Words): readonly StreamPart[] => {
    const twin = twins.get(part.part);
    if (twin === undefined) return flow(part);
    const text = part.kind === "tool-input-delta" ? part.argumentsText : part.text;
    const { block, at } = twin;
    const known = block.text.slice(at, at + text.length);
    if (!text.startsWith(known)) throw differs();
    twin.at += known.length;
    const rest = text.slice(known.length);
    if (rest === "") return [];
    if (block.isEnded) throw differs();
    return part.kind === "tool-input-delta"
      ? [{ ...part, part: block.part, argumentsText: rest }]
      : [{ ...part, part: block.part, text: rest }];
  };
  const end = (part: Extract<StreamPart, { part: number }>): readonly StreamPart[] => {
    const twin = twins.get(part.part);
    if (twin === undefined) return flow(part);
    if (twin.at < twin.block.text.length) throw differs();
    return twin.block.isEnded ? [] : [{ ...part, part: twin.block.part }];
  };
  const flow = (part: Extract<StreamPart, { part: number }>): readonly StreamPart[] => {
    if (!isMatched()) throw differs();
    return [{ ...part, part: renumbered(part.part) }];
  };
  return (part) => {
    switch (part.kind) {
      case "start":
        return [];
      case "text-start":
        return begin(part.part, "text", "") ? [] : flow(part);
      case "refusal-start":
        return begin(part.part, "refusal", "") ? [] : flow(part);
      case "reasoning-start":
        return begin(part.part, "reasoning", "") ? [] : flow(part);
      case "tool-input-start":
        return begin(part.part, "tool", part.name) ? [] : flow(part);
      case "text-delta":
      case "refusal-delta":
      case "reasoning-delta":
      case "tool-input-delta":
        return say(part);
      case "text-end":
      case "refusal-end":
      case "reasoning-end":
      case "tool-input-end":
        return end(part);
      case "whole":
        return flow(part);
      case "citation":
      case "logprobs":
        return twins.has(part.part) ? [] : flow(part);
      case "finish":
        if (!isMatched()) throw differs();
        return [part];
      default:
        return [part];
    }
  };
}

const differs = (): GatewayError =>
  new GatewayError("recovery_mismatch", "the answer of another target differs from what was told already");
