import type { Call } from "../../exchange/call.ts";
import type { DecodeContext, Decoding } from "../../exchange/codec.ts";
import { type JsonSlice, jsonSlice } from "../../framing/json-slices.ts";
import { isJsonObject, type Json, parseJson, printJson, RawJson } from "../../kernel/json.ts";
import { invalid, scanBody } from "./body.ts";
import { readInput } from "./decode-input.ts";
import {
  type Included,
  readContinues,
  readEndUser,
  readInclude,
  readOutput,
  readReasoningSettings,
  readSampling,
  settingsRead,
} from "./decode-settings.ts";
import { isOwnChoice, readToolChoice, readTools } from "./decode-tools.ts";
import {
  blame,
  optionalBoolean,
  optionalObject,
  optionalString,
  type Place,
  requiredString,
} from "./fields.ts";
import { joinEarlier, ownPath } from "./transcript.ts";

/**
 * Reads a whole Responses request into the canonical form. Every fault is reported, not only the first. Unknown members
 * go to `extensions`, members of known items that have no canonical form are declared as dropped.
 */
export function decodeCall(body: Uint8Array, context: Pick<DecodeContext, "unwrap" | "earlier">): Decoding {
  const joined = joinEarlier(body, context.earlier);
  const decoding = decodeJoined(joined.body, context);
  if (decoding.kind === "invalid") {
    const problems = decoding.problems.map(({ path, ...rest }) => ({ ...rest, path: ownPath(path, joined) }));
    return { kind: "invalid", problems };
  }
  const { follows } = joined;
  return follows === undefined ? decoding : { ...decoding, call: { ...decoding.call, follows } };
}

function decodeJoined(body: Uint8Array, context: Pick<DecodeContext, "unwrap">): Decoding {
  const scanned = scanBody(body);
  if (scanned.kind === "invalid") return scanned;
  const object = parseJson(scanned.text);
  if (!isJsonObject(object)) return invalid("", "JSON", "a string with a bad escape or a control character");
  const slice = jsonSlice(scanned.text);
  const place: Place = { object, path: "", slice: () => slice, notes: { problems: [], warnings: [] } };
  const call = readCall(place, context);
  const { problems, warnings } = place.notes;
  return problems.length > 0 ? { kind: "invalid", problems } : { kind: "call", call, warnings };
}

function readCall(body: Place, context: Pick<DecodeContext, "unwrap">): Call {
  const model = requiredString(body, "model") ?? "";
  if (body.object["model"] === "") blame(body, "model", "a model name");
  if (!hasInput(body)) blame(body, "input", "a string or an array of items");
  const instructions = optionalString(body, "instructions") ?? "";
  const included = readInclude(body);
  return {
    source: "openai-responses",
    model,
    instructions: instructions === "" ? [] : [{ kind: "text", text: instructions }],
    turns: readInput(body, { target: {}, ...context }),
    tools: readTools(body),
    ...defined({
      toolChoice: readToolChoice(body),
      parallelTools: optionalBoolean(body, "parallel_tool_calls"),
      output: readOutput(body),
      reasoning: readReasoningSettings(body),
      tier: optionalString(body, "service_tier"),
      endUser: readEndUser(body),
      metadata: optionalObject(body, "metadata")?.object,
      continues: readContinues(body),
      isStored: optionalBoolean(body, "store"),
    }),
    sampling: readSampling(body, included),
    isStream: optionalBoolean(body, "stream") ?? false,
    wantsUsage: true,
    extensions: extensionsOf(body, included),
  };
}

/** The members that are told. */
function defined<Members extends object>(
  members: Members,
): { readonly [Name in keyof Members]?: Exclude<Members[Name], undefined> } {
  const told: { [Name in keyof Members]?: Exclude<Members[Name], undefined> } = {};
  for (const name in members) {
    const value = members[name];
    if (isTold(value)) told[name] = value;
  }
  return told;
}

function isTold<Value>(value: Value): value is Exclude<Value, undefined> {
  return value !== undefined;
}

/** A request without input goes on from state that the provider keeps. */
function hasInput({ object }: Place): boolean {
  return ["input", "previous_response_id", "conversation", "prompt"].some(
    (name) => (object[name] ?? undefined) !== undefined,
  );
}

/** Members that `Call` has a place for; `sallyport` is the gateway's own and goes nowhere. */
const mapped: ReadonlySet<string> = new Set([
  "model",
  "input",
  "instructions",
  "tools",
  "tool_choice",
  "parallel_tool_calls",
  "include",
  "temperature",
  "top_p",
  "stop",
  "presence_penalty",
  "frequency_penalty",
  "max_output_tokens",
  "service_tier",
  "safety_identifier",
  "user",
  "metadata",
  "previous_response_id",
  "conversation",
  "store",
  "stream",
  "sallyport",
]);

/** What the canonical form has no place for, as its text; `null` and the defaults that ask for nothing are left out. */
function extensionsOf(body: Place, { hasLogprobs, rest }: Included): ReadonlyMap<string, RawJson> {
  const extensions = new Map<string, RawJson>();
  const slice = body.slice();
  for (const [name, value] of Object.entries(body.object)) {
    const read = settingsRead.get(name);
    if (read !== undefined) {
      const left = restOf(value, slice?.member(name), read);
      if (left !== undefined) extensions.set(name, left);
      continue;
    }
    if (name === "tool_choice" ? !isOwnChoice(value) : mapped.has(name)) continue;
    if (value === null || asksNothing(name, value) || (name === "top_logprobs" && hasLogprobs)) continue;
    extensions.set(name, new RawJson(slice?.member(name)?.text() ?? "null"));
  }
  if (rest.length > 0) extensions.set("include", new RawJson(JSON.stringify(rest)));
  return extensions;
}

/** An object without the members that were read, as text; `undefined` when nothing is left. */
function restOf(value: Json, slice: JsonSlice | undefined, read: readonly string[]): RawJson | undefined {
  const left = Object.entries(isJsonObject(value) ? value : {})
    .filter(([name, member]) => member !== null && !read.includes(name))
    .map(([name]): [string, RawJson] => [name, new RawJson(slice?.member(name)?.text() ?? "null")]);
  return left.length === 0 ? undefined : new RawJson(printJson(Object.fromEntries(left)));
}

function asksNothing(name: string, value: Json): boolean {
  switch (name) {
    case "background":
      return value === false;
    case "truncation":
      return value === "disabled";
    case "top_logprobs":
      return value === 0;
    default:
      return false;
  }
}
