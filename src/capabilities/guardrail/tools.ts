import { fitsGlob } from "../../kernel/glob.ts";
import { isJsonObject, parseJson } from "../../kernel/json.ts";
import { createLru } from "../../kernel/lru.ts";
import type { Condition, FactSchema } from "../../ports/expressions.ts";
import { holdsFor, type Whose } from "./rules.ts";
import type { GuardrailSettings } from "./settings.ts";

/** What a condition on a call may ask. */
export const toolFacts: FactSchema = {
  "tool.name": { kind: "text", about: "the name of the tool" },
  args: {
    kind: "texts",
    about: 'what it is called with, by name; what is no text stands as JSON, and "" where there is none',
    keys: { pattern: /^.{1,100}$/s, rule: "a name of 1 to 100 characters" },
  },
};

/** One entry of `tools`, its condition compiled. */
export interface ToolRule {
  readonly rule: GuardrailSettings["tools"][number];
  readonly condition?: Condition;
}

export interface ToolCall {
  readonly name: string;
  readonly argumentsText: string;
}

/** Whether the tool may be called so. */
export function mayCall(rules: readonly ToolRule[], whose: Whose, call: ToolCall): boolean {
  const first = rules.find(
    ({ rule, condition }) =>
      holdsFor(rule, whose) &&
      rule.tools.some((glob) => fitsGlob(glob, call.name)) &&
      (condition === undefined || isMet(condition, call) !== "no"),
  );
  if (first === undefined) return true;
  return (
    first.rule.do === "allow" && (first.condition === undefined || isMet(first.condition, call) === "yes")
  );
}

function isMet(condition: Condition, { name, argumentsText }: ToolCall): "yes" | "no" | "unknown" {
  const parsed = parseJson(argumentsText === "" ? "{}" : argumentsText);
  if (!isJsonObject(parsed)) return "unknown";
  const { isTrue, fault } = condition((fact, key = "") => {
    if (fact === "tool.name") return name;
    const value = Object.hasOwn(parsed, key) ? parsed[key] : undefined;
    if (value === undefined) return "";
    return typeof value === "string" ? value : JSON.stringify(value);
  });
  if (fault !== undefined) return "unknown";
  return isTrue ? "yes" : "no";
}

/** Counts how often the same call is made. */
export interface Repeats {
  /** How often it was made within 60 s in this conversation, this one among them. */
  readonly count: (conversation: string, call: ToolCall, nowMs: number) => number;
}

const spanMs = 60_000;
const knownBytesMax = 8 * 1024 * 1024;

export function createRepeats(digestOf: (text: string) => string): Repeats {
  const known = createLru<readonly number[]>(knownBytesMax);
  return {
    count: (conversation, { name, argumentsText }, nowMs) => {
      const key = digestOf(JSON.stringify([conversation, name, argumentsText]));
      const times = [...(known.get(key) ?? []).filter((at) => nowMs - at < spanMs), nowMs].slice(-1000);
      known.set(key, times, 100 + times.length * 8);
      return times.length;
    },
  };
}
