import { isJsonObject, type JsonObject, parseJson, printJson } from "../../kernel/json.ts";

const lastPart = '{"finish":';

/** Whether JSON of an `ai.v1.StreamPart`, as this folder writes it, is the last of its stream. */
export const isLastPart = (json: string): boolean => json.startsWith(lastPart);

/** A whole answer, or the last part of a stream, with what it has cost: only the end of a call knows. */
export function withCost(json: string, nanoUsd: number): string {
  const body = parseJson(json);
  if (!isJsonObject(body)) return json;
  // Protobuf's JSON has 64-bit integers as texts.
  const priced = (message: JsonObject) => ({ ...message, costNanoUsd: String(Math.round(nanoUsd)) });
  const { finish } = body;
  return printJson(isLastPart(json) && isJsonObject(finish) ? { finish: priced(finish) } : priced(body));
}
