import type { Call, Tool } from "../../exchange/call.ts";
import { isJsonObject, type Printable, parseJson } from "../../kernel/json.ts";
import { type RequestNotes, refuse } from "./request-notes.ts";

type Declaration = { readonly [member: string]: Printable | undefined };

/** Writes the tools: all functions as one entry, where the first of them stood; `undefined` for none. */
export function encodeTools(call: Call, notes: RequestNotes): Printable | undefined {
  const declarations: Declaration[] = [];
  const entries: Printable[] = [];
  for (const tool of call.tools) {
    if (tool.kind === "opaque") {
      entries.push(encodeOpaque(tool, notes));
      continue;
    }
    // The list is filled as functions come; the entry stands where the first one is.
    if (declarations.length === 0) entries.push({ functionDeclarations: declarations });
    declarations.push(encodeFunction(tool, notes));
  }
  if (asksForSearch(call)) entries.push({ googleSearch: {} });
  const isMixed = declarations.length > 0 && entries.length > 1;
  if (isMixed && notes.source !== "gemini-generate") {
    refuse("unsupported_parameter", "tools", "This model does not take web search beside functions.");
  }
  return entries.length === 0 ? undefined : entries;
}

function encodeFunction(
  tool: Extract<Tool, { kind: "function" | "custom" }>,
  notes: RequestNotes,
): Declaration {
  const { name, description, cache } = tool;
  if (cache !== undefined) notes.warn({ kind: "dropped", subject: "cache_control" });
  if (tool.kind === "custom") {
    const note = "a function with one string property, input";
    notes.warn({ kind: "emulated", subject: `tool ${name}`, note });
    if (tool.format !== undefined) notes.warn({ kind: "dropped", subject: `tool ${name} format` });
    return { name, description, parametersJsonSchema: freeInput };
  }
  if (tool.strict === true) notes.warn({ kind: "dropped", subject: `tool ${name} strict` });
  return { name, description, parametersJsonSchema: tool.parameters };
}

/** The schema that stands for free text. */
const freeInput = {
  type: "object",
  properties: { input: { type: "string" } },
  required: ["input"],
} as const;

/** Of the tools that a provider runs only web search has an equal here, with citations both ways. */
function encodeOpaque(tool: Extract<Tool, { kind: "opaque" }>, notes: RequestNotes): Printable {
  if (notes.source === "gemini-generate") return tool.raw;
  if (!/^web_search(?:_|$)/.test(tool.type)) {
    refuse("unsupported_parameter", "tools", `This model does not take tools of type ${tool.type}.`);
  }
  notes.warn({ kind: "changed", subject: tool.type, note: "it became Google Search, without its settings" });
  return { googleSearch: {} };
}

/** Chat clients ask for web search by a member of its own. */
function asksForSearch({ source, extensions }: Call): boolean {
  const options = source === "openai-chat" ? extensions.get("web_search_options") : undefined;
  return options !== undefined && isJsonObject(parseJson(options.text));
}

/** Writes `toolConfig`; without functions it would say nothing. */
export function encodeToolConfig(
  { toolChoice, parallelTools, tools }: Call,
  notes: RequestNotes,
): Printable | undefined {
  if (tools.every(({ kind }) => kind === "opaque")) return undefined;
  if (parallelTools === false) notes.warn({ kind: "dropped", subject: "parallel_tool_calls" });
  const choice = toolChoice === undefined ? undefined : choiceOf(toolChoice);
  return choice === undefined ? undefined : { functionCallingConfig: choice };
}

/** Source: Gemini API reference, `FunctionCallingConfig`: mode VALIDATED takes a list too, and lets the model speak. */
function choiceOf(choice: NonNullable<Call["toolChoice"]>): Printable {
  switch (choice.kind) {
    case "auto":
      return { mode: "AUTO" };
    case "none":
      return { mode: "NONE" };
    case "any":
      return { mode: "ANY" };
    case "named":
      return { mode: "ANY", allowedFunctionNames: [choice.name] };
    case "among":
      return { mode: choice.isRequired ? "ANY" : "VALIDATED", allowedFunctionNames: choice.names };
  }
}
