import type { Part } from "../../exchange/part.ts";
import { isJsonObject, type Json, type JsonObject, parseJson } from "../../kernel/json.ts";
import type { CallLedger } from "./call-ledger.ts";
import { decodeMedia } from "./decode-media.ts";
import {
  blame,
  declareRest,
  type Place,
  placesOf,
  rawOf,
  requiredString,
  stringOf,
  valueOf,
} from "./fields.ts";

/** What reading calls and their results needs besides them. */
export interface CallContext {
  readonly ledger: CallLedger;
  /** Names of tools that declare a parameter called `arguments`: what stands there is theirs, not our wrapping. */
  readonly toolsWithArguments: ReadonlySet<string>;
}

type ToolCall = Extract<Part, { kind: "tool-call" }>;

const callMembers = new Set(["name", "args", "id"]);
const resultMembers = new Set(["name", "response", "id", "parts"]);

/** Reads a `functionCall`; its arguments stay the text they are. */
export function decodeCall(place: Place, context: CallContext): ToolCall | undefined {
  const name = requiredString(place, "name");
  const args = valueOf(place, "args");
  if (args !== undefined && !isJsonObject(args)) blame(place, "args", "an object");
  if (name === undefined) return undefined;
  declareRest(place, callMembers);
  const wrapped = isJsonObject(args) && !context.toolsWithArguments.has(name) ? unwrap(args) : undefined;
  const argumentsText = wrapped ?? rawOf(place, "args")?.text ?? "";
  return { kind: "tool-call", id: context.ledger.call(name, idOf(place)), name, argumentsText };
}

/** Reads a `functionResponse`. */
export function decodeResult(place: Place, context: CallContext): readonly Part[] {
  const name = requiredString(place, "name");
  const response = valueOf(place, "response");
  if (response !== undefined && !isJsonObject(response)) blame(place, "response", "an object");
  if (name === undefined) return [];
  declareRest(place, resultMembers);
  const { text, isError } = isJsonObject(response) ? readResponse(response, place) : silence;
  const media = placesOf(place, "parts").flatMap((part) => {
    const data = valueOf(part, "inlineData") === undefined ? "fileData" : "inlineData";
    return valueOf(part, data) === undefined
      ? (blame(part, "inlineData", "an object") ?? [])
      : decodeMedia(part, data);
  });
  const content: readonly Part[] = text === "" ? media : [{ kind: "text", text }, ...media];
  return [{ kind: "tool-result", callId: context.ledger.result(name, idOf(place)), name, isError, content }];
}

const silence = { text: "", isError: false } as const;

function idOf(place: Place): string | undefined {
  const id = stringOf(place, "id");
  return id === "" ? undefined : id;
}

/**
 * What a response says: the value of a lone `output`, `result` or `error`, as Google documents them, else all of it as
 * its own text.
 */
function readResponse(
  response: JsonObject,
  place: Place,
): { readonly text: string; readonly isError: boolean } {
  const names = Object.keys(response);
  const [name] = names;
  const isAlone = names.length === 1 && name !== undefined && spokenMembers.has(name);
  const raw = place.raw()?.member("response");
  if (!isAlone) return { text: raw?.text() ?? "", isError: false };
  const value: Json | undefined = response[name];
  const text = typeof value === "string" ? value : (raw?.member(name)?.text() ?? "");
  return { text, isError: name === "error" };
}

const spokenMembers = new Set(["output", "result", "error"]);

/**
 * Arguments that were no JSON object cross to this dialect as `{"arguments": "<text>"}`; here they come back.
 * `undefined` when `args` is not such a wrapping.
 */
function unwrap(args: JsonObject): string | undefined {
  const text = args["arguments"];
  if (typeof text !== "string" || Object.keys(args).length !== 1) return undefined;
  return isJsonObject(parseJson(text)) ? undefined : text;
}
