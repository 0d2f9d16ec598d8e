import { isJsonObject, type Json, type JsonObject, parseJson } from "../../kernel/json.ts";

/** Where a Chat stream stands. */
export interface ChatGrammar {
  readonly phase: "start" | "open" | "finished" | "usage" | "end" | "failed";
  /** `id`, `object`, `created` and `model` of the first chunk, as text: they never change. */
  readonly constants: string | undefined;
  readonly choices: ReadonlyMap<number, { readonly isFinished: boolean; readonly calls: number }>;
  /** Whether the usage chunk was asked for; `undefined` when that is not known. */
  readonly wantsUsage: boolean | undefined;
}

export interface Violation {
  readonly kind: "violation";
  readonly message: string;
}

/** The state before the first chunk. */
export function chatGrammar(wantsUsage?: boolean): ChatGrammar {
  return { phase: "start", constants: undefined, choices: new Map(), wantsUsage };
}

/**
 * The state after one more frame with this `data`, or what is wrong with it.
 *
 *     start ─role chunk─▶ open ─finish of every choice─▶ finished ─usage chunk─▶ usage
 *     finished | usage ─[DONE]─▶ end        any ─{error}─▶ failed
 *
 * A chunk without choices that carries prompt filter results may come before the first.
 */
export function advance(state: ChatGrammar, data: string): ChatGrammar | Violation {
  if (state.phase === "end" || state.phase === "failed") return violation(`a frame after the ${state.phase}`);
  if (data === "[DONE]") {
    const isWhole = state.phase === "usage" || (state.phase === "finished" && state.wantsUsage !== true);
    return isWhole ? { ...state, phase: "end" } : violation(`[DONE] while ${state.phase}`);
  }
  const chunk = parseJson(data);
  if (!isJsonObject(chunk)) return violation("data that is no JSON object");
  if (isJsonObject(chunk["error"])) return { ...state, phase: "failed" };
  const { choices } = chunk;
  if (!Array.isArray(choices)) return violation("a chunk without choices");
  if (choices.length === 0 && chunk["prompt_filter_results"] !== undefined && state.phase === "start")
    return state;
  const constants = JSON.stringify([chunk["id"], chunk["object"], chunk["created"], chunk["model"]]);
  if (chunk["object"] !== "chat.completion.chunk") return violation("an object that is no chunk");
  if (state.constants !== undefined && state.constants !== constants)
    return violation("id, created or model changed");
  if (choices.length === 0) return usageChunk({ ...state, constants }, chunk);
  return choices.reduce(
    (next: ChatGrammar | Violation, choice: Json) => ("kind" in next ? next : advanceChoice(next, choice)),
    { ...state, constants },
  );
}

function usageChunk(state: ChatGrammar, chunk: JsonObject): ChatGrammar | Violation {
  if (!isJsonObject(chunk["usage"])) return violation("a chunk without choices and usage");
  if (state.phase !== "finished") return violation(`usage while ${state.phase}`);
  if (state.wantsUsage === false) return violation("usage that was not asked for");
  return { ...state, phase: "usage" };
}

function advanceChoice(state: ChatGrammar, choice: Json): ChatGrammar | Violation {
  if (!isJsonObject(choice) || typeof choice["index"] !== "number")
    return violation("a choice without index");
  const { delta } = choice;
  if (!isJsonObject(delta)) return violation("a choice without delta");
  const known = state.choices.get(choice["index"]);
  if ((delta["role"] === undefined) !== (known !== undefined)) {
    return violation(known === undefined ? "a choice that begins without role" : "a second role");
  }
  if (known?.isFinished === true) return violation("a delta after the finish");
  const calls = advanceCalls(known?.calls ?? 0, delta["tool_calls"] ?? []);
  if (typeof calls !== "number") return calls;
  const isFinished = typeof choice["finish_reason"] === "string";
  const choices = new Map(state.choices).set(choice["index"], { isFinished, calls });
  const isAllFinished = [...choices.values()].every((entry) => entry.isFinished);
  return { ...state, choices, phase: isAllFinished ? "finished" : "open" };
}

function advanceCalls(begun: number, deltas: Json): number | Violation {
  if (!Array.isArray(deltas)) return violation("tool_calls that are no array");
  let calls = begun;
  for (const call of deltas) {
    if (!isJsonObject(call)) return violation("a tool call that is no object");
    const { id, type, custom } = call;
    const called = isJsonObject(custom) ? custom : call["function"];
    if (!isJsonObject(called)) return violation("a tool call without function");
    const kind = called === custom ? "custom" : "function";
    const argumentsText = called[kind === "custom" ? "input" : "arguments"];
    if (typeof argumentsText !== "string") return violation("a tool call without arguments");
    if (call["index"] === calls) {
      const isWhole = typeof id === "string" && type === kind && typeof called["name"] === "string";
      if (!isWhole || argumentsText !== "") return violation("a tool call that begins incompletely");
      calls += 1;
    } else if (typeof call["index"] !== "number" || call["index"] > calls || call["index"] < 0) {
      return violation("a tool index out of order");
    } else if (id !== undefined || type !== undefined || called["name"] !== undefined) {
      return violation("a tool call that is named twice");
    }
  }
  return calls;
}

function violation(message: string): Violation {
  return { kind: "violation", message };
}
