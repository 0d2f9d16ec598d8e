import type { Call, Tool } from "../../exchange/call.ts";
import { isJsonObject, type Json } from "../../kernel/json.ts";
import {
  blame,
  objectsOf,
  optionalBoolean,
  optionalObject,
  optionalString,
  type Place,
  pathOf,
  requiredString,
} from "./fields.ts";

/** Reads `tools`: functions and custom tools; all others are the dialect's own. */
export function readTools(body: Place): readonly Tool[] {
  return objectsOf(body, "tools").flatMap((place): readonly Tool[] => {
    const type = requiredString(place, "type");
    switch (type) {
      case undefined:
        return [];
      case "function":
        return readFunction(place);
      case "custom":
        return readCustom(place);
      default: {
        const { name } = place.object;
        return [{ kind: "opaque", type, ...(typeof name === "string" && { name }), raw: place.object }];
      }
    }
  });
}

function readFunction(place: Place): readonly Tool[] {
  declareTool(place, ["type", "name", "description", "parameters", "strict"]);
  const name = requiredString(place, "name");
  const description = optionalString(place, "description");
  const parameters = optionalObject(place, "parameters")?.object;
  const strict = optionalBoolean(place, "strict");
  if (name === undefined) return [];
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

function readCustom(place: Place): readonly Tool[] {
  declareTool(place, ["type", "name", "description", "format"]);
  const name = requiredString(place, "name");
  const description = optionalString(place, "description");
  const format = optionalObject(place, "format")?.object;
  if (name === undefined) return [];
  return [
    {
      kind: "custom",
      name,
      ...(description !== undefined && { description }),
      ...(format !== undefined && { format }),
    },
  ];
}

/** Declares what a tool asks for beyond these members; flags that are off ask for nothing. */
function declareTool(place: Place, known: readonly string[]): void {
  for (const [name, value] of Object.entries(place.object)) {
    if (!known.includes(name) && value !== null && value !== false)
      place.notes.warnings.push({ kind: "dropped", subject: pathOf(place, name) });
  }
}

/**
 * Reads `tool_choice`. `undefined` for none, and for forms that name tools of the dialect's own: those stay among the
 * extensions.
 */
export function readToolChoice(body: Place): Call["toolChoice"] {
  const choice = body.object["tool_choice"] ?? undefined;
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
  if (!isJsonObject(choice)) return blame(body, "tool_choice", "none, auto, required or an object");
  const place = optionalObject(body, "tool_choice");
  if (place === undefined || isOwnChoice(choice)) return undefined;
  if (choice["type"] === "allowed_tools") {
    const names = objectsOf(place, "tools").flatMap((tool) => requiredString(tool, "name") ?? []);
    return { kind: "among", names, isRequired: choice["mode"] === "required" };
  }
  const name = requiredString(place, "name");
  return name === undefined ? undefined : { kind: "named", name };
}

/** Whether a choice names tools that the canonical call cannot name. */
export function isOwnChoice(choice: Json | undefined): boolean {
  if (!isJsonObject(choice)) return false;
  const { type, tools } = choice;
  if (type !== "allowed_tools") return typeof type === "string" && !hasName(type);
  return Array.isArray(tools) && !tools.every((tool: Json) => isJsonObject(tool) && hasName(tool["type"]));
}

function hasName(type: Json | undefined): boolean {
  return type === "function" || type === "custom";
}
