import type { Seal, StreamPart, TokenLogprob } from "../../exchange/part.ts";
import type { JsonSlice } from "../../framing/json-slices.ts";
import { isJsonObject, type Json, type JsonObject } from "../../kernel/json.ts";
import { stringOf } from "./candidate.ts";
import { placeIn, type Reference, referenceKey } from "./citations.ts";
import { createPartialArgs, type PartialArgs } from "./partial-args.ts";
import { argumentsOf, callIdOf, readPart } from "./response-parts.ts";

/** Reads the parts of the chunks; blocks are numbered in the order in which they begin. */
export interface BlockReader {
  /** The parts of one part of a chunk; `undefined` when it cannot be read. */
  readonly read: (part: JsonObject, raw: () => JsonSlice | undefined) => readonly StreamPart[] | undefined;
  /** Sources that a chunk tells. They are given out with the text they belong to, before it ends. */
  readonly refer: (references: readonly Reference[]) => void;
  /** Log probabilities of the text that is open; of none they are left out. */
  readonly rank: (tokens: readonly TokenLogprob[]) => readonly StreamPart[];
  /** The ends of what is open. */
  readonly closeAll: () => readonly StreamPart[];
  readonly hasCalls: () => boolean;
}

/** Text or reasoning that goes on until something else begins. */
interface OpenWords {
  readonly block: "text" | "reasoning";
  readonly part: number;
  /** Of a text: all of it, for the sake of citations. */
  text: string;
  seal: Seal | undefined;
}

/** A call whose arguments come in pieces. */
interface OpenCall {
  readonly part: number;
  readonly args: PartialArgs;
}

export function createBlockReader(answerId: () => string): BlockReader {
  let words: OpenWords | undefined;
  let open: OpenCall | undefined;
  let parts = 0;
  let calls = 0;
  let waiting: readonly Reference[] = [];
  const known = new Set<string>();

  /** The citations of the text that ends: those whose words are in it, and at the end of all, the rest. */
  const citationsOf = ({ block, part, text }: OpenWords, isLast: boolean): readonly StreamPart[] => {
    if (block !== "text" || waiting.length === 0) return [];
    const later: Reference[] = [];
    const cited = waiting.flatMap((reference): readonly StreamPart[] => {
      const isCertain = reference.words !== "" || isLast;
      const found = isCertain ? placeIn(text, reference) : undefined;
      const citation = found ?? (isLast ? reference.citation : undefined);
      if (citation === undefined) later.push(reference);
      return citation === undefined ? [] : [{ kind: "citation", part, citation }];
    });
    waiting = later;
    return cited;
  };
  const closeWords = (isLast = false): readonly StreamPart[] => {
    if (words === undefined) return [];
    const { block, part, seal } = words;
    const cited = citationsOf(words, isLast);
    words = undefined;
    return [...cited, { kind: `${block}-end`, part, ...(seal === undefined ? {} : { seal }) }];
  };
  const closeCall = (): readonly StreamPart[] => {
    if (open === undefined) return [];
    const { part, args } = open;
    open = undefined;
    return [...argumentsDelta(part, args.end()), { kind: "tool-input-end", part }];
  };
  /** A signature on an empty text seals the words before it; the block ends when something else begins. */
  const say = (block: OpenWords["block"], text: string, seal: Seal | undefined): readonly StreamPart[] => {
    if (text === "" && seal === undefined) return [];
    if (words?.block === block && words.seal === undefined) {
      words.seal = seal;
      if (block === "text") words.text += text;
      return text === "" ? [] : [{ kind: `${block}-delta`, part: words.part, text }];
    }
    const closed = closeWords();
    const part = parts;
    parts += 1;
    words = { block, part, text, seal };
    const start: StreamPart =
      block === "text" ? { kind: "text-start", part } : { kind: "reasoning-start", part, isSummary: true };
    return [...closed, start, ...(text === "" ? [] : [{ kind: `${block}-delta` as const, part, text }])];
  };
  const begin = (call: JsonObject, seal: Seal | undefined): readonly StreamPart[] => {
    const part = parts;
    const id = callIdOf(call, { answerId: answerId(), ordinal: calls });
    parts += 1;
    calls += 1;
    const sealed = seal === undefined ? {} : { seal };
    return [{ kind: "tool-input-start", part, id, name: stringOf(call, "name"), ...sealed }];
  };
  const goOn = (call: JsonObject, raw: () => JsonSlice | undefined): readonly StreamPart[] | undefined => {
    if (open === undefined) return [];
    const { part, args } = open;
    const pieces: readonly Json[] = Array.isArray(call["partialArgs"]) ? call["partialArgs"] : [];
    let text = "";
    for (const [index, piece] of pieces.entries()) {
      const slice = raw()?.member("functionCall")?.member("partialArgs")?.element(index);
      const added = isJsonObject(piece) ? args.push(piece, slice) : undefined;
      if (added === undefined) return undefined;
      text += added;
    }
    return [...argumentsDelta(part, text), ...(call["willContinue"] === true ? [] : closeCall())];
  };
  const readCall = (
    call: JsonObject,
    seal: Seal | undefined,
    raw: () => JsonSlice | undefined,
  ): readonly StreamPart[] | undefined => {
    if (stringOf(call, "name") === "") return goOn(call, raw);
    const before = [...closeWords(), ...closeCall()];
    const started = begin(call, seal);
    const part = parts - 1;
    if (call["willContinue"] === true || Array.isArray(call["partialArgs"])) {
      open = { part, args: createPartialArgs() };
      const pieces = goOn(call, raw);
      return pieces && [...before, ...started, ...pieces];
    }
    const whole = argumentsDelta(part, argumentsOf(call, raw()));
    return [...before, ...started, ...whole, { kind: "tool-input-end", part }];
  };

  return {
    read(part, raw) {
      const read = readPart(part, raw);
      switch (read.kind) {
        case "words":
          return say(read.block, read.text, read.seal);
        case "call":
          return readCall(read.call, read.seal, raw);
        case "whole": {
          const closed = closeWords();
          parts += 1;
          return [...closed, { kind: "whole", part: parts - 1, value: read.value }];
        }
      }
    },
    refer(references) {
      const fresh = references.filter((reference) => !known.has(referenceKey(reference)));
      for (const reference of fresh) known.add(referenceKey(reference));
      waiting = [...waiting, ...fresh];
    },
    rank: (tokens) =>
      tokens.length === 0 || words?.block !== "text" ? [] : [{ kind: "logprobs", part: words.part, tokens }],
    closeAll: () => [...closeWords(true), ...closeCall()],
    hasCalls: () => calls > 0,
  };
}

function argumentsDelta(part: number, argumentsText: string): readonly StreamPart[] {
  return argumentsText === "" ? [] : [{ kind: "tool-input-delta", part, argumentsText }];
}
