import type { Call, Tool } from "../../exchange/call.ts";
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
    if (type === undefined) return [];
    if (type !== "function") return [{ kind: "opaque", type, ...opaqueName(place), raw: place.object }];
    const called = requiredObject(place, "function");
    return called === undefined ? [] : readFunction(called);
  });
  return [...tools, ...objectsOf(body, "functions").flatMap(readFunction)];
}

function opaqueName(place: Place): { readonly name?: string } {
  const custom = place.object["custom"];
  const name = typeof custom === "object" && custom !== null && "name" in custom ? custom["name"] : undefined;
  return typeof name === "string" ? { name } : {};
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
  const called = member === "function_call" ? place : requiredObject(place, "function");
  const name = called && requiredString(called, "name");
  return name === undefined ? undefined : { kind: "named", name };
}

/** Whether a choice names a form the canonical call has no place for: allowed tools, custom tools. */
export function isChatOnlyChoice(choice: unknown): boolean {
  if (typeof choice !== "object" || choice === null || !("type" in choice)) return false;
  return typeof choice.type === "string" && choice.type !== "function";
}
