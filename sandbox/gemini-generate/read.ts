import type { Json, JsonObject } from "../../src/kernel/json.ts";
import type { AnswerFormat, Ask, PromptUnit } from "../ask.ts";
import { findModel } from "../models.ts";
import { Refusal } from "../refusal.ts";
import { countTokens } from "../tokens.ts";
import { readContents, readSystem } from "./read-contents.ts";
import { readEither } from "./read-schema.ts";
import { readCalling, readTools } from "./read-tools.ts";
import { maybeMessage, message, reading, refuse } from "./reading.ts";
import { formOf, modelIn } from "./target.ts";

/** Source: what @google/genai 3.3.0 sends to the Gemini API. */
const requestMembers: readonly string[] = [
  "model",
  "contents",
  "systemInstruction",
  "tools",
  "toolConfig",
  "safetySettings",
  "generationConfig",
  "cachedContent",
  "labels",
  "serviceTier",
  "store",
];
const configMembers: readonly string[] = [
  "temperature",
  "topP",
  "topK",
  "candidateCount",
  "maxOutputTokens",
  "stopSequences",
  "responseLogprobs",
  "logprobs",
  "presencePenalty",
  "frequencyPenalty",
  "seed",
  "responseMimeType",
  "responseSchema",
  "responseJsonSchema",
  "responseModalities",
  "mediaResolution",
  "speechConfig",
  "thinkingConfig",
  "audioTranscriptionConfig",
  "imageConfig",
  "enableEnhancedCivicAnswers",
];
const configPath = ["generationConfig"];

/**
 * Reads a request to generate; the model and the form of the answer stand in the URL.
 *
 * @throws Refusal as the Gemini API refuses it.
 */
export function readGenerate(body: Json, { url }: { readonly url: URL }): Ask {
  const model = modelIn(url, "generateContent") ?? modelIn(url, "streamGenerateContent") ?? "";
  return { ...readPrompt(body, model), isStream: formOf(url) !== "whole" };
}

/** The members of a request to generate. */
export const requestOf = (body: Json): JsonObject => message(body, [], requestMembers);

/** The settings of a request to generate. */
export const configOf = (request: JsonObject): JsonObject =>
  maybeMessage(request["generationConfig"], configPath, configMembers) ?? {};

/** Reads what a request asks of `model`, apart from how the answer is to come. */
export function readPrompt(body: Json, model: string): Ask {
  const request = requestOf(body);
  if (request["cachedContent"] !== undefined)
    throw new Refusal("permission", "CachedContent not found (or permission denied)");
  const isSealing = findModel(model)?.model.isReasoning === true;
  const conversation = readContents(request["contents"], isSealing);
  const config = configOf(request);
  checkNumbers(config);
  return {
    model,
    isStream: false,
    ...conversation,
    ...readCalling(request, readTools(request)),
    isParallel: true,
    format: readFormat(config),
    stops: readStops(config["stopSequences"]),
    outputLimit: reading.maybeCount(config["maxOutputTokens"], [...configPath, "maxOutputTokens"]),
    wantsReasoning: readThinking(config).wantsReasoning,
    count: readCandidates(config),
    prompt: [...readSystem(request["systemInstruction"]), ...toolUnits(request), ...conversation.prompt],
  };
}

function checkNumbers(config: JsonObject): void {
  for (const [name, most] of [
    ["temperature", 2],
    ["topP", 1],
  ] as const) {
    const value = reading.maybeNumber(config[name], [...configPath, name]);
    if (value !== undefined && (value < 0 || value > most))
      throw refuse([...configPath, name], `${name} must be in the range [0.0, ${most}.0].`);
  }
  reading.maybeCount(config["topK"], [...configPath, "topK"]);
  for (const name of ["presencePenalty", "frequencyPenalty", "seed", "logprobs"])
    reading.maybeNumber(config[name], [...configPath, name]);
  const modalities = reading.maybeList(config["responseModalities"], [...configPath, "responseModalities"]);
  if (modalities.some((modality) => modality !== "TEXT"))
    throw new Refusal(
      "invalid",
      `The requested combination of response modalities (${JSON.stringify(modalities)}) is not supported by the model.`,
    );
}

function readCandidates(config: JsonObject): number {
  const count = reading.maybeCount(config["candidateCount"], [...configPath, "candidateCount"]) ?? 1;
  if (count <= 8) return count;
  throw refuse([...configPath, "candidateCount"], "candidate_count must be in the range [1, 8].");
}

function readStops(value: Json | undefined): readonly string[] {
  const path = [...configPath, "stopSequences"];
  const stops = reading.maybeList(value, path).map((stop, index) => reading.text(stop, [...path, index]));
  if (stops.length > 5) throw refuse(path, "the number of stop sequences must be at most 5.");
  if (stops.includes("")) throw refuse(path, "a stop sequence must not be empty.");
  return stops;
}

function readFormat(config: JsonObject): AnswerFormat {
  const type = reading.maybeText(config["responseMimeType"], [...configPath, "responseMimeType"]);
  const either = { own: "responseSchema", json: "responseJsonSchema", path: configPath };
  const schema = readEither(config, either);
  if (type === undefined || type === "text/plain") {
    if (schema === undefined) return { kind: "text" };
    throw refuse(
      [...configPath, "responseSchema"],
      "only allowed when response_mime_type is application/json or text/x.enum.",
    );
  }
  if (type === "text/x.enum") {
    const options = Array.isArray(schema?.["enum"]) ? schema["enum"] : [];
    return { kind: "choice", options: options.filter((option) => typeof option === "string") };
  }
  if (type === "application/json")
    return schema === undefined ? { kind: "object" } : { kind: "schema", schema };
  throw refuse(
    [...configPath, "responseMimeType"],
    "allowed mimetypes are `text/plain`, `application/json` and `text/x.enum`.",
  );
}

/** Whether the model is to think, and whether its thoughts are to be seen. */
export interface Thinking {
  readonly wantsReasoning: boolean | undefined;
  readonly isShown: boolean;
}

export function readThinking(config: JsonObject): Thinking {
  const path = [...configPath, "thinkingConfig"];
  const known = ["includeThoughts", "thinkingBudget", "thinkingLevel"];
  const thinking = maybeMessage(config["thinkingConfig"], path, known) ?? {};
  const budget = reading.maybeNumber(thinking["thinkingBudget"], [...path, "thinkingBudget"]);
  const level = reading.maybeText(thinking["thinkingLevel"], [...path, "thinkingLevel"]);
  if (budget !== undefined && level !== undefined)
    throw new Refusal("invalid", "You can only set only one of thinking budget and thinking level.");
  return {
    wantsReasoning: budget === undefined ? undefined : budget !== 0,
    isShown: reading.maybeBoolean(thinking["includeThoughts"], [...path, "includeThoughts"]) === true,
  };
}

function toolUnits(request: JsonObject): readonly PromptUnit[] {
  const tools = reading.maybeList(request["tools"], ["tools"]);
  if (tools.length === 0) return [];
  const text = JSON.stringify(tools);
  return [{ text, tokens: countTokens(text), isMarked: false }];
}
