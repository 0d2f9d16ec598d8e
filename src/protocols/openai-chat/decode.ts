import type { Call, Effort, Sampling } from "../../exchange/call.ts";
import type { DecodeContext, Decoding, Problem } from "../../exchange/codec.ts";
import type { Warning } from "../../exchange/warning.ts";
import { type Member, valueText } from "../../framing/json-scan.ts";
import { isJsonObject, type Json, parseJson, RawJson } from "../../kernel/json.ts";
import { invalid, scanBody } from "./body.ts";
import {
  blame,
  optionalBoolean,
  optionalNumber,
  optionalObject,
  optionalString,
  type Place,
  requiredObject,
  requiredString,
} from "./fields.ts";
import { readMessages } from "./messages.ts";
import { isChatOnlyChoice, readToolChoice, readTools } from "./tools.ts";

/** Members that `Call` has a place for; `sallyport` is the gateway's own and goes nowhere. */
const mapped: ReadonlySet<string> = new Set([
  "model",
  "messages",
  "tools",
  "functions",
  "tool_choice",
  "function_call",
  "parallel_tool_calls",
  "response_format",
  "temperature",
  "top_p",
  "top_k",
  "stop",
  "seed",
  "n",
  "max_tokens",
  "max_completion_tokens",
  "presence_penalty",
  "frequency_penalty",
  "logprobs",
  "logit_bias",
  "reasoning_effort",
  "service_tier",
  "user",
  "safety_identifier",
  "metadata",
  "store",
  "stream",
  "stream_options",
  "sallyport",
]);

const efforts: ReadonlySet<string> = new Set(["none", "minimal", "low", "medium", "high", "xhigh", "max"]);

/** Reads a whole Chat request into the canonical form. Every fault is reported, not only the first. */
export function decodeChat(body: Uint8Array, context?: Pick<DecodeContext, "target">): Decoding {
  const scanned = scanBody(body);
  if (scanned.kind === "invalid") return scanned;
  const object = parseJson(scanned.text);
  if (!isJsonObject(object)) return invalid("", "JSON", "a string with a bad escape or a control character");
  const problems: Problem[] = [];
  const place: Place = { object, path: "", problems };

  // Azure's clients name the model in the path, and may leave it out here.
  const named = object["model"] === undefined ? context?.target.model : undefined;
  const model = named ?? requiredString(place, "model") ?? "";
  if (object["model"] === "") blame(place, "model", "a model name");
  const { instructions, turns, warnings } = readMessages(place);
  const toolChoice = readToolChoice(place);
  const parallelTools = optionalBoolean(place, "parallel_tool_calls");
  const output = readOutput(place);
  const effort = readEffort(place);
  const tier = optionalString(place, "service_tier");
  const endUser = optionalString(place, "safety_identifier") ?? optionalString(place, "user");
  const metadata = optionalObject(place, "metadata")?.object;
  const isStored = optionalBoolean(place, "store");
  const streamOptions = optionalObject(place, "stream_options");
  const call: Call = {
    source: "openai-chat",
    model,
    instructions,
    turns,
    tools: readTools(place),
    ...(toolChoice !== undefined && { toolChoice }),
    ...(parallelTools !== undefined && { parallelTools }),
    ...(output !== undefined && { output }),
    sampling: readSampling(place),
    ...(effort !== undefined && { reasoning: { effort } }),
    ...(tier !== undefined && { tier }),
    ...(endUser !== undefined && { endUser }),
    ...(metadata !== undefined && { metadata }),
    ...(isStored !== undefined && { isStored }),
    isStream: optionalBoolean(place, "stream") ?? false,
    wantsUsage: streamOptions !== undefined && optionalBoolean(streamOptions, "include_usage") === true,
    extensions: extensionsOf(body, scanned.scan.members, place),
  };
  if (problems.length > 0) return { kind: "invalid", problems };
  return { kind: "call", call, warnings: [...warnings, ...legacyWarnings(place)] };
}

