import type { Answer } from "../../exchange/answer.ts";
import type { GuardedAnswer, GuardedRest } from "../../exchange/answer-guard.ts";
import type { Citation, Part } from "../../exchange/part.ts";
import { errorCatalog } from "../../kernel/errors.ts";
import { isJsonObject, parseJson, printJson, RawJson } from "../../kernel/json.ts";
import { changeStrings } from "./body.ts";
import type { Redactor } from "./redact.ts";
import type { ToolCall } from "./tools.ts";

/** What one answer is held to. */
export interface AnswerRules {
  /** A filter for one text; `undefined`: it passes as it is. */
  readonly filterFor: (on: "output" | "tool-arguments", isJson: boolean) => Redactor | undefined;
  /** For what no part of an answer tells, and so was not looked at: only what is taken out or stops is noted. */
  readonly restFilterFor: (isJson: boolean) => Redactor | undefined;
  /** Whether calls are looked at; then their arguments are told when they are whole. */
  readonly looksAtCalls: boolean;
  readonly mayCall: (call: ToolCall) => boolean;
}

const blocked = {
  kind: "blocked",
  failure: {
    code: "guardrail_blocked",
    status: errorCatalog.guardrail_blocked.status,
    message: "The answer holds what a guardrail stops.",
  },
} as const;

/** The whole of an answer at once. */
export function guardAnswer(answer: Answer, rules: AnswerRules): GuardedAnswer {
  const parts: Part[] = [];
  for (const part of answer.parts) {
    const guarded = guardPart(part, rules);
    if (guarded === "blocked") return blocked;
    parts.push(guarded);
  }
  const isSame = parts.every((part, index) => part === answer.parts[index]);
  return isSame ? { kind: "same" } : { kind: "changed", answer: { ...answer, parts } };
}

/** The same part where nothing is changed. */
export function guardPart(part: Part, rules: AnswerRules): Part | "blocked" {
  switch (part.kind) {
    case "text":
      return guardText(part, rules);
    case "refusal": {
      const text = filtered(part.text, rules.filterFor("output", false));
      if (text === undefined) return "blocked";
      return text === part.text ? part : { ...part, text };
    }
    case "reasoning": {
      const text = filtered(part.text, rules.filterFor("output", false));
      if (text === undefined) return "blocked";
      const { seal: _, ...rest } = part;
      return text === part.text ? part : { ...rest, text };
    }
    case "tool-call": {
      if (rules.looksAtCalls && !rules.mayCall(part)) return "blocked";
      const text = filtered(part.argumentsText, rules.filterFor("tool-arguments", part.isCustom !== true));
      if (text === undefined) return "blocked";
      return text === part.argumentsText ? part : { ...part, argumentsText: text };
    }
    case "opaque":
      return guardOpaque(part, rules);
    default:
      return part;
  }
}

function guardText(part: Extract<Part, { kind: "text" }>, rules: AnswerRules): Part | "blocked" {
  const text = filtered(part.text, rules.filterFor("output", false));
  if (text === undefined) return "blocked";
  const told: Citation[] = [];
  for (const citation of part.citations ?? []) {
    const guarded = guardCitation(citation, rules);
    if (guarded === "blocked") return guarded;
    told.push(guarded);
  }
  const isSame = told.every((citation, index) => citation === part.citations?.[index]);
  if (text === part.text) return isSame ? part : { ...part, citations: told };
  const { logprobs: _, citations: __, ...rest } = part;
  return { ...rest, text, citations: told.map(placeless) };
}

/** Without its stretch of a text that was changed. */
export const placeless = ({ start: _, end: __, ...citation }: Citation): Citation => citation;

/** The words of a source, its title and its address, as they are told and as the provider has them. */
export function guardCitation(citation: Citation, rules: AnswerRules): Citation | "blocked" {
  const { url, title, quote, raw } = citation;
  const written = printJson({ url, title, quote, raw });
  const made = throughStrings(written, rules);
  if (made === undefined) return "blocked";
  const parsed = made === written ? undefined : parseJson(made);
  if (!isJsonObject(parsed)) return citation;
  const textOf = (name: "url" | "title" | "quote") => {
    const value = parsed[name];
    return typeof value === "string" ? { [name]: value } : {};
  };
  return {
    ...citation,
    ...textOf("url"),
    ...textOf("title"),
    ...textOf("quote"),
    raw: parsed["raw"] ?? null,
  };
}

/** What tools of the provider were asked and have said, and calls that only one dialect has. */
function guardOpaque(part: Extract<Part, { kind: "opaque" }>, rules: AnswerRules): Part | "blocked" {
  const json = part.raw.text;
  const call = rules.looksAtCalls ? callIn(part.type, json) : undefined;
  if (call !== undefined && !rules.mayCall(call)) return "blocked";
  const made = throughStrings(json, rules);
  if (made === undefined) return "blocked";
  return made === json ? part : { ...part, raw: new RawJson(made) };
}

function callIn(type: string, json: string): ToolCall | undefined {
  if (!/(?:_call|_use)$/.test(type)) return undefined;
  const parsed = parseJson(json);
  if (!isJsonObject(parsed) || typeof parsed["name"] !== "string") return undefined;
  const given = parsed["arguments"] ?? parsed["input"] ?? {};
  return {
    name: parsed["name"],
    argumentsText: typeof given === "string" ? given : JSON.stringify(given),
  };
}

/** Every string of a JSON text by itself; what was changed stays JSON. `undefined`: blocked. */
function throughStrings(json: string, rules: AnswerRules): string | undefined {
  const bytes = new TextEncoder().encode(json);
  const made = filteredStrings(bytes, (isJson) => rules.filterFor("output", isJson));
  if (made === "blocked") return undefined;
  return made === bytes ? json : new TextDecoder().decode(made);
}

/** An answer as it came, whose parts are let through: what else stands in it, in its own bytes. */
export function guardRest(body: Uint8Array, rules: AnswerRules): GuardedRest {
  const made = filteredStrings(body, rules.restFilterFor);
  if (made === "blocked") return blocked;
  return made === body ? { kind: "same" } : { kind: "rewritten", body: made };
}

function filteredStrings(
  json: Uint8Array,
  filterFor: (isJson: boolean) => Redactor | undefined,
): Uint8Array | "blocked" {
  let isBlocked = false;
  const made = changeStrings(json, ({ isJson, text }) => {
    const guarded = filtered(text, filterFor(isJson));
    isBlocked ||= guarded === undefined;
    return guarded;
  });
  return isBlocked ? "blocked" : made;
}

/** `undefined`: blocked. */
function filtered(text: string, filter: Redactor | undefined): string | undefined {
  if (filter === undefined) return text;
  const first = filter.push(text);
  const last = filter.end();
  return first.isBlocked || last.isBlocked ? undefined : first.text + last.text;
}
