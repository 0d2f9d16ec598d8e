import type { Json, JsonObject } from "../../src/kernel/json.ts";
import type { Ask, PromptUnit, SeenImage } from "../ask.ts";
import type { Path } from "../reading.ts";
import { Refusal } from "../refusal.ts";
import { countTokens } from "../tokens.ts";
import { type Part, readPart } from "./read-parts.ts";
import { message, reading, refuse } from "./reading.ts";
import { isSigned } from "./seal.ts";

/** What of an `Ask` the conversation tells. */
export type Conversation = Pick<Ask, "question" | "results" | "images" | "turnsTaken" | "prefill" | "prompt">;

const imageTokens = 85;
const turnTokens = 3;

interface Turn {
  readonly role: "user" | "model";
  readonly parts: readonly Part[];
}

/**
 * Reads the conversation. Calls and results are held against each other as the Gemini API does it; with `isSealing` the
 * signatures of the turn that goes on are wanted too.
 */
export function readContents(contents: Json | undefined, isSealing: boolean): Conversation {
  const turns = joined(
    reading.maybeList(contents, ["contents"]).map((value, index) => readTurn(value, ["contents", index])),
  );
  if (turns.length === 0) throw refuse(["contents"], "contents is not specified");
  checkCalls(turns);
  if (isSealing) checkSignatures(turns);
  const asked = turns.findLast((turn) => turn.role === "user" && !isOfResults(turn));
  const last = turns.at(-1);
  return {
    question: textOf(asked?.parts ?? []),
    images: imagesOf(asked?.parts ?? []),
    results: (last?.parts ?? []).filter(isResult).map(({ text }) => text),
    turnsTaken: turns.filter(({ role }) => role === "model").length,
    prefill: last?.role === "model" ? textOf(last.parts) : "",
    prompt: turns.map(unitOf),
  };
}

/** The system instruction as a unit of the prompt. */
export function readSystem(value: Json | undefined): readonly PromptUnit[] {
  if (value === undefined || value === null) return [];
  const path = ["systemInstruction"];
  const parts = readParts(message(value, path, ["role", "parts"]), path);
  const text = textOf(parts);
  return [{ text, tokens: countTokens(text), isMarked: false }];
}

function readTurn(value: Json, path: Path): Turn {
  const content = message(value, path, ["role", "parts"]);
  const role = reading.maybeText(content["role"], [...path, "role"]) ?? "user";
  if (role !== "user" && role !== "model" && role !== "function")
    throw new Refusal("invalid", "Please use a valid role: user, model.");
  return { role: role === "model" ? "model" : "user", parts: readParts(content, path) };
}

/** Contents in a row that are the model's own, or results of calls, are one turn: clients keep each chunk of a stream. */
function joined(contents: readonly Turn[]): readonly Turn[] {
  const turns: Turn[] = [];
  for (const content of contents) {
    const last = turns.at(-1);
    const isMore =
      last?.role === content.role && (content.role === "model" || isOfResults(last) === isOfResults(content));
    if (last && isMore) turns.splice(-1, 1, { role: last.role, parts: [...last.parts, ...content.parts] });
    else turns.push(content);
  }
  return turns;
}

/** The parts of a content, at least one. */
export function readParts(content: JsonObject, path: Path): readonly Part[] {
  const at = [...path, "parts"];
  const parts = reading.maybeList(content["parts"], at).map((part, index) => readPart(part, [...at, index]));
  if (parts.length === 0) throw refuse(at, "contents.parts must not be empty.");
  return parts;
}

const isCall = (part: Part): boolean => part.kind === "call";
const isResult = (part: Part): boolean => part.kind === "result";
const isOfResults = ({ parts }: Turn): boolean => parts.some(isResult);

/** What is said in words, thoughts left out. */
export const textOf = (parts: readonly Part[]): string =>
  parts
    .filter((part) => part.kind === "text" && part.text !== "")
    .map(({ text }) => text)
    .join("\n");

const imagesOf = (parts: readonly Part[]): readonly SeenImage[] =>
  parts.flatMap((part) => (part.image ? [part.image] : []));

function unitOf({ role, parts }: Turn): PromptUnit {
  const counted = parts.map((part) => part.counted).join("\n");
  const images = imagesOf(parts);
  const shown = images.map((image) => `${image.mediaType} ${image.bytes ?? ""}`).join();
  const tokens = parts.reduce((sum, part) => sum + countTokens(part.counted), 0);
  return {
    text: `${role}\n${counted}${shown}`,
    tokens: tokens + images.length * imageTokens + turnTokens,
    isMarked: false,
  };
}

/** As many results as calls, in the turn behind them. */
function checkCalls(turns: readonly Turn[]): void {
  for (const [index, turn] of turns.entries()) {
    const calls = turn.role === "model" ? turn.parts.filter(isCall).length : 0;
    const results = turns[index + 1]?.parts.filter(isResult).length ?? 0;
    const before = turns[index - 1];
    if (calls > 0 && before === undefined)
      throw unordered(
        "function call turn comes immediately after a user turn or after a function response turn",
      );
    if (isOfResults(turn) && !(before?.role === "model" && before.parts.some(isCall)))
      throw unordered("function response turn comes immediately after a function call turn");
    if (calls > 0 && calls !== results)
      throw unordered(
        "the number of function response parts is equal to the number of function call parts of the function call turn",
      );
  }
}

const unordered = (wanted: string): Refusal => new Refusal("invalid", `Please ensure that ${wanted}.`);

/**
 * Since the user last spoke, the first call of every turn has its signature. Signatures that are there hold for what they
 * stand on, wherever they are.
 */
function checkSignatures(turns: readonly Turn[]): void {
  const spoken = turns.findLastIndex((turn) => turn.role === "user" && !isOfResults(turn));
  for (const [index, turn] of turns.entries()) {
    if (turn.role !== "model") continue;
    const first = turn.parts.findIndex(isCall);
    for (const [at, part] of turn.parts.entries()) {
      if (part.signature === undefined) {
        if (at === first && index > spoken) throw unsigned(part.name, at + 1);
      } else if (!isSigned(part.kind === "call" ? part.name : "", part.signature)) {
        throw new Refusal("invalid", "Corrupted thought signature.");
      }
    }
  }
}

const unsigned = (name: string, position: number): Refusal =>
  new Refusal(
    "invalid",
    "Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, " +
      "and missing thought_signature may lead to degraded model performance. Additional data, function call " +
      `\`default_api:${name}\` , position ${position}. Please refer to ` +
      "https://ai.google.dev/gemini-api/docs/thought-signatures for more details.",
  );
