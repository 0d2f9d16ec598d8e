import type { Call, Tool } from "../../exchange/call.ts";
import { isJsonObject, type Json } from "../../kernel/json.ts";
import {
  blame,
  booleanOf,
  camelOf,
  declareRest,
  type Place,
  pathOf,
  placeOf,
  placesOf,
  requiredString,
  spelledOf,
  stringOf,
  stringsOf,
  valueOf,
} from "./fields.ts";
import { jsonSchemaOf } from "./openapi-schema.ts";

/** The tools in the client's order, which providers' prompt caches depend on. Tools that Google runs are opaque. */
export function decodeTools(body: Place): readonly Tool[] {
  return placesOf(body, "tools").flatMap((place) =>
    Object.keys(place.object).flatMap((name): readonly Tool[] => {
      const type = camelOf(name);
      const value = place.object[name] ?? null;
      if (value === null) return [];
      if (type === "functionDeclarations") return placesOf(place, type).flatMap(decodeFunction);
      return [{ kind: "opaque", type, raw: { [name]: value } }];
    }),
  );
}

const functionMembers = new Set(["name", "description", "parameters", "parametersJsonSchema"]);

function decodeFunction(place: Place): readonly Tool[] {
  const name = requiredString(place, "name");
  if (name === "") blame(place, "name", "a function's name");
  const description = stringOf(place, "description");
  declareRest(place, functionMembers);
  const parameters = parametersOf(place);
  if (name === undefined) return [];
  return [
    {
      kind: "function",
      name,
      ...(description === undefined ? {} : { description }),
      ...(parameters === undefined ? {} : { parameters }),
    },
  ];
}

/** The parameters as JSON Schema, whichever of the two members tells them. */
function parametersOf(place: Place): Json | undefined {
  const member =
    spelledOf(place, "parametersJsonSchema") === undefined ? "parameters" : "parametersJsonSchema";
  const schema = valueOf(place, member);
  if (schema === undefined) return undefined;
  if (!isJsonObject(schema)) return blame(place, member, "a schema");
  return member === "parameters" ? jsonSchemaOf(schema) : schema;
}

/** `toolConfig.functionCallingConfig`; the rest of `toolConfig` stays among the extensions. */
export function decodeToolChoice(body: Place): Call["toolChoice"] {
  const toolConfig = placeOf(body, "toolConfig");
  const config = toolConfig && placeOf(toolConfig, "functionCallingConfig");
  if (config === undefined) return undefined;
  declareRest(config, choiceMembers);
  if (booleanOf(config, "streamFunctionCallArguments") === true) {
    const subject = pathOf(config, "streamFunctionCallArguments");
    config.notes.warnings.push({ kind: "dropped", subject, note: "calls come whole" });
  }
  const names = stringsOf(config, "allowedFunctionNames");
  const mode = modeOf(valueOf(config, "mode"));
  const [only] = names;
  switch (mode) {
    case undefined:
      return undefined;
    case "NONE":
      return { kind: "none" };
    case "ANY":
      if (only === undefined) return { kind: "any" };
      return names.length === 1 ? { kind: "named", name: only } : { kind: "among", names, isRequired: true };
    case "VALIDATED":
      config.notes.warnings.push({
        kind: "changed",
        subject: pathOf(config, "mode"),
        note: "VALIDATED became AUTO",
      });
      return only === undefined ? { kind: "auto" } : { kind: "among", names, isRequired: false };
    case "AUTO":
      return only === undefined ? { kind: "auto" } : { kind: "among", names, isRequired: false };
    default:
      return blame(config, "mode", "AUTO, ANY, NONE or VALIDATED");
  }
}

const choiceMembers = new Set(["mode", "allowedFunctionNames", "streamFunctionCallArguments"]);

/** Google's numbers for the modes; its two APIs number the last one differently. */
const modeNumbers = [undefined, "AUTO", "ANY", "NONE", "VALIDATED", "VALIDATED"] as const;

function modeOf(mode: Json | undefined): Json | undefined {
  if (typeof mode === "number") return modeNumbers[mode];
  return mode === "MODE_UNSPECIFIED" || mode === "" ? undefined : mode;
}

/** Names of function tools whose schema has a property called `arguments`. */
export function toolsWithArguments(tools: readonly Tool[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const tool of tools) {
    if (tool.kind !== "function" || !isJsonObject(tool.parameters)) continue;
    const properties = tool.parameters["properties"];
    if (isJsonObject(properties) && Object.hasOwn(properties, "arguments")) names.add(tool.name);
  }
  return names;
}
