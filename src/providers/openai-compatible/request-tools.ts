import type { Call, Tool } from "../../exchange/call.ts";
import { toolsAmong } from "../../exchange/emulation.ts";
import { isJsonObject, type Json, type Printable, printJson } from "../../kernel/json.ts";
import type { Ledger } from "./ledger.ts";
import type { QuirkProfile } from "./quirks.ts";
import { qualifiesForStrict } from "./strict-schema.ts";

type Members = { readonly [member: string]: Printable };

/** What tools are written by. */
interface Writing {
  readonly call: Call;
  readonly quirks: QuirkProfile;
  readonly ledger: Ledger;
}

/** `tools`, `tool_choice` and `parallel_tool_calls`. */
export function toolMembers(writing: Writing): Members {
  const { call, quirks, ledger } = writing;
  const tools = call.tools.flatMap((tool) => toolOf(tool, writing));
  if (tools.length === 0) return {};
  const { toolChoice, parallelTools } = call;
  const takesFlag = quirks.acceptsParallelFlag;
  // That several calls may come is what every server does unasked.
  if (parallelTools === false && !takesFlag) ledger.note({ kind: "dropped", subject: "parallel_tool_calls" });
  return {
    tools,
    ...(toolChoice !== undefined && { tool_choice: choiceOf(toolChoice, writing) }),
    ...(parallelTools !== undefined && takesFlag && { parallel_tool_calls: parallelTools }),
  };
}

function toolOf(tool: Tool, writing: Writing): readonly Printable[] {
  const { call, ledger } = writing;
  switch (tool.kind) {
    case "function": {
      if (tool.cache !== undefined) ledger.note({ kind: "dropped", subject: "cache_control" });
      const isStrict = tool.strict === true && qualifiesForStrict(tool.parameters);
      if (tool.strict === true && !isStrict) ledger.note({ kind: "dropped", subject: "strict" });
      return [
        {
          type: "function",
          function: {
            name: tool.name,
            ...(tool.description !== undefined && { description: tool.description }),
            ...(tool.parameters !== undefined && { parameters: tool.parameters }),
            ...(isStrict && { strict: true }),
          },
        },
      ];
    }
    case "custom":
      if (tool.cache !== undefined) ledger.note({ kind: "dropped", subject: "cache_control" });
      return [customTool(tool, writing)];
    case "opaque":
      if (call.source === "openai-chat") return [tool.raw];
      ledger.refuse("unsupported_content", `a tool of type ${tool.type}`);
      return [];
  }
}

/** A tool with free input as it is, or as a function with one string, whose calls the client's side takes apart again. */
function customTool(
  { name, description, format }: Extract<Tool, { kind: "custom" }>,
  { quirks, ledger }: Writing,
): Printable {
  const described = description === undefined ? {} : { description };
  if (quirks.customTools === "native") {
    return {
      type: "custom",
      custom: { name, ...described, ...(format !== undefined && { format: chatFormat(format) }) },
    };
  }
  const note = "as a function with one string, input";
  ledger.note({ kind: "emulated", subject: `tool ${name}`, note });
  if (isGrammar(format)) ledger.note({ kind: "dropped", subject: `tool ${name} format` });
  return {
    type: "function",
    function: {
      name,
      ...described,
      parameters: {
        type: "object",
        properties: { input: { type: "string" } },
        required: ["input"],
        additionalProperties: false,
      },
    },
  };
}

/** A grammar in the form of Chat, which nests what Responses has beside the type. */
function chatFormat(format: Json): Json {
  if (!isGrammar(format) || isJsonObject(format["grammar"])) return format;
  const { type, ...grammar } = format;
  return { type: type ?? "grammar", grammar };
}

function isGrammar(format: Json | undefined): format is { readonly [member: string]: Json } {
  return isJsonObject(format) && format["type"] === "grammar";
}

function choiceOf(choice: NonNullable<Call["toolChoice"]>, { call, quirks, ledger }: Writing): Printable {
  const named = (name: string): Printable =>
    quirks.customTools === "native" && isCustom(call, name)
      ? { type: "custom", custom: { name } }
      : { type: "function", function: { name } };
  switch (choice.kind) {
    case "auto":
    case "none":
      return choice.kind;
    case "any":
      return "required";
    case "named":
      return named(choice.name);
    case "among":
      if (!quirks.acceptsAllowedTools) {
        if (toolsAmong(call).toolsAmong !== undefined)
          ledger.note({
            kind: "emulated",
            subject: "tool_choice",
            note: "an answer that calls another tool is refused",
          });
        return choice.isRequired ? "required" : "auto";
      }
      return {
        type: "allowed_tools",
        allowed_tools: { mode: choice.isRequired ? "required" : "auto", tools: choice.names.map(named) },
      };
  }
}

/** Whether the call declares a tool of this name that takes free input. */
function isCustom({ tools }: Call, name: string): boolean {
  return tools.some((tool) => tool.kind === "custom" && tool.name === name);
}

/** The free input of a custom tool as the arguments of the function that stands for it. */
export function emulatedArguments(input: string): string {
  return printJson({ input });
}
