import type { Call, Tool } from "../../exchange/call.ts";
import { toolsAmong } from "../../exchange/emulation.ts";
import type { Printable } from "../../kernel/json.ts";
import type { Ledger } from "./ledger.ts";
import { declareMark } from "./request-parts.ts";
import { qualifiesForStrict } from "./strict-schema.ts";

type Members = { readonly [member: string]: Printable };

/** `tools`, `tool_choice` and `parallel_tool_calls`; the order of the tools is the client's. */
export function toolMembers(call: Call, ledger: Ledger): Members {
  const tools = call.tools.flatMap((tool) => toolOf(tool, ledger));
  if (tools.length === 0) return {};
  const choice = choiceOf(call, ledger);
  return {
    tools,
    ...(choice !== undefined && { tool_choice: choice }),
    ...(call.parallelTools !== undefined && { parallel_tool_calls: call.parallelTools }),
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
    case "function": {
      declareMark(tool, ledger);
      const isStrict = tool.strict === true && qualifiesForStrict(tool.parameters);
      if (tool.strict === true && !isStrict) ledger.note({ kind: "dropped", subject: "strict" });
      const parameters = tool.parameters ?? { type: "object", properties: {} };
      return [functionOf(tool, { parameters, ...(isStrict && { strict: true }) })];
    }
    case "custom":
      declareMark(tool, ledger);
      ledger.note({
        kind: "emulated",
        subject: `tool ${tool.name}`,
        note: "It is a function with one text, input.",
      });
      if (tool.format !== undefined) ledger.note({ kind: "dropped", subject: `tool ${tool.name} format` });
      return [functionOf(tool, { parameters: customParameters })];
    case "opaque":
      ledger.refuse("unsupported_content", `a tool of type ${tool.type}`, "tools");
      return [];
  }
}

function functionOf(
  { name, description }: { readonly name: string; readonly description?: string },
  members: Members,
): Printable {
  return {
    type: "function",
    function: { name, ...(description !== undefined && { description }), ...members },
  };
}

function choiceOf(call: Call, ledger: Ledger): Printable | undefined {
  const { toolChoice } = call;
  switch (toolChoice?.kind) {
    case undefined:
      return undefined;
    case "auto":
    case "none":
    case "any":
      return toolChoice.kind;
    case "named":
      return named(toolChoice.name);
    case "among": {
      const { names, isRequired } = toolChoice;
      const [only] = names;
      if (isRequired && only !== undefined && names.length === 1) return named(only);
      if (toolsAmong(call).toolsAmong !== undefined)
        ledger.note({
          kind: "emulated",
          subject: "tool_choice",
          note: "an answer that calls another tool is refused",
        });
      return isRequired ? "any" : "auto";
    }
  }
}

function named(name: string): Printable {
  return { type: "function", function: { name } };
}
