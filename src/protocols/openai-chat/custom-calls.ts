import type { Call } from "../../exchange/call.ts";
import type { Part } from "../../exchange/part.ts";
import { isJsonObject, parseJson } from "../../kernel/json.ts";

type ToolCall = Extract<Part, { kind: "tool-call" }>;

/** The names of the tools that take free input, by the client's own declaration. */
export function customToolsOf({ tools }: Call): ReadonlySet<string> {
  return new Set(tools.flatMap((tool) => (tool.kind === "custom" ? [tool.name] : [])));
}

/**
 * A call as the client knows the tool. An upstream without custom tools is given a function with one string, `input`:
 * its arguments are taken apart again here.
 */
export function asDeclared(call: ToolCall, customTools: ReadonlySet<string>): ToolCall {
  if (call.isCustom === true || !customTools.has(call.name)) return call;
  return { ...call, isCustom: true, argumentsText: inputIn(call.argumentsText) };
}

/** The free input that stands in the arguments of an emulated call; arguments of another form are the input themselves. */
export function inputIn(argumentsText: string): string {
  const value = parseJson(argumentsText);
  if (!isJsonObject(value) || Object.keys(value).length !== 1) return argumentsText;
  return typeof value["input"] === "string" ? value["input"] : argumentsText;
}
