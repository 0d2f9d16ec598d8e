import type { Call, Tool } from "../../exchange/call.ts";
import { isJsonObject, type Json, type JsonObject } from "../../kernel/json.ts";
import { decodeCacheMark } from "./decode-parts.ts";
import { complain, declareRest, type Notes } from "./notes.ts";

/** The tools in the client's order, which providers' prompt caches depend on. */
export function decodeTools(value: Json | undefined, notes: Notes): readonly Tool[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) {
    complain(notes, "tools", { expected: "an array of tools", got: value });
    return [];
  }
  return value.flatMap((item: Json, index) => decodeTool(item, `tools[${index}]`, notes));
}

const toolMembers = new Set(["type", "name", "description", "input_schema", "strict", "cache_control"]);

function decodeTool(tool: Json, path: string, notes: Notes): readonly Tool[] {
  if (!isJsonObject(tool)) {
    complain(notes, path, { expected: "a tool", got: tool });
    return [];
  }
  const { type, name, description, input_schema: parameters, strict } = tool;
  if (typeof type === "string" && type !== "custom" && type !== "function") {
    return [{ kind: "opaque", type, ...(typeof name === "string" ? { name } : {}), raw: tool }];
  }
  if (typeof name !== "string" || name === "") {
    complain(notes, `${path}.name`, { expected: "a tool's name", got: name });
    return [];
  }
  if (!isJsonObject(parameters)) {
    complain(notes, `${path}.input_schema`, { expected: "a JSON Schema", got: parameters });
    return [];
  }
  declareRest(notes, { object: tool, known: toolMembers, path });
  const cache = decodeCacheMark(tool["cache_control"]);
  return [
    {
      kind: "function",
      name,
      ...(typeof description === "string" ? { description } : {}),
      parameters,
      ...(typeof strict === "boolean" ? { strict } : {}),
      ...(cache === undefined ? {} : { cache }),
    },
  ];
}

/** `tool_choice` with its switch for parallel calls. */
export function decodeToolChoice(
  value: Json | undefined,
  notes: Notes,
): Pick<Call, "toolChoice" | "parallelTools"> {
  if (value === undefined || value === null) return {};
  const toolChoice = isJsonObject(value) ? choiceOf(value) : undefined;
  if (!isJsonObject(value) || toolChoice === undefined) {
    const expected = 'an object of type "auto", "any", "none", or "tool" with a name';
    complain(notes, "tool_choice", { expected, got: value });
    return {};
  }
  const disabled = value["disable_parallel_tool_use"];
  return { toolChoice, ...(typeof disabled === "boolean" ? { parallelTools: !disabled } : {}) };
}

function choiceOf(value: JsonObject): Call["toolChoice"] | undefined {
  const { type, name } = value;
  if (type === "auto" || type === "any" || type === "none") return { kind: type };
  return type === "tool" && typeof name === "string" ? { kind: "named", name } : undefined;
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
