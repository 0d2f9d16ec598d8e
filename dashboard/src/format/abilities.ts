import type { ModelAbility, ModelTarget } from "../generated/client.ts";
import { count, unknown } from "./numbers.ts";

/** One ability by its name; `undefined`: it is not known. */
export const abilityOf = (
  { abilities }: Pick<ModelTarget, "abilities">,
  name: string,
): ModelAbility | undefined => abilities.find((ability) => ability.name === name);

/** A value for people: `400,000`, `yes`, `text, image`. */
export function abilityValue(ability: ModelAbility | undefined): string {
  if (ability === undefined) return unknown;
  const { value } = ability;
  if (typeof value === "number") return count(value);
  if (typeof value === "boolean") return value ? "yes" : "no";
  return value.join(", ");
}

/** Who says so, and when. */
export const saidBy = ({ source, asOf }: ModelAbility): string =>
  asOf === null ? source : `${source}, ${asOf}`;

/** An ability in words. */
export const abilityName = (name: string): string => names[name] ?? name;

const names: Readonly<Record<string, string>> = {
  contextTokens: "context, tokens",
  outputTokensMax: "answer at most, tokens",
  inputs: "takes",
  outputs: "gives",
  tools: "calls tools",
  parallelTools: "several calls at once",
  schema: "answers by schema",
  reasoning: "reasons",
  sampling: "takes temperature",
  prefill: "goes on from a begun answer",
  systemRole: "takes system text",
  cacheMarks: "takes cache marks",
  serverTools: "tools of its provider",
};
