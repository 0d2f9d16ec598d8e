import type { Json, JsonObject } from "../../src/kernel/json.ts";
import type { AskedTool, ToolChoice } from "../ask.ts";
import { printPath, reading } from "../openai-chat/reading.ts";
import type { Path } from "../reading.ts";
import { Refusal } from "../refusal.ts";
import { closed, strictComplaint } from "./strict-schema.ts";

/** The tools of a request that can be called here. Tools that the provider runs itself are taken and never called. */
export function readTools(body: JsonObject): readonly AskedTool[] {
  return reading.maybeList(body["tools"], ["tools"]).flatMap((value, index): readonly AskedTool[] => {
    const path = ["tools", index];
    const tool = reading.object(value, path);
    const type = reading.text(tool["type"], [...path, "type"]);
    if (type !== "function" && type !== "custom") return [];
    const name = readName(tool, path);
    if (type === "custom") return [{ name, schema: {}, isFreeform: true }];
    const schema = reading.maybeObject(tool["parameters"], [...path, "parameters"]) ?? {};
    if (reading.maybeBoolean(tool["strict"], [...path, "strict"]) === true) checkStrict(name, schema, path);
    return [{ name, schema }];
  });
}

function readName(tool: JsonObject, path: Path): string {
  const name = reading.text(tool["name"], [...path, "name"]);
  if (/^[a-zA-Z0-9_-]{1,128}$/.test(name)) return name;
  const param = printPath([...path, "name"]);
  const message = `Invalid '${param}': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`;
  throw new Refusal("invalid", message, { param, code: "invalid_value" });
}

function checkStrict(name: string, schema: JsonObject, path: Path): void {
  const complaint = strictComplaint(schema);
  if (complaint === undefined) return;
  throw new Refusal("invalid", `Invalid schema for function '${name}': ${complaint}`, {
    param: printPath([...path, "parameters"]),
    code: "invalid_function_parameters",
  });
}

/** How the tools may be called, and which of them: `allowed_tools` leaves only those it names. */
export function readToolChoice(
  body: JsonObject,
  tools: readonly AskedTool[],
): { readonly toolChoice: ToolChoice; readonly tools: readonly AskedTool[] } {
  const choice = body["tool_choice"];
  if (choice === undefined || choice === null) return { toolChoice: { kind: "auto" }, tools };
  const isBare = choice === "auto" || choice === "none" || choice === "required";
  if (choice === "required" && reading.maybeList(body["tools"], ["tools"]).length === 0)
    throw misplaced("Tool choice 'required' must be specified with 'tools' parameter.");
  if (isBare) return { toolChoice: { kind: choice }, tools };
  const named = reading.object(choice, ["tool_choice"]);
  const type = reading.text(named["type"], ["tool_choice", "type"]);
  if (type === "allowed_tools") return readAllowed(named, tools);
  if (type !== "function" && type !== "custom") return { toolChoice: { kind: "auto" }, tools };
  const name = reading.text(named["name"], ["tool_choice", "name"]);
  if (tools.some((tool) => tool.name === name)) return { toolChoice: { kind: "named", name }, tools };
  throw misplaced(`Tool choice '${type}' not found in 'tools' parameter.`);
}

const misplaced = (message: string): Refusal => new Refusal("invalid", message, { param: "tool_choice" });

function readAllowed(
  choice: JsonObject,
  tools: readonly AskedTool[],
): { readonly toolChoice: ToolChoice; readonly tools: readonly AskedTool[] } {
  const allowed = reading.list(choice["tools"], ["tool_choice", "tools"]).map((value, index) => {
    const path = ["tool_choice", "tools", index];
    return reading.maybeText(reading.object(value, path)["name"], [...path, "name"]);
  });
  return {
    toolChoice: { kind: choice["mode"] === "required" ? "required" : "auto" },
    tools: tools.filter(({ name }) => allowed.includes(name)),
  };
}

/** The tools as the answer repeats them: a function that does not say whether it is strict is, if its schema can be. */
export function printTools(body: JsonObject): readonly Json[] {
  return reading.maybeList(body["tools"], ["tools"]).map((value, index) => {
    const tool = reading.object(value, ["tools", index]);
    if (tool["type"] !== "function") return tool;
    const given = reading.maybeObject(tool["parameters"], ["tools", index, "parameters"]) ?? {};
    const tight = closed(given);
    const isOpen = tool["strict"] === undefined || tool["strict"] === null;
    const strict = isOpen ? strictComplaint(tight) === undefined : tool["strict"] === true;
    return {
      type: "function",
      description: tool["description"] ?? null,
      name: tool["name"] ?? "",
      parameters: isOpen && strict ? tight : given,
      strict,
    };
  });
}
