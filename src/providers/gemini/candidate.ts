import { isJsonObject, type Json, type JsonObject } from "../../kernel/json.ts";

/** The first candidate of an answer or a chunk of one; the others are alternatives that nobody is given. */
export function candidateOf({ candidates }: JsonObject): JsonObject | undefined {
  if (!Array.isArray(candidates)) return undefined;
  return candidates.filter(isJsonObject).find(isFirst);
}

/** Where the first candidate stands in the list. */
export function candidateIndex({ candidates }: JsonObject): number {
  const list: readonly Json[] = Array.isArray(candidates) ? candidates : [];
  return list.findIndex((candidate) => isJsonObject(candidate) && isFirst(candidate));
}

function isFirst({ index }: JsonObject): boolean {
  return index === undefined || index === 0;
}

/** The parts of a candidate's content; one that was stopped at once has none. */
export function partsOf(candidate: JsonObject): readonly Json[] {
  const content = candidate["content"];
  const parts = isJsonObject(content) ? content["parts"] : undefined;
  return Array.isArray(parts) ? parts : [];
}

/** A member that is text; `""` when it is not. */
export function stringOf(object: JsonObject, name: string): string {
  const value = object[name];
  return typeof value === "string" ? value : "";
}
