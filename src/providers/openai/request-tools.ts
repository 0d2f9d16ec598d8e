import type { Call, Tool } from "../../exchange/call.ts";
import { isJsonObject, type Json, type JsonObject, type Printable } from "../../kernel/json.ts";
import { noteDroppedMark, type Writing } from "./request-writing.ts";
import { qualifiesForStrict } from "./strict-schema.ts";

type Members = { readonly [member: string]: Printable };

/** `tools`, `tool_choice` and `parallel_tool_calls`. */
export function toolMembers(call: Call, writing: Writing): Members {
  const tools = call.tools.flatMap((tool) => toolOf(tool, call, writing));
  if (tools.length === 0) return {};
  return {
    tools,
    ...(call.toolChoice !== undefined && { tool_choice: choiceOf(call.toolChoice, call, writing) }),
    ...(call.parallelTools !== undefined && { parallel_tool_calls: call.parallelTools }),
  };
}

function toolOf(tool: Tool, { source }: Call, writing: Writing): readonly Printable[] {
  if (tool.kind !== "opaque" && tool.cache !== undefined) noteDroppedMark(writing.ledger);
  switch (tool.kind) {
    case "function":
      return [functionTool(tool, writing)];
    case "custom":
      return [customTool(tool)];
    case "opaque": {
      if (writing.isNative) return [tool.raw];
      const custom = source === "openai-chat" ? chatCustomTool(tool.raw) : undefined;
      if (custom !== undefined) return [custom];
      writing.ledger.refuse("unsupported_content", `a tool of type ${tool.type}`, "tools");
      return [];
    }
  }
}

/** Here a function is strict unless it says otherwise; in all other dialects it is not. */
function functionTool(tool: Extract<Tool, { kind: "function" }>, { isNative, ledger }: Writing): Printable {
  const isStrict = tool.strict === true && qualifiesForStrict(tool.parameters);
  if (tool.strict === true && !isStrict) ledger.note({ kind: "dropped", subject: "strict" });
  const isUnsaid = isNative && tool.strict === undefined;
  return {
    type: "function",
    name: tool.name,
    ...(tool.description !== undefined && { description: tool.description }),
    parameters: tool.parameters ?? { type: "object", properties: {} },
    ...(!isUnsaid && { strict: isStrict }),
  };
}

function customTool({
  name,
  description,
  format,
}: Omit<Extract<Tool, { kind: "custom" }>, "kind">): Printable {
  return {
    type: "custom",
    name,
    ...(description !== undefined && { description }),
    ...(format !== undefined && { format: flatFormat(format) }),
  };
}

/** A Chat custom tool that came unread: `{type: "custom", custom: {name, …}}`. */
function chatCustomTool(raw: Json): Printable | undefined {
  const custom = isJsonObject(raw) && raw["type"] === "custom" ? raw["custom"] : undefined;
  if (!isJsonObject(custom) || typeof custom["name"] !== "string") return undefined;
  const { name, description, format } = custom;
  return customTool({
    name,
    ...(typeof description === "string" && { description }),
    ...(format !== undefined && { format }),
  });
}

/** A grammar without the nest that Chat puts it in: `{type: "grammar", grammar: {syntax, definition}}`. */
function flatFormat(format: Json): Json {
  const grammar = isJsonObject(format) ? format["grammar"] : undefined;
  return isJsonObject(grammar) ? { type: "grammar", ...grammar } : format;
}

function choiceOf(
  choice: NonNullable<Call["toolChoice"]>,
  { tools }: Call,
  { isCustom }: Writing,
): Printable {
  const named = (name: string): JsonObject => {
    const opaque = tools.find((tool) => tool.kind === "opaque" && tool.type === name);
    if (opaque !== undefined) return { type: name };
    return { type: isCustom({ name }) ? "custom" : "function", name };
  };
  switch (choice.kind) {
    case "auto":
    case "none":
      return choice.kind;
    case "any":
      return "required";
    case "named":
      return named(choice.name);
    case "among":
      return {
        type: "allowed_tools",
        mode: choice.isRequired ? "required" : "auto",
        tools: choice.names.map(named),
      };
  }
}
