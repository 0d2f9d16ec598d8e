import type { Call, Effort, Sampling } from "../../exchange/call.ts";
import type { Json } from "../../kernel/json.ts";
import { isMinted } from "./answer-ids.ts";
import {
  blame,
  declareRest,
  optionalBoolean,
  optionalNumber,
  optionalObject,
  optionalString,
  type Place,
  requiredObject,
  requiredString,
} from "./fields.ts";
import { readOutputLimit } from "./read.ts";

/** `include`: what the canonical call has a word for, and the rest. */
export interface Included {
  readonly hasLogprobs: boolean;
  readonly rest: readonly Json[];
}

export function readInclude(body: Place): Included {
  const include = body.object["include"] ?? undefined;
  if (include !== undefined && !Array.isArray(include)) blame(body, "include", "an array");
  const wanted: readonly Json[] = Array.isArray(include) ? include : [];
  const rest = wanted.filter((item) => item !== "message.output_text.logprobs");
  return { hasLogprobs: rest.length < wanted.length, rest };
}

/** Output limit and sampling. Penalties and stop sequences are of other servers that speak this dialect. */
export function readSampling(body: Place, { hasLogprobs }: Included): Sampling {
  const alternatives = optionalNumber(body, "top_logprobs");
  const read: { [Name in keyof Sampling]: Sampling[Name] | undefined } = {
    temperature: optionalNumber(body, "temperature"),
    topP: optionalNumber(body, "top_p"),
    stop: readStop(body),
    outputTokensMax: readOutputLimit(body),
    presencePenalty: optionalNumber(body, "presence_penalty"),
    frequencyPenalty: optionalNumber(body, "frequency_penalty"),
    logprobs: hasLogprobs ? (alternatives ?? 0) : undefined,
  };
  return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined));
}

/** `stop` is a string or a list; an empty list is accepted and means none. */
function readStop(body: Place): readonly string[] | undefined {
  const stop = body.object["stop"] ?? undefined;
  if (stop === undefined) return undefined;
  if (typeof stop === "string") return [stop];
  const sequences = Array.isArray(stop) ? stop.filter((item) => typeof item === "string") : [];
  if (!Array.isArray(stop) || sequences.length < stop.length) {
    return blame(body, "stop", "a string or an array of strings");
  }
  return sequences.length === 0 ? undefined : sequences;
}

const efforts: ReadonlySet<string> = new Set(["none", "minimal", "low", "medium", "high", "xhigh", "max"]);

function isEffort(text: string): text is Effort {
  return efforts.has(text);
}

/** Reads `reasoning`. How long a summary shall be has no canonical form and is declared. */
export function readReasoningSettings(body: Place): Call["reasoning"] {
  const place = optionalObject(body, "reasoning");
  if (place === undefined) return undefined;
  const effort = optionalString(place, "effort");
  if (effort !== undefined && !isEffort(effort)) return blame(place, "effort", [...efforts].join(", "));
  const summary = optionalString(place, "summary") ?? optionalString(place, "generate_summary");
  if (summary === "concise" || summary === "detailed") {
    place.notes.warnings.push({
      kind: "changed",
      subject: "reasoning.summary",
      note: "The provider chooses the length.",
    });
  }
  if (effort === undefined && summary === undefined) return undefined;
  return {
    ...(effort !== undefined && { effort }),
    ...(summary !== undefined && { show: "summary" as const }),
  };
}

/** What of `reasoning` and `text` has a canonical form; the rest of them goes to the extensions. */
export const settingsRead: ReadonlyMap<string, readonly string[]> = new Map([
  ["reasoning", ["effort", "summary", "generate_summary"]],
  ["text", ["format"]],
]);

const schemaMembers: ReadonlySet<string> = new Set(["type", "name", "schema", "strict"]);

/** Reads `text.format`; a description of the schema is declared as dropped. */
export function readOutput(body: Place): Call["output"] {
  const text = optionalObject(body, "text");
  if (text === undefined) return undefined;
  const format = optionalObject(text, "format");
  const type = format && requiredString(format, "type");
  switch (type) {
    case undefined:
    case "text":
      return undefined;
    case "json_object":
      return { kind: "json" };
    case "json_schema": {
      if (format === undefined) return undefined;
      declareRest(format, schemaMembers);
      const name = requiredString(format, "name");
      const schema = requiredObject(format, "schema");
      const strict = optionalBoolean(format, "strict") ?? false;
      if (name === undefined || schema === undefined) return undefined;
      return { kind: "schema", name, schema: schema.object, strict };
    }
    default:
      return format && blame(format, "type", "text, json_object or json_schema");
  }
}

/** The end user: the identifier that replaced `user`, else that one. */
export function readEndUser(body: Place): string | undefined {
  const identifier = optionalString(body, "safety_identifier");
  const user = optionalString(body, "user");
  if (identifier !== undefined && user !== undefined && identifier !== user) {
    body.notes.warnings.push({ kind: "dropped", subject: "user", note: "safety_identifier is given too" });
  }
  return identifier ?? user;
}

/** State of an earlier call: `previous_response_id`, or a conversation by its id. */
export function readContinues(body: Place): Call["continues"] {
  const answer = optionalString(body, "previous_response_id");
  if (answer !== undefined && isMinted(answer)) {
    blame(body, "previous_response_id", "the id of an answer that is still kept");
    return undefined;
  }
  const conversation =
    typeof body.object["conversation"] === "string"
      ? body.object["conversation"]
      : conversationId(optionalObject(body, "conversation"));
  if (answer === undefined && conversation === undefined) return undefined;
  return {
    ...(answer !== undefined && { answer }),
    ...(conversation !== undefined && { conversation }),
  };
}

function conversationId(place: Place | undefined): string | undefined {
  return place && requiredString(place, "id");
}
