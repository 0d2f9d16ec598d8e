import type { Call, Tool } from "../../exchange/call.ts";
import { isJsonObject, type Json, type JsonObject } from "../../kernel/json.ts";
import {
  blame,
  objectsOf,
  optionalBoolean,
  optionalObject,
  optionalString,
  type Place,
  requiredObject,
  requiredString,
} from "./fields.ts";

/** Reads `tools`, and `functions`, which were before them. */
export function readTools(body: Place): readonly Tool[] {
  const tools = objectsOf(body, "tools").flatMap((place): readonly Tool[] => {
    const type = requiredString(place, "type");
    switch (type) {
      case undefined:
        return [];
      case "function": {
        const called = requiredObject(place, "function");
        return called === undefined ? [] : readFunction(called);
      }
      case "custom": {
        const custom = requiredObject(place, "custom");
        return custom === undefined ? [] : readCustom(custom);
      }
      default: {
        const { name } = place.object;
        return [{ kind: "opaque", type, ...(typeof name === "string" && { name }), raw: place.object }];
      }
    }
  });
  return [...tools, ...objectsOf(body, "functions").flatMap(readFunction)];
}

function readCustom(place: Place): readonly Tool[] {
  const name = requiredString(place, "name");
  if (name === undefined) return [];
  const description = optionalString(place, "description");
  const format = optionalObject(place, "format")?.object;
  return [
    {
      kind: "custom",
      name,
      ...(description !== undefined && { description }),
      ...(format !== undefined && { format: flatFormat(format) }),
    },
  ];
}

/** The format with a grammar's members beside its type, as Responses has them: Chat nests them once more. */
function flatFormat(format: JsonObject): Json {
  const { grammar, ...rest } = format;
  return isJsonObject(grammar) ? { ...rest, ...grammar } : format;
}

function readFunction(place: Place): readonly Tool[] {
  const name = requiredString(place, "name");
  if (name === undefined) return [];
  const description = optionalString(place, "description");
  const parameters = optionalObject(place, "parameters")?.object;
  const strict = optionalBoolean(place, "strict");
  return [
    {
      kind: "function",
      name,
      ...(description !== undefined && { description }),
      ...(parameters !== undefined && { parameters }),
      ...(strict !== undefined && { strict }),
    },
  ];
}

/**
 * Reads `tool_choice`, or `function_call`. `undefined` for none, and for forms that only Chat has: those stay among
 * the extensions.
 */
export function readToolChoice(body: Place): Call["toolChoice"] {
  const member = (body.object["tool_choice"] ?? undefined) === undefined ? "function_call" : "tool_choice";
  const choice = body.object[member] ?? undefined;
  switch (choice) {
    case undefined:
      return undefined;
    case "auto":
    case "none":
      return { kind: choice };
    case "required":
      return { kind: "any" };
    default:
      break;
  }
  if (typeof choice !== "object") return blame(body, member, "none, auto, required or an object");
  const place = optionalObject(body, member);
  if (place === undefined || isChatOnlyChoice(place.object)) return undefined;
  if (member === "function_call") return readNamed(place);
  const type = place.object["type"];
  if (type === "allowed_tools") return readAllowed(place);
  const called = requiredObject(place, type === "custom" ? "custom" : "function");
  return called && readNamed(called);
}

function readNamed(place: Place): Call["toolChoice"] {
  const name = requiredString(place, "name");
  return name === undefined ? undefined : { kind: "named", name };
}

function readAllowed(place: Place): Call["toolChoice"] {
  const allowed = requiredObject(place, "allowed_tools");
  if (allowed === undefined) return undefined;
  const { mode } = allowed.object;
  if (mode !== "auto" && mode !== "required") return blame(allowed, "mode", "auto or required");
  const names = objectsOf(allowed, "tools").flatMap(({ object }) => toolNameIn(object) ?? []);
  return { kind: "among", names, isRequired: mode === "required" };
}

function toolNameIn(tool: JsonObject): string | undefined {
  const { type } = tool;
  const called = type === "function" || type === "custom" ? tool[type] : undefined;
  const name = isJsonObject(called) ? called["name"] : undefined;
  return typeof name === "string" ? name : undefined;
}

/** Whether a choice has a form that the canonical call has no place for: another type, or an allowed tool without a name. */
export function isChatOnlyChoice(choice: unknown): boolean {
  if (!isJsonObject(choice) || typeof choice["type"] !== "string") return false;
  const { type, allowed_tools: allowed } = choice;
  if (type !== "allowed_tools") return type !== "function" && type !== "custom";
  const tools = isJsonObject(allowed) ? allowed["tools"] : undefined;
  return Array.isArray(tools) && tools.filter(isJsonObject).some((tool) => toolNameIn(tool) === undefined);
}
