import type { AnswerGuard } from "../../exchange/answer-guard.ts";
import type { StreamPart } from "../../exchange/part.ts";
import type { Redactor } from "./redact.ts";
import {
  type AnswerRules,
  guardAnswer,
  guardCitation,
  guardPart,
  guardRest,
  placeless,
} from "./whole-answer.ts";

interface OpenPart {
  readonly close: "text-end" | "refusal-end" | "reasoning-end" | "tool-input-end";
  readonly filter: Redactor | undefined;
  readonly call?: { readonly name: string; argumentsText: string };
  /** What came and was not told yet, as it came; after the first change nothing more is held for that. */
  pending: string;
  isChanged: boolean;
}

/** Holds an answer to its rules. Each part is a text of its own: nothing is found across two. */
export function createAnswerGuard(rules: AnswerRules): AnswerGuard {
  const open = new Map<number, OpenPart>();
  let isOver = false;

  /** The legal end of an answer: what is open is closed, and the reason is told in the word of each dialect. */
  const stop = (): readonly StreamPart[] => {
    isOver = true;
    const ends = [...open].map(([part, { close }]): StreamPart => ({ kind: close, part }));
    open.clear();
    return [...ends, { kind: "finish", finish: { reason: "content-filter", raw: "guardrail" } }];
  };
  /** What may be told of a part now. */
  const through = (
    part: number,
    release: (filter: Redactor) => ReturnType<Redactor["push"]>,
    write: (text: string) => StreamPart,
  ): readonly StreamPart[] => {
    const state = open.get(part);
    if (state?.filter === undefined) return [];
    const { text, isBlocked } = release(state.filter);
    tellApart(state, text);
    const told = text === "" ? [] : [write(text)];
    return isBlocked ? [...told, ...stop()] : told;
  };
  const delta = (part: Extract<StreamPart, { readonly text: string }>): readonly StreamPart[] => {
    const state = open.get(part.part);
    if (state?.filter === undefined) return [part];
    if (!state.isChanged) state.pending += part.text;
    return through(
      part.part,
      (filter) => filter.push(part.text),
      (text) => ({ ...part, text }),
    );
  };
  const cited = (part: CitationPart): readonly StreamPart[] => {
    const told = guardCited(part, open.get(part.part)?.isChanged === true, rules);
    return told === "blocked" ? stop() : [told];
  };
  const end = (part: Extract<StreamPart, { readonly kind: keyof typeof deltaOf }>): readonly StreamPart[] => {
    const kind = deltaOf[part.kind];
    const rest = through(
      part.part,
      (filter) => filter.end(),
      (text) => ({ kind, part: part.part, text }),
    );
    const wasRead = open.get(part.part)?.filter !== undefined;
    if (isOver) return rest;
    open.delete(part.part);
    // A seal is over the words as they were.
    const { kind: close, part: number } = part;
    return [...rest, wasRead && close === "reasoning-end" ? { kind: close, part: number } : part];
  };
  const argument = (
    part: Extract<StreamPart, { readonly kind: "tool-input-delta" }>,
  ): readonly StreamPart[] => {
    const state = open.get(part.part);
    if (state?.call !== undefined) {
      state.call.argumentsText += part.argumentsText;
      return [];
    }
    if (state?.filter === undefined) return [part];
    return through(
      part.part,
      (filter) => filter.push(part.argumentsText),
      (argumentsText) => ({ ...part, argumentsText }),
    );
  };
  const endCall = (part: Extract<StreamPart, { readonly kind: "tool-input-end" }>): readonly StreamPart[] => {
    const state = open.get(part.part);
    const write = (argumentsText: string): StreamPart => ({
      kind: "tool-input-delta",
      part: part.part,
      argumentsText,
    });
    const told: StreamPart[] = [];
    if (state?.call !== undefined) {
      const { name, argumentsText } = state.call;
      if (!rules.mayCall({ name, argumentsText })) return stop();
      if (state.filter === undefined && argumentsText !== "") told.push(write(argumentsText));
      told.push(...through(part.part, (filter) => filter.push(argumentsText), write));
    }
    if (!isOver) told.push(...through(part.part, (filter) => filter.end(), write));
    if (isOver) return told;
    open.delete(part.part);
    return [...told, part];
  };
  const whole = (part: Extract<StreamPart, { readonly kind: "whole" }>): readonly StreamPart[] => {
    const guarded = guardPart(part.value, rules);
    return guarded === "blocked" ? stop() : [{ ...part, value: guarded }];
  };
  const push = (part: StreamPart): readonly StreamPart[] => {
    if (isOver) return [];
    switch (part.kind) {
      case "text-start":
        open.set(part.part, openPart(rules, "text-end"));
        return [part];
      case "refusal-start":
        open.set(part.part, openPart(rules, "refusal-end"));
        return [part];
      case "reasoning-start":
        open.set(part.part, openPart(rules, "reasoning-end"));
        return [part];
      case "tool-input-start":
        open.set(part.part, openCall(rules, part));
        return [part];
      case "text-delta":
      case "refusal-delta":
      case "reasoning-delta":
        return delta(part);
      case "tool-input-delta":
        return argument(part);
      case "tool-input-end":
        return endCall(part);
      case "text-end":
      case "refusal-end":
      case "reasoning-end":
        return end(part);
      case "whole":
        return whole(part);
      case "logprobs":
        // They spell the words out that may have been taken away.
        return open.get(part.part)?.filter === undefined ? [part] : [];
      case "citation":
        return cited(part);
      case "start":
      case "usage":
      case "finish":
      case "error":
        return [part];
    }
  };
  return {
    push,
    isOver: () => isOver,
    whole: (answer) => guardAnswer(answer, rules),
    rest: (body) => guardRest(body, rules),
  };
}

const openPart = (rules: AnswerRules, close: OpenPart["close"]): OpenPart => ({
  close,
  filter: rules.filterFor("output", false),
  pending: "",
  isChanged: false,
});

const openCall = (
  rules: AnswerRules,
  { name, isCustom }: Extract<StreamPart, { readonly kind: "tool-input-start" }>,
): OpenPart => ({
  ...openPart(rules, "tool-input-end"),
  filter: rules.filterFor("tool-arguments", isCustom !== true),
  ...(rules.looksAtCalls ? { call: { name, argumentsText: "" } } : {}),
});

type CitationPart = Extract<StreamPart, { readonly kind: "citation" }>;

/** A stretch of the text as it came means nothing in one that was changed. */
function guardCited(part: CitationPart, isMoved: boolean, rules: AnswerRules): CitationPart | "blocked" {
  const guarded = guardCitation(part.citation, rules);
  if (guarded === "blocked") return guarded;
  const citation = isMoved ? placeless(guarded) : guarded;
  return citation === part.citation ? part : { ...part, citation };
}

/** Notes whether what is told of a part is still what came. */
function tellApart(state: OpenPart, told: string): void {
  if (state.isChanged) return;
  if (state.pending.startsWith(told)) state.pending = state.pending.slice(told.length);
  else {
    state.isChanged = true;
    state.pending = "";
  }
}

const deltaOf = {
  "text-end": "text-delta",
  "refusal-end": "refusal-delta",
  "reasoning-end": "reasoning-delta",
} as const;
