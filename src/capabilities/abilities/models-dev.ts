import {
  type AbilityName,
  type AbilityValues,
  abilityNames,
  type KnownAbilities,
  type Medium,
} from "../../exchange/abilities.ts";
import { parseJson } from "../../kernel/json.ts";

/** Models by their provider, as a catalogue from outside has them. */
export type CatalogModels = ReadonlyMap<string, ReadonlyMap<string, AbilityValues>>;

/** One ability of which a new catalogue says something else than what is known. */
export interface AbilityDifference {
  readonly ability: AbilityName;
  /** `undefined`: it was not known. */
  readonly before: AbilityValues[AbilityName];
  readonly after: AbilityValues[AbilityName];
}

const providersMax = 1000;
const modelsMax = 20_000;

/**
 * Reads `api.json` of models.dev: providers by id, each with `models` by id, of which `limit.{context,output}`,
 * `modalities.{input,output}`, `tool_call`, `structured_output`, `reasoning` and `temperature` are taken. What has
 * another form is passed over; `undefined` when nothing at all can be read.
 */
export function readModelsDev(text: string): CatalogModels | undefined {
  const providers = asMap(parseJson(text));
  if (providers === undefined) return undefined;
  const read = Object.entries(providers)
    .slice(0, providersMax)
    .flatMap(([id, provider]): readonly (readonly [string, ReadonlyMap<string, AbilityValues>])[] => {
      const models = asMap(asMap(provider)?.["models"]);
      if (models === undefined) return [];
      const known = Object.entries(models)
        .slice(0, modelsMax)
        .map(([name, model]) => [name, valuesOf(asMap(model) ?? {})] as const)
        .filter(([, values]) => Object.keys(values).length > 0);
      return known.length === 0 ? [] : [[id, new Map(known)]];
    });
  return read.length === 0 ? undefined : new Map(read);
}

/** Where `after` says something, and what is known is something else or nothing. */
export function differences(known: KnownAbilities, after: AbilityValues): readonly AbilityDifference[] {
  return abilityNames.flatMap((ability) => {
    const [old, next] = [known[ability]?.value, after[ability]];
    return next === undefined || String(old) === String(next) ? [] : [{ ability, before: old, after: next }];
  });
}

function valuesOf(model: Readonly<Record<string, unknown>>): AbilityValues {
  const limit = asMap(model["limit"]) ?? {};
  const modalities = asMap(model["modalities"]) ?? {};
  const all: { readonly [Name in AbilityName]?: AbilityValues[Name] | undefined } = {
    contextTokens: countOf(limit["context"]),
    outputTokensMax: countOf(limit["output"]),
    inputs: mediaOf(modalities["input"]),
    outputs: mediaOf(modalities["output"]),
    tools: flagOf(model["tool_call"]),
    schema: flagOf(model["structured_output"]),
    reasoning: flagOf(model["reasoning"]),
    sampling: flagOf(model["temperature"]),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** The catalogue writes 0 where it does not know. */
const countOf = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : undefined;

const flagOf = (value: unknown): boolean | undefined => (typeof value === "boolean" ? value : undefined);

const mediumOf: ReadonlyMap<unknown, Medium> = new Map([
  ["text", "text"],
  ["image", "image"],
  ["audio", "audio"],
  ["video", "video"],
  ["pdf", "document"],
  ["file", "document"],
]);

/** `undefined` where a word is not known: a list without it would say that the model does not take it. */
function mediaOf(value: unknown): readonly Medium[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const known = new Set(value.flatMap((word: unknown) => mediumOf.get(word) ?? []));
  return value.every((word: unknown) => mediumOf.has(word)) ? [...known] : undefined;
}

function asMap(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : undefined;
}
