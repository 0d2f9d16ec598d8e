import type { Call, Effort, Sampling, Tool, Turn } from "../../exchange/call.ts";
import type { DecodeContext, Decoding, Problem, Reading } from "../../exchange/codec.ts";
import {
  isJsonObject,
  type Json,
  type JsonObject,
  parseJson,
  printJson,
  RawJson,
} from "../../kernel/json.ts";
import {
  type Blame,
  given,
  objectIn,
  objectsIn,
  optionalFlag,
  optionalNumber,
  optionalText,
  textIn,
  textsIn,
} from "./fields.ts";
import { readParts } from "./parts.ts";

const roles: Readonly<Record<string, Turn["role"]>> = {
  ROLE_USER: "user",
  ROLE_ASSISTANT: "assistant",
  ROLE_SYSTEM: "system",
  ROLE_DEVELOPER: "developer",
};
const efforts: readonly Effort[] = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];
const shows = { SHOW_FULL: "full", SHOW_SUMMARY: "summary", SHOW_OMITTED: "omitted" } as const;

/** Reads the routing facts of a request, as JSON of `ai.v1.CompleteRequest`. */
export function readComplete(body: Uint8Array, isStream: boolean): Reading {
  const json = parsed(body);
  const model = json === undefined ? "" : textIn(json, "model");
  if (json === undefined || model === "")
    return invalid({ path: "model", expected: "a model name", got: "nothing" });
  const limit = optionalNumber(objectIn(json, "sampling") ?? {}, "outputTokensMax");
  const outputTokensMax = limit === undefined || limit < 0 ? undefined : limit;
  const tier = optionalText(json, "tier");
  return {
    kind: "facts",
    facts: { model, isStream, wantsUsage: true, ...given({ outputTokensMax, tier }) },
  };
}

/** Reads JSON of `ai.v1.CompleteRequest` into the canonical form. Paths of faults are those of the `.proto`. */
export function decodeComplete(body: Uint8Array, { target, unwrap }: DecodeContext): Decoding {
  const json = parsed(body);
  if (json === undefined) return invalid({ path: "", expected: "a message", got: "something else" });
  const problems: Problem[] = [];
  const blame: Blame = { problems, unwrap: (text) => unwrap?.(text) };
  const sampling = samplingOf(objectIn(json, "sampling") ?? {});
  const call: Call = {
    source: "ai-v1",
    model: textIn(json, "model"),
    instructions: readParts(objectsIn(json, "instructions"), "instructions", blame),
    turns: objectsIn(json, "messages").flatMap((turn, index) => turnOf(turn, index, blame) ?? []),
    tools: objectsIn(json, "tools").flatMap((tool, index) => toolOf(tool, index, blame) ?? []),
    ...given({
      toolChoice: choiceOf(objectIn(json, "toolChoice")),
      parallelTools: optionalFlag(json, "parallelTools"),
      output: outputOf(objectIn(json, "output"), blame),
      reasoning: reasoningOf(objectIn(json, "reasoning"), blame),
      tier: optionalText(json, "tier"),
      endUser: optionalText(json, "endUser"),
      metadata: objectIn(json, "metadata"),
      isStored: optionalFlag(json, "store"),
    }),
    sampling,
    isStream: target.isStream === true,
    wantsUsage: true,
    extensions: extensionsOf(json),
  };
  if (call.model === "") problems.push({ path: "model", expected: "a model name", got: "nothing" });
  return problems.length > 0 ? { kind: "invalid", problems } : { kind: "call", call, warnings: [] };
}

/** The members of `extensions`, each as its own JSON. */
export const extensionsOf = (json: JsonObject): Call["extensions"] =>
  new Map(
    Object.entries(objectIn(json, "extensions") ?? {}).map(([name, value]) => [
      name,
      new RawJson(printJson(value)),
    ]),
  );

export function parsed(body: Uint8Array): JsonObject | undefined {
  const value = parseJson(new TextDecoder().decode(body));
  return isJsonObject(value) ? value : undefined;
}

export const invalid = (problem: Problem) => ({ kind: "invalid", problems: [problem] }) as const;

