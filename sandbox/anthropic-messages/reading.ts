import { createReading, type Path, type Wanted } from "../reading.ts";
import { Refusal } from "../refusal.ts";

const sentences: Readonly<Record<Wanted, string>> = {
  present: "Field required",
  object: "Input should be a valid dictionary or object to extract fields from",
  array: "Input should be a valid list",
  string: "Input should be a valid string",
  number: "Input should be a valid number",
  integer: "Input should be greater than or equal to 1",
  boolean: "Input should be a valid boolean",
};

/** Reads members as the Anthropic API does, with its sentences. */
export const reading = createReading((path, wanted) => refuse(path, sentences[wanted]));

/** `messages.0.content: <sentence>`, the form of every complaint about a body. */
export function refuse(path: Path, sentence: string): Refusal {
  return new Refusal("invalid", `${path.join(".")}: ${sentence}`, { param: path.join(".") });
}
