import type { Call, Effort, Sampling } from "../../exchange/call.ts";
import { isJsonObject, type Json } from "../../kernel/json.ts";
import {
  blame,
  booleanOf,
  declareRest,
  numberOf,
  type Place,
  pathOf,
  placeOf,
  stringOf,
  stringsOf,
  valueOf,
} from "./fields.ts";
import { jsonSchemaOf } from "./openapi-schema.ts";
import { outputLimitOf } from "./read.ts";

/** Members of `generationConfig` that have a place in the canonical form. */
export const generationMembers: ReadonlySet<string> = new Set([
  "temperature",
  "topP",
  "topK",
  "candidateCount",
  "maxOutputTokens",
  "stopSequences",
  "seed",
  "presencePenalty",
  "frequencyPenalty",
  "responseLogprobs",
  "logprobs",
  "responseMimeType",
  "responseSchema",
  "responseJsonSchema",
  "thinkingConfig",
]);

/** The sampling parameters of `generationConfig`. */
export function decodeSampling(config: Place): Sampling {
  const stop = stringsOf(config, "stopSequences");
  const read: { [Name in keyof Sampling]: Sampling[Name] | undefined } = {
    temperature: numberOf(config, "temperature"),
    topP: numberOf(config, "topP"),
    topK: numberOf(config, "topK"),
    stop: stop.length === 0 ? undefined : stop,
    seed: numberOf(config, "seed"),
    choices: numberOf(config, "candidateCount"),
    outputTokensMax: outputLimitOf(config),
    presencePenalty: numberOf(config, "presencePenalty"),
    frequencyPenalty: numberOf(config, "frequencyPenalty"),
    logprobs: decodeLogprobs(config),
  };
  return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined));
}

/** `logprobs` counts the alternatives, and only if `responseLogprobs` asks for any. */
function decodeLogprobs(config: Place): number | undefined {
  const alternatives = numberOf(config, "logprobs");
  if (booleanOf(config, "responseLogprobs") === true) return alternatives ?? 0;
  if (alternatives !== undefined)
    config.notes.warnings.push({
      kind: "dropped",
      subject: pathOf(config, "logprobs"),
      note: "responseLogprobs is not true",
    });
  return undefined;
}

/** `responseMimeType` with its schema. A schema is enough: it can only be one of JSON. */
export function decodeOutput(config: Place): Call["output"] {
  const type = stringOf(config, "responseMimeType");
  if (isOtherMimeType(type)) return undefined;
  const member =
    valueOf(config, "responseJsonSchema") === undefined ? "responseSchema" : "responseJsonSchema";
  const given = valueOf(config, member);
  if (given === undefined) return type === undefined || type === "text/plain" ? undefined : { kind: "json" };
  if (!isJsonObject(given)) return blame(config, member, "a schema");
  const schema = member === "responseSchema" ? jsonSchemaOf(given) : given;
  return { kind: "schema", name: schemaName(given["title"]), schema, strict: true };
}

/** Whether the answer is asked for in a form that only Gemini has: `text/x.enum`. */
export function isOtherMimeType(type: string | undefined): boolean {
  return type !== undefined && !["", "text/plain", "application/json"].includes(type);
}

/** A name for dialects that demand one, of the characters they all take. */
function schemaName(title: Json | undefined): string {
  return typeof title === "string" && /^[a-zA-Z0-9_-]{1,64}$/.test(title) ? title : "answer";
}

/**
 * `thinkingConfig`. A budget of 0 is no thinking, one of -1 as much as the model likes. Thoughts are shown to those only
 * who ask for them, and as summaries.
 */
export function decodeReasoning(config: Place | undefined): NonNullable<Call["reasoning"]> {
  const thinking = config && placeOf(config, "thinkingConfig");
  if (thinking === undefined) return { show: "omitted" };
  declareRest(thinking, thinkingMembers);
  const show = booleanOf(thinking, "includeThoughts") === true ? "summary" : "omitted";
  const effort = decodeLevel(thinking);
  const budget = numberOf(thinking, "thinkingBudget");
  if (budget !== undefined && (!Number.isSafeInteger(budget) || budget < -1))
    blame(thinking, "thinkingBudget", "an integer of at least -1");
  if (budget === 0) return { effort: effort ?? "none", show };
  return {
    ...(effort === undefined ? {} : { effort }),
    ...(budget === -1 ? { adaptive: true } : budget === undefined ? {} : { budgetTokens: budget }),
    show,
  };
}

const thinkingMembers = new Set(["includeThoughts", "thinkingBudget", "thinkingLevel"]);

const levels: ReadonlyMap<string, Effort> = new Map([
  ["MINIMAL", "minimal"],
  ["LOW", "low"],
  ["MEDIUM", "medium"],
  ["HIGH", "high"],
]);

function decodeLevel(thinking: Place): Effort | undefined {
  const level = stringOf(thinking, "thinkingLevel")?.toUpperCase();
  if (level === undefined || level === "" || level === "THINKING_LEVEL_UNSPECIFIED") return undefined;
  return levels.get(level) ?? blame(thinking, "thinkingLevel", "MINIMAL, LOW, MEDIUM or HIGH");
}
