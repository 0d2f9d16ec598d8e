import type { Call, Tool } from "../../exchange/call.ts";
import { isJsonObject, type Printable } from "../../kernel/json.ts";
import type { ModelAbilities } from "./model-version.ts";
import { type RequestNotes, refuse } from "./request-notes.ts";

/** Writes the tools in the client's order; `undefined` for none. */
export function encodeTools(
  call: Call,
  abilities: ModelAbilities,
  notes: RequestNotes,
): Printable | undefined {
  if (call.tools.length === 0) return undefined;
  return call.tools.map((tool): Printable => {
    if (tool.kind === "function") return encodeFunction(tool, abilities, notes);
    if (tool.kind === "custom") return encodeCustom(tool, notes);
    if (call.source === "anthropic-messages") return tool.raw;
    return refuse("unsupported_parameter", "tools", `This model does not take tools of type ${tool.type}.`);
  });
}

/**
 * A tool with free input as one with a single string, `input`. The call that comes back has it in its arguments; the
 * client's side, which knows what was declared, takes it out again. A grammar cannot be held to here.
 */
function encodeCustom(
  { name, description, format, cache }: Extract<Tool, { kind: "custom" }>,
  notes: RequestNotes,
): Printable {
  notes.warnings.push({
    kind: "emulated",
    subject: `tool ${name}`,
    note: "as a tool with one string, input",
  });
  if (isJsonObject(format) && format["type"] === "grammar")
    notes.warnings.push({ kind: "dropped", subject: `tool ${name} format` });
  return {
    name,
    description,
    input_schema: {
      type: "object",
      properties: { input: { type: "string" } },
      required: ["input"],
      additionalProperties: false,
    },
    ...notes.cacheControl(cache),
  };
}

/** The free input of a custom tool as the input of the tool that stands for it. */
export function emulatedInput(text: string): Printable {
  return { input: text };
}

function encodeFunction(
  { name, description, parameters, strict, cache }: Extract<Tool, { kind: "function" }>,
  abilities: ModelAbilities,
  notes: RequestNotes,
): Printable {
  if (strict === true && !abilities.schema)
    notes.warnings.push({ kind: "dropped", subject: `tool ${name} strict` });
  const schema = isJsonObject(parameters) ? parameters : {};
  return {
    name,
    description,
    input_schema: typeof schema["type"] === "string" ? schema : { type: "object", ...schema },
    strict: strict === true && abilities.schema ? true : undefined,
    ...notes.cacheControl(cache),
  };
}

/** Writes `tool_choice`; without tools it would be refused, and says nothing. */
export function encodeToolChoice(
  { toolChoice, parallelTools, tools }: Call,
  { warnings }: Pick<RequestNotes, "warnings">,
): Printable | undefined {
  if (tools.length === 0) return undefined;
  const disable = parallelTools === false ? true : undefined;
  if (toolChoice === undefined) return disable && { type: "auto", disable_parallel_tool_use: disable };
  switch (toolChoice.kind) {
    case "none":
      return { type: "none" };
    case "auto":
    case "any":
      return { type: toolChoice.kind, disable_parallel_tool_use: disable };
    case "among":
      warnings.push({ kind: "emulated", subject: "tool_choice", note: amongNote });
      return { type: toolChoice.isRequired ? "any" : "auto", disable_parallel_tool_use: disable };
    case "named":
      return { type: "tool", name: toolChoice.name, disable_parallel_tool_use: disable };
  }
}

const amongNote = "an answer that calls another tool is refused";

/** Whether the model must call a tool, which thinking does not allow. */
export function forcesTool({ toolChoice, tools }: Call): boolean {
  if (tools.length === 0) return false;
  return (
    toolChoice?.kind === "any" ||
    toolChoice?.kind === "named" ||
    (toolChoice?.kind === "among" && toolChoice.isRequired)
  );
}
