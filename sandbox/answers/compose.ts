import type { Answer, Ask, Choice, Finish } from "../ask.ts";
import type { Directions } from "../directions.ts";
import { faultOf } from "../faults.ts";
import type { SandboxModel } from "../models.ts";
import type { CacheUse } from "../prompt-cache.ts";
import { Refusal } from "../refusal.ts";
import { type Dice, diceFor } from "../seeded.ts";
import { tokenize } from "../tokens.ts";
import { instanceOf } from "./instance.ts";
import { echo, ofLength, quoteResults, sentence } from "./prose.ts";
import { callOf, tellingWords, toolsToCall } from "./tool-calls.ts";

/** Everything an answer depends on: the same parts give the same answer. */
export interface Composition {
  readonly ask: Ask;
  readonly model: SandboxModel;
  readonly directions: Directions;
  readonly cache: CacheUse;
  /** Seed and body, as text. */
  readonly key: string;
}

/**
 * Thinks of an answer.
 *
 * @throws Refusal `context-length` when prompt and answer do not fit into the model.
 */
export function compose(composition: Composition): Answer {
  const { ask, model, cache } = composition;
  if (model.refusesPrefill && ask.prefill !== "")
    throw new Refusal("invalid", "This model does not support assistant message prefill.");
  const input = ask.prompt.reduce((sum, unit) => sum + unit.tokens, 0);
  refuseTooLong(model, ask, input);
  const room = Math.min(ask.outputLimit ?? model.outputTokensMax, model.contextTokens - input);
  const choices = Array.from({ length: ask.count }, (_, index) =>
    compose1(composition, diceFor(composition.key, "answer", String(index)), room),
  );
  const reasoning = choices.reduce((sum, choice) => sum + choice.reasoning.length, 0);
  const output = choices.reduce((sum, choice) => sum + lengthOf(choice), 0);
  return { choices, usage: { input, ...cache, output, reasoning } };
}

function refuseTooLong(model: SandboxModel, ask: Ask, input: number): void {
  const wanted = input + (ask.outputLimit ?? 1);
  if (wanted <= model.contextTokens) return;
  throw new ContextTooLong({ limit: model.contextTokens, input, output: ask.outputLimit ?? 0 });
}

/** The refusal of a prompt that does not fit. Each dialect says it in the sentence its clients recognise. */
export class ContextTooLong extends Refusal {
  readonly sizes: ContextSizes;
  constructor(sizes: ContextSizes) {
    super(
      "context-length",
      `The context is ${sizes.limit} tokens; ${sizes.input} + ${sizes.output} were asked for.`,
    );
    this.sizes = sizes;
  }
}

/** Tokens. */
export interface ContextSizes {
  readonly limit: number;
  readonly input: number;
  readonly output: number;
}

const lengthOf = (choice: Choice): number =>
  choice.reasoning.length +
  choice.text.length +
  choice.calls.reduce((sum, call) => sum + call.arguments.length + 1, 0);

function compose1({ ask, model, directions }: Composition, dice: Dice, room: number): Choice {
  const thought = reason(ask, model, dice).slice(0, room);
  const left = room - thought.length;
  if (directions.answer === "refusal") {
    const text = tokenize(refusal).slice(0, left);
    const isCut = text.join("").length < refusal.length;
    return {
      reasoning: thought,
      text,
      calls: [],
      finish: finishOf(isCut, false, undefined),
      isRefusal: true,
    };
  }
  const called = toolsToCall(ask, model.isEager).map((tool) => callOf(tool, ask, dice));
  if (called.length > 0) {
    const choice: Choice = { reasoning: thought, text: [], calls: called, finish: { kind: "tool-calls" } };
    if (lengthOf(choice) <= room) return choice;
    return { ...choice, calls: [], finish: { kind: "length" } };
  }
  const whole = textFor(ask, directions, dice);
  const { tokens, stop } = stopped(whole, ask.stops);
  const isFiltered = faultOf(directions.faults ?? [], "content-filter") !== undefined;
  const kept = isFiltered ? tokens.slice(0, Math.ceil(tokens.length / 2)) : tokens;
  const text = kept.slice(0, left);
  return { reasoning: thought, text, calls: [], finish: finishOf(kept.length > left, isFiltered, stop) };
}

const refusal = "I am a simulated model and was told to decline: I cannot help with that.";

function finishOf(isCut: boolean, isFiltered: boolean, stop: string | undefined): Finish {
  if (isCut) return { kind: "length" };
  if (isFiltered) return { kind: "content-filter" };
  return stop === undefined ? { kind: "stop" } : { kind: "stop-sequence", sequence: stop };
}

function reason(ask: Ask, model: SandboxModel, dice: Dice): readonly string[] {
  if (!model.isReasoning || ask.wantsReasoning === false) return [];
  const thoughts = [
    "Let me think about this step by step.",
    sentence(dice),
    sentence(dice),
    "That should do.",
  ];
  return tokenize(thoughts.join(" "));
}

function textFor(ask: Ask, directions: Directions, dice: Dice): readonly string[] {
  if (ask.format.kind !== "text") return tokenize(structured(ask, dice));
  const style = directions.answer ?? (directions.script ? "script" : "echo");
  const script = directions.script ?? [];
  let text = style === "prose" ? [1, 2, 3, 4].map(() => sentence(dice)).join(" ") : echo(ask);
  if (ask.results.length > 0) text = quoteResults(ask);
  if (style === "script") text = script[ask.turnsTaken % Math.max(1, script.length)] ?? text;
  if (ask.prefill !== "" && text.startsWith(ask.prefill)) text = text.slice(ask.prefill.length);
  const isSplit = faultOf(directions.faults ?? [], "split-utf8") !== undefined;
  const full = isSplit ? `Grüße 🙂 — ${text}` : text;
  return directions.tokens === undefined ? tokenize(full) : ofLength(full, directions.tokens, dice);
}

function structured(ask: Ask, dice: Dice): string {
  const words = tellingWords(ask.question);
  if (ask.format.kind === "choice") {
    const { options } = ask.format;
    return (
      options.find((option) => ask.question.includes(option)) ?? options[dice.below(options.length)] ?? ""
    );
  }
  if (ask.format.kind === "schema") return JSON.stringify(instanceOf(ask.format.schema, { dice, words }));
  return JSON.stringify({
    model: ask.model,
    note: "Simulated by the Sallyport sandbox.",
    question: ask.question.slice(0, 240),
  });
}

/** `tokens` up to the first of `stops`, which is not given out itself. */
function stopped(
  tokens: readonly string[],
  stops: readonly string[],
): { tokens: readonly string[]; stop?: string } {
  if (stops.length === 0) return { tokens };
  const text = tokens.join("");
  let first: { at: number; stop: string } | undefined;
  for (const stop of stops) {
    const at = stop === "" ? -1 : text.indexOf(stop);
    if (at >= 0 && (!first || at < first.at)) first = { at, stop };
  }
  return first ? { tokens: tokenize(text.slice(0, first.at)), stop: first.stop } : { tokens };
}
