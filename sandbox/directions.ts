import { type Fault, readFault } from "./faults.ts";
import { Refusal } from "./refusal.ts";

/** How one call, or every call of a model, is to be played. */
export interface Directions {
  /** Exact time to the first token, in milliseconds. */
  readonly ttft?: number;
  /** Tokens per second; 0 = as fast as the socket takes them. */
  readonly rate?: number;
  /** Exact length of a text answer, in tokens. */
  readonly tokens?: number;
  /** Instead of the server's seed. */
  readonly seed?: number;
  readonly answer?: AnswerStyle;
  /** With `status:…`: seconds told in `retry-after`; 0 = none told. */
  readonly retryAfter?: number;
  /**
   * Whether reasoning is shown in full or only counted. Undirected, Chat shows it as `reasoning_content` (as compatible
   * servers do), the others show what the request asks for: a summary in Responses, thoughts in Gemini and Messages.
   */
  readonly reasoning?: "shown" | "hidden";
  readonly faults?: readonly Fault[];
  /** Of a storm: which run of it this call belongs to; each begins anew. */
  readonly run?: string;
  /** Of a storm: `fast` shortens its times. */
  readonly profile?: "full" | "fast";
  /** Answers in order: the n-th is given in the n-th turn of a conversation, then from the start again. */
  readonly script?: readonly string[];
}

/** `echo` quotes the question, `prose` is free invention, `script` plays the lines it was given, `refusal` declines. */
export type AnswerStyle = "echo" | "prose" | "script" | "refusal";

const names = [
  "ttft",
  "rate",
  "tokens",
  "seed",
  "answer",
  "retry-after",
  "reasoning",
  "fault",
  "run",
  "profile",
];

/**
 * Reads `ttft=800;rate=40;fault=cut-after:12,crlf`, the form of the header and (with `+` between) of the model suffix.
 *
 * @throws Refusal `invalid` that names what it does not know.
 */
export function readDirections(text: string): Directions {
  let directions: Directions = {};
  for (const part of text.split(/[;+]/)) {
    if (part.trim() === "") continue;
    const equals = part.indexOf("=");
    const name = (equals < 0 ? part : part.slice(0, equals)).trim();
    const value = equals < 0 ? "" : part.slice(equals + 1).trim();
    directions = { ...directions, ...readDirection(name, value) };
  }
  return directions;
}

/** Reads one direction; `value` as text, however it was written. */
export function readDirection(name: string, value: string): Directions {
  switch (name) {
    case "ttft":
      return { ttft: quantity(name, value) };
    case "rate":
      return { rate: quantity(name, value) };
    case "tokens":
      return { tokens: tokenCount(name, value) };
    case "seed":
      return { seed: quantity(name, value) };
    case "retry-after":
      return { retryAfter: quantity(name, value) };
    case "answer":
      if (value !== "echo" && value !== "prose" && value !== "script" && value !== "refusal")
        throw unknown(name, value);
      return { answer: value };
    case "reasoning":
      if (value !== "shown" && value !== "hidden") throw unknown(name, value);
      return { reasoning: value };
    case "run":
      return { run: value };
    case "profile":
      if (value !== "full" && value !== "fast") throw unknown(name, value);
      return { profile: value };
    case "fault":
      return { faults: value === "" || value === "none" ? [] : value.split(",").map(fault) };
    default:
      throw new Refusal("invalid", `The sandbox knows no direction "${name}"; it knows ${names.join(", ")}.`);
  }
}

function fault(text: string): Fault {
  const found = readFault(text);
  if (!found) throw unknown("fault", text);
  return found;
}

function quantity(name: string, value: string): number {
  const number = Number(value);
  if (value === "" || !Number.isFinite(number) || number < 0) throw unknown(name, value);
  return number;
}

/** Tokens of one answer; an answer is held in memory, hence the limit. */
function tokenCount(name: string, value: string): number {
  const count = quantity(name, value);
  if (!Number.isInteger(count) || count > 1_000_000) throw unknown(name, value);
  return count;
}

const unknown = (name: string, value: string): Refusal =>
  new Refusal("invalid", `The sandbox cannot take "${value}" as direction "${name}".`);
