import type { Call, Tool } from "../../exchange/call.ts";
import { toolsAmong } from "../../exchange/emulation.ts";
import { isJsonObject, type Printable } from "../../kernel/json.ts";
import { type Block, type RequestNotes, refuse } from "./request-notes.ts";

/** What is sent of tools: their list, what is to be chosen, and what only Claude has a field for. */
export interface EncodedTools {
  readonly tools: readonly Block[];
  readonly choice: Printable | undefined;
  /** In `additionalModelRequestFields`. */
  readonly extra: { readonly tool_choice?: Printable };
}

/**
 * Writes the tools in the client's order. Converse wants `toolConfig` as soon as the conversation has calls or results:
 * when none are given, the tools named there are declared to it. It has no mode none: where the conversation allows it
 * the tools are left out, which comes to the same, else they stand and that is declared.
 */
export function encodeTools(call: Call, notes: RequestNotes): EncodedTools {
  const named = toolsInHistory(call);
  if (call.tools.length === 0) {
    if (named.length > 0)
      notes.note({ kind: "changed", subject: "tools", note: "the tools of the conversation are declared" });
    return { tools: named, choice: undefined, extra: {} };
  }
  if (call.toolChoice?.kind === "none") {
    if (named.length === 0) {
      notes.note({ kind: "changed", subject: "tool_choice", note: "the tools are left out instead" });
      return { tools: [], choice: undefined, extra: {} };
    }
    notes.drop("tool_choice", "this API has no mode none, and the conversation needs its tools");
  }
  const tools = call.tools.flatMap((tool) => encodeTool(tool, notes));
  const choice = choiceOf(call, notes);
  return { tools, choice, extra: encodeParallel(call, choice, notes) };
}

/** Whether the model must call a tool, which Claude's thinking does not allow. */
export function forcesTool({ toolChoice, tools }: Call): boolean {
  if (tools.length === 0) return false;
  return (
    toolChoice?.kind === "any" ||
    toolChoice?.kind === "named" ||
    (toolChoice?.kind === "among" && toolChoice.isRequired)
  );
}

function encodeTool(tool: Tool, notes: RequestNotes): readonly Block[] {
  switch (tool.kind) {
    case "function":
      return [toolSpec(tool, notes), ...notes.cachePoint(tool.cache, "tools")];
    case "custom": {
      const note = "it is a function with one text, input";
      notes.note({ kind: "emulated", subject: `custom tool ${tool.name}`, note });
      if (tool.format !== undefined && !isPlainText(tool.format))
        notes.drop(`custom tool ${tool.name} format`, "its grammar is not enforced");
      const description = tool.description === "" ? undefined : tool.description;
      return [
        { toolSpec: { name: tool.name, description, inputSchema: { json: textInput } } },
        ...notes.cachePoint(tool.cache, "tools"),
      ];
    }
    case "opaque":
      return refuse("unsupported_parameter", "tools", `This model does not take tools of type ${tool.type}.`);
  }
}

const textInput = {
  type: "object",
  properties: { input: { type: "string" } },
  required: ["input"],
} as const;

function isPlainText(format: Printable): boolean {
  return isJsonObject(format) && format["type"] === "text";
}

function toolSpec(
  { name, description, parameters, strict }: Extract<Tool, { kind: "function" }>,
  { abilities, drop }: RequestNotes,
): Block {
  if (strict === true && !abilities.strictTools) drop(`tool ${name} strict`, "this model does not take it");
  const schema = isJsonObject(parameters) ? parameters : {};
  return {
    toolSpec: {
      name,
      description: description === "" ? undefined : description,
      inputSchema: { json: typeof schema["type"] === "string" ? schema : { type: "object", ...schema } },
      strict: strict === true && abilities.strictTools ? true : undefined,
    },
  };
}

/** The tools whose calls and results the conversation has, in the order of their first appearance. */
function toolsInHistory({ turns }: Call): readonly Block[] {
  const names = new Map<string, string>();
  const found = new Map<string, Block>();
  const declare = (name: string, isCustom: boolean): void => {
    // No more is known of it than its name, and whether its input is a text.
    const json = isCustom ? textInput : { type: "object" };
    if (!found.has(name)) found.set(name, { toolSpec: { name, inputSchema: { json } } });
  };
  for (const { parts } of turns) {
    for (const part of parts) {
      if (part.kind === "tool-call") {
        names.set(part.id, part.name);
        declare(part.name, part.isCustom === true);
      } else if (part.kind === "tool-result") {
        const name = part.name ?? names.get(part.callId);
        if (name !== undefined) declare(name, false);
      }
    }
  }
  return [...found.values()];
}

/** `toolConfig.toolChoice`; what the model does by itself is left unsaid. */
function choiceOf(call: Call, notes: RequestNotes): Printable | undefined {
  const { toolChoice } = call;
  switch (toolChoice?.kind) {
    case undefined:
    case "auto":
    case "none":
      return undefined;
    case "any":
      return { any: {} };
    case "named":
      return { tool: { name: toolChoice.name } };
    case "among": {
      const [first] = toolChoice.names;
      if (toolChoice.isRequired && first !== undefined && toolChoice.names.length === 1)
        return { tool: { name: first } };
      if (toolsAmong(call).toolsAmong !== undefined)
        notes.note({
          kind: "emulated",
          subject: "tool_choice",
          note: "an answer that calls another tool is refused",
        });
      return toolChoice.isRequired ? { any: {} } : undefined;
    }
  }
}

/**
 * Claude's field for one call at a time. Beside a `toolChoice` it must not say its own type: Converse refuses that as a
 * conflict; without one it must (BerriAI/litellm#36536, #34347).
 */
function encodeParallel(
  { parallelTools }: Call,
  choice: Printable | undefined,
  { abilities, drop }: RequestNotes,
): EncodedTools["extra"] {
  if (parallelTools !== false) return {};
  if (!abilities.isClaude) {
    drop("parallel_tool_calls");
    return {};
  }
  return {
    tool_choice: { type: choice === undefined ? "auto" : undefined, disable_parallel_tool_use: true },
  };
}
