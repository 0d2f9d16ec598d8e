import type { Call } from "../../exchange/call.ts";
import type { DecodeContext, Decoding } from "../../exchange/codec.ts";
import { isJsonObject, RawJson } from "../../kernel/json.ts";
import { invalid, placeOfBody, scanBody } from "./body.ts";
import { createCallLedger } from "./call-ledger.ts";
import { decodeContents, decodeInstructions } from "./decode-contents.ts";
import type { PartContext } from "./decode-parts.ts";
import {
  decodeOutput,
  decodeReasoning,
  decodeSampling,
  generationMembers,
  isOtherMimeType,
} from "./decode-settings.ts";
import { decodeToolChoice, decodeTools, toolsWithArguments } from "./decode-tools.ts";
import { camelOf, type Place, placeOf, restOf, stringOf, valueOf } from "./fields.ts";
import type { Notes } from "./notes.ts";
import { modelOf } from "./read.ts";

/**
 * Reads a whole Gemini request into the canonical form. Arguments and parts of unknown kinds keep their text; members
 * without a canonical form go to `extensions`, those of `generationConfig` and `toolConfig` as `generationConfig.…`,
 * all by their names in camelCase; deeper ones are declared as dropped.
 */
export function decodeGemini(body: Uint8Array, context: DecodeContext): Decoding {
  const scanned = scanBody(body);
  if (scanned.kind === "invalid") return scanned;
  const notes: Notes = { problems: [], warnings: [] };
  const place = placeOfBody(body, notes);
  if (typeof place === "string") return invalid("", "a JSON object in UTF-8", place);
  const call = readCall(place, context);
  return notes.problems.length > 0
    ? { kind: "invalid", problems: notes.problems }
    : { kind: "call", call, warnings: notes.warnings };
}

function readCall(body: Place, { target, unwrap }: DecodeContext): Call {
  const tools = decodeTools(body);
  const context: PartContext = {
    ledger: createCallLedger(),
    toolsWithArguments: toolsWithArguments(tools),
    unwrap,
  };
  const config = placeOf(body, "generationConfig");
  const toolChoice = decodeToolChoice(body);
  const output = config && decodeOutput(config);
  const tier = stringOf(body, "serviceTier")?.toLowerCase() ?? "";
  const metadata = placeOf(body, "labels")?.object;
  return {
    source: "gemini-generate",
    model: modelOf(body, target),
    instructions: decodeInstructions(body, context),
    turns: decodeContents(body, context),
    tools,
    ...(toolChoice === undefined ? {} : { toolChoice }),
    ...(output === undefined ? {} : { output }),
    sampling: config === undefined ? {} : decodeSampling(config),
    reasoning: decodeReasoning(config),
    ...(tier === "" || tier === "unspecified" ? {} : { tier }),
    ...(metadata === undefined ? {} : { metadata }),
    isStream: target.isStream === true,
    wantsUsage: true,
    extensions: new Map([
      ...extensionsOf(body, callMembers, ""),
      ...extensionsOf(config, configMembersOf(config), "generationConfig."),
      ...extensionsOf(placeOf(body, "toolConfig"), toolConfigMembers, "toolConfig."),
    ]),
  };
}

/** Members that have a place in `Call`, those that are looked into, and our own. */
const callMembers: ReadonlySet<string> = new Set([
  "model",
  "contents",
  "systemInstruction",
  "tools",
  "toolConfig",
  "generationConfig",
  "serviceTier",
  "labels",
  "sallyport",
]);

const toolConfigMembers: ReadonlySet<string> = new Set(["functionCallingConfig"]);

/** A form of answer that only Gemini has stays with its schema among the extensions. */
const formMembers = new Set(["responseMimeType", "responseSchema", "responseJsonSchema"]);

function configMembersOf(config: Place | undefined): ReadonlySet<string> {
  const type = config && valueOf(config, "responseMimeType");
  return typeof type === "string" && isOtherMimeType(type)
    ? generationMembers.difference(formMembers)
    : generationMembers;
}

function extensionsOf(
  place: Place | undefined,
  known: ReadonlySet<string>,
  prefix: string,
): readonly (readonly [string, RawJson])[] {
  if (place === undefined) return [];
  return restOf(place, known)
    .filter((name) => !asksNothing(name, place))
    .map((name) => [prefix + camelOf(name), new RawJson(place.raw()?.member(name)?.text() ?? "null")]);
}

/** Whether a member only says aloud what is so without it: text as the only modality. */
function asksNothing(name: string, { object }: Place): boolean {
  const value = object[name];
  if (isJsonObject(value)) return Object.keys(value).length === 0;
  if (!Array.isArray(value)) return false;
  const isText = camelOf(name) === "responseModalities" && value.every((modality) => modality === "TEXT");
  return value.length === 0 || isText;
}
