import type { Json, JsonObject } from "../../src/kernel/json.ts";
import { nativeDimensions, vectorOf } from "../answers/vector.ts";
import { type Ask, askOf } from "../ask.ts";
import type { Writing } from "../dialect.ts";
import type { Path } from "../reading.ts";
import { countTokens } from "../tokens.ts";
import { printWide } from "./print.ts";
import { readParts, textOf } from "./read-contents.ts";
import { invalidValue, message, reading, refuse } from "./reading.ts";
import { modelIn } from "./target.ts";

const inputsMax = 100;
const members: readonly string[] = ["model", "content", "taskType", "title", "outputDimensionality"];
const taskTypes: readonly string[] = [
  "TASK_TYPE_UNSPECIFIED",
  "RETRIEVAL_QUERY",
  "RETRIEVAL_DOCUMENT",
  "SEMANTIC_SIMILARITY",
  "CLASSIFICATION",
  "CLUSTERING",
  "QUESTION_ANSWERING",
  "FACT_VERIFICATION",
  "CODE_RETRIEVAL_QUERY",
];

/** Reads a request for one embedding. @throws Refusal as the Gemini API refuses it. */
export function readEmbed(body: Json, { url }: { readonly url: URL }): Ask {
  const model = modelIn(url, "embedContent") ?? "";
  return askFor(model, [readInput(body, [], model)]);
}

/** Reads a request for many embeddings. @throws Refusal as the Gemini API refuses it. */
export function readBatchEmbed(body: Json, { url }: { readonly url: URL }): Ask {
  const model = modelIn(url, "batchEmbedContents") ?? "";
  const inputs = requestsOf(body).map((request, index) => {
    const path = ["requests", index];
    const input = readInput(request, path, model);
    if (input.named === undefined) throw refuse([...path, "model"], "model is required");
    return input;
  });
  if (inputs.length > inputsMax)
    throw refuse(["requests"], `at most ${inputsMax} requests can be in one batch`);
  return askFor(model, inputs);
}

function requestsOf(body: Json): readonly Json[] {
  const requests = reading.maybeList(message(body, [], ["model", "requests"])["requests"], ["requests"]);
  if (requests.length === 0) throw refuse(["requests"], "requests is not specified");
  return requests;
}

interface Input {
  readonly named: string | undefined;
  readonly text: string;
  readonly dimensions: number;
}

function readInput(value: Json, path: Path, model: string): Input {
  const request = message(value, path, members);
  const named = reading.maybeText(request["model"], [...path, "model"]);
  if (named !== undefined && named.replace(/^models\//, "") !== model)
    throw refuse([...path, "model"], `\`${named}\` is not the model of the URL, \`models/${model}\``);
  const task = reading.maybeText(request["taskType"], [...path, "taskType"]);
  if (task !== undefined && !taskTypes.includes(task))
    throw invalidValue(
      [...path, "taskType"],
      "type.googleapis.com/google.ai.generativelanguage.v1beta.TaskType",
      task,
    );
  const at = [...path, "content"];
  const text = textOf(readParts(message(request["content"], at, ["role", "parts"]), at));
  return { named, text, dimensions: readDimensions(request, path) };
}

function readDimensions(request: JsonObject, path: Path): number {
  const at = [...path, "outputDimensionality"];
  const dimensions = reading.maybeCount(request["outputDimensionality"], at) ?? nativeDimensions;
  if (dimensions <= nativeDimensions) return dimensions;
  throw refuse(at, `output_dimensionality must be in the range [1, ${nativeDimensions}].`);
}

const askFor = (model: string, inputs: readonly Input[]): Ask =>
  askOf(
    model,
    inputs.map(({ text }) => ({ text, tokens: countTokens(text), isMarked: false })),
  );

/** One embedding, with the members of the Gemini API. */
export function writeEmbed(writing: Writing): string {
  const input = readInput(writing.body, [], writing.ask.model);
  return print({ embedding: embeddingOf(input, writing) }, writing);
}

/** Many embeddings, in the order of the requests. */
export function writeBatchEmbed(writing: Writing): string {
  const embeddings = requestsOf(writing.body).map((request, index) =>
    embeddingOf(readInput(request, ["requests", index], writing.ask.model), writing),
  );
  return print({ embeddings }, writing);
}

const embeddingOf = ({ text, dimensions }: Input, { seed }: Writing): JsonObject => ({
  values: vectorOf(text, { seed, dimensions }),
});

function print(head: JsonObject, { answer, usageFault }: Writing): string {
  if (usageFault === "none") return `${printWide(head)}\n`;
  const { input } = answer.usage;
  const promptTokenDetails = [{ modality: "TEXT", tokenCount: input }];
  const promptTokenCount = usageFault === "wrong" ? input * 3 + 7 : input;
  return `${printWide({ ...head, usageMetadata: { promptTokenCount, promptTokenDetails } })}\n`;
}