function readSampling(body: Place): Sampling {
  const read: { [Name in keyof Sampling]: Sampling[Name] | undefined } = {
    temperature: optionalNumber(body, "temperature"),
    topP: optionalNumber(body, "top_p"),
    topK: optionalNumber(body, "top_k"),
    stop: readStop(body),
    seed: optionalNumber(body, "seed"),
    choices: optionalNumber(body, "n"),
    outputTokensMax: optionalNumber(body, "max_completion_tokens") ?? optionalNumber(body, "max_tokens"),
    presencePenalty: optionalNumber(body, "presence_penalty"),
    frequencyPenalty: optionalNumber(body, "frequency_penalty"),
    logprobs: readLogprobs(body),
    logitBias: readLogitBias(body),
  };
  return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined));
}

/** `stop` is a string or a list; an empty list is accepted and means none. */
function readStop(body: Place): readonly string[] | undefined {
  const stop = body.object["stop"] ?? undefined;
  if (stop === undefined) return undefined;
  if (typeof stop === "string") return [stop];
  if (!Array.isArray(stop)) return blame(body, "stop", "a string or an array of strings");
  const sequences = stop.filter((item) => typeof item === "string");
  if (sequences.length < stop.length) return blame(body, "stop", "a string or an array of strings");
  return sequences.length === 0 ? undefined : sequences;
}

/** `top_logprobs` counts beside `logprobs: true` only; by itself it stays among the extensions, where it is refused or declared. */
function readLogprobs(body: Place): number | undefined {
  return optionalBoolean(body, "logprobs") === true ? (optionalNumber(body, "top_logprobs") ?? 0) : undefined;
}

/** An empty map biases nothing. */
function readLogitBias(body: Place): Json | undefined {
  const bias = optionalObject(body, "logit_bias")?.object ?? {};
  return Object.keys(bias).length === 0 ? undefined : bias;
}

function readEffort(body: Place): Effort | undefined {
  const effort = optionalString(body, "reasoning_effort");
  if (effort === undefined || isEffort(effort)) return effort;
  return blame(body, "reasoning_effort", [...efforts].join(", "));
}

function isEffort(text: string): text is Effort {
  return efforts.has(text);
}

function readOutput(body: Place): Call["output"] {
  const format = optionalObject(body, "response_format");
  const type = format && requiredString(format, "type");
  switch (type) {
    case undefined:
    case "text":
      return undefined;
    case "json_object":
      return { kind: "json" };
    case "json_schema": {
      const wanted = format && requiredObject(format, "json_schema");
      const name = wanted && requiredString(wanted, "name");
      const schema = wanted && requiredObject(wanted, "schema");
      if (name === undefined || schema === undefined || wanted === undefined) return undefined;
      return {
        kind: "schema",
        name,
        schema: schema.object,
        strict: optionalBoolean(wanted, "strict") ?? false,
      };
    }
    default:
      return format && blame(format, "type", "text, json_object or json_schema");
  }
}

/** What the canonical form has no place for, as its text; `null` is left out. */
function extensionsOf(
  body: Uint8Array,
  members: readonly Member[],
  place: Place,
): ReadonlyMap<string, RawJson> {
  const extensions = new Map<string, RawJson>();
  for (const member of members) {
    const isMapped =
      (mapped.has(member.name) &&
        !(member.name === "tool_choice" && isChatOnlyChoice(place.object["tool_choice"]))) ||
      (member.name === "top_logprobs" && place.object["logprobs"] === true);
    if (isMapped || place.object[member.name] === null) continue;
    extensions.set(member.name, new RawJson(valueText(body, member)));
  }
  return extensions;
}

function legacyWarnings(body: Place): readonly Warning[] {
  if ((body.object["functions"] ?? undefined) === undefined) return [];
  return [{ kind: "changed", subject: "functions", note: "Calls are answered as tool_calls." }];
}
