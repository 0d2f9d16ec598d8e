import type { Call, Tool } from "../../exchange/call.ts";
import { toolsAmong } from "../../exchange/emulation.ts";
import { isJsonObject, type Printable } from "../../kernel/json.ts";
import type { Ledger } from "./ledger.ts";

type Members = { readonly [member: string]: Printable };

/** `tools`, `strict_tools` and `tool_choice`; the order of the tools is the client's. */
export function toolMembers(call: Call, ledger: Ledger): Members {
  const tools = call.tools.flatMap((tool) => toolOf(tool, ledger));
  if (tools.length === 0) return {};
  if (call.parallelTools === false) ledger.note({ kind: "dropped", subject: "parallel_tool_calls" });
  const choice = choiceOf(call, ledger);
  return {
    tools,
    ...strictMember(call.tools, ledger),
    ...(choice !== undefined && { tool_choice: choice }),
  };
}

/** The input of a custom tool, which is free text, as the one argument of a function. */
const customParameters = {
  type: "object",
  properties: { input: { type: "string" } },
  required: ["input"],
} as const;

function toolOf(tool: Tool, ledger: Ledger): readonly Printable[] {
  switch (tool.kind) {
    case "function":
      declareMark(tool, ledger);
      return [functionOf(tool, tool.parameters ?? { type: "object", properties: {} })];
    case "custom":
      declareMark(tool, ledger);
      ledger.note({
        kind: "emulated",
        subject: `tool ${tool.name}`,
        note: "It is a function with one text, input.",
      });
      if (tool.format !== undefined) ledger.note({ kind: "dropped", subject: `tool ${tool.name} format` });
      return [functionOf(tool, customParameters)];
    case "opaque":
      ledger.refuse("unsupported_content", `a tool of type ${tool.type}`, "tools");
      return [];
  }
}

function functionOf(
  { name, description }: { readonly name: string; readonly description?: string },
  parameters: Printable,
): Printable {
  return {
    type: "function",
    function: { name, ...(description !== undefined && { description }), parameters },
  };
}

function declareMark({ cache }: Extract<Tool, { name: string; cache?: object }>, ledger: Ledger): void {
  if (cache !== undefined) ledger.note({ kind: "dropped", subject: "cache_control" });
}

/**
 * Strictness is of all tools or of none, and each must require a parameter.
 *
 * Source: Cohere documentation, "Structured Outputs (Tools)", important notes.
 */
function strictMember(tools: readonly Tool[], ledger: Ledger): Members {
  if (tools.every(mayBeStrict)) return { strict_tools: true };
  if (tools.some((tool) => tool.kind === "function" && tool.strict === true))
    ledger.note({ kind: "dropped", subject: "strict" });
  return {};
}

function mayBeStrict(tool: Tool): boolean {
  if (tool.kind !== "function" || tool.strict !== true || !isJsonObject(tool.parameters)) return false;
  const { required } = tool.parameters;
  return Array.isArray(required) && required.length > 0;
}

function choiceOf(call: Call, ledger: Ledger): Printable | undefined {
  const { toolChoice } = call;
  switch (toolChoice?.kind) {
    case undefined:
    case "auto":
      return undefined;
    case "none":
      return "NONE";
    case "any":
      return "REQUIRED";
    case "named":
      ledger.refuse("unsupported_parameter", "a tool choice that names a tool", "tool_choice");
      return undefined;
    case "among": {
      const { isRequired } = toolChoice;
      if (toolsAmong(call).toolsAmong !== undefined)
        ledger.note({
          kind: "emulated",
          subject: "tool_choice",
          note: "an answer that calls another tool is refused",
        });
      return isRequired ? "REQUIRED" : undefined;
    }
  }
}