function turnOf(json: JsonObject, index: number, blame: Blame): Turn | undefined {
  const role = roles[textIn(json, "role")];
  const path = `messages[${index}]`;
  if (role === undefined) {
    blame.problems.push({ path: `${path}.role`, expected: "a role", got: "none" });
    return undefined;
  }
  const parts = readParts(objectsIn(json, "parts"), `${path}.parts`, blame);
  return { role, parts, ...given({ name: optionalText(json, "name") }) };
}

function toolOf(json: JsonObject, index: number, blame: Blame): Tool | undefined {
  const path = `tools[${index}]`;
  const made = objectIn(json, "function");
  if (made !== undefined) {
    const parameters = jsonIn(made, "parameters", `${path}.function.parameters`, blame);
    return {
      kind: "function",
      name: textIn(made, "name"),
      ...given({
        description: optionalText(made, "description"),
        parameters,
        strict: optionalFlag(made, "strict"),
      }),
    };
  }
  const custom = objectIn(json, "custom");
  if (custom !== undefined) {
    const format = jsonIn(custom, "format", `${path}.custom.format`, blame);
    const description = optionalText(custom, "description");
    return { kind: "custom", name: textIn(custom, "name"), ...given({ description, format }) };
  }
  blame.problems.push({ path, expected: "a function or a custom tool", got: "neither" });
  return undefined;
}

/** The value of a JSON text in a field. */
function jsonIn(json: JsonObject, name: string, path: string, blame: Blame): Json | undefined {
  const text = optionalText(json, name);
  if (text === undefined) return undefined;
  const value = parseJson(text);
  if (value === undefined) blame.problems.push({ path, expected: "JSON", got: "something else" });
  return value;
}

function choiceOf(json: JsonObject | undefined): Call["toolChoice"] {
  if (json === undefined) return undefined;
  const [mode, names] = [textIn(json, "mode"), textsIn(json, "names")];
  if (mode === "MODE_NONE") return { kind: "none" };
  const isRequired = mode === "MODE_ANY";
  const [only] = names;
  if (isRequired && only !== undefined && names.length === 1) return { kind: "named", name: only };
  if (names.length > 0) return { kind: "among", names, isRequired };
  return { kind: isRequired ? "any" : "auto" };
}

function outputOf(json: JsonObject | undefined, blame: Blame): Call["output"] {
  const schema = json === undefined ? undefined : objectIn(json, "schema");
  if (json === undefined) return undefined;
  if (schema === undefined) return objectIn(json, "json") === undefined ? undefined : { kind: "json" };
  const value = jsonIn(schema, "schema", "output.schema.schema", blame);
  return {
    kind: "schema",
    name: textIn(schema, "name"),
    schema: value ?? {},
    strict: schema["strict"] === true,
  };
}

function samplingOf(json: JsonObject): Sampling {
  const stop = textsIn(json, "stop");
  return given({
    temperature: optionalNumber(json, "temperature"),
    topP: optionalNumber(json, "topP"),
    topK: optionalNumber(json, "topK"),
    stop: stop.length === 0 ? undefined : stop,
    seed: optionalNumber(json, "seed"),
    outputTokensMax: optionalNumber(json, "outputTokensMax"),
    presencePenalty: optionalNumber(json, "presencePenalty"),
    frequencyPenalty: optionalNumber(json, "frequencyPenalty"),
    logprobs: optionalNumber(json, "logprobs"),
  });
}

function reasoningOf(json: JsonObject | undefined, { problems }: Blame): Call["reasoning"] {
  if (json === undefined) return undefined;
  const told = optionalText(json, "effort");
  const effort = efforts.find((name) => name === told);
  if (told !== undefined && effort === undefined)
    problems.push({ path: "reasoning.effort", expected: efforts.join(", "), got: "another word" });
  const show = Object.entries(shows).find(([name]) => name === json["show"])?.[1];
  const budgetTokens = optionalNumber(json, "budgetTokens");
  return given({ effort, budgetTokens, adaptive: optionalFlag(json, "adaptive"), show });
}
