import type { Json, JsonObject } from "../../src/kernel/json.ts";
import { nativeDimensions } from "../answers/vector.ts";
import { type Ask, askOf, type PromptUnit } from "../ask.ts";
import { reading } from "../openai-chat/reading.ts";
import { Refusal } from "../refusal.ts";
import { countTokens } from "../tokens.ts";

/** Tokens a single input may have. */
const inputTokensMax = 8_192;
const inputsMax = 2_048;

/**
 * Reads the body of a request for embeddings: each input is one unit of the prompt, and no answer in words is wanted.
 *
 * @throws Refusal as the OpenAI API refuses it.
 */
export function readEmbeddings(value: Json): Ask {
  const body = reading.object(value, ["body"]);
  const model = reading.maybeText(body["model"], ["model"]);
  if (model === undefined || model === "") throw new Refusal("invalid", "you must provide a model parameter");
  const format = body["encoding_format"] ?? "float";
  if (format !== "float" && format !== "base64")
    throw new Refusal(
      "invalid",
      `'${typeof format === "string" ? format : JSON.stringify(format)}' is not one of ['float', 'base64'] - 'encoding_format'`,
    );
  dimensionsOf(body);
  return askOf(model, inputsOf(body["input"]).map(unitOf));
}

/** The dimensions asked for. */
export function dimensionsOf(body: JsonObject): number {
  const asked = reading.maybeNumber(body["dimensions"], ["dimensions"]) ?? nativeDimensions;
  if (asked < 1) throw new Refusal("invalid", `${asked} is less than the minimum of 1 - 'dimensions'`);
  if (Number.isInteger(asked) && asked <= nativeDimensions) return asked;
  const message = `Invalid value for 'dimensions' = ${asked}. Must be a whole number less than or equal to ${nativeDimensions}.`;
  throw new Refusal("invalid", message);
}

type Input = string | readonly number[];

/** One text, one list of tokens, or a list of either. */
function inputsOf(input: Json | undefined): readonly Input[] {
  if (input === undefined || input === null) throw new Refusal("invalid", "'input' is a required property");
  const inputs = Array.isArray(input) && !isTokens(input) ? input : [input];
  if (inputs.length === 0 || inputs.length > inputsMax) throw wrongInput();
  return inputs.map((one): Input => {
    if (typeof one === "string" && one !== "") return one;
    if (isTokens(one)) return one;
    throw wrongInput();
  });
}

const isTokens = (value: Json): value is readonly number[] =>
  Array.isArray(value) && value.length > 0 && value.every((token) => Number.isSafeInteger(token));

const wrongInput = (): Refusal =>
  new Refusal(
    "invalid",
    "'$.input' is invalid. Please check the API reference: https://platform.openai.com/docs/api-reference.",
  );

function unitOf(input: Input): PromptUnit {
  const tokens = typeof input === "string" ? countTokens(input) : input.length;
  if (tokens > inputTokensMax) {
    const message =
      `This model's maximum context length is ${inputTokensMax} tokens, however you requested ${tokens} tokens ` +
      `(${tokens} in your prompt; 0 for the completion). Please reduce your prompt; or completion length.`;
    throw new Refusal("context-length", message);
  }
  return { text: typeof input === "string" ? input : input.join(" "), tokens, isMarked: false };
}
