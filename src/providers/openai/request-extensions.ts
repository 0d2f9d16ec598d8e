import type { Call } from "../../exchange/call.ts";
import { isJsonObject, type Json, type Printable, parseJson, RawJson } from "../../kernel/json.ts";
import { camelCase, type Ledger } from "./ledger.ts";

type Members = { readonly [member: string]: Printable };

/**
 * The members of a request with those of the client's body that the canonical form has no place for. A client of this
 * dialect keeps all of its own; of a Chat client's, those that mean the same here pass. All others are declared by
 * name, or refuse the call where the answer would be of another kind.
 */
export function mergeExtensions(members: Members, call: Call, ledger: Ledger): Members {
  if (call.source === "openai-responses") return mergeOwn(members, call, ledger);
  if (call.source === "openai-chat") return mergeChat(members, call, ledger);
  for (const [name, value] of call.extensions) leaveOut(name, value, ledger);
  return members;
}

function mergeOwn(members: Members, { extensions }: Call, ledger: Ledger): Members {
  // An answer that is fetched later has no canonical form.
  if (extensions.get("background")?.text === "true")
    ledger.refuse("unsupported_parameter", "background", "background");
  const merged: { [member: string]: Printable } = { ...members };
  for (const [name, value] of extensions) merged[name] = joined(merged[name], value);
  return merged;
}

/** What the canonical form has of a member, joined with what else the client said in it: `text`, `include`. */
function joined(ours: Printable | undefined, theirs: RawJson): Printable {
  const value = ours === undefined ? undefined : parseJson(theirs.text);
  if (isJsonObject(value) && isMembers(ours)) return { ...value, ...ours };
  if (Array.isArray(value) && Array.isArray(ours)) {
    return [...value, ...ours.filter((item: Printable) => !value.some((their: Json) => their === item))];
  }
  return theirs;
}

function isMembers(value: Printable | undefined): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof RawJson);
}

/** Members that mean the same in both dialects. */
const shared: ReadonlySet<string> = new Set([
  "prompt_cache_key",
  "prompt_cache_options",
  "prompt_cache_retention",
  "moderation",
]);
/** Members that are read elsewhere. */
const read: ReadonlySet<string> = new Set(["verbosity", "store"]);

function mergeChat(members: Members, { extensions }: Call, ledger: Ledger): Members {
  const merged: { [member: string]: Printable } = { ...members };
  for (const [name, value] of extensions) {
    if (shared.has(name)) merged[name] = value;
    else if (!read.has(name)) leaveOut(name, value, ledger);
  }
  const verbosity = extensions.get("verbosity");
  if (verbosity === undefined) return merged;
  const text = members["text"];
  return { ...merged, text: isMembers(text) ? { ...text, verbosity } : { verbosity } };
}

function leaveOut(name: string, value: RawJson, ledger: Ledger): void {
  if (asksOtherwise(name, value)) ledger.refuse("unsupported_parameter", name, name);
  else ledger.note({ kind: "dropped", subject: name });
}

/** Members whose absence would change what was asked: a place, servers or a search that only their own provider has. */
const neverLeftOut: ReadonlySet<string> = new Set([
  "cachedContent",
  "container",
  "mcpServers",
  "responseMimeType",
  "toolChoice",
  "webSearchOptions",
]);

/** Whether leaving the member out would give an answer of another kind than the client asked for. */
function asksOtherwise(name: string, { text }: RawJson): boolean {
  // Gemini's stand as `generationConfig.responseModalities`.
  const last = camelCase(name.slice(name.lastIndexOf(".") + 1));
  if (neverLeftOut.has(last)) return text !== "null";
  const value = parseJson(text);
  switch (last) {
    case "logprobs":
      return value === true;
    case "topLogprobs":
      return typeof value === "number" && value > 0;
    case "logitBias":
      return isJsonObject(value) && Object.keys(value).length > 0;
    case "audio":
    case "speechConfig":
      return isJsonObject(value);
    case "modalities":
    case "responseModalities":
      return (
        Array.isArray(value) && value.some((modality: Json) => modality !== "text" && modality !== "TEXT")
      );
    default:
      return false;
  }
}
